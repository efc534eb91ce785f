"""Oauth: derived from oauth.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_QUERY
from connectors.ghl.derived.shared import COMPANY_QUERY, need, ref, resource, samples
from connectors.notation import get

S = samples("oauth")
APPS_ONLY = (
    "HighLevel allows it only to a token of the agency that an app was given when the agency installed it; a private "
    "integration can't have this permission."
)

OPERATIONS = resource(
    "oauth", "",
    get("get_installed_location", "/oauth/installedLocations", "List locations with the app", COMPANY_QUERY,
        LOCATION_QUERY, need(ref("appId")), f.text("skip"), f.text("limit"), f.text("query"),
        f.boolean("isInstalled"), ref("versionId"), f.boolean("onTrial"), ref("planId", more=True),
        sample=S["get_installed_location"], scopes="oauth.readonly", help=APPS_ONLY),
    version="2021-07-28", source="oauth.json", object="oauth", words=("sub-account",),
)
