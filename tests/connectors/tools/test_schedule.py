from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Refused
from connectors.tools import CONNECTOR, schedule

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
