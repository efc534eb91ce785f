import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from connectors import catalogue, wire
from connectors.client import build
from connectors.errors import Refused, Unclear
from connectors.ghl import appointments, calendar_parts, calendars
from connectors.ghl.sandbox import make_app
from connectors.outgoing import converse
from connectors.spec import Context, Response
from tests.connectors.talk import answer, make_context, talk

OPERATIONS = {**calendars.OPERATIONS, **calendar_parts.OPERATIONS, **appointments.OPERATIONS}
NINE = datetime(2026, 12, 1, 17, tzinfo=UTC)
TEN = datetime(2026, 12, 1, 18, tzinfo=UTC)
WISH = {"calendarId": "k1", "contactId": "c1", "startTime": NINE}
OF_NINE = {"startTime": "1796144400000", "endTime": "1796230800000"}
MARKER = "wf-" + "A" * 20

SEEDS = {
    "List Calendar Groups": "calendar_groups.list",
    "List Calendars": "calendars.list",
    "Get Calendar by ID": "calendars.get",
    "Get Free Slots": "calendars.free_slots",
    "List Calendar Events": "calendar_events.list",
    "List Blocked Slots": "blocked_slots.list",
    "Get Appointment": "appointments.get",
    "List Appointment Notes": "appointment_notes.list",
    "List Calendar Notifications": "calendar_notifications.list",
    "Get Calendar Notification": "calendar_notifications.get",
    "List Calendar Resources": "calendar_resources.list",
    "Get Calendar Resource": "calendar_resources.get",
    "Create Calendar Group": "calendar_groups.create",
    "Update Calendar Group": "calendar_groups.update",
    "Update Group Status": "calendar_groups.set_status",
    "Delete Calendar Group": "calendar_groups.delete",
    "Validate Group Slug": "calendar_groups.check_slug",
    "Create Calendar": "calendars.create",
    "Update Calendar": "calendars.update",
    "Delete Calendar": "calendars.delete",
    "Create Appointment": "appointments.create",
    "Update Appointment": "appointments.update",
    "Delete Event": "calendar_events.delete",
    "Create Block Slot": "blocked_slots.create",
    "Update Block Slot": "blocked_slots.update",
    "Create Appointment Note": "appointment_notes.create",
    "Update Appointment Note": "appointment_notes.update",
    "Delete Appointment Note": "appointment_notes.delete",
    "Create Calendar Notification": "calendar_notifications.create",
    "Update Notification": "calendar_notifications.update",
    "Delete Notification": "calendar_notifications.delete",
    "Create Calendar Resource": "calendar_resources.create",
    "Update Calendar Resource": "calendar_resources.update",
    "Delete Calendar Resource": "calendar_resources.delete",
}
"""How others call them, and what they are here."""


def perform(name, inputs, *answers, context=None):
    return talk(OPERATIONS[f"ghl.{name}"].perform(inputs, context or make_context()), *answers)


def find(name, inputs, *answers, context=None):
    return talk(OPERATIONS[f"ghl.{name}"].find(inputs, context or make_context()), *answers)


def event(id="a1", **values):
    return {"id": id, "calendarId": "k1", "contactId": "c1", "startTime": "2026-12-01T09:00:00-08:00", **values}


@pytest.mark.parametrize(("words", "key"), SEEDS.items())
def test_chooser_finds_it_first_by_the_name_it_has_elsewhere(words, key):
    assert next(iter(catalogue.search(words))).key == f"ghl.{key}"


def test_every_call_is_covered_and_bears_the_calendars_version():
    _, (request,) = perform("calendars.get", {"calendarId": "k1"}, answer({"calendar": {"id": "k1"}}))

    assert OPERATIONS.keys() == {f"ghl.{key}" for key in SEEDS.values()}
    assert (request.path, request.headers) == ("/calendars/k1", {"Version": "2021-04-15"})


# Appointments


