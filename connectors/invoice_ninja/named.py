"""Fields that a company gave names of its own: `custom_value1` of a client is “Reference” there."""

import json
import re
from collections.abc import Mapping
from typing import Any

FACT = "custom_fields"
"""Of the connection: the names by the company's own keys, such as client1, as JSON."""
SLOT = re.compile(r"custom_value([1-4])")
KINDS = {
    "client": "client", "clients": "client", "contact": "contact", "contacts": "contact", "invoice": "invoice",
    "invoices": "invoice", "quote": "invoice", "quotes": "invoice", "credit": "invoice", "credits": "invoice",
    "recurring_invoice": "invoice", "recurring_quote": "invoice", "purchase_order": "invoice", "payment": "payment",
    "payments": "payment", "product": "product", "products": "product", "line_items": "product", "task": "task",
    "tasks": "task", "project": "project", "projects": "project", "vendor": "vendor", "vendors": "vendor",
    "expense": "expense", "expenses": "expense", "recurring_expense": "expense", "user": "user", "users": "user",
}  # fmt: skip
"""Kind of record, as operations and outputs call it, to the company's word: all papers share the invoice's names, and
lines the product's (v5.10.17)."""


def fact(company: Mapping[str, Any]) -> str:
    """The company's names, without the type behind each bar."""
    told = company.get("custom_fields")
    rows = told.items() if isinstance(told, Mapping) else ()
    names = {str(key): str(value).partition("|")[0].strip() for key, value in rows if value}
    return json.dumps({key: name for key, name in names.items() if name}, ensure_ascii=False)


def named(settings: Mapping[str, str], kind: str, name: str) -> str:
    """What the company calls the field; empty where it gave it no name."""
    slot, word = SLOT.fullmatch(name), KINDS.get(kind.replace(" ", "_"))
    if not slot or not word:
        return ""
    try:
        known = json.loads(settings.get(FACT) or "{}")
    except ValueError:
        return ""
    return str(known.get(f"{word}{slot[1]}") or "") if isinstance(known, dict) else ""
