"""Calendars, their groups and their free slots."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.ghl.sandbox import refusals, slots
from connectors.ghl.sandbox.calendar_shapes import (
    CALENDAR,
    CREATE_CALENDAR,
    CREATE_GROUP,
    GROUP,
    GROUP_STATUS,
    SLUG,
    fit,
)
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.times import millis
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "calendars.readonly", "calendars.write"
GROUPS_READ, GROUPS_WRITE = "calendars/groups.readonly", "calendars/groups.write"
MONTH = 31 * 86_400_000
BLANK = {
    "isActive": True,
    "description": "",
    "calendarType": "personal",
    "widgetType": "classic",
    "eventColor": "#039be5",
    "slotDuration": 30,
    "slotDurationUnit": "mins",
    "slotInterval": 30,
    "slotIntervalUnit": "mins",
    "appoinmentPerSlot": 1,
    "autoConfirm": True,
    "allowReschedule": True,
    "allowCancellation": True,
}


def make(box: Any, data: Record) -> Record:
    _fit(box, data)
    return box.store.put("calendars", {"id": box.new_id("calendars"), **BLANK, "locationId": box.location(), **data})


def make_group(box: Any, data: Record) -> Record:
    return box.store.put("calendar_groups", {"id": box.new_id("calendar_groups"), "isActive": True, **data})


def _fit(box: Any, data: Record, own: str = "") -> None:
    if data.get("groupId") and not box.store.get("calendar_groups", data["groupId"]):
        raise refusals.bad("The group id is invalid.")
    for member in data.get("teamMembers") or []:
        if not box.store.get("users", member.get("userId", "")):
            raise refusals.bad(f"The user id {member.get('userId')} is invalid.")
    _alone(box, "calendars", data, own)


def _alone(box: Any, table: str, data: Record, own: str = "") -> None:
    others = {row.get("slug") for row in box.store.rows(table) if row["id"] != own}
    if data.get("slug") and data["slug"] in others:
        raise refusals.bad(f"The slug {data['slug']} is taken.")


def calendar(box: Any, call: Call) -> Record:
    return box.find("calendars", "Calendar", call.args["calendarId"])


@ROUTES.on("GET", "/calendars/", scope=READ, place="query")
def listed(box: Any, call: Call) -> Any:
    group = call.query.get("groupId", "")
    return {"calendars": [row for row in box.store.rows("calendars") if group in ("", row.get("groupId"))]}


@ROUTES.on("POST", "/calendars/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Any:
    data = fit(call.fields(), CREATE_CALENDAR)
    made = make(box, data)
    box.effect("calendar.created", made["id"], data)
    return {"calendar": made}


@ROUTES.on("GET", "/calendars/{calendarId}", scope=READ)
def read(box: Any, call: Call) -> Any:
    return {"calendar": calendar(box, call)}


@ROUTES.on("PUT", "/calendars/{calendarId}", scope=WRITE)
def update(box: Any, call: Call) -> Any:
    old, data = calendar(box, call), fit(call.fields(), CALENDAR)
    _fit(box, data, old["id"])
    done = box.store.put("calendars", old | data)
    box.effect("calendar.updated", old["id"], data)
    return {"calendar": done}


@ROUTES.on("DELETE", "/calendars/{calendarId}", scope=WRITE)
def delete(box: Any, call: Call) -> Any:
    gone = calendar(box, call)
    box.store.drop("calendars", gone["id"])
    box.effect("calendar.deleted", gone["id"], {})
    return {"success": True}


@ROUTES.on("GET", "/calendars/{calendarId}/free-slots", scope=READ)
def free_slots(box: Any, call: Call) -> Any:
    found = calendar(box, call)
    start, end = window(call, "startDate", "endDate")
    where = _zone(box, call.query.get("timezone", ""))
    wanted = call.query.get("userId", "")
    people = [one for one in slots.team(found) if wanted in ("", one)]
    days: dict[str, Any] = {}
    for at in slots.open_slots(box, found, people, start, end):
        shown = at.astimezone(where)
        days.setdefault(f"{shown:%Y-%m-%d}", {"slots": []})["slots"].append(shown.isoformat(timespec="seconds"))
    return days


def window(call: Call, first: str, last: str, most: int = MONTH) -> tuple[datetime, datetime]:
    """The times of the query, which come as milliseconds; at most so many apart, 0 for any."""
    texts = [call.query.get(name, "") for name in (first, last)]
    if not all(text.isdigit() for text in texts):
        raise refusals.bad(f"{first} and {last} must be times in milliseconds")
    if most and millis(texts[1]) - millis(texts[0]) > most:
        raise refusals.bad("Date range cannot be more than 31 days")
    start, end = (datetime.fromtimestamp(millis(text) / 1000, UTC) for text in texts)
    return start, end


def _zone(box: Any, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else slots.zone(box)
    except (ValueError, KeyError):
        raise refusals.bad(f"The timezone {name} is invalid.") from None


@ROUTES.on("GET", "/calendars/groups", scope=GROUPS_READ, place="query")
def groups(box: Any, call: Call) -> Any:
    return {"groups": box.store.rows("calendar_groups")}


@ROUTES.on("POST", "/calendars/groups", scope=GROUPS_WRITE, place="body")
def create_group(box: Any, call: Call) -> Answer:
    data = fit(call.fields(), CREATE_GROUP)
    _alone(box, "calendar_groups", data)
    made = make_group(box, data)
    box.effect("calendar_group.created", made["id"], data)
    return Answer(201, {"group": made})


@ROUTES.on("POST", "/calendars/groups/validate-slug", scope=GROUPS_WRITE, place="body")
def validate_slug(box: Any, call: Call) -> Any:
    wanted = fit(call.fields(), SLUG)["slug"]
    return {"available": all(row["slug"] != wanted for row in box.store.rows("calendar_groups"))}


@ROUTES.on("PUT", "/calendars/groups/{groupId}", scope=GROUPS_WRITE)
def update_group(box: Any, call: Call) -> Any:
    data = fit(call.fields(), GROUP)
    _alone(box, "calendar_groups", data, call.args["groupId"])
    return {"group": _regroup(box, call, data)}


@ROUTES.on("PUT", "/calendars/groups/{groupId}/status", scope=GROUPS_WRITE)
def group_status(box: Any, call: Call) -> Any:
    _regroup(box, call, fit(call.fields(), GROUP_STATUS))
    return {"success": True}


def _regroup(box: Any, call: Call, data: Record) -> Record:
    done = box.store.put("calendar_groups", box.find("calendar_groups", "Group", call.args["groupId"]) | data)
    box.effect("calendar_group.updated", done["id"], data)
    return done


@ROUTES.on("DELETE", "/calendars/groups/{groupId}", scope=GROUPS_WRITE)
def delete_group(box: Any, call: Call) -> Any:
    gone = box.find("calendar_groups", "Group", call.args["groupId"])
    box.store.drop("calendar_groups", gone["id"])
    for row in [row for row in box.store.rows("calendars") if row.get("groupId") == gone["id"]]:
        box.store.put("calendars", {name: value for name, value in row.items() if name != "groupId"})
    box.effect("calendar_group.deleted", gone["id"], {})
    return {"success": True}
