"""Where the services' documents are wrong, and how we know.

`TOLERATED` is a table of findings that are no fault of ours; `MISSING` and `WRONG` name the schema that a body is held
against instead. Sources: the facts of the services' own code (5.10.17 for Invoice Ninja) and of live answers, gathered
on 2026-11-22.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from connectors.sandbox_kit.words import words

Schema = dict[str, Any]
IN, GHL = "invoice_ninja", "ghl"


@dataclass(frozen=True, slots=True)
class Mistake:
    service: str
    operation: str
    side: str
    place: str
    kind: str
    reason: str

    def covers(self, found: Any) -> bool:
        names = ("service", "operation", "side", "place", "kind")
        return all(fnmatchcase(getattr(found, name), getattr(self, name)) for name in names)


def _answers(service: str, operation: str, place: str, kind: str, reason: str) -> Mistake:
    return Mistake(service, operation, "answer", place, kind, reason)


def _unknown(service: str, operation: str, where: str, names: str, reason: str) -> list[Mistake]:
    """Names that the document doesn't have and the service takes."""
    return [Mistake(service, operation, "request", f"{where}{name}", "unknown", reason) for name in names.split()]


SEARCH = "the schema is empty; the page it links to (ClickUp 87cpx-158396) has them"
RECORD = "the schema is empty; the page it links to (ClickUp 87cpx-376296) has them"
HELD = "a text in the schema, an object in its own example"
EITHER = "page and searchAfter exclude each other"
ROUTE = "routes/api.php has it, the document forgot it"
FILLABLE = "the model is filled with it, and prints it"
TEXT = "an object in the schema, a text in its own example"
FILLED = "a type nobody can fill, a status nobody knows yet; most clients send neither (not tried live)"
NESTED = "the page stands below `messages` (issue 54 of HighLevel's API documents)"
LIST = "every list takes it (BaseController and QueryFilters), the document names it for a few"
TOLERATED: tuple[Mistake, ...] = (
    # HighLevel: what we send
    *(
        Mistake(GHL, "* /store/*", "*", f"*/{name}", kind, "a number, out of one list of all countries")
        for name in ("code", "country")
        for kind in ("type", "enum")
    ),
    Mistake(GHL, "GET /store/shipping-zone", "sample", "body", "type", "its countries' codes are numbers there"),
    Mistake(GHL, "GET /locations/*/templates", "sample", "*", "oneOf", "both kinds of templates fit"),
    Mistake(GHL, "POST /opportunities/upsert", "request", "body/monetaryValue", "type", "an object, shown as a number"),
    Mistake(GHL, "*", "request", "body/dateOfBirth", "anyOf", "typed as an object, its example is a text"),
    *_unknown(
        GHL, "POST /contacts/search", "body/", "locationId pageLimit page searchAfter query filters sort", SEARCH
    ),
    *_unknown(GHL, "POST /opportunities/search", "body/", "filters sort", SEARCH.replace("158396", "424216")),
    *_unknown(GHL, "POST /objects/*/records", "body/", "locationId properties owner followers", RECORD),
    *_unknown(GHL, "PUT /objects/*/records/*", "body/", "properties owner followers", RECORD),
    Mistake(GHL, "* /objects/*/records*", "*", "*/properties", "type", HELD),
    _answers(GHL, "POST /objects/*/records/search", "*/searchAfter/[*]", "type", "its own example has an id in it"),
    Mistake(
        GHL, "POST /locations/*/customFields/upload", "request", "body/*.*", "unknown", "files go under their own names"
    ),
    *_unknown(GHL, "POST /conversations/messages/upload", "body/", "fileAttachment", "its description names the part"),
    Mistake(
        GHL,
        "POST /conversations/messages/upload",
        "request",
        "body/attachmentUrls",
        "required",
        "its description says that the file is a part of its own; addresses of others are no file",
    ),
    Mistake(GHL, "POST /opportunities/search", "request", "body/page", "required", EITHER),
    Mistake(GHL, "POST /opportunities/search", "request", "body/searchAfter", "required", EITHER),
    *_unknown(
        GHL, "POST /opportunities/upsert", "body/", "contactId", "the description speaks of it, the schema lost it"
    ),
    *(
        Mistake(GHL, "* /associations/*", side, f"body/{name}", "type", TEXT)
        for side in ("request", "sample")
        for name in ("*Object*", "associationType")
    ),
    Mistake(GHL, "GET /associations/*", "sample", "body", "type", "one record is shown where the name says: a list"),
    Mistake(GHL, "POST /associations/relations", "sample", "*", "required", "shows the association, not the relation"),
    Mistake(
        GHL,
        "* /calendars/events/block-slots*",
        "request",
        "body/calendarId",
        "required",
        "its description says that a calendar or a user is set, not both",
    ),
    Mistake(GHL, "POST /conversations/messages", "request", "body/subType", "required", FILLED),
    Mistake(GHL, "POST /conversations/messages", "request", "body/status", "required", FILLED),
    # HighLevel: what it answers
    _answers(GHL, "*", "status 403", "status", "declared nearly nowhere, yet every wrong location gets it"),
    _answers(GHL, "*", "status 429", "status", "declared nowhere, yet the limits are documented"),
    _answers(GHL, "POST /contacts/search", "status 422", "status", "a wrong operator gets it (seen live)"),
    _answers(GHL, "POST /contacts/bulk/tags/*", "body/responses/[*]", "type", "its own example has objects"),
    _answers(GHL, "POST /locations/*/tasks/search", "body/tasks/[*]", "type", "lists of lists; tasks are objects"),
    _answers(GHL, "GET /opportunities/pipelines", "body/pipelines/[*]/stages/[*]", "type", "lists; stages are objects"),
    *(
        _answers(GHL, "* /calendars/*", f"*/{name}", "type", "typed as an object, its example is a text")
        for name in ("startTime", "endTime", "dateAdded", "dateUpdated")
    ),
    _answers(GHL, "* /medias/*", "status 4*", "status", "declares nothing but 200"),
    Mistake(GHL, "GET /medias/files", "*", "body/files/[*]", "type", "lists; its own example shows an object"),
    Mistake(GHL, "POST /locations/*/upload", "sample", "body/meta/[*]", "type", "lists; its example has objects"),
    _answers(GHL, "GET /conversations/*/messages", "body/messages", "type", NESTED),
    _answers(GHL, "GET /conversations/*/messages", "body/lastMessageId", "required", NESTED),
    _answers(GHL, "GET /conversations/*/messages", "body/nextPage", "required", NESTED),
    # Invoice Ninja: what we send
    *_unknown(IN, "GET *", "query ", "per_page page sort status", LIST),
    *_unknown(IN, "GET /api/v1/invoices", "query ", "status_id", "InvoiceFilters has it"),
    *_unknown(IN, "GET /api/v1/quotes", "query ", "status_id", "passed over by 5.10; we look at the rows again"),
    Mistake(IN, "* /api/v1/clients*", "request", "body/country_id", "required", "StoreClientRequest wants nothing"),
    *_unknown(
        IN, "* /api/v1/clients*", "body/", "assigned_user_id language_code public_notes", "Client's requests take it"
    ),
    *_unknown(IN, "POST /api/v1/invoices/bulk", "body/", "email_type", "BulkInvoiceRequest takes it"),
    *_unknown(
        IN, "PUT /api/v1/products/*", "query ", "update_in_stock_quantity", "the description of the field names it"
    ),
    *_unknown(IN, "GET /api/v1/expenses", "query ", "client_status", "ExpenseFilters has it"),
    *_unknown(IN, "GET /api/v1/credits", "query ", "client_status", "CreditFilters has it"),
    *_unknown(IN, "* /api/v1/purchase_orders*", "body/", "po_number", FILLABLE),
    *_unknown(IN, "GET /api/v1/purchase_orders", "query ", "client_status", "PurchaseOrderFilters has it"),
    *(
        Mistake(
            IN,
            f"{method} /api/v1/purchase_orders/*",
            side,
            "path",
            "path",
            "it is below purchase_order there, which is no route",
        )
        for method in ("PUT", "DELETE", "GET")
        for side in ("request", "answer")
    ),
    *_unknown(IN, "GET /api/v1/recurring_invoices", "query ", "client_status", "RecurringInvoiceFilters has it"),
    *_unknown(IN, "* /api/v1/recurring_invoices*", "body/", "due_date_days auto_bill exchange_rate", FILLABLE),
    *(
        Mistake(IN, "* /api/v1/recurring_invoices*", "*", f"*/{name}", "type", reason)
        for name, reason in (
            ("line_items", "one object in the document, rows everywhere else"),
            ("frequency_id", "a number in the document, a text in every answer, either in a request"),
        )
    ),
    *(
        mistake
        for table in words(
            """expenses vendors projects tasks credits purchase_orders recurring_invoices recurring_expenses
            expense_categories task_statuses payment_terms tax_rates bank_transactions"""
        )
        for mistake in _unknown(IN, f"GET /api/v1/{table}", "query ", "filter number client_id updated_at", LIST)
    ),
    *_unknown(IN, "* /api/v1/expenses*", "body/", "number vendor_id category_id uses_inclusive_taxes", FILLABLE),
    *_unknown(IN, "* /api/v1/vendors*", "body/", "public_notes", FILLABLE),
    *_unknown(IN, "* /api/v1/tasks*", "body/", "status_id", FILLABLE),
    Mistake(
        IN, "* /api/v1/tasks*", "request", "body/time_log", "type", "a text in answers; requests want rows (array)"
    ),
    *(
        Mistake(
            IN, "* /api/v1/projects*", "request", f"body/{name}", "required", "the answer has it, no request wants it"
        )
        for name in words("id user_id task_rate budgeted_hours is_deleted color")
    ),
    *_unknown(IN, "POST /api/v1/payments", "body/", "idempotency_key email_receipt", "StorePaymentRequest takes it"),
    *_unknown(IN, "* /api/v1/payments*", "body/", "custom_value[1-4]", "fillable, and printed by the transformer"),
    *_unknown(
        IN, "POST /api/v1/payments/refund", "body/", "gateway_refund email_receipt", "the refund service reads it"
    ),
    *_unknown(IN, "* /api/v1/webhooks*", "body/", "rest_method headers", "StoreWebhookRequest takes it"),
    Mistake(IN, "*", "*", "*/settings/payment_terms", "type", "a number in the document, a text of days in the code"),
    # Invoice Ninja: what it answers
    *(
        _answers(IN, "*", f"*/{name}", "type", "a number in the document, a text in every answer")
        for name in ("industry_id", "size_id", "country_id", "shipping_country_id")
    ),
    _answers(IN, "*", "*/paymentables", "type", "a payment has many; the transformer returns a list"),
    _answers(IN, "*", "*/invoices/[*]/amount", "type", "shows the line of a request; the answer has whole invoices"),
    _answers(IN, "GET /api/v1/credits/*/*", "path", "path", ROUTE),
    _answers(IN, "PATCH *", "path", "path", "the router takes PATCH wherever it takes PUT"),
    Mistake(IN, "POST /api/v1/tax_rates", "*", "path", "path", ROUTE),
    Mistake(IN, "POST /api/v1/bank_transactions/bulk", "*", "path", "path", f"{ROUTE}; it spells it bank_transations"),
    *_unknown(IN, "POST /api/v1/reports/*", "body/", "send_email", "every report's request takes it"),
    *_unknown(IN, "* /api/v1/task_statuses*", "body/", "status_order", "the model's name for it"),
    *_unknown(IN, "* /api/v1/expense_categories*", "body/", "color", FILLABLE),
    *_unknown(IN, "* /api/v1/bank_transactions*", "body/", "bank_integration_id", FILLABLE),
    *_unknown(IN, "* /api/v1/recurring_expenses*", "body/", "category_id number vendor_id", FILLABLE),
    Mistake(
        IN, "* /api/v1/recurring_expenses*", "*", "*/frequency_id", "type", "a number there, a text in every answer"
    ),
    _answers(IN, "POST /api/v1/activities/entity", "path", "path", ROUTE),
    _answers(IN, "POST /api/v1/webhooks/*/retry", "path", "path", ROUTE),
)

