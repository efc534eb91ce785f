"""Conversations: one for each contact that was ever spoken with."""

from typing import Any

from connectors.ghl.sandbox.refusals import bad
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.times import iso, millis
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
READ, WRITE = "conversations.readonly", "conversations.write"
ONE = "/conversations/{conversationId}"
WHOLE = words("id contactId locationId deleted inbox type unreadCount starred assignedTo")
LAST = words("lastMessageBody lastMessageType lastMessageDirection lastMessageDate")
SHOWN = tuple(name for name in LAST if name != "lastMessageDirection")
TYPES = {1: "TYPE_PHONE", 2: "TYPE_EMAIL"}
EQUAL = words("id contactId assignedTo lastMessageType lastMessageDirection")
UPDATE: Shape = {"locationId": "text*", "unreadCount": "number", "starred": "flag", "feedback": "object"}
TYPING: Shape = dict.fromkeys(words("locationId isTyping visitorId conversationId"), "text*")


def of(box: Any, contact: Record, at: float) -> Record:
    """The contact's conversation; it is begun where there is none."""
    found = (row for row in box.store.rows("conversations") if row["contactId"] == contact["id"])
    own = {"id": "", "contactId": contact["id"], "locationId": box.location(), "dateAdded": iso(at)}
    blank = {**own, "deleted": False, "inbox": True, "type": 1, "unreadCount": 0, "starred": False}
    return next(found, None) or blank | {"id": box.new_id("conversations")}


def went_on(box: Any, old: Record, message: Record) -> None:
    """The conversation with its newest message."""
    inbound = message["direction"] == "inbound"
    kind = 2 if message["messageType"] == "TYPE_EMAIL" else 1
    news = {"type": kind, "dateUpdated": message["dateAdded"], "unreadCount": old["unreadCount"] + inbound}
    last = (message["body"], message["messageType"], message["direction"], millis(message["dateAdded"]))
    box.store.put("conversations", old | news | dict(zip(LAST, last, strict=True)))


def _one(box: Any, conversation: str) -> Record:
    return box.find("conversations", "Conversation", conversation)


@ROUTES.on("GET", "/conversations/search", scope=READ, place="query")
def search(box: Any, call: Call) -> Any:
    size = min(number(call, "limit") or 20, 100)
    rows = [row for row in box.store.rows("conversations") if _fits(box, row, call)]
    falling = call.query.get("sort", "desc") != "asc"
    rows.sort(key=lambda row: row["lastMessageDate"], reverse=falling)
    if after := number(call, "startAfterDate"):
        rows = [r for r in rows if (r["lastMessageDate"] < after if falling else r["lastMessageDate"] > after)]
    return {"conversations": [_row(box, row) for row in rows[:size]], "total": len(rows)}


def _fits(box: Any, row: Record, call: Call) -> bool:
    unread = {"read": not row["unreadCount"], "unread": bool(row["unreadCount"]), "starred": row["starred"]}
    since, until = number(call, "startDate") or 0, number(call, "endDate") or float("inf")
    shown = _row(box, row)
    said = " ".join(str(shown[name]) for name in ("fullName", "email", "phone", "lastMessageBody"))
    return (
        all(row.get(name) == call.query[name] for name in EQUAL if call.query.get(name))
        and unread.get(call.query.get("status", ""), True)
        and since <= millis(row["dateAdded"]) <= until
        and call.query.get("query", "").lower() in said.lower()
    )


def _row(box: Any, row: Record) -> Record:
    person = box.store.get("contacts", row["contactId"]) or {}
    names = {"fullName": person.get("name", ""), "contactName": person.get("companyName") or person.get("name", "")}
    reach = {name: person.get(name) or "" for name in ("email", "phone")}
    own = {name: row[name] for name in (*words("id contactId locationId unreadCount"), *SHOWN)}
    return {**own, "type": TYPES[row["type"]], **names, **reach}


def number(call: Call, name: str) -> int:
    """0 for one that isn't there."""
    text = call.query.get(name) or "0"
    if not text.isdigit():
        raise bad(f"{name} must be a number conforming to the specified constraints")
    return int(text)


@ROUTES.on("GET", ONE, scope=READ)
def read(box: Any, call: Call) -> Any:
    record = _one(box, call.args["conversationId"])
    return {name: record[name] for name in WHOLE if name in record}


@ROUTES.on("PUT", ONE, scope=WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    data = checked(call.fields(), UPDATE)
    done = box.store.put("conversations", _one(box, call.args["conversationId"]) | data)
    box.effect("conversation.updated", done["id"], data)
    shown = {name: done[name] for name in (*WHOLE, *SHOWN) if name in done}
    return {"success": True, "conversation": {**shown, "lastMessageDate": str(done["lastMessageDate"])}}


@ROUTES.on("POST", "/conversations/providers/live-chat/typing", scope="conversations/livechat.write", place="body")
def typing(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), TYPING)
    box.effect("conversation.typing", _one(box, data["conversationId"])["id"], data)
    return Answer(201, {"success": True})
