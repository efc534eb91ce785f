"""How changes in Invoice Ninja are seen: what of a record is compared, from a webhook or from a poll.

A webhook is a hint (its body may be half made, and it is never repeated), so the record is always read again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.frozen import Frozen
from connectors.invoice_ninja.service import Record, read, rows
from connectors.spec import Context, Conversation, Page, Sighting, Watched

PAGE = 200
WIDEST = 5
"""So many pages at once, at most."""
OVERLAP = 2
"""Seconds asked for again: the server's stamps are whole seconds, and a commit may come late."""
EVERY_STATE = "active,archived,deleted"
OWN = frozenset([
    "balance", "paid_to_date", "payment_balance", "credit_balance", "updated_at", "archived_at", "last_login",
    "last_viewed", "invitations", "documents", "activities", "client", "vendor", "project", "invoices", "payments",
    "gateway_tokens", "reminder1_sent", "reminder2_sent", "reminder3_sent", "reminder_last_sent", "last_sent_date",
    "next_send_date", "next_send_datetime", "remaining_cycles", "recurring_dates", "entity_type", "tax_info",
    "e_invoice", "status_id", "is_deleted", "number", "partial", "partial_due_date", "applied", "refunded",
    "paymentables", "invoice_id", "current_hours", "is_running", "duration", "status_order",
    "in_stock_quantity",
])  # fmt: skip
"""Fields that change by themselves: a payment or a reminder is no update of the record."""


class Kind(Frozen):
    """What is known of an entity whose changes are noticed."""

    plural: str
    created: str = ""
    updated: str = ""
    deleted: str = ""
    archived: str = ""
    restored: str = ""
    """Numbers of its webhook events; empty: it has none."""
    further: tuple[str, ...] = ()
    include: str = ""
    compared: Mapping[str, Callable[[Record], Any]] = field(default_factory=dict)
    """What is compared besides its state and a hash of what people edit; None: not told."""

    @property
    def events(self) -> tuple[str, ...]:
        own = (self.created, self.updated, self.deleted, self.archived, self.restored, *self.further)
        return tuple(filter(None, own))


def _told(name: str) -> Callable[[Record], Any]:
    return lambda record: _steady(record.get(name))


def _last(names: Iterable[str]) -> Callable[[Record], Any]:
    """The latest of several days; empty when there is none yet."""

    def find(record: Record) -> Any:
        if not any(name in record for name in names):
            return None
        return max(str(record.get(name) or "") for name in names)

    return find


def viewed(record: Record) -> str | None:
    """When somebody who was invited looked at it last; empty: nobody has."""
    invitations = record.get("invitations")
    if not isinstance(invitations, list):
        return None
    return max((str(one.get("viewed_date") or "") for one in invitations), default="")


def people(record: Record) -> list[str] | None:
    contacts = record.get("contacts")
    return sorted(str(one.get("id")) for one in contacts) if isinstance(contacts, list) else None


def runs(record: Record) -> bool | None:
    """Whether a task's timer runs: its last entry has no end. The service's own flag comes late."""
    try:
        log = json.loads(record["time_log"]) if isinstance(record["time_log"], str) else record["time_log"]
        return bool(log) and not log[-1][1]
    except (KeyError, ValueError, TypeError, IndexError):
        return None


def status(record: Record) -> Any:
    """A sent quote whose last day is over answers -1, and is a sent one all the same."""
    told = _steady(record.get("status_id"))
    return "2" if told == "-1" else told


