"""Businesses: companies that contacts belong to, and the contacts of each."""

from typing import Any

from connectors.ghl.sandbox import contacts, refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import size_of
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
READ, WRITE = "businesses.readonly", "businesses.write"
ONE = "/businesses/{businessId}"
PARTS = words("phone email website address city postalCode state country description")
UPDATE: Shape = dict.fromkeys(("name", *PARTS), "text")
CREATE: Shape = {**UPDATE, "name": "text*", "locationId": "text*"}
BULK: Shape = {"locationId": "text*", "ids": "texts*", "businessId": "text?"}


def plant(box: Any) -> None:
    """One for the first few contacts, named like their company."""
    for person in box.store.rows("contacts")[:5]:
        names = {"name": person["companyName"], "website": person["website"], "city": person["city"]}
        made = _save(box, {"id": box.new_id("businesses"), **names, "locationId": box.location()}, created=True)
        box.store.put("contacts", person | {"businessId": made["id"]})


def _save(box: Any, record: Record, created: bool = False) -> Record:
    now = box.now()
    return box.store.put("businesses", {**({"createdAt": now} if created else {}), **record, "updatedAt": now})


def _one(box: Any, call: Call) -> Record:
    return box.find("businesses", "Business", call.args["businessId"])


def _part(call: Call, rows: list[Record], usual: int) -> list[Record]:
    """A page of the list; limit and skip are texts here."""
    limit, skip = (call.query.get(name) or str(other) for name, other in (("limit", usual), ("skip", 0)))
    if not limit.isdigit() or not skip.isdigit():
        raise refusals.unfit("limit and skip must be number strings")
    size = size_of(int(limit), "limit", 100)
    return rows[int(skip) : int(skip) + size]


@ROUTES.on("GET", "/businesses/", scope=READ, place="query")
def listed(box: Any, call: Call) -> Any:
    return {"businesses": _part(call, box.store.rows("businesses"), 100)}


@ROUTES.on("POST", "/businesses/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), CREATE)
    made = _save(box, {"id": box.new_id("businesses"), **data}, created=True)
    box.effect("business.created", made["id"], data)
    return Answer(201, {"success": True, "buiseness": made})


@ROUTES.on("GET", ONE, scope=READ)
def read(box: Any, call: Call) -> Any:
    return {"business": _one(box, call)}


@ROUTES.on("PUT", ONE, scope=WRITE)
def update(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPDATE)
    done = _save(box, _one(box, call) | data)
    box.effect("business.updated", done["id"], data)
    return {"success": True, "buiseness": done}


@ROUTES.on("DELETE", ONE, scope=WRITE)
def delete(box: Any, call: Call) -> Any:
    gone = _one(box, call)
    for person in _members(box, gone["id"]):
        _belongs(box, person, None)
    box.store.drop("businesses", gone["id"])
    box.effect("business.deleted", gone["id"], {})
    return {"success": True}


@ROUTES.on("GET", "/contacts/business/{businessId}", scope=contacts.READ, place="query")
def people(box: Any, call: Call) -> Any:
    wanted = call.query.get("query", "").lower()
    found = [row for row in _members(box, _one(box, call)["id"]) if wanted in f"{row['name']} {row['email']}".lower()]
    return {"contacts": [contacts.shown(row) for row in _part(call, found, 25)], "count": len(found)}


@ROUTES.on("POST", "/contacts/bulk/business", scope=contacts.WRITE, place="body")
def bulk(box: Any, call: Call) -> Any:
    """Puts contacts into a business, or takes them out where it is null; an unknown contact is left out of `ids`."""
    data = checked(call.fields(), BULK)
    if "businessId" not in data:
        raise refusals.unfit("businessId should not be undefined")
    if data["businessId"] is not None:
        box.find("businesses", "Business", data["businessId"])
    known = [person for one in data["ids"] if (person := box.store.get("contacts", one))]
    for person in known:
        _belongs(box, person, data["businessId"])
    return {"success": True, "ids": [person["id"] for person in known]}


def _members(box: Any, business: str) -> list[Record]:
    return [row for row in box.store.rows("contacts") if row.get("businessId") == business]


def _belongs(box: Any, person: Record, business: str | None) -> None:
    if person.get("businessId") != business:
        payload = {"businessId": business}
        contacts.put(box, person, person | payload, payload, "contact.business_set")
