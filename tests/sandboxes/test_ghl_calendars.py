"""Calendars of the HighLevel sandbox: what is free, what is booked, what is refused. It is Sunday, 22 November 2026."""

import pytest

from tests.sandboxes.bench import PLACE, START

TAKEN = "The slot you have selected is no longer available."
MONDAY, WEDNESDAY = "2026-11-23", "2026-11-25"
BOOK = "/calendars/events/appointments"
BLOCK = "/calendars/events/block-slots"


def message(answer):
    return answer.status_code, answer.json()["message"]


def ids(crm, table):
    return [row["id"] for row in crm.app.store.rows(table)]


def wish(crm, start, at=0, **more):
    """At 0 stands the calendar with two people, at 1 that with one."""
    owner = {"calendarId": ids(crm, "calendars")[at], "contactId": ids(crm, "contacts")[9]}
    return {**PLACE, **owner, "startTime": start, **more}


def slots(crm, at=0, day=WEDNESDAY, **query):
    start = int(START * 1000)
    window = {"startDate": start, "endDate": start + 7 * 86_400_000, **query}
    return crm.get(f"/calendars/{ids(crm, 'calendars')[at]}/free-slots", params=window).get(day, {}).get("slots", [])


def events(crm, **query):
    window = {"startTime": 0, "endTime": int(START * 1000) + 40 * 86_400_000}
    return crm.get("/calendars/events", params={**PLACE, **window, **query})["events"]


@pytest.mark.parametrize("version", ["2021-04-15", "2021-07-28", "v3"])
def test_older_and_newer_versions_are_taken(crm, version):
    found = crm.get("/calendars/", params=PLACE, headers={"Version": version})["calendars"]

    assert [one["name"] for one in found] == ["Discovery call", "Project review"]


def test_free_slots_are_the_open_hours_without_what_is_booked(crm):
    assert [at[11:16] for at in slots(crm, at=1)] == ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "16:00"]
    assert slots(crm, at=1, day="2026-11-22") == []


def test_free_slots_come_in_the_time_zone_that_was_asked_for(crm):
    assert slots(crm, at=1)[:2] == ["2026-11-25T09:00:00-08:00", "2026-11-25T10:00:00-08:00"]
    assert slots(crm, at=1, timezone="Europe/Berlin")[:3] == [
        "2026-11-25T00:00:00+01:00",
        "2026-11-25T01:00:00+01:00",
        "2026-11-25T18:00:00+01:00",
    ]


def test_free_slots_of_a_user_leave_out_the_others(crm):
    first, second = ids(crm, "users")[:2]

    assert f"{MONDAY}T10:00:00-08:00" not in slots(crm, day=MONDAY, userId=first)
    assert f"{MONDAY}T10:00:00-08:00" in slots(crm, day=MONDAY, userId=second)


def test_booked_slot_is_seen_everywhere_in_the_locations_time(crm):
    made = crm.post(BOOK, wish(crm, "2026-11-25T17:00:00Z", at=1, title="Fitting"))

    times = made["startTime"], made["endTime"]
    assert times == ("2026-11-25T09:00:00-08:00", "2026-11-25T10:00:00-08:00")
    assert (made["appointmentStatus"], made["assignedUserId"]) == ("confirmed", ids(crm, "users")[2])
    assert made["id"] in [one["id"] for one in events(crm, calendarId=made["calendarId"])]
    assert crm.get(f"{BOOK}/{made['id']}")["appointment"]["title"] == "Fitting"
    (own,) = crm.get(f"/contacts/{made['contactId']}/appointments")["events"]
    assert (own["id"], own["startTime"], own["status"]) == (made["id"], "2026-11-25 09:00:00", "booked")
    assert crm.effects() == ["appointment.created"]


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-25T15:00:00-08:00",
        "2026-11-25T09:20:00-08:00",
        "2026-11-25T17:00:00-08:00",
        "2026-11-20T09:00:00-08:00",
    ],
    ids=["taken", "between two slots", "closed", "past"],
)
def test_slot_that_is_not_free_is_refused_unless_told_otherwise(crm, start):
    refused = crm.call("POST", BOOK, wish(crm, start, at=1))
    effects = crm.effects()
    made = crm.post(BOOK, wish(crm, start, at=1, ignoreFreeSlotValidation=True))

    assert message(refused) == (400, TAKEN)
    assert effects == []
    assert made["startTime"] == start


