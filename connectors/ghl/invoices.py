"""Invoices. Making, sending and recording a payment are steps of their own: only then can each be found again."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_invoices as odd
from connectors.ghl.base import DATED, done, samples
from connectors.ghl.odd_papers import completing, reachable, safely, whole
from connectors.ghl.papers import (
    ALT,
    ALT_QUERY,
    ATTACHMENTS,
    AUTO_PAYMENT,
    AUTOMATIC_TAXES,
    BETWEEN,
    BUSINESS_DETAILS,
    CHARGES,
    CONTACT,
    CONTACT_DETAILS,
    CURRENCY,
    DISCOUNT,
    ITEMS,
    LATE_FEES,
    LIVE,
    MANY,
    MODES,
    ONE,
    PAGE,
    PAID_BY,
    PAYMENT_METHODS,
    REFERENCE,
    SENDER,
    SENT_FROM,
    SENT_TO,
    TERMS,
    TIPS,
    TITLE,
    WAYS,
    folded,
    items,
    which,
)
from connectors.notation import delete, get, once, patch, post, put, reconcile
from connectors.spec import Retry

S = samples("invoices")
INVOICE = which("invoiceId", "invoice", "invoices")
NAME = f.text("name", "What you call it: shown in HighLevel's list of invoices.", required=True)
ISSUED = f.date("issueDate", "Empty: today, where the location is.", label="Date")
DUE = f.date("dueDate", "Empty: as many days later as HighLevel's settings say.")
NUMBER = f.text("invoiceNumber", "Empty: HighLevel counts.", label="Number", more=True)
SCHEDULE = f.object_(
    "paymentSchedule",
    "To be paid in parts.",
    label="Paid in parts",
    fields=(
        f.choice("type", choices=(("percentage", "Per cent"), ("fixed", "Amounts")), label="Counted in", required=True),
        f.choices("schedules", "The parts, as HighLevel has them.", label="Parts", required=True),
    ),
    more=True,
)
STATUSES = (
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("payment_processing", "Being paid"),
    ("partially_paid", "Paid in part"),
    ("paid", "Paid"),
    ("void", "Void"),
)
REST = (
    TITLE,
    TERMS,
    NUMBER,
    f.text("invoiceNumberPrefix", "Such as INV-.", label="Number begins with", more=True),
    AUTOMATIC_TAXES,
    SCHEDULE,
    TIPS,
    PAYMENT_METHODS,
    ATTACHMENTS,
    CHARGES,
)
MAKING = (
    CONTACT,
    NAME,
    required(ITEMS),
    ISSUED,
    DUE,
    DISCOUNT,
    CURRENCY,
    CONTACT_DETAILS,
    SENT_TO,
    BUSINESS_DETAILS,
    LIVE,
    *REST,
    folded(LATE_FEES),
)
KEPT = (
    *("name", "title", "currency", "businessDetails", "invoiceNumber", "contactDetails", "termsNotes", "discount"),
    *("invoiceItems", "automaticTaxesEnabled", "liveMode", "issueDate", "dueDate", "paymentSchedule"),
)
"""What an update sends out again as it is."""
WORDS = ("bill", "billing", "payment")
LOOKS = "invoices.write invoices.readonly"
MAKES = f"{LOOKS} contacts.readonly"
"""Besides writing: reading the settings, the contact, and what a lost answer left behind."""

OPERATIONS = {
    **ONE(
        "invoices",
        "/invoices",
        post(
            "create_invoice", "/", "Create an invoice", *ALT, *MAKING,
            one_of=("contactId", "contactDetails"), sample=S["invoice"], wrap=completing("items"), shape=whole,
            retry=reconcile(by=odd.find_made, lag=10), scopes=MAKES,
            help=f"Makes a draft: send it in a later step. {REFERENCE}", words=("new", "draft"),
        ),
        put(
            "update_invoice", "/{invoiceId}", "Update an invoice", *ALT, INVOICE,
            replace(NAME, required=False),
            replace(items("invoiceItems"), help="They take the place of all that are there; empty: those stay."),
            replace(ISSUED, help="Empty: it stays."), replace(DUE, help="Empty: it stays."),
            replace(CONTACT, where="body", help="Who pays from now on; empty: the same as before.", more=True),
            f.note("description", more=True), DISCOUNT, replace(CURRENCY, help="Three letters, such as USD."),
            CONTACT_DETAILS, BUSINESS_DETAILS, replace(LIVE, required=False, default=None), *REST,
            f.json("xeroDetails", "As HighLevel has them.", label="Xero", example='{"key": "value"}', more=True),
            sample=S["invoice"], retry=Retry.IDEMPOTENT,
            wrap=safely("/invoices/{invoiceId}", KEPT), shape=reachable, scopes=MAKES,
            help="Fields left empty stay as they are. One that is paid or void can't be changed.", words=("change",),
        ),
        get("get_invoice", "/{invoiceId}", "Get an invoice", *ALT_QUERY, INVOICE, sample=S["invoice_whole"],
            scopes="invoices.readonly"),
        delete("delete_invoice", "/{invoiceId}", "Delete an invoice", *ALT_QUERY, INVOICE,
               help="Void one that was sent already: so it stays in the books.", words=("remove",)),
        post(
            "send_invoice", "/{invoiceId}/send", "Send an invoice", *ALT, INVOICE, SENDER,
            f.choice("action", "How the contact gets it.", choices=WAYS, label="By", required=True, default="email"),
            LIVE, SENT_FROM, AUTO_PAYMENT,
            sample=S["sent"], retry=reconcile(by=odd.find_sent, lag=10, doubtful=True), scopes=LOOKS,
            help="To the addresses that the invoice has. It goes out each time this step runs.",
            words=("e-mail", "mail", "remind", "text"),
        ),
        post(
            "record_invoice", "/{invoiceId}/record-payment", "Record a payment of an invoice", *ALT, INVOICE,
            f.choice("mode", "How it was paid.", choices=PAID_BY, label="Paid by", required=True),
            f.money("amount", "Empty: all that is due."),
            f.datetime("fulfilledAt", "Empty: now.", label="Paid on"),
            f.note("notes", "Kept with the payment, such as the bank's reference."),
            f.object_("card", "Where it was paid by card.", fields=(
                f.text("brand", "Such as visa.", required=True),
                f.text("last4", "The last four digits.", label="Ends with", required=True),
            ), more=True),
            f.object_("cheque", "Where it was paid by cheque.",
                      fields=(f.text("number", "The cheque's number.", required=True),), more=True),
            f.choices("paymentScheduleIds", "IDs, for one that is paid in parts.", label="Parts", more=True),
            f.json("meta", "Anything else to be kept with it.", example='{"receipt": "R-17"}', more=True),
            sample=S["recorded"], wrap=odd.by_way, retry=once(by=odd.paid("invoice"), lag=10),
            scopes=f"{LOOKS} payments/transactions.readonly",
            help="Nobody is charged: it notes what was paid outside of HighLevel.",
            words=("paid", "mark as paid", "settle"),
        ),
        post("void_invoice", "/{invoiceId}/void", "Void an invoice", *ALT, INVOICE, sample=S["invoice"],
             retry=reconcile(by=odd.find_void), scopes=LOOKS, help="It can no longer be paid. This can't be undone.",
             words=("cancel", "storno")),
        patch(
            "update_invoice_late_fees_configuration", "/{invoiceId}/late-fees-configuration",
            "Set late fees of an invoice", *ALT, INVOICE, required(LATE_FEES), sample=S["invoice"],
            retry=Retry.IDEMPOTENT, words=("dunning", "overdue"),
        ),
        patch(
            "update_invoice_last_visited_at", "/stats/last-visited-at", "Note that an invoice was viewed", INVOICE,
            sample={"done": True}, read=done, retry=Retry.IDEMPOTENT, help="As if the contact had opened it now.",
        ),
        post(
            "textpay_invoice", "/text2pay", "Send an invoice by text to pay", *ALT, CONTACT, NAME, required(ITEMS),
            f.choice("action", "Sent at once, or kept as a draft.", label="What to do", required=True,
                     choices=(("send", "Send it"), ("draft", "Keep a draft"))),
            SENDER, ISSUED, DUE, DISCOUNT, CURRENCY, CONTACT_DETAILS, SENT_TO, BUSINESS_DETAILS, LIVE, *REST,
            folded(LATE_FEES), f.text("id", "To send one that is there already.", label="Invoice ID", more=True),
            f.boolean("includeTermsNote", label="With the terms", more=True),
            one_of=("contactId", "contactDetails"), sample=S["text_to_pay"], wrap=completing("items"), shape=whole,
            retry=reconcile(by=odd.find_text_to_pay, lag=10, doubtful=True), scopes=MAKES,
            help=f"Makes an invoice and sends the contact a link to pay it, in one go. {REFERENCE}",
            words=("text2pay", "sms", "payment link"),
        ),
        get("generate_invoice_number", "/generate-invoice-number", "Generate the next invoice number", *ALT_QUERY,
            sample=S["number"], scopes="invoices.readonly"),
        get("get_invoice_settings", "/settings", "Get the invoice settings", *ALT_QUERY, sample=S["settings"],
            scopes="invoices.readonly"),
        version=DATED,
        scopes="invoices.write",
        source="invoices.json",
        object="invoice",
        words=WORDS,
    ),
    **MANY(
        "invoices",
        "/invoices",
        get(
            "list_invoices", "/", "Search invoices", *ALT_QUERY,
            f.choice("status", "Only those.", choices=STATUSES),
            replace(CONTACT, where="body", help="Only this contact's."),
            f.text("search", "Part of a name, a number or the contact's name.", label="Search for"),
            *BETWEEN, f.choice("paymentMode", choices=MODES, label="Which", more=True),
            f.choice("sortField", choices=(("issueDate", "Date"),), label="Sorted by", more=True),
            f.choice("sortOrder", choices=(("descend", "Newest first"), ("ascend", "Oldest first")), label="Order",
                     more=True),
            *PAGE, sample=S["invoices"], words=("find", "list", "overdue", "unpaid"),
        ),
        version=DATED,
        scopes="invoices.readonly",
        source="invoices.json",
        object="invoice",
        words=WORDS,
    ),
}  # fmt: skip
