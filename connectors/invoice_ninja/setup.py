"""What a company sets up once: categories, statuses, terms, taxes; and what its bank and its repeated costs bring."""

from connectors import fields as f
from connectors.invoice_ninja.costs import CLIENT, CUSTOM, NOTES, NUMBER, USER
from connectors.invoice_ninja.entities import Entity, operations

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
    ),
    Entity(
        "task_statuses",
        "TaskStatus",
        (NAME, COLOR, f.integer("status_order", "Its place on the board, from the left.", label="Place", more=True)),
        demanded=("name",),
        searched="Part of the name.",
        words=("column", "board", "stage"),
        marked=False,
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
    ),
    Entity(
        "bank_transactions",
        "BankTransaction",
        (
            f.money("amount", "How much was moved."),
            f.choice("base_type", "Which way.", choices=(("CREDIT", "Came in"), ("DEBIT", "Went out")), label="Way"),
            f.date("date", "When it was booked."),
            f.note("description", "What the statement says."),
            f.choice("currency_id", "Left empty, the company's.", label="Currency", source="currencies", more=True),
            f.text("bank_integration_id", "ID of the bank account in Invoice Ninja.", label="Bank account", more=True),
        ),
        demanded=("amount", "base_type", "date", "description"),
        searched="Part of the description.",
        words=("statement", "booking"),
        marked=False,
    ),
    Entity(
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
    ),
)
OPERATIONS = {key: operation for entity in ENTITIES for key, operation in operations(entity).items()}
