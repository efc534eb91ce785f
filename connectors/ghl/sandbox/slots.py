"""When a calendar can be booked: its open hours, in the location's time, less what is taken."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.ghl.sandbox import refusals

Record = dict[str, Any]
Taken = tuple[datetime, datetime, Record]
OVER = ("cancelled", "noshow", "invalid")


def zone(box: Any) -> ZoneInfo:
    return ZoneInfo(box.store.get("locations", box.location())["timezone"])


def moment(text: Any, name: str) -> datetime:
    """A time with its offset; one without is taken for UTC."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise refusals.bad(f"{name} must be a valid ISO 8601 date string") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def local(box: Any, at: datetime) -> str:
    """`2026-12-01T10:00:00-08:00`"""
    return at.astimezone(zone(box)).isoformat(timespec="seconds")


def length(calendar: Record, name: str = "slotDuration") -> timedelta:
    size = int(calendar.get(name) or 30)
    return timedelta(minutes=size * (60 if calendar.get(f"{name}Unit") == "hours" else 1))


def team(calendar: Record) -> list[str]:
    """Who takes its appointments; one without a team has one nameless place."""
    return [member["userId"] for member in calendar.get("teamMembers") or []] or [""]


def offered(box: Any, calendar: Record, start: datetime, end: datetime) -> Iterator[datetime]:
    """Where its slots begin, free or not, from start until before end."""
    where = zone(box)
    day, last = start.astimezone(where).date(), end.astimezone(where).date()
    while day <= last:
        yield from (at for at in _of_day(calendar, day, where) if start <= at < end)
        day += timedelta(days=1)


def _of_day(calendar: Record, day: date, where: ZoneInfo) -> Iterator[datetime]:
    for row in calendar.get("openHours") or []:
        for hours in row["hours"] if day.isoweekday() % 7 in row["daysOfTheWeek"] else ():
            at = datetime.combine(day, time(hours["openHour"], hours["openMinute"] % 60), where)
            until = datetime.combine(day, time(hours["closeHour"], hours["closeMinute"] % 60), where)
            while at + length(calendar) <= until:
                yield at
                at += length(calendar, "slotInterval")


def taken(box: Any, leaving: str = "") -> list[Taken]:
    """Every appointment that stands and every block, but one."""
    rows = [row for row in box.store.rows("appointments") if row["appointmentStatus"] not in OVER]
    rows += box.store.rows("blocks")
    return [
        (moment(row["startTime"], "startTime"), moment(row["endTime"], "endTime"), row)
        for row in rows
        if row["id"] != leaving
    ]


def free(calendar: Record, people: list[str], busy: list[Taken], start: datetime, end: datetime) -> list[str]:
    """Those of the people who have time; a block of the calendar takes it from all."""
    here = [row for begins, ends, row in busy if begins < end and ends > start]
    if any(is_block(row) and row.get("calendarId") == calendar["id"] for row in here):
        return []
    return [one for one in people if _has_room(calendar, one, here)]


def _has_room(calendar: Record, person: str, here: list[Record]) -> bool:
    own = [row for row in here if row.get("assignedUserId", "") == person]
    if person and any(is_block(row) for row in own):
        return False
    booked = [row for row in own if not is_block(row) and (person or row["calendarId"] == calendar["id"])]
    return len(booked) < (calendar.get("appoinmentPerSlot") or 1)


def is_block(row: Record) -> bool:
    return "appointmentStatus" not in row


def open_slots(box: Any, calendar: Record, people: list[str], start: datetime, end: datetime) -> list[datetime]:
    """The free ones, never in the past."""
    now, busy = datetime.fromtimestamp(box.clock(), UTC), taken(box)
    found = offered(box, calendar, max(start, now), end)
    return [at for at in found if free(calendar, people, busy, at, at + length(calendar))]


def next_free(box: Any, calendar: Record) -> tuple[str, str]:
    """(where the next free slot begins, who has time for it); in an hour, when the next two weeks are full."""
    now = datetime.fromtimestamp(box.clock(), UTC)
    people = team(calendar)
    found = open_slots(box, calendar, people, now, now + timedelta(days=14))
    if not found:
        return local(box, now + timedelta(hours=1)), people[0]
    return local(box, found[0]), free(calendar, people, taken(box), found[0], found[0] + length(calendar))[0]
