"""What HighLevel tells by webhook alone."""

import pytest

from connectors.ghl import CONNECTOR, heard
from connectors.sandbox_kit.words import words
from tests.connectors.talk import make_context, talk

SINCE = "2026-11-22T10:00:00+00:00"
DOCUMENTED = words("""INSTALL UNINSTALL AppointmentCreate AppointmentUpdate AppointmentDelete AssociationCreate
    AssociationUpdate AssociationDelete CampaignStatusUpdate ContactCreate ContactUpdate ContactDelete
    ContactTagUpdate ContactDndUpdate ConversationUnreadUpdate InboundMessage OutboundMessage InvoiceCreate
    InvoiceUpdate InvoiceDelete InvoiceSent InvoicePaid InvoicePartiallyPaid InvoiceVoid LCEmailStats
    LocationCreate LocationUpdate NoteCreate NoteUpdate NoteDelete ObjectSchemaCreate ObjectSchemaUpdate
    OpportunityCreate OpportunityUpdate OpportunityDelete OpportunityStatusUpdate OpportunityStageUpdate
    OpportunityMonetaryValueUpdate OpportunityAssignedToUpdate OrderCreate OrderStatusUpdate PLAN_CHANGE
    PriceCreate PriceUpdate PriceDelete ProductCreate ProductUpdate ProductDelete Email RecordCreate
    RecordUpdate RecordDelete RelationCreate RelationDelete TaskCreate TaskComplete TaskDelete UserCreate""")
"""The 58 of the documents, as deliveries call them."""


def delivery(object, event, **changes):
    own = {"locationId": "loc1"} if object != "app" else {}
    return {"type": event, "webhookId": "w1", **heard.SAMPLES[object], **own, **changes}


def test_every_documented_event_belongs_to_one_object():
    owners = {event: [w.object for w in CONNECTOR.watched.values() if event in w.events] for event in DOCUMENTED}

    assert len(DOCUMENTED) == 58
    assert [event for event, found in owners.items() if len(found) != 1] == []


@pytest.mark.parametrize("key", [t.key for t in heard.TRIGGERS])
def test_each_trigger_starts_from_its_own_events_and_no_others(key):
    trigger = CONNECTOR.triggers[key]
    watched = CONNECTOR.watched[trigger.object]
    fired = {event for event in watched.events if trigger.fired(None, _read(trigger.object, event), SINCE, {})}

    assert fired == set(trigger.events)


def _read(object, event):
    now = CONNECTOR.watched[object].read(delivery(object, event), event)
    assert now
    return now


@pytest.mark.parametrize("object", list(heard.SAMPLES))
def test_delivery_gives_what_the_sample_promises(object):
    event = CONNECTOR.watched[object].events[0]
    now = _read(object, event)

    assert {**now.data, "type": ""} == {**heard.SAMPLES[object], "type": ""}
    assert now.record_id
    assert (now.values["event"], now.complete) == (event, True)
    assert now.owner == ("" if object == "app" else "loc1")


def test_same_event_of_a_record_is_news_each_time():
    first, second = (
        CONNECTOR.watched["note"].read(delivery("note", "NoteUpdate", webhookId=n), "NoteUpdate") for n in "12"
    )

    assert first.values != second.values


def test_record_below_data_is_found_too():
    body = {"type": "NoteCreate", "locationId": "loc1", "data": {"id": "n1", "body": "Hello"}}

    assert CONNECTOR.watched["note"].read(body, "NoteCreate").data["body"] == "Hello"


def test_other_events_of_a_mail_are_left_out():
    now = _read("email_event", "LCEmailStats")
    why_not = CONNECTOR.triggers["ghl.email_event.happened"].why_not

    assert why_not({"event": "clicked"}, now) == "The e-mail was opened, this recipe takes only clicked."
    assert not why_not({"event": "opened"}, now)
    assert not why_not({}, now)


def test_there_is_nothing_to_poll():
    page, asked = talk(CONNECTOR.watched["note"].poll({}, make_context()))

    assert (page.sightings, asked, page.more) == ([], [], False)


@pytest.mark.parametrize("key", ["ghl.contact.deleted", "ghl.opportunity.deleted", *[t.key for t in heard.TRIGGERS]])
def test_what_no_poll_finds_needs_the_webhook(key):
    assert CONNECTOR.triggers[key].needs_webhook


# Contacts and opportunities


def told(event, **record):
    kind = "contact" if event.startswith("Contact") else "opportunity"
    now = CONNECTOR.watched[kind].read({"type": event, "id": "r1", "locationId": "loc1", **record}, event)
    assert now
    return now


def fires(key, before, now, **inputs):
    return CONNECTOR.triggers[f"ghl.{key}"].fired(before, now, SINCE, inputs)


def test_deleted_contact_starts_only_what_waits_for_that():
    gone = told("ContactDelete", tags=["vip"], dateAdded="2026-11-22T11:00:00Z")

    assert fires("contact.deleted", {"tags": ["vip"]}, gone)
    assert not fires("contact.deleted", {"gone": True}, gone)
    for name in ("created", "updated", "tagged", "lost_tag", "do_not_disturb"):
        assert not fires(f"contact.{name}", None, gone, tag="vip")


def test_tag_that_is_taken_off():
    before, now = told("ContactUpdate", tags=["vip", "lead"]), told("ContactTagUpdate", tags=["lead"])

    assert fires("contact.lost_tag", before.values, now, tag="VIP")
    assert not fires("contact.lost_tag", before.values, now, tag="lead")
    assert not fires("contact.lost_tag", None, now, tag="vip")


def test_do_not_disturb_is_switched_one_way_or_the_other():
    off, on = told("ContactUpdate", dnd=False), told("ContactDndUpdate", dnd=True)

    assert fires("contact.do_not_disturb", off.values, on, turned="on")
    assert not fires("contact.do_not_disturb", off.values, on, turned="off")
    assert fires("contact.do_not_disturb", on.values, off, turned="off")
    assert fires("contact.do_not_disturb", None, on, turned="on")
    assert not fires("contact.do_not_disturb", None, told("ContactUpdate", dnd=True), turned="on")


def test_opportunity_that_changes_its_value_its_owner_or_anything():
    before = told("OpportunityUpdate", status="open", monetaryValue=100, assignedTo="ann", name="Deal")
    dearer = told("OpportunityMonetaryValueUpdate", status="open", monetaryValue=120, assignedTo="ann", name="Deal")
    passed_on = told("OpportunityUpdate", status="open", monetaryValue=100, assignedTo="bob", name="Deal")

    assert [fires("opportunity.value_changed", before.values, now) for now in (dearer, passed_on)] == [True, False]
    assert [fires("opportunity.reassigned", before.values, now) for now in (dearer, passed_on)] == [False, True]
    assert all(fires("opportunity.updated", before.values, now) for now in (dearer, passed_on))
    assert not fires("opportunity.updated", before.values, before)


def test_deleted_opportunity_starts_only_what_waits_for_that():
    gone = told("OpportunityDelete", status="won", dateAdded="2026-11-22T11:00:00Z")

    assert (gone.complete, fires("opportunity.deleted", {"status": "won"}, gone)) == (True, True)
    for name in ("won", "created", "updated", "status_changed", "stage_changed", "value_changed", "reassigned"):
        assert not fires(f"opportunity.{name}", None, gone)
