from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import booking, odd
from connectors.ghl.base import CONTACT, DATED_CALENDARS, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import delete, get, post, put, reconcile

READ = "calendars/events.readonly"
CALENDAR = f.choice("calendarId", "The calendar it is in.", source="calendars", label="Calendar")
APPOINTMENT_ID = f.text("appointmentId", "The appointment's ID, as an earlier step gives it.", label="Appointment ID")
WITH = required(CONTACT, help="Who it is with: the contact's ID.")
START = f.datetime("startTime", "When it begins. It has to be free, unless you say otherwise below.", label="Starts")
END = f.datetime("endTime", "Left empty, it lasts as long as the calendar says.", label="Ends")
TITLE = f.text("title", "What it is about.")
STATUS = f.choice(
    "appointmentStatus",
    "Where it stands.",
    choices=(
        ("new", "New"),
        ("confirmed", "Confirmed"),
        ("cancelled", "Cancelled"),
        ("showed", "Came"),
        ("noshow", "Didn't come"),
        ("invalid", "Invalid"),
    ),
    label="Status",
)
BY_WHAT = (
    ("custom", "Custom"),
    ("zoom", "Zoom"),
    ("gmeet", "Google Meet"),
    ("google", "Google"),
    ("ms_teams", "Microsoft Teams"),
    ("phone", "Phone"),
    ("address", "An address"),
)
ASSIGNED = f.choice(
    "assignedUserId", "Left empty, the calendar decides; some kinds want one.", source="users", label="Assigned to"
)
DETAILS = (
    ASSIGNED,
    f.note("description", "What both sides should know."),
    f.text("address", "Where to meet, or the link.", label="Place", more=True),
    f.choice("meetingLocationType", "How people meet.", choices=BY_WHAT, label="Way of meeting", more=True),
    f.text("meetingLocationId", "One of the calendar's own meeting places.", label="Meeting place ID", more=True),
    f.boolean("overrideLocationConfig", "Yes: by the way above, whatever the calendar says.", more=True),
    f.boolean("toNotify", "No: HighLevel's automations stay silent.", label="Run automations", more=True),
    f.boolean("ignoreFreeSlotValidation", "Yes: also where no slot is free.", label="Book anyway", more=True),
    f.boolean("ignoreDateRange", "Yes: without the notice it takes.", label="Ignore the notice", more=True),
    f.text(
        "rrule",
        "For a series, such as FREQ=WEEKLY;COUNT=4; it takes “Book anyway”.",
        label="Repeats",
        example="FREQ=WEEKLY;COUNT=4",
        more=True,
    ),
)
BOOKING = (required(CALENDAR), WITH, required(START), END, TITLE, STATUS)
MOVING = (START, END, STATUS, TITLE, replace(CALENDAR, help="Where it moves to."))
ON_TIME = booking.local("startTime", "endTime")
IN_SLOT = reconcile(by=booking.find_appointment, lag=10)
READING = booking.appointment_of
seen = {"appointment": sample("calendar_event")}
WORDS = ("meeting", "schedule", "calendar")

APPOINTMENTS = resource(
    "appointments",
    "/calendars/events/appointments",
    post(
        "create",
        "",
        "Book an appointment",
        LOCATION,
        *BOOKING,
        *DETAILS,
        returns="appointment",
        prepare=ON_TIME,
        retry=IN_SLOT,
        words=("create",),
    ),
    put(
        "update",
        "/{appointmentId}",
        "Update an appointment",
        APPOINTMENT_ID,
        *MOVING,
        *DETAILS,
        returns="appointment",
        prepare=ON_TIME,
        help="Fields left empty stay as they are. Its contact can't be changed.",
        words=("reschedule", "move", "cancel", "confirm"),
    ),
    get("get", "/{appointmentId}", "Get an appointment", APPOINTMENT_ID, sample=seen, read=READING, scopes=READ),
    version=DATED_CALENDARS,
    scopes="calendars/events.write",
    source="calendars.json",
    object="appointment",
    sample=sample("booking"),
    words=WORDS,
)

OF = (
    replace(CALENDAR, help="Those of this calendar."),
    f.choice("userId", "Those of this user.", source="users", label="User"),
    f.choice("groupId", "Those of this group of calendars.", source="calendar_groups", label="Group"),
)
IN_MILLIS = booking.in_millis("startTime", "endTime")
ONE_OF = ("calendarId", "userId", "groupId")
WINDOW = (
    LOCATION_QUERY,
    f.datetime("startTime", "Those that begin at this time or later.", label="From", required=True),
    f.datetime("endTime", "Those that begin before this time.", label="Until", required=True),
)

