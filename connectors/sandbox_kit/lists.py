"""How a sandbox shows its records on a page: a list with columns, and rows of plain values."""

from collections.abc import Callable, Iterable
from typing import Any

Column = tuple[str, str, str]
"""Key, label and type (text, money, date, time, tags or status)."""


def table(
    key: str,
    label: str,
    columns: tuple[Column, ...],
    rows: Iterable[dict[str, Any]],
    row: Callable[[dict[str, Any]], dict[str, Any]],
) -> dict[str, Any]:
    """`row` gives the values of a record by column key; newest first."""
    shown = [{"id": record["id"], **row(record)} for record in rows]
    return {
        "key": key,
        "label": label,
        "columns": [{"key": k, "label": text, "type": kind} for k, text, kind in columns],
        "rows": list(reversed(shown)),
    }
