"""Values brought to the type a field needs, or a sentence that says why not."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from builder.recipe import dates, money
from builder.recipe.errors import TooMuch, Wrong, shown

MAX_TEXT = 65_536
MAX_DEPTH = 100
YES = frozenset(["yes", "y", "true", "on", "1", "ja", "oui", "si", "sí"])
NO = frozenset(["no", "n", "false", "off", "0", "nein", "non"])


class About(NamedTuple):
    """What a value's meaning depends on besides itself."""

    zone: str | tzinfo = "UTC"
    currency: str = ""
    now: datetime | None = None


NOWHERE = About()


def coerce(value: Any, type: str, *, zone: str | tzinfo = "UTC", currency: str = "") -> Any:
    """The value as text, Decimal, int, date, datetime, bool, list or dict, after the field's type. Raises Wrong."""
    return TYPES[type](value, About(zone, currency))


def text(value: Any, about: About = NOWHERE) -> str:
    """How a value is written into text: ISO dates, plain digits, lists with commas, objects as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal | money.Money):
        return str(value) if isinstance(value, money.Money) else money.plain(money.number(value))
    if isinstance(value, date):
        return dates.plain(value)
    if isinstance(value, list | tuple) and not any(isinstance(item, list | tuple | dict) for item in value):
        return _short(", ".join(text(item) for item in value))
    return as_json(value)


def as_json(value: Any) -> str:
    """Compact JSON in which a Decimal keeps all its digits. Raises Wrong for what JSON doesn't have."""
    pieces: list[str] = []
    _write_json(value, pieces, 0)
    return _short("".join(pieces))


def _write_json(value: Any, pieces: list[str], depth: int) -> None:
    if depth > MAX_DEPTH or len(pieces) > MAX_TEXT:
        raise TooMuch("This value is too large to be written as text. Choose a part of it.")
    if isinstance(value, dict):
        for number, (key, inner) in enumerate(value.items()):
            pieces.append(f"{',' if number else '{'}{json.dumps(text(key), ensure_ascii=False)}:")
            _write_json(inner, pieces, depth + 1)
        pieces.append("}" if value else "{}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            pieces.append("," if number else "[")
            _write_json(inner, pieces, depth + 1)
        pieces.append("]" if value else "[]")
    else:
        pieces.append(_json_leaf(value))


def _json_leaf(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float | Decimal):
        return money.plain(money.number(value))
    if isinstance(value, date | money.Money):
        return json.dumps(text(value), ensure_ascii=False)
    raise Wrong("This value can't be used in text. Choose a part of it.")


def _short(written: str) -> str:
    if len(written) > MAX_TEXT:
        raise TooMuch(f"The text would be longer than {MAX_TEXT // 1024} KB. Choose a part of it.")
    return written


def number(value: Any, about: About = NOWHERE) -> Decimal:
    return money.number(value)


def integer(value: Any, about: About = NOWHERE) -> int:
    found = money.number(value)
    if found != found.to_integral_value():
        raise Wrong(f"{shown(value)} isn't a whole number. Use “round”, or write it without a fraction.")
    return int(found)


def boolean(value: Any, about: About = NOWHERE) -> bool:
    if isinstance(value, bool):
        return value
    word = text(value).strip().casefold() if isinstance(value, str | int | Decimal) else ""
    if word not in YES | NO:
        raise Wrong(f"{shown(value)} is neither yes nor no. Write yes or no.")
    return word in YES


def email(value: Any, about: About = NOWHERE) -> str:
    found = _line(value)
    if not re.fullmatch(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}", found) or len(found) > 254:
        raise Wrong(f"{shown(value)} isn't an e-mail address. It needs the form name@example.com.")
    return found


def phone(value: Any, about: About = NOWHERE) -> str:
    """`+4915112345678` for an international number; a local one keeps its digits."""
    found = _line(value)
    digits = re.sub(r"[^0-9]", "", found.replace("(0)", "") if found.startswith(("+", "00")) else found)
    if not re.fullmatch(r"\+?[0-9 ()./\u2010-\u2015-]+", found) or not 5 <= len(digits) <= 17:
        raise Wrong(f"{shown(value)} isn't a phone number. Write it with its country, such as +49 151 12345678.")
    return f"+{digits}" if found.startswith("+") else f"+{digits[2:]}" if digits.startswith("00") else digits


def url(value: Any, about: About = NOWHERE) -> str:
    found = _line(value)
    full = found if "://" in found else f"https://{found}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if (
        not host
        or parts.scheme not in ("http", "https")
        or re.search(r"\s", full)
        or not re.search(r"[.:]|^localhost$", host)
    ):
        raise Wrong(f"{shown(value)} isn't a web address. It needs the form https://example.com/page.")
    return full


def listed(value: Any, about: About = NOWHERE) -> list[str]:
    """A list of texts; one text is split at commas, semicolons and line ends."""
    if isinstance(value, dict):
        raise Wrong(f"{shown(value)} isn't a list of texts. Choose a part of it.")
    parts = value if isinstance(value, list | tuple) else re.split(r"[,;\n]", text(value))
    return [found for part in parts if (found := _scalar(part).strip())]


def tags(value: Any, about: About = NOWHERE) -> list[str]:
    """Texts, each once however it is capitalised."""
    found: dict[str, str] = {}
    for tag in listed(value):
        found.setdefault(tag.casefold(), tag)
    return list(found.values())


def json_value(value: Any, about: About = NOWHERE) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Wrong(
            f"{shown(value)} isn't JSON. Put texts in double quotes, and use “json” for pills inside."
        ) from None


def rows(value: Any, about: About = NOWHERE) -> list[dict[str, Any]]:
    found = json_value(value)
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list | tuple) or not all(isinstance(row, dict) for row in found):
        raise Wrong(f"{shown(value)} isn't a list of lines. Choose a list of objects.")
    return list(found)


def mapping(value: Any, about: About = NOWHERE) -> dict[str, Any]:
    found = json_value(value)
    if not isinstance(found, dict):
        raise Wrong(f"{shown(value)} isn't an object with names and values. Choose one, or fill in its parts.")
    return found


def _line(value: Any) -> str:
    return _scalar(value).strip()


def _scalar(value: Any, about: About = NOWHERE) -> str:
    if isinstance(value, list | tuple | dict):
        raise Wrong(f"{shown(value)} can't be used where one text belongs. Choose a part of it.")
    return text(value)


def _no_constant(name: str) -> None:
    raise ValueError(name)


TYPES: dict[str, Callable[[Any, About], Any]] = {
    "text": text,
    "note": text,
    "email": email,
    "phone": phone,
    "url": url,
    "number": number,
    "integer": integer,
    "money": lambda value, about: money.amount(value, about.currency),
    "date": lambda value, about: dates.day(value, about.zone),
    "datetime": lambda value, about: dates.instant(value, about.zone),
    "boolean": boolean,
    "choice": _scalar,
    "choices": listed,
    "tags": tags,
    "json": json_value,
    "lines": rows,
    "object": mapping,
}
