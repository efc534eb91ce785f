"""Input as PHP takes it: numbers as texts, null as empty, and a rule that complains where there is one."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.invoice_ninja.sandbox.refusals import invalid

ZERO = Decimal(0)


def decimal(value: Any) -> Decimal:
    """Zero for what is no number, as a PHP cast gives."""
    try:
        number = Decimal(str(value).strip() or "0")
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() else ZERO


def numeric(value: Any, name: str) -> Decimal:
    """Raises a 422 for what is no number."""
    if value in (None, ""):
        return ZERO
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = None
    if isinstance(value, bool) or number is None or not number.is_finite():
        raise invalid(**{name: f"The {name.replace('_', ' ')} must be a number."})
    return number


def flag(value: Any) -> bool:
    return value is True or str(value).lower() in ("1", "true", "yes", "on")


def day(value: Any, name: str) -> str:
    """`YYYY-MM-DD` or empty. Raises a 422."""
    if value in (None, ""):
        return ""
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise invalid(**{name: f"The {name.replace('_', ' ')} is not a valid date."}) from None


def cast(value: Any, model: Any, name: str) -> Any:
    """The value in the type of the field's empty one."""
    if isinstance(model, bool):
        return flag(value)
    if isinstance(model, Decimal):
        return numeric(value, name)
    if isinstance(model, int):
        return int(numeric(value, name))
    if isinstance(model, (list, dict)):
        return value if isinstance(value, type(model)) else model
    return "" if value is None else str(value)


def filled(blank: Mapping[str, Any], data: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The given ones among `fields`, cast."""
    return {name: cast(data[name], blank[name], name) for name in fields if name in data}
