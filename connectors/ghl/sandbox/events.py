"""The bodies of webhooks: flat, with the whole record and never what changed."""

import json
from typing import Any

from connectors.sandbox_kit.words import words

Record = dict[str, Any]
PERSON = words("""id address1 city companyName country source dateAdded dateOfBirth dnd email name firstName lastName
    phone postalCode state website assignedTo locationId""")
DEAL = words("id assignedTo contactId monetaryValue name pipelineId pipelineStageId source status locationId")
BOOKED = words("""id title calendarId contactId appointmentStatus assignedUserId address notes source startTime endTime
    dateAdded dateUpdated""")
SAID = words("locationId body contactId contentType conversationId dateAdded direction status userId source")
KINDS = {"TYPE_SMS": "SMS", "TYPE_EMAIL": "Email", "TYPE_CALL": "CALL", "TYPE_WHATSAPP": "WhatsApp"}
CHANGES = {
    "status": "OpportunityStatusUpdate",
    "pipelineStageId": "OpportunityStageUpdate",
    "monetaryValue": "OpportunityMonetaryValueUpdate",
    "assignedTo": "OpportunityAssignedToUpdate",
}


def contact(box: Any, event: str, record: Record) -> None:
    body = {name: record[name] for name in PERSON if record.get(name) not in (None, "")}
    body |= {"tags": record["tags"], "attachments": [], "customFields": record["customFields"]}
    if event == "ContactDndUpdate":
        body["dndSettings"] = record.get("dndSettings", {})
    box.fire(event, body)


def contact_changed(box: Any, before: Record, after: Record) -> None:
    """ContactUpdate for any change, and one more for the tags and for do-not-disturb."""
    changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)} - {"dateUpdated"}
    if not changed:
        return
    contact(box, "ContactUpdate", after)
    if "tags" in changed:
        contact(box, "ContactTagUpdate", after)
    if changed & {"dnd", "dndSettings"}:
        contact(box, "ContactDndUpdate", after)


def opportunity(box: Any, event: str, record: Record) -> None:
    body = {name: record[name] for name in DEAL if record.get(name) not in (None, "")}
    box.fire(event, body | {"dateAdded": record["createdAt"]})


def opportunity_changed(box: Any, before: Record, after: Record) -> None:
    """The special event of each change, and OpportunityUpdate with it: two deliveries for one change."""
    changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    if not changed - {"updatedAt", "lastActionDate", "indexVersion", "lastStatusChangeAt", "lastStageChangeAt"}:
        return
    for name, event in CHANGES.items():
        if name in changed:
            opportunity(box, event, after)
    opportunity(box, "OpportunityUpdate", after)


def appointment(box: Any, event: str, record: Record, group: str) -> None:
    """The record lies below a name of its own."""
    body = {name: record.get(name, "") for name in BOOKED} | {"groupId": group, "users": record.get("users", [])}
    box.fire(event, {"locationId": record["locationId"], "appointment": body})


def message(box: Any, record: Record) -> None:
    """The text of an e-mail comes along; kinds are called as the channels are."""
    letter = ((record.get("meta") or {}).get("email") or {}).get("messageIds") or [""]
    mail = box.store.get("emails", letter[0]) or {}
    body = {name: record.get(name, "") for name in SAID} | {"messageId": record["id"]}
    body |= {"messageType": KINDS.get(record["messageType"], "SMS"), "attachments": record.get("attachments", [])}
    if mail:
        body |= {"emailMessageId": letter[0], "subject": mail["subject"], "body": mail["body"], "from": mail["from"]}
    box.fire("InboundMessage" if record["direction"] == "inbound" else "OutboundMessage", body)


def beside(box: Any, event: str, contact_id: str, record: Record, names: tuple[str, ...]) -> None:
    """A note's or a task's event."""
    held = box.store.get("contacts", contact_id) or {}
    body = {name: record[name] for name in names if record.get(name) not in (None, "")}
    box.fire(event, {"locationId": held.get("locationId", ""), "contactId": contact_id, **body})


def custom_record(box: Any, event: str, record: Record) -> None:
    """Values as texts, and not a word of the object."""
    told = [{"key": name, "valueString": _text(value)} for name, value in record["properties"].items()]
    own = {"id": record["id"], "owners": record["owner"], "followers": record["followers"], "properties": told}
    box.fire(event, {"locationId": record["locationId"], **own})


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
