"""What an event can be found by later, and what a run is called."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from builder.models import EventKey
from connectors.often import a_name, remembered
from connectors.spec import Sighting

KINDS = {
    "email": re.compile(r"e-?mail", re.IGNORECASE),
    "phone": re.compile(r"phone|mobile", re.IGNORECASE),
    "name": re.compile(r"(^|_)name$|Name$"),
    "number": re.compile(r"(^|_)number$|Number$"),
    "id": re.compile(r"(^|_)id$|Id$"),
}
TELLING = ("name", "email", "number", "phone")
PERSON = (("first_name", "firstName"), ("last_name", "lastName"))
MOST = 24
DEEPEST = 4


def of(sighting: Sighting) -> list[dict[str, str]]:
    """Columns of EventKey, each kind and value once; the record's own id is always among them."""
    rows = _pairs(sighting)[:MOST]
    return [{"kind": kind, "value": value[:200], "value_hash": EventKey.hashed(kind, value)} for kind, value in rows]


def hashes(sighting: Sighting) -> set[str]:
    """Of all that it names."""
    return {EventKey.hashed(kind, value) for kind, value in _pairs(sighting)}


def _pairs(sighting: Sighting) -> list[tuple[str, str]]:
    own = ("id", sighting.record_id)
    others = sorted({*_walk(sighting.data, DEEPEST)} - {own})
    return [(kind, value) for kind, value in (own, *others) if value]


def title(data: Mapping[str, Any], object_: str) -> str:
    """The deal's, contact's or invoice's name, for lists of runs. What a recipe's own address was sent has any shape:
    there the nearest name, e-mail address or number counts."""
    names = ("name", "title", "number", "email")
    plain = next((said for name in names if (said := _said(data.get(name)))), "")
    if not plain and object_ == "hook":
        plain = _telling(data)
    return plain or _said(data.get("id"))


def _telling(data: Mapping[str, Any]) -> str:
    person = [_said(data.get(one) or data.get(other)) for one, other in PERSON]
    if all(person):
        return " ".join(person)
    for depth in range(1, DEEPEST + 1):
        found = dict(reversed(list(_walk(data, depth, _said))))
        if telling := next((found[kind] for kind in TELLING if kind in found), ""):
            return telling
    return ""


def _said(value: Any) -> str:
    """A text or a whole number in words."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _walk(value: Any, depth: int, text: Callable[[Any], str] = _text) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            if (kind := _kind(str(name))) and (said := text(item)) and (kind != "email" or "@" in said):
                yield kind, said
            else:
                yield from _walk(item, depth - 1, text)
    elif isinstance(value, list):
        for item in value[:10]:
            yield from _walk(item, depth - 1, text)


@remembered(a_name, most=4096)
def _kind(name: str) -> str | None:
    """What a name calls its value."""
    return next((kind for kind, pattern in KINDS.items() if pattern.search(name)), None)
