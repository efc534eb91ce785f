"""What a declaration of calendars can't say: times as HighLevel wants them, and looking for what was booked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import Refused, Unclear
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED_CALENDARS
from connectors.ghl.records import moment
from connectors.notation import Values, fill
from connectors.pages import ask, by_offset, listed, walk
from connectors.spec import Context, Conversation, Request

VERSION = {"Version": DATED_CALENDARS}
MONTH = timedelta(days=31)
LAST_YEAR = 9000
MOST_NOTES = 20
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
WEEK = {"every_day": [*range(7)], "weekdays": [*range(1, 6)], **{day: [at] for at, day in enumerate(DAYS)}}
Prepare = Callable[[Values, Context], Values]


def local(*names: str) -> Prepare:
    """The times with the location's own offset: that is all HighLevel learns of the time zone, and it has been seen
    not to know a free slot again that was written in UTC (public code, read 2026-11-29)."""

    def prepare(values: Values, context: Context) -> Values:
        zone = _zone(context)
        return values | {name: _time(values[name]).astimezone(zone) for name in names if zone and values.get(name)}

    return prepare


def _zone(context: Context) -> ZoneInfo | None:
    """The location's, as the connection's test read it."""
    try:
        return ZoneInfo(context.account.settings.get("timezone") or "none")
    except (ValueError, KeyError):
        return None


def in_millis(*names: str) -> Prepare:
    """The times as milliseconds since 1970, written as text."""

    def prepare(values: Values, context: Context) -> Values:
        return values | {name: _millis(values[name]) for name in names if values.get(name)}

    return prepare


def within_a_month(values: Values, context: Context) -> Values:
    start, end = values.get("startDate"), values.get("endDate")
    if start and end and _time(end) - _time(start) > MONTH:
        raise Refused("HighLevel looks for free slots in 31 days at most: choose an earlier end.", field="endDate")
    return in_millis("startDate", "endDate")(values, context)


def one_owner(values: Values, context: Context) -> Values:
    if values.get("calendarId") and values.get("assignedUserId"):
        raise Refused("A time is blocked for a calendar or for a user, not for both.", field="assignedUserId")
    return local("startTime", "endTime")(values, context)


def slots(answer: Any, values: Values) -> Values:
    """HighLevel answers `{"2026-12-01": {"slots": [...]}}`, with other things beside the days."""
    table = {day: held["slots"] for day, held in sorted((answer or {}).items()) if _has_slots(held)}
    every = [slot for found in table.values() for slot in found]
    days = [{"date": day, "slots": found} for day, found in table.items()]
    return {"found": bool(every), "first": every[0] if every else "", "slots": every, "days": days}


def _has_slots(held: Any) -> bool:
    return isinstance(held, dict) and bool(held.get("slots"))


def opened(body: Values) -> Values:
    """Rows of day, from and to as the hours that HighLevel keeps."""
    rows = body.pop("openHours", [])
    if rows:
        body["openHours"] = [{"daysOfTheWeek": WEEK[row["day"]], "hours": [_hours(row)]} for row in rows]
    return body


def _hours(row: Values) -> Values:
    (open_hour, open_minute), (close_hour, close_minute) = _clock(row["from"]), _clock(row["to"])
    return {"openHour": open_hour, "openMinute": open_minute, "closeHour": close_hour, "closeMinute": close_minute}


def _clock(text: str) -> tuple[int, int]:
    try:
        at = datetime.strptime(text.strip(), "%H:%M")  # noqa: DTZ007 -- a time of any day
    except ValueError:
        raise Refused(f"{text!r} is no time of day such as 09:00.", field="openHours") from None
    return at.hour, at.minute


def appointment_of(answer: Any, values: Values) -> Values:
    """The document says `event`; HighLevel was seen to say `appointment`."""
    return {"appointment": answer.get("appointment") or answer.get("event") or answer}


def event_gone(answer: Any, values: Values) -> Values:
    return {"event": {"deleted": True, "found": True}}


def group_set(answer: Any, values: Values) -> Values:
    """The service only says that it worked."""
    return {"group": {"id": values["groupId"], "isActive": values["isActive"]}}


def listing(body: Values) -> list[Values]:
    """HighLevel makes several at once; we make one."""
    return [body]


def notification(answer: Any, values: Values) -> Values:
    """The one, which comes in a list when it is new."""
    one = answer[:1] if isinstance(answer, list) else [answer]
    return {"notification": _named(one[0] if one and one[0] else {})}


def notifications(answer: Any, values: Values) -> Values:
    return {"notifications": [_named(one) for one in answer or []]}


def resources(answer: Any, values: Values) -> Values:
    return {"resources": [_named(one) for one in answer or []]}


def resource_of(answer: Any, values: Values) -> Values:
    return {"resource": _named(answer)}


def _named(record: Values) -> Values:
    """With the id where people look for it."""
    rest = {name: value for name, value in record.items() if name not in ("_id", "id")}
    return {"id": record.get("id") or record.get("_id") or "", **rest}


def find_appointment(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contact's appointments that begin at this moment in this calendar; one that was cancelled before we began
    isn't ours."""
    found = yield from _events("/calendars/events", values, context, calendarId=values["calendarId"])
    began = moment(int(context.since * 1000))
    wanted = {"contactId": values["contactId"], "calendarId": values["calendarId"]}
    return [
        {"appointment": one}
        for one in found
        if odd.fits(one, wanted) and _begins(one, values) and not _cancelled_before(one, began)
    ]


