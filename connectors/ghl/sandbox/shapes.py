"""Bodies as the documents declare them; a key that isn't declared is refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox.refusals import unfit

Shape = Mapping[str, str]
"""Name to kind: text, number, flag, texts, list, object or any. A question mark allows null, a star demands the key."""
TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "text": ((str,), "must be a string"),
    "number": ((int, Decimal), "must be a number conforming to the specified constraints"),
    "flag": ((bool,), "must be a boolean value"),
    "texts": ((list,), "must be an array"),
    "list": ((list,), "must be an array"),
    "object": ((dict,), "must be an object"),
}
PERSON: Shape = {
    **dict.fromkeys(("firstName", "lastName", "name", "email", "phone"), "text?"),
    **dict.fromkeys(("address1", "city", "state", "website", "timezone"), "text?"),
    **dict.fromkeys(("postalCode", "country"), "text"),
    "dnd": "flag",
    "dndSettings": "object",
    "inboundDndSettings": "object",
    "tags": "texts",
    "customFields": "list",
    "dateOfBirth": "any",
}
CREATE_CONTACT: Shape = {
    **PERSON,
    "locationId": "text*",
    "gender": "text",
    "source": "text",
    "companyName": "text?",
    "assignedTo": "text",
}
UPSERT_CONTACT: Shape = {**CREATE_CONTACT, "createNewIfDuplicateAllowed": "flag"}
UPDATE_CONTACT: Shape = {**PERSON, "source": "text?", "assignedTo": "text?"}
TAGS: Shape = {"tags": "texts*"}
BULK_TAGS: Shape = {"contacts": "texts*", "tags": "texts*", "locationId": "text*", "removeAllTags": "flag"}
FOLLOWERS: Shape = {"followers": "texts*"}
NOTE: Shape = {"userId": "text", "body": "text*", "title": "text", "color": "text", "pinned": "flag"}
UPDATE_NOTE: Shape = {**NOTE, "body": "text"}
TASK: Shape = {"title": "text*", "body": "text", "dueDate": "text*", "completed": "flag*", "assignedTo": "text"}
UPDATE_TASK: Shape = {"title": "text", "body": "text", "dueDate": "text", "completed": "flag", "assignedTo": "text"}
TASK_STATUS: Shape = {"completed": "flag*"}
DEAL: Shape = {
    "pipelineId": "text",
    "name": "text",
    "pipelineStageId": "text",
    "status": "text",
    "monetaryValue": "number",
    "assignedTo": "text",
    "customFields": "list",
}
CREATE_OPPORTUNITY: Shape = {
    **DEAL,
    "pipelineId": "text*",
    "locationId": "text*",
    "name": "text*",
    "status": "text*",
    "contactId": "text*",
}
UPDATE_OPPORTUNITY: Shape = DEAL
OPPORTUNITY_STATUS: Shape = {"status": "text*", "lostReasonId": "text"}
UPSERT_OPPORTUNITY: Shape = {
    "id": "text",
    "pipelineId": "text*",
    "locationId": "text*",
    "contactId": "text",
    "followers": "texts",
    "isRemoveAllFollowers": "flag",
    "followersActionType": "text",
    "name": "text",
    "status": "text",
    "pipelineStageId": "text",
    "monetaryValue": "number",
    "assignedTo": "text",
    "lostReasonId": "text",
}
SEARCH_CONTACTS: Shape = {
    "locationId": "text*",
    "pageLimit": "number*",
    "page": "number",
    "searchAfter": "list",
    "query": "text",
    "filters": "list",
    "sort": "list",
}
SEARCH_OPPORTUNITIES: Shape = {
    "locationId": "text*",
    "limit": "number*",
    "page": "number",
    "searchAfter": "list",
    "query": "text",
    "filters": "list",
    "sort": "list",
    "additionalDetails": "object",
}
TAG: Shape = {"name": "text*"}
CUSTOM_VALUE: Shape = {"name": "text*", "value": "text*"}
FIELD_PARTS: Shape = {
    "name": "text*",
    "placeholder": "text",
    "acceptedFormat": "texts",
    "isMultipleFile": "flag",
    "maxNumberOfFiles": "number",
    "textBoxListOptions": "list",
    "position": "number",
    "model": "text",
}
CREATE_FIELD: Shape = {**FIELD_PARTS, "dataType": "text*"}
SEARCH_TASKS: Shape = {
    "contactId": "texts",
    "completed": "flag",
    "assignedTo": "texts",
    "query": "text",
    "limit": "number",
    "skip": "number",
    "businessId": "text",
}
STATUSES = ("open", "won", "lost", "abandoned")


def checked(data: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The body itself. Raises a 422 that names everything wrong with it."""
    wrong = [f"property {name} should not exist" for name in data if name not in shape]
    for name, kind in shape.items():
        if name in data:
            wrong += _fault(name, data[name], kind)
        elif kind.endswith("*"):
            wrong.append(f"{name} should not be empty")
    if wrong:
        raise unfit(*wrong)
    return dict(data)


def _fault(name: str, value: Any, kind: str) -> list[str]:
    plain = kind.rstrip("?*")
    if plain == "any" or (value is None and kind.endswith("?")):
        return []
    types, message = TYPES[plain]
    good = isinstance(value, types) and (plain != "number" or not isinstance(value, bool))
    if good and plain == "texts":
        good = all(isinstance(one, str) for one in value)
        message = "each value in " + name + " must be a string" if not good else message
        return [] if good else [message]
    if good and kind.endswith("*") and value == "":
        return [f"{name} should not be empty"]
    return [] if good else [f"{name} {message}"]
