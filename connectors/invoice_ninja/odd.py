"""What a declaration can't say: updates that would lose data, changes of state whose refusal hides in a 200, and the
reference that lets us find a record we may have made."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.errors import NotFound, Refused, Unclear
from connectors.invoice_ninja.service import MANY, Record, call, one, read, rows, write
from connectors.spec import Context, Conversation

KEPT: dict[str, tuple[str, ...]] = {
    "clients": ("settings",),
    "products": ("quantity",),
    "expenses": ("currency_id",),
    "tasks": ("time_log", "number"),
    "recurring_invoices": ("next_send_date", "exchange_rate"),
    "recurring_quotes": ("next_send_date", "exchange_rate"),
    "subscriptions": ("steps",),
    "bank_transactions": ("date", "amount"),
    "bank_transaction_rules": ("name",),
    "task_schedulers": ("next_run", "template"),
    "webhooks": ("target_url", "event_id", "rest_method"),
}
"""Fields that a PUT resets when it leaves them out: a client's and an expense's currency becomes the company's, a
product's quantity 1, a task's time log empty and its number new, a recurring invoice's next date today; or that it
refuses to go without (v5.10.17)."""
MARKER = re.compile(r"wf-[A-Za-z0-9]{20}")
PAGES = 5
"""Of the newest records that a look turns over at most, where the filter is passed over."""
APART = 3600
"""Seconds that Invoice Ninja's clock may be off from ours."""
SLOTS = ("custom_value4", "custom_value3", "custom_value2", "custom_value1")


def name_of(plural: str) -> str:
    """`expense_categories` gives `expense_category`, `task_statuses` gives `task_status`."""
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    return (
        plural.removesuffix("es")
        if plural.endswith("ses") and not plural.endswith("nses")
        else plural.removesuffix("s")
    )


def said(plural: str) -> str:
    """One of them, in a sentence: `recurring invoice`."""
    return name_of(plural).replace("_", " ")


# Updates


def safe_update(
    plural: str,
    record_id: Any,
    wanted: Record | Callable[[Record], Record],
    what: str,
    query: Mapping[str, Any] | None = None,
) -> Conversation[Record]:
    """The record with the wanted fields and nothing else changed. `wanted` may be worked out from what is there."""
    current = yield from read(plural, record_id, what)
    if current.get("is_deleted"):
        raise Refused(f"Couldn't {what}: the {said(plural)} is deleted in Invoice Ninja. Restore it there first.")
    changes = wanted(current) if callable(wanted) else wanted
    if all(current.get(name) == value for name, value in changes.items()):
        return current
    record = yield from write("PUT", one(plural, record_id), what, {**kept(plural, current), **changes}, query)
    return record


def overlaid(sent: Record) -> Callable[[Record], Record]:
    """Objects inside the record (settings, parameters) are replaced as a whole, so the rest of each goes along."""

    def wanted(current: Record) -> Record:
        return {name: _over(current.get(name), value) for name, value in sent.items()}

    return wanted


def _over(there: Any, value: Any) -> Any:
    return {**there, **value} if isinstance(there, dict) and isinstance(value, dict) else value


def kept(plural: str, current: Record) -> Record:
    """The fields of the record that have to be sent again, whatever else is."""
    return {name: current[name] for name in KEPT.get(plural, ()) if current.get(name)}


# Changes of state


def state_change(
    plural: str,
    record_id: Any,
    action: str,
    what: str,
    reached: Callable[[Record], bool],
    possible: Callable[[Record], str] = lambda record: "",
    more: Mapping[str, Any] | None = None,
) -> Conversation[Record]:
    """Looks first, acts only where needed and believes the record, not the 200. `possible` says why not, or nothing."""
    current = yield from read(plural, record_id, what)
    if reached(current):
        return current
    if reason := possible(current):
        raise Refused(f"Couldn't {what}: {reason}.")
    record = yield from bulk(plural, str(current.get("id") or record_id), action, what, more)
    if not reached(record):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left the {said(plural)} as it was.")
    return record


def bulk(
    plural: str, record_id: str, action: str, what: str, more: Mapping[str, Any] | None = None
) -> Conversation[Record]:
    """The record after a bulk action on it."""
    record = yield from told(plural, record_id, action, what, more)
    if record is None:
        record = yield from read(plural, record_id, what)
    return record


def told(
    plural: str, record_id: str, action: str, what: str, more: Mapping[str, Any] | None = None
) -> Conversation[Record | None]:
    """The record as the answer to a bulk action shows it; None when the answer doesn't hold it."""
    sent = {"action": action, "ids": [record_id], **(more or {})}
    answer = yield from call("POST", f"/{plural}/bulk", what, sent, together="ids")
    rows_ = answer if isinstance(answer, list) else []
    return next((row for row in rows_ if isinstance(row, dict) and row.get("id") == record_id), None)


def is_archived(record: Record) -> bool:
    return bool(record.get("archived_at")) and not record.get("is_deleted")


def is_active(record: Record) -> bool:
    return not record.get("archived_at") and not record.get("is_deleted")


def is_deleted(record: Record) -> bool:
    return bool(record.get("is_deleted"))


