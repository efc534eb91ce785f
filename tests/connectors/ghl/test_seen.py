"""Appointments, tasks and messages: from webhooks and from lists."""

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from connectors.errors import NotFound
from connectors.ghl import CONNECTOR, seen_appointments, seen_messages, seen_tasks
from connectors.ghl.base import sample
from tests.connectors.talk import answer, make_context, talk

SINCE = "2026-11-22T10:00:00.250000+00:00"
NOON = format_datetime(datetime(2026, 11, 22, 12, tzinfo=UTC), usegmt=True)
CONTACT = {"contact": {**sample("contact"), "id": "seD4PfOuKoVMLkEZqohJ"}}


def fires(key, before, now, **inputs):
    return CONNECTOR.triggers[f"ghl.{key}"].fired(before, now, SINCE, inputs)


def why_not(key, now, **inputs):
    return CONNECTOR.triggers[f"ghl.{key}"].why_not(inputs, now)


def here():
    return make_context(location_id="loc1")


# Appointments


def booked(**changes):
    return seen_appointments.sighting({**sample("calendar_event"), "dateAdded": "2026-11-20T16:45:00+01:00", **changes})


def delivered(event, **changes):
    body = {"type": event, "locationId": "loc1", "appointment": {**sample("calendar_event"), **changes}}
    return CONNECTOR.watched["appointment"].read(body, event)


def test_webhook_shows_an_appointment_to_be_read_again():
    now = delivered("AppointmentCreate")

    assert (now.object, now.record_id, now.owner, now.complete) == (
        "appointment",
        "YS3jaqqeehkR2Is80miy",
        "ve9EPM428h8vShlRW1KT",
        False,
    )
    assert now.values["start"] == "2026-12-01T09:00:00.000Z"
    assert fires("appointment.booked", None, delivered("AppointmentCreate", dateAdded="2026-11-22T10:00:00Z"))
    assert fires("appointment.booked", None, delivered("AppointmentCreate", dateAdded=""))


def test_old_appointment_first_seen_by_a_webhook_was_not_booked_now():
    for event in ("AppointmentCreate", "AppointmentUpdate"):
        now = delivered(event, appointmentStatus="cancelled")
        fired = [n for n in ("booked", "moved", "status_changed", "cancelled") if fires(f"appointment.{n}", None, now)]

        assert fired == []


def test_delivery_without_an_appointment_is_passed_over():
    assert CONNECTOR.watched["appointment"].read({"type": "AppointmentCreate"}, "AppointmentCreate") is None
    assert CONNECTOR.watched["appointment"].read({"appointment": {"id": "x"}}, "ContactCreate") is None


def test_appointment_is_booked_once_and_not_because_it_was_there():
    new = booked(dateAdded="2026-11-22T11:30:00+01:00")

    assert fires("appointment.booked", None, new)
    assert not fires("appointment.booked", new.values, new)
    assert not fires("appointment.booked", None, booked())


def test_appointment_moves_in_time_calendar_or_to_somebody_else():
    before = booked()
    later, other = booked(startTime="2026-12-02T10:00:00+01:00"), booked(assignedUserId="somebody")

    assert [fires("appointment.moved", before.values, now) for now in (later, other, before)] == [True, True, False]
    assert not fires("appointment.moved", before.values, booked(title="Another title"))


def test_status_is_told_and_a_cancelled_one_too():
    before, came, off = booked(), booked(appointmentStatus="showed"), booked(appointmentStatus="cancelled")

    assert fires("appointment.status_changed", before.values, came)
    assert not why_not("appointment.status_changed", came, status="showed")
    assert "takes only noshow" in why_not("appointment.status_changed", came, status="noshow")
    assert [fires("appointment.cancelled", before.values, now) for now in (came, off)] == [False, True]
    assert not fires("appointment.cancelled", off.values, off)


def test_update_by_the_name_of_a_new_one_is_judged_by_what_it_shows():
    """By the documents' samples every event of an appointment is called AppointmentCreate."""
    before = booked()
    now = delivered("AppointmentCreate", startTime="2026-12-02T10:00:00+01:00")

    assert not fires("appointment.booked", before.values, now)
    assert fires("appointment.moved", before.values, now)


