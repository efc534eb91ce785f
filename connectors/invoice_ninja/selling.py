"""What a company sells by and to whom: payment links, groups of clients, designs, recurring quotes."""

from connectors import fields as f
from connectors.errors import Refused
from connectors.fields import required
from connectors.invoice_ninja.costs import USER
from connectors.invoice_ninja.documents import HEAD, LINES, UPDATE, creator, finder, updater
from connectors.invoice_ninja.entities import Entity, listing, operations
from connectors.invoice_ninja.odd import bulk
from connectors.invoice_ninja.papers import common
from connectors.invoice_ninja.recurring import BILLING, FREQUENCIES, WHOSE
from connectors.invoice_ninja.service import Record, call, read, resource, samples
from connectors.notation import get, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

STEPS = "cart,auth.login-or-register"
LINKS = Entity(
    "subscriptions",
    "Subscription",
    (
        f.text("name", "What clients see; no other payment link may be called so."),
        f.text("product_ids", "IDs of products that are sold once, by commas.", label="Products"),
        f.text("recurring_product_ids", "IDs of products that are billed again and again.", label="Recurring products"),
        f.choice("frequency_id", "How often those are billed.", choices=FREQUENCIES, label="How often"),
        f.text("steps", "What a buyer goes through, by commas.", default=STEPS, example=STEPS, more=True),
        f.text("optional_product_ids", "IDs by commas.", label="Optional products", more=True),
        f.text("optional_recurring_product_ids", "IDs by commas.", label="Optional recurring products", more=True),
        f.choice("auto_bill", "With a card or account on file.", choices=BILLING, label="Charging", more=True),
        f.text("promo_code", "What a buyer enters for the discount.", more=True),
        f.number("promo_discount", "In percent, unless it is an amount.", label="Discount", more=True),
        f.boolean("is_amount_discount", label="The discount is an amount", more=True),
        f.choice("group_id", "The group new clients are put into.", source="group_settings", label="Group", more=True),
        f.choice("currency_id", "Left empty, the company's.", label="Currency", source="currencies", more=True),
        f.boolean("allow_cancellation", label="Buyers may cancel", more=True),
        f.boolean("allow_plan_changes", label="Buyers may change the plan", more=True),
        f.boolean("allow_query_overrides", label="The address may change it", more=True),
        f.boolean("per_seat_enabled", label="Buyers choose how many", more=True),
        f.integer("max_seats_limit", "Of one buyer.", label="Most at once", more=True),
        f.boolean("trial_enabled", label="With a trial", more=True),
        f.integer("trial_duration", "In seconds: 1209600 are two weeks.", label="Trial", more=True),
        f.integer("refund_period", "In seconds: money back until then.", label="Refund within", more=True),
        f.boolean("registration_required", label="Buyers must sign up", more=True),
        f.boolean("use_inventory_management", label="Watch the stock", more=True),
        f.url("webhook_configuration.return_url", "Where a buyer is led after paying.", label="Then go to", more=True),
        f.url("webhook_configuration.post_purchase_url", "Called after each purchase.", label="Then call", more=True),
        USER,
    ),
    demanded=("name", "steps"),
    searched="Part of the name.",
    words=("subscription", "checkout", "plan", "buy"),
    marked=False,
    unique="name",
    called="payment link",
)


