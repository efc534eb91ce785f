"""Records of custom objects, read whole and compared: the search of them knows neither times nor an order. Webhooks of
them, which don't tell the object, are heard besides and have triggers of their own (`heard.py`)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound, Refused
from connectors.ghl import comparing, heard, objects, odd, records
from connectors.ghl.answers import explain
from connectors.ghl.base import declared
from connectors.notation import fill
from connectors.pages import ask
from connectors.spec import ANY, Context, Conversation, Request, Sighting, Trigger

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
SIZE, PAGES = 100, 50
"""Pages of one look, over all objects."""
HELP = (
    "Recette reads all records of your objects every 1 to 15 minutes and compares, up to 5,000. Over an account "
    "connected by the HighLevel app, “{label}” comes at once, but doesn't tell the object."
)


def shape(record: Mapping[str, Any], object_key: str) -> Record:
    held = record.get("properties")
    return {
        "id": str(record.get("id") or ""),
        "object": object_key,
        "properties": dict(held) if isinstance(held, Mapping) else {},
        "owner": [str(one) for one in record.get("owner") or []],
        "followers": [str(one) for one in record.get("followers") or []],
        "created_at": records.moment(record.get("createdAt") or record.get("dateAdded")),
        "updated_at": records.moment(record.get("updatedAt") or record.get("dateUpdated")),
    }


def sighting(record: Mapping[str, Any], object_key: str) -> Sighting:
    told = shape(record, object_key)
    seen = {name: told[name] for name in ("properties", "owner", "followers")}
    text = json.dumps(seen, sort_keys=True, default=str)
    values = {"edit": hashlib.sha256(text.encode()).hexdigest()[:16], "object": object_key}
    return Sighting("record", told["id"], values, told, created=told["created_at"])


def look(context: Context) -> Conversation[comparing.Look]:
    found: dict[str, Sighting] = {}
    left = PAGES
    for one in (yield from objects.objects(context)):
        if one.get("standard"):
            continue
        seen, left = yield from _records(str(one["key"]), left, context)
        found |= {each.record_id: each for each in seen}
        if left < 0:
            return comparing.Look(list(found.values()), cut=True)
    return comparing.Look(list(found.values()))


def _records(object_key: str, left: int, context: Context) -> Conversation[tuple[list[Sighting], int]]:
    """The records of one object, and how many pages may still be read; less than none where there are more."""
    found: list[Sighting] = []
    page = 1
    while left > 0:
        rows = yield from _page(object_key, page, SIZE, context)
        found += [sighting(row, object_key) for row in rows if row.get("id")]
        page, left = page + 1, left - 1
        if len(rows) < SIZE:
            return found, left
    return found, -1


def _page(object_key: str, page: int, size: int, context: Context) -> Conversation[list[Record]]:
    path = fill("/objects/{schemaKey}/records/search", {"schemaKey": object_key})
    body = {"locationId": odd.location(context), "page": page, "pageLimit": size, "query": "", "searchAfter": []}
    request = Request("POST", path, json=body, headers=odd.VERSION, reads=True)
    response = yield from ask(request, explain, "watch the records")
    return [row for row in (response.json or {}).get("records") or [] if isinstance(row, dict)]


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    """A record can be read only below its object, so each object is asked for it."""
    for one in (yield from objects.objects(context)):
        if one.get("standard"):
            continue
        path = fill("/objects/{schemaKey}/records/{id}", {"schemaKey": one["key"], "id": record_id})
        try:
            record = yield from odd.read(path, "record", context)
        except Refused:
            continue
        if record:
            return sighting({**record, "id": record_id}, str(one["key"]))
    raise NotFound("No custom object has a record with this ID any more.")


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    """What a write of ours left a record with, whatever the webhook makes of it."""
    record, object_key = output.get("record"), str(inputs.get("schemaKey") or "")
    if not isinstance(record, Mapping) or not record.get("id") or not object_key:
        return None
    seen = sighting(record, object_key)
    return seen.record_id, {**seen.values, "event": ANY}


WATCHED = replace(
    heard.WATCHED["record"],
    reread=reread,
    poll=comparing.poll("record", look, reread),
    permission="objects/schema.readonly objects/record.readonly",
    told=told,
)


# Triggers


def created(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    """Not an old one that only now comes into sight, where there are more than can be read."""
    new = "edit" in now.values and "edit" not in (before or {})
    return new and records.is_since(now.created, since)


def changed(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    edits = (before or {}).get("edit"), now.values.get("edit")
    return all(edits) and edits[0] != edits[1]


def deleted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    """What is gone tells no object any more; it was known before."""
    known = before or {}
    fits = inputs.get("object") in (None, "", known.get("object"))
    return now.gone and fits and not known.get("gone")


def elsewhere(inputs: Record, now: Sighting) -> str:
    wanted, got = str(inputs.get("object") or ""), str(now.values.get("object") or "")
    return f"It is of {got}, this recipe takes only {wanted}." if got and wanted not in ("", got) else ""


def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    found: list[Sighting] = []
    for one in (yield from objects.objects(context)):
        if not one.get("standard") and inputs.get("object") in (None, "", one["key"]):
            rows = yield from _page(str(one["key"]), 1, SIZE, context)
            found += [sighting(row, str(one["key"])) for row in rows if row.get("id")]
    return sorted(found, key=lambda one: one.created, reverse=True)[:10]


OWN = {"properties": "record_fields"}
OBJECT = f.choice("object", "Only records of this object; empty: of any of your own.", source="custom_objects")
SAMPLE = {
    "id": "6578278e879ad2646715ba9d",
    "object": "custom_objects.studios",
    "properties": {"name": "Studio 2", "floor": 3, "state": "let", "rent": {"currency": "default", "value": 850}},
    "owner": ["0IHuJvc2ofPAAA8GzTRi"],
    "followers": [],
    "created_at": "2026-11-18T09:03:27.640Z",
    "updated_at": "2026-11-20T16:41:11.285Z",
}
SHOWN = declared(SAMPLE, OWN)
TRIGGERS = tuple(
    Trigger(
        f"ghl.record.{name}", label, "record", fired, elsewhere, fields=(OBJECT,), outputs=SHOWN, sample=SAMPLE,
        own=OWN, latest=latest, words=(*words, "custom object"), events=(), help=HELP.format(label=instant),
    )
    for name, label, fired, instant, words in (
        ("added", "A record is added to a custom object", created, "A record of a custom object is created",
         ("new", "created")),
        ("changed", "A custom object's record is changed", changed, "A record of a custom object is updated",
         ("updated", "edited")),
        ("removed", "A custom object's record is removed", deleted, "A record of a custom object is deleted",
         ("deleted", "gone")),
    )
)  # fmt: skip
