"""Payment providers of one's own: those that an app brings along, and those under another name."""

from typing import Any

from connectors import fields as f
from connectors.errors import NotFound
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION, LOCATION_QUERY, resource, samples
from connectors.ghl.odd import VERSION, since
from connectors.ghl.paper_lists import here, place
from connectors.ghl.papers import ALT, ALT_QUERY, PAGE
from connectors.notation import Given, Values, delete, get, post, put, reconcile
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request, Retry

S = samples("payment_providers")
READ, WRITE = "payments/custom-provider.readonly", "payments/custom-provider.write"
LABELS_READ, LABELS_WRITE = "payments/integration.readonly", "payments/integration.write"
APP_ONLY = "Only for a connection by an app that is a payment provider in HighLevel's marketplace."
CONNECT = "/payments/custom-provider/connect"
WHITE_LABEL = "/payments/integrations/provider/whitelabel"
LOGO = f.url("imageUrl", "Address of the logo, which anybody may open.", label="Logo", required=True)


def keys(name: str, help: str, label: str) -> f.Field:
    return f.object_(
        name,
        help,
        label=label,
        fields=(
            f.text("apiKey", "The secret one, which the provider's own pages show.", label="API key", required=True),
            f.text("publishableKey", "The public one.", label="Public key", required=True),
        ),
        required=True,
    )


def find_label(values: Values, context: Context) -> Conversation[list[Values]]:
    """Providers of exactly this title and make that were entered since the step began. The document shows one where
    its name says several."""
    request = Request("GET", WHITE_LABEL, query={**place(context), "limit": 100, "offset": 0}, headers=VERSION)
    response = yield from ask(request, explain, "look for the provider")
    found: Any = (response.json or {}).get("providers") or []
    rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
    same = [row for row in rows if all(row.get(name) == values.get(name) for name in ("title", "provider"))]
    return [row for row in same if since(row, context)]


def find_provider(values: Values, context: Context) -> Conversation[list[Values]]:
    """The location's provider, if it is this one: there is one for each app."""
    request = Request("GET", CONNECT, query=here(context), headers=VERSION)
    try:
        response = yield from ask(request, explain, "look for the payment provider")
    except NotFound:
        return []
    found = response.json or {}
    same = all(found.get(name) == values.get(name) for name in ("name", "paymentsUrl", "queryUrl"))
    return [found] if same and not found.get("deleted") else []


OPERATIONS = resource(
    "payments",
    "",
    get(
        "list_integration_providers", WHITE_LABEL, "List payment providers under your own name", *ALT_QUERY, *PAGE,
        sample=S["labels"], scopes=LABELS_READ, words=("white label", "integration", "authorize.net", "nmi"),
    ),
    post(
        "create_integration_provider", WHITE_LABEL, "Add a payment provider under your own name", *ALT,
        f.text("title", "As people read it.", required=True),
        f.text("uniqueName", "One word of small letters that no other has, such as harbor-pay.", label="Own name",
               required=True),
        f.choice("provider", "What really pays.", choices=(("authorize-net", "Authorize.net"), ("nmi", "NMI")),
                 required=True),
        f.note("description", "What people read about it.", required=True), LOGO,
        sample=S["label"], retry=reconcile(by=find_label, lag=10), scopes=f"{LABELS_WRITE} {LABELS_READ}",
        words=("white label", "integration"),
    ),
    post(
        "create_integration", "/payments/custom-provider/provider", "Add an app's payment provider to the location",
        LOCATION_QUERY, f.text("name", "As people read it where they choose how to be paid.", required=True),
        f.note("description", "What people read about it.", required=True),
        f.url("paymentsUrl", "The provider's page on which a payment begins.", label="Payment page", required=True),
        f.url("queryUrl", "Where HighLevel asks the provider about payments.", label="Address for questions",
              required=True),
        LOGO,
        f.boolean("supportsSubscriptionSchedule", "Whether it can collect subscriptions.", label="Subscriptions",
                  required=True, default=False),
        sample=S["provider"], retry=reconcile(by=find_provider, lag=10), scopes=f"{WRITE} {READ}", help=APP_ONLY,
        words=("create", "integration", "custom provider"),
    ),
    delete(
        "delete_integration", "/payments/custom-provider/provider", "Take an app's payment provider off the location",
        LOCATION_QUERY, scopes=WRITE, help=APP_ONLY, words=("delete", "integration", "custom provider"),
    ),
    get("fetch_config", CONNECT, "Get the payment provider's set-up", LOCATION_QUERY, sample=S["provider"], scopes=READ,
        help=APP_ONLY, words=("config", "custom provider")),
    post(
        "create_config", CONNECT, "Set up the payment provider", LOCATION_QUERY,
        keys("live", "For real payments.", "Live keys"), keys("test", "For tests.", "Test keys"),
        sample=S["provider"], retry=Retry.IDEMPOTENT, scopes=WRITE, words=("config", "connect", "keys"),
        help=f"{APP_ONLY} The keys stand in the recipe, where everybody who may read it sees them.",
    ),
    post(
        "disconnect_config", "/payments/custom-provider/disconnect", "Disconnect the payment provider", LOCATION_QUERY,
        f.boolean("liveMode", "Yes: from real payments. No: from tests.", label="For real money", required=True,
                  default=True),
        sample=S["ok"], retry=Retry.IDEMPOTENT, scopes=WRITE, help=APP_ONLY, words=("config", "custom provider"),
    ),
    put(
        "custom_provider_marketplace_app_update_capabilities", "/payments/custom-provider/capabilities",
        "Say what the payment provider can do", Given("companyId", "company_id"), LOCATION,
        f.boolean("supportsSubscriptionSchedules", "Whether it can collect subscriptions.", label="Subscriptions",
                  required=True, default=False),
        sample=S["ok"], scopes=WRITE, help=APP_ONLY, words=("update", "capabilities", "custom provider"),
    ),
    version=DATED,
    source="payments.json",
    object="payment provider",
    words=("payment", "gateway"),
)  # fmt: skip
