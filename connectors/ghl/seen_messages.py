"""Messages to and from contacts: told by webhooks, and read from the export of all messages since the last look."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors import fields as f
from connectors.auth import sent_at
from connectors.ghl import odd, records
from connectors.ghl.answers import explain
from connectors.ghl.base import CONTACT_OWN, DATED_CALENDARS, declared
from connectors.ghl.sightings import person_of
from connectors.notation import fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Page, Request, Response, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
VERSION = {"Version": DATED_CALENDARS}
EXPORT = "/conversations/messages/export"
EVENTS = ("InboundMessage", "OutboundMessage")
OVERLAP = timedelta(minutes=5)
"""The index lags; nobody says by how much."""
SIZE, PAGES = 100, 10
CHANNELS = (("", "All but e-mail"), ("Email", "E-mail"))
"""The export leaves e-mails out unless it is asked for them."""
KINDS = (
    ("SMS", "SMS"),
    ("Email", "E-mail"),
    ("WhatsApp", "WhatsApp"),
    ("Call", "Call"),
    ("Facebook", "Facebook"),
    ("Instagram", "Instagram"),
    ("Live chat", "Live chat"),
    ("Google Business", "Google Business"),
)
SPELT = {
    **{kind.upper().replace(" ", "_"): kind for kind, _ in KINDS},
    "FB": "Facebook",
    "FB_MESSENGER": "Facebook",
    "IG": "Instagram",
    "GMB": "Google Business",
    "GROUP_SMS": "SMS",
    "WEBCHAT": "Live chat",
}


def channel(record: Mapping[str, Any]) -> str:
    """`TYPE_SMS` of the lists and `SMS` of the webhooks, in one spelling; an activity has none."""
    name = str(record.get("messageType") or record.get("type") or "").upper().removeprefix("TYPE_")
    name = name.removeprefix("CUSTOM_").removeprefix("PROVIDER_")
    return SPELT.get(name, "" if name.startswith("ACTIVITY") else name.replace("_", " ").capitalize())


def shape(record: Mapping[str, Any], contact: Mapping[str, Any] | None = None) -> Record:
    return {
        "id": str(record.get("messageId") or record.get("id") or ""),
        "channel": channel(record),
        "direction": str(record.get("direction") or ""),
        "text": str(record.get("body") or ""),
        "subject": str(record.get("subject") or ""),
        "status": str(record.get("status") or ""),
        "conversation_id": str(record.get("conversationId") or ""),
        "attachments": [str(one) for one in record.get("attachments") or []],
        "sent_by": str(record.get("userId") or ""),
        "created_at": records.moment(record.get("dateAdded")),
        "contact": records.person(contact or {"id": record.get("contactId")}),
    }


def sighting(record: Mapping[str, Any], **more: Any) -> Sighting:
    told = shape(record)
    values = {"direction": told["direction"], "channel": told["channel"]}
    return Sighting(
        "message", told["id"], values, told, stamp=told["created_at"], created=told["created_at"], complete=False,
        owner=str(record.get("locationId") or ""), **more,
    )  # fmt: skip


def read(body: Mapping[str, Any], event: str) -> Sighting | None:
    if event not in EVENTS or not (body.get("messageId") or body.get("id")):
        return None
    way = "inbound" if event == "InboundMessage" else "outbound"
    return sighting({"direction": way, **body}, hint=event)


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    """The message and its contact; of an e-mail the whole text, which lies elsewhere."""
    path = fill("/conversations/messages/{id}", {"id": record_id})
    response = yield from ask(Request("GET", path, headers=VERSION), explain, "get the message")
    answer = response.json or {}
    record = {**(answer.get("message") or answer), "id": record_id}
    letter = yield from _letter(record)
    contact = yield from person_of(record, context)
    return replace(sighting(record), data=shape({**record, **letter}, contact), complete=True)


def _letter(record: Mapping[str, Any]) -> Conversation[Record]:
    ids = ((record.get("meta") or {}).get("email") or {}).get("messageIds") or []
    if channel(record) != "Email" or not ids:
        return {}
    path = fill("/conversations/messages/email/{id}", {"id": ids[0]})
    response = yield from ask(Request("GET", path, headers=VERSION), explain, "get the e-mail")
    found = response.json or {}
    found = found.get("emailMessage") or found
    return {name: found[name] for name in ("body", "subject") if found.get(name)}


def poll(cursor: Record, context: Context) -> Conversation[Page]:
    """Since the newest message known, a little wider because the index lags, the oldest first."""
    if "since" not in cursor:
        response = yield from _page(context, "", sortOrder="desc", limit="10")
        newest = [records.moment(row.get("dateAdded")) for row in _rows(response)]
        return Page([], {"since": max([records.moment(sent_at(response).isoformat()), *newest])})
    start = records.moment((datetime.fromisoformat(cursor["since"]) - OVERLAP).isoformat())
    found, cut = dict[str, Record](), list[str]()
    for kind, _ in CHANNELS:
        rows, left = yield from _walk(context, kind, start)
        found |= rows
        if left:
            cut.append(max(records.moment(row.get("dateAdded")) for row in rows.values()))
    seen = [sighting(row) for row in found.values() if channel(row)]
    since = min(cut) if cut else max([cursor["since"], *(one.stamp for one in seen)])
    return Page(seen, {"since": since}, more=bool(cut) and since > cursor["since"])


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    """A message that we sent comes back as one that went out."""
    if not output.get("messageId"):
        return None
    sent = {"direction": "outbound", "channel": channel({"messageType": inputs.get("type")})}
    return str(output["messageId"]), sent


def _walk(context: Context, kind: str, start: str) -> Conversation[tuple[dict[str, Record], bool]]:
    found, place = dict[str, Record](), ""
    for _ in range(PAGES):
        more = {"cursor": place} if place else {}
        response = yield from _page(context, kind, startDate=start, sortOrder="asc", limit=str(SIZE), **more)
        rows = _rows(response)
        found |= {str(row["id"]): row for row in rows}
        place = str((response.json or {}).get("nextCursor") or "")
        if not place or len(rows) < SIZE:
            return found, False
    return found, True


def _page(context: Context, kind: str, **query: str) -> Conversation[Response]:
    asked = {"locationId": odd.location(context), "sortBy": "createdAt", **query, **({"channel": kind} if kind else {})}
    return (yield from ask(Request("GET", EXPORT, query=asked, headers=VERSION), explain, "watch the messages"))


def _rows(response: Response) -> list[Record]:
    return [row for row in (response.json or {}).get("messages") or [] if row.get("id")]


WATCHED = Watched("message", "Messages", EVENTS, read, reread, poll, "conversations/message.readonly", told)


# Triggers


def _new(way: str, event: str) -> Any:
    def fired(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
        new = before is None and now.values.get("direction") == way
        return new and (now.hint == event or records.is_since(now.created, since))

    return fired


def elsewhere(inputs: Record, now: Sighting) -> str:
    wanted, channel_ = str(inputs.get("channel") or ""), str(now.data.get("channel") or "")
    if wanted and wanted.lower() != channel_.lower():
        return f"It came by {channel_ or 'a way that is not known'}, this recipe takes only {wanted}."
    words, text = str(inputs.get("contains") or "").strip().lower(), str(now.data.get("text") or "").lower()
    return f"“{inputs['contains']}” doesn't stand in it." if words and words not in text and now.complete else ""


def _latest(way: str) -> Any:
    def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        found: list[Sighting] = []
        for kind, _ in CHANNELS:
            response = yield from _page(context, kind, sortOrder="desc", limit="50")
            found += [sighting(row) for row in _rows(response) if channel(row)]
        fit = [one for one in found if one.values["direction"] == way and not elsewhere(inputs, one)]
        return sorted(fit, key=lambda one: one.created, reverse=True)[:10]

    return latest


CHANNEL = f.choice("channel", "Only by this way; empty: by any.", choices=KINDS)
CONTAINS = f.text("contains", "Only when these words stand in it. Capitals don't matter.")
SAMPLE = {
    "id": "t5HnRw2PzGq8XbYc4VmD",
    "channel": "SMS",
    "direction": "inbound",
    "text": "Could you send the quote once more?",
    "subject": "",
    "status": "delivered",
    "conversation_id": "Vb7sQ0xJtK3mZy9LcWdE",
    "attachments": [],
    "sent_by": "",
    "created_at": "2026-11-20T16:40:02.118Z",
}


def triggers(person: Record) -> tuple[Trigger, ...]:
    """`person`: a contact as triggers give it."""

    def made(name: str, label: str, way: str, event: str, **more: Any) -> Trigger:
        sample = {**SAMPLE, "direction": way, "contact": person}
        shown = declared(sample, CONTACT_OWN)
        return Trigger(
            f"ghl.message.{name}", label, "message", _new(way, event), elsewhere, fields=(CHANNEL, CONTAINS),
            outputs=shown, own=CONTACT_OWN, sample=sample, latest=_latest(way), **more,
        )  # fmt: skip

    words = ("sms", "e-mail", "whatsapp", "chat", "reply")
    return (
        made("received", "A contact sends a message", "inbound", "InboundMessage", words=("inbound", "answer", *words)),
        made("sent", "A message goes out to a contact", "outbound", "OutboundMessage", words=("outbound", *words)),
    )
