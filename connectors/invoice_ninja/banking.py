"""Bank accounts that Invoice Ninja reads, what it makes of their bookings, and by which rules."""

import re
from collections.abc import Callable
from dataclasses import replace

from connectors import fields as f
from connectors.errors import Refused
from connectors.invoice_ninja.costs import CLIENT
from connectors.invoice_ninja.documents import alive
from connectors.invoice_ninja.entities import Entity, changer, listing, operations
from connectors.invoice_ninja.odd import has_status
from connectors.invoice_ninja.service import Record, call, given, read, samples
from connectors.notation import Find, Perform, fill, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

WAYS = (("CREDIT", "Came in"), ("DEBIT", "Went out"))
ACCOUNTS = Entity(
    "bank_integrations",
    "BankIntegration",
    (
        f.text("bank_account_name", "At least three letters.", label="Name"),
        f.text("bank_account_number", label="Account number"),
        f.text("provider_name", "The bank.", label="Bank"),
        f.text("bank_account_type", "Such as checking or credit card.", label="Kind", more=True),
        f.text("bank_account_status", "Such as ACTIVE.", label="Status", more=True),
        f.money("balance", "What is on it.", more=True),
        f.text("currency", "A code such as EUR.", more=True),
        f.date("from_date", "Bookings from this day on.", label="From", more=True),
        f.boolean("auto_sync", label="Read it every day", more=True),
    ),
    demanded=("bank_account_name",),
    searched="Part of the name.",
    words=("bank", "iban"),
    marked=False,
    called="bank account",
)
RULES = Entity(
    "bank_transaction_rules",
    "BankTransactionRule",
    (
        f.text("name", "What it is called."),
        f.lines(
            "rules",
            "What a booking must look like, a row each.",
            label="Conditions",
            fields=(
                f.text("search_key", "description or amount.", label="What"),
                f.text("operator", "contains, starts_with, is or is_empty; of amounts =, > or <.", label="How"),
                f.text("value", label="Value"),
            ),
        ),
        f.choice("applies_to", "Which way.", choices=WAYS, label="Way"),
        f.boolean("matches_on_all", "Otherwise one of them is enough.", label="All conditions", default=True),
        f.boolean("auto_convert", "Otherwise it is only proposed.", label="Make the record at once", more=True),
        CLIENT,
        f.choice("vendor_id", "Who was paid.", label="Vendor", source="vendors"),
        f.choice("category_id", "What kind of expense it is.", label="Category", source="expense_categories"),
    ),
    demanded=("name", "applies_to"),
    searched="Part of the name.",
    words=("bank rule", "categorise"),
    marked=False,
    called="transaction rule",
)
BOOKINGS = Entity(
    "bank_transactions",
    "BankTransaction",
    (
        f.money("amount", "How much was moved."),
        f.choice("base_type", "Which way.", choices=WAYS, label="Way"),
        f.date("date", "When it was booked."),
        f.note("description", "What the statement says."),
        f.choice("currency_id", "Left empty, the company's.", label="Currency", source="currencies", more=True),
        f.choice("bank_integration_id", "Whose it is.", label="Bank account", source="bank_integrations", more=True),
    ),
    demanded=("amount", "base_type", "date", "description"),
    searched="Part of the description.",
    words=("statement", "booking"),
    marked=False,
)
BOOKING = BOOKINGS.id
SAMPLE = samples("bank_transaction")
MATCHED = {"bank_transaction": SAMPLE | {"status_id": "3"}}
DONE = {"done": True}


def _open(row: Record) -> bool:
    return str(row.get("status_id")) == "1"


def _to(inputs: Record) -> Record:
    return {field.name: str(inputs[field.name]) for field in TO if given(inputs, field.name)}


def _bears(booking: Record, sent: Record) -> bool:
    """Whether it is matched with just that. What a vendor and a category became is an expense."""
    if _open(booking):
        return False
    held = {name: set(re.split(r"[,\s]+", str(booking.get(name) or ""))) for name in ("invoice_ids", "payment_id")}
    held["expense_id"] = {str(booking.get("expense_id") or "")}
    named = {name: {one for one in re.split(r"[,\s]+", value) if one} for name, value in sent.items() if name in held}
    return all(ids <= held[name] for name, ids in named.items()) if named else held["expense_id"] != {""}


