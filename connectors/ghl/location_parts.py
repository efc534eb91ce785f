"""What a location has besides its fields and tags: tasks that come again, templates, time zones; and what only its
agency does with it."""

from typing import Any

from connectors import fields as f
from connectors.fields import required
from connectors.ghl.agency import AGENCY_ONLY, COMPANY
from connectors.ghl.base import DATED, LOCATION_PATH, done, resource, samples
from connectors.ghl.countries import COUNTRIES
from connectors.notation import Values, delete, get, post, put
from connectors.spec import Retry

S = samples("location_parts")
BASE = "/locations/{locationId}"
EVERY = (
    ("hourly", "Hour"),
    ("daily", "Day"),
    ("weekly", "Week"),
    ("monthly", "Month"),
    ("yearly", "Year"),
)
DAYS = (
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
)
TASK = f.text("id", "The recurring task's ID, as the step that made it gives it.", label="Recurring task ID")
WHEN = f.object_(
    "rruleOptions",
    "When it comes again.",
    label="How often",
    fields=(
        f.choice("intervalType", "What is counted in.", choices=EVERY, label="Every", required=True),
        f.integer("interval", "1: each; 2: every other one.", label="So many", required=True, default=1),
        f.datetime("startDate", "When it comes first.", label="From", required=True),
        f.integer("dueAfterSeconds", "Seconds from its coming until it is due; a day has 86400.", label="Due after",
                  required=True, default=86400),
        f.datetime("endDate", "Left empty, without end.", label="Until"),
        f.integer("count", "Left empty, without end.", label="Times in all"),
        f.choice("dayOfWeek", "For one that comes weekly.", choices=DAYS, label="On"),
        f.integer("dayOfMonth", "For one that comes monthly or yearly: 1 to 31.", label="Day of the month"),
        f.integer("monthOfYear", "For one that comes yearly: 1 to 12.", label="Month"),
        f.boolean("createTaskIfOverDue", "Also while the one before is not done.", label="Even when overdue"),
    ),
)  # fmt: skip
TITLE = f.text("title", "What is to be done.")
TASK_PARTS = (
    f.note("description", "What else there is to know."),
    f.choices("contactIds", "Whom it is about: IDs of contacts.", label="Contact IDs"),
    f.choices("owners", "Who does it.", source="users", label="Assigned to"),
    f.boolean("ignoreTaskCreation", "Yes: the first one comes at its time, none at once.", label="None at once",
              more=True),
)  # fmt: skip
UNLISTED = "HighLevel has no list of them: keep the ID that this step gives."


def zones(answer: Any, values: Values) -> Values:
    """The document doesn't say what it answers: a list of names, bare or under a name of its own."""
    lists = [answer] if isinstance(answer, list) else [one for one in (answer or {}).values() if isinstance(one, list)]
    return {**done(answer, values), "timezones": [str(one) for one in lists[0]] if lists else []}


TASKS = resource(
    "locations",
    f"{BASE}/recurring-tasks",
    get("get_recurring_task", "/{id}", "Get a recurring task", LOCATION_PATH, TASK, sample=S["task"]),
    post(
        "create_recurring_task", "", "Create a recurring task", LOCATION_PATH, required(TITLE), required(WHEN),
        *TASK_PARTS, sample=S["task"], retry=Retry.ONCE, help=UNLISTED, words=("new", "repeat", "reminder"),
    ),
    put("update_recurring_task", "/{id}", "Update a recurring task", LOCATION_PATH, TASK, TITLE, WHEN, *TASK_PARTS,
        sample=S["task"], help="Only what is filled in is sent.", words=("change",)),
    delete("delete_recurring_task", "/{id}", "Delete a recurring task", LOCATION_PATH, TASK,
           words=("remove", "stop")),
    version=DATED,
    source="locations.json",
    object="recurring task",
    words=("todo", "repeat"),
)  # fmt: skip

