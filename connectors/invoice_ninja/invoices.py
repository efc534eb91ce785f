"""Invoices. Creating, sending, paying and mailing are steps of their own: the flags that do them together aren't one
transaction."""

from connectors import fields as f
from connectors.errors import Refused
from connectors.invoice_ninja.documents import (
    CREATE,
    FILTERS,
    UPDATE,
    alive,
    changer,
    creator,
    deleter,
    finder,
    looker,
    mailer,
    searcher,
    setter,
    status_in,
    updater,
)
from connectors.invoice_ninja.mailed import mailed
from connectors.invoice_ninja.odd import bulk, has_status, is_active, is_archived
from connectors.invoice_ninja.service import Record, call, read, resource, samples
from connectors.notation import get, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

INVOICE = f.text("invoice_id", "The invoice's ID, as an earlier step gives it.", label="Invoice")
SAMPLE = samples("invoice")
LINK = f.choice("subscription_id", "Which one.", label="Payment link", source="subscriptions", required=True)
SENT, PAID = has_status("2", "3", "4"), has_status("4")
TEMPLATES = (
    ("reminder1", "First reminder"),
    ("reminder2", "Second reminder"),
    ("reminder3", "Third reminder"),
    ("custom1", "Custom 1"),
    ("custom2", "Custom 2"),
    ("custom3", "Custom 3"),
)
STATUSES = (("paid", "Paid"), ("unpaid", "Unpaid"), ("overdue", "Overdue"))


def _payable(invoice: Record) -> str:
    return alive(invoice) or (f"it is {status_in(invoice)}" if str(invoice.get("status_id")) in ("5", "6") else "")


def _cancellable(invoice: Record) -> str:
    owed = str(invoice.get("status_id")) in ("2", "3")
    return alive(invoice) or ("" if owed else f"it is {status_in(invoice)}")


def _charge(inputs: Record, context: Context) -> Conversation[Record]:
    """The charge itself is made by a job: the answer is too early to tell how it went."""
    what = "charge the invoice"
    invoice = yield from read("invoices", inputs.get("invoice_id"), what)
    if PAID(invoice):
        return {"invoice": invoice}
    if reason := _payable(invoice):
        raise Refused(f"Couldn't {what}: {reason}.")
    invoice = yield from bulk("invoices", invoice["id"], "auto_bill", what)
    return {"invoice": invoice}


def _remind(inputs: Record, context: Context) -> Conversation[Record]:
    yield from call("POST", "/invoices/update_reminders", "work out the reminders again")
    return {"done": True}


INVOICES = resource(
    "invoices",
    "/api/v1/invoices",
    post(
        "create", "", "Create an invoice", *CREATE,
        perform=creator("invoices"), retry=reconcile(by=finder("invoices"), doubtful=True),
        returns="invoice", source="storeInvoice",
        help="Makes a draft. Mark it as sent or e-mail it in a later step.",
    ),
    put(
        "update", "/{invoice_id}", "Update an invoice", INVOICE, *UPDATE,
        perform=updater("invoices"), returns="invoice", source="updateInvoice",
        help="Fields left empty stay as they are. The client of an invoice can't be changed.",
    ),
    get("get", "/{invoice_id}", "Get an invoice", INVOICE, returns="invoice", source="showInvoice"),
    get(
        "search", "", "Search invoices", *FILTERS[:-1],
        f.choice("client_status", choices=STATUSES, label="Status"), FILTERS[-1],
        perform=searcher("invoices", "client_status"), sample={"invoices": [SAMPLE], "invoice": SAMPLE, "total": 1},
        help="The newest first; the first one is also given by itself.", words=("list", "find"), source="getInvoices",
    ),
    put(
        "mark_sent", "/{invoice_id}", "Mark an invoice as sent", INVOICE,
        perform=changer("invoices", "mark_sent", "mark the invoice as sent", SENT, _payable),
        returns="invoice", source="bulkInvoices",
        help="Turns the draft into an open invoice without mailing it.", words=("open", "issue", "approve"),
    ),
    post(
        "mark_paid", "/{invoice_id}", "Mark an invoice as paid", INVOICE,
        perform=changer("invoices", "mark_paid", "mark the invoice as paid", PAID, _payable),
        retry=reconcile(by=looker("invoices", PAID)), returns="invoice", source="bulkInvoices",
        help="Enters a payment for the whole balance. For a part of it, or with a date, use “Create a payment”.",
        words=("settle", "payment"),
    ),
    post(
        "email", "/{invoice_id}", "E-mail an invoice", INVOICE,
        f.choice("email_type", "Leave empty for the invoice itself.", label="Template", choices=TEMPLATES, more=True),
        perform=mailer("invoices"), retry=mailed("invoices"), returns="invoice", source="bulkInvoices",
        help="Invoice Ninja sends it to the client's contacts, each time this step runs.",
        words=("send", "mail", "remind"),
    ),
    put(
        "archive", "/{invoice_id}", "Archive an invoice", INVOICE,
        perform=changer("invoices", "archive", "archive the invoice", is_archived, alive),
        returns="invoice", source="bulkInvoices", help="Takes it off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{invoice_id}", "Restore an invoice", INVOICE,
        perform=changer("invoices", "restore", "restore the invoice", is_active), returns="invoice",
        source="bulkInvoices", help="Brings an archived or deleted invoice back.", words=("unarchive", "undelete"),
    ),
    put(
        "delete", "/{invoice_id}", "Delete an invoice", INVOICE,
        perform=deleter("invoices"), returns="invoice", source="deleteInvoice",
        help="It can be restored. Balances are reversed.", words=("remove",),
    ),
    put(
        "cancel", "/{invoice_id}", "Cancel an invoice", INVOICE,
        perform=changer("invoices", "cancel", "cancel the invoice", has_status("5"), _cancellable),
        returns="invoice", source="bulkInvoices",
        help="For one that was sent: nothing is owed any more, and it stays in the books.", words=("void", "annul"),
    ),
    post(
        "auto_bill", "/{invoice_id}", "Charge an invoice to what is on file", INVOICE,
        perform=_charge, retry=Retry.ONCE, returns="invoice", source="bulkInvoices",
        help="With the client's card or account; whether it worked shows a little later.", words=("card", "collect"),
    ),
    put(
        "set_payment_link", "/{invoice_id}", "Set the payment link of an invoice", INVOICE, LINK,
        perform=setter("invoices", "set_payment_link", "set the payment link of the invoice", "subscription_id", alive),
        returns="invoice", source="bulkInvoices", words=("subscription",),
    ),
    post(
        "update_reminders", "/update_reminders", "Work out all reminders again", perform=_remind,
        retry=Retry.IDEMPOTENT, sample={"done": True}, source="invoices/update_reminders",
        help="After the company's reminder settings were changed; a little later.", words=("dunning",),
    ),
    object="invoice",
    sample=SAMPLE,
    words=("bill",),
)  # fmt: skip
