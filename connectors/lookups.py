"""Whatever a look-up answers can be watched: its list is read each time and compared with the time before. What is new,
other or gone starts a recipe. One trigger for each connector; each recipe says what it asks and what it compares."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound, Refused
from connectors.fields import Field
from connectors.notation import Outputs, outputs
from connectors.spec import Choice, Choices, Context, Conversation, Operation, Page, Sighting, Trigger, Watched, dig

Record = dict[str, Any]
Operations = Callable[[], Mapping[str, Operation]]
OBJECT, SOURCE = "lookup", "lookups"
NOISY = frozenset(("updatedAt", "dateUpdated", "updated_at", "lastActivity", "version", "position", "traceId"))
"""Fields that move without anybody's doing; they are compared where they are chosen."""
MOST = 5000
"""Records of one answer that are kept in mind."""
WHAT = (("new", "Is new"), ("changed", "Has changed"), ("gone", "Is gone"))
SAMPLE = {"what": "changed", "id": "ve9EPM428h8vShlRW1KT", "record": {"id": "ve9EPM428h8vShlRW1KT", "name": "Website"}}
PAIR = (f.required(f.text("name", "As the look-up's page in the catalogue calls it.")), f.text("value"))
FIELDS = (
    f.required(f.choice("lookup", "Its answer is read every 1 to 15 minutes.", label="Look-up", source=SOURCE)),
    f.lines("asked", "What the look-up asks for, such as limit: 100.", label="Its inputs", fields=PAIR),
    f.choices("on", "Left empty, all three.", label="Starts when a record", choices=WHAT),
    f.tags("compare", "Names such as status, or contact.email. Left empty, all but what moves by itself.",
           label="Compare only"),
    f.tags("ignore", "Names whose change means nothing.", label="Ignore"),
    f.text(
        "list_at", "Such as data. Left empty, the first list of the answer.", label="Where the list stands", more=True
    ),
    f.text("id_at", "Left empty: id.", label="What a record is known by", more=True),
)  # fmt: skip


def parts(key: str, operations: Operations) -> tuple[Trigger, Watched, Choices]:
    """What a connector adds to its triggers, watched objects and live lists. `operations`: asked when it is used."""

    def poll(cursor: Record, context: Context) -> Conversation[Page]:
        """The cursor has the recipe's inputs under `asked`."""
        inputs = cursor.get("asked") or {}
        same = cursor.get("of") == digest(inputs)
        try:
            rows = yield from _rows(operations(), inputs, context)
        except NotFound:  # of one record: it was there, and is gone
            if not (same and cursor.get("held")):
                raise
            rows = []
        now = {_id(row, inputs): (row, edit(row, inputs)) for row in rows[:MOST]}
        held = cursor.get("held", {}) if same else None
        seen = [_sighting(each, *now[each], _what(held, each, now[each][1])) for each in now]
        gone = [_gone(each) for each in held or {} if each not in now]
        told = seen if held is None else [one for one in [*seen, *gone] if one.hint]
        after = {"of": digest(inputs), "held": {each: told_edit for each, (_, told_edit) in now.items()}}
        return Page(told, after, baseline=held is None)

    def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        rows = yield from _rows(operations(), inputs, context)
        return [_sighting(_id(row, inputs), row, edit(row, inputs), "new") for row in rows[:10]]

    def lookups(inputs: Record, context: Context) -> Conversation[list[Choice]]:
        yield from ()
        found = (one for one in operations().values() if one.kind == "lookup")
        return sorted((Choice(one.key, one.label, one.object) for one in found), key=lambda choice: choice.label)

    def wants(inputs: Mapping[str, Any]) -> str:
        asked = operations().get(str(inputs.get("lookup") or ""))
        return asked.permission if asked else ""

    trigger = Trigger(
        f"{key}.{OBJECT}.changed",
        "A look-up's answer changes",
        OBJECT,
        fired=lambda before, now, since, inputs: not now.hint or now.hint in (inputs.get("on") or dict(WHAT)),
        fields=FIELDS,
        outputs=Outputs(lambda: outputs(SAMPLE)),
        sample=SAMPLE,
        latest=latest,
        words=("snapshot", "compare", "poll", "watch", "anything", "list", "new", "deleted", "updated"),
        help="For what nothing else tells of: any look-up is asked again and again, and its list compared. Only what "
        "it answers is seen, so a record that no longer fits its filters or its limit counts as gone.",
        events=(),
        per_recipe=True,
        wants=wants,
    )
    watched = Watched(OBJECT, "Look-ups", (), lambda body, event: None, _reread, poll)
    return trigger, watched, Choices(SOURCE, lookups)


