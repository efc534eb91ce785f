"""Changes worth starting a recipe for, whether a webhook or a poll shows them.

A webhook is a hint (its body may be half made, and it is never repeated), so the record is always read again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.service import MONEY, Record, read, rows, samples
from connectors.notation import outputs
from connectors.spec import Context, Conversation, Page, Sighting, Trigger, Watched

PAGE = 200
OVERLAP = 2
"""Seconds asked for again: the server's stamps are whole seconds, and a commit may come late."""
OWN = frozenset([
    "balance", "paid_to_date", "payment_balance", "credit_balance", "updated_at", "archived_at", "last_login",
    "last_viewed", "invitations", "documents", "activities", "client", "invoices", "payments", "gateway_tokens",
    "reminder1_sent", "reminder2_sent", "reminder3_sent", "reminder_last_sent", "last_sent_date", "next_send_date",
    "entity_type", "tax_info", "e_invoice", "status_id",
])  # fmt: skip
"""Fields that change by themselves: a payment or a reminder is no update of the record."""
PLURALS = {
    "client": "clients",
    "invoice": "invoices",
    "quote": "quotes",
    "payment": "payments",
    "product": "products",
}
INCLUDES = {"invoice": "client,payments", "quote": "client", "payment": "client,invoices"}
STATUS = {"client": "active", "invoice": "active,archived", "quote": "active,archived"}
"""Paid invoices and converted quotes may be archived by Invoice Ninja at once; they count all the same."""
COMPARED = {
    "invoice": ("status_id", "balance"),
    "quote": ("status_id",),
    "payment": ("status_id", "refunded"),
}
"""Of the others a hash of what people change is compared; the webhook on a new client comes before its contacts."""
SENT, PAID, APPROVED = ("2", "3", "4"), ("4",), ("3", "4")

CREATED = {"client": "1", "invoice": "2", "quote": "3", "payment": "4", "product": "50"}
CLIENT_UPDATED, QUOTE_APPROVED, INVOICE_SENT, INVOICE_PAID = "10", "21", "60", "4-invoice"
EVENTS = {
    "client": ("1", CLIENT_UPDATED),
    "invoice": ("2", INVOICE_SENT, INVOICE_PAID),
    "quote": ("3", QUOTE_APPROVED),
    "payment": ("4",),
    "product": ("50",),
}
"""There is no event "invoice paid": a payment (4) brings its invoices along, so a second webhook on payments has a name
of ours. "Invoice updated" (8) isn't wanted: it comes with every sending, before the status can be trusted."""


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


def compared(object: str, record: Mapping[str, Any], hint: str) -> dict[str, str]:
    if object in COMPARED:
        return {name: _steady(record.get(name, "")) for name in COMPARED[object]}
    return {"hash": "" if hint == CREATED["client"] else fingerprint(record)}


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
        return str(record["id"]), dict(compared(object, record, ""))

    return told


def _paid_invoice(payment: Mapping[str, Any]) -> Any:
    """The first invoice of a payment; the others of a payment for several are seen by the poll."""
    found = payment.get("invoices")
    return found[0] if isinstance(found, list) and found else None


def _rereader(object: str) -> Callable[[str, Context], Conversation[Sighting]]:
    def reread(record_id: str, context: Context) -> Conversation[Sighting]:
        record = yield from read(PLURALS[object], record_id, f"read the {object}", INCLUDES.get(object, ""))
        return sighting(object, record)

    return reread


# Polling


def _poller(object: str) -> Callable[[dict[str, Any], Context], Conversation[Page]]:
    """Walks by the time of the last change. A second with more changes than a page holds is walked by page number."""

    def poll(cursor: dict[str, Any], context: Context) -> Conversation[Page]:
        if "at" not in cursor:
            newest = yield from _changed(object, sort="updated_at|desc", per_page=1)
            return Page([], {"at": max((_stamp(row) for row in newest), default=0)})
        at, page = int(cursor["at"]), int(cursor.get("page", 1))
        since = max(at - OVERLAP, 1)
        found = yield from _changed(object, sort="updated_at|asc", per_page=PAGE, page=page, updated_at=since)
        last = max([at, *(_stamp(row) for row in found)])
        full = len(found) >= PAGE
        stuck = full and last - OVERLAP <= since
        following = {"at": at, "page": page + 1} if stuck else {"at": last}
        return Page([sighting(object, row) for row in found], following, more=full)

    return poll


def _changed(object: str, **query: Any) -> Conversation[list[Record]]:
    include = {"include": INCLUDES[object]} if object in INCLUDES else {}
    status = STATUS.get(object, "active")
    found = yield from rows(PLURALS[object], f"look for new {PLURALS[object]}", status=status, **include, **query)
    return found


def _stamp(row: Mapping[str, Any]) -> int:
    return int(row.get("updated_at") or 0)


WATCHED = {
    object: Watched(
        object=object,
        label=plural.capitalize(),
        events=EVENTS[object],
        read=_reader(object),
        reread=_rereader(object),
        poll=_poller(object),
        told=_teller(object),
    )
    for object, plural in PLURALS.items()
}


# Triggers

