"""Credits: what a client is owed, and may use against invoices."""

from connectors import fields as f
from connectors.invoice_ninja.documents import (
    CREATE,
    FILTERS,
    UPDATE,
    alive,
    changer,
    creator,
    deleter,
    finder,
    mailer,
    searcher,
    updater,
)
from connectors.invoice_ninja.odd import has_status, is_active, is_archived
from connectors.invoice_ninja.service import resource, samples
from connectors.notation import delete, get, post, put, reconcile
from connectors.spec import Retry

CREDIT = f.text("credit_id", "The credit's ID, as an earlier step gives it.", label="Credit")
SAMPLE = samples("credit")
STATUSES = (("draft", "Draft"), ("sent", "Sent"), ("partial", "Partly used"), ("applied", "Used up"))
SENT = has_status("2", "3", "4")

OPERATIONS = resource(
    "credits",
    "/api/v1/credits",
    post(
        "create", "", "Create a credit", *CREATE,
        perform=creator("credits"), retry=reconcile(by=finder("credits")), returns="credit", source="storeCredit",
        help="Makes a draft. Mark it as sent before a payment can use it.",
    ),
    put(
        "update", "/{credit_id}", "Update a credit", CREDIT, *UPDATE,
        perform=updater("credits"), returns="credit", source="updateCredit",
        help="Fields left empty stay as they are. The client of a credit can't be changed.",
    ),
    get("get", "/{credit_id}", "Get a credit", CREDIT, returns="credit", source="showCredit"),
    get(
        "search", "", "Search credits", *FILTERS[:-1],
        f.choice("client_status", choices=STATUSES, label="Status"), FILTERS[-1],
        perform=searcher("credits", "client_status"), sample={"credits": [SAMPLE], "credit": SAMPLE, "total": 1},
        help="The newest first; the first one is also given by itself.", words=("list", "find"), source="getCredits",
    ),
    put(
        "mark_sent", "/{credit_id}", "Mark a credit as sent", CREDIT,
        perform=changer("credits", "mark_sent", "mark the credit as sent", SENT, alive),
        returns="credit", source="bulkCredits", help="From then on it counts for the client.", words=("open", "issue"),
    ),
    post(
        "email", "/{credit_id}", "E-mail a credit", CREDIT,
        perform=mailer("credits"), retry=Retry.ONCE, returns="credit", source="bulkCredits",
        help="Invoice Ninja sends it to the client's contacts, each time this step runs.", words=("send", "mail"),
    ),
    put(
        "archive", "/{credit_id}", "Archive a credit", CREDIT,
        perform=changer("credits", "archive", "archive the credit", is_archived, alive),
        returns="credit", source="bulkCredits", help="Takes it off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{credit_id}", "Restore a credit", CREDIT,
        perform=changer("credits", "restore", "restore the credit", is_active), returns="credit", source="bulkCredits",
        help="Brings an archived or deleted one back.", words=("unarchive", "undelete"),
    ),
    delete(
        "delete", "/{credit_id}", "Delete a credit", CREDIT,
        perform=deleter("credits"), returns="credit", source="deleteCredit",
        sample={"credit": SAMPLE | {"is_deleted": True}}, help="It can be restored.", words=("remove",),
    ),
    object="credit",
    sample=SAMPLE,
    words=("credit note", "refund", "voucher"),
)  # fmt: skip