def test_deleted_appointment_is_told_with_what_the_webhook_said():
    now = delivered("AppointmentDelete")

    assert (now.gone, now.complete, now.data["title"]) == (True, True, "First call")
    assert fires("appointment.deleted", booked().values, now)
    assert not fires("appointment.deleted", {"gone": True}, now)
    for name in ("booked", "moved", "status_changed", "cancelled"):
        assert not fires(f"appointment.{name}", None, now)


def test_other_calendars_are_left_out_with_their_name():
    now = replace(booked(), data={**booked().data, "calendar": {"id": "c9", "name": "Reviews"}})

    assert (
        why_not("appointment.booked", now, calendar="c1") == "It is in the calendar Reviews, this recipe takes only c1."
    )
    assert not why_not("appointment.booked", now, calendar="c9")


def calendars(*ids):
    return answer({"calendars": [{"id": one, "name": one} for one in ids]}, date=NOON)


def events(*rows):
    return answer({"events": list(rows)})


def test_poll_goes_through_every_calendar_and_first_only_notes():
    poll, row = CONNECTOR.watched["appointment"].poll, sample("calendar_event")

    page, asked = talk(poll({}, here()), calendars("c1", "c2"), events(row), events({**row, "id": "other"}))

    assert (page.baseline, len(page.sightings)) == (True, 2)
    assert [r.query.get("calendarId") for r in asked] == [None, "c1", "c2"]
    assert (asked[1].query["startTime"], asked[1].query["endTime"]) == ("1795089600000", "1803124800000")
    assert page.cursor == {
        "held": {"YS3jaqqeehkR2Is80miy": "2026-12-01T09:00:00.000Z", "other": "2026-12-01T09:00:00.000Z"}
    }


def test_what_vanished_before_its_time_is_deleted_and_what_is_past_is_not():
    held = {"gone": "2026-12-01T09:00:00.000Z", "past": "2026-11-18T09:00:00.000Z"}

    missing = NotFound("There is no such appointment.")

    page, asked = talk(
        CONNECTOR.watched["appointment"].poll({"held": held}, here()), calendars("c1"), events(), missing
    )

    assert [(s.record_id, s.gone) for s in page.sightings] == [("gone", True)]
    assert (page.baseline, page.cursor) == (False, {"held": {}})
    assert asked[-1].path == "/calendars/events/appointments/gone"


def test_what_only_moved_out_of_sight_is_not_deleted():
    row = {**sample("calendar_event"), "startTime": "2027-12-01T10:00:00+01:00"}
    held = {row["id"]: "2026-12-01T09:00:00.000Z"}
    nobody = answer({"contact": {}})

    page, _ = talk(
        CONNECTOR.watched["appointment"].poll({"held": held}, here()),
        calendars("c1"),
        events(),
        answer({"appointment": row}),
        nobody,
        calendars("c1"),
    )

    assert [(s.gone, s.values["start"]) for s in page.sightings] == [(False, "2027-12-01T09:00:00.000Z")]


def test_appointment_read_again_has_its_contact_and_the_name_of_its_calendar():
    row = sample("calendar_event")
    named = answer({"calendars": [{"id": row["calendarId"], "name": "First calls"}]})

    now, asked = talk(
        CONNECTOR.watched["appointment"].reread(row["id"], here()), answer({"appointment": row}), answer(CONTACT), named
    )

    assert (now.complete, now.data["calendar"]["name"], now.data["contact"]["id"]) == (
        True,
        "First calls",
        "seD4PfOuKoVMLkEZqohJ",
    )
    assert asked[0].path == f"/calendars/events/appointments/{row['id']}"


# Tasks


def task(**changes):
    return seen_tasks.sighting({**sample("task"), **changes})


def test_task_is_named_by_its_contact_too():
    assert task().record_id == "seD4PfOuKoVMLkEZqohJ/lJpzYrWdpkC2hX6t2yue"
    assert task(contactId=None).record_id == "lJpzYrWdpkC2hX6t2yue"
    assert (task().complete, task(contactId=None).complete) == (False, True)


def test_task_is_created_completed_changed_and_deleted():
    open_, done = task(), task(completed=True)
    gone = CONNECTOR.watched["task"].read({**sample("task"), "type": "TaskDelete"}, "TaskDelete")

    assert fires("task.created", None, open_)
    assert not fires("task.created", open_.values, done)
    assert [fires("task.completed", before, done) for before in (open_.values, done.values, None)] == [
        True,
        False,
        True,
    ]
    assert fires("task.changed", open_.values, task(dueDate="2026-12-24T09:00:00.000Z"))
    assert not fires("task.changed", open_.values, done)
    assert fires("task.deleted", open_.values, gone)
    assert not any(fires(f"task.{name}", None, gone) for name in ("created", "completed", "changed"))


