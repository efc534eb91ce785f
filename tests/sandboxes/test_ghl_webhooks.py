"""Webhooks of the HighLevel sandbox: signed, repeated, kept over a restart."""

import asyncio
import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from tests.sandboxes import bench
from tests.sandboxes.bench import LOCATION


def tag(crm, name="vip"):
    contact = crm.app.store.rows("contacts")[5]["id"]
    crm.do("add_tag", id=contact, tag=name)
    crm.quiet()
    return contact


def test_body_is_flat_with_the_whole_record_and_no_difference(crm):
    contact = tag(crm)

    update, tagged = crm.receiver.bodies

    assert (update["type"], tagged["type"]) == ("ContactUpdate", "ContactTagUpdate")
    assert (tagged["id"], tagged["locationId"], tagged["tags"]) == (contact, LOCATION, ["client", "vip"])
    assert tagged["appId"] == "6578278e879ad2646715ba9c"
    assert tagged["webhookId"] != update["webhookId"]
    assert tagged["timestamp"] == "2026-11-22T12:00:00.000Z"


def test_appointment_lies_below_its_name_and_each_change_of_it_is_told(crm):
    calendar, person = crm.app.store.rows("calendars")[0], crm.app.store.rows("contacts")[0]
    wish = {"calendarId": calendar["id"], "contactId": person["id"], "locationId": LOCATION}
    wish |= {"startTime": "2030-01-07T10:00:00-05:00", "ignoreFreeSlotValidation": True}

    made = crm.post("/calendars/events/appointments", wish)
    crm.call("PUT", f"/calendars/events/appointments/{made['id']}", {"appointmentStatus": "cancelled"})
    crm.call("DELETE", f"/calendars/events/{made['id']}")
    crm.quiet()

    told = [(body["type"], body["appointment"]["id"]) for body in crm.receiver.bodies]
    names = ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete")
    assert told == [(name, made["id"]) for name in names]


def test_message_is_told_by_its_direction_with_its_channel(crm):
    person = crm.app.store.rows("contacts")[20]["id"]

    crm.call("POST", "/conversations/messages", {"type": "SMS", "contactId": person, "message": "Hi."})
    crm.do("receive_message", id=person, text="Hello.")
    crm.quiet()

    told = [(b["type"], b["messageType"], b["direction"], b["body"]) for b in crm.receiver.bodies]
    assert told == [("OutboundMessage", "SMS", "outbound", "Hi."), ("InboundMessage", "SMS", "inbound", "Hello.")]


def test_signature_is_ed25519_over_the_raw_body(crm):
    tag(crm)
    sent = crm.receiver.got[0]
    key = serialization.load_pem_public_key(crm.call("GET", "/_sandbox/public_key").content)
    signature = base64.b64decode(sent.headers["x-ghl-signature"])

    key.verify(signature, sent.content)
    with pytest.raises(InvalidSignature):
        key.verify(signature, sent.content + b" ")
    assert "x-wh-signature" not in sent.headers


def test_old_signature_comes_too_when_asked_for():
    for crm in bench.ghl(old_signature=True):
        tag(crm)
        sent = crm.receiver.got[0]
        key = serialization.load_pem_public_key(crm.call("GET", "/_sandbox/old_public_key").content)
        signature = base64.b64decode(sent.headers["x-wh-signature"])

        key.verify(signature, sent.content, padding.PKCS1v15(), hashes.SHA256())


def test_delivery_is_repeated_with_the_same_id_until_it_is_taken(crm):
    crm.post("/_sandbox/app", {"events": ["ContactTagUpdate"]})
    crm.receiver.statuses = [500, 401, 200]

    tag(crm)

    assert len({body["webhookId"] for body in crm.receiver.bodies}) == 1
    line = crm.get("/_sandbox/deliveries")["deliveries"][0]
    assert (line["state"], [one["status"] for one in line["attempts"]]) == ("delivered", [500, 401, 200])


def test_delivery_is_given_up_after_twelve_attempts(crm):
    crm.post("/_sandbox/app", {"events": ["ContactTagUpdate"]})
    crm.receiver.statuses = [500] * 20

    tag(crm)

    assert len(crm.receiver.got) == 12
    assert crm.get("/_sandbox/deliveries")["deliveries"][0]["state"] == "failed"


def test_delivery_can_be_sent_again_by_hand(crm):
    crm.post("/_sandbox/app", {"events": ["ContactTagUpdate"]})
    tag(crm)

    crm.post("/_sandbox/resend", {"id": crm.receiver.bodies[0]["webhookId"]})
    crm.quiet()

    assert crm.receiver.got[0].content == crm.receiver.got[1].content


@pytest.mark.parametrize(
    "app",
    [{"webhook_url": ""}, {"installed": False}, {"events": ["ContactCreate"]}, {"scopes": "opportunities.readonly"}],
)
def test_nothing_goes_out_that_is_not_ticked_installed_and_allowed(crm, app):
    crm.post("/_sandbox/app", app)

    tag(crm)

    assert crm.receiver.got == []


def test_unknown_parts_of_an_app_are_refused(crm):
    assert crm.call("POST", "/_sandbox/app", {"colour": "red"}).status_code == 400


def test_pending_delivery_goes_out_after_a_restart(tmp_path):
    for crm in bench.ghl(tmp_path, retry_base=3600.0):
        crm.post("/_sandbox/app", {"events": ["ContactTagUpdate"]})
        crm.receiver.statuses = [500]
        crm.do("add_tag", id=crm.app.store.rows("contacts")[5]["id"], tag="vip")
        crm.loop.run_until_complete(_until(lambda crm=crm: crm.receiver.got))
    for crm in bench.ghl(tmp_path):
        crm.get("/_sandbox/state")
        crm.quiet()

        assert [body["type"] for body in crm.receiver.bodies] == ["ContactTagUpdate"]
        assert crm.get("/_sandbox/deliveries")["deliveries"][0]["state"] == "delivered"


async def _until(ready):
    while not ready():
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
