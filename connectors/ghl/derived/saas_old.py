"""Saas old: derived from saas-api.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH
from connectors.ghl.derived.shared import (
    ANSWER,
    COMPANY,
    COMPANY_PATH,
    COMPANY_QUERY,
    DONE,
    OLD,
    as_answer,
    as_items,
    done,
    options,
    ref,
    resource,
    samples,
)
from connectors.notation import get, post, put

S = samples("saas_old")

OPERATIONS = resource(
    "saas_old", "",
    get("locations_deprecated", "/saas-api/public-api/locations", "Find sub-accounts by their Stripe customer (old)",
        COMPANY_QUERY, ref("customerId"), ref("subscriptionId"), sample=S["locations_deprecated"], read=as_items,
        help=OLD),
    put("update_saas_subscription_deprecated", "/saas-api/public-api/update-saas-subscription/{locationId}",
        "Update a SaaS subscription (old)", LOCATION_PATH, COMPANY, ref("subscriptionId", required=True),
        ref("customerId", required=True), sample=ANSWER, read=as_answer, help=OLD),
    post("bulk_disable_saas_deprecated", "/saas-api/public-api/bulk-disable-saas/{companyId}",
        "Disable SaaS for many sub-accounts (old)", COMPANY_PATH, f.choices("locationIds", "One or more.",
        required=True), sample=DONE, read=done, help=OLD),
    post("enable_saas_location_deprecated", "/saas-api/public-api/enable-saas/{locationId}",
        "Enable SaaS for a sub-account (old)", LOCATION_PATH, COMPANY, f.boolean("isSaaSV2", "Yes or no.",
        required=True), ref("stripeAccountId"), f.text("name"), f.email("email"), ref("stripeCustomerId"),
        ref("contactId"), ref("providerLocationId"), f.note("description", more=True), ref("saasPlanId", more=True),
        ref("priceId", more=True), sample=DONE, read=done, help=OLD),
    post("pause_location_deprecated", "/saas-api/public-api/pause/{locationId}", "Pause a sub-account (old)",
        LOCATION_PATH, COMPANY, f.boolean("paused", "Yes or no.", required=True), sample=DONE, read=done, help=OLD),
    post("update_rebilling_deprecated", "/saas-api/public-api/update-rebilling/{companyId}", "Update rebilling (old)",
        COMPANY_PATH, f.choice("product", required=True,
        choices=options("contentAI workflow_premium_actions workflow_ai conversationAI "
        "EmailNotification whatsApp reviewsAI VERIFIED_CALLER_ID WALLET_SALES_TAX "
        "NOTIFICATION_SMS EmailSmtp EmailVerification autoCompleteAddress funnelAI " "domainPurchase Phone Email")),
        f.choices("locationIds", "One or more.", required=True), f.object_("config", "Its parts.", required=True,
        fields=(f.boolean("optIn"), f.boolean("enabled"), f.number("markup"),)),
        sample=S["update_rebilling_deprecated"], help=OLD),
    get("get_agency_plans_deprecated", "/saas-api/public-api/agency-plans/{companyId}",
        "List the agency's plans (old)", COMPANY_PATH, sample=S["get_agency_plans_deprecated"], read=as_items,
        help=OLD),
    get("get_location_subscription_deprecated", "/saas-api/public-api/get-saas-subscription/{locationId}",
        "Get a sub-account's subscription (old)", LOCATION_PATH, COMPANY_QUERY,
        sample=S["get_location_subscription_deprecated"], help=OLD),
    post("bulk_enable_saas_deprecated", "/saas-api/public-api/bulk-enable-saas/{companyId}",
        "Enable SaaS for many sub-accounts (old)", COMPANY_PATH, f.choices("locationIds", "One or more.",
        required=True), f.boolean("isSaaSV2", "Yes or no.", required=True), f.object_("actionPayload", "Its parts.",
        required=True, fields=(ref("priceId"), ref("stripeAccountId"), ref("saasPlanId", required=True),
        ref("providerLocationId"),)), sample=S["bulk_enable_saas_deprecated"], help=OLD),
    get("get_saas_locations_deprecated", "/saas-api/public-api/saas-locations/{companyId}",
        "List sub-accounts with SaaS (old)", COMPANY_PATH, f.number("page"),
        sample=S["get_saas_locations_deprecated"], help=OLD),
    get("get_saas_plan_deprecated", "/saas-api/public-api/saas-plan/{planId}", "Get a SaaS plan (old)", COMPANY_QUERY,
        sample=S["get_saas_plan_deprecated"], help=OLD),
    version="2021-04-15", source="saas-api.json", object="saas old",
)
