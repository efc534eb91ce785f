"""Proposals: derived from proposals.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import need, options, ref, resource, samples
from connectors.notation import get, post

S = samples("proposals")

OPERATIONS = resource(
    "proposals", "",
    get("list_documents_contracts", "/proposals/document", "List documents and contracts", LOCATION_QUERY,
        f.choice("status", choices=options("draft sent viewed completed accepted")),
        f.choice("paymentStatus", choices=options("waiting_for_payment paid no_payment")), f.number("limit"),
        f.number("skip"), f.text("query"), f.text("dateFrom"), f.text("dateTo", more=True),
        sample=S["list_documents_contracts"]),
    post("send_documents_contracts", "/proposals/document/send", "Send a document or contract", LOCATION,
        need(ref("documentId")), need(f.text("sentBy")), f.text("documentName"),
        f.choice("medium", choices=options("link email")), f.lines("ccRecipients", fields=(need(f.email("email")),
        need(f.text("id", "Its ID, as an earlier step gives it.")), need(f.text("imageUrl")),
        need(f.text("contactName")), need(f.text("firstName")), need(f.text("lastName")),)),
        f.object_("notificationSettings", fields=(need(f.json("receive",
        example='{"templateId": "text", "subject": "text"}')),
        need(f.json("sender", example='{"fromEmail": "text", "fromName": "text"}')),)),
        sample=S["send_documents_contracts"]),
    get("list_documents_contracts_templates", "/proposals/templates", "List templates of documents and contracts",
        LOCATION_QUERY, f.text("dateFrom"), f.text("dateTo"), f.text("type"), f.text("name"),
        f.boolean("isPublicDocument"), ref("userId"), f.text("limit", more=True), f.text("skip", more=True),
        sample=S["list_documents_contracts_templates"]),
    post("send_documents_contracts_template", "/proposals/templates/send",
        "Send a document or contract from a template", LOCATION, need(ref("templateId")), need(ref("userId")),
        need(ref("contactId")), f.boolean("sendDocument"), ref("opportunityId"),
        sample=S["send_documents_contracts_template"]),
    version="2021-07-28", source="proposals.json", object="proposal",
)