def digest(inputs: Mapping[str, Any]) -> str:
    """Of all that says what is asked and compared: with another one the watching begins anew."""
    told = {name: value for name, value in inputs.items() if name != "on" and value not in (None, "", [], {})}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def edit(row: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """The same as long as nothing changed that the recipe compares."""
    chosen, ignored = _names(inputs.get("compare")), _names(inputs.get("ignore"))
    told = {name: dig(row, name) for name in chosen} if chosen else {k: v for k, v in row.items() if k not in NOISY}
    for name in ignored:
        told = _without(told, name.split("."))
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _rows(known: Mapping[str, Operation], inputs: Mapping[str, Any], context: Context) -> Conversation[list[Record]]:
    operation = known.get(str(inputs.get("lookup") or ""))
    if operation is None or operation.kind != "lookup":
        raise Refused("There is no such look-up any more: choose another one in the recipe's trigger.", field="lookup")
    output = yield from operation.perform(_given(operation, inputs.get("asked") or ()), context)
    place = str(inputs.get("list_at") or "").strip()
    found = dig(output, place) if place else _found(output, inputs)
    rows = found if isinstance(found, list) else [found]
    return [dict(row) for row in rows if isinstance(row, Mapping) and _id(row, inputs)]


def _given(operation: Operation, rows: Iterable[Mapping[str, Any]]) -> Record:
    given: Record = {}
    for row in rows:
        name, value = str(row.get("name") or "").strip(), row.get("value")
        field = operation.field(name)
        if name and field is None:
            raise Refused(f"“{operation.label}” has no input “{name}”.", field="asked")
        if field and value not in (None, ""):
            given[name] = _typed(field, str(value))
    return given


def _typed(field: Field, text: str) -> Any:
    try:
        if field.type == "boolean":
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.strip().lower()]
        if field.type == "integer":
            return int(text)
        if field.type in ("number", "money"):
            return Decimal(text)
        if field.type in ("tags", "choices"):
            return [part.strip() for part in text.split(",") if part.strip()]
        return json.loads(text) if field.type in ("json", "lines", "object") else text
    except (ValueError, KeyError, InvalidOperation):
        raise Refused(f"“{text[:40]}” does not fit the look-up's input “{field.label}”.", field="asked") from None


def _found(output: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
    """The first list with records, none where all are empty; of a look-up that gives one record, that; else a list
    further inside."""
    if lists := list(_lists(output)):
        return next((one for one in lists if one), [])
    inner = [value for value in output.values() if isinstance(value, Mapping)]
    records = (value for value in inner if _id(value, inputs))
    deeper = (one for value in inner for one in _lists(value))
    return next(records, None) or next(deeper, output)


def _lists(value: Mapping[str, Any]) -> Iterator[list[Any]]:
    for one in value.values():
        if isinstance(one, list) and all(isinstance(row, Mapping) for row in one):
            yield one


def _what(held: Mapping[str, str] | None, record_id: str, now: str) -> str:
    """Empty where nothing happened to it."""
    if held is None:
        return ""
    before = held.get(record_id)
    return "new" if before is None else "changed" if before != now else ""


def _sighting(record_id: str, row: Record, now: str, what: str) -> Sighting:
    data = {"what": what or "new", "id": record_id, "record": row}
    return Sighting(OBJECT, record_id, {"edit": now, "gone": False}, data, hint=what)


def _gone(record_id: str) -> Sighting:
    data = {"what": "gone", "id": record_id, "record": {"id": record_id}}
    return Sighting(OBJECT, record_id, {"gone": True}, data, hint="gone", gone=True)


def _reread(record_id: str, context: Context) -> Conversation[Sighting]:
    yield from ()
    raise NotFound("A record of a look-up can't be read by itself.")


def _id(row: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    place = str(inputs.get("id_at") or "").strip()
    found = dig(row, place) if place else row.get("id") or row.get("_id")
    return str(found)[:100] if found not in (None, "") and not isinstance(found, Mapping | list) else ""


def _without(value: Any, path: list[str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    name, *rest = path
    if not rest:
        return {key: held for key, held in value.items() if key not in (name, ".".join(path))}
    return {key: _without(held, rest) if key == name else held for key, held in value.items()}


def _names(given: Any) -> list[str]:
    names = given.split(",") if isinstance(given, str) else given or ()
    return [name for one in names if (name := str(one).strip())]
