"""Saas old: derived from saas-api.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH, done
from connectors.ghl.derived.shared import (
    ANSWER,
    COMPANY,
    COMPANY_PATH,
    COMPANY_QUERY,
    DONE,
    OLD,
    as_answer,
    as_items,
    need,
    of_agency,
    options,
    ref,
    resource,
    samples,
)
from connectors.notation import get, post, put

S = samples("saas_old")

OPERATIONS = of_agency(resource(
    "saas_old", "",
    get("locations_deprecated", "/saas-api/public-api/locations", "Find locations by their Stripe customer (old)",
        COMPANY_QUERY, ref("customerId"), ref("subscriptionId"), sample=S["locations_deprecated"], read=as_items,
        help=OLD),
    put("update_saas_subscription_deprecated", "/saas-api/public-api/update-saas-subscription/{locationId}",
        "Update a SaaS subscription (old)", LOCATION_PATH, COMPANY, need(ref("subscriptionId")),
        need(ref("customerId")), sample=ANSWER, read=as_answer, help=OLD),
    post("bulk_disable_saas_deprecated", "/saas-api/public-api/bulk-disable-saas/{companyId}",
        "Disable SaaS for many locations (old)", COMPANY_PATH, need(f.choices("locationIds")), sample=DONE,
        read=done, help=OLD),
    post("enable_saas_location_deprecated", "/saas-api/public-api/enable-saas/{locationId}",
        "Enable SaaS for a location (old)", LOCATION_PATH, COMPANY, need(f.boolean("isSaaSV2")),
        ref("stripeAccountId"), f.text("name"), f.email("email"), ref("stripeCustomerId"), ref("contactId"),
        ref("providerLocationId"), f.note("description", more=True), ref("saasPlanId", more=True),
        ref("priceId", more=True), sample=DONE, read=done, help=OLD),
    post("pause_location_deprecated", "/saas-api/public-api/pause/{locationId}", "Pause a location (old)",
        LOCATION_PATH, COMPANY, need(f.boolean("paused")), sample=DONE, read=done, help=OLD),
    post("update_rebilling_deprecated", "/saas-api/public-api/update-rebilling/{companyId}", "Update rebilling (old)",
        COMPANY_PATH, need(f.choice("product",
        choices=options("contentAI workflow_premium_actions workflow_ai conversationAI "
        "EmailNotification whatsApp reviewsAI VERIFIED_CALLER_ID WALLET_SALES_TAX "
        "NOTIFICATION_SMS EmailSmtp EmailVerification autoCompleteAddress funnelAI " "domainPurchase Phone Email"))),
        need(f.choices("locationIds")), need(f.object_("config", fields=(f.boolean("optIn"), f.boolean("enabled"),
        f.number("markup"),))), sample=S["update_rebilling_deprecated"], help=OLD),
    get("get_agency_plans_deprecated", "/saas-api/public-api/agency-plans/{companyId}",
        "List the agency's plans (old)", COMPANY_PATH, sample=S["get_agency_plans_deprecated"], read=as_items,
        help=OLD),
    get("get_location_subscription_deprecated", "/saas-api/public-api/get-saas-subscription/{locationId}",
        "Get a location's subscription (old)", LOCATION_PATH, COMPANY_QUERY,
        sample=S["get_location_subscription_deprecated"], help=OLD),
    post("bulk_enable_saas_deprecated", "/saas-api/public-api/bulk-enable-saas/{companyId}",
        "Enable SaaS for many locations (old)", COMPANY_PATH, need(f.choices("locationIds")),
        need(f.boolean("isSaaSV2")), need(f.object_("actionPayload", fields=(ref("priceId"), ref("stripeAccountId"),
        need(ref("saasPlanId")), ref("providerLocationId"),))), sample=S["bulk_enable_saas_deprecated"], help=OLD),
    get("get_saas_locations_deprecated", "/saas-api/public-api/saas-locations/{companyId}",
        "List locations with SaaS (old)", COMPANY_PATH, f.number("page"),
        sample=S["get_saas_locations_deprecated"], help=OLD),
    get("get_saas_plan_deprecated", "/saas-api/public-api/saas-plan/{planId}", "Get a SaaS plan (old)", COMPANY_QUERY,
        sample=S["get_saas_plan_deprecated"], help=OLD),
    version="2021-04-15", source="saas-api.json", object="saas old", words=("sub-account",),
))
