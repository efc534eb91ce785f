"""Invoices: draft 1, sent 2, partial 3, paid 4, cancelled 5."""

from typing import Any

from connectors.invoice_ninja.sandbox import clients, documents, payments
from connectors.invoice_ninja.sandbox.casting import ZERO, decimal
from connectors.invoice_ninja.sandbox.owing import CANCELLED, DRAFT, PAID, PARTIAL, SENT, sent
from connectors.invoice_ninja.sandbox.paging import holds, same
from connectors.invoice_ninja.sandbox.refusals import bad, invalid
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
BLANK: Record = {**documents.BLANK, "entity_type": "invoice", "recurring_id": "", "auto_bill_enabled": False}
COLUMNS = words("number po_number date amount balance custom_value1 custom_value2 custom_value3 custom_value4")


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    made = box.save("invoices", documents.fresh(box, "invoices", BLANK, data))
    box.effect("invoice.created", made["id"], data)
    box.fire(2, "invoices", made["id"])
    box.activity(4, invoice=made["id"], client=made["client_id"])
    return _triggered(box, made, data)


def update(box: Any, invoice: Record, data: Record, call: Call | None = None) -> Record:
    if invoice["status_id"] == CANCELLED:
        raise invalid(id="This invoice is locked and cannot be updated")
    changed = documents.changed(box, "invoices", invoice, data)
    clients.owe(box, invoice["client_id"], changed["balance"] - decimal(invoice["balance"]))
    saved = box.save("invoices", changed)
    box.effect("invoice.updated", saved["id"], data)
    box.fire(8, "invoices", saved["id"])
    box.activity(5, invoice=saved["id"], client=saved["client_id"])
    return _triggered(box, saved, data)


def _triggered(box: Any, invoice: Record, data: Record) -> Record:
    """`?mark_sent=true`, `?paid=true` and their kin, after the save and not in one transaction with it."""
    for name in documents.flagged(data, ("mark_sent", "paid", "send_email", "cancel")):
        act = {"mark_sent": mark_sent, "paid": mark_paid, "send_email": email, "cancel": cancel}[name]
        invoice = act(box, invoice, None)
    if amount := decimal(data.get("amount_paid")):
        payments.settle(box, sent(box, invoice), amount, str(data.get("reference") or ""))
        invoice = box.store.get("invoices", invoice["id"])
    return invoice


def mark_sent(box: Any, invoice: Record, call: Call | None) -> Record:
    if invoice["status_id"] != DRAFT:
        return invoice
    saved = sent(box, invoice)
    box.effect("invoice.sent", saved["id"], {"number": saved["number"]})
    box.fire(8, "invoices", saved["id"])
    box.fire(60, "invoices", saved["id"])
    box.activity(53, invoice=saved["id"], client=saved["client_id"])
    return saved


def mark_paid(box: Any, invoice: Record, call: Call | None) -> Record:
    if invoice["status_id"] == PAID:
        if call and call.method == "GET":
            raise bad("Invoice has no balance owing")
        return invoice
    invoice = sent(box, invoice)
    payments.settle(box, invoice, decimal(invoice["balance"]), "")
    box.fire(8, "invoices", invoice["id"])
    return box.store.get("invoices", invoice["id"])


def email(box: Any, invoice: Record, call: Call | None) -> Record:
    saved = documents.emailed(box, "invoices", sent(box, invoice))
    box.fire(60, "invoices", saved["id"])
    box.activity(6, invoice=saved["id"], client=saved["client_id"])
    return saved


def view(box: Any, invoice: Record, call: Call | None) -> Record:
    saved = documents.viewed(box, "invoices", invoice)
    box.activity(7, invoice=saved["id"], client=saved["client_id"])
    return saved


def cancel(box: Any, invoice: Record, call: Call | None) -> Record:
    if invoice["status_id"] not in (SENT, PARTIAL):
        raise bad("Invoice cannot be cancelled.")
    clients.owe(box, invoice["client_id"], -decimal(invoice["balance"]))
    saved = box.save("invoices", invoice | {"status_id": CANCELLED, "balance": ZERO})
    box.effect("invoice.cancelled", saved["id"], {"number": saved["number"]})
    box.fire(8, "invoices", saved["id"])
    box.activity(59, invoice=saved["id"], client=saved["client_id"])
    return saved


def link(box: Any, invoice: Record, call: Call | None) -> Record:
    """With the payment link that was named."""
    wanted = str((body(call) if call else {}).get("subscription_id") or "")
    return box.save("invoices", invoice | {"subscription_id": wanted})


def auto_bill(box: Any, invoice: Record, call: Call | None) -> Record:
    """Charged where something is on file; else it stays as it is."""
    on_file = [row for row in box.store.rows("client_gateway_tokens") if row["client_id"] == invoice["client_id"]]
    return mark_paid(box, invoice, call) if on_file else invoice


def _after(box: Any, action: str, invoice: Record) -> Record:
    """Deleting takes the balance off the client and the number off the invoice; restoring puts both back."""
    if action == "delete":
        clients.owe(box, invoice["client_id"], -decimal(invoice["balance"]))
        return invoice | {"number": f"{invoice['number']}_deleted"}
    if action == "restore" and invoice["is_deleted"]:
        clients.owe(box, invoice["client_id"], decimal(invoice["balance"]))
        return invoice | {"number": invoice["number"].removesuffix("_deleted")}
    return invoice


def _overdue(box: Any, row: Record) -> bool:
    owed = row["status_id"] in (SENT, PARTIAL) and row["balance"] > 0 and not row["is_deleted"]
    return owed and "" < row["due_date"] < box.today()


def _status(box: Any, row: Record, value: str) -> bool:
    names = {DRAFT: ["draft"], SENT: ["unpaid"], PARTIAL: ["unpaid"], PAID: ["paid"], CANCELLED: ["cancelled"]}
    held = names[row["status_id"]] + (["overdue"] if _overdue(box, row) else [])
    return "all" in value.split(",") or bool(set(held) & set(value.split(",")))


def _range(column: str) -> Any:
    def keep(box: Any, row: Record, value: str) -> bool:
        low, _, high = value.partition(",")
        return low <= row[column] <= high

    return keep


def _payable(box: Any, row: Record, value: str) -> bool:
    return row["client_id"] == value and row["balance"] > 0 and not row["is_deleted"]


INVOICES = register(
    Resource(
        "invoices",
        "Invoice",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 33, "delete": 9, "restore": 41},
        marks={"archive": 8, "delete": 9, "restore": 25},
        filters={
            "number": same("number"),
            "client_status": _status,
            "status_id": lambda box, row, value: row["status_id"] in value.split(","),
            "overdue": lambda box, row, value: _overdue(box, row),
            "upcoming": lambda box, row, value: row["balance"] > 0 and row["due_date"] >= box.today(),
            "payable": _payable,
            "date": lambda box, row, value: row["date"] >= value,
            "due_date": lambda box, row, value: row["due_date"] >= value,
            "date_range": _range("date"),
            "due_date_range": _range("due_date"),
            "private_notes": holds("private_notes"),
            "filter": documents.found(COLUMNS),
        },
        actions={
            "mark_sent": mark_sent,
            "mark_paid": mark_paid,
            "email": email,
            "send_email": email,
            "cancel": cancel,
            "set_payment_link": link,
            "auto_bill": auto_bill,
        },
        after=_after,
        lenient=True,
    )
)
