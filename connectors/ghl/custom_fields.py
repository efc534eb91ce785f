"""Fields that people give their records: those of custom objects and businesses, those of contacts and opportunities;
and the custom values of the location."""

from typing import Any

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import choices, odd, properties
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION, LOCATION_PATH, LOCATION_QUERY, resource, samples
from connectors.notation import Values, delete, fill, get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request

S = samples("custom_fields")
KINDS = (
    ("TEXT", "Text"),
    ("LARGE_TEXT", "Long text"),
    ("NUMERICAL", "Number"),
    ("MONETORY", "Money"),
    ("DATE", "Date"),
    ("PHONE", "Phone"),
    ("EMAIL", "E-mail"),
    ("SINGLE_OPTIONS", "One of a list"),
    ("RADIO", "One of a list, as buttons"),
    ("MULTIPLE_OPTIONS", "Some of a list"),
    ("CHECKBOX", "Some of a list, as boxes"),
    ("TEXTBOX_LIST", "Several texts"),
    ("FILE_UPLOAD", "File"),
)
ENDINGS = ("pdf", "docx", "doc", "jpg", "jpeg", "png", "gif", "csv", "xlsx", "xls")
FORMATS = tuple((f".{end}", f".{end}") for end in ENDINGS)
OBJECT = f.choice(
    "objectKey", "One of your own kinds of record, or businesses.", source="record_objects", label="Object"
)
NARROW = f.choice(
    "object", "Narrows the list below to one kind of record.", source="record_objects", label="Object", where="none"
)
FIELD = f.choice("id", "Which field.", source="object_field_ids", depends=("object",), label="Custom field")
FOLDER = f.choice("id", "Which folder.", source="object_folders", depends=("object",), label="Folder")
FOLDER_NAME = f.text("name", "As people shall see it.", required=True)
IN_FORMS = f.boolean("showInForms", "Yes: forms may ask for it.", label="Shown in forms", required=True)
OPTION = (
    f.text("key", "For use by programs, such as basic.", label="Key", required=True),
    f.text("label", "For people.", label="Option", required=True),
    f.url("url", "Of a picture, for buttons.", label="Picture"),
)
SHAPE = (
    f.text("name", "As people shall see it."),
    f.note("description", more=True),
    f.text("placeholder", "Shown while it is empty.", more=True),
    f.lines("options", "Of a list; these take the place of all there were.", fields=OPTION),
    f.choice("acceptedFormats", "Of files.", choices=(*FORMATS, ("all", "All")), label="Kind of file", more=True),
    f.integer("maxFileLimit", "Of files: at most so many.", label="Most files", more=True),
)
OWN_KIND = f.choice("dataType", "What it takes.", choices=KINDS, label="Kind", required=True)


def whole_key(body: Values) -> Values:
    """`name` as `custom_objects.pets.name`: what stands before it follows from the object."""
    if "." not in str(body.get("fieldKey") or "."):
        body["fieldKey"] = f"{body['objectKey']}.{body['fieldKey']}"
    return body


