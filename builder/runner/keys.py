"""What an event can be found by later, and what a run is called."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from builder.models import EventKey
from connectors.spec import Sighting

KINDS = {
    "email": re.compile(r"e-?mail", re.IGNORECASE),
    "phone": re.compile(r"phone|mobile", re.IGNORECASE),
    "name": re.compile(r"(^|_)name$|Name$"),
    "number": re.compile(r"(^|_)number$|Number$"),
    "id": re.compile(r"(^|_)id$|Id$"),
}
MOST = 24
DEEPEST = 4


def of(sighting: Sighting) -> list[dict[str, str]]:
    """Columns of EventKey, each kind and value once."""
    pairs = {("id", sighting.record_id), *_walk(sighting.data, DEEPEST)}
    rows = [(kind, value) for kind, value in sorted(pairs) if value][:MOST]
    return [{"kind": kind, "value": value[:200], "value_hash": EventKey.hashed(kind, value)} for kind, value in rows]


def title(data: Mapping[str, Any]) -> str:
    """The deal's, contact's or invoice's name, for lists of runs."""
    for name in ("name", "title", "number", "email", "id"):
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _walk(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str) and item.strip() and (kind := _kind(str(name))):
                yield kind, item.strip()
            else:
                yield from _walk(item, depth - 1)
    elif isinstance(value, list):
        for item in value[:10]:
            yield from _walk(item, depth - 1)


def _kind(name: str) -> str | None:
    return next((kind for kind, pattern in KINDS.items() if pattern.search(name)), None)
