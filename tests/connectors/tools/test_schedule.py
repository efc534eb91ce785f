from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Refused
from connectors.tools import CONNECTOR, cron, schedule

BERLIN = "Europe/Berlin"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("inputs", "after", "due"),
    [
        ({"every": "hour", "at": "00:15"}, "2026-11-22T09:10:00+00:00", "2026-11-22T09:15:00+00:00"),
        ({"every": "hour", "at": "09:15"}, "2026-11-22T09:15:00+00:00", "2026-11-22T10:15:00+00:00"),
        ({"every": "day", "at": "09:00"}, "2026-11-22T07:59:00+00:00", "2026-11-22T09:00:00+01:00"),
        ({"every": "day", "at": "9:00"}, "2026-11-22T08:00:00+00:00", "2026-11-23T09:00:00+01:00"),
        ({"every": "week", "at": "09:00", "weekdays": ["1"]}, "2026-11-22T12:00:00+00:00", "2026-11-23T09:00:00+01:00"),
        ({"every": "week", "weekdays": ["1", "5"]}, "2026-11-23T12:00:00+00:00", "2026-11-27T09:00:00+01:00"),
        ({"every": "week", "at": "09:00", "weekdays": "7"}, "2026-11-22T12:00:00+00:00", "2026-11-29T09:00:00+01:00"),
        ({"every": "month", "at": "09:00", "day": 5}, "2026-11-22T12:00:00+00:00", "2026-12-05T09:00:00+01:00"),
        ({"every": "month", "at": "09:00", "day": 31}, "2026-02-01T12:00:00+00:00", "2026-02-28T09:00:00+01:00"),
        ({"every": "month", "at": "09:00", "day": 31}, "2026-11-22T12:00:00+00:00", "2026-11-30T09:00:00+01:00"),
        ({"every": "day", "zone": "Asia/Tokyo"}, "2026-11-22T12:00:00+00:00", "2026-11-23T09:00:00+09:00"),
        ({"every": "hour", "at": "00:15", "zone": "Asia/Kolkata"}, "2026-11-22T12:00:00Z", "2026-11-22T12:45:00Z"),
        ({}, "2026-11-22T12:00:00+00:00", "2026-11-23T09:00:00+01:00"),
        ({"every": "cron", "cron": "0 9 * * 1-5"}, "2026-11-27T12:00:00Z", "2026-11-30T09:00:00+01:00"),
        ({"every": "cron", "cron": "*/20 8-18/2 * * *"}, "2026-11-27T09:21:00Z", "2026-11-27T10:40:00+01:00"),
        ({"every": "cron", "cron": "30 6 1,15 * *"}, "2026-11-02T12:00:00Z", "2026-11-15T06:30:00+01:00"),
        ({"every": "cron", "cron": "0 0 13 * fri"}, "2026-11-07T00:00:00Z", "2026-11-13T00:00:00+01:00"),
        ({"every": "cron", "cron": "0 0 13 * fri"}, "2026-11-13T12:00:00Z", "2026-11-20T00:00:00+01:00"),
        ({"every": "cron", "cron": "5 4 * * 7"}, "2026-11-22T12:00:00Z", "2026-11-29T04:05:00+01:00"),
        ({"every": "cron", "cron": "0 12 29 FEB *"}, "2026-11-22T12:00:00Z", "2028-02-29T12:00:00+01:00"),
        ({"every": "cron", "cron": "0 12 31 * *"}, "2026-11-22T12:00:00Z", "2026-12-31T12:00:00+01:00"),
        ({"every": "cron", "cron": "* * * * *", "zone": "UTC"}, "2026-11-22T12:00:30Z", "2026-11-22T12:01:00Z"),
    ],
)  # fmt: skip
def test_next_moment(inputs, after, due):
    assert schedule.next_due(inputs, at(after), BERLIN) == at(due)


def test_hour_that_spring_skips_comes_when_it_was_skipped():
    due = schedule.next_due({"every": "day", "at": "02:30"}, at("2026-03-28T12:00:00+00:00"), BERLIN)

    assert due == at("2026-03-29T01:00:00+00:00"), "03:00 there, when 02:00 would have been"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@given(minute=st.integers(0, 1439), hours=st.integers(0, 8760))
def test_every_day_has_one_moment_whatever_the_clock_does(zone, minute, hours):
    rule = {"every": "day", "at": f"{minute // 60:02}:{minute % 60:02}"}
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)

    first = schedule.next_due(rule, after, zone)
    second = schedule.next_due(rule, first, zone)

    assert timedelta(0) < first - after <= timedelta(hours=26)
    assert timedelta(hours=22) <= second - first <= timedelta(hours=26)


