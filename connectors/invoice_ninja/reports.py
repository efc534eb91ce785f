"""Reports that Invoice Ninja makes and mails to whoever owns the token, and mails about a document by a template."""

from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.errands import later
from connectors.invoice_ninja.errands import told as told_later
from connectors.invoice_ninja.mailed import MAILED_BY_TEMPLATE
from connectors.invoice_ninja.service import API, SERVICE, Record, body, call, needed, resource
from connectors.notation import fill, post
from connectors.spec import Context, Conversation

RANGES = (
    ("all", "All time"), ("last7", "Last 7 days"), ("last30", "Last 30 days"), ("this_month", "This month"),
    ("last_month", "Last month"), ("this_quarter", "This quarter"), ("last_quarter", "Last quarter"),
    ("this_year", "This year"), ("last_year", "Last year"), ("custom", "From and until, below"),
)  # fmt: skip
OVER = (
    f.choice("date_range", "Which time it is about.", choices=RANGES, default="last_month", label="Time"),
    f.date("start_date", "For a time of your own.", label="From"),
    f.date("end_date", "For a time of your own.", label="Until"),
    f.choices("report_keys", "Names of the columns; left empty, all.", label="Columns", more=True),
    f.text("date_key", "The date that counts, such as created_at.", label="By which date", more=True),
)
TOLD = {"message": "working..."}
REPORTS = (
    ("clients", "clients", "getClientReport"),
    ("contacts", "contacts", "getContactReport"),
    ("credit", "credits", "getCreditReport"),
    ("documents", "documents", "getDocumentReport"),
    ("expense", "expenses", "getExpenseReport"),
    ("invoices", "invoices", "getInvoiceReport"),
    ("invoice_items", "lines of invoices", "getInvoiceItemReport"),
    ("payments", "payments", "getPaymentReport"),
    ("products", "products", "getProductReport"),
    ("product_sales", "sales of products", "getProductSalesReport"),
    ("profitloss", "profit and loss", "getProfitLossReport"),
    ("quotes", "quotes", "getQuoteReport"),
    ("quote_items", "lines of quotes", "getQuoteItemReport"),
    ("recurring_invoices", "recurring invoices", "getRecurringInvoiceReport"),
    ("tasks", "tasks", "getTaskReport"),
    ("activities", "activities", "reports/activities"),
    ("client_contacts", "contacts of clients", "reports/client_contacts"),
    ("client_balance_report", "balances of clients", "reports/client_balance_report"),
    ("client_sales_report", "sales to clients", "reports/client_sales_report"),
    ("ar_summary_report", "debts by age", "reports/ar_summary_report"),
    ("ar_detail_report", "debts by age, each invoice", "reports/ar_detail_report"),
    ("tax_summary_report", "taxes", "reports/tax_summary_report"),
    ("user_sales_report", "sales of users", "reports/user_sales_report"),
    ("purchase_orders", "purchase orders", "reports/purchase_orders"),
    ("purchase_order_items", "lines of purchase orders", "reports/purchase_order_items"),
    ("vendors", "vendors", "reports/vendors"),
)
ROUTES = {"credit": "credits", "expense": "expenses"}
"""Where the document names a path that is none."""


def path_of(name: str) -> str:
    return ROUTES.get(name, name)


def told(answer: Any, inputs: Record) -> Record:
    """What it says; the report itself comes by mail."""
    said = answer.get("message") if isinstance(answer, dict) else answer
    return {"message": str(said or "")}


MADE = replace(SERVICE, derived=True).resource(
    "reports",
    f"{API}/reports",
    *(
        post(
            name, f"/{path_of(name)}", f"Mail a report of {about}", *OVER, sample=TOLD, read=told, source=source,
            more={"send_email": True}, words=("export", "csv", "statistics"),
            help="Invoice Ninja makes it and mails it to the owner of the token.",
        )
        for name, about, source in REPORTS
    ),
    object="report",
)  # fmt: skip


# As data


