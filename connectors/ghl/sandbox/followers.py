"""Followers of contacts and opportunities: users who watch them."""

from typing import Any

from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import FOLLOWERS, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]


def _change(box: Any, table: str, record: Record, followers: list[str], kind: str) -> Record:
    name = {"contacts": "contact", "opportunities": "opportunity"}[table]
    box.effect(f"{name}.{kind}", record["id"], {"followers": followers})
    return box.store.put(table, record | {"followers": followers})


def _add(box: Any, table: str, record: Record, call: Call) -> Answer:
    old = record.get("followers", [])
    added = [one for one in checked(call.fields(), FOLLOWERS)["followers"] if one not in old]
    done = _change(box, table, record, [*old, *added], "followed")
    return Answer(201, {"followers": done["followers"], "followersAdded": added})


def _remove(box: Any, table: str, record: Record, call: Call) -> Any:
    old = record.get("followers", [])
    gone = [one for one in checked(call.fields(), FOLLOWERS)["followers"] if one in old]
    done = _change(box, table, record, [one for one in old if one not in gone], "unfollowed")
    return {"followers": done["followers"], "followersRemoved": gone}


@ROUTES.on("POST", "/contacts/{contactId}/followers", scope="contacts.write")
def follow_contact(box: Any, call: Call) -> Answer:
    return _add(box, "contacts", box.find("contacts", "Contact", call.args["contactId"]), call)


@ROUTES.on("DELETE", "/contacts/{contactId}/followers", scope="contacts.write")
def unfollow_contact(box: Any, call: Call) -> Any:
    return _remove(box, "contacts", box.find("contacts", "Contact", call.args["contactId"]), call)


@ROUTES.on("POST", "/opportunities/{id}/followers", scope="opportunities.write")
def follow_opportunity(box: Any, call: Call) -> Answer:
    return _add(box, "opportunities", box.find("opportunities", "Opportunity", call.args["id"]), call)


@ROUTES.on("DELETE", "/opportunities/{id}/followers", scope="opportunities.write")
def unfollow_opportunity(box: Any, call: Call) -> Any:
    return _remove(box, "opportunities", box.find("opportunities", "Opportunity", call.args["id"]), call)