MISSING = {
    "PUT /api/v1/invoices/{id}": "Invoice",
    "POST /api/v1/quotes": "Quote",
    "PUT /api/v1/quotes/{id}": "Quote",
    "PUT /api/v1/payments/{id}": "Payment",
    "POST /api/v1/webhooks": "Webhook",
    "PUT /api/v1/webhooks/{id}": "Webhook",
    "PUT /api/v1/companies/{id}": "Company",
    "PUT /api/v1/payment_terms/{id}": "PaymentTerm",
    "PUT /api/v1/task_statuses/{id}": "TaskStatus",
    **{
        f"{method} /api/v1/{table}{end}": schema
        for table, schema in {
            "credits": "Credit",
            "purchase_orders": "PurchaseOrder",
            "recurring_invoices": "RecurringInvoice",
            "expenses": "Expense",
            "vendors": "Vendor",
            "projects": "Project",
            "tasks": "Task",
            "expense_categories": "ExpenseCategory",
            "tax_rates": "TaxRate",
            "bank_transactions": "BankTransaction",
            "recurring_expenses": "RecurringExpense",
        }.items()
        for method, end in (("POST", ""), ("PUT", "/{id}"))
    },
}
"""Bodies that Invoice Ninja's document forgot, and the schema of the same record."""