def _prepare(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, PREPARED)
    usual = {field.name: field.default for field in OVER if field.default}
    sent = {**usual, **body(OVER, inputs), "send_email": False}
    path = fill("/reports/{report}", {"report": path_of(str(inputs["report"]))})
    said = yield from call("POST", path, "prepare the report", {"report_keys": [], **sent}, reads=True)
    return {"hash": str(said.get("message") or "") if isinstance(said, dict) else ""}


def _fetch(inputs: Record, context: Context) -> Conversation[Record]:
    result = yield from told_later("POST", fill("/reports/preview/{hash}", inputs), "fetch the report", "report.csv")
    return result


def _fetch_file(inputs: Record, context: Context) -> Conversation[Record]:
    result = yield from later("POST", fill("/exports/preview/{hash}", inputs), "fetch the report", "report.csv")
    return result


PREPARED = (
    f.choice(
        "report", "Which one.", required=True, where="none",
        choices=tuple((name, about[:1].upper() + about[1:]) for name, about, _ in REPORTS),
    ),
    *OVER,
)  # fmt: skip
HASH = f.text("hash", "As “Prepare a report” gives it.", label="Reference", required=True)
ROWS = {
    "columns": [{"identifier": "client.name", "display_value": "Client Name"}],
    "0": [{"identifier": "client.name", "value": "Northlight Studio", "display_value": "Northlight Studio"}],
}
CSV = {"name": "report.csv", "type": "text/csv", "size": 5120, "content": "Q2xpZW50Cg=="}
AS_DATA = resource(
    "reports",
    f"{API}/reports",
    post(
        "prepare", "/prepare", "Prepare a report", *PREPARED, perform=_prepare, reads=True,
        sample={"hash": "2c1f8e9a-5d0b-4f7e-9b86-6a1d2f3c4b5e"}, source="reports", words=("data", "statistics"),
        help="Made in the background and not mailed: fetch it in the next step.",
    ),
    post(
        "fetch", "/preview/{hash}", "Fetch a prepared report", HASH, perform=_fetch, reads=True,
        consumes=True,
        sample={"report": ROWS, "file": CSV}, source="reports/preview", words=("data", "rows"),
        help="Waits until it is ready; once fetched it is gone.",
    ),
    post(
        "fetch_file", "/preview/{hash}", "Fetch a prepared report as a file", HASH, perform=_fetch_file, reads=True,
        consumes=True,
        sample={"file": CSV}, source="exports/preview", words=("csv", "excel"),
        help="Waits until it is ready; once fetched it is gone.",
    ),
    object="report",
)  # fmt: skip

ENTITY = tuple((name, name.replace("_", " ").capitalize()) for name in ("invoice", "quote", "credit", "purchase_order"))
TEMPLATES = (
    ("email_template_invoice", "Invoice"), ("email_template_quote", "Quote"), ("email_template_credit", "Credit"),
    ("email_template_purchase_order", "Purchase order"), ("email_template_reminder1", "First reminder"),
    ("email_template_reminder2", "Second reminder"), ("email_template_reminder3", "Third reminder"),
    ("email_template_reminder_endless", "Endless reminder"), ("email_template_custom1", "First of your own"),
    ("email_template_custom2", "Second of your own"), ("email_template_custom3", "Third of your own"),
)  # fmt: skip
MAILS = resource(
    "emails",
    f"{API}/emails",
    post(
        "send", "", "Mail a document by a template",
        f.choice("entity", "What is mailed.", choices=ENTITY, label="Kind of document", required=True),
        f.text("entity_id", "The document's ID, as an earlier step gives it.", label="Document", required=True),
        f.choice("template", "What the mail says.", choices=TEMPLATES, required=True),
        f.text("subject", "Left empty, the template's."),
        f.note("body", "Left empty, the template's."),
        f.email("cc_email", label="Copy to", more=True),
        returns="document", source="sendEmailTemplate", retry=MAILED_BY_TEMPLATE,
        words=("reminder", "dunning", "e-mail", "send"),
        sample={"document": {"id": "Opnel5aKBz", "number": "INV-0118", "last_sent_date": "2026-11-22"}},
        help="To those whom the document was sent to; each time again.",
    ),
    object="e-mail",
)  # fmt: skip
OPERATIONS = {**MADE, **AS_DATA, **MAILS}
