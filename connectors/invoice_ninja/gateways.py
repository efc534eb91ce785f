"""How clients pay online: payment gateways, and the cards and accounts they have on file there."""

from dataclasses import replace

from connectors import fields as f
from connectors.errors import Refused
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.entities import Entity, listing, operations
from connectors.invoice_ninja.service import Record, call
from connectors.invoice_ninja.statics import statics
from connectors.notation import Perform, fill, post
from connectors.spec import Choice, Choices, Context, Conversation, Retry

ASKED = tuple(
    f.boolean(f"require_{name}", label=f"Ask for the {said}", more=True)
    for name, said in (
        ("cvv", "card's check number"), ("billing_address", "billing address"),
        ("shipping_address", "shipping address"), ("client_name", "client's name"), ("postal_code", "postal code"),
        ("client_phone", "client's phone"), ("contact_name", "person's name"), ("contact_email", "person's e-mail"),
    )
)  # fmt: skip
TOKENS = (
    *(("off", "Never"), ("optin", "If the client ticks a box")),
    *(("optout", "Unless the client unticks it"), ("always", "Always")),
)
GATEWAYS = Entity(
    "company_gateways",
    "CompanyGateway",
    (
        f.choice("gateway_key", "Which payment service.", source="gateways", label="Service"),
        f.text("label", "What clients read; left empty, the service's name."),
        f.choice("token_billing", "Whether cards and accounts are kept.", choices=TOKENS, label="Kept for later"),
        f.integer("accepted_credit_cards", "The sum of its cards' numbers.", label="Cards", more=True),
        *ASKED,
        f.boolean("update_details", label="Take over the client's details", more=True),
        f.boolean("always_show_required_fields", label="Always ask for all of it", more=True),
        f.json(
            "fees_and_limits",
            'By kind of payment, such as {"1": {"max_limit": 500}}.',
            label="Fees and limits",
            more=True,
            example='{"1": {"min_limit": -1, "max_limit": 500}}',
        ),
    ),
    demanded=("gateway_key",),
    fixed=("gateway_key",),
    searched="Part of the label.",
    words=("stripe", "paypal", "processor"),
    marked=False,
    hidden=("config",),
    called="payment gateway",
)
DONE = {"done": True}


def _doing(action: str, what: str) -> Perform:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        path = fill(f"/company_gateways/{{company_gateway_id}}/{action}", inputs)
        said = yield from call("POST", path, what)
        if isinstance(said, dict) and said.get("message") == "false":
            raise Refused(f"Couldn't {what}: the payment service doesn't accept what was entered for it.")
        return {"done": True}

    return perform


MORE = (
    post(
        "test", "/{company_gateway_id}/test", "Test a payment gateway", GATEWAYS.id,
        perform=_doing("test", "test the payment gateway"), sample=DONE, retry=Retry.IDEMPOTENT,
        source="company_gateways/test", help="Fails when the service doesn't accept what was entered for it.",
    ),
    post(
        "import_customers", "/{company_gateway_id}/import_customers", "Import the customers of a payment gateway",
        GATEWAYS.id, perform=_doing("import_customers", "import the customers"), sample=DONE, retry=Retry.ONCE,
        source="company_gateways/import_customers", help="They come as clients, a little later.",
    ),
)  # fmt: skip
TYPES = (
    *(("1", "Card"), ("2", "Bank transfer"), ("3", "PayPal"), ("4", "Crypto"), ("5", "Custom")),
    *(("6", "Alipay"), ("7", "Sofort"), ("8", "Apple Pay"), ("9", "SEPA"), ("10", "Credit")),
)
ON_FILE = Entity(
    "client_gateway_tokens",
    "ClientGatewayToken",
    (
        CLIENT,
        f.choice("company_gateway_id", "Where it is on file.", label="Payment gateway", source="company_gateways"),
        f.choice("gateway_type_id", "What it is.", label="Kind", choices=TYPES),
        f.json(
            "meta",
            "What clients are shown of it.",
            label="Details",
            example='{"last4": "4242", "brand": "visa", "exp_month": "12", "exp_year": "2029"}',
        ),
        f.text("token", "The service's own name for it.", label="Token"),
        f.text("gateway_customer_reference", "The client's ID at the service.", label="Customer there", more=True),
        f.text("routing_number", "Of a bank account.", more=True),
        f.boolean("is_default", label="The one that is charged", more=True),
    ),
    demanded=("client_id", "company_gateway_id", "gateway_type_id", "meta"),
    fixed=("client_id", "company_gateway_id"),
    searched="Passed over by some versions.",
    words=("card", "payment method", "vault"),
    marked=False,
    bulk=False,
    hidden=("token",),
    called="stored payment method",
)


def _services(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    known = yield from statics("list the payment services")
    found = [Choice(str(row["key"]), str(row["name"])) for row in known.get("gateways", ()) if row.get("key")]
    return sorted(found, key=lambda one: one.label.casefold())


OPERATIONS = {**operations(replace(GATEWAYS, more=MORE)), **operations(ON_FILE)}
CHOICES = {
    "gateways": Choices("gateways", _services, 24 * 60 * 60),
    "company_gateways": listing("company_gateways", lambda row: str(row.get("label") or "")),
}