TEMPLATES = resource(
    "locations",
    f"{BASE}/templates",
    get(
        "get_all_or_email_sms_templates", "", "List templates of e-mails and messages", LOCATION_PATH,
        f.text("originId", "The account whose templates they are: the location's own ID, as Get the location has it.",
               label="Origin ID", required=True),
        f.choice("type", "Only those for this way.", label="For",
                 choices=(("sms", "SMS"), ("email", "E-mail"), ("whatsapp", "WhatsApp"))),
        f.boolean("deleted", "Yes: only those that were deleted.", more=True),
        f.text("limit", "At most so many.", label="How many", more=True),
        f.text("skip", "Leave out so many from the start.", more=True),
        sample=S["templates"], scopes="locations/templates.readonly", words=("find", "email", "whatsapp"),
    ),
    delete(
        "delete_an_email_sms_template", "/{id}", "Delete a template of e-mails or messages", LOCATION_PATH,
        f.choice("id", "Which template.", source="message_templates", label="Template"), words=("remove",),
    ),
    version=DATED,
    source="locations.json",
    object="template",
    words=("sms", "e-mail", "snippet"),
)  # fmt: skip

KEYS_SEEN = "They stand in the recipe, where everybody who may read it sees them."
SOCIAL = (
    ("facebookUrl", "Facebook"), ("instagram", "Instagram"), ("linkedIn", "LinkedIn"), ("youtube", "YouTube"),
    ("pinterest", "Pinterest"), ("twitter", "Twitter"), ("yelp", "Yelp"), ("foursquare", "Foursquare"),
    ("googlePlus", "Google+"), ("googlePlacesId", "Google place ID"), ("blogRss", "Blog's feed"),
)  # fmt: skip
PARTS = (
    f.text("name", "The business's name."),
    f.phone("phone", "With the country's code, such as +4915112345678."),
    f.text("address", label="Street"),
    f.text("city"),
    f.text("state"),
    f.choice("country", choices=COUNTRIES),
    f.text("postalCode", more=True),
    f.url("website", more=True),
    f.text("timezone", "Such as Europe/Berlin.", label="Time zone", more=True),
    f.object_("prospectInfo", "Who it is for.", label="Person", more=True, fields=(
        f.text("firstName", required=True, help="Of the person."), f.text("lastName", required=True, help="Likewise."),
        f.email("email", required=True, help="Of the person."),
    )),
    f.object_("settings", "What the location allows.", more=True, fields=(
        f.boolean("allowDuplicateContact", label="Contacts twice"),
        f.boolean("allowDuplicateOpportunity", label="Opportunities twice"),
        f.boolean("allowFacebookNameMerge", label="Merge by Facebook name"),
        f.boolean("disableContactTimezone", label="Without contacts' time zones"),
    )),
    f.object_("social", "Its pages elsewhere.", label="Social pages", more=True,
              fields=tuple(f.text(name, label=label) for name, label in SOCIAL)),
    f.object_("twilio", f"Keys of Twilio. {KEYS_SEEN}", label="Twilio", more=True, fields=(
        f.text("sid", "The account's.", label="SID", required=True),
        f.text("authToken", "The secret one.", label="Token", required=True),
    )),
    f.object_("mailgun", f"Keys of Mailgun. {KEYS_SEEN}", label="Mailgun", more=True, fields=(
        f.text("apiKey", "The secret one.", label="API key", required=True),
        f.text("domain", "The one that mail comes from.", required=True),
    )),
    f.object_("snapshot", "Loads a snapshot into it.", more=True, fields=(
        f.text("id", "List snapshots gives it.", label="Snapshot ID", required=True),
        f.boolean("override", "Replaces what is there under the same names.", label="Replace"),
    )),
)  # fmt: skip

WHOLE = resource(
    "locations",
    BASE,
    put("put_location", "", "Update a location", LOCATION_PATH, COMPANY, *PARTS, sample=S["location"],
        scopes="locations.write", help=f"Only what is filled in is sent. {AGENCY_ONLY}", words=("change", "agency")),
    delete(
        "delete_location", "", "Delete a location", LOCATION_PATH,
        f.boolean("deleteTwilioAccount", "Yes: its Twilio account goes with it.", label="With its Twilio account",
                  required=True, default=False),
        scopes="locations.internal-access-only", words=("remove", "agency"),
        help=f"The whole location that this connection is for, with all that is in it, for good. {AGENCY_ONLY}",
    ),
    get("get_timezones", "/timezones", "List time zones", LOCATION_PATH, sample=S["zones"], read=zones,
        scopes="locations.readonly", cache=60, help="The names that HighLevel knows."),
    version=DATED,
    source="locations.json",
    object="location",
    words=("sub-account", "business"),
)  # fmt: skip

OPERATIONS = {**TASKS, **TEMPLATES, **WHOLE}
