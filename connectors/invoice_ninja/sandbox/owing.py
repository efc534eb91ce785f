"""What is owed on an invoice: from when, how much, and what a payment does to it."""

from typing import Any

from connectors.invoice_ninja.sandbox import clients, documents
from connectors.invoice_ninja.sandbox.casting import ZERO, decimal
from connectors.invoice_ninja.sandbox.ids import encode

Record = dict[str, Any]
DRAFT, SENT, PARTIAL, PAID, CANCELLED = "12345"


def sent(box: Any, invoice: Record) -> Record:
    """The invoice, marked as sent if it was a draft; its amount is owed from now on."""
    if invoice["status_id"] != DRAFT:
        return invoice
    invoice = documents.numbered(box, "invoices", invoice)
    due = invoice["amount"] - decimal(invoice["paid_to_date"])
    clients.owe(box, invoice["client_id"], due)
    return box.save("invoices", invoice | {"status_id": SENT, "balance": due, "last_sent_date": box.today()})


def applied(box: Any, line: Record) -> Record:
    """Takes the amount off the invoice; returns the row that ties it to the payment."""
    invoice = sent(box, box.store.get("invoices", line["invoice_id"]))
    balance = decimal(invoice["balance"]) - line["amount"]
    paid = {"balance": balance, "paid_to_date": decimal(invoice["paid_to_date"]) + line["amount"]}
    box.save("invoices", invoice | paid | {"status_id": PAID if balance <= 0 else PARTIAL})
    if balance <= 0:
        box.activity(54, invoice=invoice["id"], client=invoice["client_id"])
    now, row = int(box.clock()), encode(box.store.next("paymentables"))
    stamps = {"created_at": now, "updated_at": now, "archived_at": 0}
    return {**stamps, "id": row, "invoice_id": invoice["id"], "amount": line["amount"], "refunded": ZERO}


def again(box: Any, line: Record) -> None:
    invoice = box.store.get("invoices", line["invoice_id"])
    if not invoice:
        return
    balance = decimal(invoice["balance"]) + line["amount"]
    paid = decimal(invoice["paid_to_date"]) - line["amount"]
    box.save(
        "invoices", invoice | {"balance": balance, "paid_to_date": paid, "status_id": PARTIAL if paid > 0 else SENT}
    )