EVENTS = resource(
    "calendar_events",
    "/calendars/events",
    get(
        "list",
        "",
        "List calendar events",
        *WINDOW,
        *OF,
        returns="events",
        sample={"events": [sample("calendar_event")]},
        prepare=IN_MILLIS,
        one_of=ONE_OF,
        scopes=READ,
        words=("scheduled",),
    ),
    delete(
        "delete",
        "/{eventId}",
        "Delete an appointment or blocked time",
        f.text("eventId", "The ID of the appointment or of the blocked time.", label="Event ID"),
        sample={"event": {"deleted": True, "found": True}},
        returns="event",
        read=booking.event_gone,
        body=True,
        words=("cancel",),
    ),
    version=DATED_CALENDARS,
    scopes="calendars/events.write",
    source="calendars.json",
    object="calendar event",
    words=("appointment", *WORDS),
)

OWNER = (
    replace(CALENDAR, help="Nobody can book this calendar then. Or choose a user, not both."),
    replace(ASSIGNED, help="Nobody can book this user then. Or choose a calendar, not both.", label="User"),
)
BLOCK_ID = f.text("blockedSlotId", "The blocked time's ID, as the list gives it.", label="Blocked time ID")
BLOCKED = (
    f.datetime("startTime", "When it begins.", label="From", required=True),
    f.datetime("endTime", "When it ends.", label="Until", required=True),
    f.text("title", "Why, such as Holiday."),
)

BLOCKED_SLOTS = resource(
    "blocked_slots",
    "/calendars",
    get(
        "list",
        "/blocked-slots",
        "List blocked times",
        *WINDOW,
        *OF,
        returns="events",
        sample={"events": [sample("blocked_slot")]},
        prepare=IN_MILLIS,
        one_of=ONE_OF,
        scopes=READ,
    ),
    post(
        "create",
        "/events/block-slots",
        "Block a time",
        LOCATION,
        *BLOCKED,
        *OWNER,
        returns="event",
        prepare=booking.one_owner,
        one_of=("calendarId", "assignedUserId"),
        retry=reconcile(by=booking.find_block, lag=10),
        words=("create",),
    ),
    put(
        "update",
        "/events/block-slots/{blockedSlotId}",
        "Update a blocked time",
        LOCATION,
        BLOCK_ID,
        *(replace(field, required=False) for field in BLOCKED),
        *OWNER,
        returns="event",
        prepare=booking.one_owner,
        one_of=("calendarId", "assignedUserId"),
    ),
    version=DATED_CALENDARS,
    scopes="calendars/events.write",
    source="calendars.json",
    object="blocked time",
    sample=sample("blocked_slot"),
    words=("blocked slots", "unavailable", "holiday", "calendar"),
)

NOTE = (
    f.note("body", "What the note says.", label="Note", required=True),
    f.choice("userId", "Who is shown as its author.", source="users", label="Author", more=True),
)
NOTE_ID = f.text("noteId", "The note's ID, as an earlier step gives it.", label="Note ID")

NOTES = resource(
    "appointment_notes",
    "/calendars/appointments/{appointmentId}/notes",
    get(
        "list",
        "",
        "List an appointment's notes",
        APPOINTMENT_ID,
        f.integer("limit", "At most so many; HighLevel gives 20 at once.", default=booking.MOST_NOTES, more=True),
        f.integer("offset", "Leave out so many from the start.", default=0, more=True),
        sample={"notes": [sample("appointment_note")], "hasMore": False},
        scopes=READ,
    ),
    post(
        "create",
        "",
        "Add a note to an appointment",
        APPOINTMENT_ID,
        *NOTE,
        returns="note",
        prepare=odd.marked,
        retry=reconcile(by=booking.find_note),
        help="Its last line is a short reference (ref wf-…), so that a lost answer never makes a second note.",
        words=("create",),
    ),
    put("update", "/{noteId}", "Update an appointment's note", APPOINTMENT_ID, NOTE_ID, *NOTE, returns="note"),
    delete("delete", "/{noteId}", "Delete an appointment's note", APPOINTMENT_ID, NOTE_ID, returns="note"),
    version=DATED_CALENDARS,
    scopes="calendars/events.write",
    source="calendars.json",
    object="appointment note",
    sample=sample("appointment_note"),
    words=("comment", "remark"),
)

OPERATIONS = {**APPOINTMENTS, **EVENTS, **BLOCKED_SLOTS, **NOTES}
