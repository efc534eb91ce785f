"""Estimates. Making, sending and billing one are steps of their own."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd_estimates as odd
from connectors.ghl.base import DATED, done, samples
from connectors.ghl.odd_papers import completing, overlaying
from connectors.ghl.papers import (
    ALT,
    ALT_QUERY,
    ATTACHMENTS,
    AUTOMATIC_TAXES,
    BETWEEN,
    BUSINESS_DETAILS,
    CHARGES,
    CONTACT,
    CONTACT_DETAILS,
    CURRENCY,
    DISCOUNT,
    LIVE,
    MANY,
    ONE,
    PAGE,
    REFERENCE,
    SENDER,
    SENDING,
    SENT_FROM,
    SENT_TO,
    TERMS,
    TITLE,
    WAYS,
    items,
    which,
)
from connectors.notation import delete, get, once, patch, post, put, reconcile
from connectors.spec import Retry

S = samples("estimates")
ESTIMATE = which("estimateId", "estimate", "estimates")
STATUSES = (
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("viewed", "Viewed"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("invoiced", "Invoiced"),
)
NAME = f.text("name", "What you call it: shown in HighLevel's list of estimates.", required=True)
ITEMS = items("items", f.choices("attachments", "Addresses of files.", more=True), kinds=False)
ISSUED = f.date("issueDate", "Empty: today, where the location is.", label="Date")
EXPIRES = f.date("expiryDate", "Empty: as many days later as HighLevel's settings say.", label="Valid until")
REST = (
    TITLE,
    TERMS,
    f.integer("estimateNumber", "Empty: HighLevel counts.", label="Number", more=True),
    f.text("estimateNumberPrefix", "Such as EST-.", label="Number begins with", more=True),
    AUTOMATIC_TAXES,
    f.object_(
        "frequencySettings",
        "For one that turns into invoices again and again.",
        label="Billed again and again",
        fields=(
            f.boolean("enabled", "Whether it does.", label="Again and again", required=True),
            f.json("schedule", "When.", required=True, example='{"executeAt": "2026-12-01T09:00:00Z"}'),
        ),
        more=True,
    ),
    f.object_(
        "autoInvoice",
        "What happens once it is accepted.",
        label="When accepted",
        fields=(
            f.boolean("enabled", "An invoice is made of it.", label="Make an invoice", required=True),
            f.boolean("directPayments", "It can be paid at once.", label="To be paid at once"),
        ),
        more=True,
    ),
    f.object_(
        "paymentScheduleConfig",
        "To be paid in parts.",
        label="Paid in parts",
        fields=(
            f.choice("type", choices=(("percentage", "Per cent"), ("fixed", "Amounts")), label="Counted in",
                     required=True),
            f.json("dateConfig", "When the parts are due.", label="Days", required=True,
                   example='{"depositDateType": "estimate_accepted", "scheduleDateType": "regular_interval"}'),
            f.json("schedules", "The parts, as HighLevel has them.", label="Parts", required=True, example="[[{}]]"),
        ),
        more=True,
    ),
    ATTACHMENTS,
    CHARGES,
    f.choice("userId", "Who is shown as having made it.", source="users", label="User", more=True),
    f.json("meta", "Anything else to be kept with it.", example='{"deal": "D-17"}', more=True),
    SENDING,
)  # fmt: skip
KEPT = (
    *("name", "businessDetails", "currency", "items", "discount", "contactDetails", "frequencySettings", "liveMode"),
    *("termsNotes", "title", "estimateNumber", "issueDate", "expiryDate", "sentTo", "automaticTaxesEnabled", "meta"),
    *("estimateNumberPrefix", "attachments", "autoInvoice", "miscellaneousCharges", "paymentScheduleConfig"),
)
"""What an update sends out again as it is."""
LIVELY = replace(LIVE, required=False)
WORDS = ("quote", "offer", "proposal")
LOOKS = "invoices/estimate.write invoices/estimate.readonly"

OPERATIONS = {
    **ONE(
        "estimates", "/invoices/estimate",
        post(
            "create_new_estimate", "", "Create an estimate", *ALT, CONTACT, NAME, required(ITEMS), ISSUED, EXPIRES,
            DISCOUNT, CURRENCY, CONTACT_DETAILS, SENT_TO, BUSINESS_DETAILS, LIVELY, *REST,
            one_of=("contactId", "contactDetails"), sample=S["estimate"], shape=odd.complete,
            wrap=completing("items", "expiryDate", "estimatesExpireAfterXDays"),
            retry=reconcile(by=odd.find_made, lag=10), words=("new", "draft"),
            scopes=f"{LOOKS} invoices.readonly contacts.readonly",
            help=f"Makes a draft: send it in a later step. {REFERENCE}",
        ),
        put(
            "update_estimate", "/{estimateId}", "Update an estimate", *ALT, ESTIMATE, replace(NAME, required=False),
            replace(ITEMS, help="They take the place of all that are there; empty: those stay."),
            replace(ISSUED, help="Empty: it stays."), replace(EXPIRES, help="Empty: it stays."),
            replace(CONTACT, help="Whom it is for from now on; empty: the same as before.", more=True),
            DISCOUNT, replace(CURRENCY, help="Three letters, such as USD."), CONTACT_DETAILS, SENT_TO,
            BUSINESS_DETAILS, replace(LIVELY, default=None), *REST,
            f.choice("estimateStatus", "Where it stands from now on.", choices=STATUSES, label="Status", more=True),
            sample=S["estimate"], wrap=overlaying(odd.read, KEPT), shape=odd.complete,
            scopes=f"{LOOKS} contacts.readonly",
            help="Fields left empty stay as they are.", words=("change", "accept", "decline"),
        ),
        delete("delete_estimate", "/{estimateId}", "Delete an estimate", *ALT, ESTIMATE, body=True,
               sample=S["estimate"], words=("remove",)),
        post(
            "send_estimate", "/{estimateId}/send", "Send an estimate", *ALT, ESTIMATE, SENDER,
            f.choice("action", "How the contact gets it.", choices=WAYS, label="By", required=True, default="email"),
            LIVE, SENT_FROM, f.text("estimateName", "What the contact reads.", label="Name in the message", more=True),
            sample=S["estimate"], retry=reconcile(by=odd.find_sent, lag=10, doubtful=True), scopes=LOOKS,
            help="To the addresses that the estimate has. It goes out each time this step runs.",
            words=("e-mail", "mail", "text"),
        ),
        post(
            "create_invoice_from_estimate", "/{estimateId}/invoice", "Create an invoice from an estimate", *ALT,
            ESTIMATE,
            f.boolean("markAsInvoiced", "The estimate counts as billed from then on.", label="Mark it as invoiced",
                      required=True, default=True),
            f.choice("version", "Leave it empty if you don't know.", choices=(("v1", "1"), ("v2", "2")), more=True),
            sample=S["invoiced"], retry=once(by=odd.find_invoice, lag=10), scopes=f"{LOOKS} invoices.readonly",
            help="Makes a draft: send it in a later step.", words=("convert", "bill"),
        ),
        patch(
            "update_estimate_last_visited_at", "/stats/last-visited-at", "Note that an estimate was viewed", ESTIMATE,
            sample={"done": True}, read=done, retry=Retry.IDEMPOTENT, help="As if the contact had opened it now.",
        ),
        get("generate_estimate_number", "/number/generate", "Generate the next estimate number", *ALT_QUERY,
            sample=S["number"], scopes="invoices/estimate.readonly"),
        version=DATED, scopes="invoices/estimate.write", source="invoices.json", object="estimate", words=WORDS,
    ),
    **MANY(
        "estimates", "/invoices/estimate",
        get(
            "list_estimates", "/list", "Search estimates", *ALT_QUERY,
            f.choice("status", "Only those.", choices=(("all", "All"), *STATUSES)),
            replace(CONTACT, where="body", help="Only this contact's."),
            f.text("search", "Part of a name, a number or the contact's name.", label="Search for"), *BETWEEN, *PAGE,
            sample=S["estimates"], words=("find", "list"),
        ),
        version=DATED, scopes="invoices/estimate.readonly", source="invoices.json", object="estimate", words=WORDS,
    ),
}  # fmt: skip
