from dataclasses import replace

from connectors import fields as f
from connectors.fields import Field, required
from connectors.ghl import booking
from connectors.ghl.base import DATED_CALENDARS, LOCATION, LOCATION_QUERY, resource, sample
from connectors.notation import delete, get, post, put, reconcile

READ = "calendars.readonly"
READ_GROUPS = "calendars/groups.readonly"
CALENDAR = f.choice("calendarId", "Which calendar.", source="calendars", label="Calendar")
GROUP = f.choice("groupId", "Which group of calendars.", source="calendar_groups", label="Group")
SLUG = f.text("slug", "The last part of its booking page's address, such as first-call.")
MINUTES = (("mins", "Minutes"), ("hours", "Hours"))
AHEAD = (("days", "Days"), ("weeks", "Weeks"), ("months", "Months"))
KINDS = (
    ("round_robin", "Round robin"),
    ("personal", "Personal"),
    ("event", "Event"),
    ("collective", "Collective"),
    ("class_booking", "Class"),
    ("service_booking", "Service"),
)
FAIRNESS = (
    ("RoundRobin_OptimizeForAvailability", "Whoever is free"),
    ("RoundRobin_OptimizeForEqualDistribution", "Everybody equally often"),
)
MEETINGS = (
    ("custom", "Custom"),
    ("zoom_conference", "Zoom"),
    ("google_conference", "Google Meet"),
    ("ms_teams_conference", "Microsoft Teams"),
    ("inbound_call", "The contact calls"),
    ("outbound_call", "We call"),
    ("physical", "An address"),
    ("booker", "Ask the contact"),
)
OPEN_ON = (
    ("weekdays", "Monday to Friday"),
    ("every_day", "Every day"),
    *((day, day.capitalize()) for day in (*booking.DAYS[1:], booking.DAYS[0])),
)


def span(name: str, help: str, label: str, units: tuple[tuple[str, str], ...] = MINUTES) -> tuple[Field, Field]:
    """A number and its unit."""
    unit = f.choice(f"{name}Unit", choices=units, label=f"{label}, unit", more=True)
    return f.integer(name, help, label=label, more=True), unit


TEAM = f.lines(
    "teamMembers",
    "Who takes the appointments; a personal calendar has exactly one.",
    fields=(
        f.choice("userId", "Which user.", source="users", label="User", required=True),
        f.number(
            "priority", "The higher, the sooner.", choices=(("0", "0"), ("0.5", "0.5"), ("1", "1")), example="0.5"
        ),
        f.boolean("isPrimary", label="Primary"),
    ),
)
HOURS = f.lines(
    "openHours",
    "When it can be booked, in the location's time.",
    fields=(
        f.choice("day", "Which days.", choices=OPEN_ON, required=True),
        f.text("from", "Such as 09:00.", required=True, example="09:00"),
        f.text("to", "Such as 17:00.", required=True, example="17:00"),
    ),
)
PLACES = f.lines(
    "locationConfigurations",
    "Where or how people meet.",
    label="Meeting places",
    fields=(f.choice("kind", "How.", choices=MEETINGS, required=True), f.text("location", "Its address or link.")),
    more=True,
)
DURATION = span("slotDuration", "How long an appointment lasts; left empty, 30 minutes.", "Duration")
ACTIVE = f.boolean("isActive", "Yes: people can book it. No: it is hidden.", label="Active", more=True)
PARTS = (
    f.note("description"),
    *(replace(field, more=False) for field in DURATION),
    TEAM,
    HOURS,
    replace(GROUP, help="The group that shows it.", more=True),
    replace(SLUG, more=True),
    *span("slotInterval", "How far apart the offered times are; left empty, 30 minutes.", "Interval"),
    *span("preBuffer", "Time kept free before an appointment.", "Buffer before"),
    *span("slotBuffer", "Time kept free after an appointment.", "Buffer after"),
    f.integer("appoinmentPerSlot", "For each user; in a class, its seats.", label="Bookings per slot", more=True),
    f.integer("appoinmentPerDay", "At most so many a day.", label="Bookings per day", more=True),
    *span("allowBookingAfter", "How much notice it takes.", "Notice", (("hours", "Hours"), *AHEAD)),
    *span("allowBookingFor", "How far ahead people can book.", "Bookable ahead", AHEAD),
    f.choice("eventType", "For a round robin.", choices=FAIRNESS, label="Who gets the next", more=True),
    PLACES,
    f.text("eventTitle", "How an appointment is called; HighLevel's own merge fields work.", more=True),
    f.text("eventColor", "Such as #039be5.", label="Colour", more=True),
    f.boolean("autoConfirm", "Yes: a booking is confirmed at once.", label="Confirm at once", more=True),
    f.boolean("allowReschedule", "The contact may move it.", more=True),
    f.boolean("allowCancellation", "The contact may cancel it.", more=True),
    f.boolean("stickyContact", "The booking page remembers who booked.", label="Remember the contact", more=True),
    f.boolean("shouldAssignContactToTeamMember", label="Assign the contact to the team member", more=True),
    f.boolean("shouldSkipAssigningContactForExisting", label="Leave contacts with an owner", more=True),
    f.boolean("googleInvitationEmails", label="Google's invitations by e-mail", more=True),
    f.email("alertEmail", "Who hears when something is wrong.", more=True),
    f.text("formId", "The form that is asked for with a booking.", label="Form ID", more=True),
    f.choice("formSubmitType", choices=(("ThankYouMessage", "Thank them"), ("RedirectURL", "Lead on")), more=True),
    f.url("formSubmitRedirectURL", "Where a booking leads on to.", label="Redirect to", more=True),
    f.text("formSubmitThanksMessage", "What a booking is thanked with.", label="Thanks", more=True),
    f.text("consentLabel", "What the contact agrees to.", label="Consent", more=True),
    f.note("notes", "Shown with each appointment.", more=True),
)
ONLY_NEW = ("slotBufferUnit",)
"""The document doesn't let a change take it."""
NAME = f.text("name", "What the calendar is called.")
KIND = f.choice("calendarType", "How appointments find their people.", choices=KINDS, label="Type")
FROM = f.datetime("startDate", "Slots from this time on.", label="From")
UNTIL = f.datetime("endDate", "Slots up to this time, 31 days later at most.", label="Until")
CALENDAR_ONE = required(CALENDAR)

