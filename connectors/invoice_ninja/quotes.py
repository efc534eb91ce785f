"""Quotes, up to the invoice that one becomes."""

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
    mailer,
    searcher,
    status_in,
    updater,
)
from connectors.invoice_ninja.mailed import mailed
from connectors.invoice_ninja.odd import has_status, is_active, is_archived, state_change
from connectors.invoice_ninja.service import Record, read, resource, samples
from connectors.notation import get, post, put, reconcile
from connectors.spec import Context, Conversation

QUOTE = f.text("quote_id", "The quote's id, as an earlier step gives it.", label="Quote")
SAMPLE = samples("quote")
STATUS = {"-1": "sent and expired", "1": "a draft", "2": "sent", "3": "approved", "4": "converted already"}
STATUSES = tuple((name, name.capitalize()) for name in ["draft", "sent", "approved", "expired", "converted"])
SENT, APPROVED = has_status("-1", "2", "3", "4"), has_status("3", "4")
"""-1 is computed when it is asked for: sent, and its last day is over."""


def _convert(inputs: Record, context: Context) -> Conversation[Record]:
    what = "convert the quote"
    quote = yield from state_change("quotes", inputs.get("quote_id"), "convert_to_invoice", what, _converted, alive)
    result = yield from _with_invoice(quote, what)
    return result


def _find_converted(inputs: Record, context: Context) -> Conversation[list[Record]]:
    what = "look at the quote"
    quote = yield from read("quotes", inputs.get("quote_id"), what)
    if not _converted(quote):
        return []
    result = yield from _with_invoice(quote, what)
    return [result]


def _with_invoice(quote: Record, what: str) -> Conversation[Record]:
    if not quote.get("invoice_id"):
        raise Refused(f"Couldn't {what}: the quote is converted, but its invoice is gone.")
    invoice = yield from read("invoices", quote["invoice_id"], what)
    return {"quote": quote, "invoice": invoice}


def _plan(inputs: Record, context: Context) -> Conversation[Record]:
    what = "make a project of the quote"
    found = inputs.get("quote_id")
    quote = yield from state_change("quotes", found, "convert_to_project", what, _planned, alive)
    result = yield from _with_project(quote, what)
    return result


def _find_planned(inputs: Record, context: Context) -> Conversation[list[Record]]:
    what = "look at the quote"
    quote = yield from read("quotes", inputs.get("quote_id"), what)
    if not _planned(quote):
        return []
    result = yield from _with_project(quote, what)
    return [result]


def _with_project(quote: Record, what: str) -> Conversation[Record]:
    project = yield from read("projects", quote["project_id"], what)
    return {"quote": quote, "project": project}


def _planned(quote: Record) -> bool:
    return bool(quote.get("project_id"))


def _converted(quote: Record) -> bool:
    return str(quote.get("status_id")) == "4" and not quote.get("is_deleted")


def _approvable(quote: Record) -> str:
    return alive(quote) or (f"it is {status_in(quote, STATUS)}" if str(quote.get("status_id")) == "4" else "")


QUOTES = resource(
    "quotes",
    "/api/v1/quotes",
    post(
        "create", "", "Create a quote", *CREATE,
        perform=creator("quotes"), retry=reconcile(by=finder("quotes"), doubtful=True),
        returns="quote", source="storeQuote",
        help="Makes a draft. Mark it as sent or e-mail it in a later step.",
    ),
    put(
        "update", "/{quote_id}", "Update a quote", QUOTE, *UPDATE,
        perform=updater("quotes"), returns="quote", source="updateQuote",
        help="Fields left empty stay as they are. The client of a quote can't be changed.",
    ),
    get("get", "/{quote_id}", "Get a quote", QUOTE, returns="quote", source="showQuote"),
    get(
        "search", "", "Search quotes", *FILTERS[:-1],
        f.choice("client_status", choices=STATUSES, label="Status"), FILTERS[-1],
        perform=searcher("quotes", "client_status"), sample={"quotes": [SAMPLE], "quote": SAMPLE, "total": 1},
        help="The newest first; the first one is also given by itself.", words=("list", "find"), source="getQuotes",
    ),
    put(
        "mark_sent", "/{quote_id}", "Mark a quote as sent", QUOTE,
        perform=changer("quotes", "mark_sent", "mark the quote as sent", SENT, alive),
        returns="quote", source="bulkQuotes", help="Opens the quote without mailing it.", words=("open",),
    ),
    post(
        "email", "/{quote_id}", "E-mail a quote", QUOTE,
        perform=mailer("quotes"), retry=mailed("quotes"), returns="quote", source="bulkQuotes",
        help="Invoice Ninja sends it to the client's contacts, each time this step runs.", words=("send", "mail"),
    ),
    put(
        "approve", "/{quote_id}", "Approve a quote", QUOTE,
        perform=changer("quotes", "approve", "approve the quote", APPROVED, _approvable),
        returns="quote", source="bulkQuotes", help="As if the client had accepted it.", words=("accept",),
    ),
    post(
        "convert", "/{quote_id}", "Convert a quote to an invoice", QUOTE,
        perform=_convert, retry=reconcile(by=_find_converted), sample={"quote": SAMPLE, "invoice": samples("invoice")},
        source="bulkQuotes", help="Makes a draft invoice of it, and gives both.", words=("bill", "turn into"),
    ),
    put(
        "archive", "/{quote_id}", "Archive a quote", QUOTE,
        perform=changer("quotes", "archive", "archive the quote", is_archived, alive),
        returns="quote", source="bulkQuotes", help="Takes it off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{quote_id}", "Restore a quote", QUOTE,
        perform=changer("quotes", "restore", "restore the quote", is_active), returns="quote", source="bulkQuotes",
        help="Brings an archived or deleted quote back.", words=("unarchive", "undelete"),
    ),
    put(
        "delete", "/{quote_id}", "Delete a quote", QUOTE,
        perform=deleter("quotes"), returns="quote", source="deleteQuote", help="It can be restored.",
        words=("remove",),
    ),
    post(
        "convert_to_project", "/{quote_id}", "Make a project of a quote", QUOTE,
        perform=_plan, retry=reconcile(by=_find_planned), source="bulkQuotes",
        sample={"quote": SAMPLE | {"project_id": "Opnel5aKBz"}, "project": samples("project")},
        help="With its lines as tasks, and gives both. One that belongs to a project already is left so.",
        words=("job", "turn into"),
    ),
    object="quote",
    sample=SAMPLE,
    words=("estimate", "offer", "proposal"),
)  # fmt: skip