def test_slot_of_a_team_is_taken_when_all_of_it_is(crm):
    start = f"{MONDAY}T11:00:00-08:00"

    two = [crm.post(BOOK, wish(crm, start))["assignedUserId"] for _ in range(2)]

    assert two == ids(crm, "users")[:2]
    assert message(crm.call("POST", BOOK, wish(crm, start))) == (400, TAKEN)


def test_cancelled_appointment_gives_its_slot_back(crm):
    made = crm.post(BOOK, wish(crm, f"{WEDNESDAY}T09:00:00-08:00", at=1))
    before = slots(crm, at=1)

    crm.put(f"{BOOK}/{made['id']}", {"appointmentStatus": "cancelled"})

    assert slots(crm, at=1)[0] == made["startTime"]
    assert made["startTime"] not in before


def test_moved_appointment_keeps_its_length_and_does_not_stand_in_its_own_way(crm):
    start = f"{WEDNESDAY}T09:00:00-08:00"
    made = crm.post(BOOK, wish(crm, start, at=1, endTime=f"{WEDNESDAY}T09:45:00-08:00"))

    same = crm.put(f"{BOOK}/{made['id']}", {"startTime": start})
    moved = crm.put(f"{BOOK}/{made['id']}", {"startTime": f"{WEDNESDAY}T11:00:00-08:00"})

    assert same["endTime"] == f"{WEDNESDAY}T09:45:00-08:00"
    assert moved["endTime"] == f"{WEDNESDAY}T11:45:00-08:00"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"calendarId": "gone"}, "Calendar with id gone not found"),
        ({"contactId": "gone"}, "The contact id is invalid."),
        ({"assignedUserId": "gone"}, "The user id not part of calendar team."),
        ({"startTime": "soon"}, "startTime must be a valid ISO 8601 date string"),
        ({"shoeSize": 40}, "property shoeSize should not exist"),
        (
            {"appointmentStatus": "maybe"},
            "appointmentStatus must be one of the following values: new, confirmed, cancelled, showed, noshow, invalid",
        ),
    ],
)
def test_wrong_wish_is_refused_with_its_reason(crm, change, said):
    answer = crm.call("POST", BOOK, {**wish(crm, f"{WEDNESDAY}T09:00:00-08:00", at=1), **change})

    assert message(answer) == (400, said)


def test_blocked_time_is_not_offered_and_deleted_it_is_again(crm):
    times = {"startTime": f"{WEDNESDAY}T09:00:00-08:00", "endTime": f"{WEDNESDAY}T12:00:00-08:00"}
    made = crm.post(BLOCK, {**PLACE, **times, "assignedUserId": ids(crm, "users")[2], "title": "Dentist"})
    blocked = slots(crm, at=1)

    gone = crm.call("DELETE", f"/calendars/events/{made['id']}", {})

    assert blocked[0] == f"{WEDNESDAY}T12:00:00-08:00"
    assert (gone.status_code, gone.json()["succeeded"]) == (201, True)
    assert slots(crm, at=1)[0] == times["startTime"]
    assert crm.effects() == ["block.created", "block.deleted"]


def test_time_is_blocked_for_a_calendar_or_a_user_not_both(crm):
    times = {**PLACE, "startTime": f"{WEDNESDAY}T09:00:00-08:00", "endTime": f"{WEDNESDAY}T12:00:00-08:00"}
    both = {"calendarId": ids(crm, "calendars")[0], "assignedUserId": ids(crm, "users")[0]}

    for owner in ({}, both):
        answer = crm.call("POST", BLOCK, times | owner)
        assert message(answer) == (400, "Either calendarId or assignedUserId can be set, not both.")