calendar = sample("calendar")
first, second = "2026-12-01T10:00:00+01:00", "2026-12-01T10:30:00+01:00"
free = {"found": True, "first": first, "slots": [first, second]}

CALENDARS = resource(
    "calendars",
    "/calendars",
    get(
        "list",
        "/",
        "List calendars",
        LOCATION_QUERY,
        replace(GROUP, help="Only calendars of this group."),
        f.boolean("showDrafted", "Those that aren't finished, too.", label="With drafts", default=True, more=True),
        returns="calendars",
        sample={"calendars": [calendar]},
        scopes=READ,
        cache=60,
    ),
    get("get", "/{calendarId}", "Get a calendar", CALENDAR_ONE, returns="calendar", scopes=READ),
    get(
        "free_slots",
        "/{calendarId}/free-slots",
        "Find free slots in a calendar",
        CALENDAR_ONE,
        required(FROM),
        required(UNTIL),
        f.choice("userId", "Only slots of this user.", source="users", label="User", more=True),
        f.text("timezone", "Left empty, the calendar's. Such as Europe/Berlin.", label="Time zone", more=True),
        sample={**free, "days": [{"date": "2026-12-01", "slots": [first, second]}]},
        prepare=booking.within_a_month,
        read=booking.slots,
        scopes=READ,
        words=("get free slots", "availability", "available times"),
    ),
    post(
        "create",
        "/",
        "Create a calendar",
        LOCATION,
        required(NAME),
        KIND,
        *PARTS,
        replace(ACTIVE, default=True),
        returns="calendar",
        shape=booking.opened,
        retry=reconcile(by=booking.find_calendar, lag=10, doubtful=True),
        help="With a slug of its own, a lost answer never makes a second calendar.",
    ),
    put(
        "update",
        "/{calendarId}",
        "Update a calendar",
        CALENDAR_ONE,
        NAME,
        *(part for part in PARTS if part.name not in ONLY_NEW),
        ACTIVE,
        returns="calendar",
        shape=booking.opened,
        help="Fields left empty stay as they are. Its type can't be changed.",
    ),
    delete("delete", "/{calendarId}", "Delete a calendar", CALENDAR_ONE, returns="calendar"),
    version=DATED_CALENDARS,
    scopes="calendars.write",
    source="calendars.json",
    object="calendar",
    sample=calendar,
    words=("booking", "appointments", "by id"),
)

GROUP_ONE = required(GROUP)
GROUP_PARTS = (
    f.text("name", "What the group is called.", required=True),
    f.note("description", "What its booking page says.", required=True),
    required(SLUG, help="The last part of its booking page's address; no two groups share one."),
)
NEW_GROUP = (LOCATION, *GROUP_PARTS, replace(ACTIVE, default=True))
BY_SLUG = reconcile(by=booking.find_group, lag=10)

group = sample("calendar_group")
groups = {"groups": [group]}

GROUPS = resource(
    "calendar_groups",
    "/calendars/groups",
    get(
        "list",
        "",
        "List calendar groups",
        LOCATION_QUERY,
        returns="groups",
        sample=groups,
        scopes=READ_GROUPS,
        cache=60,
    ),
    post("create", "", "Create a calendar group", *NEW_GROUP, returns="group", retry=BY_SLUG),
    put("update", "/{groupId}", "Update a calendar group", GROUP_ONE, *GROUP_PARTS, returns="group"),
    put(
        "set_status",
        "/{groupId}/status",
        "Switch a calendar group on or off",
        GROUP_ONE,
        required(ACTIVE, more=False),
        sample={"group": {"id": group["id"], "isActive": True}},
        read=booking.group_set,
        words=("update group status", "enable", "disable"),
    ),
    delete("delete", "/{groupId}", "Delete a calendar group", GROUP_ONE, returns="group"),
    post(
        "check_slug",
        "/validate-slug",
        "Check whether a group's slug is free",
        LOCATION,
        required(SLUG, help="The slug that a new group shall have."),
        reads=True,
        sample={"available": True},
        words=("validate group slug",),
    ),
    version=DATED_CALENDARS,
    scopes="calendars/groups.write",
    source="calendars.json",
    object="calendar group",
    sample=group,
)

OPERATIONS = {**CALENDARS, **GROUPS}
