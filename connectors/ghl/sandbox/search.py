"""Searching by filters, with sort and pages: what contacts and opportunities have alike."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from typing import Any

from connectors.ghl.sandbox.refusals import unfit
from connectors.ghl.sandbox.times import millis

Record = dict[str, Any]
EQUAL = ("eq", "not_eq")
EXISTS = ("exists", "not_exists")
CONTAINS = ("contains", "not_contains")
RANGE = ("gte", "lte", "gt", "lt")
REACH = 10_000
"""How many records pages reach; beyond them only `searchAfter` leads."""
LONGEST = 75


@dataclass(frozen=True, slots=True)
class Column:
    get: Callable[[Record], Any]
    operators: tuple[str, ...]
    date: bool = False


def text(name: str, *more: str) -> Column:
    return Column(lambda row: row.get(name), (*EQUAL, *EXISTS, *more))


def date(name: str) -> Column:
    return Column(lambda row: row.get(name), ("range", *EXISTS), date=True)


@total_ordering
class Backwards:
    """A text that sorts the other way round."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Backwards) and self.value == other.value

    def __lt__(self, other: "Backwards") -> bool:
        return other.value < self.value


@dataclass(frozen=True, slots=True)
class Catalogue:
    columns: Mapping[str, Column]
    custom: str
    """Prefix of a custom field's column: `customFields.`"""
    sorts: frozenset[str]
    spoken: Callable[[Record], list[Any]]
    """What the free `query` looks through."""

    def column(self, name: str) -> Column:
        if name.startswith(self.custom):
            key = name.removeprefix(self.custom).split(".")[0]
            return Column(lambda row: _custom(row, key), (*EQUAL, *EXISTS, *CONTAINS, "range"))
        if name not in self.columns:
            raise unfit(f"Invalid field passed for filters: {name}")
        return self.columns[name]

    def keep(self, rows: list[Record], filters: list[Any]) -> list[Record]:
        for one in filters:
            test = self.test(one)
            rows = [row for row in rows if test(row)]
        return rows

    def test(self, one: Any) -> Callable[[Record], bool]:
        """Raises a 422 for a filter that can't be."""
        if not isinstance(one, dict):
            raise unfit("each value in filters must be an object")
        if "group" in one:
            return self._group(one)
        name, operator = str(one.get("field", "")), str(one.get("operator", ""))
        column = self.column(name)
        if operator not in column.operators:
            raise unfit(f"Invalid Operator passed for field {_snake(name)}")
        return _test(column, operator, one.get("value"), name)

    def _group(self, one: Record) -> Callable[[Record], bool]:
        tests = [self.test(inner) for inner in one.get("filters") or []]
        if one["group"] not in ("AND", "OR"):
            raise unfit("group must be one of the following values: AND, OR")
        combine = all if one["group"] == "AND" else any
        return lambda row: combine(test(row) for test in tests)

    def order(self, sort: list[Any], default: str) -> list[tuple[str, bool]]:
        """Pairs of column and whether it descends. Raises a 422."""
        if len(sort) > 2:
            raise unfit("sort must contain no more than 2 elements")
        for one in sort:
            if not isinstance(one, dict) or one.get("field") not in self.sorts:
                raise unfit("Invalid field passed for sort")
            if one.get("direction") not in ("asc", "desc"):
                raise unfit("sort.direction must be one of the following values: asc, desc")
        return [(one["field"], one["direction"] == "desc") for one in sort] or [(default, True)]

    def said(self, rows: list[Record], query: str) -> list[Record]:
        wanted = query.strip().lower()
        if not wanted:
            return rows
        return [row for row in rows if any(wanted in str(v).lower() for v in self.spoken(row) if v)]


def _custom(row: Record, key: str) -> Any:
    """Contacts hold a `value`, opportunities a `fieldValue`."""
    return next((one.get("value", one.get("fieldValue")) for one in row["customFields"] if one["id"] == key), None)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _test(column: Column, operator: str, value: Any, name: str) -> Callable[[Record], bool]:
    if operator in EXISTS:
        return lambda row: (column.get(row) not in (None, "", [])) == (operator == "exists")
    if operator == "range":
        return _range(column, value, name)
    if isinstance(value, str) and len(value) > LONGEST:
        raise unfit(f"filters.value must be shorter than or equal to {LONGEST} characters")
    wanted = [_plain(v) for v in (value if isinstance(value, list) else [value])]
    hit = _equal if operator in EQUAL else _holds
    return lambda row: hit(column.get(row), wanted) == (not operator.startswith("not"))


