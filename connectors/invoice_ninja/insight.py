"""What Invoice Ninja knows beyond its records: figures, the search, activities, mails, logs, fixed lists."""

from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.service import API, Record, call, needed, resource, rows, samples
from connectors.notation import fill, get, post
from connectors.spec import Context, Conversation, Retry

SPAN = (
    f.date("start_date", "The first day.", label="From", required=True),
    f.date("end_date", "The last day.", label="Until", required=True),
)
FIGURES = (
    "active_invoices", "outstanding_invoices", "completed_payments", "refunded_payments", "active_quotes",
    "unapproved_quotes", "logged_tasks", "invoiced_tasks", "paid_tasks", "logged_expenses", "pending_expenses",
    "invoiced_expenses", "invoice_paid_expenses",
)  # fmt: skip
FIGURE = (
    f.choice(
        "field", "Of what.", label="Figure", required=True,
        choices=tuple((name, name.replace("_", " ").capitalize()) for name in FIGURES),
    ),
    f.choice(
        "calculation", "How it is worked out.", required=True, default="sum",
        choices=(("sum", "Sum"), ("avg", "Average"), ("count", "Number")),
    ),
    f.choice(
        "period", "Of which time.", required=True, default="current",
        choices=(("current", "The time below"), ("previous", "As long before it"), ("total", "All time")),
    ),
    *SPAN,
    f.choice("format", "Of tasks.", label="Tasks in", choices=(("money", "Money"), ("time", "Time")), more=True),
)  # fmt: skip
TOTALS = {
    "currencies": {"3": "EUR"},
    "3": {
        "invoices": {"invoiced_amount": "12400.00", "currency_id": "3", "code": "EUR"},
        "revenue": {"paid_to_date": "9800.00", "currency_id": "3", "code": "EUR"},
        "expenses": {"amount": "1430.00", "currency_id": "3", "code": "EUR"},
        "outstanding": {"amount": "2600.00", "outstanding_count": 4, "currency_id": "3", "code": "EUR"},
    },
}
DAYS = {
    "start_date": "2026-11-01",
    "end_date": "2026-11-30",
    "3": {"invoices": [{"total": "1190.00", "date": "2026-11-22", "currency": "EUR"}], "payments": [], "expenses": []},
}


def _asked(path: str, what: str, key: str, fields: tuple[f.Field, ...]) -> Any:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        needed(inputs, fields)
        sent = {one.name: str(inputs[one.name]) for one in fields if inputs.get(one.name)}
        found = yield from call("POST", path, what, sent, reads=True)
        return {key: found}

    return perform


CHARTS = resource(
    "charts",
    f"{API}/charts",
    post(
        "totals", "/totals_v2", "Get the totals of a time", *SPAN, reads=True, sample={"totals": TOTALS},
        perform=_asked("/charts/totals_v2", "get the totals", "totals", SPAN), source="getChartTotals",
        help="Billed, paid, spent and owed, by currency.", words=("revenue", "turnover", "statistics", "dashboard"),
    ),
    post(
        "summary", "/chart_summary_v2", "Get the figures of each day", *SPAN, reads=True, sample={"summary": DAYS},
        perform=_asked("/charts/chart_summary_v2", "get the figures", "summary", SPAN),
        source="charts/chart_summary_v2",
        help="Billed, paid, spent and owed day by day, by currency.", words=("chart", "revenue", "statistics"),
    ),
    post(
        "figure", "/calculated_fields", "Get one figure", *FIGURE, reads=True, sample={"figure": "12400.00"},
        perform=_asked("/charts/calculated_fields", "get the figure", "figure", FIGURE),
        source="charts/calculated_fields", help="Such as what is owed on invoices, or how many quotes wait.",
        words=("kpi", "dashboard", "count", "sum"),
    ),
    object="figure",
)  # fmt: skip


# The search and the feed