STATUS = {"status_id": status}
REMINDED = _last(("reminder1_sent", "reminder2_sent", "reminder3_sent", "reminder_last_sent"))
PAPER = {**STATUS, "viewed": viewed}
KINDS = {
    "client": Kind("clients", "1", "10", "11", "37", "45", compared={"contacts": people}),
    "invoice": Kind(
        "invoices", "2", "8", "9", "33", "41", ("60", "24", "4-invoice"), "client,payments",
        {**PAPER, "balance": _told("balance"), "paid": _told("paid_to_date"), "reminded": REMINDED},
    ),
    "quote": Kind("quotes", "3", "6", "7", "34", "42", ("61", "21", "64"), "client", {**PAPER, "reminded": REMINDED}),
    "credit": Kind("credits", "27", "28", "29", "35", "43", ("62",), "client", {**PAPER, "balance": _told("balance")}),
    "payment": Kind(
        "payments", "4", "31", "12", "32", "40", (), "client,invoices", {**STATUS, "refunded": _told("refunded")}
    ),
    "recurring_invoice": Kind("recurring_invoices", include="client", compared=STATUS),
    "purchase_order": Kind("purchase_orders", "55", "56", "57", "59", "58", ("63", "65"), "vendor", PAPER),
    "product": Kind("products", "50", "51", "52", "54", "53"),
    "expense": Kind("expenses", "15", "16", "17", "39", "47", compared={"invoiced": _told("invoice_id")}),
    "vendor": Kind("vendors", "5", "13", "14", "48", "49"),
    "project": Kind("projects", "25", "26", "30", "38", "46"),
    "task": Kind(
        "tasks", "18", "19", "20", "36", "44", compared={"running": runs, "invoiced": _told("invoice_id")}
    ),
}  # fmt: skip
"""There is no event "invoice paid": a payment (4) brings its invoices along, so a second webhook on payments has a name
of ours. Late invoices (22) and expired quotes (23) are told of wrongly or never: `due` looks for those."""
CLIENT_CREATED, INVOICE_PAID = "1", "4-invoice"
EVENTS = {object: kind.events for object, kind in KINDS.items()}
PLURALS = {object: kind.plural for object, kind in KINDS.items()}


# Seeing


def sighting(object: str, record: Mapping[str, Any], hint: str = "", complete: bool = True) -> Sighting:
    return Sighting(
        object=object,
        record_id=str(record["id"]),
        values=compared(object, record, hint),
        data=dict(record),
        stamp=iso(record.get("updated_at")),
        created=iso(record.get("created_at")),
        hint=hint,
        complete=complete,
        gone=bool(record.get("is_deleted")),
    )


def compared(object: str, record: Mapping[str, Any], hint: str) -> dict[str, Any]:
    """The webhook on a new client comes before its contacts: it tells nothing to compare with."""
    if hint == CLIENT_CREATED:
        return {"state": state(record)}
    found = ((name, find(dict(record))) for name, find in KINDS[object].compared.items())
    return {n: v for n, v in found if v is not None} | {"edit": fingerprint(record), "state": state(record)}


def state(record: Mapping[str, Any]) -> str:
    if record.get("is_deleted"):
        return "deleted"
    return "archived" if record.get("archived_at") else "active"


