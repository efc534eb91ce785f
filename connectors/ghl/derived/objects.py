"""Objects: derived from objects.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, resource, samples
from connectors.notation import delete, get, post, put

S = samples("objects")

OPERATIONS = resource(
    "objects", "",
    get("get_object_schema_by_key", "/objects/{key}", "Get a custom object's set-up", LOCATION_QUERY,
        f.text("fetchProperties"), sample=S["get_object_schema_by_key"], scopes="objects/schema.readonly"),
    put("update_custom_object", "/objects/{key}", "Update a custom object's set-up", LOCATION,
        need(f.choices("searchableProperties")), f.object_("labels", fields=(f.text("singular"), f.text("plural"),)),
        f.note("description"), sample=S["update_custom_object"], scopes="objects/schema.write"),
    get("get_record", "/objects/{schemaKey}/records/{id}", "Get a record of a custom object", sample=S["get_record"]),
    put("update_object_record", "/objects/{schemaKey}/records/{id}", "Update a record of a custom object",
        LOCATION_QUERY, sample=S["update_object_record"]),
    delete("delete_object_record", "/objects/{schemaKey}/records/{id}", "Delete a record of a custom object", ),
    post("create_object_record", "/objects/{schemaKey}/records", "Create a record of a custom object",
        sample=S["create_object_record"], scopes="objects/record.write"),
    post("search_object_records", "/objects/{schemaKey}/records/search", "Search records of a custom object",
        LOCATION, need(f.number("page")), need(f.number("pageLimit")), need(f.text("query")),
        need(f.choices("searchAfter")), sample=S["search_object_records"], reads=True,
        scopes="objects/record.readonly"),
    get("get_object_by_location_id", "/objects/", "List custom objects", LOCATION_QUERY,
        sample=S["get_object_by_location_id"], scopes="objects/schema.readonly"),
    post("create_custom_object_schema", "/objects/", "Set up a custom object", LOCATION,
        need(f.object_("labels", fields=(need(f.text("singular")), need(f.text("plural")),))), need(f.text("key")),
        need(f.object_("primaryDisplayPropertyDetails", fields=(need(f.text("key")), need(f.text("name")),
        need(f.text("dataType")),))), f.note("description"), sample=S["create_custom_object_schema"],
        scopes="objects/schema.write"),
    version="2021-07-28", source="objects.json", object="object",
)
