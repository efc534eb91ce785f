"""Affiliate manager: derived from affiliate-manager.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH
from connectors.ghl.derived.shared import ref, resource, samples
from connectors.notation import get

S = samples("affiliate_manager")

OPERATIONS = resource(
    "affiliate_manager", "",
    get("list_affiliates", "/affiliate-manager/{locationId}/affiliates", "List affiliates", LOCATION_PATH,
        f.text("query"), f.text("active"), ref("campaignId"), f.number("skip"), f.number("limit"), f.text("fromDate"),
        f.text("toDate", more=True), sample=S["list_affiliates"], scopes="affiliate-manager.readonly"),
    get("get_affiliate", "/affiliate-manager/{locationId}/affiliates/{affiliateId}", "Get an affiliate",
        LOCATION_PATH, sample=S["get_affiliate"], scopes="affiliate-manager.readonly"),
    get("list_payouts", "/affiliate-manager/{locationId}/payouts", "List payouts", LOCATION_PATH, f.text("status"),
        f.text("query"), ref("affiliateId"), ref("campaignId"), f.number("skip"), f.number("limit"),
        f.text("start", more=True), f.text("end", more=True), sample=S["list_payouts"],
        scopes="affiliate-manager.readonly"),
    get("list_commissions", "/affiliate-manager/{locationId}/commissions", "List commissions", LOCATION_PATH,
        ref("campaignId"), ref("affiliateId"), f.text("status"), f.text("query"), f.number("skip"), f.number("limit"),
        f.text("fromDate", more=True), f.text("toDate", more=True), sample=S["list_commissions"],
        scopes="affiliate-manager.readonly"),
    version="2021-07-28", source="affiliate-manager.json", object="affiliate manager",
)