Seen = Mapping[str, Any] | None
Fired = Callable[[Seen, Sighting, str, dict[str, Any]], bool]


def _created(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    return seen is None and (now.hint == CREATED[now.object] or is_new(now, since))


def _updated(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """A record first seen is one that changed, unless it is new: what it was before nobody noted."""
    if seen is not None:
        before, after = seen.get("hash"), now.values["hash"]
        return bool(before and after and before != after)
    return now.hint != CREATED[now.object] and not is_new(now, since) and later(now.stamp, since)


def _reaches(statuses: tuple[str, ...], event: str, proof: Callable[[Sighting, str], bool]) -> Fired:
    """Fires when the status comes to be one of these. `proof` tells for a record first seen in such a status, whether
    that happened since the watching began."""

    def fired(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
        if now.values["status_id"] not in statuses:
            return False
        if seen is not None:
            return seen.get("status_id") not in statuses
        return now.hint == event or is_new(now, since) or (later(now.stamp, since) and proof(now, since))

    return fired


def is_new(now: Sighting, since: str) -> bool:
    return later(now.created, since)


def later(moment: str, since: str) -> bool:
    """Whether an ISO time is not before another; an unknown one is. The server tells whole seconds."""
    return bool(moment) and _time(moment) >= _time(since).replace(microsecond=0)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sent_since(now: Sighting, since: str) -> bool:
    """E-mailing notes the day in the invoice, marking as sent only in its invitations."""
    invitations = now.data.get("invitations") or ()
    days = [now.data.get("last_sent_date"), *(i.get("sent_date") for i in invitations)]
    return any(str(day or "")[:10] >= since[:10] for day in days)


def _paid_since(now: Sighting, since: str) -> bool:
    payments = now.data.get("payments") or ()
    return any(later(iso(p.get("created_at")), since) for p in payments)


def _just_approved(now: Sighting, since: str) -> bool:
    """Nothing in a quote says when it was approved; a converted one may have been approved long ago."""
    return now.values["status_id"] == "3"


def _latest(object: str, **only: str) -> Callable[[dict[str, Any], Context], Conversation[list[Sighting]]]:
    """The newest ones; those that fit come first because the answer is sifted, not the question trusted."""

    def latest(inputs: dict[str, Any], context: Context) -> Conversation[list[Sighting]]:
        found = yield from _changed(object, sort="updated_at|desc", per_page=50, **only)
        return [sighting(object, row) for row in found if _fits(row, only)][:10]

    return latest


def _fits(row: Mapping[str, Any], only: Mapping[str, str]) -> bool:
    return "status_id" not in only or str(row.get("status_id")) in only["status_id"].split(",")


def _trigger(object: str, name: str, label: str, fired: Fired, only: dict[str, str], **more: Any) -> Trigger:
    sample = dict(SAMPLES[object])
    return Trigger(
        key=f"invoice_ninja.{object}.{name}",
        label=label,
        object=object,
        fired=fired,
        outputs=tuple(outputs(sample, MONEY)),
        sample=sample,
        latest=_latest(object, **only),
        **more,
    )


def _samples() -> dict[str, Record]:
    """Records as a poll brings them: with their client."""
    client, found = samples("client"), {name: samples(name) for name in PLURALS}
    payment = {name: found["payment"][name] for name in found["payment"] if name != "paymentables"}
    found["invoice"] |= {"client": client, "payments": [payment]}
    found["quote"] |= {"client": client}
    invoice = {name: value for name, value in found["invoice"].items() if name not in ("client", "payments")}
    found["payment"] |= {"client": client, "invoices": [invoice]}
    return found


SAMPLES = _samples()
TRIGGERS = {
    trigger.key: trigger
    for trigger in (
        _trigger("client", "created", "A client is created", _created, {}, words=("new customer",)),
        _trigger(
            "client", "updated", "A client is updated", _updated, {}, words=("customer changed",),
            help="When something of the client or its contacts is changed; a new balance alone doesn't count.",
        ),
        _trigger("invoice", "created", "An invoice is created", _created, {}, words=("new bill",)),
        _trigger(
            "invoice", "sent", "An invoice is sent", _reaches(SENT, INVOICE_SENT, _sent_since),
            {"status_id": "2,3,4"}, words=("issued", "bill mailed"), help="The first time, by mail or marked as sent.",
        ),
        _trigger(
            "invoice", "paid", "An invoice is paid", _reaches(PAID, INVOICE_PAID, _paid_since),
            {"status_id": "4"}, words=("settled", "bill payment"), help="In full: a part doesn't count.",
        ),
        _trigger("quote", "created", "A quote is created", _created, {}, words=("new estimate", "offer")),
        _trigger(
            "quote", "approved", "A quote is approved", _reaches(APPROVED, QUOTE_APPROVED, _just_approved),
            {"status_id": "3,4"}, words=("accepted", "estimate", "offer"),
            help="By the client or by you; a quote made into an invoice counts as approved.",
        ),
        _trigger("payment", "created", "A payment is created", _created, {}, words=("received", "money", "paid")),
        _trigger("product", "created", "A product is created", _created, {}, words=("item", "article")),
    )
}  # fmt: skip