def test_webhook_and_list_show_one_task():
    body = {name: value for name, value in sample("task").items() if name != "completed"}

    made = CONNECTOR.watched["task"].read(body, "TaskCreate")
    assert {**made.values, "done": False} == task().values
    assert "done" not in made.values, "it may come late, when the task is done"
    assert CONNECTOR.watched["task"].read(body, "TaskComplete").values == task(completed=True).values


def test_tasks_are_listed_to_the_end():
    tasks = [{**sample("task"), "id": f"t{n}"} for n in range(101)]
    full, rest = answer({"tasks": tasks[:100]}), answer({"tasks": tasks[90:]})

    page, asked = talk(CONNECTOR.watched["task"].poll({}, here()), full, rest)

    assert (len(page.sightings), page.baseline) == (101, True)
    assert [(r.json["skip"], r.effect) for r in asked] == [(0, False), (90, False)]


def test_task_that_left_the_list_is_deleted():
    cursor = {"held": {"seD4PfOuKoVMLkEZqohJ/old": "9999"}}

    missing = NotFound("There is no such task.")

    page, _ = talk(CONNECTOR.watched["task"].poll(cursor, here()), answer({"tasks": []}), missing)

    assert [(s.object, s.record_id, s.gone) for s in page.sightings] == [("task", "seD4PfOuKoVMLkEZqohJ/old", True)]


def test_task_told_without_its_contact_is_left_to_the_list():
    body = {"id": "t1", "title": "Call", "locationId": "l"}

    assert CONNECTOR.watched["task"].read(body, "TaskCreate") is None


def test_nothing_is_taken_for_deleted_when_there_was_more_than_could_be_read():
    full = [answer({"tasks": [{**sample("task"), "id": f"t{p}-{n}"} for n in range(100)]}) for p in range(50)]

    page, _ = talk(CONNECTOR.watched["task"].poll({"held": {"c/old": "9999"}}, here()), *full)

    assert not any(s.gone for s in page.sightings)
    assert "c/old" in page.cursor["held"]


def test_task_is_read_again_below_its_contact():
    now, asked = talk(
        CONNECTOR.watched["task"].reread("seD4PfOuKoVMLkEZqohJ/lJpz", here()),
        answer({"task": sample("task")}),
        answer(CONTACT),
    )

    assert asked[0].path == "/contacts/seD4PfOuKoVMLkEZqohJ/tasks/lJpz"
    assert (now.record_id, now.data["contact"]["id"]) == ("seD4PfOuKoVMLkEZqohJ/lJpz", "seD4PfOuKoVMLkEZqohJ")


def test_tasks_of_others_are_left_out():
    assert "assigned to 0IHuJvc2ofPAAA8GzTRi" in why_not("task.created", task(), user="me")
    assert not why_not("task.created", task(), user="0IHuJvc2ofPAAA8GzTRi")


def test_our_own_task_comes_back_as_the_same_values():
    inputs, output = {"contactId": "seD4PfOuKoVMLkEZqohJ"}, {"task": sample("task")}

    assert CONNECTOR.watched["task"].told(inputs, output) == (task().record_id, task().values)


# Messages


def message(**changes):
    return seen_messages.sighting({**sample("message"), "dateAdded": "2026-11-22T11:00:00.000Z", **changes})


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("TYPE_SMS", "SMS"),
        ("SMS", "SMS"),
        ("TYPE_EMAIL", "Email"),
        ("Email", "Email"),
        ("TYPE_CUSTOM_PROVIDER_SMS", "SMS"),
        ("GMB", "Google Business"),
        ("TYPE_LIVE_CHAT", "Live chat"),
        ("TYPE_ACTIVITY_OPPORTUNITY", ""),
        ("TYPE_REVIEW", "Review"),
    ],
)
def test_channel_is_one_word_whichever_way_it_came(kind, channel):
    assert seen_messages.channel({"messageType": kind}) == channel


def test_message_in_and_out_each_start_their_own():
    came, went = message(), message(direction="outbound")

    assert [fires("message.received", None, one) for one in (came, went)] == [True, False]
    assert [fires("message.sent", None, one) for one in (came, went)] == [False, True]
    assert not fires("message.received", came.values, came)
    assert not fires("message.received", None, message(dateAdded="2026-11-20T11:00:00.000Z"))


