"""Notes of an appointment."""

from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.ghl.sandbox.calendar_shapes import NOTE, fit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "calendars/events.readonly", "calendars/events.write"
NOTES = "/calendars/appointments/{appointmentId}/notes"
MOST = 20


def _appointment(box: Any, call: Call) -> Record:
    return box.find("appointments", "Appointment", call.args["appointmentId"])


def _note(box: Any, call: Call) -> Record:
    found = box.store.get("appointment_notes", call.args["noteId"])
    if not found or found["appointmentId"] != _appointment(box, call)["id"]:
        raise refusals.not_found("Note", call.args["noteId"])
    return found


def _shown(box: Any, row: Record) -> Record:
    user = box.store.get("users", row.get("userId", ""))
    by = {"createdBy": {"id": user["id"], "name": user["name"]}} if user else {}
    return {name: value for name, value in row.items() if name != "appointmentId"} | by


def _fit(box: Any, call: Call) -> Record:
    data = fit(call.fields(), NOTE)
    if len(data["body"]) > 5000:
        raise refusals.bad("body must be shorter than or equal to 5000 characters")
    if data.get("userId") and not box.store.get("users", data["userId"]):
        raise refusals.bad("The user id is invalid.")
    return data


@ROUTES.on("GET", NOTES, scope=READ)
def notes(box: Any, call: Call) -> Any:
    """The newest first, at most twenty."""
    own = _appointment(box, call)["id"]
    start, size = (call.query.get(name, "") for name in ("offset", "limit"))
    if not (start.isdigit() and size.isdigit()) or int(size) > MOST:
        raise refusals.bad("limit must be a number not greater than 20, offset a number")
    rows = [row for row in box.store.rows("appointment_notes") if row["appointmentId"] == own][::-1]
    part = rows[int(start) : int(start) + int(size)]
    return {"notes": [_shown(box, row) for row in part], "hasMore": int(start) + int(size) < len(rows)}


@ROUTES.on("POST", NOTES, scope=WRITE)
def add(box: Any, call: Call) -> Answer:
    appointment, data = _appointment(box, call), _fit(box, call)
    own = {"id": box.new_id("appointment_notes"), "appointmentId": appointment["id"], "dateAdded": box.now()}
    made = box.store.put("appointment_notes", {**data, **own, "contactId": appointment["contactId"]})
    box.effect("appointment_note.created", made["id"], data)
    return Answer(201, {"note": _shown(box, made)})


@ROUTES.on("PUT", NOTES + "/{noteId}", scope=WRITE)
def change(box: Any, call: Call) -> Any:
    old, data = _note(box, call), _fit(box, call)
    done = box.store.put("appointment_notes", old | data)
    box.effect("appointment_note.updated", old["id"], data)
    return {"note": _shown(box, done)}


@ROUTES.on("DELETE", NOTES + "/{noteId}", scope=WRITE)
def delete(box: Any, call: Call) -> Any:
    gone = _note(box, call)
    box.store.drop("appointment_notes", gone["id"])
    box.effect("appointment_note.deleted", gone["id"], {})
    return {"success": True}
