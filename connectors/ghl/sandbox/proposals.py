"""Documents and contracts: made from templates, sent to contacts, signed by hand."""

import hashlib
from typing import Any

from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
STATES = ("draft", "sent", "viewed", "completed", "accepted")
READ, WRITE = "documents_contracts/list.readonly", "documents_contracts/sendLink.write"
TEMPLATES_READ = "documents_contracts_template/list.readonly"
TEMPLATES_WRITE = "documents_contracts_template/sendLink.write"
SEND: Shape = {
    "locationId": "text*",
    "documentId": "text*",
    "documentName": "text",
    "medium": "text",
    "ccRecipients": "list",
    "notificationSettings": "object",
    "sentBy": "text*",
}
FROM_TEMPLATE: Shape = {
    "locationId": "text*",
    "templateId": "text*",
    "userId": "text*",
    "contactId": "text*",
    "sendDocument": "flag",
    "opportunityId": "text",
}
TEMPLATES = (("Website agreement", "proposal"), ("Care plan agreement", "proposal"), ("Hourly estimate", "estimate"))


def plant(box: Any) -> None:
    """Three templates, and a draft for a contact."""
    user = box.store.rows("users")[0]["id"]
    for name, kind in TEMPLATES:
        stamps = {"createdAt": box.now(), "updatedAt": box.now(), "updatedBy": user, "version": 1, "deleted": False}
        key = _key("template", name)
        own = {"id": key, "_id": key, "name": name, "type": kind, "locationId": box.location()}
        box.store.put("document_templates", {**own, **stamps, "isPublicDocument": False})
    _make(box, box.store.rows("document_templates")[0], box.store.rows("contacts")[6])


def _key(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]


def _make(box: Any, template: Record, person: Record) -> Record:
    key = _key("document", box.store.next("documents"))
    own = {"id": key, "_id": key, "documentId": key, "name": f"{template['name']}, {person['name']}"}
    who = {
        "id": person["id"], "firstName": person.get("firstName", ""), "lastName": person.get("lastName", ""),
        "email": person.get("email", ""), "contactName": person["name"], "hasCompleted": False, "role": "signer",
        "isPrimary": True, "signingOrder": 1,
    }  # fmt: skip
    money = {"amount": 0, "currency": "USD", "discountPercentage": 0, "discounts": []}
    state = {"status": ["draft"], "paymentStatus": ["no_payment"], "isExpired": False, "deleted": False}
    rest = {"type": "proposal", "documentRevision": 1, "fillableFields": [], "grandTotal": money, "locale": "en-US"}
    stamps = {"createdAt": box.now(), "updatedAt": box.now(), "locationId": box.location()}
    return box.store.put("documents", {**own, **rest, **state, "recipients": [who], "links": [], **stamps})


def _go_out(box: Any, document: Record, user: str, copies: list[Record]) -> Record:
    """Each one gets a link of their own."""
    people = [(one["id"], "recipient") for one in document["recipients"]] + [(one["id"], "cc") for one in copies]
    links = [
        {
            "referenceId": _key("link", document["id"], who, category), "documentId": document["id"],
            "recipientId": who, "entityName": "contacts", "recipientCategory": category,
            "documentRevision": document["documentRevision"], "createdBy": user, "deleted": False,
        }
        for who, category in people
    ]  # fmt: skip
    return box.store.put("documents", document | {"status": ["sent"], "links": links, "updatedAt": box.now()})


@ROUTES.on("GET", "/proposals/document", scope=READ, place="query")
def listed(box: Any, call: Call) -> Any:
    query = call.query
    states = [one for one in query.get("status", "").split(",") if one]
    if not set(states) <= set(STATES):
        raise unfit(f"status must be one of the following values: {', '.join(STATES)}")
    if bool(query.get("dateFrom")) != bool(query.get("dateTo")):
        raise bad("dateFrom and dateTo must be provided together")
    since, until = query.get("dateFrom", ""), query.get("dateTo") or "9999"
    paid = query.get("paymentStatus", "")
    rows = [row for row in box.store.rows("documents") if since <= row["createdAt"] <= until]
    rows = [row for row in rows if not states or set(states) & set(row["status"])]
    rows = [row for row in rows if not paid or paid in row["paymentStatus"]]
    rows = [row for row in rows if query.get("query", "").lower() in row["name"].lower()][::-1]
    start, size = int(query.get("skip") or 0), int(query.get("limit") or 10)
    shown = [{name: value for name, value in row.items() if name != "id"} for row in rows[start : start + size]]
    return {"documents": shown, "total": len(rows)}


@ROUTES.on("POST", "/proposals/document/send", scope=WRITE, place="body")
def send(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEND)
    if data.get("medium", "email") not in ("link", "email"):
        raise unfit("medium must be one of the following values: link, email")
    copies = data.get("ccRecipients", [])
    for one in copies:
        checked(
            one, dict.fromkeys(("email", "id", "contactName", "firstName", "lastName"), "text*") | {"imageUrl": "text"}
        )
    document = box.find("documents", "Document", data["documentId"])
    if "draft" not in document["status"]:
        raise bad("Only documents in draft can be sent")
    document |= {"name": data.get("documentName") or document["name"]}
    done = _go_out(box, document, data["sentBy"], copies)
    box.effect("document.sent", done["id"], data)
    return {"success": True, "links": done["links"]}


@ROUTES.on("GET", "/proposals/templates", scope=TEMPLATES_READ, place="query")
def templates(box: Any, call: Call) -> Any:
    kinds = [one for one in call.query.get("type", "").split(",") if one]
    rows = [row for row in box.store.rows("document_templates") if not kinds or row["type"] in kinds]
    rows = [row for row in rows if call.query.get("name", "").lower() in row["name"].lower()]
    start, size = int(call.query.get("skip") or 0), int(call.query.get("limit") or 10)
    return {"data": rows[start : start + size], "total": len(rows)}


@ROUTES.on("POST", "/proposals/templates/send", scope=TEMPLATES_WRITE, place="body")
def send_template(box: Any, call: Call) -> Any:
    data = checked(call.fields(), FROM_TEMPLATE)
    template = box.find("document_templates", "Template", data["templateId"])
    made = _make(box, template, box.find("contacts", "Contact", data["contactId"]))
    box.effect("document.made", made["id"], data)
    if data.get("sendDocument", True):
        made = _go_out(box, made, data["userId"], [])
        box.effect("document.sent", made["id"], data)
    return {"success": True, "links": made["links"]}
