"""What Invoice Ninja does by itself at its time: statements, documents and reports that it mails."""

from connectors import fields as f
from connectors.invoice_ninja.entities import Entity, operations
from connectors.invoice_ninja.recurring import FREQUENCIES

TEMPLATES = (
    ("email_statement", "Mail a statement"), ("email_record", "Mail a document"), ("email_report", "Mail a report"),
)  # fmt: skip
RANGES = (
    ("last7_days", "Last 7 days"), ("last30_days", "Last 30 days"), ("last365_days", "Last 365 days"),
    ("this_month", "This month"), ("last_month", "Last month"), ("this_quarter", "This quarter"),
    ("last_quarter", "Last quarter"), ("this_year", "This year"), ("last_year", "Last year"), ("all_time", "All time"),
)  # fmt: skip
DOCUMENTS = tuple(
    (name, name.replace("_", " ").capitalize()) for name in ("invoice", "quote", "credit", "purchase_order")
)
SCHEDULES = Entity(
    "task_schedulers",
    "TaskScheduler",
    (
        f.choice("template", "What is done.", choices=TEMPLATES, label="Work"),
        f.date("next_run", "Today or later.", label="Next on"),
        f.choice("frequency_id", "Left empty, once.", choices=FREQUENCIES, label="How often"),
        f.text("name", "What it is called."),
        f.integer("remaining_cycles", "How many more times; -1 for no end.", label="How many more", more=True),
        f.boolean("is_paused", label="Paused", more=True),
        f.choice("parameters.date_range", "Which time a statement or report is about.", choices=RANGES, label="Time"),
        f.tags("parameters.clients", "IDs; left empty, all.", label="Clients", more=True),
        f.boolean("parameters.show_payments_table", label="Statement with payments", more=True),
        f.boolean("parameters.show_credits_table", label="Statement with credits", more=True),
        f.boolean("parameters.show_aging_table", label="Statement with ages of debts", more=True),
        f.choice("parameters.entity", "What is mailed.", choices=DOCUMENTS, label="Kind of document", more=True),
        f.text("parameters.entity_id", "Its ID.", label="Document", more=True),
        f.text("parameters.report_name", "Such as invoices or profitloss.", label="Report", more=True),
    ),
    demanded=("template", "next_run"),
    searched="Part of the name.",
    words=("scheduler", "cron", "automatic", "statement"),
    marked=False,
    called="schedule",
)
OPERATIONS = operations(SCHEDULES)