def of_object(key: str, context: Context) -> Conversation[Values]:
    """{fields, folders} of a kind of record."""
    path = fill("/custom-fields/object-key/{objectKey}", {"objectKey": key})
    request = Request("GET", path, query={"locationId": odd.location(context)}, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the fields of the object")
    return dict(response.json or {})


def find_field(values: Values, context: Context) -> Conversation[list[Values]]:
    """The object's field of this key: there is one at most."""
    told = yield from of_object(str(values["objectKey"]), context)
    wanted = str(values["fieldKey"]).rsplit(".", 1)[-1]
    return [{"field": one} for one in properties.fields_of(told.get("fields") or []) if properties.key(one) == wanted]


def find_folder(values: Values, context: Context) -> Conversation[list[Values]]:
    told = yield from of_object(str(values["objectKey"]), context)
    return [_folder(one, values) for one in told.get("folders") or [] if one.get("name") == values["name"]]


def _folder(one: Values, values: Values) -> Values:
    return {"objectKey": values["objectKey"], **{name: one.get(name) for name in ("id", "locationId", "name")}}


def find_own(values: Values, context: Context) -> Conversation[list[Values]]:
    """The contacts' or opportunities' field of this name and kind."""
    wanted = {"name": values["name"], "dataType": values["dataType"], "model": values.get("model") or "contact"}
    found = yield from choices.listed("/locations/{location}/customFields", "customFields", context, model="all")
    return [{"customField": one} for one in found if odd.fits({"model": "contact", **one}, wanted)]


OF_OBJECTS = resource(
    "custom_fields",
    "/custom-fields",
    get(
        "get_custom_fields_by_object_key", "/object-key/{objectKey}", "List fields of a custom object", LOCATION_QUERY,
        OBJECT, sample=S["fields"], scopes="locations/customFields.readonly", cache=60, words=("folders",),
    ),
    get(
        "get_custom_field", "/{id}", "Get a field of a custom object", NARROW, FIELD, sample=S["field"],
        scopes="locations/customFields.readonly",
    ),
    post(
        "create_custom_field", "/", "Create a field of a custom object", LOCATION, required(OBJECT), required(SHAPE[0]),
        OWN_KIND, f.text("fieldKey", "For use by programs, such as name; it stays.", label="Key", required=True),
        f.choice(
            "parentId", "The folder it lies in.", source="object_folders", depends=("objectKey",), label="Folder",
            required=True,
        ),
        f.boolean("showInForms", "Yes: forms may ask for it.", label="Shown in forms", default=True, more=True),
        *SHAPE[1:], f.boolean("allowCustomOption", "Of buttons: another answer may be typed in.", more=True),
        sample=S["field"], shape=whole_key, retry=reconcile(by=find_field, lag=5),
    ),
    put(
        "update_custom_field", "/{id}", "Update a field of a custom object", LOCATION, NARROW, FIELD, IN_FORMS, *SHAPE,
        sample=S["field"],
    ),
    delete("delete_custom_field", "/{id}", "Delete a field of a custom object", NARROW, FIELD),
    post(
        "create_custom_field_folder", "/folder", "Create a folder of fields", LOCATION, required(OBJECT), FOLDER_NAME,
        sample=S["folder"], retry=reconcile(by=find_folder, lag=5), words=("custom object",),
    ),
    put(
        "update_custom_field_folder", "/folder/{id}", "Rename a folder of fields", LOCATION, NARROW, FOLDER,
        FOLDER_NAME, sample=S["folder"], words=("update", "custom object"),
    ),
    delete(
        "delete_custom_field_folder", "/folder/{id}", "Delete a folder of fields", LOCATION_QUERY, NARROW, FOLDER,
        words=("custom object",),
    ),
    version=DATED,
    scopes="locations/customFields.write",
    source="custom-fields.json",
    object="custom field",
)  # fmt: skip

MODEL = f.choice(
    "model", "Whose field it is.", choices=(("contact", "Contacts"), ("opportunity", "Opportunities")), label="Of"
)
ANY_FIELD = f.choice("id", "Which field.", source="all_custom_fields", label="Custom field")
VALUE = f.choice("id", "Which custom value.", source="custom_values", label="Custom value")
DETAILS = (
    f.text("placeholder", "Shown while it is empty.", more=True),
    f.choices("acceptedFormat", "Of files.", choices=FORMATS, label="Kinds of file", more=True),
    f.boolean("isMultipleFile", "Of files: several at a time.", label="Several files", more=True),
    f.integer("maxNumberOfFiles", "Of files: at most so many.", label="Most files", more=True),
    f.lines(
        "textBoxListOptions", "Of several texts: what each is called.", label="Texts",
        fields=(f.text("label", required=True), f.text("prefillValue", label="Filled with")), more=True,
    ),
    f.integer("position", "Among the others, counted from 0.", more=True),
)  # fmt: skip

OF_LOCATION = resource(
    "locations",
    "/locations/{locationId}",
    post(
        "create_custom_field", "/customFields", "Create a custom field", LOCATION_PATH,
        f.text("name", "As people shall see it.", required=True), OWN_KIND, MODEL, *DETAILS, sample=S["own"],
        retry=reconcile(by=find_own, lag=5), words=("contact", "opportunity"),
    ),
    put(
        "update_custom_field", "/customFields/{id}", "Update a custom field", LOCATION_PATH, ANY_FIELD,
        f.text("name", "As people shall see it; HighLevel wants to be told each time.", required=True), MODEL, *DETAILS,
        sample=S["own"], words=("contact", "opportunity", "rename"),
    ),
    delete(
        "delete_custom_field", "/customFields/{id}", "Delete a custom field", LOCATION_PATH, ANY_FIELD,
        help="What stands in it is lost with all contacts or opportunities.", words=("contact", "opportunity"),
    ),
    version=DATED,
    scopes="locations/customFields.write",
    source="locations.json",
    object="custom field",
)  # fmt: skip

VALUES = resource(
    "locations",
    "/locations/{locationId}/customValues",
    delete("delete_custom_value", "/{id}", "Delete a custom value", LOCATION_PATH, VALUE),
    version=DATED,
    scopes="locations/customValues.write",
    source="locations.json",
    object="custom value",
    words=("merge field",),
)

OPERATIONS = {**OF_OBJECTS, **OF_LOCATION, **VALUES}


# Live lists


def _object_of(inputs: dict[str, Any]) -> str:
    return str(inputs.get("object") or inputs.get("objectKey") or "")


def _fields(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    told = yield from of_object(_object_of(inputs), context)
    found = properties.fields_of(told.get("fields") or [])
    return [Choice(one["id"], properties.label(one), properties.told(one)) for one in found if one.get("id")]


def _folders(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    told = yield from of_object(_object_of(inputs), context)
    return [Choice(one["id"], one.get("name") or one["id"]) for one in told.get("folders") or [] if one.get("id")]


def _values(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from choices.listed("/locations/{location}/customValues", "customValues", context)
    return [
        Choice(one["id"], one.get("name") or one["id"], str(one.get("value") or "")) for one in found if one.get("id")
    ]


CHOICES = {
    one.key: one
    for one in (
        Choices("object_field_ids", _fields),
        Choices("object_folders", _folders),
        Choices("custom_values", _values),
        Choices("all_custom_fields", choices.fields_of("all")),
    )
}
