"""Lists: filters that don't exist are passed over, every state comes along, and the next link loses the question."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.invoice_ninja.sandbox import refusals
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
Keep = Callable[[Any, Record, str], bool]
"""(sandbox, row, the parameter's text) to whether the row stays."""
MOST = 5000


@lru_cache(maxsize=256)
def like(value: str) -> Callable[[Any], bool]:
    """SQL's `LIKE '%value%'`: `_` and `%` are wildcards, case doesn't count."""
    parts = {"%": ".*", "_": "."}
    pattern = re.compile("".join(parts.get(c) or re.escape(c) for c in value), re.IGNORECASE | re.DOTALL)
    return lambda text: bool(pattern.search(str(text)))


def same(column: str) -> Keep:
    return lambda box, row, value: str(row[column]).lower() == value.lower()


def holds(*columns: str) -> Keep:
    return lambda box, row, value: any(map(like(value), [row[c] for c in columns]))


def moment(value: str) -> float:
    """Seconds, from seconds or a date. Raises a 500, as a bad argument does."""
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise refusals.BROKEN from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def state(row: Record) -> str:
    if row["is_deleted"]:
        return "deleted"
    return "archived" if row["archived_at"] else "active"


def _client_alive(box: Any, row: Record, value: str) -> bool:
    client = box.store.get("clients", row.get("client_id", ""))
    return not (client and client["is_deleted"])


BASE: dict[str, Keep] = {
    "status": lambda box, row, value: not value or state(row) in value.split(","),
    "is_deleted": lambda box, row, value: row["is_deleted"] == (value == "true"),
    "created_at": lambda box, row, value: not value or row["_created"] >= moment(value),
    "updated_at": lambda box, row, value: not value or row["_updated"] >= moment(value),
    "filter_deleted_clients": lambda box, row, value: value != "true" or _client_alive(box, row, value),
    "without_deleted_clients": _client_alive,
    "client_id": lambda box, row, value: row.get("client_id", value) == value,
}


def kept(box: Any, rows: list[Record], query: Mapping[str, str], filters: Mapping[str, Keep]) -> list[Record]:
    for name, value in query.items():
        keep = filters.get(name) or BASE.get(name)
        if keep and not (name == "filter" and not value):
            rows = [row for row in rows if keep(box, row, value)]
    return rows


def ordered(rows: list[Record], sort: str) -> list[Record]:
    """Oldest first without a sort. Raises a 500 for a column that isn't there."""
    column, _, direction = sort.partition("|")
    if not column:
        return rows
    column = {"created_at": "_created", "updated_at": "_updated", "id": "_created"}.get(column, column)
    if rows and column not in rows[0]:
        raise refusals.BROKEN
    if column == "_created":  # the order they stand in
        return rows[::-1] if direction == "desc" else rows
    return sorted(rows, key=lambda row: _rank(row[column]), reverse=direction == "desc")


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, (int, float, Decimal)):
        return 0, value
    return 1, str(value).lower()


def page(call: Call, rows: list[Record], show: Callable[[Record], Record]) -> Record:
    size = min(abs(_whole(call.query.get("per_page", ""), 20)) or 20, MOST)
    at = max(_whole(call.query.get("page", ""), 1), 1)
    part = rows[(at - 1) * size : at * size]
    pages = max(-(-len(rows) // size), 1)
    host = call.headers.get("host", "localhost")
    links = {name: f"http://{host}{call.path}?page={n}" for name, n in _near(at, pages)}
    meta = {"total": len(rows), "count": len(part), "per_page": size, "current_page": at, "total_pages": pages}
    data = [show(row) for row in part]
    return {call.query.get("index") or "data": data, "meta": {"pagination": {**meta, "links": links}}}


def _near(at: int, pages: int) -> list[tuple[str, int]]:
    before = [("previous", at - 1)] if at > 1 else []
    return before + ([("next", at + 1)] if at < pages else [])


def _whole(text: str, default: int) -> int:
    return int(text) if text.lstrip("-").isdigit() else default
