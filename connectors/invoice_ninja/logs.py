"""What became of mails, the ledger, the system's log, and the lists that are the same for everybody."""

from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.insight import RECORD
from connectors.invoice_ninja.service import API, Record, call, needed, resource, rows, samples
from connectors.notation import fill, get, post
from connectors.spec import Context, Conversation

MAILED = ("invoice", "quote", "credit", "recurring_invoice", "purchase_order")
OF_MAIL = (
    f.choice(
        "entity", "What was mailed.", label="Kind of document", required=True,
        choices=tuple((name, name.replace("_", " ").capitalize()) for name in MAILED),
    ),
    RECORD,
)  # fmt: skip
EMAIL = {
    "recipients": "odile@farrow.example",
    "subject": "Invoice INV-0118",
    "entity": "invoice",
    "entity_id": "Opnel5aKBz",
    "events": [{"recipient": "odile@farrow.example", "status": "delivered", "date": "2026-11-22 09:30:00"}],
}


def _history(answer: Any) -> Record:
    listed = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
    return {"emails": listed, "email": listed[0] if listed else {}, "total": len(listed)}


def _of_client(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/emails/clientHistory/{client_id}", inputs)
    found = yield from call("POST", path, "list the client's e-mails", reads=True)
    return _history(found)


def _of_document(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, OF_MAIL)
    sent = {field.name: str(inputs[field.name]) for field in OF_MAIL}
    found = yield from call("POST", "/emails/entityHistory", "list the document's e-mails", sent, reads=True)
    return _history(found)


def _ledger(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from rows("company_ledger", "list the ledger", per_page=200, sort="id|desc", status="active")
    return {"entries": found, "total": len(found)}


def _logs(inputs: Record, context: Context) -> Conversation[Record]:
    size = min(int(inputs.get("per_page") or 50), 500)
    asked = {"client_id": str(inputs["client_id"])} if inputs.get("client_id") else {}
    found = yield from rows("system_logs", "list the system's log", per_page=size, sort="id|desc", **asked)
    found = [row for row in found if not asked or row.get("client_id") == asked["client_id"]]
    return {"logs": found, "log": found[0] if found else {}, "total": len(found)}


LISTS = (
    "currencies", "countries", "languages", "payment_types", "industries", "sizes", "timezones", "date_formats",
    "datetime_formats", "gateways",
)  # fmt: skip


def _fixed(inputs: Record, context: Context) -> Conversation[Record]:
    known = yield from call("GET", "/statics", "read the fixed lists")
    found = known.get(str(inputs.get("list") or LISTS[0])) or []
    return {"rows": found if isinstance(found, list) else list(found.values()), "total": len(found)}


LOG = samples("system_log")
ENTRY = {"notes": "Invoice INV-0118", "balance": 1190, "adjustment": 1190, "activity_id": 4, "created_at": 1795330000}
OPERATIONS = {
    **resource(
        "emails",
        f"{API}/emails",
        post(
            "of_client", "/clientHistory/{client_id}", "List the e-mails to a client", CLIENT, perform=_of_client,
            reads=True, sample={"emails": [EMAIL], "email": EMAIL, "total": 1}, source="emails/clientHistory",
            help="And what became of each: delivered, opened, bounced.", words=("history", "bounce", "delivered"),
        ),
        post(
            "of_document", "/entityHistory", "List the e-mails of a document", *OF_MAIL, perform=_of_document,
            reads=True, sample={"emails": [EMAIL], "email": EMAIL, "total": 1}, source="emails/entityHistory",
            help="And what became of each: delivered, opened, bounced.", words=("history", "bounce", "delivered"),
        ),
        object="e-mail",
    ),
    **resource(
        "ledger",
        f"{API}/company_ledger",
        get(
            "list", "", "List the ledger", perform=_ledger, sample={"entries": [ENTRY], "total": 1},
            source="getCompanyLedger", help="What changed clients' balances, the newest first.", words=("balance",),
        ),
        object="ledger",
    ),
    **resource(
        "system_logs",
        f"{API}/system_logs",
        get(
            "list", "", "List the system's log", f.choice("client_id", "Only this client's.", source="clients"),
            f.integer("per_page", "At most 500.", label="How many", default=50, more=True), perform=_logs,
            sample={"logs": [LOG], "log": LOG, "total": 1}, source="getSystemLogs",
            help="Mails, payments and webhooks that went wrong or right.", words=("error", "bounce", "history"),
        ),
        get(
            "get", "/{system_log_id}", "Get an entry of the system's log", returns="log", sample={"log": LOG},
            source="showSystemLogs",
        ),
        object="log",
    ),
    **resource(
        "statics",
        f"{API}/statics",
        get(
            "list", "", "List currencies, countries and the like",
            f.choice(
                "list", "Which list.", required=True, default="currencies",
                choices=tuple((name, name.replace("_", " ").capitalize()) for name in LISTS),
            ),
            perform=_fixed, source="getStatics", cache=3600,
            sample={"rows": [{"id": "3", "name": "Euro", "code": "EUR", "symbol": "", "precision": "2"}], "total": 1},
            help="The IDs that other steps want.", words=("timezones", "languages", "ids"),
        ),
        object="list",
    ),
}  # fmt: skip
