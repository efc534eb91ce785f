"""Estimates: no webhook tells of them and none can be read by its ID, so their lists are read, one for each status."""

from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound
from connectors.ghl import comparing, looking, records
from connectors.ghl.base import samples
from connectors.ghl.estimates import STATUSES
from connectors.ghl.looking import Record, amount, edit, owner, shown, text, trigger
from connectors.ghl.odd_estimates import LIST
from connectors.spec import ANY, Context, Conversation, Sighting, Watched

ORDER = tuple(status for status, _ in STATUSES)


def sighting(record: Mapping[str, Any], status: str = "", **more: Any) -> Sighting:
    """`status`: in whose list it was; the documents don't say whether a record tells its own."""
    stands = text(record.get("estimateStatus")) or status
    contact = (record.get("contactDetails") or {}).get("id")
    rows = [(row.get("name"), amount(row.get("amount"))) for row in record.get("items") or [] if isinstance(row, dict)]
    values = {"edit": edit(record.get("name"), amount(record.get("total")), contact, rows)}
    data = {**shown(record), "estimateStatus": stands}
    return Sighting(
        "estimate", str(record["_id"]), values | ({"status": stands} if stands else {}), data,
        stamp=records.moment(record.get("updatedAt")), created=records.moment(record.get("createdAt")),
        owner=owner(record), **more,
    )  # fmt: skip


def look(context: Context) -> Conversation[comparing.Look]:
    """One that stands in more than two lists is in all of them: then the service passed over the status."""
    found: dict[str, tuple[Record, list[str]]] = {}
    cut = False
    for status in ORDER:
        rows, _, more = yield from looking.part(LIST, "estimates", context, status=status)
        for row in rows:
            found.setdefault(row["_id"], (row, []))[1].append(status)
        cut = cut or more
    seen = [sighting(row, lists[-1] if len(lists) <= 2 else "") for row, lists in found.values()]
    return comparing.Look(seen, cut=cut)


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    seen = yield from look(context)
    for one in seen.found:
        if one.record_id == record_id:
            return one
    raise NotFound("An estimate with this ID is in none of HighLevel's lists.")


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    """Our own write, whatever the list will make of it."""
    inner = output.get("estimate")
    record = inner if isinstance(inner, Mapping) else output
    found = str(record.get("_id") or inputs.get("estimateId") or "")
    return (found, {"edit": ANY, "status": ANY}) if found else None


WATCHED = Watched(
    "estimate", "Estimates", (), lambda body, event: None, reread, comparing.poll("estimate", look, reread),
    "invoices/estimate.readonly", told,
)  # fmt: skip


# Triggers

STATUS = f.choice("status", "Only when it becomes this; empty: any.", choices=STATUSES)
SAMPLE = samples("seen_money")["estimate"]
HELP = "No webhook tells of it: Recette looks every 1 to 15 minutes."


def elsewhere(inputs: Record, now: Sighting) -> str:
    wanted, got = str(inputs.get("status") or ""), str(now.values.get("status") or "")
    return f"Its status is {got or 'not known'}, this recipe takes only {wanted}." if wanted not in ("", got) else ""


def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    seen = yield from look(context)
    fit = [one for one in seen.found if not elsewhere(inputs, one)]
    return sorted(fit, key=lambda one: one.created, reverse=True)[:10]


TRIGGERS = tuple(
    trigger("estimate", name, label, fired, SAMPLE, latest=latest, words=("quote", "offer", *words), help=HELP, **more)
    for name, label, fired, words, more in (
        ("created", "An estimate is created", looking.created(), ("new",), {}),
        ("updated", "An estimate is updated", looking.edited("edit"), ("changed",), {}),
        ("status_changed", "An estimate changes its status", looking.turned("status", None), ("sent", "viewed"),
         {"fields": (STATUS,), "why_not": elsewhere}),
        ("accepted", "An estimate is accepted", looking.turned("status", ("accepted",)), ("approved", "won"), {}),
        ("declined", "An estimate is declined", looking.turned("status", ("declined",)), ("rejected", "lost"), {}),
        ("deleted", "An estimate is deleted", looking.deleted, ("removed",), {}),
    )
)  # fmt: skip