SOUGHT = (f.text("search", "Part of a name, number or e-mail.", label="Search for", required=True),)
FOUND = {
    "clients": [{"name": "Northlight Studio", "type": "/client", "id": "VolejRejNm", "path": "/clients/VolejRejNm"}],
    "client_contacts": [],
    "invoices": [],
    "settings": [],
}
ENTITIES = tuple(
    (name, name.replace("_", " ").capitalize())
    for name in (
        "clients", "invoices", "quotes", "credits", "recurring_invoices", "vendors", "payments", "projects", "tasks",
        "expenses", "recurring_expenses", "bank_transactions", "purchase_orders",
    )
)  # fmt: skip
RECORD = f.text("entity_id", "The record's ID, as an earlier step gives it.", label="Record", required=True)
ABOUT = (f.choice("entity", "What kind of record it is.", choices=ENTITIES, label="Kind", required=True), RECORD)
NOTE = (*ABOUT, f.note("notes", "What the feed says.", label="Note", required=True))
ACTIVITY = samples("activity")
PER_PAGE = f.integer("per_page", "At most 500.", label="How many", default=50, more=True)


def _search(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, SOUGHT)
    found = yield from call("POST", "/search", "search", {"search": str(inputs["search"])}, reads=True)
    told = found if isinstance(found, dict) else {}
    return {name: told.get(name) or [] for name in FOUND}


def _feed(inputs: Record, context: Context) -> Conversation[Record]:
    size = min(int(inputs.get("per_page") or 50), 500)
    found = yield from call("GET", "/activities", "list the activities", query={"per_page": size})
    return _listed(found)


def _about(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, ABOUT)
    sent = {"entity": str(inputs["entity"]).removesuffix("s"), "entity_id": str(inputs["entity_id"])}
    found = yield from call("POST", "/activities/entity", "list the activities of the record", sent, reads=True)
    return _listed(found)


def _listed(found: Any) -> Record:
    listed = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return {"activities": listed, "activity": listed[0] if listed else {}, "total": len(listed)}


def _note(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, NOTE)
    sent = {field.name: str(inputs[field.name]) for field in NOTE}
    found = yield from call("POST", "/activities/notes", "add the note", sent)
    return {"activity": found if isinstance(found, dict) else {}}


def _as_it_was(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/activities/download_entity/{activity_id}", inputs)
    result = yield from fetch("GET", path, "download the document as it was", "document.pdf")
    return result


FEED = {
    **resource(
        "search",
        f"{API}/search",
        post(
            "everything", "", "Search everywhere", *SOUGHT, perform=_search, reads=True, sample=FOUND, source="search",
            help="Clients, contacts, invoices and settings at once.", words=("find", "global"),
        ),
        object="record",
    ),
    **resource(
        "activities",
        f"{API}/activities",
        get(
            "list", "", "List the latest activities", PER_PAGE, perform=_feed, source="getActivities",
            sample={"activities": [ACTIVITY], "activity": ACTIVITY, "total": 1}, words=("feed", "history", "log"),
            help="Who did what, the newest first.",
        ),
        post(
            "of_record", "/entity", "List the activities of a record", *ABOUT, perform=_about, reads=True,
            sample={"activities": [ACTIVITY], "activity": ACTIVITY, "total": 1}, source="activities/entity",
            words=("feed", "history", "log"), help="Who did what with it, the newest first.",
        ),
        post(
            "add_note", "/notes", "Add a note to a record's activities", *NOTE, perform=_note, retry=Retry.ONCE,
            sample={"activity": ACTIVITY}, source="activities/notes", words=("comment", "remark", "history"),
            help="It stands in the record's feed, where the team sees it.",
        ),
        get(
            "download", "/download_entity/{activity_id}", "Download a document as it was", perform=_as_it_was,
            sample={"file": PDF}, source="getActivityHistoricalEntityPdf", words=("pdf", "version", "history"),
            help="The PDF of the version that an activity tells of.",
        ),
        object="activity",
    ),
}  # fmt: skip


# Mails, the ledger, logs, fixed lists

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
REST = {
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
OPERATIONS = {**CHARTS, **FEED, **REST}
