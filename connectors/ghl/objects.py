"""Custom objects, which are kinds of record that people made themselves, and their records."""

from typing import Any

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd, properties
from connectors.ghl.agency import AGENCY_ONLY
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, samples
from connectors.notation import Perform, Values, delete, fill, get, once, post, put, reconcile
from connectors.pages import ask, by_number, walk
from connectors.pages import listed as items
from connectors.spec import Choice, Choices, Context, Conversation, Request, Retry

S = samples("objects")
PAGE = 100
ANY_KIND = f.choice("key", "Which kind of record, as HighLevel lists them.", source="objects", label="Object")
KIND = f.choice("schemaKey", "One of your own kinds of record, or businesses.", source="record_objects", label="Object")
RECORD = f.text("id", "The record's ID, as a search or a trigger gives it.", label="Record ID")
PROPERTIES = f.lines(
    "properties",
    "Which field of the object, and what stands in it. Several options are separated by commas.",
    label="Fields",
    depends=("schemaKey",),
    fields=(
        f.choice("field", source="object_fields", depends=("schemaKey",), required=True),
        f.text("value", source="object_field_options", depends=("schemaKey", "field"), required=True),
    ),
)
OWNER = f.choices("owner", "The user it belongs to; one at most.", source="users", more=True)
FOLLOWERS = f.choices("followers", "Users who follow it; ten at most.", source="users", more=True)
LABELS = "What one and what several of them are called: Pet and Pets."
SINGULAR, PLURAL = f.text("singular", label="One"), f.text("plural", label="Several")


def writing(method: str, path: str) -> Perform:
    """Values become what their fields take; for that the object's fields are read first."""

    def perform(values: Values, context: Context) -> Conversation[Values]:
        told = yield from properties.schema(str(values["schemaKey"]), context)
        body: Values = {"properties": properties.written(values.get("properties") or [], told["fields"])}
        body |= {name: [str(one) for one in values[name]] for name in ("owner", "followers") if values.get(name)}
        where = {"locationId": odd.location(context)}
        query, sent = (where, body) if method == "PUT" else ({}, {**where, **body})
        request = Request(method, fill(path, values), query=query, json=sent, headers=odd.VERSION)
        response = yield from ask(request, explain, "write the record")
        return {"record": (response.json or {}).get("record") or {}}

    return perform


def find_record(values: Values, context: Context) -> Conversation[list[Values]]:
    """Records that hold exactly what was to be written and were made since the step began."""
    told = yield from properties.schema(str(values["schemaKey"]), context)
    sent = properties.written(values.get("properties") or [], told["fields"])
    found = yield from records_of(str(values["schemaKey"]), context)
    return [{"record": _as_made(one)} for one in found if _holds(one, sent) and odd.since(one, context)]


def _as_made(record: Values) -> Values:
    """As HighLevel answers when it makes one; in a search the times have other names."""
    times = {"dateAdded": record.get("createdAt"), "dateUpdated": record.get("updatedAt")}
    return {**{name: record.get(name) for name in ("id", "owner", "followers", "properties")}, **times}


def _holds(record: Values, sent: Values) -> bool:
    held = record.get("properties")
    return isinstance(held, dict) and all(properties.same(value, held.get(name)) for name, value in sent.items())


def records_of(object_key: str, context: Context) -> Conversation[list[Values]]:
    """All records of one kind. Raises Refused when they are too many."""
    path = fill("/objects/{schemaKey}/records/search", {"schemaKey": object_key})
    body = {"locationId": odd.location(context), "page": 1, "pageLimit": PAGE, "query": "", "searchAfter": []}
    request = Request("POST", path, json=body, headers=odd.VERSION, reads=True)
    return (yield from walk(request, explain, "list the records", items("records"), by_number(PAGE), whole=True))


def find_object(values: Values, context: Context) -> Conversation[list[Values]]:
    """The object of exactly this key."""
    wanted = f"custom_objects.{str(values['key']).removeprefix('custom_objects.')}"
    found = yield from objects(context)
    return [{"object": one} for one in found if one.get("key") == wanted]


def objects(context: Context) -> Conversation[list[Values]]:
    query = {"locationId": odd.location(context)}
    response = yield from ask(
        Request("GET", "/objects/", query=query, headers=odd.VERSION), explain, "list the objects"
    )
    return [one for one in (response.json or {}).get("objects") or [] if one.get("key")]


