"""Custom objects and their records: kinds of record that people made, with fields of their own."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox import events
from connectors.ghl.sandbox.refusals import Refusal, bad, not_found, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import size_of
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.times import millis
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "objects/schema.readonly", "objects/schema.write"
RECORDS_READ, RECORDS_WRITE = "objects/record.readonly", "objects/record.write"
OWN = "custom_objects."
ONE, ALL = "/objects/{schemaKey}/records/{id}", "/objects/{schemaKey}/records"
CREATE: Shape = {
    "labels": "object*",
    "key": "text*",
    "description": "text",
    "locationId": "text*",
    "primaryDisplayPropertyDetails": "object*",
}
UPDATE: Shape = {
    "labels": "object",
    "description": "text?",
    "locationId": "text*",
    "searchableProperties": "texts*",
}
RECORD: Shape = {"properties": "object", "owner": "texts", "followers": "texts"}
SEARCH: Shape = {
    "locationId": "text*",
    "page": "number*",
    "pageLimit": "number*",
    "query": "text",
    "searchAfter": "list",
}
STANDARD = (
    ("contact", "Contact", "Contacts"),
    ("opportunity", "Opportunity", "Opportunities"),
    ("business", "Company", "Companies"),
)
FIELDS = (
    ("name", "Name", "TEXT", ()),
    ("units", "Units", "NUMERICAL", ()),
    ("month", "Month", "DATE", ()),
    ("plan", "Plan", "SINGLE_OPTIONS", ("Basic", "Pro")),
    ("extras", "Extras", "MULTIPLE_OPTIONS", ("Newsletter", "Booking", "Shop")),
    ("fee", "Fee", "MONETORY", ()),
)
MONTHS = (("2026-09-01", 1840), ("2026-10-01", 2115))


def plant(box: Any) -> None:
    """What is used each month, as an object of its own, with records of two clients."""
    for key, singular, plural in STANDARD:
        _object(box, key, singular, plural, f"{key}.name", standard=True)
    made = _object(box, f"{OWN}usage", "Usage", "Usages", f"{OWN}usage.name")
    for name, label, kind, options in FIELDS:
        _field(box, made["key"], name, label, kind, options)
    for person in box.store.rows("contacts")[:2]:
        for month, units in MONTHS:
            told = {"name": f"{person['companyName']} {month[:7]}", "units": units, "month": month, "plan": "pro"}
            _keep(box, made, {"id": _new_id(box), "properties": told, "owner": [], "followers": []}, created=True)


def _object(box: Any, key: str, singular: str, plural: str, main: str, standard: bool = False) -> Record:
    own = {"id": _new_id(box), "standard": standard, "key": key, "labels": {"singular": singular, "plural": plural}}
    stamps = {"dateAdded": box.now(), "dateUpdated": box.now()}
    place = {"locationId": box.location(), "primaryDisplayProperty": main, "searchable": [main]}
    return box.store.put("objects", {**own, "description": "", **place, **stamps})


def _new_id(box: Any) -> str:
    """Twenty-four digits of a counter, as these are made there."""
    return f"66{box.store.next('object ids'):022x}"


def _field(box: Any, key: str, name: str, label: str, kind: str, options: tuple[str, ...] = ()) -> Record:
    place = {"locationId": box.location(), "objectKey": key, "fieldKey": f"{key}.{name}", "parentId": f"{key}.main"}
    own = {"id": box.new_id("object_fields"), "name": label, "dataType": kind, "showInForms": True}
    listed = {"options": [{"key": _key(one), "label": one} for one in options]} if options else {}
    return box.store.put("object_fields", {**own, **place, **listed, "dateAdded": box.now(), "dateUpdated": box.now()})


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


# Objects


def _of(box: Any, key: str) -> Record:
    found = next((row for row in box.store.rows("objects") if key in (row["key"], row["id"])), None)
    if found is None:
        raise not_found("Object", key)
    return found


def _told(one: Record) -> Record:
    return {name: value for name, value in one.items() if name != "searchable"}


def _fields(box: Any, one: Record) -> list[Record]:
    return [row for row in box.store.rows("object_fields") if row["objectKey"] == one["key"]]


@ROUTES.on("GET", "/objects/", scope=READ, place="query")
def listed(box: Any, call: Call) -> Any:
    return {"objects": [_told(row) for row in box.store.rows("objects")]}


@ROUTES.on("GET", "/objects/{key}", scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    one = _of(box, call.args["key"])
    fields = {"fields": _fields(box, one)} if call.query.get("fetchProperties") == "true" else {}
    return {"object": _told(one), "cache": False, **fields}


@ROUTES.on("POST", "/objects/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CREATE)
    labels = checked(data["labels"], {"singular": "text*", "plural": "text*"})
    main = checked(data["primaryDisplayPropertyDetails"], {"key": "text*", "name": "text*", "dataType": "text*"})
    key = OWN + _key(data["key"].removeprefix(OWN))
    if any(row["key"] == key for row in box.store.rows("objects")):
        raise bad(f"An object with the key {key} already exists")
    if main["dataType"] not in ("TEXT", "NUMERICAL"):
        raise unfit("dataType must be one of the following values: TEXT, NUMERICAL")
    name = _key(main["key"].removeprefix(f"{key}."))
    made = _object(box, key, labels["singular"], labels["plural"], f"{key}.{name}")
    made = box.store.put("objects", made | {"description": data.get("description", "")})
    _field(box, key, name, main["name"], main["dataType"])
    box.effect("object.created", made["id"], data)
    return Answer(201, {"object": _told(made)})


@ROUTES.on("PUT", "/objects/{key}", scope=WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    one, data = _of(box, call.args["key"]), checked(call.fields(), UPDATE)
    own = {"labels": one["labels"] | data.get("labels", {}), "dateUpdated": box.now()}
    own["description"] = data.get("description", one["description"])
    done = box.store.put("objects", one | own | {"searchable": data["searchableProperties"]})
    box.effect("object.updated", done["id"], data)
    return {"object": _told(done)}


# Records: what is wrong with one is told with a 400


def _checked(data: Record, shape: Shape) -> Record:
    try:
        return checked(data, shape)
    except Refusal as refusal:
        raise bad("; ".join(refusal.body["message"])) from None


def _keep(box: Any, of: Record, record: Record, created: bool = False) -> Record:
    by = {"channel": "OAUTH", "createdAt": box.now(), "source": "PUBLIC_API", "sourceId": box.location()}
    place = {"locationId": box.location(), "objectId": of["id"], "objectKey": of["key"]}
    stamps = {"createdAt": box.now(), "createdBy": by} if created else {}
    return box.store.put("records", {**record, **place, **stamps, "updatedAt": box.now(), "lastUpdatedBy": by})


def _shown(record: Record) -> Record:
    """Alone it has other names for its times than in a search."""
    own = {name: record[name] for name in ("id", "owner", "followers", "properties")}
    return {**own, "dateAdded": record["createdAt"], "dateUpdated": record["updatedAt"]}


def _record(box: Any, call: Call) -> tuple[Record, Record]:
    of = _of(box, call.args["schemaKey"])
    found = box.find("records", "Record", call.args["id"])
    if found["objectKey"] != of["key"]:
        raise not_found("Record", call.args["id"])
    return of, found


def _typed(box: Any, of: Record, given: Mapping[str, Any]) -> Record:
    """The properties; a 400 names what no field takes."""
    kinds = {row["fieldKey"].removeprefix(f"{of['key']}."): row for row in _fields(box, of)}
    wrong = [f"property {name} should not exist" for name in given if name not in kinds]
    faults = {name: _fault(kinds[name], value) for name, value in given.items() if name in kinds}
    wrong += [f"{name} {fault}" for name, fault in faults.items() if fault]
    if wrong:
        raise bad("; ".join(wrong))
    return dict(given)


def _fault(field: Record, value: Any) -> str:
    kind, keys = field["dataType"], [one["key"] for one in field.get("options", [])]
    if kind == "NUMERICAL" and not _is_number(value):
        return "must be a number"
    if kind == "MONETORY" and not (isinstance(value, Mapping) and _is_number(value.get("value"))):
        return "must be an object with currency and value"
    if kind == "SINGLE_OPTIONS" and value not in keys:
        return f"must be one of the following values: {', '.join(keys)}"
    if kind == "MULTIPLE_OPTIONS" and not (isinstance(value, list) and set(value) <= set(keys)):
        return "must be an array of its options"
    if kind in ("TEXT", "DATE") and not isinstance(value, str):
        return "must be a string"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


@ROUTES.on("POST", ALL, scope=RECORDS_WRITE, place="body")
def create_record(box: Any, call: Call) -> Answer:
    of, data = _of(box, call.args["schemaKey"]), _checked(call.fields(), {**RECORD, "locationId": "text*"})
    properties = _typed(box, of, data.get("properties", {}))
    main = of["primaryDisplayProperty"].rsplit(".", 1)[-1]
    if properties.get(main) in (None, ""):
        raise bad(f"{main} should not be empty")
    own = {"id": _new_id(box), "properties": properties}
    made = _keep(box, of, own | {name: data.get(name, []) for name in ("owner", "followers")}, created=True)
    box.effect("record.created", made["id"], data)
    events.custom_record(box, "RecordCreate", made)
    return Answer(201, {"record": _shown(made)})


@ROUTES.on("POST", f"{ALL}/search", scope=RECORDS_READ, place="body")
def search(box: Any, call: Call) -> Any:
    """Newest first; `name:Buddy` looks into that searched field, a bare word into all of them."""
    of, data = _of(box, call.args["schemaKey"]), _checked(call.fields(), SEARCH)
    size = size_of(data["pageLimit"], "pageLimit", 100)
    field, colon, wanted = str(data.get("query", "")).rpartition(":")
    names = [field] if colon else [one.rsplit(".", 1)[-1] for one in of["searchable"]]
    rows = [row for row in box.store.rows("records") if row["objectKey"] == of["key"] and _says(row, names, wanted)]
    rows.sort(key=lambda row: (row["createdAt"], row["id"]), reverse=True)
    start = (int(data["page"]) - 1) * size
    found = [{**row, "searchAfter": [millis(row["createdAt"]), row["id"]]} for row in rows[start : start + size]]
    return {"records": found, "total": len(rows)}


def _says(row: Record, names: list[str], wanted: str) -> bool:
    return not wanted or any(wanted.lower() in str(row["properties"].get(name, "")).lower() for name in names)


@ROUTES.on("GET", ONE, scope=RECORDS_READ)
def read_record(box: Any, call: Call) -> Any:
    return {"record": _shown(_record(box, call)[1])}


@ROUTES.on("PUT", ONE, scope=RECORDS_WRITE, place="query")
def update_record(box: Any, call: Call) -> Any:
    (of, old), data = _record(box, call), _checked(call.fields(), RECORD)
    properties = {**old["properties"], **_typed(box, of, data.get("properties", {}))}
    people = {name: data.get(name, old[name]) for name in ("owner", "followers")}
    done = _keep(box, of, {**old, "properties": properties, **people})
    box.effect("record.updated", done["id"], data)
    events.custom_record(box, "RecordUpdate", done)
    return {"record": _shown(done)}


@ROUTES.on("DELETE", ONE, scope=RECORDS_WRITE)
def delete_record(box: Any, call: Call) -> Any:
    gone = _record(box, call)[1]
    box.store.drop("records", gone["id"])
    box.effect("record.deleted", gone["id"], {})
    events.custom_record(box, "RecordDelete", gone)
    return {"id": gone["id"], "success": True}
