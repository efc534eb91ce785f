"""A message that may have gone out, looked for in its contact's conversation. HighLevel's index lags and the texts it
sends are edited, so that nothing is there yet proves nothing: it is never sent again without a person's word."""

from datetime import datetime
from typing import Any

from connectors.errors import NotFound, Unclear
from connectors.ghl import odd_messages
from connectors.ghl.answers import explain
from connectors.ghl.odd import APART
from connectors.ghl.seen_messages import channel
from connectors.notation import Values, fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request

VERSION = {"Version": odd_messages.DATED}
SIZE, PAGES = 100, 5
BY_ITSELF = ("workflow", "bulk_actions", "campaign")
"""Sources that are HighLevel's own automations: none of ours."""
KINDS = "SMS RCS EMAIL WHATSAPP FB IG GMB LIVE_CHAT TIKTOK CALL IVR_CALL REVIEW INTERNAL_COMMENT INTERNAL_COMMENTS "
KINDS += "FORM_SUBMISSION ACTIVITY"
TOLD = frozenset(channel({"messageType": kind}) for kind in KINDS.split())
"""Channels of which it is known that they are others."""
LATER = (
    "It was to go out later, and HighLevel's conversation with the contact doesn't show it: look there at what is "
    "scheduled, then tell Recette."
)
LONG = (
    f"The conversation with the contact in HighLevel goes on for more than {SIZE * PAGES} messages, and Recette looks "
    "no further: look for it there, then tell Recette."
)
ANOTHER = (
    "HighLevel shows a message to the contact from about then that reads otherwise. It may be this one: look at the "
    "conversation there, then tell Recette."
)
BEFORE = (
    "HighLevel shows the same message to the contact from shortly before. It may be this one or an earlier one: look "
    "at the conversation there, then tell Recette."
)
UNNAMED = (
    "HighLevel shows a message to the contact from about then by a channel that Recette doesn't know. It may be this "
    "one: look at the conversation there, then tell Recette."
)
NOT_THERE = (
    "HighLevel shows no such message in the conversation with the contact, but its list lags and one may still be on "
    "its way: look at the conversation there, then tell Recette."
)


def find_message(values: Values, context: Context) -> Conversation[list[Values]]:
    """The messages of these words that went to the contact since the step began. Raises Unclear, with what was seen
    instead, where there is none: HighLevel fills in, signs and shortens what it sends."""
    talks = yield from odd_messages.conversations_of(values["contactId"], context)
    found: list[Values] = []
    doubts: list[str] = []
    for talk in talks:
        rows = yield from _newest(str(talk["id"]), context)
        for row in filter(_went_out, rows):
            if not _goes_so(row, values):
                doubts += [] if _goes_otherwise(row) else [UNNAMED]
                continue
            same, letter = yield from _says(row, values)
            when = _at(row)
            if same and when is not None and when >= context.since:
                found.append(_told(row, letter))
            else:
                doubts.append(BEFORE if same else ANOTHER)
    if not found:
        raise Unclear(doubts[0] if doubts else LATER if values.get("scheduledTimestamp") else NOT_THERE)
    return found


def _newest(talk: str, context: Context) -> Conversation[list[Values]]:
    """All that may be as young as the step. Raises Unclear where the list doesn't go back that far."""
    path, rows, last = fill("/conversations/{id}/messages", {"id": talk}), list[Values](), ""
    begun = context.since - APART
    for _ in range(PAGES):
        query = {"limit": SIZE, **({"lastMessageId": last} if last else {})}
        request = Request("GET", path, query=query, headers=VERSION)
        response = yield from ask(request, explain, "look for the message")
        told = odd_messages.page(response.json or {}, {})
        rows += told["messages"]
        last = told["lastMessageId"]
        if not told["nextPage"] or not last or _reaches(rows, begun):
            return [row for row in rows if (at := _at(row)) is None or at >= begun]
    raise Unclear(LONG)


def _reaches(rows: list[Values], begun: float) -> bool:
    """Whether the newest come first, back to what is older than the step."""
    times = [at for row in rows if (at := _at(row)) is not None]
    return len(times) == len(rows) > 0 and times == sorted(times, reverse=True) and times[-1] < begun


def _at(row: Values) -> float | None:
    """None where nobody can read it."""
    try:
        at = datetime.fromisoformat(str(row.get("dateAdded")))
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None


def _went_out(row: Values) -> bool:
    """Whether it went to the contact, and not by HighLevel's own doing."""
    return row.get("direction") == "outbound" and row.get("source") not in BY_ITSELF


def _goes_so(row: Values, values: Values) -> bool:
    """Whether it went by this channel."""
    if values["type"] == "Custom":
        return "CUSTOM" in str(row.get("messageType")) or bool(row.get("conversationProviderId"))
    return channel(row) == channel({"messageType": values["type"]})


def _goes_otherwise(row: Values) -> bool:
    """Whether it surely went by another one."""
    return bool(row.get("messageType") or row.get("type")) and channel(row) in TOLD


def _says(row: Values, values: Values) -> Conversation[tuple[bool, Values]]:
    """Whether it is of these words, and what else is known of it, of an e-mail: the list has no texts of those."""
    ids = ((row.get("meta") or {}).get("email") or {}).get("messageIds") or []
    if values["type"] != "Email":
        return _bare(row.get("body")).startswith(_bare(values["message"])), {}
    if not ids:
        return False, {}
    letter = yield from _letter(str(ids[0]))
    subject = not values.get("subject") or _bare(letter.get("subject")) == _bare(values["subject"])
    text = values.get("html") or odd_messages.as_html(str(values["message"]))
    return subject and _bare(text) in _bare(letter.get("body")), {"emailMessageId": str(ids[0])}


def _letter(mail: str) -> Conversation[Values]:
    """Empty for one that isn't there."""
    path = fill("/conversations/messages/email/{id}", {"id": mail})
    try:
        response = yield from ask(Request("GET", path, headers=VERSION), explain, "look at the e-mail")
    except NotFound:
        return {}
    return dict(odd_messages.email(response.json or {}, {})["email"])


def _bare(text: Any) -> str:
    """Without what a line break or a blank more would change."""
    return " ".join(str(text or "").split())


def _told(row: Values, letter: Values) -> Values:
    ids = {"conversationId": str(row.get("conversationId") or ""), "messageId": str(row.get("id") or "")}
    return {**ids, "status": str(row.get("status") or ""), **letter}
