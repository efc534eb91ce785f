"""What a declaration of conversations and messages can't say."""

import html
from datetime import UTC, datetime
from typing import Any

from connectors.errors import Refused
from connectors.ghl.answers import explain
from connectors.ghl.odd import location
from connectors.notation import Values, fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request, Response

DATED = "2021-04-15"
"""The `Version` header that conversations want."""
OF_MAIL = ("subject", "html", "emailFrom", "emailTo", "emailCc", "emailBcc", "emailReplyMode")
SENTENCE = ("sentenceIndex", "mediaChannel", "startTime", "endTime", "transcript", "confidence")


def written(body: Values) -> Values:
    """A message as HighLevel takes it: an e-mail as HTML besides, other channels without an e-mail's parts, the time
    in seconds. Raises Refused for what can't be sent."""
    if body["type"] == "Custom" and not body.get("conversationProviderId"):
        raise Refused("A message by a provider of your own needs that provider's ID.", field="conversationProviderId")
    if body["type"] == "Email":
        _has_subject(body)
        body = {"html": as_html(body["message"]), **body}
    else:
        body = {name: value for name, value in body.items() if name not in OF_MAIL}
    if body.get("scheduledTimestamp"):
        body["scheduledTimestamp"] = _seconds(body["scheduledTimestamp"])
    return body


def _has_subject(body: Values) -> None:
    if not any(body.get(name) for name in ("subject", "replyMessageId", "threadId")):
        raise Refused("An e-mail needs a subject, unless it answers another one.", field="subject")


def as_html(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>\n")


def _seconds(moment: Any) -> int:
    at = datetime.fromisoformat(str(moment))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def timed(values: Values, context: Context) -> Values:
    """The bounds of a search in milliseconds, as texts."""
    given = [name for name in ("startDate", "endDate") if values.get(name)]
    return {**values, **{name: str(_seconds(values[name]) * 1000) for name in given}}


def counted(body: Values) -> Values:
    if "unreadCount" in body:
        body["unreadCount"] = int(body["unreadCount"])
    return body


def told(body: Values) -> Values:
    """The document wants a text where one would expect yes or no."""
    return {**body, "isTyping": str(body["isTyping"]).lower()}


def conversations_of(contact: Any, context: Context) -> Conversation[list[Values]]:
    """The contact's: there is one at most."""
    query = {"locationId": location(context), "contactId": contact}
    request = Request("GET", "/conversations/search", query=query, headers={"Version": DATED})
    response = yield from ask(request, explain, "look for the conversation")
    return [one for one in (response.json or {}).get("conversations") or [] if one.get("contactId") == contact]


def page(answer: Any, values: Values) -> Values:
    """HighLevel puts the page one level deeper than its document has it (issue 54 of its API's documents)."""
    outer = answer.get("messages") or []
    inner = outer if isinstance(outer, dict) else answer
    marks = {"nextPage": bool(inner.get("nextPage")), "lastMessageId": inner.get("lastMessageId") or ""}
    return {"messages": inner.get("messages") or [], **marks}


def email(answer: Any, values: Values) -> Values:
    return {"email": answer.get("emailMessage") or answer}


def sentences(answer: Any, values: Values) -> Values:
    """One sentence as the document has it, or a list of them; and all of it as one text."""
    found = sorted(
        answer if isinstance(answer, list) else [answer or {}], key=lambda one: one.get("sentenceIndex") or 0
    )
    said = [{name: one.get(name) for name in SENTENCE} for one in found if one.get("transcript")]
    return {"text": " ".join(str(one["transcript"]).strip() for one in said), "sentences": said}


def recording(values: Values, context: Context) -> Conversation[Values]:
    """Where the sound is, and how much of it: the sound itself has no place in a run."""
    path = "/conversations/messages/{messageId}/locations/{locationId}/recording"
    path = fill(path, {**values, "locationId": location(context)})
    response = yield from _file(path, "get the recording")
    return {"recording": {"url": context.account.base_url + path, **_sized(response)}}


def transcript(values: Values, context: Context) -> Conversation[Values]:
    path = "/conversations/locations/{locationId}/messages/{messageId}/transcription/download"
    response = yield from _file(fill(path, {**values, "locationId": location(context)}), "download the transcription")
    return {"text": response.body.decode("utf-8-sig", "replace"), **_sized(response)}


def _file(path: str, what: str) -> Conversation[Response]:
    request = Request("GET", path, headers={"Version": DATED, "Accept": "*/*"})
    return (yield from ask(request, explain, what))


def _sized(response: Response) -> Values:
    return {"type": response.headers.get("content-type", "").partition(";")[0], "size": len(response.body)}
