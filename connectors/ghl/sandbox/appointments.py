"""Appointments and blocked times: what stands in the calendars."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.ghl.sandbox import calendars, refusals, slots
from connectors.ghl.sandbox import events as told
from connectors.ghl.sandbox.calendar_shapes import APPOINTMENT, BLOCK, CREATE_APPOINTMENT, fit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
READ, WRITE = "calendars/events.readonly", "calendars/events.write"
EVENTS = "/calendars/events"
STEERING = words("overrideLocationConfig ignoreDateRange toNotify ignoreFreeSlotValidation meetingLocationId")
BOOKED = words("""id calendarId locationId contactId startTime endTime title meetingLocationType appointmentStatus
    assignedUserId address isRecurring rrule""")
TAKEN = "The slot you have selected is no longer available."


def make(box: Any, data: Record) -> Record:
    """Stores it, wherever it falls."""
    calendar = box.find("calendars", "Calendar", data["calendarId"])
    contact = box.store.get("contacts", data["contactId"]) or {}
    start = slots.moment(data["startTime"], "startTime")
    end = slots.moment(data["endTime"], "endTime") if data.get("endTime") else start + slots.length(calendar)
    now = slots.local(box, datetime.fromtimestamp(box.clock(), UTC))
    own = {"id": box.new_id("appointments"), "locationId": box.location(), "dateAdded": now, "dateUpdated": now}
    blank = {"title": contact.get("name") or calendar["name"], "address": "", "assignedUserId": "", "users": []}
    state = {"appointmentStatus": "confirmed" if calendar.get("autoConfirm", True) else "new", "notes": ""}
    given = {name: value for name, value in data.items() if name not in STEERING}
    times = {"startTime": slots.local(box, start), "endTime": slots.local(box, end)}
    return box.store.put("appointments", {**own, **blank, **state, "description": "", **given, **times})


def tell(box: Any, name: str, row: Record) -> None:
    calendar = box.store.get("calendars", row.get("calendarId", "")) or {}
    told.appointment(box, name, row, calendar.get("groupId", ""))


def event(box: Any, row: Record) -> Record:
    """As the lists show it; a blocked time has the same columns with nothing in them."""
    calendar = box.store.get("calendars", row.get("calendarId", "")) or {}
    blank = dict.fromkeys(words("contactId appointmentStatus calendarId assignedUserId"), "")
    own = {name: value for name, value in row.items() if name != "meetingLocationType"}
    more = {"groupId": calendar.get("groupId", ""), "users": [], "assignedResources": []}
    return {**blank, **more, "isRecurring": bool(row.get("rrule")), "createdBy": {"source": "third_party"}, **own}


def _booked(row: Record) -> Record:
    shown = {name: row[name] for name in BOOKED if name in row}
    return {**shown, "isRecurring": bool(row.get("rrule"))}


def _place(box: Any, data: Record, old: Record) -> Record:
    """The times and the person that the wish comes to. Raises a 400 when there is no such slot."""
    wish = {**old, **data}
    calendar = box.find("calendars", "Calendar", wish["calendarId"])
    start = slots.moment(wish["startTime"], "startTime")
    end = _end(calendar, data, old, start)
    people = _people(box, calendar, data.get("assignedUserId") or old.get("assignedUserId", ""))
    if data.get("ignoreFreeSlotValidation") or wish.get("appointmentStatus") in slots.OVER:
        found = people
    else:
        _in_time(box, calendar, data, start)
        found = slots.free(calendar, people, slots.taken(box, old.get("id", "")), start, end)
    if not found:
        raise refusals.bad(TAKEN)
    return {"startTime": slots.local(box, start), "endTime": slots.local(box, end), "assignedUserId": found[0]}


def _end(calendar: Record, data: Record, old: Record, start: datetime) -> datetime:
    """As wished for, else as long after the start as it was, else by the calendar."""
    if data.get("endTime"):
        end = slots.moment(data["endTime"], "endTime")
    elif old:
        end = start + (slots.moment(old["endTime"], "endTime") - slots.moment(old["startTime"], "startTime"))
    else:
        end = start + slots.length(calendar)
    if end <= start:
        raise refusals.bad("endTime must be after startTime")
    return end


def _people(box: Any, calendar: Record, wanted: str) -> list[str]:
    team = slots.team(calendar)
    if wanted and team != [""] and wanted not in team:
        raise refusals.bad("The user id not part of calendar team.")
    if wanted and not box.store.get("users", wanted):
        raise refusals.bad("The assigned user id is invalid.")
    return [wanted] if wanted else team


def _in_time(box: Any, calendar: Record, data: Record, start: datetime) -> None:
    past = start.timestamp() < box.clock() and not data.get("ignoreDateRange")
    if past or start not in slots.offered(box, calendar, start, start + timedelta(seconds=1)):
        raise refusals.bad(TAKEN)


@ROUTES.on("POST", EVENTS + "/appointments", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Any:
    data = fit(call.fields(), CREATE_APPOINTMENT)
    if not box.store.get("contacts", data["contactId"]):
        raise refusals.bad("The contact id is invalid.")
    made = make(box, {**data, **_place(box, data, {})})
    box.effect("appointment.created", made["id"], data)
    tell(box, "AppointmentCreate", made)
    return _booked(made)


@ROUTES.on("GET", EVENTS + "/appointments/{eventId}", scope=READ)
def read(box: Any, call: Call) -> Any:
    """Below `appointment`, as it was seen live; the document says `event`."""
    return {"appointment": event(box, box.find("appointments", "Appointment", call.args["eventId"]))}


@ROUTES.on("PUT", EVENTS + "/appointments/{eventId}", scope=WRITE)
def update(box: Any, call: Call) -> Any:
    old = box.find("appointments", "Appointment", call.args["eventId"])
    data = fit(call.fields(), APPOINTMENT)
    moved = {"startTime", "endTime", "calendarId", "assignedUserId"} & set(data)
    given = {name: value for name, value in data.items() if name not in STEERING}
    new = {**old, **given, **(_place(box, data, old) if moved else {})}
    new["dateUpdated"] = slots.local(box, datetime.fromtimestamp(box.clock(), UTC))
    box.store.put("appointments", new)
    box.effect("appointment.updated", old["id"], data)
    tell(box, "AppointmentUpdate", new)
    return _booked(new)


@ROUTES.on("DELETE", EVENTS + "/{eventId}", scope=WRITE)
def delete(box: Any, call: Call) -> Answer:
    """An appointment or a blocked time. It answers 201, as there."""
    table, kind = (
        ("blocks", "block") if box.store.get("blocks", call.args["eventId"]) else ("appointments", "appointment")
    )
    gone = box.find(table, "Event", call.args["eventId"])
    box.store.drop(table, gone["id"])
    box.effect(f"{kind}.deleted", gone["id"], {})
    if kind == "appointment":
        tell(box, "AppointmentDelete", gone)
    return Answer(201, {"succeeded": True})


@ROUTES.on("GET", EVENTS, scope=READ, place="query")
def events(box: Any, call: Call) -> Any:
    return {"events": _within(box, call, box.store.rows("appointments"))}


@ROUTES.on("GET", "/calendars/blocked-slots", scope=READ, place="query")
def blocked(box: Any, call: Call) -> Any:
    return {"events": _within(box, call, box.store.rows("blocks"))}


def _within(box: Any, call: Call, rows: Iterable[Record]) -> list[Record]:
    """Those that begin in the window, of a calendar, a user or a group."""
    names = {"calendarId": "calendarId", "userId": "assignedUserId", "groupId": "groupId"}
    wanted = {names[name]: call.query[name] for name in names if call.query.get(name)}
    if not wanted:
        raise refusals.bad("Either of userId, calendarId or groupId is required")
    start, end = calendars.window(call, "startTime", "endTime", most=0)
    shown = [event(box, row) for row in rows if start <= slots.moment(row["startTime"], "startTime") < end]
    return [row for row in shown if all(row[name] == value for name, value in wanted.items())]


def _block(box: Any, data: Record, own: Record) -> Record:
    new = {**own, **{name: value for name, value in data.items() if value != ""}}
    if bool(data.get("calendarId")) == bool(data.get("assignedUserId")):
        raise refusals.bad("Either calendarId or assignedUserId can be set, not both.")
    if data.get("calendarId"):
        box.find("calendars", "Calendar", data["calendarId"])
        new.pop("assignedUserId", None)
    else:
        box.find("users", "User", data["assignedUserId"])
        new.pop("calendarId", None)
    for name in ("startTime", "endTime"):
        new[name] = slots.local(box, slots.moment(new.get(name), name))
    return box.store.put("blocks", new)


@ROUTES.on("POST", EVENTS + "/block-slots", scope=WRITE, place="body")
def block(box: Any, call: Call) -> Answer:
    data = fit(call.fields(), BLOCK)
    now = slots.local(box, datetime.fromtimestamp(box.clock(), UTC))
    stamps = {"dateAdded": now, "dateUpdated": now}
    made = _block(box, data, {"id": box.new_id("blocks"), "title": "", **stamps})
    box.effect("block.created", made["id"], data)
    return Answer(201, made)


@ROUTES.on("PUT", EVENTS + "/block-slots/{eventId}", scope=WRITE, place="body")
def change_block(box: Any, call: Call) -> Answer:
    data = fit(call.fields(), BLOCK)
    done = _block(box, data, box.find("blocks", "Event", call.args["eventId"]))
    box.effect("block.updated", done["id"], data)
    return Answer(201, done)


@ROUTES.on("GET", "/contacts/{contactId}/appointments", scope="contacts.readonly")
def of_contact(box: Any, call: Call) -> Any:
    """The same appointments in another shape: local times without an offset."""
    contact = box.find("contacts", "Contact", call.args["contactId"])
    rows = [row for row in box.store.rows("appointments") if row["contactId"] == contact["id"]]
    return {"events": [_of_contact(event(box, row)) for row in rows]}


def _of_contact(row: Record) -> Record:
    times = words("startTime endTime dateAdded dateUpdated")
    plain = {name: row[name] for name in row if name not in ("isRecurring", "rrule", "createdBy", "description")}
    return {**plain, "status": "booked", **{name: row[name][:19].replace("T", " ") for name in times}}
