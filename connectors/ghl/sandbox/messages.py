"""Messages: sent to a contact unless there is no way to reach them, and read back; calls with what was said."""

import io
import wave
from typing import Any

from connectors.ghl.sandbox import conversations, events, refusals
from connectors.ghl.sandbox.refusals import Refusal, bad
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.times import iso
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
READ, WRITE = "conversations/message.readonly", "conversations/message.write"
DAY = 86_400
NUMBERS = {"TYPE_CALL": 1, "TYPE_SMS": 2, "TYPE_EMAIL": 3, "TYPE_WHATSAPP": 19, "TYPE_CUSTOM_SMS": 20}
CHANNELS = {
    "SMS": ("TYPE_SMS", "phone", "Missing phone number"),
    "WhatsApp": ("TYPE_WHATSAPP", "phone", "Missing phone number"),
    "Email": ("TYPE_EMAIL", "email", "Missing email address"),
    "Custom": ("TYPE_CUSTOM_SMS", "phone", "Missing phone number"),
}
"""What this location is connected to; nobody has set up the others."""
SEND: Shape = {
    **dict.fromkeys(words("type contactId"), "text*"),
    **dict.fromkeys(words("message html subject emailFrom emailTo fromNumber toNumber replyMessageId"), "text"),
    **dict.fromkeys(words("templateId threadId appointmentId conversationProviderId customSubtypeId"), "text"),
    **dict.fromkeys(words("emailReplyMode status optimizationPeriod"), "text"),
    **dict.fromkeys(words("attachments emailCc emailBcc"), "texts"),
    **{"scheduledTimestamp": "number", "subType": "any", "forward": "object", "usesNativeSchedulingAi": "flag"},
}
STATUS: Shape = {"status": "text*", "error": "object", "emailMessageId": "text", "recipients": "texts"}
STATUSES = words("delivered failed pending read")


def plant(box: Any) -> None:
    """A question that nobody has read, an offer by e-mail, and a call that the agency's own telephone noted down."""
    people, now = box.store.rows("contacts"), box.clock()
    add(box, people[0], "TYPE_SMS", "Could we move Thursday's call to Friday?", at=now - DAY, direction="inbound")
    offer = {"subject": "Survey booking portal: our offer", "to": [people[6]["email"]]}
    add(box, people[6], "TYPE_EMAIL", "<p>Please find our offer attached.</p>", at=now - 3 * DAY, mail=offer)
    phone = {"conversationProviderId": "65f0c1d2e3a4b5c6d7e8f901", "meta": {"callDuration": "2"}}
    call = add(box, people[8], "TYPE_CALL", "", at=now - 2 * DAY, direction="inbound", **phone)
    said = {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 1900, "confidence": 0.94}
    box.store.put(
        "transcripts", {**said, "id": call["id"], "transcript": "We open the new shop on the first of March."}
    )


def add(box: Any, contact: Record, kind: str, body: str, at: float, direction: str = "outbound", **more: Any) -> Record:
    """One more message in the contact's conversation. The text of an e-mail (`mail`: the rest of it) lies elsewhere."""
    talk, mail = conversations.of(box, contact, at), more.pop("mail", None)
    own = {"id": box.new_id("messages"), "type": NUMBERS[kind], "messageType": kind, "conversationId": talk["id"]}
    place = {"locationId": box.location(), "contactId": contact["id"], "dateAdded": iso(at), "direction": direction}
    rest = {"status": "delivered", "contentType": "text/plain", "attachments": [], "source": "app", "body": body}
    message: Record = {**own, **place, **rest, **more}
    if mail is not None:
        letter = _letter(box, message, mail)
        message |= {"body": letter["subject"], "meta": {"email": {"messageIds": [letter["id"]]}}}
    box.store.put("messages", message)
    conversations.went_on(box, talk, message)
    return message


def _letter(box: Any, message: Record, mail: Record) -> Record:
    names = words("locationId contactId conversationId dateAdded direction status attachments source body")
    own = {"id": box.new_id("emails"), "threadId": message["id"], "contentType": "text/html"}
    ends = {"from": "Brightwater Studio <hello@brightwater-studio.example>", "cc": [], "bcc": []}
    return box.store.put("emails", {**own, **{name: message[name] for name in names}, **ends, **mail})


@ROUTES.on("POST", "/conversations/messages", scope=WRITE)
def send(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEND)
    contact = box.find("contacts", "Contact", data["contactId"])
    kind, body = _reached(contact, data), data.get("html") or data.get("message") or ""
    later = data.get("scheduledTimestamp")
    more = {"status": "scheduled" if later else "sent", "source": "api", "attachments": data.get("attachments", [])}
    if data["type"] == "Email":
        more["mail"] = _envelope(contact, data)
    if data.get("conversationProviderId"):
        more["conversationProviderId"] = data["conversationProviderId"]
    made = add(box, contact, kind, body, box.clock(), **more)
    box.effect("message.scheduled" if later else "message.sent", made["id"], data)
    events.message(box, made)
    letter = {"emailMessageId": made["meta"]["email"]["messageIds"][0]} if data["type"] == "Email" else {}
    return {**_told(made, "pending"), **letter, "msg": "Message queued successfully."}


def _envelope(contact: Record, data: Record) -> Record:
    given = {"from": data.get("emailFrom"), "cc": data.get("emailCc"), "bcc": data.get("emailBcc")}
    to = {"subject": data.get("subject", ""), "to": [data.get("emailTo") or contact["email"]]}
    return {**to, **{name: value for name, value in given.items() if value}}