def _plain(value: Any) -> str:
    return str(value).lower()


def _values(value: Any) -> list[str]:
    return [_plain(one) for one in (value if isinstance(value, list) else [value]) if one is not None]


def _equal(value: Any, wanted: list[str]) -> bool:
    return any(one in wanted for one in _values(value))


def _holds(value: Any, wanted: list[str]) -> bool:
    return any(part in one for one in _values(value) for part in wanted)


def _range(column: Column, value: Any, name: str) -> Callable[[Record], bool]:
    if not isinstance(value, dict) or not value or set(value) - set(RANGE):
        raise unfit(f"Invalid value passed for field {_snake(name)}")
    try:
        bounds = {k: _number(v, column.date) for k, v in value.items()}
    except (ValueError, ArithmeticError):
        raise unfit(f"Invalid value passed for field {_snake(name)}") from None
    return lambda row: _within(column.get(row), bounds, column.date)


def _number(value: Any, is_date: bool) -> Any:
    number = millis(value) if is_date else Decimal(str(value))
    if not Decimal(number).is_finite():
        raise ValueError("not a finite number")
    return number


def _within(value: Any, bounds: Mapping[str, Any], is_date: bool) -> bool:
    if value in (None, ""):
        return False
    try:
        have = _number(value, is_date)
    except (ValueError, ArithmeticError):
        return False
    rules = {"gte": lambda b: have >= b, "gt": lambda b: have > b, "lte": lambda b: have <= b, "lt": lambda b: have < b}
    return all(rules[k](bound) for k, bound in bounds.items())


@dataclass(slots=True)
class Sorted:
    """Rows in order, each with the position that `searchAfter` takes."""

    rows: list[Record]
    keys: list[tuple[Any, ...]]
    positions: list[list[Any]]
    down: list[bool]

    def after(self, position: list[Any]) -> int:
        """Index of the first row behind the position. Raises a 422."""
        if len(position) != len(self.down) + 1:
            raise unfit("searchAfter is invalid")
        try:
            return bisect_right(self.keys, _key(position[:-1], str(position[-1]), self.down))
        except (TypeError, ValueError):
            raise unfit("searchAfter is invalid") from None


def ordered(rows: list[Record], catalogue: Catalogue, order: list[tuple[str, bool]]) -> Sorted:
    columns = [catalogue.column(name) for name, _ in order]
    down = [descends for _, descends in order]
    decorated = []
    for row in rows:
        values = [_sortable(column.get(row), column.date) for column in columns]
        decorated.append((_key(values, row["id"], down), [*values, row["id"]], row))
    decorated.sort(key=lambda one: one[0])
    return Sorted([d[2] for d in decorated], [d[0] for d in decorated], [d[1] for d in decorated], down)


def _sortable(value: Any, is_date: bool) -> Any:
    if is_date:
        return millis(value) if value else 0
    return value if isinstance(value, (int, Decimal)) else str(value or "").lower()


def _key(values: list[Any], record_id: str, down: list[bool]) -> tuple[Any, ...]:
    return (*[_turned(value, descends) for value, descends in zip(values, down, strict=True)], record_id)


def _turned(value: Any, descends: bool) -> tuple[int, Any]:
    """Numbers before texts, each turned round when it descends."""
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return 1, Backwards(value) if descends else value
    number = Decimal(value)
    return 0, -number if descends else number


def window(found: Sorted, size: int, page: Any, after: Any, reach: int) -> slice:
    """Which rows make the page. Raises a 422 beyond the reach of pages."""
    if after:
        if page is not None:
            raise unfit("page and searchAfter can not be used together")
        start = found.after(after)
    else:
        start = (max(int(page or 1), 1) - 1) * size
        if start + size > reach:
            raise unfit(f"Cannot fetch more than {reach} records with page, use searchAfter")
    return slice(start, start + size)


def size_of(value: Any, name: str, most: int) -> int:
    if not 1 <= value <= most or value != int(value):
        raise unfit(f"{name} must not be greater than {most}" if value > most else f"{name} must not be less than 1")
    return int(value)
