"""Calendars: derived from calendars.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("calendars")
RULES = f.lines("rules", fields=(need(f.choice("type", choices=options("wday date"))),
    need(f.json("intervals", example='[{"from": "text", "to": "text"}]')), f.text("date", example="2023-04-15"),
    f.choice("day", choices=options("sunday monday tuesday wednesday thursday friday saturday")),))

OPERATIONS = resource(
    "calendars", "",
    get("get_all_schedules", "/calendars/schedules/search", "List availability schedules", LOCATION_QUERY,
        need(ref("userId")), ref("calendarId"), f.number("skip", example=0), f.number("limit", example=50),
        sample=S["get_all_schedules"], scopes="calendars.readonly"),
    get("get_schedule", "/calendars/schedules/{id}", "Get an availability schedule", sample=S["get_schedule"],
        scopes="calendars.readonly"),
    put("update_schedule", "/calendars/schedules/{id}", "Update an availability schedule", f.text("name"), RULES,
        f.text("timezone", example="America/Los_Angeles"), sample=S["update_schedule"], scopes="calendars.write"),
    delete("delete_schedule", "/calendars/schedules/{id}", "Delete an availability schedule",
        scopes="calendars.write"),
    post("create_schedule", "/calendars/schedules", "Create an availability schedule", LOCATION,
        need(f.text("timezone", example="America/New_York")), need(f.text("name")), need(ref("userId")), RULES,
        f.choices("calendarIds"), sample=S["create_schedule"], scopes="calendars.write"),
    put("add_calendar_to_schedule", "/calendars/schedules/{id}/associations/{calendarId}",
        "Apply an availability schedule to a calendar", sample=S["add_calendar_to_schedule"], bare=True,
        scopes="calendars.write"),
    delete("remove_calendar_from_schedule", "/calendars/schedules/{id}/associations/{calendarId}",
        "Take an availability schedule off a calendar", scopes="calendars.write"),
    version="2021-04-15", source="calendars.json", object="calendar",
)