WRONG = {
    "POST /api/v1/quotes/bulk": "GenericBulkAction",
    "POST /api/v1/payments/bulk": "GenericBulkAction",
    "POST /api/v1/tax_rates/bulk": "GenericBulkAction",
    "POST /api/v1/webhooks/bulk": "GenericBulkAction",
    **{
        f"POST /api/v1/{table}/bulk": "GenericBulkAction"
        for table in words(
            """credits purchase_orders expenses vendors projects tasks expense_categories task_statuses payment_terms
            recurring_expenses"""
        )
    },
}
"""Bulk bodies shown as a bare list of numbers; the controllers want an action and ids, as for clients."""


def body_schema(service: str, operation: str) -> str:
    """Name of the schema to hold a request's body against instead of the declared one; empty to keep that."""
    return (MISSING | WRONG).get(operation, "") if service == IN else ""


def answer_schema(service: str, operation: str, status: int, schema: Schema) -> Schema:
    """Invoice Ninja's document shows the bare record; the service puts it below `data`, and bulk answers a list."""
    if service != IN or status >= 300 or not schema or "data" in schema.get("properties", {}):
        return schema
    data = {"type": "array", "items": schema} if operation.endswith("/bulk") else schema
    return {"type": "object", "required": ["data"], "properties": {"data": data}}
