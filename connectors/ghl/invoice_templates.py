"""Templates of invoices and estimates."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_estimates, papers
from connectors.ghl.base import DATED, samples
from connectors.ghl.odd_papers import completing, overlaying, safely, templated
from connectors.ghl.paper_lists import bearing
from connectors.ghl.papers import (
    ALT,
    ALT_QUERY,
    ATTACHMENTS,
    AUTOMATIC_TAXES,
    BETWEEN,
    BUSINESS_DETAILS,
    CHARGES,
    CURRENCY,
    DISCOUNT,
    ITEMS,
    LATE_FEES,
    LIVE,
    MANY,
    MODES,
    ONE,
    PAGE,
    PAYMENT_METHODS,
    REFERENCE,
    TERMS,
    TIPS,
    TITLE,
    folded,
    items,
    which,
)
from connectors.notation import delete, get, patch, post, put, reconcile
from connectors.spec import Retry

S = samples("invoice_templates")
TEMPLATE = which("templateId", "template", "invoice_templates")
OFFER_TEMPLATE = which("templateId", "template", "estimate_templates")
NAME = f.text("name", "What you call it: shown in HighLevel's list of templates.", required=True)
OFFERED = items("items", f.choices("attachments", "Addresses of files.", more=True), kinds=False)
SENDING = replace(papers.SENDING, help="How estimates made from it are sent.")
OFFER = (
    DISCOUNT, CURRENCY, BUSINESS_DETAILS, replace(LIVE, required=False), TITLE, TERMS, AUTOMATIC_TAXES,
    f.json("meta", "Anything else to be kept with it.", example='{"kind": "web"}', more=True), SENDING,
    f.text("estimateNumberPrefix", "Such as EST-.", label="Number begins with", more=True), ATTACHMENTS, CHARGES,
)  # fmt: skip
INTERNAL = f.boolean("internal", "Not offered to people in HighLevel.", more=True)
KEPT = ("name", "businessDetails", "currency", "items", "discount", "termsNotes", "title", "internal")
OFFER_KEPT = (
    *("name", "businessDetails", "currency", "items", "discount", "termsNotes", "title", "liveMode", "meta"),
    *("automaticTaxesEnabled", "estimateNumberPrefix", "attachments"),
)
"""What an update sends out again as it is."""
KEEP = "Fields left empty stay as they are."
READ, WRITE = "invoices/template.readonly", "invoices/template.write"
OFFER_READ, OFFER_WRITE = "invoices/estimate.readonly", "invoices/estimate.write"

OPERATIONS = {
    **ONE(
        "invoice_templates", "/invoices",
        post(
            "create_invoice_template", "/template", "Create an invoice template", *ALT, NAME, required(ITEMS), DISCOUNT,
            CURRENCY, BUSINESS_DETAILS, TITLE, TERMS, INTERNAL, AUTOMATIC_TAXES, TIPS, folded(LATE_FEES),
            f.text("invoiceNumberPrefix", "Such as INV-.", label="Number begins with", more=True), PAYMENT_METHODS,
            f.choices("attachments", "Addresses of files.", more=True), CHARGES,
            sample=S["template"], wrap=completing("items", dated=False, payer=False), shape=templated,
            retry=reconcile(by=bearing("/invoices/template", "data", "template"), lag=10), help=REFERENCE,
            words=("new",), scopes=f"{WRITE} {READ} invoices.readonly",
        ),
        put(
            "update_invoice_template", "/template/{templateId}", "Update an invoice template", *ALT, TEMPLATE,
            replace(NAME, required=False), ITEMS, DISCOUNT, replace(CURRENCY, help="Three letters, such as USD."),
            BUSINESS_DETAILS, TITLE, TERMS, INTERNAL, CHARGES, sample=S["template"],
            wrap=safely("/invoices/template/{templateId}", KEPT), shape=templated, help=KEEP, words=("change",),
            scopes=f"{WRITE} {READ}",
        ),
        get("get_invoice_template", "/template/{templateId}", "Get an invoice template", *ALT_QUERY, TEMPLATE,
            sample=S["template"], scopes=READ),
        delete("delete_invoice_template", "/template/{templateId}", "Delete an invoice template", *ALT_QUERY, TEMPLATE,
               words=("remove",)),
        patch(
            "update_invoice_template_late_fees_configuration", "/template/{templateId}/late-fees-configuration",
            "Set late fees of an invoice template", *ALT, TEMPLATE, required(LATE_FEES), sample=S["template"],
            retry=Retry.IDEMPOTENT, words=("dunning", "overdue"),
        ),
        patch(
            "update_invoice_payment_methods_configuration", "/template/{templateId}/payment-methods-configuration",
            "Set payment methods of an invoice template", *ALT, TEMPLATE, replace(PAYMENT_METHODS, more=False),
            sample=S["template"], retry=Retry.IDEMPOTENT, words=("stripe", "card"),
        ),
        post(
            "create_estimate_template", "/estimate/template", "Create an estimate template", *ALT, NAME,
            required(OFFERED), *OFFER, sample=S["offer"], wrap=completing("items", dated=False, payer=False),
            shape=odd_estimates.template, scopes=f"{OFFER_WRITE} {OFFER_READ} invoices.readonly",
            help=REFERENCE, words=("new", "quote"),
            retry=reconcile(by=bearing("/invoices/estimate/template", "data", "template"), lag=10),
        ),
        put(
            "update_estimate_template", "/estimate/template/{templateId}", "Update an estimate template", *ALT,
            OFFER_TEMPLATE, replace(NAME, required=False), OFFERED, *OFFER, sample=S["offer"],
            wrap=overlaying(odd_estimates.preview, OFFER_KEPT), shape=odd_estimates.template,
            scopes=f"{OFFER_WRITE} {OFFER_READ}", help=KEEP, words=("change", "quote"),
        ),
        delete("delete_estimate_template", "/estimate/template/{templateId}", "Delete an estimate template", *ALT,
               OFFER_TEMPLATE, body=True, sample=S["offer"], scopes=OFFER_WRITE, words=("remove", "quote")),
        get("preview_estimate_template", "/estimate/template/preview", "Preview an estimate template", *ALT_QUERY,
            OFFER_TEMPLATE, sample=S["offer"], scopes=OFFER_READ, words=("quote", "get")),
        version=DATED, scopes=WRITE, source="invoices.json", object="invoice template", words=("bill",),
    ),
    **MANY(
        "invoice_templates", "/invoices",
        get("list_invoice_templates", "/template", "Search invoice templates", *ALT_QUERY,
            f.text("search", "Part of a name.", label="Search for"), *BETWEEN,
            f.text("status", "As HighLevel has it.", more=True),
            f.choice("paymentMode", choices=MODES, label="Which", more=True), *PAGE, sample=S["templates"],
            words=("list", "find")),
        get("list_estimate_templates", "/estimate/template", "Search estimate templates", *ALT_QUERY,
            f.text("search", "Part of a name.", label="Search for"), *PAGE, sample=S["offers"], scopes=OFFER_READ,
            words=("list", "find", "quote")),
        version=DATED, scopes=READ, source="invoices.json", object="invoice template", words=("bill",),
    ),
}  # fmt: skip
