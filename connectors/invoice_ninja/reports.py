"""Reports that Invoice Ninja makes and mails to whoever owns the token, and mails about a document by a template."""

from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.service import API, Record, resource
from connectors.notation import post

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
)


def told(answer: Any, inputs: Record) -> Record:
    """What it says; the report itself comes by mail."""
    said = answer.get("message") if isinstance(answer, dict) else answer
    return {"message": str(said or "")}


MADE = resource(
    "reports",
    f"{API}/reports",
    *(
        post(
            name, f"/{name}", f"Mail a report of {about}", *OVER, sample=TOLD, read=told, source=source,
            more={"send_email": True}, words=("export", "csv", "statistics"),
            help="Invoice Ninja makes it and mails it to the owner of the token.",
        )
        for name, about, source in REPORTS
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
        returns="document", source="sendEmailTemplate", words=("reminder", "dunning", "e-mail", "send"),
        sample={"document": {"id": "Opnel5aKBz", "number": "INV-0118", "last_sent_date": "2026-11-22"}},
        help="To those whom the document was sent to; each time again.",
    ),
    object="e-mail",
)  # fmt: skip
OPERATIONS = {**MADE, **MAILS}
