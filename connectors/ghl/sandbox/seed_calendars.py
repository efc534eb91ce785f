"""The agency's two calendars, and what stands in them around the first day."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from connectors.ghl.sandbox import appointments, calendars, slots

Record = dict[str, Any]
OPEN = {"openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 0}
HOURS = {"openHours": [{"daysOfTheWeek": [1, 2, 3, 4, 5], "hours": [OPEN]}]}
BOOKED = (
    (0, 0, -3, 10, "Ottilie's first call", "showed"),
    (0, 1, -2, 14, "Portfolio questions", "noshow"),
    (0, 2, 1, 10, "Pre-order walk-through", "confirmed"),
    (0, 6, 2, 11, "Survey portal, first call", "confirmed"),
    (1, 3, 3, 15, "Care plan review", "confirmed"),
    (1, 4, 4, 9, "Relaunch review", "cancelled"),
)


def plant(box: Any, people: list[Record], users: list[Record]) -> None:
    """Appointments by calendar, person, working days from today, hour, title and status."""
    made = _calendars(box, [user["id"] for user in users])
    for at, who, days, hour, title, status in BOOKED:
        start = _working_day(box, days, hour)
        person = {"contactId": people[who]["id"], "assignedUserId": slots.team(made[at])[0]}
        data = {"calendarId": made[at]["id"], "startTime": start, "title": title, "appointmentStatus": status}
        appointments.make(box, {**data, **person})


def _calendars(box: Any, users: list[str]) -> list[Record]:
    told = {"name": "Studio calls", "description": "Calls with the studio.", "slug": "studio-calls"}
    group = calendars.make_group(box, {**told, "locationId": box.location()})
    first = {"name": "Discovery call", "calendarType": "round_robin", "slug": "discovery-call", "groupId": group["id"]}
    second = {"name": "Project review", "calendarType": "personal", "slug": "project-review", "groupId": group["id"]}
    hourly = {"slotDuration": 1, "slotDurationUnit": "hours", "slotInterval": 1, "slotIntervalUnit": "hours"}
    return [
        calendars.make(box, {**first, **HOURS, "teamMembers": [{"userId": one} for one in users[:2]]}),
        calendars.make(box, {**second, **HOURS, **hourly, "teamMembers": [{"userId": users[2]}]}),
    ]


def _working_day(box: Any, days: int, hour: int) -> str:
    """A time so many working days from today."""
    where = slots.zone(box)
    day = datetime.fromtimestamp(box.clock(), UTC).astimezone(where).date()
    step = timedelta(days=1 if days > 0 else -1)
    while days:
        day += step
        days -= step.days if day.isoweekday() < 6 else 0
    return datetime.combine(day, time(hour), where).isoformat()
