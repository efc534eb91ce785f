"""What Invoice Ninja will make of a new document, as far as it can be told before: for previews."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

PAPERS = ("invoices", "quotes", "credits", "purchase_orders", "recurring_invoices")
TAXED = ("tax_rate1", "tax_rate2", "tax_rate3", "discount")
"""With one of these the total hangs on the company's settings."""
NEW = {"is_deleted": False, "archived_at": 0}
DRAFT = {"status_id": "1", "last_sent_date": "", "paid_to_date": Decimal(0)}


def foresees(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Documents begin as drafts over the sum of their lines."""
    if path.rpartition("/")[2] not in PAPERS:
        return dict(NEW)
    lines = [line for line in body.get("line_items") or () if isinstance(line, Mapping)]
    if not lines or any(_number(given.get(name)) for given in (body, *lines) for name in TAXED):
        return {**NEW, **DRAFT}
    total = sum((_number(line.get("quantity")) * _number(line.get("cost")) for line in lines), Decimal(0))
    return {**NEW, **DRAFT, "amount": total, "balance": total, "total_taxes": Decimal(0)}


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)
