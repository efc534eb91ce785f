"""Recurring invoices: what makes an invoice by itself, every month or so, until it is stopped."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from connectors import fields as f
from connectors.errors import Refused, Unavailable
from connectors.fields import required
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.documents import (
    HEAD,
    LINES,
    UPDATE,
    alive,
    changer,
    creator,
    finder,
    looker,
    setter,
    updater,
)
from connectors.invoice_ninja.invoices import LINK
from connectors.invoice_ninja.odd import bulk, is_active
from connectors.invoice_ninja.papers import common
from connectors.invoice_ninja.service import Record, given, read, resource, samples
from connectors.notation import Perform, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

RECURRING = f.text(
    "recurring_invoice_id", "The recurring invoice's ID, as an earlier step gives it.", label="Recurring invoice"
)
SAMPLE = samples("recurring_invoice")
FREQUENCIES = (
    *(("1", "Every day"), ("2", "Every week"), ("3", "Every two weeks"), ("4", "Every four weeks")),
    *(("5", "Every month"), ("6", "Every two months"), ("7", "Every quarter"), ("8", "Every four months")),
    *(("9", "Every half-year"), ("10", "Every year"), ("11", "Every two years"), ("12", "Every three years")),
)
BILLING = (
    *(("off", "The client pays by hand"), ("optin", "The client may switch it on")),
    *(("optout", "The client may switch it off"), ("always", "Charged by itself each time")),
)
RHYTHM = (
    f.choice("frequency_id", "How often an invoice is made.", choices=FREQUENCIES, label="How often"),
    f.date("next_send_date", "When the first or next one goes out; today or later.", label="Next on"),
    f.integer("remaining_cycles", "How many more there will be; -1 for no end.", label="How many more", default=-1),
    f.text("due_date_days", "“terms” as agreed with the client, or a day of the month.", label="Due", more=True),
    f.choice("auto_bill", "With a card or account on file.", choices=BILLING, label="Charging", more=True),
)
WHOSE = required(CLIENT, help="Who pays: the client an earlier step found or made.")
MADE = (WHOSE, required(RHYTHM[0]), *RHYTHM[1:], LINES, *HEAD)
LATER = tuple(replace(field, default=None) if field.name == "remaining_cycles" else field for field in RHYTHM)
CHANGED = (*LATER, *(field for field in UPDATE if field.name not in ("date", "due_date")))
STATES = (("active", "Active"), ("paused", "Paused"), ("completed", "Completed"))
RUNS = ("2", "-1")
"""Active, or waiting for its first day."""


def _runs(record: Record) -> bool:
    return is_active(record) and str(record.get("status_id")) in RUNS


def _rests(record: Record) -> bool:
    return not record.get("is_deleted") and str(record.get("status_id")) not in RUNS


def _careful(update: Perform) -> Perform:
    """On the day it is due Invoice Ninja makes its invoice and moves the date on at any moment: the old date, sent
    along, would bring another."""

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        what = "update the recurring invoice"
        current = yield from read("recurring_invoices", inputs.get("recurring_invoice_id"), what)
        due = str(current.get("next_send_date") or "9999") <= datetime.now(UTC).date().isoformat()
        if due and _runs(current) and not given(inputs, "next_send_date"):
            raise Unavailable(f"Couldn't {what}: it is due, and its invoice may be made at any moment.")
        return (yield from update(inputs, context))

    return perform


def _begun(record: Record) -> bool:
    return bool(record.get("last_sent_date"))


def _sendable(record: Record) -> str:
    return alive(record) or ("" if str(record.get("status_id")) == "1" else "only a draft can be, before its first")


def _raise(inputs: Record, context: Context) -> Conversation[Record]:
    """A second call raises them again, so what came of the first is looked at."""
    what = "raise the prices of the recurring invoice"
    percent = Decimal(str(inputs.get("percentage_increase") or 0))
    if not 0 < percent <= 100:
        raise Refused(f"Couldn't {what}: {percent} is not between 0 and 100.", field="percentage_increase")
    before = yield from read("recurring_invoices", inputs.get("recurring_invoice_id"), what)
    if reason := alive(before):
        raise Refused(f"Couldn't {what}: {reason}.")
    more = {"percentage_increase": percent}
    record = yield from bulk("recurring_invoices", before["id"], "increase_prices", what, more)
    if _costs(before) and _costs(record) == _costs(before):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left them as they were.")
    return {"recurring_invoice": record}


def _costs(record: Record) -> list[Decimal]:
    return [cost for line in record.get("line_items") or () if (cost := Decimal(str(line.get("cost") or 0)))]


def _reprice(inputs: Record, context: Context) -> Conversation[Record]:
    what = "update the prices of the recurring invoice"
    before = yield from read("recurring_invoices", inputs.get("recurring_invoice_id"), what)
    if reason := alive(before):
        raise Refused(f"Couldn't {what}: {reason}.")
    record = yield from bulk("recurring_invoices", before["id"], "update_prices", what)
    return {"recurring_invoice": record}


def _startable(record: Record) -> str:
    return alive(record) or ("it has made all its invoices" if str(record.get("status_id")) == "4" else "")


OPERATIONS = resource(
    "recurring_invoices",
    "/api/v1/recurring_invoices",
    post(
        "create", "", "Create a recurring invoice", *MADE,
        perform=creator("recurring_invoices", MADE),
        retry=reconcile(by=finder("recurring_invoices", MADE), doubtful=True),
        returns="recurring_invoice", source="storeRecurringInvoice",
        help="Makes a draft: nothing goes out until it is started in a later step.",
    ),
    put(
        "update", "/{recurring_invoice_id}", "Update a recurring invoice", RECURRING, *CHANGED,
        perform=_careful(updater("recurring_invoices", CHANGED)), returns="recurring_invoice",
        source="updateRecurringInvoice",
        help="Fields left empty stay as they are, the next date too. Its client can't be changed.",
    ),
    put(
        "start", "/{recurring_invoice_id}", "Start a recurring invoice", RECURRING,
        perform=changer("recurring_invoices", "start", "start the recurring invoice", _runs, _startable),
        returns="recurring_invoice", source="bulkRecurringInvoices",
        help="One that was stopped for long makes up for what it missed, an invoice an hour: set its next date first.",
        words=("activate", "resume"),
    ),
    put(
        "stop", "/{recurring_invoice_id}", "Stop a recurring invoice", RECURRING,
        perform=changer("recurring_invoices", "stop", "stop the recurring invoice", _rests, alive),
        returns="recurring_invoice", source="bulkRecurringInvoices", help="It makes no invoice until it is started.",
        words=("pause", "cancel", "end"),
    ),
    post(
        "send_now", "/{recurring_invoice_id}", "Run a recurring invoice at once", RECURRING,
        perform=changer("recurring_invoices", "send_now", "send the recurring invoice", _begun, _sendable),
        retry=reconcile(by=looker("recurring_invoices", _begun)), returns="recurring_invoice",
        source="bulkRecurringInvoices", help="Makes and mails the first invoice at once, and starts it.",
        words=("first", "send now"),
    ),
    post(
        "increase_prices", "/{recurring_invoice_id}", "Raise the prices of a recurring invoice", RECURRING,
        f.number("percentage_increase", "In percent, from 0 to 100.", label="By how much", required=True),
        perform=_raise, retry=Retry.ONCE, returns="recurring_invoice", source="bulkRecurringInvoices",
        help="Each line's price, from the next invoice on; each time again.", words=("increase", "dearer", "percent"),
    ),
    put(
        "update_prices", "/{recurring_invoice_id}", "Take a recurring invoice's prices from its products", RECURRING,
        perform=_reprice, returns="recurring_invoice", source="bulkRecurringInvoices",
        help="What the products cost now, from the next invoice on.", words=("current", "refresh"),
    ),
    put(
        "set_payment_link", "/{recurring_invoice_id}", "Set the payment link of a recurring invoice", RECURRING, LINK,
        perform=setter(
            "recurring_invoices", "set_payment_link", "set its payment link", "subscription_id", alive
        ),
        returns="recurring_invoice", source="bulkRecurringInvoices", words=("subscription",),
    ),
    *common("recurring_invoices", "RecurringInvoice", RECURRING, SAMPLE, STATES),
    object="recurring invoice",
    sample=SAMPLE,
    words=("subscription", "retainer", "monthly", "standing"),
)  # fmt: skip