def test_hour_that_autumn_repeats_comes_once():
    first = schedule.next_due({"every": "day", "at": "02:30"}, at("2026-10-24T12:00:00+00:00"), BERLIN)
    second = schedule.next_due({"every": "day", "at": "02:30"}, first, BERLIN)

    assert (first, second) == (at("2026-10-25T00:30:00+00:00"), at("2026-10-26T01:30:00+00:00"))


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"at": "25:00"}, "at"),
        ({"at": "noon"}, "at"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"every": "week", "weekdays": ["9"]}, "every"),
    ],
)  # fmt: skip
def test_rule_that_names_no_moment_is_refused_at_its_field(inputs, field):
    with pytest.raises(Refused) as caught:
        schedule.next_due(inputs, at("2026-11-22T12:00:00+00:00"), BERLIN)

    assert caught.value.field == field


def test_recipe_is_told_the_moment_in_the_workspaces_words():
    body = schedule.moment(at("2026-11-23T08:00:00+00:00"), BERLIN)

    sighting = CONNECTOR.watched["schedule"].read(body, "")

    assert sighting.data == CONNECTOR.triggers["tools.schedule.due"].sample
    assert (sighting.object, sighting.record_id, sighting.values) == ("schedule", "2026-11-23T08:00:00+00:00", {})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "This one has 0"),
        ("0 9 * *", "This one has 4"),
        ("60 * * * *", "“60” is no minute: it goes from 0 to 59"),
        ("* 24 * * *", "“24” is no hour"),
        ("* * 0 * *", "“0” is no day of the month"),
        ("* * * 13 *", "“13” is no month"),
        ("* * * * 8", "“8” is no day of the week"),
        ("5-1 * * * *", "“5-1” is no minute"),
        ("*/0 * * * *", "“*/0” is no minute"),
        ("a * * * *", "“a” can't be read as minute"),
        ("fri * * * *", "“fri” can't be read as minute"),
        ("* * * mon *", "“mon” can't be read as month"),
        ("-5 * * * *", "“-5” can't be read as minute"),
        ("1, * * * *", "“” can't be read as minute"),
        ("²  * * * *", "“²” can't be read as minute"),
        ("0 0 30 2 *", "No day is like that"),
        ("@daily", "This one has 1"),
    ],
)
def test_cron_line_that_is_none_says_what_is_wrong(line, says):
    with pytest.raises(Refused) as refusal:
        schedule.next_due({"every": "cron", "cron": line}, at("2026-11-22T12:00:00Z"), BERLIN)

    assert says in refusal.value.message
    assert refusal.value.field == "cron"


def due_between(line, start, end, zone=BERLIN):
    found, moment = [], at(start)
    while (moment := schedule.next_due({"every": "cron", "cron": line}, moment, zone)) < at(end):
        found.append(moment)
    return found


def test_cron_line_of_one_hour_comes_once_in_the_hour_that_autumn_repeats_and_in_the_one_that_spring_skips():
    assert due_between("30 2 * * *", "2026-10-24T20:00:00Z", "2026-10-25T20:00:00Z") == [at("2026-10-25T00:30:00Z")]
    assert due_between("30 2 * * *", "2026-03-28T20:00:00Z", "2026-03-29T20:00:00Z") == [at("2026-03-29T01:00:00Z")]


@pytest.mark.parametrize("day", ["2026-10-24", "2026-03-28", "2026-07-01"])
def test_cron_line_of_every_hour_comes_in_each_of_the_world_whatever_the_clock_does(day):
    start = at(f"{day}T20:00:00Z")
    found = due_between("*/15 * * * *", start.isoformat(), (start + timedelta(hours=12)).isoformat())

    assert found == [start + timedelta(minutes=15 * n) for n in range(1, 48)]


FIELD = st.sampled_from(["*", "*/7", "3", "1-5", "1,4", "2-6/2"])


@given(st.lists(FIELD, min_size=5, max_size=5), st.integers(0, 500_000))
def test_next_by_a_cron_line_is_the_first_minute_that_fits_it(fields, minutes):
    """Counted minute by minute, in a zone whose clock is never changed."""
    line, after = cron.parse(" ".join(fields)), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    due = schedule.next_due({"every": "cron", "cron": " ".join(fields)}, after, "UTC")

    moment = after + timedelta(minutes=1)
    while moment - after < timedelta(days=3) and not (line.is_day(moment.date()) and moment.time() in line.times):
        moment += timedelta(minutes=1)
    assert due == moment or due - after >= timedelta(days=3)


def test_times_of_a_rare_cron_line_that_were_missed_are_made_up_for():
    rule = {"every": "cron", "cron": "0 9 1 * *", "missed": "once"}
    due = at("2026-11-01T08:00:00Z")

    assert schedule.to_run(rule, due, at("2026-11-09T08:00:00Z"), BERLIN) == [due]
    assert schedule.to_run({**rule, "cron": "* * * * *"}, due, at("2026-11-09T08:00:00Z"), BERLIN) == [
        at("2026-11-09T08:00:00Z")
    ]