def _reached(contact: Record, data: Record) -> str:
    """The message's kind. Raises a 400 for a contact that this channel doesn't reach, and for nothing to say; the
    document has no words for it, these are guessed."""
    if data["type"] not in CHANNELS or (data["type"] == "Custom" and not data.get("conversationProviderId")):
        raise bad(f"No conversation provider found for {data['type']}")
    kind, address, missing = CHANNELS[data["type"]]
    if not contact.get(address):
        raise bad(missing)
    own = (contact.get("dndSettings") or {}).get(data["type"]) or {}
    if contact.get("dnd") or own.get("status") in ("active", "permanent"):
        raise bad(f"Cannot send message as DND is active for {data['type']}.")
    if not any(data.get(name) for name in ("message", "html", "attachments", "templateId")):
        raise bad("There is no message or attachments for this message. Skip sending.")
    return kind


def _told(message: Record, status: str) -> Record:
    return {"conversationId": message["conversationId"], "messageId": message["id"], "status": status}


def _one(box: Any, call: Call) -> Record:
    return box.find("messages", "Message", call.args["messageId"])


def _shown(message: Record) -> Record:
    return {k: v for k, v in message.items() if not (k == "body" and message["messageType"] == "TYPE_EMAIL")}


@ROUTES.on("GET", "/conversations/{conversationId}/messages", scope=READ)
def listed(box: Any, call: Call) -> Any:
    """The newest first, and one level deeper than the document has it."""
    talk = box.find("conversations", "Conversation", call.args["conversationId"])
    kinds = (call.query.get("type") or ",".join(NUMBERS)).split(",")
    mine = [row for row in box.store.rows("messages") if row["conversationId"] == talk["id"]]
    rows = [row for row in mine[::-1] if row["messageType"] in kinds]
    ids = [row["id"] for row in rows]
    last = call.query.get("lastMessageId")
    start = ids.index(last) + 1 if last in ids else 0
    part = rows[start : start + min(conversations.number(call, "limit") or 20, 100)]
    page = {"lastMessageId": part[-1]["id"] if part else "", "nextPage": start + len(part) < len(rows)}
    return {"messages": {**page, "messages": [_shown(row) for row in part]}}


@ROUTES.on("GET", "/conversations/messages/export", scope=READ, place="query")
def export(box: Any, call: Call) -> Any:
    """All of the location's; e-mails only where they are asked for. The cursor is the place in the list."""
    kind = call.query.get("channel", "")
    wanted = CHANNELS[kind][0] if kind in CHANNELS else f"TYPE_{kind.upper()}"
    size = conversations.number(call, "limit") or 100
    if not 10 <= size <= 500:
        raise refusals.unfit("limit must not be less than 10 or greater than 500")
    rows = [row for row in box.store.rows("messages") if _exported(row, wanted if kind else "", call)]
    rows.sort(key=lambda row: row["dateAdded"], reverse=call.query.get("sortOrder", "desc") != "asc")
    place = call.query.get("cursor", "")
    start = int(place) if place.isdigit() else 0
    part = rows[start : start + size]
    more = {"nextCursor": str(start + size)} if start + size < len(rows) else {"nextCursor": ""}
    return {"messages": [_shown(row) for row in part], "total": len(rows), **more}


def _exported(row: Record, kind: str, call: Call) -> bool:
    fits = row["messageType"] == kind if kind else row["messageType"] != "TYPE_EMAIL"
    since, until = call.query.get("startDate", ""), call.query.get("endDate", "9999")
    of = all(call.query.get(name, row[name]) == row[name] for name in ("conversationId", "contactId"))
    return fits and of and since <= row["dateAdded"] <= until


@ROUTES.on("GET", "/conversations/messages/{messageId}", scope=READ)
def read(box: Any, call: Call) -> Any:
    return _shown(_one(box, call))


@ROUTES.on("GET", "/conversations/messages/email/{id}", scope=READ)
def email(box: Any, call: Call) -> Any:
    return box.find("emails", "Email", call.args["id"])


@ROUTES.on("PUT", "/conversations/messages/{messageId}/status", scope=WRITE)
def set_status(box: Any, call: Call) -> Any:
    data, old = checked(call.fields(), STATUS), _one(box, call)
    if data["status"] not in STATUSES:
        raise refusals.unfit(f"status must be one of the following values: {', '.join(STATUSES)}")
    if not old.get("conversationProviderId"):
        raise Refusal(403, "No conversation provider found for this message", "Forbidden")
    done = box.store.put("messages", old | {"status": data["status"]})
    box.effect("message.status_set", done["id"], data)
    return _told(done, data["status"])


@ROUTES.on("GET", "/conversations/messages/{messageId}/locations/{locationId}/recording", scope=READ, place="path")
def recording(box: Any, call: Call) -> Answer:
    """As many seconds of silence as the call took."""
    message = _one(box, call)
    if message["messageType"] != "TYPE_CALL":
        raise refusals.not_found("Recording", message["id"])
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8000 * int(message["meta"]["callDuration"]))
    return Answer(200, file.getvalue(), {"Content-Disposition": "Attachment; filename=audio.wav"}, "audio/x-wav")


TRANSCRIPT = "/conversations/locations/{locationId}/messages/{messageId}/transcription"


@ROUTES.on("GET", TRANSCRIPT, scope=READ, place="path")
def transcription(box: Any, call: Call) -> Any:
    said = box.find("transcripts", "Transcription", call.args["messageId"])
    return {name: value for name, value in said.items() if name != "id"}


@ROUTES.on("GET", TRANSCRIPT + "/download", scope=READ, place="path")
def download(box: Any, call: Call) -> Answer:
    said = box.find("transcripts", "Transcription", call.args["messageId"])
    name = {"Content-Disposition": 'Attachment; filename="transcription.txt"'}
    return Answer(200, f"Channel {said['mediaChannel']}: {said['transcript']}\n", name, "text/plain")
