"""What watching HighLevel's money has in common: lists that can be asked for a state, amounts and edits to compare."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.ghl import records
from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION
from connectors.ghl.paper_lists import PAGE, following, place, rows_of
from connectors.ghl.papers import AMOUNTS
from connectors.notation import Outputs, outputs
from connectors.pages import ask, lapping
from connectors.spec import Context, Conversation, Request, Response, Sighting, Trigger

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
Fired = Callable[[Seen, Sighting, str, Record], bool]
ENVELOPE = frozenset(("type", "webhookId", "appId", "versionId", "timestamp", "locationId", "altType", "traceId"))
PAGES = 20
"""At most so many of a list in one look."""
MONEY = AMOUNTS | {"total", "tax", "discount", "compareAtPrice"}


def part(
    path: str, key: str, context: Context, *, pages: int = PAGES, **query: Any
) -> Conversation[tuple[list[Record], Response, bool]]:
    """The rows of some pages, the last answer, and whether there were more."""
    asked = {name: value for name, value in {**place(context), **query}.items() if value is not None}
    answers: list[Response] = []

    def page(at: int) -> Conversation[tuple[list[Record], bool]]:
        request = Request("GET", path, query={**asked, "limit": PAGE, "offset": at}, headers=VERSION)
        answers.append((yield from ask(request, explain, "look for what changed")))
        rows = rows_of(key)(answers[-1])
        return [row for row in rows if row.get("_id")], following(request, answers[-1], rows) is not None

    rows, more = yield from lapping(page, lambda row: str(row["_id"]), pages)
    return rows, answers[-1], more


def amount(value: Any) -> str:
    """A number in one spelling, whichever way it came: 12.50 and 12.5 are `12.5`."""
    try:
        return format(Decimal(str(value or 0)).normalize(), "f")
    except InvalidOperation:
        return "0"


def edit(*parts: Any) -> str:
    """A short stamp of what people can change."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def shown(record: Mapping[str, Any]) -> Record:
    """The record without what a delivery wraps it in."""
    return {name: value for name, value in record.items() if name not in ENVELOPE}


def owner(record: Mapping[str, Any]) -> str:
    return str(record.get("altId") or record.get("locationId") or "")


def text(value: Any) -> str:
    """A status; the documents call it an object now and then."""
    return value.lower() if isinstance(value, str) else ""


def created(*hints: str) -> Fired:
    """What was made since the watching began, or is told of as new."""

    def fired(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
        new = before is None and not now.gone
        return new and (now.hint in hints or records.is_since(now.created, since))

    return fired


def turned(name: str, wanted: Iterable[str] | None, *hints: str) -> Fired:
    """A value became another, one of those wanted. Of a record that was not seen before, what is new or told of."""
    among = None if wanted is None else frozenset(wanted)

    def fired(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
        value = now.values.get(name)
        if now.gone or not value or (among is not None and value not in among):
            return False
        if before is not None and name in before:
            return bool(before[name] != value)
        return now.hint in hints or (among is not None and records.is_since(now.created, since))

    return fired


def grew(name: str, *hints: str) -> Fired:
    """An amount became more."""

    def fired(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
        value = Decimal(str(now.values.get(name) or 0))
        if now.gone or value <= 0:
            return False
        if before is not None and name in before:
            return value > Decimal(str(before[name] or 0))
        return now.hint in hints or records.is_since(now.created, since)

    return fired


def edited(name: str, *hints: str) -> Fired:
    def fired(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
        if now.gone or name not in now.values:
            return False
        if before is not None:
            return name in before and before[name] != now.values[name]
        return now.hint in hints and not records.is_since(now.created, since)

    return fired


def deleted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.gone and not (before or {}).get("gone")


def trigger(object: str, name: str, label: str, fired: Fired, sample: Mapping[str, Any], **more: Any) -> Trigger:
    shown = Outputs(lambda: outputs(sample, MONEY))
    return Trigger(f"ghl.{object}.{name}", label, object, fired, outputs=shown, sample=sample, **more)
