"""What a company sets up once: categories, statuses, terms, taxes; and the costs that come again and again."""

from dataclasses import replace

from connectors import fields as f
from connectors.invoice_ninja.costs import CLIENT, CUSTOM, NOTES, NUMBER, USER
from connectors.invoice_ninja.documents import alive
from connectors.invoice_ninja.entities import Entity, changer, operations
from connectors.invoice_ninja.odd import has_status
from connectors.notation import put

NAME = f.text("name", "What it is called.")
COLOR = f.text("color", "Such as #1f7a5c.", label="Colour")
EVERY = tuple(
    (str(number), text)
    for number, text in enumerate(
        (
            "Day", "Week", "Two weeks", "Four weeks", "Month", "Two months", "Three months", "Four months",
            "Six months", "Year", "Two years", "Three years",
        ),
        start=1,
    )
)  # fmt: skip
ENTITIES = (
    Entity(
        "expense_categories",
        "ExpenseCategory",
        (NAME, COLOR),
        demanded=("name",),
        article="an",
        searched="Part of the name.",
        words=("kind of cost", "account"),
        marked=False,
        unique="name",
    ),
    Entity(
        "task_statuses",
        "TaskStatus",
        (NAME, COLOR, f.integer("status_order", "Its place on the board, from the left.", label="Place", more=True)),
        demanded=("name",),
        searched="Part of the name.",
        words=("column", "board", "stage"),
        marked=False,
        unique="name",
    ),
    Entity(
        "payment_terms",
        "PaymentTerm",
        (f.integer("num_days", "Days until an invoice is due.", label="Days"),),
        demanded=("num_days",),
        searched="Part of the name.",
        words=("net", "due"),
        marked=False,
    ),
    Entity(
        "tax_rates",
        "TaxRate",
        (NAME, f.number("rate", "In percent.")),
        demanded=("name", "rate"),
        searched="Part of the name.",
        words=("vat", "gst"),
        marked=False,
        unique="name",
    ),
)
REPEATED = Entity(
    "recurring_expenses",
    "RecurringExpense",
    (
        f.money("amount", "What it costs each time."),
        f.choice("frequency_id", "How often it comes again.", choices=EVERY, label="Every"),
        f.date("next_send_date", "When it comes next.", label="Next time"),
        f.integer("remaining_cycles", "-1: without end.", label="How often still", more=True),
        f.choice("vendor_id", "Who is paid.", label="Vendor", source="vendors"),
        f.choice("category_id", "What kind of expense it is.", label="Category", source="expense_categories"),
        CLIENT,
        f.boolean("should_be_invoiced", "Yes: the client pays for it.", label="To be billed", more=True),
        *NOTES,
        f.text("transaction_reference", "Number on the receipt.", label="Reference", more=True),
        f.choice("payment_type_id", "How it is paid.", label="Way to pay", source="payment_types", more=True),
        f.choice("tax_name1", "Such as VAT.", label="Tax", source="taxes", more=True),
        f.number("tax_rate1", "In percent.", label="Tax rate", more=True),
        USER,
        NUMBER,
        *CUSTOM,
    ),
    demanded=("amount", "frequency_id"),
    words=("repeated cost", "rent"),
)
EXPENSE = REPEATED.id
RUNS = has_status("2", "-1")
CLOCK = (
    put(
        "start", "/{recurring_expense_id}", "Start a recurring expense", EXPENSE,
        perform=changer(REPEATED, "start", RUNS, alive), source="bulkRecurringExpenses", returns="recurring_expense",
        help="From then on Invoice Ninja enters an expense each time.", words=("activate", "resume"),
    ),
    put(
        "stop", "/{recurring_expense_id}", "Stop a recurring expense", EXPENSE,
        perform=changer(REPEATED, "stop", lambda row: not RUNS(row), alive), source="bulkRecurringExpenses",
        returns="recurring_expense", help="It enters nothing until it is started.", words=("pause", "end"),
    ),
)  # fmt: skip
OPERATIONS = {
    key: operation
    for entity in (*ENTITIES, replace(REPEATED, more=CLOCK))
    for key, operation in operations(entity).items()
}