def find_block(values: Values, context: Context) -> Conversation[list[Values]]:
    """The same time, blocked for the same calendar or user under the same title."""
    whose = {"calendarId": values.get("calendarId"), "userId": values.get("assignedUserId")}
    found = yield from _events("/calendars/blocked-slots", values, context, **whose)
    wanted = {name: values.get(name) for name in ("calendarId", "assignedUserId", "title")}
    return [{"event": one} for one in found if odd.fits(one, wanted) and _begins(one, values) and _ends(one, values)]


def find_group(values: Values, context: Context) -> Conversation[list[Values]]:
    """The group with this slug, which no other can have."""
    found = yield from _all("/calendars/groups", "groups", context)
    return [{"group": one} for one in found if one.get("slug") == values.get("slug")]


def find_calendar(values: Values, context: Context) -> Conversation[list[Values]]:
    """The calendar with this slug. Raises Unclear without one: names may be the same."""
    if not values.get("slug"):
        raise Unclear("The calendar has no slug to look by. Look in HighLevel, then tell Recette.")
    found = yield from _all("/calendars/", "calendars", context)
    return [{"calendar": one} for one in found if values["slug"] in (one.get("slug"), one.get("widgetSlug"))]


def find_note(values: Values, context: Context) -> Conversation[list[Values]]:
    """The appointment's notes whose last line is our reference."""
    path = fill("/calendars/appointments/{appointmentId}/notes", values)
    request = Request("GET", path, query={"limit": MOST_NOTES, "offset": 0}, headers=VERSION)
    following = by_offset(MOST_NOTES, "offset")
    notes = yield from walk(request, explain, "look for the note", listed("notes"), following)
    return [{"note": one} for one in notes if odd.last_line(one) == f"ref {context.marker}"]


def _events(path: str, values: Values, context: Context, **whose: Any) -> Conversation[list[Values]]:
    """What begins in the minute of `startTime`, or soon after."""
    start = _time(values["startTime"])
    if start.year > LAST_YEAR:
        raise Refused(f"no calendar reaches to the year {start.year}.", field="startTime")
    window = {"startTime": _millis(start), "endTime": _millis(start + timedelta(days=1))}
    query = {"locationId": odd.location(context), **{k: v for k, v in whose.items() if v}, **window}
    response = yield from ask(Request("GET", path, query=query, headers=VERSION), explain, "look for the appointment")
    return list((response.json or {}).get("events") or [])


def _all(path: str, key: str, context: Context) -> Conversation[list[Values]]:
    request = Request("GET", path, query={"locationId": odd.location(context)}, headers=VERSION)
    response = yield from ask(request, explain, f"list the {key}")
    return list((response.json or {}).get(key) or [])


def _begins(record: Values, values: Values) -> bool:
    return moment(record.get("startTime")) == moment(_time(values["startTime"]).isoformat())


def _ends(record: Values, values: Values) -> bool:
    return moment(record.get("endTime")) == moment(_time(values["endTime"]).isoformat())


def _cancelled_before(record: Values, began: str) -> bool:
    return record.get("appointmentStatus") == "cancelled" and moment(record.get("dateAdded")) < began


def _time(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _millis(value: Any) -> str:
    return str(int(_time(value).timestamp() * 1000))
