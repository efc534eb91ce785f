"""What belongs to calendars: rooms and equipment, and the notifications that each sends."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import booking
from connectors.ghl.base import DATED_CALENDARS, LOCATION, LOCATION_QUERY, resource, sample
from connectors.ghl.calendars import ACTIVE, CALENDAR
from connectors.notation import delete, get, post, put
from connectors.spec import Retry

READ_RESOURCES = "calendars/resources.readonly"
READ = "calendars/events.readonly"
WHAT = f.choice(
    "resourceType", "Rooms or equipment.", choices=(("rooms", "Rooms"), ("equipments", "Equipment")), label="Kind"
)
RESOURCE_ID = f.text("resourceId", "The room's or equipment's ID, as the list gives it.", label="Resource ID")
RESOURCE = (
    f.text("name", "What the room or equipment is called."),
    f.note("description", "What people should know of it."),
    f.choices(
        "calendarIds", "Service calendars that use it; equipment has one.", source="calendars", label="Calendars"
    ),
    f.integer("quantity", "How many pieces of equipment there are."),
    f.integer("outOfService", "How many of them can't be used."),
    f.integer("capacity", "How many people the room holds."),
)
COUNTED = {"quantity": 1, "outOfService": 0, "capacity": 1}

RESOURCES = resource(
    "calendar_resources",
    "/calendars/resources/{resourceType}",
    get(
        "list",
        "",
        "List rooms or equipment",
        LOCATION_QUERY,
        WHAT,
        f.integer("limit", "At most so many.", default=100, more=True),
        f.integer("skip", "Leave out so many from the start.", default=0, more=True),
        sample={"resources": [sample("calendar_resource")]},
        read=booking.resources,
        scopes=READ_RESOURCES,
    ),
    get(
        "get",
        "/{resourceId}",
        "Get a room or equipment",
        WHAT,
        RESOURCE_ID,
        returns="resource",
        read=booking.resource_of,
        scopes=READ_RESOURCES,
    ),
    post(
        "create",
        "",
        "Create a room or equipment",
        LOCATION,
        WHAT,
        *(required(field, default=COUNTED.get(field.name)) for field in RESOURCE),
        returns="resource",
        read=booking.resource_of,
        retry=Retry.ONCE,
    ),
    put(
        "update",
        "/{resourceId}",
        "Update a room or equipment",
        LOCATION,
        WHAT,
        RESOURCE_ID,
        *RESOURCE,
        replace(ACTIVE, help="Yes: it can be used."),
        returns="resource",
        read=booking.resource_of,
        help="Fields left empty stay as they are.",
    ),
    delete("delete", "/{resourceId}", "Delete a room or equipment", WHAT, RESOURCE_ID, returns="resource"),
    version=DATED_CALENDARS,
    scopes="calendars/resources.write",
    source="calendars.json",
    object="calendar resource",
    sample=sample("calendar_resource"),
    words=("calendar resources", "equipments"),
)

NOTICE = f.text("notificationId", "The notification's ID, as the list gives it.", label="Notification ID")
RECEIVERS = (
    ("contact", "The contact"),
    ("guest", "Guests"),
    ("assignedUser", "The assigned user"),
    ("emails", "E-mail addresses"),
    ("phoneNumbers", "Phone numbers"),
    ("business", "The business"),
)
CHANNELS = (("email", "E-mail"), ("sms", "SMS"), ("whatsapp", "WhatsApp"), ("inApp", "In the app"))
OCCASIONS = (
    ("booked", "Booked"),
    ("confirmation", "Confirmed"),
    ("cancellation", "Cancelled"),
    ("reminder", "Reminder"),
    ("followup", "Follow-up"),
    ("reschedule", "Rescheduled"),
)
OFFSET = (f.number("timeOffset", "How many.", label="How long"), f.text("unit", "Such as hours.", example="hours"))
WHEN = (
    f.choice("receiverType", "Who hears of it.", choices=RECEIVERS, label="Receiver"),
    f.choice("channel", "By which way.", choices=CHANNELS),
    f.choice("notificationType", "On which occasion.", choices=OCCASIONS, label="Occasion"),
)
MESSAGE = (
    f.text("subject", "Of an e-mail."),
    f.note("body", "What it says; HighLevel's own merge fields work.", label="Text"),
    f.text("templateId", "Of an e-mail template, in place of a text.", label="Template ID", more=True),
    f.lines("beforeTime", "How long before, for a reminder.", label="Before", fields=OFFSET, more=True),
    f.lines("afterTime", "How long after, for a follow-up.", label="After", fields=OFFSET, more=True),
    f.tags("additionalEmailIds", "These addresses, too.", label="More e-mail addresses", more=True),
    f.tags("additionalPhoneNumbers", "These numbers, too.", label="More phone numbers", more=True),
    f.choices("selectedUsers", "For the app and the business.", source="users", label="Users", more=True),
    f.text("fromName", label="Sender's name", more=True),
    f.email("fromAddress", label="Sender's address", more=True),
    f.phone("fromNumber", label="Sender's number", more=True),
)
SWITCH = f.boolean("isActive", "Yes: it is sent.", label="Active", more=True)

NOTIFICATIONS = resource(
    "calendar_notifications",
    "/calendars/{calendarId}/notifications",
    get(
        "list",
        "",
        "List a calendar's notifications",
        CALENDAR,
        f.boolean("isActive", "Yes: only those that are sent.", label="Active"),
        f.boolean("deleted", "Yes: only deleted ones.", more=True),
        f.integer("limit", "At most so many.", default=100, more=True),
        f.integer("skip", "Leave out so many from the start.", default=0, more=True),
        sample={"notifications": [sample("calendar_notification")]},
        read=booking.notifications,
        scopes=READ,
    ),
    get(
        "get",
        "/{notificationId}",
        "Get a calendar's notification",
        CALENDAR,
        NOTICE,
        returns="notification",
        read=booking.notification,
        scopes=READ,
    ),
    post(
        "create",
        "",
        "Add a notification to a calendar",
        CALENDAR,
        *map(required, WHEN),
        *MESSAGE,
        replace(SWITCH, default=True),
        returns="notification",
        shape=booking.listing,
        read=booking.notification,
        retry=Retry.ONCE,
        words=("create",),
    ),
    put(
        "update",
        "/{notificationId}",
        "Update a calendar's notification",
        CALENDAR,
        NOTICE,
        *WHEN,
        *MESSAGE,
        SWITCH,
        sample={"message": "The notification was changed."},
        help="Fields left empty stay as they are.",
    ),
    delete("delete", "/{notificationId}", "Delete a calendar's notification", CALENDAR, NOTICE, returns="notification"),
    version=DATED_CALENDARS,
    scopes="calendars/events.write",
    source="calendars.json",
    object="calendar notification",
    sample=sample("calendar_notification"),
    words=("reminder",),
)

OPERATIONS = {**RESOURCES, **NOTIFICATIONS}
