"""Custom fields: derived from custom-fields.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("custom_fields")
ACCEPTED_FORMATS = f.choice("acceptedFormats",
    choices=options(".pdf .docx .doc .jpg .jpeg .png .gif .csv .xlsx .xls all"))
SHARED = (f.text("name"), f.note("description"), f.text("placeholder"),
    f.lines("options", fields=(need(f.text("key")), need(f.text("label")), f.text("url"),)), ACCEPTED_FORMATS,
    f.number("maxFileLimit"))

OPERATIONS = resource(
    "custom_fields", "",
    get("get_custom_field", "/custom-fields/{id}", "Get a custom field", sample=S["get_custom_field"],
        scopes="locations/customFields.readonly"),
    put("update_custom_field", "/custom-fields/{id}", "Update a custom field", LOCATION,
        need(f.boolean("showInForms")), *SHARED, sample=S["update_custom_field"],
        scopes="locations/customFields.write"),
    delete("delete_custom_field", "/custom-fields/{id}", "Delete a custom field",
        scopes="locations/customFields.write"),
    get("get_custom_fields_by_object_key", "/custom-fields/object-key/{objectKey}", "List custom fields of an object",
        LOCATION_QUERY, sample=S["get_custom_fields_by_object_key"], scopes="locations/customFields.readonly"),
    post("create_custom_field_folder", "/custom-fields/folder", "Create a custom field folder", LOCATION,
        need(f.text("objectKey")), need(f.text("name")), sample=S["create_custom_field_folder"],
        scopes="locations/customFields.write"),
    put("update_custom_field_folder", "/custom-fields/folder/{id}", "Update a custom field folder", LOCATION,
        need(f.text("name")), sample=S["update_custom_field_folder"], scopes="locations/customFields.write"),
    delete("delete_custom_field_folder", "/custom-fields/folder/{id}", "Delete a custom field folder", LOCATION_QUERY,
        scopes="locations/customFields.write"),
    post("create_custom_field", "/custom-fields/", "Create a custom field", LOCATION, need(f.boolean("showInForms")),
        need(f.choice("dataType", choices=options("TEXT LARGE_TEXT NUMERICAL PHONE MONETORY CHECKBOX SINGLE_OPTIONS "
        "MULTIPLE_OPTIONS DATE TEXTBOX_LIST FILE_UPLOAD RADIO EMAIL"))), need(f.text("fieldKey")),
        need(f.text("objectKey")), need(ref("parentId")), *SHARED, f.boolean("allowCustomOption", more=True),
        sample=S["create_custom_field"], scopes="locations/customFields.write"),
    version="2021-07-28", source="custom-fields.json", object="custom field",
)
