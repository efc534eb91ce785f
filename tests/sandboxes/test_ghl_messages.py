"""Conversations of the HighLevel sandbox: what is sent, who can't be reached, what is read back."""

import pytest

from tests.sandboxes.bench import LOCATION, PLACE


def person(crm, at=20, **changes):
    row = crm.app.store.rows("contacts")[at]
    return crm.app.store.put("contacts", row | changes)["id"]


def send(crm, contact, **more):
    return crm.call("POST", "/conversations/messages", {"type": "SMS", "contactId": contact, "message": "Hi.", **more})


def call_of(crm):
    return next(row["id"] for row in crm.app.store.rows("messages") if row["messageType"] == "TYPE_CALL")


def test_sent_messages_stand_in_one_conversation_the_newest_first(crm):
    contact = person(crm)

    first, second = send(crm, contact).json(), send(crm, contact, message="Once more.").json()

    assert first["conversationId"] == second["conversationId"]
    page = crm.get(f"/conversations/{first['conversationId']}/messages?limit=1")["messages"]
    assert [row["body"] for row in page["messages"]] == ["Once more."]
    assert page["nextPage"] is True
    rest = crm.get(f"/conversations/{first['conversationId']}/messages?lastMessageId={page['lastMessageId']}")
    assert [row["body"] for row in rest["messages"]["messages"]] == ["Hi."]
    assert crm.effects() == ["message.sent", "message.sent"]


def test_email_has_its_text_under_an_id_of_its_own(crm):
    mail = {"type": "Email", "subject": "Offer", "html": "<p>See below.</p>", "emailCc": ["b@c.example"]}

    done = send(crm, person(crm), **mail).json()

    assert "body" not in crm.get(f"/conversations/messages/{done['messageId']}")
    letter = crm.get(f"/conversations/messages/email/{done['emailMessageId']}")
    assert (letter["subject"], letter["body"], letter["cc"]) == ("Offer", "<p>See below.</p>", ["b@c.example"])
    assert letter["to"] == ["ivo@thackerayaudio.example"]


@pytest.mark.parametrize(
    ("changes", "more", "message"),
    [
        ({"phone": ""}, {}, "Missing phone number"),
        ({"email": ""}, {"type": "Email"}, "Missing email address"),
        ({"dnd": True}, {"type": "WhatsApp"}, "Cannot send message as DND is active for WhatsApp."),
        ({"dndSettings": {"SMS": {"status": "active"}}}, {}, "Cannot send message as DND is active for SMS."),
        ({}, {"message": ""}, "There is no message or attachments for this message. Skip sending."),
        ({}, {"type": "FB"}, "No conversation provider found for FB"),
        ({}, {"type": "Custom"}, "No conversation provider found for Custom"),
    ],
)
def test_who_can_not_be_reached_gets_nothing(crm, changes, more, message):
    answer = send(crm, person(crm, **changes), **more)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert crm.effects() == []


def test_quiet_on_one_channel_leaves_the_others_open(crm):
    contact = person(crm, dndSettings={"SMS": {"status": "active"}, "Email": {"status": "inactive"}})

    assert send(crm, contact, type="Email", subject="Offer").status_code == 200


def test_message_for_later_is_not_sent_yet(crm):
    done = send(crm, person(crm), scheduledTimestamp=1_796_000_000).json()

    assert crm.get(f"/conversations/messages/{done['messageId']}")["status"] == "scheduled"
    assert crm.effects() == ["message.scheduled"]


def test_search_finds_by_state_and_contact(crm):
    sent = send(crm, person(crm)).json()["conversationId"]
    search = {**PLACE, "status": "unread"}

    unread = crm.get("/conversations/search", params=search)["conversations"]
    crm.put(f"/conversations/{unread[0]['id']}", {**PLACE, "unreadCount": 0})
    after = crm.get("/conversations/search", params=search)["conversations"]
    mine = crm.get("/conversations/search", params={**PLACE, "query": "ivo@"})["conversations"]

    assert [row["fullName"] for row in unread] == ["Ottilie Brandvold", "Mateo Quirke"]
    assert [row["fullName"] for row in after] == ["Mateo Quirke"]
    assert [row["id"] for row in mine] == [sent]


def test_search_goes_on_after_the_last_date(crm):
    first = crm.get("/conversations/search", params={**PLACE, "limit": 2})
    last = first["conversations"][-1]["lastMessageDate"]

    rest = crm.get("/conversations/search", params={**PLACE, "startAfterDate": last})

    assert (first["total"], len(first["conversations"])) == (3, 2)
    assert [row["fullName"] for row in rest["conversations"]] == ["Callum Ferris"]


def test_only_the_provider_of_a_message_sets_its_status(crm):
    ours = send(crm, person(crm)).json()["messageId"]

    refused = crm.call("PUT", f"/conversations/messages/{ours}/status", {"status": "read"})
    done = crm.put(f"/conversations/messages/{call_of(crm)}/status", {"status": "failed"})

    assert (refused.status_code, refused.json()["message"]) == (403, "No conversation provider found for this message")
    assert done["status"] == "failed"
    assert crm.call("PUT", f"/conversations/messages/{call_of(crm)}/status", {"status": "lost"}).status_code == 422


def test_call_has_a_recording_and_a_transcription(crm):
    call = call_of(crm)

    sound = crm.call("GET", f"/conversations/messages/{call}/locations/{LOCATION}/recording")
    said = crm.get(f"/conversations/locations/{LOCATION}/messages/{call}/transcription")
    text = crm.call("GET", f"/conversations/locations/{LOCATION}/messages/{call}/transcription/download")

    assert (sound.headers["content-type"], sound.content[:4], len(sound.content)) == ("audio/x-wav", b"RIFF", 16044)
    assert said["transcript"] == "We open the new shop on the first of March."
    assert text.text == "Channel 1: We open the new shop on the first of March.\n"


def test_text_message_has_no_recording(crm):
    done = send(crm, person(crm)).json()["messageId"]

    assert crm.call("GET", f"/conversations/messages/{done}/locations/{LOCATION}/recording").status_code == 400


def test_export_gives_all_of_a_time_and_mails_only_when_asked(crm):
    contact = person(crm)
    for number in range(12):
        send(crm, contact, message=f"No. {number}")
    send(crm, contact, type="Email", subject="Offer", html="<p>See below.</p>")

    path = f"/conversations/messages/export?locationId={LOCATION}&contactId={contact}&sortOrder=asc&limit=10"
    first = crm.get(path)
    rest = crm.get(f"{path}&cursor={first['nextCursor']}")
    mails = crm.get(f"{path}&channel=Email")["messages"]

    assert [row["body"] for row in first["messages"] + rest["messages"]] == [f"No. {number}" for number in range(12)]
    assert (rest["nextCursor"], first["total"]) == ("", 12)
    assert [row["messageType"] for row in mails] == ["TYPE_EMAIL"]
    assert crm.get(f"{path}&startDate=2999-01-01T00:00:00.000Z")["messages"] == []
