"""Estimates: derived from invoices.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import (
    ALT,
    ALT_QUERY,
    ALT_TYPE,
    DONE,
    done,
    folded,
    need,
    options,
    ref,
    resource,
    samples,
)
from connectors.notation import delete, get, patch, post, put

S = samples("estimates")
BUSINESS_DETAILS = f.object_("businessDetails", fields=(f.text("logoUrl"), f.text("name"), f.text("phoneNo"),
    f.json("address", example='{"addressLine1": "text"}'), f.text("website"), f.choices("customValues"),))
ITEMS = f.lines("items", fields=(need(f.text("name")), f.note("description"), ref("productId"), ref("priceId"),
    need(f.text("currency")), need(f.number("amount")), need(f.number("qty")),
    f.json("taxes", example='[{"_id": "text", "name": "text", "rate": 1}]'), ref("automaticTaxCategoryId"),
    f.boolean("isSetupFeeItem"), f.choice("type", choices=options("one_time recurring")), f.boolean("taxInclusive"),
    f.choices("attachments"),))
DISCOUNT = f.object_("discount", fields=(f.number("value"),
    need(f.choice("type", choices=options("percentage fixed"))), f.choices("validOnProductIds"),))
CONTACT_DETAILS = f.object_("contactDetails", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("phoneNo")), need(f.email("email")),
    f.json("additionalEmails", example='[{"email": "text"}]'), f.text("companyName"),
    f.json("address", example='{"addressLine1": "text"}'), f.choices("customFields"),))
FREQUENCY_SETTINGS = f.object_("frequencySettings", fields=(need(f.boolean("enabled")),
    need(f.json("schedule", example='{"executeAt": "text"}')),))
SENT_TO = f.object_("sentTo", fields=(need(f.choices("email")), f.choices("emailCc"), f.choices("emailBcc"),
    f.choices("phoneNo"),))
SEND_ESTIMATE_DETAILS = f.object_("sendEstimateDetails", fields=(need(ref("altId")),
    need(f.choice("altType", choices=options("location"))),
    need(f.choice("action", choices=options("sms_and_email send_manually email sms"))), need(f.boolean("liveMode")),
    need(ref("userId")), f.json("sentFrom", example='{"fromName": "text"}'), f.text("estimateName"),))
ATTACHMENTS = f.lines("attachments", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("url")), need(f.text("type")), need(f.number("size")),))
AUTO_INVOICE = f.object_("autoInvoice", fields=(need(f.boolean("enabled")), f.boolean("directPayments"),))
MISCELLANEOUS_CHARGES = f.object_("miscellaneousCharges", fields=(need(f.json("charges", example='[[{}]]')),
    f.number("collectedMiscellaneousCharges"),
    f.json("paidCharges", example='[{"name": "text", "charge": 1, "amount": 1, "_id": "text"}]'),))
PAYMENT_SCHEDULE_CONFIG = f.object_("paymentScheduleConfig", fields=(need(f.choice("type",
    choices=options("fixed percentage"))), need(f.json("dateConfig",
    example='{"depositDateType": "estimate_accepted", "scheduleDateType": "regular_interval"}')),
    need(f.json("schedules", example='[[{}]]')),))
SHARED = (ALT, ALT_TYPE, need(f.text("name")), need(BUSINESS_DETAILS), need(f.text("currency")), need(ITEMS),
    need(DISCOUNT), need(CONTACT_DETAILS), need(FREQUENCY_SETTINGS), f.boolean("liveMode"), f.note("termsNotes"),
    f.text("title"), f.number("estimateNumber"), f.text("issueDate"), f.text("expiryDate"), folded(SENT_TO),
    f.boolean("automaticTaxesEnabled", more=True), f.json("meta", example='{"key": "value"}', more=True),
    folded(SEND_ESTIMATE_DETAILS), f.text("estimateNumberPrefix", more=True), ref("userId", more=True),
    folded(ATTACHMENTS), folded(AUTO_INVOICE), folded(MISCELLANEOUS_CHARGES), folded(PAYMENT_SCHEDULE_CONFIG))

OPERATIONS = resource(
    "estimates", "",
    post("create_new_estimate", "/invoices/estimate", "Create an estimate", *SHARED, sample=S["create_new_estimate"],
        scopes="invoices/estimate.write"),
    put("update_estimate", "/invoices/estimate/{estimateId}", "Update an estimate", *SHARED,
        f.choice("estimateStatus", choices=options("all draft sent accepted declined invoiced viewed"), more=True),
        sample=S["update_estimate"], scopes="invoices/estimate.write"),
    delete("delete_estimate", "/invoices/estimate/{estimateId}", "Delete an estimate", ALT, ALT_TYPE, body=True,
        sample=S["delete_estimate"], scopes="invoices/estimate.write"),
    get("generate_estimate_number", "/invoices/estimate/number/generate", "Generate the next estimate number",
        ALT_QUERY, ALT_TYPE, sample=S["generate_estimate_number"], scopes="invoices/estimate.readonly"),
    post("send_estimate", "/invoices/estimate/{estimateId}/send", "Send an estimate", ALT, ALT_TYPE,
        need(f.choice("action", choices=options("sms_and_email send_manually email sms"))),
        need(f.boolean("liveMode")), need(ref("userId")), f.object_("sentFrom", fields=(f.text("fromName"),
        f.text("fromEmail"),)), f.text("estimateName"), sample=S["send_estimate"], scopes="invoices/estimate.write"),
    post("create_invoice_from_estimate", "/invoices/estimate/{estimateId}/invoice",
        "Create an invoice from an estimate", ALT, ALT_TYPE, need(f.boolean("markAsInvoiced")),
        f.choice("version", choices=options("v1 v2")), sample=S["create_invoice_from_estimate"],
        scopes="invoices/estimate.write"),
    get("list_estimates", "/invoices/estimate/list", "List estimates", ALT_QUERY, ALT_TYPE, need(f.text("limit")),
        need(f.text("offset")), f.text("startAt"), f.text("endAt"), f.text("search"),
        f.choice("status", choices=options("all draft sent accepted declined invoiced viewed")), ref("contactId"),
        sample=S["list_estimates"], scopes="invoices/estimate.readonly"),
    patch("update_estimate_last_visited_at", "/invoices/estimate/stats/last-visited-at",
        "Note that an estimate was viewed", need(ref("estimateId")), sample=DONE, read=done),
    version="2021-07-28", source="invoices.json", object="estimate",
)
