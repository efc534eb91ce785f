"""Contacts: made, found by their address, merged by upsert, changed, deleted."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.ghl.sandbox import events, fields, labels, refusals
from connectors.ghl.sandbox.addresses import addresses, phone
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import CREATE_CONTACT, UPDATE_CONTACT, UPSERT_CONTACT, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "contacts.readonly", "contacts.write"
NAMED = {"firstName": "firstNameLowerCase", "lastName": "lastNameLowerCase", "email": "emailLowerCase"}
IGNORED = ("tags", "customFields", "name", "gender", "inboundDndSettings", "createNewIfDuplicateAllowed")
DAY = re.compile(r"(\d{4})[-/._](\d{2})[-/._](\d{2})|(\d{2})[-/._](\d{2})[-/._](\d{4})")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def shown(record: Record) -> Record:
    """As the API prints it: nothing for what is empty, and the names in lower case beside."""
    own = {k: v for k, v in record.items() if v is not None and v != ""}
    lower = {low: record[name].lower() for name, low in NAMED.items() if record.get(name)}
    if record.get("name"):
        lower["fullNameLowerCase"] = record["name"].lower()
    return {**own, **lower}


def twin(box: Any, data: Mapping[str, Any], own: str = "") -> tuple[Record, str] | None:
    """Another contact with the same e-mail, else with the same phone, and which of both it was."""
    for name, wanted in addresses(data):
        found = next((row for row in box.people.find((name, wanted)) if row["id"] != own), None)
        if found:
            return found, name
    return None


def cleaned(box: Any, data: Mapping[str, Any], old: Record) -> Record:
    """The fields to store. Raises a 422 for an address that is none."""
    done = {k: v for k, v in data.items() if k not in IGNORED}
    if done.get("email") and not MAIL.fullmatch(done["email"].strip()):
        raise refusals.unfit("email must be an email")
    if "phone" in done:
        done["phone"] = phone(done["phone"])
    if "dateOfBirth" in done:
        done["dateOfBirth"] = _day(done["dateOfBirth"])
    if "tags" in data:
        done["tags"] = labels.kept(box, data["tags"])
    if "customFields" in data:
        done["customFields"] = fields.merged(box, "contact", old.get("customFields", []), data["customFields"], "value")
    return done | _names(data, old | done)


def _names(data: Mapping[str, Any], merged: Record) -> Record:
    first, last = merged.get("firstName") or "", merged.get("lastName") or ""
    if data.get("name") and not data.get("firstName") and not data.get("lastName"):
        first, _, last = str(data["name"]).strip().partition(" ")
    return {"firstName": first, "lastName": last, "name": f"{first} {last}".strip()}


def _day(value: Any) -> str:
    found = DAY.match(str(value or ""))
    if not found:
        return ""
    year, month, day, m, d, y = found.groups()
    return f"{year or y}-{month or m}-{day or d}"


def make(box: Any, data: Record) -> Record:
    now = box.now()
    blank = {
        "id": box.new_id("contacts"),
        "type": "lead",
        "dnd": False,
        "tags": [],
        "customFields": [],
        "source": "public api",
    }
    record = {**blank, **cleaned(box, data, {}), "dateAdded": now, "dateUpdated": now}
    box.store.put("contacts", record)
    box.effect("contact.created", record["id"], data)
    events.contact(box, "ContactCreate", record)
    return record


def change(box: Any, old: Record, data: Mapping[str, Any], kind: str = "contact.updated") -> Record:
    return put(box, old, old | cleaned(box, data, old), data, kind)


def put(box: Any, old: Record, new: Record, payload: Any, kind: str) -> Record:
    new = new | {"dateUpdated": box.now()}
    box.store.put("contacts", new)
    box.effect(kind, new["id"], payload)
    events.contact_changed(box, old, new)
    return new


def get(box: Any, call: Call) -> Record:
    return box.find("contacts", "Contact", call.args["contactId"])


@ROUTES.on("POST", "/contacts/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CREATE_CONTACT)
    found = None if box.settings["allow_duplicates"] else twin(box, data)
    if found:
        meta = {"contactId": found[0]["id"], "contactName": found[0]["name"], "matchingField": found[1]}
        raise refusals.bad("This location does not allow duplicated contacts.", meta=meta)
    return Answer(201, {"contact": shown(make(box, data))})


@ROUTES.on("POST", "/contacts/upsert", scope=WRITE, place="body")
def upsert(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPSERT_CONTACT)
    force = data.get("createNewIfDuplicateAllowed") and box.settings["allow_duplicates"]
    found = None if force else twin(box, data)
    if not found:
        return {"new": True, "contact": shown(make(box, data))}
    old, field = found
    taken = twin(box, {k: v for k, v in data.items() if k != field}, old["id"])
    given = {k: v for k, v in data.items() if not (taken and k == taken[1])}
    return {"new": False, "contact": shown(change(box, old, given))}


@ROUTES.on("GET", "/contacts/{contactId}", scope=READ)
def read(box: Any, call: Call) -> Any:
    return {"contact": shown(get(box, call))}


@ROUTES.on("PUT", "/contacts/{contactId}", scope=WRITE)
def update(box: Any, call: Call) -> Any:
    old, data = get(box, call), checked(call.fields(), UPDATE_CONTACT)
    found = None if box.settings["allow_duplicates"] else twin(box, data, old["id"])
    if found:
        meta = {"contactId": found[0]["id"], "matchingField": found[1]}
        raise refusals.bad("This location does not allow duplicated contacts.", meta=meta)
    return {"succeded": True, "contact": shown(change(box, old, data))}


@ROUTES.on("DELETE", "/contacts/{contactId}", scope=WRITE)
def delete(box: Any, call: Call) -> Any:
    record = get(box, call)
    box.store.drop("contacts", record["id"])
    box.effect("contact.deleted", record["id"], {})
    events.contact(box, "ContactDelete", record)
    return {"succeded": True}


@ROUTES.on("GET", "/contacts/search/duplicate", scope=READ, place="query")
def duplicate(box: Any, call: Call) -> Any:
    wanted = {"email": call.query.get("email"), "phone": call.query.get("number")}
    if not any(wanted.values()):
        raise refusals.bad("Either email or number is required")
    found = twin(box, wanted)
    return {"contact": shown(found[0]) if found else None}