def has_status(*statuses: str) -> Callable[[Record], bool]:
    return lambda record: not record.get("is_deleted") and str(record.get("status_id")) in statuses


def delete(plural: str, record_id: Any, what: str) -> Conversation[Record]:
    """The record, deleted: Invoice Ninja keeps it and can restore it."""
    current = yield from read(plural, record_id, what)
    if current.get("is_deleted"):
        return current
    record = yield from call("DELETE", one(plural, record_id), what)
    if isinstance(record, dict) and _gone(plural, record):
        return record
    try:
        record = yield from read(plural, record_id, what)
    except NotFound:
        return {**current, "is_deleted": True}
    if not _gone(plural, record):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but kept the {said(plural)}.")
    return record


def _gone(plural: str, record: Record) -> bool:
    """A subscription to a webhook is only archived by it."""
    return bool(record.get("is_deleted") or (plural == "webhooks" and record.get("archived_at")))


# Our reference


def marked(sent: Record, context: Context, notes: bool = True) -> Record:
    """What is sent, with the marker in the connection's field for it; where the recipe fills that field itself, as the
    last line of the private notes."""
    slot = marker_field(context, notes)
    if not context.marker:
        return sent
    if slot != "private_notes" and not sent.get(slot):
        return {**sent, slot: context.marker}
    if not notes:
        return sent
    return {**sent, "private_notes": "\n".join([*filter(None, [sent.get("private_notes")]), context.marker])}


def marker_field(context: Context, notes: bool = True) -> str:
    slot = context.account.settings.get("marker_field") or SLOTS[0]
    return slot if slot in SLOTS or (notes and slot == "private_notes") else SLOTS[0]


def bears(record: Mapping[str, Any], marker: str) -> bool:
    """Whether the marker stands in one of our fields, compared exactly: the search is a mere LIKE."""
    return bool(marker) and marker in _references(record)


def find_marked(
    plural: str, context: Context, what: str, sent: Record | None = None, **query: Any
) -> Conversation[list[Record]]:
    """Every record that bears our marker, deleted ones included: one that somebody deleted must not be made again.
    `sent`: what it was to be made of, which tells where the marker stands. Raises Unclear when so many are listed
    before it may be that nobody can tell."""
    if not context.marker:
        return []
    everything = {"status": "active,archived,deleted", **query}
    found = yield from rows(plural, what, filter=context.marker, **everything)
    hits, none = [row for row in found if bears(row, context.marker)], not found
    if not hits and len(found) < MANY:  # it was searched, but not in the private notes
        found = yield from rows(plural, what, **everything)
        hits = [row for row in found if bears(row, context.marker)]
    slot = _searched(sent, context) if sent is not None and none else ""
    goes_on = not hits and len(found) >= MANY and not _reaches_back(found, context)
    if goes_on and slot and (yield from _search_sees(plural, found, slot, what, everything)):
        return []
    page, seen = 1, found
    while not hits and len(found) >= MANY and not _reaches_back(seen, context):
        page += 1
        if page > PAGES:
            raise _hidden(plural)
        found = yield from rows(plural, what, page=page, **everything)
        seen = seen + found
        hits = [row for row in found if bears(row, context.marker)]
    return hits


def _searched(sent: Record, context: Context) -> str:
    """The field with our marker, where it is one that Invoice Ninja may search; else nothing."""
    slot = marker_field(context)
    return slot if slot in SLOTS and not sent.get(slot) else ""


def _search_sees(
    plural: str, listed: list[Record], slot: str, what: str, everything: Mapping[str, Any]
) -> Conversation[bool]:
    """Whether the search finds another record of ours by the same field: then it would have found this one, too."""
    other = next((row for row in listed if MARKER.fullmatch(str(row.get(slot) or ""))), None)
    if other is None:
        return False
    found = yield from rows(plural, what, filter=other[slot], **everything)
    return len(found) < MANY and any(row.get("id") == other.get("id") for row in found)


def _hidden(plural: str) -> Unclear:
    return Unclear(
        f"The {said(plural)} is not among the {PAGES * MANY:,} that Invoice Ninja lists first, and Recette looks no "
        "further. Search for it there, then tell Recette."
    )


def _reaches_back(seen: list[Record], context: Context) -> bool:
    """Whether the list goes on to before the step began: what isn't in it isn't there. Who passes over a filter may
    pass over the order, too: only a list whose times are all there, and fall, is believed."""
    if not context.since:
        return True
    times = [_time(row) for row in seen]
    falls = all(times) and times[0] > times[-1] and times == sorted(times, reverse=True)
    return falls and times[-1] < context.since - APART


def begun(row: Record, context: Context) -> bool:
    """Whether the record may have been made since the step began."""
    return not context.since or _time(row) >= context.since - APART


def _time(row: Record) -> float:
    """0 when nobody can read it."""
    try:
        return float(row.get("created_at") or 0)
    except (TypeError, ValueError):
        return 0.0


def _references(record: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(record.get(slot) or "") for slot in (*SLOTS, "transaction_reference"))
    yield from str(record.get("private_notes") or "").split()
