"""Saas: derived from saas-api.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH, done
from connectors.ghl.derived.shared import (
    COMPANY,
    COMPANY_PATH,
    COMPANY_QUERY,
    DONE,
    need,
    of_agency,
    options,
    ref,
    resource,
    samples,
)
from connectors.notation import get, post, put

S = samples("saas")

OPERATIONS = of_agency(resource(
    "saas", "",
    get("locations", "/saas/locations", "Find locations by their Stripe customer", COMPANY_QUERY,
        need(ref("customerId")), need(ref("subscriptionId")), sample=DONE, read=done),
    put("generate_payment_link", "/saas/update-saas-subscription/{locationId}", "Update a SaaS subscription",
        LOCATION_PATH, COMPANY, need(ref("subscriptionId")), need(ref("customerId")), sample=DONE, read=done),
    post("bulk_disable_saas", "/saas/bulk-disable-saas/{companyId}", "Disable SaaS for many locations",
        COMPANY_PATH, need(f.choices("locationIds")), sample=DONE, read=done),
    post("enable_saas_location", "/saas/enable-saas/{locationId}", "Enable SaaS for a location", LOCATION_PATH,
        COMPANY, need(f.boolean("isSaaSV2")), ref("stripeAccountId"), f.text("name"), f.email("email"),
        ref("stripeCustomerId"), ref("contactId"), ref("providerLocationId"), f.note("description", more=True),
        ref("saasPlanId", more=True), ref("priceId", more=True), sample=DONE, read=done),
    post("pause_location", "/saas/pause/{locationId}", "Pause a location", LOCATION_PATH, COMPANY,
        need(f.boolean("paused")), sample=DONE, read=done),
    post("update_rebilling", "/saas/update-rebilling/{companyId}", "Update rebilling", COMPANY_PATH,
        need(f.choice("product", choices=options("contentAI workflow_premium_actions workflow_ai conversationAI "
        "EmailNotification whatsApp reviewsAI VERIFIED_CALLER_ID WALLET_SALES_TAX "
        "NOTIFICATION_SMS EmailSmtp EmailVerification autoCompleteAddress funnelAI " "domainPurchase Phone Email"))),
        need(f.choices("locationIds")), need(f.object_("config", fields=(f.boolean("optIn"), f.boolean("enabled"),
        f.number("markup"),))), sample=DONE, read=done),
    get("get_agency_plans", "/saas/agency-plans/{companyId}", "List the agency's plans", COMPANY_PATH, sample=DONE,
        read=done),
    get("get_location_subscription", "/saas/get-saas-subscription/{locationId}", "Get a location's subscription",
        LOCATION_PATH, COMPANY_QUERY, sample=DONE, read=done),
    post("bulk_enable_saas", "/saas/bulk-enable-saas/{companyId}", "Enable SaaS for many locations", COMPANY_PATH,
        need(f.choices("locationIds")), need(f.boolean("isSaaSV2")),
        need(f.object_("actionPayload", fields=(ref("priceId"), ref("stripeAccountId"), need(ref("saasPlanId")),
        ref("providerLocationId"),))), sample=DONE, read=done),
    get("get_saas_locations", "/saas/saas-locations/{companyId}", "List locations with SaaS", COMPANY_PATH,
        need(f.number("page")), sample=DONE, read=done),
    get("get_saas_plan", "/saas/saas-plan/{planId}", "Get a SaaS plan", COMPANY_QUERY, sample=DONE, read=done),
    version="2021-04-15", source="saas-api.json", object="saa", words=("sub-account",),
))
