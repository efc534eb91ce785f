"""A stand-in for Invoice Ninja 5.10, written from its own documents.

`granian --interface asgi connectors.invoice_ninja.sandbox:app` starts it. SANDBOX_STATE names the folder below which
its journal and effect log live (memory only without it), SANDBOX_INVOICE_NINJA_SETTINGS holds settings as JSON.
"""

from pathlib import Path
from typing import Any

from connectors.invoice_ninja.sandbox import (
    absent,
    costs,
    credits,
    files,
    mailing,
    purchase_orders,
    recurring,
    refunds,
    seed,
    setup,
    shown,
    users,
    webhooks,
)
from connectors.invoice_ninja.sandbox.box import InvoiceNinja
from connectors.invoice_ninja.sandbox.doings import DOINGS
from connectors.sandbox_kit.environment import lazily

ROUTED = (absent, costs, credits, files, mailing, purchase_orders, recurring, refunds, setup, users, webhooks)
"""Their import, as that of the others, writes the routes."""


class App(InvoiceNinja):
    doings = DOINGS

    def seed(self) -> None:
        seed.plant(self)

    def lists(self) -> list[dict[str, Any]]:
        return shown.lists(self)


def make_app(state_dir: Path | str | None = None, **settings: Any) -> App:
    """A sandbox; without a folder it lives in memory. `clock`, `transport` (for webhooks) and `seeded` may be given."""
    return App(state_dir, **settings)


app = lazily(make_app, "invoice_ninja")