def test_events_want_an_owner_and_free_slots_a_month_at_most(crm):
    day = 86_400_000
    alone = crm.call("GET", "/calendars/events", params={**PLACE, "startTime": 0, "endTime": day})
    far = crm.call("GET", f"/calendars/{ids(crm, 'calendars')[0]}/free-slots?startDate=0&endDate={32 * day}")

    assert message(alone) == (400, "Either of userId, calendarId or groupId is required")
    assert message(far) == (400, "Date range cannot be more than 31 days")


def test_events_of_a_group_are_those_of_its_calendars(crm):
    assert len(events(crm, groupId=ids(crm, "calendar_groups")[0])) == 6
    assert len(events(crm, userId=ids(crm, "users")[2])) == 2


def test_group_has_a_slug_of_its_own_and_leaves_its_calendars(crm):
    group = {"name": "Second", "description": "x", "slug": "studio-calls"}
    free = crm.post("/calendars/groups/validate-slug", {**PLACE, "slug": "studio-calls"})["available"]

    refused = crm.call("POST", "/calendars/groups", {**PLACE, **group})
    assert crm.call("DELETE", f"/calendars/groups/{ids(crm, 'calendar_groups')[0]}").status_code == 200

    assert free is False
    assert message(refused) == (400, "The slug studio-calls is taken.")
    assert all("groupId" not in one for one in crm.get("/calendars/", params=PLACE)["calendars"])


def test_equipment_serves_one_calendar_and_rooms_many(crm):
    thing = {**PLACE, "name": "Projector", "description": "x", "calendarIds": ids(crm, "calendars")}
    counted = {"quantity": 1, "outOfService": 0, "capacity": 1}

    refused = crm.call("POST", "/calendars/resources/equipments", {**thing, **counted})
    crm.post("/calendars/resources/rooms", {**thing, **counted})

    assert message(refused) == (400, "One equipment can only be mapped with one service calendar.")
    (room,) = crm.get("/calendars/resources/rooms", params={**PLACE, "limit": 5, "skip": 0})
    assert room["resourceType"] == "rooms"


def test_notifications_come_in_a_list_and_stay_when_deleted(crm):
    path = f"/calendars/{ids(crm, 'calendars')[0]}/notifications"
    kinds = [{"receiverType": "contact", "channel": way, "notificationType": "booked"} for way in ("sms", "email")]

    made = crm.post(path, kinds)
    assert crm.call("DELETE", f"{path}/{made[0]['_id']}").status_code == 200

    left = crm.get(path, params={"deleted": "false"})
    assert [one["channel"] for one in left] == ["email"]
    assert [one["deleted"] for one in crm.get(path)] == [True, False]


def test_notes_of_an_appointment_come_newest_first_in_parts(crm):
    path = f"/calendars/appointments/{ids(crm, 'appointments')[0]}/notes"
    for at in range(3):
        crm.post(path, {"body": f"Note {at}", "userId": ids(crm, "users")[0]})

    part = crm.get(path, params={"limit": 2, "offset": 0})

    assert [one["body"] for one in part["notes"]] == ["Note 2", "Note 1"]
    assert (part["hasMore"], part["notes"][0]["createdBy"]["name"]) == (True, "Maren Holtby")
    assert crm.call("GET", path, params={"limit": 21, "offset": 0}).status_code == 400


def test_token_without_the_calendars_scopes_stays_outside(crm):
    narrow = crm.post("/_sandbox/tokens", {"scopes": "contacts.readonly"})["token"]

    answer = crm.call("GET", "/calendars/", params=PLACE, headers={"Authorization": f"Bearer {narrow}"})

    assert message(answer) == (401, "The token is not authorized for this scope.")
