"""Giving a payment back, in part or whole."""

from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox import clients
from connectors.invoice_ninja.sandbox.casting import ZERO, decimal, numeric
from connectors.invoice_ninja.sandbox.owing import PAID, PARTIAL, SENT
from connectors.invoice_ninja.sandbox.payments import PAYMENTS
from connectors.invoice_ninja.sandbox.refusals import invalid
from connectors.invoice_ninja.sandbox.resource import body
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
PARTLY, WHOLLY = "5", "6"


@ROUTES.on("POST", "/api/v1/payments/refund")
def refund(box: Any, call: Call) -> Any:
    data = body(call)
    payment = box.find("payments", "Payment", str(data.get("id", "")))
    if not data.get("date"):
        raise invalid(date="The date field is required.")
    lines = _lines(payment, data)
    amount = sum((one for _, one in lines), ZERO) or numeric(data.get("amount"), "amount")
    left = decimal(payment["amount"]) - decimal(payment["refunded"])
    if amount <= 0 or amount > left:
        raise invalid(amount="Attempting to refund more than allowed")
    for invoice_id, part in lines:
        _owed(box, invoice_id, part)
    clients.owe(box, payment["client_id"], paid=-amount)
    given = decimal(payment["refunded"]) + amount
    saved = box.save("payments", payment | {"refunded": given, "status_id": WHOLLY if amount == left else PARTLY})
    box.effect("payment.refunded", saved["id"], data)
    box.fire(31, "payments", saved["id"])
    box.activity(40, payment=saved["id"], client=saved["client_id"])
    return PAYMENTS.show(box, saved, call)


def _lines(payment: Record, data: Record) -> list[tuple[str, Decimal]]:
    """Which invoices the money is taken from. Raises a 422 for one that the payment doesn't hold."""
    held = {line["invoice_id"] for line in payment["paymentables"]}
    done = []
    for at, line in enumerate(data.get("invoices") or ()):
        if line.get("invoice_id") not in held:
            raise invalid(**{f"invoices.{at}.invoice_id": "The payment does not hold this invoice."})
        done.append((line["invoice_id"], numeric(line.get("amount"), f"invoices.{at}.amount")))
    return done


def _owed(box: Any, invoice_id: str, part: Decimal) -> None:
    """The invoice is open again by what was given back."""
    invoice = box.store.get("invoices", invoice_id)
    paid, balance = decimal(invoice["paid_to_date"]) - part, decimal(invoice["balance"]) + part
    status = PAID if balance <= 0 else PARTIAL if paid > 0 else SENT
    box.save("invoices", invoice | {"paid_to_date": paid, "balance": balance, "status_id": status})
    clients.owe(box, invoice["client_id"], balance=part)
