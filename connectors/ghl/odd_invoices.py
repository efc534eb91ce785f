"""Invoices of HighLevel: whether one was voided, sent or paid by a step whose answer got lost."""

from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import Refused, Unclear
from connectors.ghl.odd import location, since
from connectors.ghl.paper_lists import bearing, every, one, place
from connectors.notation import Find, Perform, Values, fill
from connectors.spec import Context, Conversation

UNKNOWN = "It was sent before this step began, or by it: HighLevel doesn't tell. Look there, then tell Recette."


def read_invoice(invoice_id: Any, context: Context) -> Conversation[Values]:
    path = fill("/invoices/{invoiceId}", {"invoiceId": invoice_id})
    return (yield from one(path, "", "look at the invoice", place(context)))


find_made = bearing("/invoices/", "invoices", "invoice")


def find_void(values: Values, context: Context) -> Conversation[list[Values]]:
    found = yield from read_invoice(values.get("invoiceId"), context)
    return [found] if found.get("status") == "void" else []


def find_sent(values: Values, context: Context) -> Conversation[list[Values]]:
    """A draft was not sent; another was, if it was touched since the step began. Raises Unclear where nobody can
    tell."""
    found = yield from read_invoice(values.get("invoiceId"), context)
    return _if_sent({"invoice": found, "smsData": {}, "emailData": {}}, context)


def _if_sent(shown: Values, context: Context) -> list[Values]:
    invoice = shown["invoice"]
    if invoice.get("status") == "draft":
        return []
    if not since(invoice, context, "updatedAt", apart=0):
        raise Unclear(UNKNOWN)
    return [shown]


def find_text_to_pay(values: Values, context: Context) -> Conversation[list[Values]]:
    """Made, and sent where that was wanted. Raises Refused where it was made and not sent."""
    if values.get("id"):
        found = yield from read_invoice(values["id"], context)
        shown = {"invoice": found, "invoiceUrl": ""}
        if values.get("action") == "send":
            return _if_sent(shown, context)
        return [shown] if since(found, context, "updatedAt", apart=0) else []
    rows = yield from find_made(values, context)
    if values.get("action") == "send" and any(row.get("status") == "draft" for row in rows):
        raise Refused("the invoice was made and is still a draft. Send it in HighLevel, then tell Recette.")
    return [{"invoice": row, "invoiceUrl": ""} for row in rows]


def paid(kind: str) -> Find:
    """Finds the payment of an invoice or an order that a step recorded: among the transactions, one of its amount since
    the step began, be HighLevel's clock ours; where no amount was named, the whole must be paid by now."""

    def find(values: Values, context: Context) -> Conversation[list[Values]]:
        record_id = str(values.get(f"{kind}Id") or "")
        query = {**place(context), "entityId": record_id}
        found = yield from every("/payments/transactions", "data", "look for the payment", query)
        ours = [row for row in found if _of(row, record_id) and since(row, context, apart=0) and _amounts(row, values)]
        if not ours:
            return []
        whole = values.get("amount") in (None, "")
        if kind == "order":
            return [{"success": True}] * len(ours) if not whole or (yield from _order_paid(record_id, context)) else []
        invoice = yield from read_invoice(record_id, context)
        if whole and invoice.get("status") != "paid":
            return []
        return [{"success": True, "invoice": invoice}] * len(ours)

    return find


def _order_paid(order_id: str, context: Context) -> Conversation[bool]:
    path, query = fill("/payments/orders/{id}", {"id": order_id}), {"altId": location(context)}
    order = yield from one(path, "", "look at the order", query)
    return order.get("paymentStatus") == "paid"


def _of(row: Values, record_id: str) -> bool:
    return record_id in (row.get("entityId"), row.get("entitySourceId"), row.get("invoiceId"))


def _amounts(row: Values, values: Values) -> bool:
    if values.get("amount") in (None, ""):
        return True
    try:
        return Decimal(str(row.get("amount"))) == Decimal(str(values["amount"]))
    except InvalidOperation:
        return False


def by_way(perform: Perform) -> Perform:
    """Details of a card or cheque only where it was paid by one."""

    def record(values: Values, context: Context) -> Conversation[Values]:
        other = {name for name in ("card", "cheque") if name != values.get("mode")}
        return (yield from perform({k: v for k, v in values.items() if k not in other}, context))

    return record
