"""Marketplace: derived from marketplace.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, LOCATION_PATH
from connectors.ghl.derived.shared import COMPANY, need, options, ref, resource, samples
from connectors.notation import delete, get, post

S = samples("marketplace")

OPERATIONS = resource(
    "marketplace", "",
    get("get_charges", "/marketplace/billing/charges", "List wallet charges", ref("meterId"), ref("eventId"),
        ref("userId"), f.text("startDate"), f.text("endDate"), f.number("skip"), f.number("limit", more=True),
        sample=S["get_charges"], scopes="charges.readonly"),
    post("charge", "/marketplace/billing/charges", "Charge a wallet", LOCATION, COMPANY, need(ref("appId")),
        need(ref("meterId")), need(ref("eventId")), need(f.note("description")), need(f.number("units")),
        ref("userId"), f.number("price"), f.text("eventTime"), sample=S["charge"], scopes="charges.write"),
    get("get_specific_charge", "/marketplace/billing/charges/{chargeId}", "Get a wallet charge",
        sample=S["get_specific_charge"], scopes="charges.readonly"),
    delete("delete_charge", "/marketplace/billing/charges/{chargeId}", "Refund a wallet charge",
        scopes="charges.write"),
    get("has_funds", "/marketplace/billing/charges/has-funds", "Check whether a wallet has funds",
        sample=S["has_funds"], scopes="charges.readonly"),
    get("get_installer_details", "/marketplace/app/{appId}/installations", "Get who installed the app",
        sample=S["get_installer_details"], scopes="marketplace-installer-details.readonly"),
    delete("uninstall_application", "/marketplace/app/{appId}/installations", "Uninstall the app", COMPANY, LOCATION,
        f.text("reason"), body=True, sample=S["uninstall_application"], scopes="oauth.write"),
    get("get_rebilling_config_for_app", "/marketplace/app/{appId}/rebilling-config/location/{locationId}",
        "Get the app's rebilling", LOCATION_PATH, sample=S["get_rebilling_config_for_app"], scopes="oauth.readonly"),
    post("migrate_connection", "/marketplace/external-auth/migration", "Migrate an app's connection", LOCATION,
        need(f.choice("type", choices=options("oauth2 basic"))), need(ref("appId")), need(ref("appVersionId")),
        need(ref("accountId")), f.text("apiKey"), f.json("basicCredentials", example='{"key": "value"}'),
        f.text("accessToken"), f.text("refreshToken"), f.number("expiryIn"), f.number("expiryAt"),
        f.choices("scopes", more=True), f.text("displayName", more=True), f.boolean("isDefault", more=True),
        sample=S["migrate_connection"], scopes="marketplace-external-auth-migration.write"),
    version="2021-07-28", source="marketplace.json", object="marketplace",
)
