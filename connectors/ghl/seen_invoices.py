"""Invoices: told by webhooks, and looked for among those that are open and the newest hundred. One that left the open
ones is read by its ID: so it is seen that it was paid, voided or deleted, however old it is."""

from collections.abc import Mapping
from typing import Any

from connectors.ghl import comparing, looking, records
from connectors.ghl.base import samples
from connectors.ghl.looking import Record, Seen, amount, edit, owner, shown, trigger
from connectors.ghl.odd_invoices import read_invoice
from connectors.ghl.odd_papers import bare_number
from connectors.spec import ANY, Context, Conversation, Sighting, Watched

EVENTS = (
    *("InvoiceCreate", "InvoiceUpdate", "InvoiceDelete", "InvoiceSent", "InvoicePaid", "InvoicePartiallyPaid"),
    "InvoiceVoid",
)
OPEN = ("draft", "sent", "payment_processing", "partially_paid")
OUT = ("sent", "payment_processing", "partially_paid", "paid")
NEWEST = {"sortField": "issueDate", "sortOrder": "descend"}


def sighting(record: Mapping[str, Any], **more: Any) -> Sighting:
    data = {**shown(record), "invoiceNumber": bare_number(record.get("invoiceNumber"))}
    values = {"status": looking.text(record.get("status")), "paid": amount(record.get("amountPaid"))}
    values["edit"] = _edit(record)
    return Sighting(
        "invoice", str(record["_id"]), values, data, stamp=records.moment(record.get("updatedAt")),
        created=records.moment(record.get("createdAt")), owner=owner(record), **more,
    )  # fmt: skip


def _edit(record: Mapping[str, Any]) -> str:
    items = [row for row in record.get("invoiceItems") or [] if isinstance(row, Mapping)]
    rows = [(row.get("name"), amount(row.get("qty")), amount(row.get("amount"))) for row in items]
    days = [str(record.get(name) or "")[:10] for name in ("issueDate", "dueDate")]
    contact = (record.get("contactDetails") or {}).get("id")
    return edit(record.get("name"), record.get("currency"), amount(record.get("total")), contact, days, rows)


def read(body: Mapping[str, Any], event: str) -> Sighting | None:
    if event not in EVENTS or not body.get("_id"):
        return None
    if event == "InvoiceDelete":
        data = {**shown(body), "invoiceNumber": bare_number(body.get("invoiceNumber"))}
        return comparing.gone("invoice", str(body["_id"]), data, hint=event, owner=owner(body))
    return sighting(body, hint=event)


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    return sighting({**(yield from read_invoice(record_id, context)), "_id": record_id})


def look(context: Context) -> Conversation[comparing.Look]:
    found: dict[str, Sighting] = {}
    cut = False
    for status in OPEN:
        rows, _, more = yield from looking.part("/invoices/", "invoices", context, status=status)
        found |= {row["_id"]: sighting(row) for row in rows}
        cut = cut or more
    rows, _, _ = yield from looking.part("/invoices/", "invoices", context, pages=1, **NEWEST)
    found |= {row["_id"]: sighting(row) for row in rows}
    return comparing.Look(list(found.values()), cut=cut)


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    """An invoice as our own write left it; the service may round its sums."""
    inner = output.get("invoice")
    record = inner if isinstance(inner, Mapping) else output
    found = str(record.get("_id") or inputs.get("invoiceId") or "")
    if not found:
        return None
    if not record.get("status"):
        return found, {"edit": ANY, "gone": True}
    values = sighting({"_id": found, **record}).values
    return found, {"status": values["status"], "paid": values["paid"], "edit": ANY}


WATCHED = Watched(
    "invoice", "Invoices", EVENTS, read, reread, comparing.poll("invoice", look, reread), "invoices.readonly", told
)  # fmt: skip


# Triggers


def partly(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.values.get("status") != "paid" and GREW(before, now, since, inputs)


def sent(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    """Only the first time: what was out already may have been paid meanwhile."""
    if before is not None and before.get("status") not in (None, "", "draft"):
        return False
    return SENT(before, now, since, inputs)


GREW = looking.grew("paid", "InvoicePartiallyPaid")
SENT = looking.turned("status", OUT, "InvoiceSent")
SAMPLE = samples("seen_money")["invoice"]
AGED = "Where no webhook tells of it, Recette looks every 1 to 15 minutes."


def latest(*statuses: str) -> Any:
    def load(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        found: list[Sighting] = []
        for status in statuses or ("",):
            only = {"status": status} if status else {}
            rows, _, _ = yield from looking.part("/invoices/", "invoices", context, pages=1, **NEWEST, **only)
            found += [sighting(row) for row in rows[:10]]
        return found[:10]

    return load


TRIGGERS = tuple(
    trigger("invoice", name, label, fired, SAMPLE, latest=last, words=words, help=f"{help} {AGED}".strip())
    for name, label, fired, last, words, help in (
        ("created", "An invoice is created", looking.created("InvoiceCreate"), latest(), ("new", "bill"), ""),
        ("updated", "An invoice is updated", looking.edited("edit", "InvoiceUpdate"), latest(), ("changed", "bill"),
         "Its name, items, days or contact."),
        ("deleted", "An invoice is deleted", looking.deleted, latest(), ("removed", "bill"),
         "Only what the webhook told of it is left; where none comes, only its ID."),
        ("sent", "An invoice is sent", sent, latest("sent"), ("bill", "mailed"), "Once: sending it again is no news."),
        ("paid", "An invoice is paid", looking.turned("status", ("paid",), "InvoicePaid"), latest("paid"),
         ("bill", "settled", "payment"), ""),
        ("partly_paid", "An invoice is paid in part", partly, latest("partially_paid"), ("bill", "deposit", "payment"),
         "Each time that something is paid and something is left."),
        ("voided", "An invoice is voided", looking.turned("status", ("void",), "InvoiceVoid"), latest("void"),
         ("bill", "cancelled"), ""),
    )
)  # fmt: skip
