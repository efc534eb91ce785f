"""JSON as it travels: a number keeps every digit, in and out."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn


def decode(body: bytes) -> Any:
    """The value of a JSON text, fractions as Decimal. Raises ValueError for anything else, NaN and bottomless nesting
    included."""
    try:
        return _DECODER.decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except RecursionError:
        raise ValueError("nested too deep") from None


def encode(value: Any) -> str:
    if isinstance(value, Decimal):
        return _digits(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(k))}:{encode(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(encode(v) for v in value) + "]"
    if isinstance(value, datetime | date):
        return json.dumps(moment(value))
    return json.dumps(value, allow_nan=False)


def moment(value: date | datetime) -> str:
    """`2026-11-22` or `2026-11-22T09:30:00Z`, as APIs like it."""
    return value.isoformat().replace("+00:00", "Z")


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that JSON can hold")
    return format(value, "f") if value.adjusted() < 40 else str(value)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)