def _match(inputs: Record, context: Context) -> Conversation[Record]:
    """Looks first: a second match would make a second payment. What a rule only proposed is no match yet."""
    what = "match the bank transaction"
    booking = yield from read("bank_transactions", inputs.get("bank_transaction_id"), what)
    sent = _to(inputs)
    if sent and _bears(booking, sent):
        return {"bank_transaction": booking}
    if str(booking.get("status_id")) == "3":
        raise Refused(f"Couldn't {what}: it is matched with something else. Unlink it first.")
    if not sent:
        raise Refused("There is nothing to match it with: name invoices, a payment, an expense or a vendor.")
    asked = {"transactions": [{"id": booking["id"], **sent}]}
    yield from call("POST", "/bank_transactions/match", what, asked)
    booking = yield from read("bank_transactions", booking["id"], what)
    if _open(booking):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left it unmatched.")
    return {"bank_transaction": booking}


def _find_match(inputs: Record, context: Context) -> Conversation[list[Record]]:
    found = inputs.get("bank_transaction_id")
    booking = yield from read("bank_transactions", found, "look at the bank transaction")
    return [{"bank_transaction": booking}] if _bears(booking, _to(inputs)) else []


def _looker(reached: Callable[[Record], bool]) -> Find:
    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        found = inputs.get("bank_transaction_id")
        booking = yield from read("bank_transactions", found, "look at the bank transaction")
        return [{"bank_transaction": booking}] if reached(booking) else []

    return find


TO = (
    f.text("invoice_ids", "IDs of the invoices it pays, by commas.", label="Invoices"),
    f.text("payment_id", "A payment that is entered already.", label="Payment"),
    f.text("expense_id", "An expense that is entered already.", label="Expense"),
    f.choice("vendor_id", "Makes an expense of this vendor's of it.", label="Vendor", source="vendors"),
    f.choice("ninja_category_id", "Of that expense.", label="Category", source="expense_categories"),
)
MATCHING = (
    post(
        "match", "/{bank_transaction_id}", "Match a bank transaction", BOOKING, *TO,
        perform=_match, retry=reconcile(by=_find_match), sample=MATCHED,
        source="matchBankTransactions", one_of=tuple(field.name for field in TO),
        help="What came in pays invoices, what went out becomes an expense, or either belongs to what is there.",
        words=("reconcile", "assign", "pay"),
    ),
    post(
        "convert_matched", "/{bank_transaction_id}", "Convert a matched bank transaction", BOOKING,
        perform=changer(BOOKINGS, "convert_matched", has_status("3"), alive, "convert the bank transaction"),
        retry=reconcile(by=_looker(has_status("3"))), sample=MATCHED, source="bulkBankTransactions",
        help="Makes the payment or the expense that a rule proposed.", words=("accept", "reconcile"),
    ),
    put(
        "unlink", "/{bank_transaction_id}", "Unlink a bank transaction", BOOKING,
        perform=changer(BOOKINGS, "unlink", _open, alive, "unlink the bank transaction"),
        returns="bank_transaction", source="bulkBankTransactions",
        help="It is unmatched again; the payment or expense stays.", words=("undo", "separate"),
    ),
)  # fmt: skip


# Accounts


def _refresh(inputs: Record, context: Context) -> Conversation[Record]:
    yield from call("POST", "/bank_integrations/refresh_accounts", "refresh the bank accounts")
    return {"done": True}


def _of_account(action: str, what: str) -> Perform:
    """By the number that the bank's reader has for it."""

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        account = yield from read("bank_integrations", inputs.get("bank_integration_id"), what)
        number = account.get("bank_account_id")
        if not number:
            raise Refused(f"Couldn't {what}: the account was made by hand, no bank stands behind it.")
        yield from call("POST", fill(f"/bank_integrations/{action}/{{number}}", {"number": number}), what)
        return {"done": True}

    return perform


READING = (
    post(
        "refresh_accounts", "/refresh_accounts", "Refresh the bank accounts", perform=_refresh, sample=DONE,
        retry=Retry.IDEMPOTENT, source="getRefreshAccounts", help="Asks the banks which accounts there are.",
    ),
    post(
        "get_transactions", "/{bank_integration_id}", "Fetch the transactions of a bank account", ACCOUNTS.id,
        perform=_of_account("get_transactions", "fetch the bank transactions"), sample=DONE, retry=Retry.IDEMPOTENT,
        source="getAccountTransactions", help="Once a minute at most; they come a little later.", words=("import",),
    ),
    post(
        "remove_account", "/{bank_integration_id}", "Disconnect a bank account", ACCOUNTS.id,
        perform=_of_account("remove_account", "disconnect the bank account"), sample=DONE, retry=Retry.IDEMPOTENT,
        source="getRemoveAccount", help="Takes it off at the bank's reader; its transactions stay.",
    ),
)  # fmt: skip

OPERATIONS = {
    **operations(replace(ACCOUNTS, more=READING)),
    **operations(RULES),
    **operations(replace(BOOKINGS, more=MATCHING)),
}
CHOICES = {"bank_integrations": listing("bank_integrations", lambda row: str(row.get("bank_account_name") or ""))}
