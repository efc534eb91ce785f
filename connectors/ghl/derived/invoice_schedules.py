"""Invoice schedules: derived from invoices.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import ALT, ALT_QUERY, ALT_TYPE, folded, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("invoice_schedules")
CONTACT_DETAILS = f.object_("contactDetails", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("phoneNo")), need(f.email("email")),
    f.json("additionalEmails", example='[{"email": "text"}]'), f.text("companyName"),
    f.json("address", example='{"addressLine1": "text"}'), f.choices("customFields"),))
SCHEDULE = f.object_("schedule", fields=(f.text("executeAt"),
    f.json("rrule", example='{"intervalType": "yearly", "interval": 1, "startDate": "text"}'),))
BUSINESS_DETAILS = f.object_("businessDetails", fields=(f.text("logoUrl"), f.text("name"), f.text("phoneNo"),
    f.json("address", example='{"addressLine1": "text"}'), f.text("website"), f.choices("customValues"),))
ITEMS = f.lines("items", fields=(need(f.text("name")), f.note("description"), ref("productId"), ref("priceId"),
    need(f.text("currency")), need(f.number("amount")), need(f.number("qty")),
    f.json("taxes", example='[{"_id": "text", "name": "text", "rate": 1}]'), ref("automaticTaxCategoryId"),
    f.boolean("isSetupFeeItem"), f.choice("type", choices=options("one_time recurring")), f.boolean("taxInclusive"),))
DISCOUNT = f.object_("discount", fields=(f.number("value"),
    need(f.choice("type", choices=options("percentage fixed"))), f.choices("validOnProductIds"),))
ATTACHMENTS = f.lines("attachments", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("url")), need(f.text("type")), need(f.number("size")),))
MISCELLANEOUS_CHARGES = f.object_("miscellaneousCharges", fields=(need(f.json("charges", example='[[{}]]')),
    f.number("collectedMiscellaneousCharges"),
    f.json("paidCharges", example='[{"name": "text", "charge": 1, "amount": 1, "_id": "text"}]'),))
AUTO_PAYMENT = f.object_("autoPayment", fields=(need(f.boolean("enable")), f.text("type"), ref("paymentMethodId"),
    ref("customerId"), f.json("card", example='{"brand": "text", "last4": "text"}'),
    f.json("usBankAccount", example='{"bank_name": "text", "last4": "text"}'),
    f.json("sepaDirectDebit", example='{"bank_code": "text", "last4": "text", "branch_code": "text"}'),
    f.json("bacsDirectDebit", example='{"sort_code": "text", "last4": "text"}'),
    f.json("becsDirectDebit", example='{"bsb_number": "text", "last4": "text"}'), ref("cardId"),
    f.json("provider", example='{"key": "value"}'),))
SHARED = (ALT, ALT_TYPE, need(f.text("name")), need(CONTACT_DETAILS), need(SCHEDULE), need(f.boolean("liveMode")),
    need(BUSINESS_DETAILS), need(f.text("currency")), need(ITEMS), need(DISCOUNT))

OPERATIONS = resource(
    "invoice_schedules", "",
    get("list_invoice_schedules", "/invoices/schedule", "List invoice schedules", ALT_QUERY, ALT_TYPE,
        need(f.text("limit")), need(f.text("offset")), f.text("status"), f.text("startAt"), f.text("endAt"),
        f.text("search"), f.choice("paymentMode", choices=options("default live test")),
        sample=S["list_invoice_schedules"], scopes="invoices/schedule.readonly"),
    post("create_invoice_schedule", "/invoices/schedule", "Create an invoice schedule", *SHARED,
        f.boolean("automaticTaxesEnabled"), f.note("termsNotes"), f.text("title"),
        f.object_("tipsConfiguration", fields=(need(f.choices("tipsPercentage")), need(f.boolean("tipsEnabled")),)),
        f.object_("lateFeesConfiguration", fields=(need(f.boolean("enable")), need(f.number("value")),
        need(f.choice("type", choices=options("fixed percentage"))),
        need(f.json("frequency", example='{"intervalCount": 1, "interval": "minute"}')),
        f.json("grace", example='{"intervalCount": 1, "interval": "day"}'),
        f.json("maxLateFees", example='{"type": "fixed", "value": 1}'),)), f.text("invoiceNumberPrefix"),
        f.object_("paymentMethods", fields=(need(f.json("stripe", example='{"enableBankDebitOnly": true}')),),
        more=True), folded(ATTACHMENTS), folded(MISCELLANEOUS_CHARGES), sample=S["create_invoice_schedule"],
        scopes="invoices/schedule.write"),
    get("get_invoice_schedule", "/invoices/schedule/{scheduleId}", "Get an invoice schedule", ALT_QUERY, ALT_TYPE,
        sample=S["get_invoice_schedule"], scopes="invoices/schedule.readonly"),
    put("update_invoice_schedule", "/invoices/schedule/{scheduleId}", "Update an invoice schedule", *SHARED,
        f.note("termsNotes"), f.text("title"), ATTACHMENTS, MISCELLANEOUS_CHARGES,
        sample=S["update_invoice_schedule"], scopes="invoices/schedule.write"),
    delete("delete_invoice_schedule", "/invoices/schedule/{scheduleId}", "Delete an invoice schedule", ALT_QUERY,
        ALT_TYPE, scopes="invoices/schedule.write"),
    post("update_and_schedule_invoice_schedule", "/invoices/schedule/{scheduleId}/updateAndSchedule",
        "Update and start an invoice schedule", sample=S["update_and_schedule_invoice_schedule"], bare=True,
        scopes="invoices/schedule.write"),
    post("schedule_invoice_schedule", "/invoices/schedule/{scheduleId}/schedule", "Start an invoice schedule", ALT,
        ALT_TYPE, need(f.boolean("liveMode")), AUTO_PAYMENT, sample=S["schedule_invoice_schedule"],
        scopes="invoices/schedule.write"),
    post("auto_payment_invoice_schedule", "/invoices/schedule/{scheduleId}/auto-payment",
        "Set automatic payment of an invoice schedule", ALT, ALT_TYPE,
        need(f.text("id", "Its ID, as an earlier step gives it.")), need(AUTO_PAYMENT),
        sample=S["auto_payment_invoice_schedule"], scopes="invoices/schedule.write"),
    post("cancel_invoice_schedule", "/invoices/schedule/{scheduleId}/cancel", "Cancel an invoice schedule", ALT,
        ALT_TYPE, sample=S["cancel_invoice_schedule"], scopes="invoices/schedule.write"),
    version="2021-07-28", source="invoices.json", object="invoice schedule",
)
