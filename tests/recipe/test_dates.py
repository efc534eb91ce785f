from datetime import UTC, date, datetime

import pytest

from builder.recipe import dates
from builder.recipe.errors import Wrong

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "22.11.2026",
        "22/11/2026",
        "11/22/2026",
        "22 Nov 2026",
        "22nd November 2026",
        "Nov 22, 2026",
        "Sunday 22 November 2026",
        "2026-11-22T10:00:00Z",
        "2026-11-21T23:30:00+00:00",
        "2026-11-22 10:00:00.123456789",
        "Sun, 22 Nov 2026 10:00:00 +0000",
        "1795305600",
        "1795305600000",
        1795305600,
        DAY,
        datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
    ],
)
def test_day_reads_common_spellings(text):
    assert dates.day(text, "Europe/Berlin") == DAY


@pytest.mark.parametrize("value", ["2026-02-30", "0000-01-01", 10**18, "2026-11-22T10:00:00+99:00", "22 Foo 2026"])
def test_day_refuses_what_does_not_exist(value):
    with pytest.raises(Wrong, match=r"isn't a date that exists\. Write it as year-month-day"):
        dates.day(value, "UTC")


@pytest.mark.parametrize("value", ["", "soon", True, None, [], "1" * 1000])
def test_day_refuses_what_is_none(value):
    with pytest.raises(Wrong, match=r"isn't a date\. Write it as year-month-day"):
        dates.day(value, "UTC")


def test_day_never_guesses_which_is_the_month():
    with pytest.raises(Wrong, match="“03/04/2026” can be read as day/month or month/day"):
        dates.day("03/04/2026", "UTC")


def test_instant_uses_the_zone_where_none_is_given():
    assert dates.instant("2026-07-01 10:00", "Europe/Berlin").isoformat() == "2026-07-01T10:00:00+02:00"
    assert dates.instant("2026-07-01T10:00:00Z", "Europe/Berlin").isoformat() == "2026-07-01T12:00:00+02:00"
    assert dates.instant(DAY, "Europe/Berlin").isoformat() == "2026-11-22T00:00:00+01:00"


def test_unknown_zone_is_a_sentence():
    with pytest.raises(Wrong, match="There is no time zone “Mars/Base”"):
        dates.instant("2026-11-22", "Mars/Base")


def test_plus_months_keeps_to_the_months_end():
    assert dates.plus_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert dates.plus_months(date(2027, 1, 31), -2) == date(2026, 11, 30)
    assert dates.plus_months(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.parametrize("move", [dates.plus_days, dates.plus_months])
def test_moves_outside_the_calendar_are_refused(move):
    with pytest.raises(Wrong, match="outside the calendar"):
        move(DAY, 10**9)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("iso", "2026-11-22"),
        ("short", "22 Nov 2026"),
        ("long", "Sunday 22 November 2026"),
        ("european", "22.11.2026"),
        ("us", "11/22/2026"),
        ("month", "November 2026"),
        ("datetime", "22 Nov 2026, 15:04"),
        ("%-m/%y %I:%M %p %% %Q", "11/26 03:04 PM % %Q"),
    ],
)
def test_written_by_name_and_by_letters(style, expected):
    assert dates.written(datetime(2026, 11, 22, 15, 4, tzinfo=UTC), style) == expected