def _steps(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from call("GET", "/subscriptions/steps", "list the steps of payment links")
    return {"steps": found}


def _check(inputs: Record, context: Context) -> Conversation[Record]:
    sent = {"steps": str(inputs.get("steps") or STEPS)}
    said = yield from call("POST", "/subscriptions/steps/check", "check the steps", sent, reads=True)
    return {"answer": said}


def _assign(inputs: Record, context: Context) -> Conversation[Record]:
    """The answer shows the link; that the document bears it, only the document tells."""
    what = "assign the payment link"
    plural = f"{inputs.get('entity') or 'invoice'}s"
    link = yield from read("subscriptions", inputs.get("subscription_id"), what)
    more = {"entity": str(inputs.get("entity")), "entity_id": str(inputs.get("entity_id"))}
    link = yield from bulk("subscriptions", link["id"], "assign_invoice", what, more)
    paper = yield from read(plural, inputs.get("entity_id"), what)
    if paper.get("subscription_id") != link["id"]:
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left the document as it was.")
    return {"subscription": link}


DOCUMENTS = (("invoice", "Invoice"), ("recurring_invoice", "Recurring invoice"))
BESIDE = resource(
    "subscriptions",
    "/api/v1/subscriptions",
    get(
        "steps", "/steps", "List the steps of payment links", perform=_steps, source="subscriptions/steps",
        sample={"steps": {"cart": {"id": "cart", "dependencies": []}}}, cache=60,
        help="What a buyer can be led through, and what needs what.",
    ),
    post(
        "check_steps", "/steps/check", "Check the steps of a payment link",
        f.text("steps", "Names by commas.", required=True, example=STEPS), perform=_check, reads=True,
        source="subscriptions/steps/check", sample={"answer": {"message": "Steps are valid."}},
        help="Fails with what is wrong with them.",
    ),
    post(
        "assign", "/{subscription_id}", "Assign a payment link to a document", LINKS.id,
        f.choice("entity", "What it is.", choices=DOCUMENTS, label="Kind of document", required=True),
        f.text("entity_id", "The document's ID, as an earlier step gives it.", label="Document", required=True),
        perform=_assign, retry=Retry.IDEMPOTENT, returns="subscription", source="bulkSubscriptions",
        sample={"subscription": samples("subscription")}, help="The document belongs to it from then on.",
    ),
    object="payment link",
)  # fmt: skip

GROUPS = Entity(
    "group_settings",
    "GroupSetting",
    (
        f.text("name", "What it is called; no other group may be called so."),
        f.choice("settings.currency_id", "Of its clients.", label="Currency", source="currencies"),
        f.text("settings.payment_terms", "Days until its clients' invoices are due.", label="Payment terms"),
        f.money("settings.default_task_rate", "Per hour.", label="Hourly rate", more=True),
        f.choice("settings.language_id", "Of documents and mails.", source="languages", label="Language", more=True),
        f.note("settings.invoice_terms", "Printed on its clients' invoices.", label="Invoice terms", more=True),
        f.note("settings.invoice_footer", "Printed on its clients' invoices.", label="Invoice footer", more=True),
        f.choice("settings.invoice_design_id", "How they look.", source="designs", label="Invoice design", more=True),
    ),
    demanded=("name",),
    searched="Part of the name.",
    words=("segment", "tier", "clients"),
    marked=False,
    unique="name",
    called="group",
)
KINDS = "Names by commas, such as invoice,quote; for a template only."
DESIGNS = Entity(
    "designs",
    "Design",
    (
        f.text("name", "What it is called; no other design may be called so."),
        f.note("design.body", "HTML of the pages.", label="Body"),
        f.note("design.includes", "HTML with the styles, put before everything.", label="Styles"),
        f.note("design.header", "HTML at the top of each page.", label="Header"),
        f.note("design.footer", "HTML at the foot of each page.", label="Footer"),
        f.boolean("is_active", label="May be chosen", more=True),
        f.boolean("is_template", label="It is a template", more=True),
        f.text("entities", KINDS, label="Kinds of documents", more=True),
    ),
    demanded=("name", "design.body"),
    searched="Part of the name.",
    words=("template", "layout", "pdf"),
    marked=False,
    unique="name",
)
OF = ("invoice", "quote", "credit", "purchase_order", "recurring_invoice", "statement", "payment", "delivery_note")


def _default(inputs: Record, context: Context) -> Conversation[Record]:
    names = ("design_id", "entity", "settings_level")
    sent = {name: str(inputs[name]) for name in names if inputs.get(name)}
    yield from call("POST", "/designs/set/default", "make it the usual design", sent)
    return {"done": True}


USUAL = resource(
    "designs",
    "/api/v1/designs",
    post(
        "set_default", "/set/default", "Make a design the usual one",
        f.choice("design_id", "The design, or its ID from an earlier step.", source="designs", required=True),
        f.choice(
            "entity", "Which documents get it.", label="Documents", required=True,
            choices=tuple((name, name.replace("_", " ").capitalize()) for name in OF),
        ),
        perform=_default, retry=Retry.IDEMPOTENT, source="designs/set/default", sample={"done": True},
        help="For all clients without a design of their own, the documents there are included.",
    ),
    object="design",
)  # fmt: skip

QUOTE = f.text("recurring_quote_id", "The recurring quote's ID, as an earlier step gives it.", label="Recurring quote")
SAMPLE = samples("recurring_quote")
RHYTHM = (
    f.choice("frequency_id", "How often a quote is made.", choices=FREQUENCIES, label="How often"),
    f.date("next_send_date", "When the first or next one goes out; today or later.", label="Next on"),
    f.integer("remaining_cycles", "How many more there will be; -1 for no end.", label="How many more"),
)
MADE = (WHOSE, required(RHYTHM[0]), *RHYTHM[1:], LINES, *HEAD)
CHANGED = (*RHYTHM, *(field for field in UPDATE if field.name not in ("date", "due_date")))
QUOTES = resource(
    "recurring_quotes",
    "/api/v1/recurring_quotes",
    post(
        "create", "", "Create a recurring quote", *MADE,
        perform=creator("recurring_quotes", MADE), retry=reconcile(by=finder("recurring_quotes", MADE), doubtful=True),
        returns="recurring_quote", source="storeRecurringQuote", help="Makes a draft: nothing goes out by it.",
    ),
    put(
        "update", "/{recurring_quote_id}", "Update a recurring quote", QUOTE, *CHANGED,
        perform=updater("recurring_quotes", CHANGED), returns="recurring_quote", source="updateRecurringQuote",
        help="Fields left empty stay as they are, the next date too. Its client can't be changed.",
    ),
    *common("recurring_quotes", "RecurringQuote", QUOTE, SAMPLE, ()),
    object="recurring quote",
    sample=SAMPLE,
    words=("estimate", "offer", "monthly"),
)  # fmt: skip

OPERATIONS = {**operations(LINKS), **BESIDE, **operations(GROUPS), **operations(DESIGNS), **USUAL, **QUOTES}
CHOICES = {
    one.key: one
    for one in (
        listing("subscriptions", lambda row: str(row.get("name") or "")),
        listing("group_settings", lambda row: str(row.get("name") or "")),
        listing("designs", lambda row: str(row.get("name") or "")),
    )
}
