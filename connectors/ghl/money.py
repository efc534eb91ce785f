"""What its operations move in money, and in which currency."""

from connectors.spec import Flow, Moved, dig


def _total(flow: Flow, inside: str = "") -> Moved:
    """As the answer tells it."""
    return Moved(flow, lambda inputs, output: dig(output, f"{inside}total"), lambda output: _currency(output, inside))


def _given(inside: str = "") -> Moved:
    """A payment of so much as was asked for."""
    return Moved(Flow.RECEIVED, lambda inputs, output: inputs.get("amount"), lambda output: _currency(output, inside))


def _currency(output: object, inside: str) -> str:
    return str(dig(output, f"{inside}currency") or "")


MOVES = {
    "ghl.invoices.create_invoice": _total(Flow.INVOICED),
    "ghl.invoices.textpay_invoice": _total(Flow.INVOICED, "invoice."),
    "ghl.estimates.create_invoice_from_estimate": _total(Flow.INVOICED, "estimate."),
    "ghl.estimates.create_new_estimate": _total(Flow.QUOTED),
    "ghl.invoices.record_invoice": _given("invoice."),
    "ghl.payments.record_order_payment": _given(),
}
