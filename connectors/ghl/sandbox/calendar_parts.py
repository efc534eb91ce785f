"""What belongs to calendars: rooms and equipment, and the notifications that each sends."""

from typing import Any

from connectors.ghl.sandbox import calendars, refusals
from connectors.ghl.sandbox.calendar_shapes import (
    CREATE_NOTIFICATION,
    CREATE_RESOURCE,
    RESOURCE,
    UPDATE_NOTIFICATION,
    fit,
)
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, BadJson, Call

Record = dict[str, Any]
READ, WRITE = "calendars/resources.readonly", "calendars/resources.write"
EVENTS_READ, EVENTS_WRITE = "calendars/events.readonly", "calendars/events.write"
KIND = "/calendars/resources/{resourceType}"
NOTIFICATIONS = "/calendars/{calendarId}/notifications"


def _kind(call: Call) -> str:
    if call.args["resourceType"] not in ("equipments", "rooms"):
        raise refusals.bad("resourceType must be one of the following values: equipments, rooms")
    return call.args["resourceType"]


def _resource(box: Any, call: Call) -> Record:
    found = box.store.get("resources", call.args["id"])
    if not found or found["resourceType"] != _kind(call):
        raise refusals.not_found("Calendar resource", call.args["id"])
    return found


def _mapped(box: Any, kind: str, data: Record) -> None:
    """Rooms serve many calendars, equipment one."""
    ids = data.get("calendarIds", [])
    unknown = [one for one in ids if not box.store.get("calendars", one)]
    if unknown:
        raise refusals.not_found("Calendar", unknown[0])
    if kind == "equipments" and len(ids) > 1:
        raise refusals.bad("One equipment can only be mapped with one service calendar.")


def _part(call: Call, rows: list[Record], size: int) -> list[Record]:
    start, most = (call.query.get(name) or default for name, default in (("skip", "0"), ("limit", str(size))))
    if not (start.isdigit() and most.isdigit()):
        raise refusals.bad("limit and skip must be numbers")
    return rows[int(start) : int(start) + int(most)]


@ROUTES.on("GET", KIND, scope=READ, place="query")
def resources(box: Any, call: Call) -> Any:
    """A bare list. The document says nothing of an id, without which nothing could be done with them."""
    kind = _kind(call)
    return _part(call, [row for row in box.store.rows("resources") if row["resourceType"] == kind], 20)


@ROUTES.on("POST", KIND, scope=WRITE, place="body")
def create_resource(box: Any, call: Call) -> Answer:
    kind, data = _kind(call), fit(call.fields(), CREATE_RESOURCE)
    _mapped(box, kind, data)
    own = {"id": box.new_id("resources"), "resourceType": kind, "isActive": True}
    made = box.store.put("resources", {**own, **data})
    box.effect("calendar_resource.created", made["id"], data)
    return Answer(201, made)


@ROUTES.on("GET", KIND + "/{id}", scope=READ)
def resource(box: Any, call: Call) -> Any:
    return _resource(box, call)


@ROUTES.on("PUT", KIND + "/{id}", scope=WRITE)
def update_resource(box: Any, call: Call) -> Any:
    old, data = _resource(box, call), fit(call.fields(), RESOURCE)
    _mapped(box, old["resourceType"], data)
    done = box.store.put("resources", old | data)
    box.effect("calendar_resource.updated", old["id"], data)
    return done


@ROUTES.on("DELETE", KIND + "/{id}", scope=WRITE)
def delete_resource(box: Any, call: Call) -> Any:
    gone = _resource(box, call)
    box.store.drop("resources", gone["id"])
    box.effect("calendar_resource.deleted", gone["id"], {})
    return {"success": True}


def _notification(box: Any, call: Call) -> Record:
    found = box.store.get("notifications", call.args["notificationId"])
    if not found or found["calendarId"] != call.args["calendarId"]:
        raise refusals.not_found("Notification", call.args["notificationId"])
    return found


def _shown(row: Record) -> Record:
    """Its id bears an underscore here."""
    hidden = ("id", "calendarId", "fromAddress", "fromName", "fromNumber")
    return {"_id": row["id"], **{name: value for name, value in row.items() if name not in hidden}}


@ROUTES.on("GET", NOTIFICATIONS, scope=EVENTS_READ)
def notifications(box: Any, call: Call) -> Any:
    own = calendars.calendar(box, call)["id"]
    rows = [row for row in box.store.rows("notifications") if row["calendarId"] == own]
    for name in ("isActive", "deleted"):
        if call.query.get(name):
            rows = [row for row in rows if str(row[name]).lower() == call.query[name]]
    return [_shown(row) for row in _part(call, rows, 100)]


@ROUTES.on("POST", NOTIFICATIONS, scope=EVENTS_WRITE)
def create_notifications(box: Any, call: Call) -> Any:
    """One or several, in a list."""
    own, given = calendars.calendar(box, call)["id"], call.json()
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadJson("not a list of objects")
    return [_shown(_notify(box, own, data)) for data in [fit(one, CREATE_NOTIFICATION) for one in given]]


def _notify(box: Any, calendar_id: str, data: Record) -> Record:
    own = {"id": box.new_id("notifications"), "calendarId": calendar_id, "isActive": True, "deleted": False}
    made = box.store.put("notifications", {**own, **data})
    box.effect("calendar_notification.created", made["id"], data)
    return made


@ROUTES.on("GET", NOTIFICATIONS + "/{notificationId}", scope=EVENTS_READ)
def notification(box: Any, call: Call) -> Any:
    return _shown(_notification(box, call))


@ROUTES.on("PUT", NOTIFICATIONS + "/{notificationId}", scope=EVENTS_WRITE)
def update_notification(box: Any, call: Call) -> Any:
    old, data = _notification(box, call), fit(call.fields(), UPDATE_NOTIFICATION)
    box.store.put("notifications", old | data)
    box.effect("calendar_notification.updated", old["id"], data)
    return {"message": "Notification updated"}


@ROUTES.on("DELETE", NOTIFICATIONS + "/{notificationId}", scope=EVENTS_WRITE)
def delete_notification(box: Any, call: Call) -> Any:
    """It stays, marked as deleted."""
    gone = _notification(box, call)
    box.store.put("notifications", gone | {"deleted": True, "isActive": False})
    box.effect("calendar_notification.deleted", gone["id"], {})
    return {"message": "Notification deleted"}
