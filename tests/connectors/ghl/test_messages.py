from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.errors import Refused, Unclear
from connectors.ghl import CONNECTOR
from connectors.spec import Response, Retry
from tests.connectors.talk import answer, make_context, talk

SEND = CONNECTOR.operations["ghl.messages.send"]
QUEUED = answer({"conversationId": "t1", "messageId": "m1", "status": "pending"})
VERSION = {"Version": "2021-04-15"}


def perform(key, inputs, *answers):
    return talk(CONNECTOR.operations[f"ghl.{key}"].perform(inputs, make_context()), *answers)


def sent(**inputs):
    out, (request,) = perform("messages.send", {"contactId": "c1", "message": "Paid, thanks.", **inputs}, QUEUED)
    assert out == QUEUED.json
    return request


def file(body, kind):
    return Response(200, {"content-type": kind}, body)


def test_message_is_sent_and_looked_for():
    request = sent(type="SMS")

    assert (request.method, request.path, request.headers) == ("POST", "/conversations/messages", VERSION)
    assert request.json == {"type": "SMS", "contactId": "c1", "message": "Paid, thanks."}
    assert (request.effect, SEND.retry, SEND.lag) == (True, Retry.ONCE, 10)


def test_email_is_the_text_as_html_unless_there_is_some():
    plain = sent(type="Email", subject="Invoice 7", message="Dear A & B,\nit is <paid>.", emailCc="a@b.example")
    own = sent(type="Email", subject="Invoice 7", html="<h1>Paid</h1>")

    assert plain.json["html"] == "Dear A &amp; B,<br>\nit is &lt;paid&gt;."
    assert (plain.json["message"], plain.json["emailCc"]) == ("Dear A & B,\nit is <paid>.", ["a@b.example"])
    assert own.json["html"] == "<h1>Paid</h1>"


def test_parts_of_an_email_stay_out_of_a_text_message():
    request = sent(type="WhatsApp", subject="Invoice 7", html="<h1>Paid</h1>", emailFrom="a@b.example")

    assert request.json == {"type": "WhatsApp", "contactId": "c1", "message": "Paid, thanks."}


@pytest.mark.parametrize(
    "moment",
    ["2026-12-01T09:00:00Z", datetime(2026, 12, 1, 10, tzinfo=timezone(timedelta(hours=1)))],
)
def test_time_to_send_at_is_in_seconds(moment):
    request = sent(type="SMS", scheduledTimestamp=moment)

    assert request.json["scheduledTimestamp"] == datetime(2026, 12, 1, 9, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"type": "Email"}, "subject"),
        ({"type": "Custom"}, "conversationProviderId"),
        ({"type": "SMS", "message": ""}, "message"),
    ],
)
def test_message_that_can_not_be_sent_is_refused_before_it_leaves(inputs, field):
    with pytest.raises(Refused) as caught:
        perform("messages.send", {"contactId": "c1", "message": "Paid.", **inputs})

    assert caught.value.field == field


def test_answer_to_an_email_needs_no_subject():
    assert "subject" not in sent(type="Email", replyMessageId="m0").json


def test_refusal_of_a_contact_that_wants_no_messages_is_told():
    with pytest.raises(Refused, match="refused to send a message: Cannot send message as DND is active for SMS"):
        perform(
            "messages.send",
            {"type": "SMS", "contactId": "c1", "message": "Paid."},
            answer({"statusCode": 400, "message": "Cannot send message as DND is active for SMS."}, 400),
        )


@pytest.mark.parametrize("status", [401, 403])
def test_message_of_another_provider_is_no_reason_to_doubt_the_token(status):
    said = {"statusCode": status, "message": "No conversation provider found for this message"}

    with pytest.raises(Refused, match="only the app whose conversation provider carried a message"):
        perform("messages.set_status", {"messageId": "m1", "status": "read"}, answer(said, status))


PAGE = {"lastMessageId": "m1", "nextPage": True, "messages": [{"id": "m1"}]}


@pytest.mark.parametrize("said", [PAGE, {"messages": PAGE}])
def test_messages_are_read_as_the_document_has_them_and_one_level_deeper(said):
    out, (request,) = perform("messages.list", {"conversationId": "t1", "type": "TYPE_SMS"}, answer(said))

    assert out == PAGE
    assert (request.path, request.query) == ("/conversations/t1/messages", {"type": "TYPE_SMS", "limit": 20})


def test_conversation_without_messages_has_none():
    assert perform("messages.list", {"conversationId": "t1"}, answer({"messages": {}}))[0]["messages"] == []


@pytest.mark.parametrize("said", [{"id": "e1"}, {"emailMessage": {"id": "e1"}}])
def test_email_is_read_wrapped_or_bare(said):
    out, (request,) = perform("messages.get_email", {"emailMessageId": "e1"}, answer(said))

    assert out == {"email": {"id": "e1"}}
    assert request.path == "/conversations/messages/email/e1"


def test_transcription_is_one_text_of_its_sentences_in_order():
    first, second = ({"sentenceIndex": at, "transcript": text} for at, text in enumerate(("Good day. ", "We open.")))

    several, _ = perform("messages.get_transcription", {"messageId": "m1"}, answer([second, first]))
    single, (request,) = perform("messages.get_transcription", {"messageId": "m1"}, answer(first))

    assert several["text"] == "Good day. We open."
    assert [one["sentenceIndex"] for one in several["sentences"]] == [0, 1]
    assert single["text"] == "Good day."
    assert request.path == "/conversations/locations/loc1/messages/m1/transcription"


def test_recording_is_told_of_and_never_given():
    out, (request,) = perform("messages.get_recording", {"messageId": "m1"}, file(b"RIFF" + bytes(96), "audio/x-wav"))

    path = "/conversations/messages/m1/locations/loc1/recording"
    assert out == {"recording": {"url": f"https://service.example{path}", "type": "audio/x-wav", "size": 100}}
    assert request.path == path


