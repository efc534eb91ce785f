"""Custom fields and custom values of the location, and how records hold them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox.refusals import unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import CREATE_FIELD, CUSTOM_VALUE, FIELD_PARTS, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "locations/customFields.readonly", "locations/customFields.write"
VALUES_READ, VALUES_WRITE = "locations/customValues.readonly", "locations/customValues.write"
WRITTEN = ("id", "key", "field_value", "fieldValue")


def merged(box: Any, model: str, old: list[Record], given: list[Any], name: str) -> list[Record]:
    """The stored list after a write of `[{id | key, field_value}]`; read back as `[{id, <name>}]`."""
    done = {one["id"]: one for one in old}
    for at, one in enumerate(given):
        if not isinstance(one, Mapping):
            raise unfit("each value in customFields must be an object")
        wrong = [f"customFields.{at}.property {key} should not exist" for key in one if key not in WRITTEN]
        if wrong:
            raise unfit(*wrong)
        field = _field(box, model, one)
        value = one.get("field_value", one.get("fieldValue"))
        if field and value not in (None, "", []) and not _fits(field, value):
            raise unfit(f"customFields.{at}.field_value {TAKEN[field['dataType']]}")
        if field and value in (None, "", []):
            done.pop(field["id"], None)
        elif field:
            done[field["id"]] = {"id": field["id"], name: value}
    return list(done.values())


TAKEN = {
    **dict.fromkeys(("MULTIPLE_OPTIONS", "CHECKBOX"), "must be an array"),
    **dict.fromkeys(("NUMERICAL", "MONETORY"), "must be a number"),
}
"""As the document has the fields of a contact: a list of texts for the one kind, a number for the other."""


def _fits(field: Record, value: Any) -> bool:
    taken = TAKEN.get(field["dataType"], "")
    if taken.endswith("array"):
        return isinstance(value, list) and all(isinstance(option, str) for option in value)
    return not taken or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def _field(box: Any, model: str, one: Mapping[str, Any]) -> Record | None:
    """By id, or by key with or without the object's name before it; an unknown one is passed over."""
    key = str(one.get("key") or "")
    wanted = key if "." in key else f"{model}.{key}"
    rows = box.store.tables["fields"].values()
    return next((row for row in rows if row["id"] == one.get("id") or (key and row["fieldKey"] == wanted)), None)


def make(box: Any, data: Record) -> Record:
    model = data.get("model") or "contact"
    key = f"{model}.{re.sub(r'[^a-z0-9]+', '_', data['name'].lower()).strip('_')}"
    own: Record = {
        "fieldKey": key,
        "model": model,
        "locationId": box.location(),
        "position": len(box.store.tables["fields"]) * 50,
    }
    plain: Record = {k: data[k] for k in ("name", "placeholder", "dataType", "picklistOptions") if k in data}
    made: Record = {"id": box.new_id("fields"), "placeholder": "", **plain, **own}
    return box.store.put("fields", made)


@ROUTES.on("GET", "/locations/{locationId}/customFields", scope=READ, place="path")
def listed(box: Any, call: Call) -> Any:
    model = call.query.get("model", "all")
    return {"customFields": [row for row in box.store.rows("fields") if model in ("all", row["model"])]}


@ROUTES.on("POST", "/locations/{locationId}/customFields", scope=WRITE, place="path")
def create(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CREATE_FIELD)
    made = make(box, data)
    box.effect("custom_field.created", made["id"], data)
    return Answer(201, {"customField": made})


@ROUTES.on("GET", "/locations/{locationId}/customFields/{id}", scope=READ, place="path")
def read(box: Any, call: Call) -> Any:
    return {"customField": box.find("fields", "Custom field", call.args["id"])}


@ROUTES.on("PUT", "/locations/{locationId}/customFields/{id}", scope=WRITE, place="path")
def update(box: Any, call: Call) -> Any:
    data = checked(call.fields(), FIELD_PARTS)
    plain = {k: data[k] for k in ("name", "placeholder", "position") if k in data}
    done = box.store.put("fields", box.find("fields", "Custom field", call.args["id"]) | plain)
    box.effect("custom_field.updated", done["id"], data)
    return {"customField": done}


@ROUTES.on("DELETE", "/locations/{locationId}/customFields/{id}", scope=WRITE, place="path")
def delete(box: Any, call: Call) -> Any:
    gone = box.find("fields", "Custom field", call.args["id"])
    box.store.drop("fields", gone["id"])
    box.effect("custom_field.deleted", gone["id"], {})
    return {"succeded": True}


@ROUTES.on("GET", "/locations/{locationId}/customValues", scope=VALUES_READ, place="path")
def values(box: Any, call: Call) -> Any:
    return {"customValues": box.store.rows("values")}


def make_value(box: Any, name: str, value: str) -> Record:
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    own = {"id": box.new_id("values"), "fieldKey": f"{{{{ custom_values.{key} }}}}", "locationId": box.location()}
    return box.store.put("values", {**own, "name": name, "value": value})


@ROUTES.on("POST", "/locations/{locationId}/customValues", scope=VALUES_WRITE, place="path")
def create_value(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CUSTOM_VALUE)
    made = make_value(box, data["name"], data["value"])
    box.effect("custom_value.created", made["id"], data)
    return Answer(201, {"customValue": made})


@ROUTES.on("GET", "/locations/{locationId}/customValues/{id}", scope=VALUES_READ, place="path")
def read_value(box: Any, call: Call) -> Any:
    return {"customValue": box.find("values", "Custom value", call.args["id"])}


@ROUTES.on("PUT", "/locations/{locationId}/customValues/{id}", scope=VALUES_WRITE, place="path")
def update_value(box: Any, call: Call) -> Any:
    data = checked(call.fields(), CUSTOM_VALUE)
    done = box.store.put("values", box.find("values", "Custom value", call.args["id"]) | data)
    box.effect("custom_value.updated", done["id"], data)
    return {"customValue": done}


@ROUTES.on("DELETE", "/locations/{locationId}/customValues/{id}", scope=VALUES_WRITE, place="path")
def delete_value(box: Any, call: Call) -> Any:
    gone = box.find("values", "Custom value", call.args["id"])
    box.store.drop("values", gone["id"])
    box.effect("custom_value.deleted", gone["id"], {})
    return {"succeded": True}
