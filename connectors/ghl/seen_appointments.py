"""Appointments: told by webhooks, and looked for in every calendar from three days ago on for 90 days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors import fields as f
from connectors.auth import sent_at
from connectors.errors import Forbidden, NotFound
from connectors.ghl import booking, choices, comparing, odd, records
from connectors.ghl.answers import explain
from connectors.ghl.appointments import STATUS as STATUSES
from connectors.ghl.base import CONTACT_OWN, DATED_CALENDARS, declared
from connectors.ghl.booking import VERSION
from connectors.ghl.sightings import person_of
from connectors.notation import fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
EVENTS = ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete")
BEFORE, AHEAD = timedelta(days=3), timedelta(days=90)
MOVED = ("start", "end", "calendar", "user")
CANCELLED = ("cancelled", "canceled")


def shape(record: Mapping[str, Any], contact: Mapping[str, Any] | None, calendar: str = "") -> Record:
    """As a trigger gives it, whichever way it came in."""
    return {
        "id": str(record.get("id") or ""),
        "title": str(record.get("title") or ""),
        "status": str(record.get("appointmentStatus") or record.get("appoinmentStatus") or ""),
        "starts_at": records.moment(record.get("startTime")),
        "ends_at": records.moment(record.get("endTime")),
        "calendar": {"id": str(record.get("calendarId") or ""), "name": calendar},
        "assigned_to": str(record.get("assignedUserId") or ""),
        "place": str(record.get("address") or ""),
        "notes": str(record.get("notes") or record.get("description") or ""),
        "created_at": records.moment(record.get("dateAdded")),
        "contact": records.person(contact or {"id": record.get("contactId")}),
    }


def sighting(record: Mapping[str, Any], **more: Any) -> Sighting:
    told = shape(record, None)
    values = {"status": told["status"].lower(), "start": told["starts_at"], "end": told["ends_at"]}
    values |= {"calendar": told["calendar"]["id"], "user": told["assigned_to"], "title": told["title"]}
    stamp = records.moment(record.get("dateUpdated") or record.get("dateAdded"))
    owner = str(record.get("locationId") or "")
    return Sighting(
        "appointment",
        told["id"],
        values,
        told,
        stamp=stamp,
        created=told["created_at"],
        complete=False,
        owner=owner,
        **more,
    )


def read(body: Mapping[str, Any], event: str) -> Sighting | None:
    """The record lies below `appointment`. By the documents' samples every one of the events is called
    AppointmentCreate, so it is judged by what it shows."""
    record = body.get("appointment")
    if event not in EVENTS or not isinstance(record, Mapping) or not record.get("id"):
        return None
    record = {"locationId": body.get("locationId"), **record}
    if event == "AppointmentDelete":
        owner = str(record.get("locationId") or "")
        return comparing.gone("appointment", str(record["id"]), shape(record, None), hint=event, owner=owner)
    return sighting(record, hint=event)


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    """The appointment, its contact and the name of its calendar: three calls."""
    path = fill("/calendars/events/appointments/{id}", {"id": record_id})
    response = yield from ask(Request("GET", path, headers=VERSION), explain, "get the appointment")
    record = {**booking.appointment_of(response.json, {})["appointment"], "id": record_id}
    contact = yield from person_of(record, context)
    calendars = yield from _calendars(context)
    name = next((str(c.get("name") or "") for c in calendars if c.get("id") == record.get("calendarId")), "")
    return replace(sighting(record), data=shape(record, contact, name), complete=True)


def _calendars(context: Context) -> Conversation[list[Record]]:
    try:
        return list((yield from choices.listed("/calendars/", "calendars", context, dated=DATED_CALENDARS)))
    except (NotFound, Forbidden):
        return []


def look(context: Context) -> Conversation[comparing.Look]:
    """One call for each calendar: the service lists events of one calendar, user or group at a time."""
    query = {"locationId": odd.location(context)}
    response = yield from ask(
        Request("GET", "/calendars/", query=query, headers=VERSION), explain, "list the calendars"
    )
    now = sent_at(response)
    window = {"startTime": _millis(now - BEFORE), "endTime": _millis(now + AHEAD)}
    found: dict[str, Sighting] = {}
    for calendar in (response.json or {}).get("calendars") or []:
        asked = {**query, **window, "calendarId": calendar["id"]}
        request = Request("GET", "/calendars/events", query=asked, headers=VERSION)
        listed = yield from ask(request, explain, "watch the calendars")
        rows = [row for row in (listed.json or {}).get("events") or [] if row.get("id") and not row.get("deleted")]
        found |= {str(row["id"]): sighting(row) for row in rows}
    return comparing.Look(list(found.values()), records.moment((now - BEFORE).isoformat()))


def _millis(at: Any) -> str:
    return str(int(at.timestamp() * 1000))


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    record = output.get("appointment")
    if not isinstance(record, Mapping) or not record.get("id"):
        return None
    values = sighting(record).values
    return str(record["id"]), {name: value for name, value in values.items() if value}


WATCHED = Watched(
    "appointment",
    "Appointments",
    EVENTS,
    read,
    reread,
    comparing.poll("appointment", look, reread, lambda seen: str(seen.values.get("start") or "")),
    "calendars.readonly calendars/events.readonly",
    told,
)


# Triggers


def booked(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    new = before is None and not now.gone
    return new and (records.is_since(now.created, since) or (not now.created and now.hint == "AppointmentCreate"))


def moved(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    if now.gone or before is None or "start" not in before:
        return False
    return any(before.get(name) != now.values.get(name) for name in MOVED)


def status_changed(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    if now.gone or before is None or "status" not in before:
        return False
    return bool(before["status"] != now.values.get("status"))


def cancelled(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.values.get("status") in CANCELLED and status_changed(before, now, since, inputs)


def deleted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.gone and not (before or {}).get("gone")


def elsewhere(inputs: Record, now: Sighting) -> str:
    """Another calendar or status than the recipe asks for."""
    calendar, there = str(inputs.get("calendar") or ""), now.data.get("calendar") or {}
    if calendar and there.get("id") and calendar != there["id"]:
        return f"It is in the calendar {there.get('name') or there['id']}, this recipe takes only {calendar}."
    wanted, status = str(inputs.get("status") or ""), str(now.data.get("status") or "")
    if wanted and wanted.lower() != status.lower():
        return f"Its status is {status or 'not known'}, this recipe takes only {wanted}."
    return ""


def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    """Those booked last."""
    seen = yield from look(context)
    fit = [one for one in seen.found if not elsewhere(inputs, one)]
    return sorted(fit, key=lambda one: one.created, reverse=True)[:10]


CALENDAR = f.choice("calendar", "Only in this calendar; empty: in any.", source="calendars")
STATUS = f.choice("status", "Only when it becomes this; empty: any.", choices=STATUSES.choices)
SAMPLE = {
    "id": "YS3jaqqeehkR2Is80miy",
    "title": "First call",
    "status": "confirmed",
    "starts_at": "2026-12-01T09:00:00.000Z",
    "ends_at": "2026-12-01T09:30:00.000Z",
    "calendar": {"id": "BqTwX8QFwXzpegMve9EQ", "name": "First calls"},
    "assigned_to": "0IHuJvc2ofPAAA8GzTRi",
    "place": "https://meet.harbour-studio.example/first",
    "notes": "Asks about a new web shop.",
    "created_at": "2026-11-20T15:45:00.000Z",
}
LOOKED_FOR = "Where no webhook tells of it, Recette looks from three days ago on, 90 days ahead."


def triggers(person: Record) -> tuple[Trigger, ...]:
    """`person`: a contact as triggers give it."""
    sample = {**SAMPLE, "contact": person}
    shown = declared(sample, CONTACT_OWN)

    def made(name: str, label: str, fired: Any, *fields: f.Field, **more: Any) -> Trigger:
        return Trigger(
            f"ghl.appointment.{name}", label, "appointment", fired, elsewhere, fields=fields, outputs=shown,
            own=CONTACT_OWN, sample=sample, **{"latest": latest, "help": LOOKED_FOR, **more},
        )  # fmt: skip

    return (
        made("booked", "An appointment is booked", booked, CALENDAR, words=("new", "created", "meeting", "calendar")),
        made("moved", "An appointment is moved", moved, CALENDAR, words=("rescheduled", "reassigned", "meeting")),
        made(
            "status_changed", "An appointment changes its status", status_changed, STATUS, CALENDAR,
            words=("showed", "no show", "confirmed", "meeting"),
        ),
        made("cancelled", "An appointment is cancelled", cancelled, CALENDAR, words=("called off", "meeting")),
        made("deleted", "An appointment is deleted", deleted, CALENDAR, words=("removed", "meeting"), help=GONE),
    )  # fmt: skip


GONE = "Only what the webhook told of it is left; where none comes, only its ID."
