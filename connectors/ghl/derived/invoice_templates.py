"""Invoice templates: derived from invoices.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.derived.shared import ALT, ALT_QUERY, ALT_TYPE, folded, need, options, ref, resource, samples
from connectors.notation import delete, get, patch, post, put

S = samples("invoice_templates")
BUSINESS_DETAILS = f.object_("businessDetails", fields=(f.text("logoUrl"), f.text("name"), f.text("phoneNo"),
    f.json("address", example='{"addressLine1": "text"}'), f.text("website"), f.choices("customValues"),))
ITEMS = f.lines("items", fields=(need(f.text("name")), f.note("description"), ref("productId"), ref("priceId"),
    need(f.text("currency")), need(f.number("amount")), need(f.number("qty")),
    f.json("taxes", example='[{"_id": "text", "name": "text", "rate": 1}]'), ref("automaticTaxCategoryId"),
    f.boolean("isSetupFeeItem"), f.choice("type", choices=options("one_time recurring")), f.boolean("taxInclusive"),))
DISCOUNT = f.object_("discount", fields=(f.number("value"),
    need(f.choice("type", choices=options("percentage fixed"))), f.choices("validOnProductIds"),))
LATE_FEES_CONFIGURATION = f.object_("lateFeesConfiguration", fields=(need(f.boolean("enable")),
    need(f.number("value")), need(f.choice("type", choices=options("fixed percentage"))),
    need(f.json("frequency", example='{"intervalCount": 1, "interval": "minute"}')),
    f.json("grace", example='{"intervalCount": 1, "interval": "day"}'),
    f.json("maxLateFees", example='{"type": "fixed", "value": 1}'),))
PAYMENT_METHODS = f.object_("paymentMethods", fields=(need(f.json("stripe",
    example='{"enableBankDebitOnly": true}')),))
MISCELLANEOUS_CHARGES = f.object_("miscellaneousCharges", fields=(need(f.json("charges", example='[[{}]]')),
    f.number("collectedMiscellaneousCharges"),
    f.json("paidCharges", example='[{"name": "text", "charge": 1, "amount": 1, "_id": "text"}]'),))
SEND_ESTIMATE_DETAILS = f.object_("sendEstimateDetails", fields=(need(ref("altId")),
    need(f.choice("altType", choices=options("location"))),
    need(f.choice("action", choices=options("sms_and_email send_manually email sms"))), need(f.boolean("liveMode")),
    need(ref("userId")), f.json("sentFrom", example='{"fromName": "text"}'), f.text("estimateName"),))
ATTACHMENTS = f.lines("attachments", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
    need(f.text("name")), need(f.text("url")), need(f.text("type")), need(f.number("size")),))
SHARED = (ALT, ALT_TYPE, need(f.text("name")), need(BUSINESS_DETAILS), need(f.text("currency")),
    need(f.json("items", example='[[{}]]')), need(DISCOUNT), f.boolean("liveMode"), f.note("termsNotes"),
    f.text("title"), f.boolean("automaticTaxesEnabled"), f.json("meta", example='{"key": "value"}'),
    SEND_ESTIMATE_DETAILS, f.text("estimateNumberPrefix", more=True), folded(ATTACHMENTS),
    folded(MISCELLANEOUS_CHARGES))

OPERATIONS = resource(
    "invoice_templates", "",
    get("list_invoice_templates", "/invoices/template", "List invoice templates", ALT_QUERY, ALT_TYPE,
        need(f.text("limit")), need(f.text("offset")), f.text("status"), f.text("startAt"), f.text("endAt"),
        f.text("search"), f.choice("paymentMode", choices=options("default live test")),
        sample=S["list_invoice_templates"], scopes="invoices/template.readonly"),
    post("create_invoice_template", "/invoices/template", "Create an invoice template", ALT, ALT_TYPE,
        need(f.text("name")), need(BUSINESS_DETAILS), need(f.text("currency")), need(ITEMS), f.boolean("internal"),
        f.boolean("automaticTaxesEnabled"), DISCOUNT, f.note("termsNotes"), f.text("title"),
        f.object_("tipsConfiguration", fields=(need(f.choices("tipsPercentage")), need(f.boolean("tipsEnabled")),)),
        folded(LATE_FEES_CONFIGURATION), f.text("invoiceNumberPrefix", more=True), folded(PAYMENT_METHODS),
        f.choices("attachments", more=True), folded(MISCELLANEOUS_CHARGES), sample=S["create_invoice_template"],
        scopes="invoices/template.write"),
    get("get_invoice_template", "/invoices/template/{templateId}", "Get an invoice template", ALT_QUERY, ALT_TYPE,
        sample=S["get_invoice_template"], scopes="invoices/template.readonly"),
    put("update_invoice_template", "/invoices/template/{templateId}", "Update an invoice template", ALT, ALT_TYPE,
        need(f.text("name")), need(BUSINESS_DETAILS), need(f.text("currency")), need(ITEMS), f.boolean("internal"),
        DISCOUNT, f.note("termsNotes"), f.text("title"), MISCELLANEOUS_CHARGES, sample=S["update_invoice_template"],
        scopes="invoices/template.write"),
    delete("delete_invoice_template", "/invoices/template/{templateId}", "Delete an invoice template", ALT_QUERY,
        ALT_TYPE, scopes="invoices/template.write"),
    patch("update_invoice_template_late_fees_configuration",
        "/invoices/template/{templateId}/late-fees-configuration", "Set late fees of an invoice template", ALT,
        ALT_TYPE, need(LATE_FEES_CONFIGURATION), sample=S["update_invoice_template_late_fees_configuration"]),
    patch("update_invoice_payment_methods_configuration",
        "/invoices/template/{templateId}/payment-methods-configuration", "Set payment methods of an invoice template",
        ALT, ALT_TYPE, PAYMENT_METHODS, sample=S["update_invoice_payment_methods_configuration"]),
    get("list_estimate_templates", "/invoices/estimate/template", "List estimate templates", ALT_QUERY, ALT_TYPE,
        need(f.text("limit")), need(f.text("offset")), f.text("search"), sample=S["list_estimate_templates"],
        scopes="invoices/estimate.readonly"),
    post("create_estimate_template", "/invoices/estimate/template", "Create an estimate template", *SHARED,
        sample=S["create_estimate_template"], scopes="invoices/estimate.write"),
    put("update_estimate_template", "/invoices/estimate/template/{templateId}", "Update an estimate template",
        *SHARED, sample=S["update_estimate_template"], scopes="invoices/estimate.write"),
    delete("delete_estimate_template", "/invoices/estimate/template/{templateId}", "Delete an estimate template", ALT,
        ALT_TYPE, body=True, sample=S["delete_estimate_template"], scopes="invoices/estimate.write"),
    get("preview_estimate_template", "/invoices/estimate/template/preview", "Preview an estimate template", ALT_QUERY,
        ALT_TYPE, need(ref("templateId")), sample=S["preview_estimate_template"],
        scopes="invoices/estimate.readonly"),
    version="2021-07-28", source="invoices.json", object="invoice template",
)
