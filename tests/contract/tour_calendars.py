"""The part of the HighLevel tour that leads through calendars and appointments."""

from connectors.ghl.sandbox import LOCATION
from tests.contract.wire import Wire

PLACE = {"locationId": LOCATION}
AT = f"locationId={LOCATION}"
DAY = 86_400_000


async def calendars(w: Wire) -> None:
    await _groups(w)
    calendar = await _calendar(w)
    await _parts(w, calendar)
    await _appointments(w)
    await _blocks(w)


async def free_slot(w: Wire, calendar: str) -> str:
    """The first one of the next fortnight."""
    now = int(w.app.clock() * 1000)
    days = await w.go("GET", f"/calendars/{calendar}/free-slots?startDate={now}&endDate={now + 14 * DAY}")
    return next(found["slots"][0] for day, found in sorted(days.items()) if day != "traceId")


async def _groups(w: Wire) -> None:
    group = {"name": "Visits", "description": "At your place.", "slug": "visits"}
    made = await w.go("POST", "/calendars/groups", 201, {**PLACE, **group})
    one = f"/calendars/groups/{made['group']['id']}"
    await w.go("POST", "/calendars/groups", 400, {**PLACE, **group})
    await w.go("POST", "/calendars/groups/validate-slug", 200, {**PLACE, "slug": "visits"})
    await w.go("GET", f"/calendars/groups?{AT}")
    await w.go("PUT", one, 200, {**group, "name": "House calls"})
    await w.go("PUT", f"{one}/status", 200, {"isActive": False})
    await w.go("DELETE", one)
    await w.go("DELETE", one, 400)


async def _calendar(w: Wire) -> str:
    user = w.app.store.rows("users")[0]["id"]
    hours = {"openHour": 8, "openMinute": 30, "closeHour": 12, "closeMinute": 0}
    own = {"name": "Fittings", "calendarType": "personal", "teamMembers": [{"userId": user, "priority": 1}]}
    week = {"openHours": [{"daysOfTheWeek": [1, 3], "hours": [hours]}], "slotDuration": 45, "slotDurationUnit": "mins"}
    made = await w.go("POST", "/calendars/", 200, {**PLACE, **own, **week, "slug": "fittings"})
    one = f"/calendars/{made['calendar']['id']}"
    await w.go("POST", "/calendars/", 400, {**PLACE, **own, "shoeSize": 40, "slotDurationUnit": "years"})
    await w.go("GET", f"/calendars/?{AT}")
    await w.go("GET", one)
    await w.go("GET", f"{one}/free-slots?startDate=0&endDate={32 * DAY}", 400)
    await w.go("PUT", one, 200, {"name": "Long fittings", "slotDuration": 2, "slotDurationUnit": "hours"})
    await w.go("DELETE", one)
    await w.go("GET", one, 400)
    return str(w.app.store.rows("calendars")[0]["id"])


async def _parts(w: Wire, calendar: str) -> None:
    rooms = "/calendars/resources/rooms"
    room = {**PLACE, "name": "Loft", "description": "Under the roof.", "calendarIds": [calendar]}
    made = await w.go("POST", rooms, 201, {**room, "quantity": 1, "outOfService": 0, "capacity": 6})
    one = f"{rooms}/{made['id']}"
    await w.go("POST", rooms, 400, room)
    await w.go("GET", f"{rooms}?{AT}&limit=5&skip=0")
    await w.go("GET", one)
    await w.go("PUT", one, 200, {"capacity": 5, "isActive": False})
    await w.go("DELETE", one)
    notify = f"/calendars/{calendar}/notifications"
    reminder = {"receiverType": "contact", "channel": "email", "notificationType": "reminder"}
    ahead = {"beforeTime": [{"timeOffset": 2, "unit": "hours"}], "subject": "Soon", "body": "See you."}
    sent = await w.go("POST", notify, 200, [{**reminder, **ahead}])
    one = f"{notify}/{sent[0]['_id']}"
    await w.go("POST", notify, 400, [{"channel": "pigeon"}])
    await w.go("GET", f"{notify}?isActive=true&limit=5&skip=0")
    await w.go("GET", one)
    await w.go("PUT", one, 200, {"isActive": False})
    await w.go("DELETE", one)


async def _appointments(w: Wire) -> None:
    calendar, contact = (w.app.store.rows(table)[0]["id"] for table in ("calendars", "contacts"))
    wish = {**PLACE, "calendarId": calendar, "contactId": contact, "startTime": await free_slot(w, calendar)}
    events = "/calendars/events"
    made = await w.go("POST", f"{events}/appointments", 200, {**wish, "title": "Fitting"})
    one = f"{events}/appointments/{made['id']}"
    await w.go("POST", f"{events}/appointments", 400, {**wish, "startTime": "2026-11-22T03:07:00Z"})
    await w.go("GET", one)
    await w.go("PUT", one, 200, {"appointmentStatus": "confirmed", "ignoreFreeSlotValidation": True, **_at("09:00")})
    now = int(w.app.clock() * 1000)
    window = f"startTime={now - 14 * DAY}&endTime={now + 14 * DAY}"
    await w.go("GET", f"{events}?{AT}&calendarId={calendar}&{window}")
    await w.go("GET", f"{events}?{AT}&{window}", 400)
    await w.go("GET", f"/contacts/{contact}/appointments")
    notes = f"/calendars/appointments/{made['id']}/notes"
    note = await w.go("POST", notes, 201, {"body": "Brings a drawing.", "userId": made["assignedUserId"]})
    await w.go("GET", f"{notes}?limit=20&offset=0")
    await w.go("PUT", f"{notes}/{note['note']['id']}", 200, {"body": "Brings two drawings."})
    await w.go("DELETE", f"{notes}/{note['note']['id']}")
    await w.go("DELETE", f"{events}/{made['id']}", 201, {})


async def _blocks(w: Wire) -> None:
    calendar, user = (w.app.store.rows(table)[0]["id"] for table in ("calendars", "users"))
    blocks = "/calendars/events/block-slots"
    away = {**PLACE, "calendarId": calendar, "title": "Stocktaking", **_at("10:00")}
    made = await w.go("POST", blocks, 201, away)
    await w.go("POST", blocks, 400, {**away, "assignedUserId": user})
    await w.go("PUT", f"{blocks}/{made['id']}", 201, {**away, "title": "Long stocktaking"})
    await w.go("GET", f"/calendars/blocked-slots?{AT}&calendarId={calendar}&startTime=0&endTime=4102444800000")


def _at(clock: str) -> dict[str, str]:
    return {"startTime": f"2026-12-03T{clock}:00-08:00", "endTime": f"2026-12-03T{clock[:2]}:45:00-08:00"}