def test_booking_goes_out_in_the_locations_own_time():
    here = make_context(timezone="America/Los_Angeles")

    out, (request,) = perform("appointments.create", WISH, answer({"id": "a1"}), context=here)

    assert (request.method, request.path) == ("POST", "/calendars/events/appointments")
    assert request.json == {**WISH, "locationId": "loc1", "startTime": "2026-12-01T09:00:00-08:00"}
    assert out == {"appointment": {"id": "a1"}}


@pytest.mark.parametrize("settings", [{}, {"timezone": "Harbour/Pier"}])
def test_booking_goes_out_as_given_where_the_locations_time_is_unknown(settings):
    _, (request,) = perform("appointments.create", WISH, answer({"id": "a1"}), context=make_context(**settings))

    assert request.json["startTime"] == "2026-12-01T17:00:00Z"


def test_slot_that_is_taken_is_told_in_highlevels_words():
    refusal = {"message": "The slot you have selected is no longer available.", "statusCode": 400}

    with pytest.raises(Refused) as caught:
        perform("appointments.create", WISH, answer(refusal, 400))

    assert caught.value.message == (
        "HighLevel refused to book an appointment: The slot you have selected is no longer available."
    )


def test_lost_booking_is_looked_for_in_its_slot():
    there = [
        event("ours"),
        event("another contact", contactId="c2"),
        event("another calendar", calendarId="k2"),
        event("later", startTime="2026-12-01T09:30:00-08:00"),
    ]

    found, (request,) = find("appointments.create", WISH, answer({"events": there}))

    assert [hit["appointment"]["id"] for hit in found] == ["ours"]
    assert request.path == "/calendars/events"
    assert request.query == {"locationId": "loc1", "calendarId": "k1", **OF_NINE}


def test_booking_cancelled_before_we_began_is_not_ours():
    since = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    context = Context(make_context().account, since=since)
    old, new = "2026-11-20T10:00:00-08:00", "2026-11-23T10:00:00-08:00"
    there = [event(at, appointmentStatus="cancelled", dateAdded=at) for at in (old, new)]

    found, _ = find("appointments.create", WISH, answer({"events": there}), context=context)

    assert [hit["appointment"]["id"] for hit in found] == [new]


class Sandbox:
    """Calls held against the sandbox, one after the other."""

    def __init__(self):
        self.app = make_app(rate_max=0)
        opening = self.app.connect() | {"base_url": "http://sandbox.test"}
        self.context = Context(catalogue.CONNECTORS["ghl"].account("token", opening), marker=MARKER)

    def perform(self, name, **inputs):
        return asyncio.run(converse(OPERATIONS[f"ghl.{name}"].perform(inputs, self.context), self._send))

    def find(self, name, **inputs):
        return asyncio.run(converse(OPERATIONS[f"ghl.{name}"].find(inputs, self.context), self._send))

    def first(self, table):
        return self.app.store.rows(table)[0]["id"]

    async def _send(self, request):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app)) as client:
            got = await client.send(build(self.context.account, request))
        return Response(got.status_code, dict(got.headers), got.content, wire.decode(got.content))


def test_booking_whose_answer_was_lost_is_found_again():
    box = Sandbox()
    start, end = (datetime.fromtimestamp(box.app.clock() + days * 86_400, UTC) for days in (0, 9))
    calendar = box.first("calendars")
    free = box.perform("calendars.free_slots", calendarId=calendar, startDate=start, endDate=end)
    wish = {"calendarId": calendar, "contactId": box.first("contacts"), "startTime": free["first"]}

    before = box.find("appointments.create", **wish)
    made = box.perform("appointments.create", **wish)
    after = box.find("appointments.create", **wish)

    assert before == []
    assert [hit["appointment"]["id"] for hit in after] == [made["appointment"]["id"]]


