"""Tags: a set on each contact, in small letters, and the list of all that were ever used."""

from collections.abc import Iterable
from typing import Any

from connectors.ghl.sandbox import contacts, labels
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import BULK_TAGS, TAG, TAGS, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "locations/tags.readonly", "locations/tags.write"


def tag(box: Any, contact: Record, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Record:
    """Adds and removes; what is there already or isn't there makes no difference."""
    gone = {name.strip().lower() for name in remove}
    old = contact["tags"]
    new = [one for one in old if one not in gone] + [one for one in labels.kept(box, add) if one not in old]
    if new == old:
        return contact
    kind = "contact.tagged" if add else "contact.untagged"
    return contacts.put(box, contact, contact | {"tags": new}, {"add": list(add), "remove": list(remove)}, kind)


@ROUTES.on("POST", "/contacts/{contactId}/tags", scope="contacts.write")
def add_tags(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), TAGS)
    old = box.find("contacts", "Contact", call.args["contactId"])
    new = tag(box, old, add=data["tags"])
    return Answer(201, {"tags": new["tags"], "tagsAdded": [one for one in new["tags"] if one not in old["tags"]]})


@ROUTES.on("DELETE", "/contacts/{contactId}/tags", scope="contacts.write")
def remove_tags(box: Any, call: Call) -> Any:
    data = checked(call.fields(), TAGS)
    old = box.find("contacts", "Contact", call.args["contactId"])
    new = tag(box, old, remove=data["tags"])
    return {"tags": new["tags"], "tagsRemoved": [one for one in old["tags"] if one not in new["tags"]]}


@ROUTES.on("POST", "/contacts/bulk/tags/update/{type}", scope="contacts.write", place="body")
def bulk(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), BULK_TAGS)
    lines = [_one_of_many(box, one, data, call.args["type"]) for one in data["contacts"]]
    wrong = sum(line["type"] == "error" for line in lines)
    return Answer(201, {"succeded": True, "errorCount": wrong, "responses": lines})


def _one_of_many(box: Any, contact_id: str, data: Record, kind: str) -> Record:
    old = box.store.get("contacts", contact_id)
    if old is None:
        return {"contactId": contact_id, "message": "contact is deleted", "type": "error"}
    names = old["tags"] if data.get("removeAllTags") else data["tags"]
    new = tag(box, old, add=names) if kind == "add" else tag(box, old, remove=names)
    added = [one for one in new["tags"] if one not in old["tags"]]
    removed = [one for one in old["tags"] if one not in new["tags"]]
    base = {"contactId": contact_id, "message": "Tags updated", "type": "success", "oldTags": old["tags"]}
    return {**base, "tagsAdded": added, "tagsRemoved": removed}


@ROUTES.on("GET", "/locations/{locationId}/tags", scope=READ, place="path")
def listed(box: Any, call: Call) -> Any:
    return {"tags": box.store.rows("tags")}


@ROUTES.on("POST", "/locations/{locationId}/tags", scope=WRITE, place="path")
def create(box: Any, call: Call) -> Any:
    name = checked(call.fields(), TAG)["name"].strip().lower()
    made = labels.make(box, name)
    box.effect("tag.created", made["id"], {"name": name})
    return {"tag": made}


@ROUTES.on("GET", "/locations/{locationId}/tags/{tagId}", scope=READ, place="path")
def read(box: Any, call: Call) -> Any:
    return {"tag": box.find("tags", "Tag", call.args["tagId"])}


@ROUTES.on("PUT", "/locations/{locationId}/tags/{tagId}", scope=WRITE, place="path")
def rename(box: Any, call: Call) -> Any:
    name = checked(call.fields(), TAG)["name"].strip().lower()
    done = box.store.put("tags", box.find("tags", "Tag", call.args["tagId"]) | {"name": name})
    box.effect("tag.updated", done["id"], {"name": name})
    return {"tag": done}


@ROUTES.on("DELETE", "/locations/{locationId}/tags/{tagId}", scope=WRITE, place="path")
def delete(box: Any, call: Call) -> Any:
    gone = box.find("tags", "Tag", call.args["tagId"])
    box.store.drop("tags", gone["id"])
    box.effect("tag.deleted", gone["id"], {})
    return {"succeded": True}
