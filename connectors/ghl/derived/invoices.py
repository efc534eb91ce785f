"""Invoices: derived from invoices.json; names and types are the service's own."""

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

S = samples("invoices")
ITEMS = f.lines("items", fields=(need(f.text("name")), f.note("description"), ref("productId"), ref("priceId"),
    need(f.text("currency")), need(f.number("amount")), need(f.number("qty")),
    f.json("taxes", example='[{"_id": "text", "name": "text", "rate": 1}]'), ref("automaticTaxCategoryId"),
    f.boolean("isSetupFeeItem"), f.choice("type", choices=options("one_time recurring")), f.boolean("taxInclusive"),))
CONTACT_DETAILS = f.object_("contactDetails", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("phoneNo")), need(f.email("email")),
    f.json("additionalEmails", example='[{"email": "text"}]'), f.text("companyName"),
    f.json("address", example='{"addressLine1": "text"}'), f.choices("customFields"),))
SENT_TO = f.object_("sentTo", fields=(need(f.choices("email")), f.choices("emailCc"), f.choices("emailBcc"),
    f.choices("phoneNo"),))
PAYMENT_SCHEDULE = f.object_("paymentSchedule", fields=(need(f.choice("type", choices=options("fixed percentage"))),
    need(f.choices("schedules")),))
LATE_FEES_CONFIGURATION = f.object_("lateFeesConfiguration", fields=(need(f.boolean("enable")),
    need(f.number("value")), need(f.choice("type", choices=options("fixed percentage"))),
    need(f.json("frequency", example='{"intervalCount": 1, "interval": "minute"}')),
    f.json("grace", example='{"intervalCount": 1, "interval": "day"}'),
    f.json("maxLateFees", example='{"type": "fixed", "value": 1}'),))
TIPS_CONFIGURATION = f.object_("tipsConfiguration", fields=(need(f.choices("tipsPercentage")),
    need(f.boolean("tipsEnabled")),))
PAYMENT_METHODS = f.object_("paymentMethods", fields=(need(f.json("stripe",
    example='{"enableBankDebitOnly": true}')),))
ATTACHMENTS = f.lines("attachments", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("url")), need(f.text("type")), need(f.number("size")),))
MISCELLANEOUS_CHARGES = f.object_("miscellaneousCharges", fields=(need(f.json("charges", example='[[{}]]')),
    f.number("collectedMiscellaneousCharges"),
    f.json("paidCharges", example='[{"name": "text", "charge": 1, "amount": 1, "_id": "text"}]'),))
DISCOUNT = f.object_("discount", fields=(f.number("value"),
    need(f.choice("type", choices=options("percentage fixed"))), f.choices("validOnProductIds"),))
BUSINESS_DETAILS = f.object_("businessDetails", fields=(f.text("logoUrl"), f.text("name"), f.text("phoneNo"),
    f.json("address", example='{"addressLine1": "text"}'), f.text("website"), f.choices("customValues"),))
SHARED = (f.note("termsNotes"), f.text("title"), f.text("invoiceNumber"), f.text("dueDate"),
    f.boolean("automaticTaxesEnabled"), PAYMENT_SCHEDULE, folded(LATE_FEES_CONFIGURATION), folded(TIPS_CONFIGURATION),
    f.text("invoiceNumberPrefix", more=True), folded(PAYMENT_METHODS), folded(ATTACHMENTS),
    folded(MISCELLANEOUS_CHARGES))