def test_note_whose_answer_was_lost_is_found_again_beyond_the_first_twenty():
    box = Sandbox()
    note = {"appointmentId": box.first("appointments"), "body": "Brings a drawing."}
    made = box.perform("appointment_notes.create", **note)
    for _ in range(20):
        box.app.store.put("appointment_notes", {**_stored(box), "id": box.app.new_id("appointment_notes"), "body": "x"})

    found = box.find("appointment_notes.create", **note)

    assert [hit["note"]["id"] for hit in found] == [made["note"]["id"]]
    assert found[0]["note"]["body"] == f"Brings a drawing.\n\nref {MARKER}"


def _stored(box):
    return box.app.store.rows("appointment_notes")[0]


def test_appointment_is_read_under_either_name():
    for name in ("appointment", "event"):
        out, _ = perform("appointments.get", {"appointmentId": "a1"}, answer({name: {"id": "a1"}}))
        assert out == {"appointment": {"id": "a1"}}


def test_events_are_asked_for_in_milliseconds():
    window = {"startTime": NINE, "endTime": "2026-12-02T17:00:00Z", "calendarId": "k1"}

    _, (request,) = perform("calendar_events.list", window, answer({"events": []}))

    assert request.query == {"locationId": "loc1", "calendarId": "k1", **OF_NINE}


def test_event_is_deleted_with_an_empty_body():
    out, (request,) = perform("calendar_events.delete", {"eventId": "a1"}, answer({"succeeded": True}, 201))

    assert (request.method, request.path, request.json) == ("DELETE", "/calendars/events/a1", {})
    assert out == {"event": {"deleted": True, "found": True}}


# Blocked times


def test_time_is_blocked_for_a_calendar_or_a_user_not_both():
    both = {"calendarId": "k1", "assignedUserId": "u1", "startTime": NINE, "endTime": TEN}

    with pytest.raises(Refused) as caught:
        perform("blocked_slots.create", both)

    assert (caught.value.message, caught.value.field) == (
        "A time is blocked for a calendar or for a user, not for both.",
        "assignedUserId",
    )


def test_lost_block_is_the_one_of_the_same_time_owner_and_title():
    wish = {"assignedUserId": "u1", "startTime": NINE, "endTime": TEN, "title": "Dentist"}
    ours = {"assignedUserId": "u1", "title": "Dentist", "startTime": "2026-12-01T17:00:00Z"}
    there = [
        {**ours, "id": "ours", "endTime": "2026-12-01T10:00:00-08:00"},
        {**ours, "id": "longer", "endTime": "2026-12-01T11:00:00-08:00"},
        {**ours, "id": "another", "endTime": "2026-12-01T10:00:00-08:00", "title": "Holiday"},
    ]

    found, (request,) = find("blocked_slots.create", wish, answer({"events": there}))

    assert [hit["event"]["id"] for hit in found] == ["ours"]
    assert request.query == {"locationId": "loc1", "userId": "u1", **OF_NINE}


# Calendars


def test_free_slots_are_listed_by_day_and_in_one_row():
    days = {"2026-12-02": {"slots": ["c"]}, "2026-12-01": {"slots": ["a", "b"]}, "traceId": "t"}

    out, (request,) = perform(
        "calendars.free_slots", {"calendarId": "k1", "startDate": NINE, "endDate": TEN}, answer(days)
    )

    assert request.query == {"startDate": "1796144400000", "endDate": "1796148000000"}
    assert out == {
        "found": True,
        "first": "a",
        "slots": ["a", "b", "c"],
        "days": [{"date": "2026-12-01", "slots": ["a", "b"]}, {"date": "2026-12-02", "slots": ["c"]}],
    }


def test_no_free_slot_is_no_error():
    window = {"calendarId": "k1", "startDate": NINE, "endDate": TEN}

    out, _ = perform("calendars.free_slots", window, answer({"traceId": "t"}))

    assert out == {"found": False, "first": "", "slots": [], "days": []}


def test_free_slots_of_more_than_a_month_are_refused_before_anything_is_sent():
    with pytest.raises(Refused) as caught:
        perform("calendars.free_slots", {"calendarId": "k1", "startDate": NINE, "endDate": "2027-01-02"})

    assert caught.value.field == "endDate"


