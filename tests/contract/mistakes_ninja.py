"""Where Invoice Ninja's document is wrong. Sources: its own code of 5.10.17, gathered on 2026-11-22."""

from connectors.sandbox_kit.words import words
from tests.contract.mistake import IN, Mistake, answers, unknown

FILLABLE = "the model is filled with it, and prints it"
LIST = "every list takes it (BaseController and QueryFilters), the document names it for a few"
LISTS = {
    """expense_categories task_statuses payment_terms tax_rates bank_transactions recurring_expenses subscriptions
    group_settings designs company_gateways client_gateway_tokens bank_integrations bank_transaction_rules tokens
    webhooks task_schedulers/ documents""": "filter",
    "projects tasks credits": "filter number client_id updated_at",
    "expenses vendors purchase_orders": "filter number updated_at",
    "recurring_quotes": "filter number client_id",
    "recurring_invoices": "number",
    "system_logs": "client_id",
}
"""Lists, and what of it our connector asks them for."""
TOLERATED: tuple[Mistake, ...] = (
    # Invoice Ninja: what we send
    *unknown(IN, "GET *", "query ", "per_page page sort status", LIST),
    *unknown(IN, "GET /api/v1/invoices", "query ", "status_id", "InvoiceFilters has it"),
    *unknown(IN, "GET /api/v1/quotes", "query ", "status_id", "passed over by 5.10; we look at the rows again"),
    Mistake(IN, "* /api/v1/clients*", "request", "body/country_id", "required", "StoreClientRequest wants nothing"),
    *unknown(
        IN, "* /api/v1/clients*", "body/", "assigned_user_id language_code public_notes", "Client's requests take it"
    ),
    *unknown(IN, "POST /api/v1/invoices/bulk", "body/", "email_type subscription_id", "BulkInvoiceRequest takes it"),
    *unknown(
        IN,
        "POST /api/v1/recurring_invoices/bulk",
        "body/",
        "subscription_id percentage_increase",
        "BulkRecurringInvoiceRequest takes it",
    ),
    *unknown(IN, "POST /api/v1/subscriptions/bulk", "body/", "entity entity_id", "BulkSubscriptionRequest takes it"),
    *unknown(IN, "POST /api/v1/clients/bulk", "body/", "group_settings_id", "BulkClientRequest takes it"),
    *unknown(IN, "POST /api/v1/*/bulk", "body/", "template_id send_email", "every bulk request takes a template"),
    Mistake(IN, "POST /api/v1/preimport", "request", "body", "type", "the file alone in the document, parts in truth"),
    *unknown(
        IN, "POST /api/v1/*/upload", "body/", "documents[[]] is_public", "PHP's name of a list; and who may see it"
    ),
    *unknown(IN, "POST /api/v1/templates", "body/", "entity entity_id template", "TemplateController reads it"),
    *unknown(IN, "POST /api/v1/client_statement", "body/", "send_email", "its request takes it"),
    *unknown(IN, "POST /api/v1/live_preview*", "body/", "entity po_number", "the preview takes what the record takes"),
    Mistake(IN, "POST /api/v1/support/messages/send", "request", "body", "type", "an object, said to be a text"),
    Mistake(IN, "POST /api/v1/tasks/sort", "request", "body", "unknown", "shown without the lists that it sorts by"),
    *unknown(
        IN, "PUT /api/v1/products/*", "query ", "update_in_stock_quantity", "the description of the field names it"
    ),
    *unknown(IN, "GET /api/v1/expenses", "query ", "client_status", "ExpenseFilters has it"),
    *unknown(IN, "GET /api/v1/credits", "query ", "client_status", "CreditFilters has it"),
    *unknown(IN, "* /api/v1/purchase_orders*", "body/", "po_number", FILLABLE),
    *unknown(IN, "GET /api/v1/purchase_orders", "query ", "client_status", "PurchaseOrderFilters has it"),
    *unknown(IN, "* /api/v1/recurring_invoices*", "body/", "due_date_days auto_bill exchange_rate", FILLABLE),
    *(
        Mistake(IN, "* /api/v1/recurring_invoices*", "*", f"*/{name}", "type", reason)
        for name, reason in (
            ("line_items", "one object in the document, rows everywhere else"),
            ("frequency_id", "a number in the document, a text in every answer, either in a request"),
        )
    ),
    *(
        mistake
        for tables, names in LISTS.items()
        for table in words(tables)
        for mistake in unknown(IN, f"GET /api/v1/{table}", "query ", names, LIST)
    ),
    *unknown(IN, "* /api/v1/expenses*", "body/", "number vendor_id category_id uses_inclusive_taxes", FILLABLE),
    *unknown(IN, "* /api/v1/vendors*", "body/", "public_notes", FILLABLE),
    *unknown(IN, "* /api/v1/tasks*", "body/", "status_id", FILLABLE),
    Mistake(
        IN, "* /api/v1/tasks*", "request", "body/time_log", "type", "a text in answers; requests want rows (array)"
    ),
    *(
        Mistake(
            IN, "* /api/v1/projects*", "request", f"body/{name}", "required", "the answer has it, no request wants it"
        )
        for name in words("id user_id task_rate budgeted_hours is_deleted color")
    ),
    *unknown(IN, "POST /api/v1/payments", "body/", "idempotency_key email_receipt", "StorePaymentRequest takes it"),
    *unknown(IN, "* /api/v1/payments*", "body/", "custom_value[1-4]", "fillable, and printed by the transformer"),
    *unknown(
        IN, "POST /api/v1/payments/refund", "body/", "gateway_refund email_receipt", "the refund service reads it"
    ),
    *unknown(IN, "* /api/v1/webhooks*", "body/", "rest_method headers", "StoreWebhookRequest takes it"),
    *unknown(
        IN,
        "* /api/v1/subscriptions*",
        "body/",
        """name product_ids recurring_product_ids optional_product_ids optional_recurring_product_ids steps group_id
        registration_required use_inventory_management assigned_user_id""",
        FILLABLE,
    ),
    *(
        Mistake(IN, "* /api/v1/subscriptions*", "*", f"*/{name}", "type", reason)
        for name, reason in (
            ("webhook_configuration", "a text in the document, an object everywhere else"),
            ("currency_id", "a number in the document, a text in every answer"),
        )
    ),
    Mistake(IN, "* /api/v1/designs*", "*", "*/design", "type", "a text in the document, an object with parts of HTML"),
    *unknown(IN, "* /api/v1/designs*", "body/", "is_template entities", FILLABLE),
    Mistake(
        IN, "* /api/v1/company_gateways*", "*", "*/fees_and_limits", "type", "a list there, by kind of payment in truth"
    ),
    *unknown(IN, "* /api/v1/company_gateways*", "body/", "label token_billing require_* always_show*", FILLABLE),
    *unknown(
        IN, "* /api/v1/client_gateway_tokens*", "body/", "gateway_type_id gateway_customer_reference meta", FILLABLE
    ),
    *unknown(IN, "* /api/v1/bank_integrations*", "body/", "provider_name from_date auto_sync", FILLABLE),
    *unknown(
        IN,
        "* /api/v1/task_schedulers*",
        "body/",
        "name template frequency_id next_run remaining_cycles is_paused parameters",
        "StoreSchedulerRequest takes it; the document shows an older one",
    ),
    *unknown(IN, "* /api/v1/recurring_quotes*", "body/", "exchange_rate", FILLABLE),
    *(
        Mistake(IN, "* /api/v1/recurring_quotes*", "*", f"*/{name}", "type", reason)
        for name, reason in (
            ("line_items", "one object in the document, rows everywhere else"),
            ("frequency_id", "a number in the document, a text in every answer, either in a request"),
        )
    ),
    Mistake(IN, "*", "*", "*/settings/payment_terms", "type", "a number in the document, a text of days in the code"),
    # Invoice Ninja: what it answers
    *(
        answers(IN, "*", f"*/{name}", "type", "a number in the document, a text in every answer")
        for name in ("industry_id", "size_id", "country_id", "shipping_country_id")
    ),
    answers(IN, "*", "*/paymentables", "type", "a payment has many; the transformer returns a list"),
    answers(IN, "*", "*/invoices/[*]/amount", "type", "shows the line of a request; the answer has whole invoices"),
    answers(IN, "POST /api/v1/*/bulk", "body/data", "required", "a template is answered with the reference of its job"),
    answers(IN, "POST /api/v1/client_statement", "body/data", "required", "a mailed one is answered with a message"),
    answers(IN, "PATCH *", "path", "path", "the router takes PATCH wherever it takes PUT"),
    *unknown(IN, "POST /api/v1/reports/*", "body/", "send_email", "every report's request takes it"),
    *unknown(IN, "* /api/v1/task_statuses*", "body/", "status_order", "the model's name for it"),
    *unknown(IN, "* /api/v1/expense_categories*", "body/", "color", FILLABLE),
    *unknown(IN, "* /api/v1/bank_transactions*", "body/", "bank_integration_id", FILLABLE),
    *unknown(IN, "* /api/v1/recurring_expenses*", "body/", "category_id number vendor_id", FILLABLE),
    Mistake(
        IN, "* /api/v1/recurring_expenses*", "*", "*/frequency_id", "type", "a number there, a text in every answer"
    ),
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
    "POST /api/v1/live_preview": "Invoice",
    "POST /api/v1/live_preview/purchase_order": "PurchaseOrder",
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
            "recurring_quotes": "RecurringQuote",
            "subscriptions": "Subscription",
            "group_settings": "GroupSetting",
            "designs": "Design",
            "company_gateways": "CompanyGateway",
            "client_gateway_tokens": "ClientGatewayToken",
            "bank_integrations": "BankIntegration",
            "bank_transaction_rules": "BankTransactionRule",
            "tokens": "CompanyToken",
            "users": "User",
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
            recurring_expenses recurring_quotes subscriptions group_settings designs company_gateways bank_integrations
            tokens task_schedulers users documents"""
        )
    },
}
"""Bulk bodies shown as a bare list of numbers; the controllers want an action and ids, as for clients."""
