"""The rows of a field that takes several: their columns, and how they are said in one sentence."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.recipe.values import empty

WIDE = ("product_key", "notes", "quantity", "cost", "id", "value")
"""Columns that are always seen."""


@dataclass
class Line:
    index: int
    slots: list[Any]
    """The controls of its columns."""

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def main(self) -> list[Any]:
        """What is always seen: up to four columns."""
        plain = [slot for slot in self.slots if not slot.field.more]
        return sorted(plain, key=lambda slot: slot.field.name not in WIDE)[:4] if len(plain) > 4 else plain

    @property
    def rest(self) -> list[Any]:
        return [slot for slot in self.slots if slot not in self.main]

    @property
    def filled(self) -> bool:
        return any(not empty(slot.value) for slot in self.rest)

    @property
    def said(self) -> str:
        """`Website care plan, 1 × $4,800.00`"""
        values = {slot.field.name: slot.read_text or slot.text for slot in self.slots}
        name = values.get("product_key") or values.get("notes") or next((v for v in values.values() if v), "")
        cost = values.get("cost", "")
        return f"{name}, {values.get('quantity') or '1'} × {cost}" if cost else name


def switched(value: Any) -> str:
    """The value after changing between lines of its own and one line per item, as JSON."""
    if isinstance(value, dict):
        line = value.get("line") or {}
        return json.dumps([line] if line else [])
    first = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}
    return json.dumps({"each": "", "line": first})


def word(value: Any) -> str:
    """How many there are."""
    if isinstance(value, dict):
        return _("one per item")
    count = len(value) if isinstance(value, list) else 0
    return ngettext("%(n)d line", "%(n)d lines", count) % {"n": count}