def test_open_hours_are_written_as_highlevel_keeps_them():
    rows = [{"day": "weekdays", "from": "09:00", "to": "12:30"}, {"day": "sunday", "from": "10:00", "to": "11:00"}]

    _, (request,) = perform("calendars.create", {"name": "Fittings", "openHours": rows}, answer({"calendar": {}}))

    morning = {"openHour": 9, "openMinute": 0, "closeHour": 12, "closeMinute": 30}
    sunday = {"openHour": 10, "openMinute": 0, "closeHour": 11, "closeMinute": 0}
    assert request.json["openHours"] == [
        {"daysOfTheWeek": [1, 2, 3, 4, 5], "hours": [morning]},
        {"daysOfTheWeek": [0], "hours": [sunday]},
    ]


def test_open_hours_that_are_no_time_of_day_are_refused():
    rows = [{"day": "monday", "from": "nine", "to": "12:30"}]

    with pytest.raises(Refused) as caught:
        perform("calendars.update", {"calendarId": "k1", "openHours": rows})

    assert caught.value.message == "'nine' is no time of day such as 09:00."


@pytest.mark.parametrize(
    ("name", "plural", "one"), [("calendar_groups", "groups", "group"), ("calendars", "calendars", "calendar")]
)
def test_lost_group_or_calendar_is_the_one_with_the_slug(name, plural, one):
    there = [{"id": "1", "name": "Visits", "slug": "visits-2"}, {"id": "2", "name": "Visits", "slug": "visits"}]

    found, _ = find(f"{name}.create", {"name": "Visits", "slug": "visits"}, answer({plural: there}))

    assert found == [{one: there[1]}]


def test_lost_calendar_without_a_slug_is_for_a_person_to_look_for():
    with pytest.raises(Unclear):
        find("calendars.create", {"name": "Visits"})


def test_group_that_was_switched_says_so():
    out, (request,) = perform(
        "calendar_groups.set_status", {"groupId": "g1", "isActive": False}, answer({"success": True})
    )

    assert (request.method, request.path, request.json) == ("PUT", "/calendars/groups/g1/status", {"isActive": False})
    assert out == {"group": {"id": "g1", "isActive": False}}


def test_choices_name_calendars_and_groups():
    choices = catalogue.CONNECTORS["ghl"].choices

    found, (request,) = talk(
        choices["calendars"].load({}, make_context()), answer({"calendars": [{"id": "k1", "name": "Calls"}]})
    )
    groups, _ = talk(
        choices["calendar_groups"].load({}, make_context()), answer({"groups": [{"id": "g1", "name": "A"}]})
    )

    assert [(one.value, one.label) for one in (*found, *groups)] == [("k1", "Calls"), ("g1", "A")]
    assert request.headers == {"Version": "2021-04-15"}


# Rooms, equipment and notifications


def test_notification_goes_out_in_a_list_and_comes_back_alone():
    kind = {"receiverType": "contact", "channel": "email", "notificationType": "reminder"}
    ahead = {"beforeTime": [{"timeOffset": 2, "unit": "hours"}]}

    out, (request,) = perform(
        "calendar_notifications.create", {"calendarId": "k1", **kind, **ahead}, answer([{"_id": "n1", **kind}])
    )

    assert request.json == [{**kind, **ahead, "isActive": True}]
    assert out == {"notification": {"id": "n1", **kind}}


def test_bare_lists_get_a_name():
    rooms, (request,) = perform("calendar_resources.list", {"resourceType": "rooms"}, answer([{"name": "Loft"}]))
    notes, _ = perform("calendar_notifications.list", {"calendarId": "k1"}, answer([{"_id": "n1"}]))

    assert (request.path, request.query["limit"], request.query["skip"]) == ("/calendars/resources/rooms", 100, 0)
    assert rooms == {"resources": [{"id": "", "name": "Loft"}]}
    assert notes == {"notifications": [{"id": "n1"}]}
