"""What a company sets up: payment links, groups, designs, gateways, bank accounts and rules, schedules, tokens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox import costs, documents, recurring, refusals
from connectors.invoice_ninja.sandbox.casting import ZERO
from connectors.invoice_ninja.sandbox.costs import Plain
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds, same
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
TEXT = "custom_value1 custom_value2 custom_value3 custom_value4"
LINK: Record = {
    **dict.fromkeys(words("name product_ids recurring_product_ids optional_product_ids frequency_id auto_bill"), ""),
    **dict.fromkeys(words("optional_recurring_product_ids promo_code currency_id group_id assigned_user_id"), ""),
    **dict.fromkeys(words("price promo_discount promo_price"), ZERO),
    **dict.fromkeys(words("max_seats_limit trial_duration refund_period"), 0),
    **dict.fromkeys(words("is_amount_discount allow_cancellation per_seat_enabled trial_enabled"), False),
    **dict.fromkeys(words("allow_query_overrides allow_plan_changes registration_required"), False),
    "use_inventory_management": False,
    "webhook_configuration": {},
    "steps": "cart,auth.login-or-register",
    "purchase_page": "",
    "user_id": encode(1),
}
GROUP: Record = {"name": "", "settings": {}}
DESIGN: Record = {
    "name": "",
    "design": {},
    "entities": "",
    "is_custom": True,
    "is_active": True,
    "is_template": False,
    "is_free": False,
}
GATEWAY: Record = {
    **dict.fromkeys(words(f"gateway_key config label token_billing {TEXT}"), ""),
    **dict.fromkeys(
        words("""require_cvv require_billing_address require_shipping_address require_client_name require_postal_code
        require_client_phone require_contact_name require_contact_email update_details always_show_required_fields
        test_mode"""),
        False,
    ),
    "accepted_credit_cards": 0,
    "fees_and_limits": {},
}
ON_FILE: Record = {
    **dict.fromkeys(words("client_id company_gateway_id gateway_type_id token gateway_customer_reference"), ""),
    "routing_number": "",
    "is_default": False,
    "meta": {},
}
ACCOUNT: Record = {
    **dict.fromkeys(words("bank_account_name bank_account_number bank_account_status bank_account_type"), ""),
    **dict.fromkeys(words("provider_name currency nickname from_date integration_type"), ""),
    "bank_account_id": 0,
    "balance": ZERO,
    "auto_sync": False,
    "disabled_upstream": False,
}
RULE: Record = {
    **dict.fromkeys(words("name client_id vendor_id category_id"), ""),
    "applies_to": "CREDIT",
    "rules": [],
    "auto_convert": False,
    "matches_on_all": True,
}
SCHEDULE: Record = {
    **dict.fromkeys(words("name frequency_id next_run next_run_client template"), ""),
    "is_paused": False,
    "remaining_cycles": -1,
    "parameters": {},
}
TOKEN: Record = {"name": "", "token": "", "is_system": False, "user_id": encode(1)}
PLAINS = {
    "subscriptions": Plain("subscriptions", LINK, 0, 0, "name", "steps"),
    "group_settings": Plain("group_settings", GROUP, 0, 0, "name"),
    "designs": Plain("designs", DESIGN, 0, 0, "name", "design"),
    "company_gateways": Plain("company_gateways", GATEWAY, 0, 0, "gateway_key"),
    "client_gateway_tokens": Plain(
        "client_gateway_tokens", ON_FILE, 0, 0, "client_id", "company_gateway_id", "gateway_type_id", "meta"
    ),
    "bank_integrations": Plain("bank_integrations", ACCOUNT, 0, 0, "bank_account_name"),
    "bank_transaction_rules": Plain("bank_transaction_rules", RULE, 0, 0, "name"),
    "task_schedulers": Plain("task_schedulers", SCHEDULE, 0, 0, "next_run", "template"),
    "api_tokens": Plain("api_tokens", TOKEN, 0, 0, "name"),
}
for _name, _kept in {
    "subscriptions": ("steps",),
    "bank_transaction_rules": ("name",),
    "task_schedulers": ("next_run", "template"),
    "api_tokens": ("name",),
}.items():
    PLAINS[_name].kept = _kept
MODELS = {
    "subscriptions": ("Subscription", "name"),
    "group_settings": ("GroupSetting", "name"),
    "designs": ("Design", "name"),
    "company_gateways": ("CompanyGateway", "label"),
    "client_gateway_tokens": ("ClientGatewayToken", "client_id"),
    "bank_integrations": ("BankIntegration", "bank_account_name"),
    "bank_transaction_rules": ("BankTransactionRule", "name"),
    "task_schedulers": ("Scheduler", "name"),
    "api_tokens": ("CompanyToken", "name"),
}
UNIQUE = ("subscriptions", "group_settings", "designs")
"""Tables where no two names may be the same."""
STEPS = ("cart", "auth.login", "auth.register", "auth.login-or-register")


def _store(table: str) -> Any:
    def store(box: Any, data: Record, call: Call | None = None) -> Record:
        _single(box, table, data, "")
        made = PLAINS[table].store(box, data, call)
        return box.save(table, made | {"token": f"sandbox{made['id']}"}) if table == "api_tokens" else made

    return store


def _update(table: str) -> Any:
    def update(box: Any, record: Record, data: Record, call: Call | None = None) -> Record:
        _single(box, table, data, record["id"])
        return PLAINS[table].update(box, record, data, call)

    return update


def _single(box: Any, table: str, data: Mapping[str, Any], own: str) -> None:
    name = str(data.get("name") or "")
    if table in UNIQUE and name and any(r["name"] == name and r["id"] != own for r in box.store.rows(table)):
        raise refusals.invalid(name="The name has already been taken.")


def _assigned(box: Any, link: Record, call: Call | None) -> Record:
    """The document bears the link from now on."""
    data = body(call) if call else {}
    table = {"invoice": "invoices", "recurring_invoice": "recurring_invoices"}.get(str(data.get("entity")), "")
    if not table:
        raise refusals.invalid(entity="The selected entity is invalid.")
    paper = box.find(table, "Invoice", str(data.get("entity_id") or ""))
    box.save(table, paper | {"subscription_id": link["id"]})
    return link


ACTS: dict[str, Any] = {"subscriptions": {"assign_invoice": _assigned}}

for _table, (_model, _searched) in MODELS.items():
    register(
        Resource(
            _table,
            _model,
            lambda box, blank=PLAINS[_table].blank: blank,  # type: ignore[misc]
            _store(_table),
            _update(_table),
            filters={"filter": holds(_searched)},
            called="tokens" if _table == "api_tokens" else "",
            bulk=_table != "client_gateway_tokens",
            actions=ACTS.get(_table, {}),
            bulk_only=True,
        )
    )


# Recurring quotes: as recurring invoices, without a life


QUOTE: Record = {**recurring.BLANK, "entity_type": "recurringQuote"}


def _store_quote(box: Any, data: Record, call: Call | None = None) -> Record:
    if str(data.get("frequency_id", "")) not in recurring.FREQUENCIES:
        raise refusals.invalid(frequency_id="The frequency id field is required.")
    made = documents.fresh(box, "recurring_quotes", QUOTE, data) | recurring.rhythm(box, QUOTE, data)
    saved = box.save("recurring_quotes", made)
    box.effect("recurring_quote.created", saved["id"], data)
    return saved


def _update_quote(box: Any, record: Record, data: Record, call: Call | None = None) -> Record:
    done = documents.changed(box, "recurring_quotes", record, data) | recurring.rhythm(box, record, data)
    saved = box.save("recurring_quotes", done)
    box.effect("recurring_quote.updated", saved["id"], data)
    return saved


register(
    Resource(
        "recurring_quotes",
        "RecurringQuote",
        lambda box: QUOTE,
        _store_quote,
        _update_quote,
        filters={"number": same("number"), "filter": documents.found(recurring.COLUMNS)},
        bulk_only=True,
    )
)


# Bookings and what they are matched with


@ROUTES.on("POST", "/api/v1/bank_transactions/match")
def match(box: Any, call: Call) -> Any:
    """Marks them as converted; no payment is made of it here."""
    done = []
    for given in call.fields().get("transactions") or []:
        record = box.find("bank_transactions", "BankTransaction", str(given.get("id", "")))
        to = {name: str(given.get(name) or "") for name in ("invoice_ids", "payment_id", "expense_id")}
        done.append(costs.moved(box, record, "3", **to))
    return {"data": done}


@ROUTES.on("GET", "/api/v1/subscriptions/steps")
def steps(box: Any, call: Call) -> Any:
    return {name: {"id": name, "dependencies": []} for name in STEPS}


@ROUTES.on("POST", "/api/v1/subscriptions/steps/check")
def check_steps(box: Any, call: Call) -> Any:
    wrong = [one for one in str(call.fields().get("steps", "")).split(",") if one not in STEPS]
    if wrong:
        raise refusals.invalid(steps=f"The step {wrong[0]} is unknown.")
    return {"message": "Steps are valid."}


@ROUTES.on("POST", "/api/v1/designs/set/default")
def usual_design(box: Any, call: Call) -> Any:
    data = call.fields()
    box.find("designs", "Design", str(data.get("design_id", "")))
    box.effect("design.default", str(data["design_id"]), data)
    return {}


def plant(box: Any, client: Record) -> None:
    def made(table: str, data: Record) -> Record:
        return _store(table)(box, data)

    made("group_settings", {"name": "Agencies", "settings": {"currency_id": "1", "payment_terms": "14"}})
    made("designs", {"name": "Plain", "design": {"body": "<p>$invoice.number</p>"}})
    made("subscriptions", {"name": "Care plan", "steps": "cart,auth.login-or-register", "frequency_id": "5"})
    gateway = made("company_gateways", {"gateway_key": "d14dd26a37cecc30fdd65700bfb55b23", "label": "Card"})
    card = {"last4": "4242", "brand": "visa", "exp_month": "12", "exp_year": "2029"}
    known = {"client_id": client["id"], "company_gateway_id": gateway["id"]}
    made("client_gateway_tokens", {**known, "gateway_type_id": "1", "meta": card, "token": "pm_sandbox"})
    account = made("bank_integrations", {"bank_account_name": "Checking", "currency": "USD"})
    box.save("bank_integrations", account | {"bank_account_id": 4711, "balance": Decimal("1240.50")})
    condition = {"search_key": "description", "operator": "contains", "value": "Hosting"}
    made("bank_transaction_rules", {"name": "Hosting", "rules": [condition], "applies_to": "DEBIT"})
    monthly = {"frequency_id": "5", "next_run": box.today(), "parameters": {"date_range": "last_month"}}
    made("task_schedulers", {"name": "Statements", "template": "email_statement", **monthly})
    made("api_tokens", {"name": "Recette"})
    _store_quote(box, {"client_id": client["id"], "frequency_id": "5", "line_items": []})
