"""Schedules: invoices that are made and sent again and again, or once on a later day."""

from dataclasses import replace

from connectors import fields as f
from connectors.fields import required
from connectors.ghl.base import DATED, samples
from connectors.ghl.odd_papers import completing, safely, scheduled
from connectors.ghl.paper_lists import bearing
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
    PAYMENT_METHODS,
    REFERENCE,
    TERMS,
    TIPS,
    TITLE,
    folded,
    which,
)
from connectors.notation import delete, get, post, put, reconcile
from connectors.spec import Retry

S = samples("invoice_schedules")
SCHEDULE_ID = which("scheduleId", "schedule", "invoice_schedules")
SCHEDULE = f.object_(
    "schedule",
    "Either on one day, or again and again.",
    label="When",
    fields=(
        f.datetime("executeAt", "For one that goes out once.", label="Once, on"),
        f.json(
            "rrule",
            "Every so many days, weeks, months or years (intervalType daily, weekly, monthly, yearly), from a day on.",
            label="Again and again",
            example='{"intervalType": "monthly", "interval": 1, "startDate": "2026-12-01", "dayOfMonth": 1}',
        ),
    ),
)
NAME = f.text("name", "What you call it: shown in HighLevel's list of recurring invoices.", required=True)
MAKING = (CONTACT, NAME, required(ITEMS), required(SCHEDULE), DISCOUNT, CURRENCY, CONTACT_DETAILS, BUSINESS_DETAILS,
          LIVE, TITLE, TERMS)  # fmt: skip
KEPT = (
    *("name", "contactDetails", "schedule", "liveMode", "businessDetails", "currency", "items", "discount"),
    *("termsNotes", "title", "attachments", "miscellaneousCharges"),
)
"""What an update sends out again as it is."""
STATUS = f.text("status", "As HighLevel has it, such as active.", more=True)
WORDS = ("recurring", "subscription", "bill")
LOOKS = "invoices/schedule.write invoices/schedule.readonly"

OPERATIONS = {
    **ONE(
        "invoice_schedules", "/invoices/schedule",
        post(
            "create_invoice_schedule", "", "Create an invoice schedule", *ALT, *MAKING, AUTOMATIC_TAXES, TIPS,
            folded(LATE_FEES), f.text("invoiceNumberPrefix", "Such as INV-.", label="Number begins with", more=True),
            PAYMENT_METHODS, ATTACHMENTS, CHARGES,
            one_of=("contactId", "contactDetails"), sample=S["schedule"], shape=scheduled,
            wrap=completing("items", dated=False),
            retry=reconcile(by=bearing("/invoices/schedule", "schedules", "schedule"), lag=10), words=("new",),
            scopes=f"{LOOKS} invoices.readonly contacts.readonly",
            help=f"Nothing goes out before it is started, in a later step. {REFERENCE}",
        ),
        put(
            "update_invoice_schedule", "/{scheduleId}", "Update an invoice schedule", *ALT, SCHEDULE_ID,
            *(replace(field, required=False) for field in MAKING[1:4]),
            replace(CONTACT, help="Who pays from now on; empty: the same as before.", more=True), DISCOUNT,
            replace(CURRENCY, help="Three letters, such as USD."), CONTACT_DETAILS, BUSINESS_DETAILS,
            replace(LIVE, required=False, default=None), TITLE, TERMS, ATTACHMENTS, CHARGES,
            sample=S["schedule"], wrap=safely("/invoices/schedule/{scheduleId}", KEPT), shape=scheduled,
            scopes=f"{LOOKS} contacts.readonly",
            help="Fields left empty stay as they are.", words=("change",),
        ),
        get("get_invoice_schedule", "/{scheduleId}", "Get an invoice schedule", *ALT_QUERY, SCHEDULE_ID,
            sample=S["schedule"], scopes="invoices/schedule.readonly"),
        delete("delete_invoice_schedule", "/{scheduleId}", "Delete an invoice schedule", *ALT_QUERY, SCHEDULE_ID,
               help="Cancel one that is running first.", words=("remove",)),
        post("schedule_invoice_schedule", "/{scheduleId}/schedule", "Start an invoice schedule", *ALT, SCHEDULE_ID,
             LIVE, AUTO_PAYMENT, sample=S["schedule"], retry=Retry.ONCE, words=("activate", "run"),
             help="From then on invoices go out by themselves."),
        post("update_and_schedule_invoice_schedule", "/{scheduleId}/updateAndSchedule",
             "Update and start an invoice schedule", SCHEDULE_ID, sample=S["schedule"], bare=True, retry=Retry.ONCE,
             help="Starts it as it was last changed; from then on invoices go out by themselves.",
             words=("activate", "restart")),
        post("auto_payment_invoice_schedule", "/{scheduleId}/auto-payment",
             "Set automatic payment of an invoice schedule", *ALT, SCHEDULE_ID,
             f.text("id", "Empty: the same.", label="Schedule's ID once more", more=True),
             replace(required(AUTO_PAYMENT), more=False), sample=S["schedule"], retry=Retry.IDEMPOTENT,
             prepare=lambda values, context: {"id": values.get("scheduleId"), **values},
             words=("charge", "card on file")),
        post("cancel_invoice_schedule", "/{scheduleId}/cancel", "Cancel an invoice schedule", *ALT, SCHEDULE_ID,
             sample=S["schedule"], retry=Retry.IDEMPOTENT, help="Nothing more goes out.", words=("stop", "end")),
        version=DATED, scopes="invoices/schedule.write", source="invoices.json", object="invoice schedule",
        words=WORDS,
    ),
    **MANY(
        "invoice_schedules", "/invoices/schedule",
        get("list_invoice_schedules", "", "Search invoice schedules", *ALT_QUERY,
            f.text("search", "Part of a name, or of the contact's.", label="Search for"), *BETWEEN, STATUS,
            f.choice("paymentMode", choices=MODES, label="Which", more=True), *PAGE, sample=S["schedules"],
            words=("list", "find")),
        version=DATED, scopes="invoices/schedule.readonly", source="invoices.json", object="invoice schedule",
        words=WORDS,
    ),
}  # fmt: skip