OPERATIONS = resource(
    "invoices", "",
    post("textpay_invoice", "/invoices/text2pay", "Send an invoice by text to pay", ALT, ALT_TYPE,
        need(f.text("name")), need(f.text("currency")), need(ITEMS), need(CONTACT_DETAILS), need(f.text("issueDate")),
        need(SENT_TO), need(f.boolean("liveMode")), need(f.choice("action", choices=options("draft send"))),
        need(ref("userId")), *SHARED, f.text("id", "Its ID, as an earlier step gives it.", more=True),
        f.boolean("includeTermsNote", more=True), folded(DISCOUNT), folded(BUSINESS_DETAILS),
        sample=S["textpay_invoice"], scopes="invoices.write"),
    get("generate_invoice_number", "/invoices/generate-invoice-number", "Generate the next invoice number", ALT_QUERY,
        ALT_TYPE, sample=S["generate_invoice_number"], scopes="invoices.readonly"),
    get("get_invoice_settings", "/invoices/settings", "Get the invoice settings", ALT_QUERY, ALT_TYPE,
        sample=S["get_invoice_settings"], scopes="invoices.readonly"),
    get("get_invoice", "/invoices/{invoiceId}", "Get an invoice", ALT_QUERY, ALT_TYPE, sample=S["get_invoice"],
        scopes="invoices.readonly"),
    put("update_invoice", "/invoices/{invoiceId}", "Update an invoice", ALT, ALT_TYPE, need(f.text("name")),
        need(f.text("currency")), need(f.lines("invoiceItems", fields=(need(f.text("name")), f.note("description"),
        ref("productId"), ref("priceId"), need(f.text("currency")), need(f.number("amount")), need(f.number("qty")),
        f.json("taxes", example='[{"_id": "text", "name": "text", "rate": 1}]'), ref("automaticTaxCategoryId"),
        f.boolean("isSetupFeeItem"), f.choice("type", choices=options("one_time recurring")),
        f.boolean("taxInclusive"),))), need(f.text("issueDate")), need(f.text("dueDate")), f.text("title"),
        f.note("description"), BUSINESS_DETAILS, f.text("invoiceNumber"), ref("contactId"), CONTACT_DETAILS,
        f.note("termsNotes", more=True), folded(DISCOUNT), f.boolean("automaticTaxesEnabled", more=True),
        f.boolean("liveMode", more=True), folded(PAYMENT_SCHEDULE), folded(TIPS_CONFIGURATION),
        f.json("xeroDetails", example='{"key": "value"}', more=True), f.text("invoiceNumberPrefix", more=True),
        folded(PAYMENT_METHODS), folded(ATTACHMENTS), folded(MISCELLANEOUS_CHARGES), sample=S["update_invoice"],
        scopes="invoices.write"),
    delete("delete_invoice", "/invoices/{invoiceId}", "Delete an invoice", ALT_QUERY, ALT_TYPE,
        scopes="invoices.write"),
    patch("update_invoice_late_fees_configuration", "/invoices/{invoiceId}/late-fees-configuration",
        "Set late fees of an invoice", ALT, ALT_TYPE, need(LATE_FEES_CONFIGURATION),
        sample=S["update_invoice_late_fees_configuration"]),
    post("void_invoice", "/invoices/{invoiceId}/void", "Void an invoice", ALT, ALT_TYPE, sample=S["void_invoice"],
        scopes="invoices.write"),
    post("send_invoice", "/invoices/{invoiceId}/send", "Send an invoice", ALT, ALT_TYPE, need(ref("userId")),
        need(f.choice("action", choices=options("sms_and_email send_manually email sms"))),
        need(f.boolean("liveMode")), f.object_("sentFrom", fields=(f.text("fromName"), f.text("fromEmail"),)),
        f.object_("autoPayment", fields=(need(f.boolean("enable")), f.text("type"), ref("paymentMethodId"),
        ref("customerId"), f.json("card", example='{"brand": "text", "last4": "text"}'),
        f.json("usBankAccount", example='{"bank_name": "text", "last4": "text"}'),
        f.json("sepaDirectDebit", example='{"bank_code": "text", "last4": "text", "branch_code": "text"}'),
        f.json("bacsDirectDebit", example='{"sort_code": "text", "last4": "text"}'),
        f.json("becsDirectDebit", example='{"bsb_number": "text", "last4": "text"}'), ref("cardId"),
        f.json("provider", example='{"key": "value"}'),)), sample=S["send_invoice"], scopes="invoices.write"),
    post("record_invoice", "/invoices/{invoiceId}/record-payment", "Record a payment of an invoice", ALT, ALT_TYPE,
        need(f.choice("mode", choices=options("cash card cheque bank_transfer other"))),
        need(f.object_("card", fields=(need(f.text("brand")), need(f.text("last4")),))),
        need(f.object_("cheque", fields=(need(f.text("number")),))), need(f.note("notes")), f.number("amount"),
        f.json("meta", example='{"key": "value"}'), f.choices("paymentScheduleIds"), f.text("fulfilledAt"),
        sample=S["record_invoice"], scopes="invoices.write"),
    patch("update_invoice_last_visited_at", "/invoices/stats/last-visited-at", "Note that an invoice was viewed",
        need(ref("invoiceId")), sample=DONE, read=done),
    get("list_invoices", "/invoices/", "List invoices", ALT_QUERY, ALT_TYPE, need(f.text("limit")),
        need(f.text("offset")), f.text("status"), f.text("startAt"), f.text("endAt"), f.text("search"),
        f.choice("paymentMode", choices=options("default live test")), ref("contactId"),
        f.choice("sortField", choices=options("issueDate"), more=True),
        f.choice("sortOrder", choices=options("ascend descend"), more=True), sample=S["list_invoices"],
        scopes="invoices.readonly"),
    post("create_invoice", "/invoices/", "Create an invoice", ALT, ALT_TYPE, need(f.text("name")),
        need(BUSINESS_DETAILS), need(f.text("currency")), need(ITEMS), need(DISCOUNT), need(CONTACT_DETAILS),
        need(f.text("issueDate")), need(SENT_TO), need(f.boolean("liveMode")), *SHARED, sample=S["create_invoice"],
        scopes="invoices.write"),
    version="2021-07-28", source="invoices.json", object="invoice",
)
