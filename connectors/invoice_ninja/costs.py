"""What a company spends and on what it works: expenses, vendors, projects, tasks."""

import json
from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.invoice_ninja.documents import alive, setter
from connectors.invoice_ninja.entities import Entity, changer, listing, operations
from connectors.invoice_ninja.service import Record, call
from connectors.notation import post, put
from connectors.spec import Context, Conversation, Retry

CLIENT = f.choice("client_id", "Whom it is for.", label="Client", source="clients")
PROJECT = f.choice("project_id", "What it belongs to.", label="Project", source="projects")
USER = f.choice("assigned_user_id", label="Assigned to", source="users", more=True)
NOTES = (
    f.note("public_notes", "Shown to the client where it is billed."),
    f.note("private_notes", "Never shown to the client."),
)
NUMBER = f.text("number", "Leave empty to let Invoice Ninja count.", label="Number", more=True)
CUSTOM = tuple(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4))
KINDS = tuple(
    (name, name.capitalize())
    for name in ("individual", "business", "company", "partnership", "trust", "charity", "government", "other")
)

EXPENSE = Entity(
    "expenses",
    "Expense",
    (
        f.money("amount", "What it cost."),
        f.date("date", "Leave empty for today."),
        f.choice("vendor_id", "Who was paid.", label="Vendor", source="vendors"),
        f.choice("category_id", "What kind of expense it is.", label="Category", source="expense_categories"),
        CLIENT,
        f.boolean("should_be_invoiced", "Yes: the client pays for it.", label="To be billed"),
        *NOTES,
        f.text("transaction_reference", "Number on the receipt or the bank statement.", label="Reference"),
        f.date("payment_date", "When it was paid.", label="Paid on", more=True),
        f.choice("payment_type_id", "How it was paid.", label="Way to pay", source="payment_types", more=True),
        f.choice("currency_id", "Left empty, the company's.", label="Currency", source="currencies", more=True),
        f.choice("project_id", "What it belongs to.", label="Project", source="projects", more=True),
        f.choice("tax_name1", "Such as VAT.", label="Tax", source="taxes", more=True),
        f.number("tax_rate1", "In percent.", label="Tax rate", more=True),
        f.boolean("uses_inclusive_taxes", label="The amount includes the tax", more=True),
        USER,
        NUMBER,
        *CUSTOM,
    ),
    demanded=("amount",),
    filters=(
        f.choice(
            "client_status",
            choices=(
                ("logged", "Logged"), ("pending", "To be billed"), ("invoiced", "Billed"), ("paid", "Paid"),
                ("unpaid", "Unpaid"), ("uncategorized", "Without a category"),
            ),
            label="Status",
        ),
        f.text("number", "Exactly this number."),
    ),
    article="an",
    words=("cost", "spending", "receipt", "purchase"),
)  # fmt: skip

VENDOR = Entity(
    "vendors",
    "Vendor",
    (
        f.text("name", "The company's or the person's name."),
        f.lines(
            "contacts",
            "People there; the first is the main one.",
            fields=(f.text("first_name"), f.text("last_name"), f.email("email"), f.phone("phone")),
        ),
        f.phone("phone"),
        f.url("website", more=True),
        f.text("address1", label="Street", more=True),
        f.text("address2", label="Flat or suite", more=True),
        *(f.text(name, more=True) for name in ("city", "state", "postal_code")),
        f.choice("country_id", label="Country", source="countries", more=True),
        f.choice("currency_id", "Left empty, the company's.", label="Currency", source="currencies", more=True),
        f.text("vat_number", more=True),
        f.text("id_number", "The vendor's number in another system.", more=True),
        f.note("public_notes", "Shown to the vendor.", more=True),
        f.note("private_notes", "Never shown to the vendor.", more=True),
        f.choice("classification", choices=KINDS, label="Kind", more=True),
        f.text("transaction_name", "As the bank statement calls it.", label="Name at the bank", more=True),
        USER,
        NUMBER,
        *CUSTOM,
    ),
    demanded=("name",),
    fixed=("contacts",),
    filters=(f.text("number", "Exactly this number."),),
    words=("supplier", "creditor"),
)  # fmt: skip