def test_delivery_of_a_message_has_its_own_spelling():
    body = {
        "type": "InboundMessage",
        "messageId": "m1",
        "messageType": "SMS",
        "body": "Hi",
        "contactId": "c",
        "locationId": "l",
    }

    now = CONNECTOR.watched["message"].read(body, "InboundMessage")

    assert (now.record_id, now.data["channel"], now.data["direction"], now.owner) == ("m1", "SMS", "inbound", "l")
    assert fires("message.received", None, now)


def test_message_by_another_way_or_without_the_words_is_left_out():
    assert "by SMS" in why_not("message.received", message(), channel="Email")
    assert not why_not("message.received", message(), channel="SMS", contains="quote")
    whole = replace(message(), complete=True)
    assert why_not("message.received", whole, contains="offer") == "“offer” doesn't stand in it."
    assert not why_not("message.received", whole, contains="The QUOTE")


def test_first_look_at_messages_only_sets_the_mark():
    page, asked = talk(
        CONNECTOR.watched["message"].poll({}, here()), answer({"messages": [sample("message")]}, date=NOON)
    )

    assert (page.sightings, page.cursor) == ([], {"since": "2026-11-22T12:00:00.000Z"})
    assert asked[0].query["sortOrder"] == "desc"


def test_later_looks_ask_for_mails_too_and_leave_out_activities():
    mail = {**sample("message"), "id": "mail", "messageType": "TYPE_EMAIL", "dateAdded": "2026-11-22T12:30:00.000Z"}
    won = {**sample("message"), "id": "deal", "messageType": "TYPE_ACTIVITY_OPPORTUNITY"}
    page, asked = talk(
        CONNECTOR.watched["message"].poll({"since": "2026-11-22T12:00:00.000Z"}, here()),
        answer({"messages": [won, sample("message")], "nextCursor": None}),
        answer({"messages": [mail], "nextCursor": None}),
    )

    assert [s.record_id for s in page.sightings] == [sample("message")["id"], "mail"]
    assert [r.query.get("channel") for r in asked] == [None, "Email"]
    assert asked[0].query["startDate"] == "2026-11-22T11:55:00.000Z"
    assert (page.cursor, page.more) == ({"since": "2026-11-22T12:30:00.000Z"}, False)


def test_walk_that_was_cut_goes_on_from_where_it_ended():
    def texts(page):
        at = f"2026-11-22T10:{page:02}:00.000Z"
        rows = [{**sample("message"), "id": f"m{page}-{n}", "dateAdded": at} for n in range(100)]
        return answer({"messages": rows, "nextCursor": str(page)})

    mail = {**sample("message"), "id": "mail", "messageType": "TYPE_EMAIL", "dateAdded": "2026-11-22T12:30:00.000Z"}
    poll = CONNECTOR.watched["message"].poll({"since": "2026-11-22T09:00:00.000Z"}, here())

    page, _ = talk(poll, *[texts(number) for number in range(10)], answer({"messages": [mail]}))

    assert (page.cursor, page.more) == ({"since": "2026-11-22T10:09:00.000Z"}, True)


def test_message_of_our_own_comes_back_with_what_we_noted():
    inputs, output = {"type": "SMS"}, {"messageId": "m1", "conversationId": "c1", "status": "pending"}
    body = {"messageId": "m1", "messageType": "SMS", "direction": "outbound", "contactId": "c", "locationId": "l"}

    record_id, left = CONNECTOR.watched["message"].told(inputs, output)

    now = CONNECTOR.watched["message"].read(body, "OutboundMessage")
    assert (record_id, left) == (now.record_id, now.values)


def test_mail_read_again_brings_its_whole_text_and_the_contact():
    mail = {
        **sample("message"),
        "messageType": "TYPE_EMAIL",
        "body": "Offer",
        "meta": {"email": {"messageIds": ["e1"]}},
    }

    now, asked = talk(
        CONNECTOR.watched["message"].reread("m1", here()),
        answer(mail),
        answer({"subject": "Offer", "body": "<p>The whole of it.</p>"}),
        answer(CONTACT),
    )

    assert (now.data["subject"], now.data["text"]) == ("Offer", "<p>The whole of it.</p>")
    assert [r.path for r in asked][1] == "/conversations/messages/email/e1"