def test_transcription_is_downloaded_as_text():
    said = file("Channel 1: Grüß Gott.\n".encode(), "text/plain; charset=utf-8")

    out, _ = perform("messages.download_transcription", {"messageId": "m1"}, said)

    assert out == {"text": "Channel 1: Grüß Gott.\n", "type": "text/plain", "size": 24}


def test_search_takes_its_bounds_in_milliseconds():
    inputs = {"startDate": datetime(2026, 11, 1, tzinfo=UTC), "endDate": "2026-12-01T00:00:00Z", "status": "unread"}

    _, (request,) = perform("conversations.search", inputs, answer({"conversations": [], "total": 0}))

    assert request.query == {
        "locationId": "loc1",
        "status": "unread",
        "startDate": "1793491200000",
        "endDate": "1796083200000",
        "limit": 20,
    }


def test_conversation_is_marked_with_a_number_and_typing_with_a_word():
    _, (marked,) = perform(
        "conversations.update", {"conversationId": "t1", "unreadCount": "0"}, answer({"success": True})
    )
    typing = {"conversationId": "t1", "visitorId": "v1", "isTyping": False}
    _, (shown,) = perform("messages.show_typing", typing, answer({"success": True}, 201))

    assert marked.json == {"unreadCount": 0, "locationId": "loc1"}
    assert shown.json == {"conversationId": "t1", "visitorId": "v1", "isTyping": "false", "locationId": "loc1"}


def test_kinds_of_messages_read_like_words():
    choices = dict(CONNECTOR.operations["ghl.conversations.search"].field("lastMessageType").choices)

    assert len(choices) == 42
    assert choices["TYPE_CAMPAIGN_EMAIL"] == "Campaign e-mail"
    assert choices["TYPE_SMS_REVIEW_REQUEST"] == "SMS review request"


SOUGHT = {"type": "SMS", "contactId": "c1", "message": "Paid, thanks."}
TALK = answer({"conversations": [{"id": "t1", "contactId": "c1"}]})


def found(*answers, **inputs):
    context = replace(make_context(), since=1_795_000_000)
    return talk(SEND.find({**SOUGHT, **inputs}, context), TALK, *answers)


def listed(*rows, more=False):
    blank = {"direction": "outbound", "messageType": "TYPE_SMS", "dateAdded": "2026-11-18T12:30:00Z"}
    return answer(
        {"messages": {"messages": [{**blank, **row} for row in rows], "nextPage": more, "lastMessageId": "m9"}}
    )


def test_look_for_a_message_turns_pages_back_to_before_the_step():
    newer, ours = {"direction": "inbound", "body": "Hello"}, {"id": "m1", "body": "Paid, thanks.", "status": "sent"}
    older = {"dateAdded": "2026-11-17T09:00:00Z", "body": "Paid, thanks."}

    hits, asked = found(listed(newer, more=True), listed(ours, older, more=True))

    assert hits == [{"conversationId": "", "messageId": "m1", "status": "sent"}]
    assert [request.query.get("lastMessageId") for request in asked[1:]] == [None, "m9"]


def test_look_for_a_message_says_when_the_conversation_is_too_long():
    with pytest.raises(Unclear, match="goes on for more than 500 messages"):
        found(*(listed({"direction": "inbound"}, more=True) for _ in range(5)))


def test_conversation_that_is_not_in_the_search_yet_proves_nothing():
    with pytest.raises(Unclear, match="its list lags and one may still be on its way"):
        talk(SEND.find(SOUGHT, make_context()), answer({"conversations": []}))


OTHERS = [{"messageType": "TYPE_EMAIL"}, {"messageType": "TYPE_ACTIVITY_CONTACT"}, {"messageType": "TYPE_CALL"}]


@pytest.mark.parametrize("other", [*OTHERS, {"source": "workflow"}, {"direction": "inbound"}])
def test_message_that_cannot_be_ours_is_passed_over(other):
    with pytest.raises(Unclear, match="shows no such message"):
        found(listed({"body": "Paid", **other}))


@pytest.mark.parametrize(
    "unnamed", [{"messageType": "TYPE_PHONE"}, {"messageType": None, "type": 47}, {"messageType": ""}]
)
def test_message_by_a_channel_that_is_not_known_may_be_ours(unnamed):
    with pytest.raises(Unclear, match="by a channel that Recette doesn't know"):
        found(listed({"body": "Paid, thanks.", **unnamed}))


@pytest.mark.parametrize(
    ("kind", "name"), [("FB", "TYPE_FB_MESSENGER"), ("FB", "TYPE_FACEBOOK"), ("SMS", "TYPE_GROUP_SMS")]
)
def test_channel_that_is_listed_by_another_name_is_the_same(kind, name):
    hits, _ = found(listed({"id": "m1", "messageType": name, "body": "Paid, thanks."}), type=kind)

    assert [hit["messageId"] for hit in hits] == ["m1"]


def test_shortened_text_by_a_clock_that_is_behind_ours_may_be_ours():
    early = datetime.fromtimestamp(1_795_000_000 - 20, UTC).isoformat()

    with pytest.raises(Unclear, match="from about then that reads otherwise"):
        found(listed({"body": "Paid: https://l.ink/7", "dateAdded": early}), message="Paid: https://shop.example/7")


def test_email_whose_text_nobody_gives_is_a_person_s_to_tell():
    row = {"messageType": "TYPE_EMAIL", "meta": {"email": {"messageIds": ["e1"]}}}

    with pytest.raises(Unclear, match="reads otherwise"):
        found(listed(row), answer({"message": "not found"}, 404), type="Email", subject="Invoice 7")