OBJECTS = resource(
    "objects",
    "/objects",
    get(
        "get_object_by_location_id", "/", "List custom objects", LOCATION_QUERY, sample=S["objects"], cache=60,
        words=("find", "schema"), help="Contacts, opportunities and businesses are in it too, as standard ones.",
    ),
    get(
        "get_object_schema_by_key", "/{key}", "Get a custom object's set-up", LOCATION_QUERY, ANY_KIND,
        f.boolean("fetchProperties", "Yes: with its fields.", default=True, label="Fields too", more=True),
        sample=S["object"], cache=60, words=("schema", "fields"),
    ),
    post(
        "create_custom_object_schema", "/", "Set up a custom object", LOCATION,
        f.object_("labels", LABELS, label="Names", fields=(required(SINGULAR), required(PLURAL)), required=True),
        f.text("key", "A name for use by programs, such as pets; it stays.", label="Key", required=True),
        f.object_(
            "primaryDisplayPropertyDetails",
            "The field by which a record is called, such as Pet name.",
            label="Main field",
            fields=(
                f.text("key", "For use by programs, such as name.", label="Key", required=True),
                f.text("name", "For people.", required=True),
                f.choice("dataType", choices=(("TEXT", "Text"), ("NUMERICAL", "Number")), label="Kind", required=True),
            ),
            required=True,
        ),
        f.note("description"), sample=S["made"], retry=reconcile(by=find_object), scopes="objects/schema.write",
        words=("create", "schema"), help=AGENCY_ONLY,
    ),
    put(
        "update_custom_object", "/{key}", "Update a custom object's set-up", LOCATION, ANY_KIND,
        f.choices(
            "searchableProperties", "Fields that a search of its records looks into: all of them, old ones too.",
            source="object_field_keys", depends=("key",), label="Searched fields", required=True,
        ),
        f.object_("labels", LABELS, label="Names", fields=(SINGULAR, PLURAL)), f.note("description"),
        sample=S["made"], scopes="objects/schema.write", words=("schema",),
    ),
    version=DATED,
    scopes="objects/schema.readonly",
    source="objects.json",
    object="custom object",
)  # fmt: skip

RECORDS = resource(
    "objects",
    "/objects/{schemaKey}/records",
    post(
        "create_object_record", "", "Create a record of a custom object", KIND, required(PROPERTIES), OWNER, FOLLOWERS,
        sample=S["record"], perform=writing("POST", "/objects/{schemaKey}/records"),
        retry=once(by=find_record, lag=10),
    ),
    put(
        "update_object_record", "/{id}", "Update a record of a custom object", KIND, RECORD, required(PROPERTIES),
        OWNER, FOLLOWERS, sample=S["record"], perform=writing("PUT", "/objects/{schemaKey}/records/{id}"),
        help="Only the fields named here are sent.",
    ),
    get(
        "get_record", "/{id}", "Get a record of a custom object", KIND, RECORD, sample=S["record"],
        scopes="objects/record.readonly",
    ),
    post(
        "search_object_records", "/search", "Search records of a custom object", LOCATION, KIND,
        f.text("query", "What stands in one of its searched fields; with the field's name before it, only there: "
               "name:Buddy. Left empty, all."),
        f.integer("pageLimit", "At most so many.", default=20, label="Limit", more=True),
        f.integer("page", "The page of that size, counted from 1.", default=1, more=True),
        sample=S["records"], reads=True, more={"query": "", "searchAfter": []}, scopes="objects/record.readonly",
        words=("find", "list"),
    ),
    delete("delete_object_record", "/{id}", "Delete a record of a custom object", KIND, RECORD, retry=Retry.IDEMPOTENT),
    version=DATED,
    scopes="objects/record.write",
    source="objects.json",
    object="record",
    words=("custom object",),
)  # fmt: skip

OPERATIONS = {**OBJECTS, **RECORDS}


# Live lists


def _objects(fits: Any) -> Any:
    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from objects(context)
        return [Choice(one["key"], _called(one)) for one in sorted(found, key=_standard) if fits(one)]

    return load


def _called(one: Values) -> str:
    labels = one.get("labels") or {}
    return str(labels.get("plural") or labels.get("singular") or one["key"])


def _standard(one: Values) -> bool:
    """One's own come before these."""
    return bool(one.get("standard"))


def _custom(one: Values) -> bool:
    return not _standard(one)


def _with_records(one: Values) -> bool:
    return _custom(one) or one["key"] == "business"


def _fields(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    told = yield from properties.schema(str(inputs.get("schemaKey") or ""), context)
    return [
        Choice(name, label, properties.told(field))
        for field in told["fields"]
        for name, label in properties.names(field)
    ]


def _field_options(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """Of the field that is chosen beside it; none where people write what they like."""
    told = yield from properties.schema(str(inputs.get("schemaKey") or ""), context)
    field = next((one for one in told["fields"] if properties.key(one) == inputs.get("field")), None)
    return properties.offered(field) if field else []


def _field_keys(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    told = yield from properties.schema(str(inputs.get("key") or ""), context)
    return [Choice(field["fieldKey"], properties.label(field), properties.told(field)) for field in told["fields"]]


def _every_field(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """Of all custom objects, each name once."""
    found: dict[str, Choice] = {}
    for one in (yield from objects(context)):
        if _custom(one):
            told = yield from properties.schema(one["key"], context)
            found = {
                name: Choice(name, label) for field in told["fields"] for name, label in properties.names(field)
            } | found
    return list(found.values())


CHOICES = {
    one.key: one
    for one in (
        Choices("objects", _objects(lambda one: True)),
        Choices("record_objects", _objects(_with_records)),
        Choices("custom_objects", _objects(_custom)),
        Choices("object_fields", _fields),
        Choices("object_field_options", _field_options),
        Choices("object_field_keys", _field_keys),
        Choices("record_fields", _every_field),
    )
}
