from connectors import fields as f
from connectors.ghl import choices, odd
from connectors.ghl.base import DATED, LOCATION_PATH, resource, sample
from connectors.notation import Values, delete, get, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

BASE = "/locations/{locationId}"

LOCATIONS = resource(
    "locations",
    BASE,
    get("get", "", "Get the location", LOCATION_PATH, returns="location", cache=60),
    version=DATED,
    scopes="locations.readonly",
    source="locations.json",
    object="location",
    sample=sample("location"),
    words=("sub-account", "business", "company"),
)

TAG_ID = f.text("tagId", "The tag's ID; List tags gives it.", label="Tag ID")
TAG_NAME = f.text("name", "The tag, as people shall see it.", required=True)

TAGS = resource(
    "tags",
    f"{BASE}/tags",
    get("list", "", "List tags", LOCATION_PATH, returns="tags", sample={"tags": [sample("tag")]}),
    get("get", "/{tagId}", "Get a tag", LOCATION_PATH, TAG_ID, returns="tag"),
    post(
        "create",
        "",
        "Create a tag",
        LOCATION_PATH,
        TAG_NAME,
        returns="tag",
        retry=Retry.ONCE,
        scopes="locations/tags.write",
    ),
    put(
        "update",
        "/{tagId}",
        "Rename a tag",
        LOCATION_PATH,
        TAG_ID,
        TAG_NAME,
        returns="tag",
        scopes="locations/tags.write",
    ),
    delete("delete", "/{tagId}", "Delete a tag", LOCATION_PATH, TAG_ID, returns="tag", scopes="locations/tags.write"),
    version=DATED,
    scopes="locations/tags.readonly",
    source="locations.json",
    object="tag",
    sample=sample("tag"),
    words=("label",),
)

MODELS = (("contact", "Contacts"), ("opportunity", "Opportunities"), ("all", "Both"))

CUSTOM_FIELDS = resource(
    "custom_fields",
    f"{BASE}/customFields",
    get(
        "list",
        "",
        "List custom fields",
        LOCATION_PATH,
        f.choice("model", choices=MODELS, default="all", label="Of"),
        returns="customFields",
        cache=60,
        sample={"customFields": [sample("custom_field")]},
    ),
    get(
        "get",
        "/{fieldId}",
        "Get a custom field",
        LOCATION_PATH,
        f.choice("fieldId", "Which field.", source="all_custom_fields", label="Custom field"),
        returns="customField",
    ),
    version=DATED,
    scopes="locations/customFields.readonly",
    source="locations.json",
    object="custom field",
    sample=sample("custom_field"),
)

VALUE_ID = f.choice("valueId", "Which custom value.", source="custom_values", label="Custom value")
NAMED = (
    f.text("name", "What it is called in HighLevel.", required=True),
    f.text("value", "What it stands for.", required=True),
)


def find_value(values: Values, context: Context) -> Conversation[list[Values]]:
    """Custom values of exactly this name that stand for exactly this."""
    found = yield from choices.listed("/locations/{location}/customValues", "customValues", context)
    wanted = {"name": values["name"], "value": values["value"]}
    return [{"customValue": one} for one in found if odd.fits(one, wanted)]


CUSTOM_VALUES = resource(
    "custom_values",
    f"{BASE}/customValues",
    get(
        "list",
        "",
        "List custom values",
        LOCATION_PATH,
        returns="customValues",
        sample={"customValues": [sample("custom_value")]},
        scopes="locations/customValues.readonly",
    ),
    get(
        "get",
        "/{valueId}",
        "Get a custom value",
        LOCATION_PATH,
        VALUE_ID,
        returns="customValue",
        scopes="locations/customValues.readonly",
    ),
    post(
        "create",
        "",
        "Create a custom value",
        LOCATION_PATH,
        *NAMED,
        returns="customValue",
        retry=reconcile(by=find_value, lag=5),
    ),
    put("update", "/{valueId}", "Update a custom value", LOCATION_PATH, VALUE_ID, *NAMED, returns="customValue"),
    version=DATED,
    scopes="locations/customValues.write",
    source="locations.json",
    object="custom value",
    sample=sample("custom_value"),
    words=("merge field",),
)

TASKS = resource(
    "tasks",
    f"{BASE}/tasks",
    post(
        "search",
        "/search",
        "Search tasks",
        LOCATION_PATH,
        f.text("query", "A part of the task's title."),
        f.boolean("completed", "Yes: only done ones. No: only open ones."),
        f.choices("assignedTo", "Only tasks of these users.", source="users", label="Assigned to"),
        f.choices("contactId", "Only tasks of these contacts.", label="Contact IDs", more=True),
        f.integer("limit", "At most so many.", default=25, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        reads=True,
        returns="tasks",
        sample={"tasks": [sample("task")]},
    ),
    version=DATED,
    scopes="locations/tasks.readonly",
    source="locations.json",
    object="task",
    words=("todo",),
)

OPERATIONS = {**LOCATIONS, **TAGS, **CUSTOM_FIELDS, **CUSTOM_VALUES, **TASKS}
