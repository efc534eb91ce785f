"""Credits: what a client is owed, and may use against invoices."""

from connectors import fields as f
from connectors.invoice_ninja.documents import (
    CREATE,
    UPDATE,
    alive,
    changer,
    creator,
    finder,
    looker,
    mailer,
    updater,
)
from connectors.invoice_ninja.mailed import mailed
from connectors.invoice_ninja.odd import has_status
from connectors.invoice_ninja.papers import common
from connectors.invoice_ninja.service import resource, samples
from connectors.notation import post, put, reconcile

CREDIT = f.text("credit_id", "The credit's ID, as an earlier step gives it.", label="Credit")
SAMPLE = samples("credit")
STATES = (("draft", "Draft"), ("sent", "Sent"), ("partial", "Partly used"), ("applied", "Used up"))
SENT, USED = has_status("2", "3", "4"), has_status("4")

OPERATIONS = resource(
    "credits",
    "/api/v1/credits",
    post(
        "create", "", "Create a credit", *CREATE,
        perform=creator("credits"), retry=reconcile(by=finder("credits"), doubtful=True),
        returns="credit", source="storeCredit",
        help="Makes a draft. Mark it as sent before a payment can use it.",
    ),
    put(
        "update", "/{credit_id}", "Update a credit", CREDIT, *UPDATE,
        perform=updater("credits"), returns="credit", source="updateCredit",
        help="Fields left empty stay as they are. The client of a credit can't be changed.",
    ),
    put(
        "mark_sent", "/{credit_id}", "Mark a credit as sent", CREDIT,
        perform=changer("credits", "mark_sent", "mark the credit as sent", SENT, alive),
        returns="credit", source="bulkCredits", help="From then on it counts for the client.", words=("open", "issue"),
    ),
    post(
        "email", "/{credit_id}", "E-mail a credit", CREDIT,
        perform=mailer("credits", at_once=False), retry=mailed("credits"), returns="credit", source="bulkCredits",
        help="Invoice Ninja sends it to the client's contacts, each time this step runs.", words=("send", "mail"),
    ),
    post(
        "mark_paid", "/{credit_id}", "Mark a credit as used up", CREDIT,
        perform=changer("credits", "mark_paid", "mark the credit as used up", USED, alive),
        retry=reconcile(by=looker("credits", USED)), returns="credit", source="bulkCredits",
        help="As if it had been paid out: nothing of it is left for invoices.", words=("settle", "pay out"),
    ),
    *common("credits", "Credit", CREDIT, SAMPLE, STATES),
    object="credit",
    sample=SAMPLE,
    words=("credit note", "refund", "voucher"),
)  # fmt: skip
