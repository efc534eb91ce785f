"""What an invoice adds up to, in Decimal, rounded half up to the client's currency at every line."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.invoice_ninja.sandbox.casting import ZERO, cast, decimal

ITEM: dict[str, Any] = {
    "quantity": ZERO,
    "cost": ZERO,
    "product_key": "",
    "product_cost": ZERO,
    "notes": "",
    "discount": ZERO,
    "is_amount_discount": False,
    "tax_name1": "",
    "tax_rate1": ZERO,
    "tax_name2": "",
    "tax_rate2": ZERO,
    "tax_name3": "",
    "tax_rate3": ZERO,
    "sort_id": "0",
    "line_total": ZERO,
    "gross_line_total": ZERO,
    "tax_amount": ZERO,
    "date": "",
    "custom_value1": "",
    "custom_value2": "",
    "custom_value3": "",
    "custom_value4": "",
    "type_id": "1",
    "tax_id": "",
    "task_id": "",
    "expense_id": "",
    "unit_code": "C62",
}
Record = dict[str, Any]


def rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def item(data: Mapping[str, Any]) -> Record:
    """A whole line item: missing keys have their defaults, unknown ones are gone."""
    return {name: _cast(data[name], empty) if name in data else empty for name, empty in ITEM.items()}


def _cast(value: Any, empty: Any) -> Any:
    return decimal(value) if isinstance(empty, Decimal) else cast(value, empty, "")


def _tax(base: Decimal, rate: Decimal, inclusive: bool, digits: int) -> Decimal:
    if inclusive:
        return rounded(base - base / (1 + rate / 100), digits)
    return rounded(base * rate / 100, digits)


def _line(line: Record, invoice: Record, digits: int) -> Record:
    full = line["quantity"] * line["cost"]
    off = line["discount"] if invoice["is_amount_discount"] else full * line["discount"] / 100
    total = rounded(full - off, digits)
    base = total if invoice["is_amount_discount"] else total - total * invoice["discount"] / 100
    inclusive = invoice["uses_inclusive_taxes"]
    tax = sum((_tax(base, line[f"tax_rate{n}"], inclusive, digits) for n in (1, 2, 3)), ZERO)
    gross = total if inclusive else total + tax
    return {**line, "line_total": total, "gross_line_total": gross, "tax_amount": tax}


def computed(invoice: Record, digits: int) -> Record:
    """The document with line totals, taxes and amount; the balance follows unless it is a draft."""
    lines = [_line(item(line), invoice, digits) for line in invoice["line_items"]]
    subtotal = sum((line["line_total"] for line in lines), ZERO)
    off = (
        invoice["discount"] if invoice["is_amount_discount"] else rounded(subtotal * invoice["discount"] / 100, digits)
    )
    net = subtotal - off
    surcharges = [(invoice[f"custom_surcharge{n}"], invoice[f"custom_surcharge_tax{n}"]) for n in (1, 2, 3, 4)]
    base = net + sum((amount for amount, taxed in surcharges if taxed), ZERO)
    inclusive = invoice["uses_inclusive_taxes"]
    own = sum((_tax(base, invoice[f"tax_rate{n}"], inclusive, digits) for n in (1, 2, 3)), ZERO)
    taxes = own + sum((line["tax_amount"] for line in lines), ZERO)
    amount = net + sum((amount for amount, _ in surcharges), ZERO) + (ZERO if inclusive else taxes)
    amount = rounded(amount, digits)
    done = {**invoice, "line_items": lines, "amount": amount, "total_taxes": rounded(taxes, digits)}
    if invoice["status_id"] != "1":
        done["balance"] = amount - invoice["paid_to_date"]
    return done
