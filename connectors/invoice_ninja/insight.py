"""What Invoice Ninja knows beyond its records: figures, the search, and who did what."""

from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.service import API, Record, call, needed, resource, samples
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
WATCHED = tuple(
    (name, name.replace("_", " ").capitalize())
    for name in (
        "client", "invoice", "quote", "credit", "recurring_invoice", "vendor", "payment", "project", "task", "expense",
        "purchase_order", "subscription",
    )
)  # fmt: skip
"""The feed of one record is asked for in the singular, a note is added under the plural, and of other kinds."""
ABOUT = (f.choice("entity", "What kind of record it is.", choices=WATCHED, label="Kind", required=True), RECORD)
OF_NOTE = (f.choice("entity", "What kind of record it is.", choices=ENTITIES, label="Kind", required=True), RECORD)
NOTE = (*OF_NOTE, f.note("notes", "What the feed says.", label="Note", required=True))
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
    sent = {"entity": str(inputs["entity"]), "entity_id": str(inputs["entity_id"])}
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
OPERATIONS = {**CHARTS, **FEED}
