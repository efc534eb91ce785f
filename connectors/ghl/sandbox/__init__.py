"""A stand-in for HighLevel, written from its own documents.

`granian --interface asgi connectors.ghl.sandbox:app` starts it. SANDBOX_STATE names the folder below which its journal,
effect log and signing keys live (memory only without it), SANDBOX_GHL_SETTINGS holds settings as JSON.
"""

from pathlib import Path
from typing import Any

from connectors.ghl.sandbox import (
    absent,
    appointment_notes,
    appointments,
    businesses,
    calendar_parts,
    calendars,
    conversations,
    enrolling,
    estimates,
    finding,
    followers,
    forms,
    invoice_settings,
    invoices,
    locations,
    medias,
    messages,
    notes,
    oauth,
    objects,
    orders,
    portal,
    products,
    proposals,
    seed,
    shown,
    social,
    store_front,
    transactions,
    workflows,
)
from connectors.ghl.sandbox.box import COMPANY, LOCATION, SCOPES, HighLevel
from connectors.ghl.sandbox.doings import DOINGS
from connectors.sandbox_kit.environment import lazily

__all__ = ["COMPANY", "LOCATION", "SCOPES", "app", "make_app"]
BOOKING = (appointment_notes, appointments, calendar_parts, calendars)
TALKING = (businesses, conversations, messages, workflows)
BILLING = (estimates, invoice_settings, invoices, orders, products, store_front, transactions)
FILED = (forms, locations, medias, objects, proposals, social)
ROUTED = (*BOOKING, *TALKING, *BILLING, *FILED, absent, enrolling, finding, followers, notes, oauth, portal)
"""Their import writes the routes."""


class App(HighLevel):
    doings = DOINGS

    def seed(self) -> None:
        seed.plant(self)

    def lists(self) -> list[dict[str, Any]]:
        return shown.lists(self)


def make_app(state_dir: Path | str | None = None, **settings: Any) -> App:
    """A sandbox; without a folder it lives in memory. `clock`, `transport` (for webhooks) and `seeded` may be given."""
    return App(state_dir, **settings)


app = lazily(make_app, "ghl")