PROJECTS = Entity(
    "projects",
    "Project",
    (
        f.text("name", "What it is called."),
        CLIENT,
        f.date("due_date", "When it should be done."),
        f.money("task_rate", "Per hour, for its tasks.", label="Rate"),
        f.number("budgeted_hours", "Hours that were agreed.", label="Budgeted hours"),
        *NOTES,
        f.text("color", "Such as #1f7a5c.", label="Colour", more=True),
        USER,
        NUMBER,
        *CUSTOM,
    ),
    demanded=("name", "client_id"),
    fixed=("client_id",),
    filters=(CLIENT, f.text("number", "Exactly this number.")),
    words=("job",),
)

TASK_ID = f.text("task_id", "The task's id, as an earlier step gives it.", label="Task")


def _running(task: Record) -> bool:
    """By its log: the service sets the flag only when a timer is started for the second time."""
    log = task.get("time_log") or "[]"
    try:
        rows = json.loads(log) if isinstance(log, str) else log
    except ValueError:
        raise Refused("the task's times can't be read. Look at them in Invoice Ninja.") from None
    return bool(rows) and not any(rows[-1][1:2])


TASK = Entity(
    "tasks",
    "Task",
    (
        f.note("description", "What has to be done, or was."),
        CLIENT,
        PROJECT,
        f.money("rate", "Per hour; left empty, the project's or the client's."),
        f.choice("status_id", "Column of the board.", label="Status", source="task_statuses", more=True),
        f.json(
            "time_log",
            "Rows of start and end in seconds since 1970, such as [[1764000000, 1764003600]].",
            label="Time log",
            more=True,
            example="[[1764000000, 1764003600]]",
        ),
        USER,
        NUMBER,
        *CUSTOM,
    ),
    demanded=("description",),
    filters=(CLIENT, f.text("number", "Exactly this number.")),
    words=("time", "hours", "timesheet"),
    noted=False,
)
TIMER = (
    put(
        "start", "/{task_id}", "Start a task's timer", TASK_ID,
        perform=changer(TASK, "start", _running), returns="task", source="bulkTasks", words=("clock", "track"),
    ),
    put(
        "stop", "/{task_id}", "Stop a task's timer", TASK_ID,
        perform=changer(TASK, "stop", lambda task: not _running(task)), returns="task", source="bulkTasks",
        words=("clock", "track"),
    ),
)  # fmt: skip

FILING = (
    put(
        "categorize", "/{expense_id}", "Put an expense into a category", EXPENSE.id,
        f.choice("category_id", "Which one.", label="Category", source="expense_categories", required=True),
        perform=setter("expenses", "bulk_categorize", "put the expense into the category", "category_id", alive),
        returns="expense", source="bulkExpenses", words=("classify", "account"),
    ),
)  # fmt: skip


def _sort(inputs: Record, context: Context) -> Conversation[Record]:
    rows = [row for row in inputs.get("columns") or () if row.get("status_id")]
    if not rows:
        raise Refused("There is no column to sort.", field="columns")
    columns = {str(row["status_id"]): listed(row.get("task_ids")) for row in rows}
    sent = {"status_ids": list(columns), "task_ids": list(columns.values())}
    yield from call("POST", "/tasks/sort", "sort the board", sent)
    return {"done": True}


def listed(value: Any) -> list[str]:
    """Ids as a list, or in one text by commas."""
    many = value if isinstance(value, list | tuple) else str(value or "").split(",")
    return [text for one in many if (text := str(one).strip())]


BOARD = (
    post(
        "sort", "/sort", "Sort the board of tasks",
        f.lines(
            "columns", "Its columns from the left, a row each.", required=True,
            fields=(
                f.choice("status_id", "Which one.", label="Column", source="task_statuses", required=True),
                f.tags("task_ids", "IDs from the top, by commas.", label="Tasks"),
            ),
        ),
        perform=_sort, retry=Retry.IDEMPOTENT, sample={"done": True}, source="sortTasks", words=("kanban", "order"),
    ),
)  # fmt: skip

OPERATIONS = {
    key: operation
    for entity in (replace(EXPENSE, more=FILING), VENDOR, PROJECTS, replace(TASK, more=(*TIMER, *BOARD)))
    for key, operation in operations(entity).items()
}
CHOICES = {
    one.key: one
    for one in (
        listing("vendors", lambda row: str(row.get("name") or ""), "number"),
        listing("projects", lambda row: str(row.get("name") or ""), "number"),
        listing("expense_categories", lambda row: str(row.get("name") or "")),
        listing("task_statuses", lambda row: str(row.get("name") or "")),
    )
}
