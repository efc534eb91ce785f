"""Emails: derived from emails.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_PATH, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import delete, get, post

S = samples("emails")

OPERATIONS = resource(
    "emails", "",
    get("fetch_campaigns", "/emails/schedule", "List e-mail campaigns", LOCATION_QUERY, f.number("limit"),
        f.number("offset"), f.choice("status",
        choices=options("active pause complete cancelled retry draft resend-scheduled")),
        f.choice("emailStatus",
        choices=options("all not-started paused cancelled processing resumed next-drip complete "
        "success error waiting queued queueing reading scheduled")), f.text("name"), ref("parentId"),
        f.boolean("limitedFields", more=True), f.boolean("archived", more=True),
        f.boolean("campaignsOnly", more=True), f.boolean("showStats", more=True), sample=S["fetch_campaigns"],
        scopes="emails/schedule.readonly"),
    get("fetch_template", "/emails/builder", "List e-mail templates", LOCATION_QUERY, f.text("limit"),
        f.text("offset"), f.text("search"), f.text("sortByDate"), f.text("archived"),
        f.choice("builderVersion", choices=options("1 2")), f.text("name", more=True), ref("parentId", more=True),
        ref("originId", more=True), f.text("templatesOnly", more=True), sample=S["fetch_template"],
        scopes="emails/builder.readonly"),
    post("create_template", "/emails/builder", "Create an e-mail template", LOCATION,
        need(f.choice("type", choices=options("html folder import builder blank"))),
        need(f.choice("importProvider", choices=options("mailchimp active_campaign kajabi"))), f.text("title"),
        f.text("updatedBy"), f.choice("builderVersion", choices=options("1 2")), f.text("name"), ref("parentId"),
        f.text("templateDataUrl"), f.text("importURL", more=True), f.text("templateSource", more=True),
        f.boolean("isPlainText", more=True), sample=S["create_template"], scopes="emails/builder.write"),
    delete("delete_template", "/emails/builder/{locationId}/{templateId}", "Delete an e-mail template",
        LOCATION_PATH),
    post("update_template", "/emails/builder/data", "Update an e-mail template", LOCATION, need(ref("templateId")),
        need(f.text("updatedBy")), need(f.object_("dnd", fields=(need(f.choices("elements")),
        need(f.json("attrs", example='{"key": "value"}')),
        need(f.json("templateSettings", example='{"key": "value"}')),))), need(f.note("html")),
        need(f.choice("editorType", choices=options("html builder"))), f.text("previewText"),
        f.boolean("isPlainText"), sample=S["update_template"], scopes="emails/builder.write"),
    version="2021-07-28", source="emails.json", object="email",
)