def fingerprint(record: Mapping[str, Any]) -> str:
    """A short hash of what people change."""
    told = {name: value for name, value in record.items() if name not in OWN}
    text = json.dumps(_steady(told), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _steady(value: Any) -> Any:
    """The same for `10`, `10.0` and `10.00`, and without the stamps of contacts and lines."""
    if isinstance(value, Mapping):
        return {k: _steady(v) for k, v in value.items() if k not in ("updated_at", "last_login", "link")}
    if isinstance(value, list):
        return [_steady(v) for v in value]
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    return value


def iso(stamp: Any) -> str:
    """Unix seconds as ISO time; empty for none."""
    return datetime.fromtimestamp(int(stamp), UTC).isoformat() if str(stamp or "").isdigit() and int(stamp) else ""


def _reader(object: str) -> Callable[[Mapping[str, Any], str], Sighting | None]:
    def see(body: Mapping[str, Any], event: str) -> Sighting | None:
        record = _paid_invoice(body) if event == INVOICE_PAID else body
        if event not in EVENTS[object] or not isinstance(record, Mapping) or not record.get("id"):
            return None
        return sighting(object, record, hint=event, complete=False)

    return see


def _teller(object: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[str, dict[str, Any]] | None]:
    def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
        record = output.get(object)
        if not isinstance(record, Mapping) or not record.get("id"):
            return None
        values = compared(object, record, "")
        whole = "updated_at" in record
        return str(record["id"]), {n: v for n, v in values.items() if whole or n not in ("edit", "state")}

    return told


def _paid_invoice(payment: Mapping[str, Any]) -> Any:
    """The first invoice of a payment; the others of a payment for several are seen by the poll."""
    found = payment.get("invoices")
    return found[0] if isinstance(found, list) and found else None


def _rereader(object: str) -> Callable[[str, Context], Conversation[Sighting]]:
    def reread(record_id: str, context: Context) -> Conversation[Sighting]:
        kind, what = KINDS[object], f"read the {object.replace('_', ' ')}"
        record = yield from read(kind.plural, record_id, what, kind.include)
        return sighting(object, record)

    return reread


# Polling


def _poller(object: str) -> Callable[[dict[str, Any], Context], Conversation[Page]]:
    """Walks by the time of the last change. A second with more changes than a page holds is read in ever larger pages
    from its start: one that changes meanwhile moves to the end, and would draw another past the next page's.

    The first round goes through all there is and only notes it: without that, the first payment of an old invoice could
    not be told from an edit. `until` is the newest change there was when it began."""

    def poll(cursor: dict[str, Any], context: Context) -> Conversation[Page]:
        if "at" not in cursor:
            newest = yield from changed(object, sort="updated_at|desc", per_page=1)
            until = max(map(_stamp, newest), default=0)
            return Page([], {"at": 0, "until": until} if until else {"at": 0}, more=bool(until), baseline=True)
        found, after, full = yield from _walk(object, cursor)
        if "until" in cursor:
            return _noted(object, cursor["until"], found, after, full)
        return Page([sighting(object, row) for row in found], after, more=full)

    return poll


def _noted(object: str, until: int, found: list[Record], after: dict[str, Any], full: bool) -> Page:
    """A part of the first round. The last seconds of it are left to the first look for changes, which reads them once
    more."""
    old = [sighting(object, row) for row in found if _stamp(row) < until - OVERLAP]
    ended = not full or after["at"] > until
    return Page(old, {"at": until} if ended else {**after, "until": until}, more=not ended, baseline=True)


def _walk(object: str, cursor: dict[str, Any]) -> Conversation[tuple[list[Record], dict[str, Any], bool]]:
    """(a page of records, the cursor after them, whether more may wait)"""
    at, times = int(cursor["at"]), int(cursor.get("page", 1))
    since, size = max(at - OVERLAP, 1), PAGE * min(times, WIDEST)
    where = {"per_page": size, "page": max(times - WIDEST, 0) + 1, "updated_at": since}
    found = yield from changed(object, sort="updated_at|asc", **where)
    last = max([at, *map(_stamp, found)])
    full = len(found) >= size
    stuck = full and last - OVERLAP <= since
    return found, {"at": at, "page": times + 1} if stuck else {"at": last}, full


def changed(object: str, **query: Any) -> Conversation[list[Record]]:
    kind = KINDS[object]
    asked = {"status": EVERY_STATE, **({"include": kind.include} if kind.include else {}), **query}
    found = yield from rows(kind.plural, f"look for new {kind.plural.replace('_', ' ')}", **asked)
    return found


def _stamp(row: Mapping[str, Any]) -> int:
    return int(row.get("updated_at") or 0)


WATCHED = {
    object: Watched(
        object=object,
        label=kind.plural.replace("_", " ").capitalize(),
        events=kind.events,
        read=_reader(object),
        reread=_rereader(object),
        poll=_poller(object),
        told=_teller(object),
    )
    for object, kind in KINDS.items()
}
