"""What conversations have besides messages: what is sent, and how a lost one is found."""

import pytest

from connectors.ghl import CONNECTOR
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

CAME = {"type": "SMS", "conversationId": "v1", "contactId": "c1", "conversationProviderId": "p1", "message": "Hi"}


def operation(key):
    return CONNECTOR.operations[f"ghl.conversations.{key}"]


def perform(key, inputs, *answers):
    return talk(operation(key).perform(inputs, make_context()), *answers)


def test_provider_s_own_id_of_a_message_is_never_the_location():
    _, (request,) = perform("add_an_inbound_message", {**CAME, "altId": "m-77"}, answer({"success": True}))
    _, (bare,) = perform("add_an_inbound_message", CAME, answer({"success": True}))

    assert (request.path, request.json["altId"]) == ("/conversations/messages/inbound", "m-77")
    assert bare.json == CAME


def test_call_that_went_out_tells_who_called_whom():
    call = {"to": "+4915112345678", "from": "+4930123456", "status": "completed"}
    inputs = {"conversationId": "v1", "conversationProviderId": "p1", "call": call}

    _, (request,) = perform("add_an_outbound_message", inputs, answer({"success": True}))

    assert request.json == {**inputs, "type": "Call"}


def test_lost_conversation_is_the_contact_s_only_one():
    rows = [{"id": "v1", "contactId": "c1"}, {"id": "v2", "contactId": "c2"}]

    found, (request,) = talk(
        operation("create_conversation").find({"contactId": "c1"}, make_context()), answer({"conversations": rows})
    )

    assert found == [{"success": True, "conversation": rows[0]}]
    assert request.query == {"locationId": "loc1", "contactId": "c1"}


def test_conversation_that_is_there_is_as_good_as_a_new_one():
    there = {"canonicalCode": "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS", "conversationId": "v1", "message": "no"}

    done, (_, look) = perform(
        "create_conversation", {"contactId": "c1"}, answer(there, 400), answer({"contactId": "c1", "unreadCount": 0})
    )

    assert done == {"success": True, "conversation": {"id": "v1", "contactId": "c1", "unreadCount": 0}}
    assert (look.method, look.path) == ("GET", "/conversations/v1")


@pytest.mark.parametrize("key", ["add_an_inbound_message", "send_review_reply", "user_subscription_change"])
def test_what_people_see_is_never_repeated_by_itself(key):
    assert operation(key).retry is Retry.ONCE


def test_answer_that_no_document_describes_is_told_all_the_same():
    done, (request,) = perform("get_all_custom_subtypes", {}, answer({"subtypes": [{"id": "k1"}]}))

    assert done == {"subtypes": [{"id": "k1"}], "done": True}
    assert request.query == {"locationId": "loc1"}


def test_scheduled_ones_are_cancelled_by_their_own_ids():
    for key, name, path in (
        ("cancel_scheduled_message", "messageId", "/conversations/messages/m1/schedule"),
        ("cancel_scheduled_email_message", "emailMessageId", "/conversations/messages/email/m1/schedule"),
    ):
        _, (request,) = perform(key, {name: "m1"}, answer({"status": 200, "message": "ok"}))
        assert (request.method, request.path) == ("DELETE", path)
