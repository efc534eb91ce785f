"""Payments: derived from payments.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import ALT_TYPE, LOCATION, LOCATION_QUERY
from connectors.ghl.derived.shared import ALT, ALT_QUERY, COMPANY, need, options, resource, samples
from connectors.notation import delete, get, post, put

S = samples("payments")
OPERATIONS = resource(
    "payments", "",
    get("list_integration_providers", "/payments/integrations/provider/whitelabel", "List integration providers",
        ALT_QUERY, ALT_TYPE, f.number("limit"), f.number("offset"), sample=S["list_integration_providers"],
        scopes="payments/integration.readonly"),
    post("create_integration_provider", "/payments/integrations/provider/whitelabel",
        "Create an integration provider", ALT, ALT_TYPE, need(f.text("uniqueName")), need(f.text("title")),
        need(f.choice("provider", choices=options("authorize-net nmi"))), need(f.note("description")),
        need(f.text("imageUrl")), sample=S["create_integration_provider"], scopes="payments/integration.write"),
    post("create_integration", "/payments/custom-provider/provider", "Create the payment integration", LOCATION_QUERY,
        need(f.text("name")), need(f.note("description")), need(f.text("paymentsUrl")), need(f.text("queryUrl")),
        need(f.text("imageUrl")), need(f.boolean("supportsSubscriptionSchedule")), sample=S["create_integration"],
        scopes="payments/custom-provider.write"),
    delete("delete_integration", "/payments/custom-provider/provider", "Delete the payment integration",
        LOCATION_QUERY, scopes="payments/custom-provider.write"),
    get("fetch_config", "/payments/custom-provider/connect", "Get the payment provider's set-up", LOCATION_QUERY,
        sample=S["fetch_config"], scopes="payments/custom-provider.readonly"),
    post("create_config", "/payments/custom-provider/connect", "Set up the payment provider", LOCATION_QUERY,
        need(f.object_("live", fields=(need(f.text("apiKey")), need(f.text("publishableKey")),))),
        need(f.object_("test", fields=(need(f.text("apiKey")), need(f.text("publishableKey")),))),
        sample=S["create_config"], scopes="payments/custom-provider.write"),
    post("disconnect_config", "/payments/custom-provider/disconnect", "Disconnect the payment provider",
        LOCATION_QUERY, need(f.boolean("liveMode")), sample=S["disconnect_config"],
        scopes="payments/custom-provider.write"),
    put("custom_provider_marketplace_app_update_capabilities", "/payments/custom-provider/capabilities",
        "Update what the payment provider can do", COMPANY, LOCATION,
        need(f.boolean("supportsSubscriptionSchedules")),
        sample=S["custom_provider_marketplace_app_update_capabilities"], scopes="payments/custom-provider.write"),
    version="2021-07-28", source="payments.json", object="payment",
)
