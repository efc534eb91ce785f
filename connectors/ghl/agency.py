"""What belongs to the agency above the locations. Each wants a token of the agency and says so without one."""

from connectors import fields as f
from connectors.ghl.base import DATED, resource, sample
from connectors.ghl.countries import COUNTRIES
from connectors.notation import Given, get, post
from connectors.spec import Retry

AGENCY_ONLY = (
    "Only for a connection with a token of the agency: one of a private integration that was made in HighLevel's "
    "agency view, under Settings, Private Integrations, entered here together with the ID of one of its locations."
)
PERMISSIONS = frozenset((
    "companies.readonly", "snapshots.readonly", "locations.write", "locations.internal-access-only",
    "custom-menu-link.readonly", "custom-menu-link.write", "oauth.readonly", "oauth.write",
))  # fmt: skip
"""An app of a location is not given these; one of them is HighLevel's own."""
COMPANY, COMPANY_QUERY, COMPANY_PATH = (Given("companyId", "company_id", where) for where in ("body", "query", "path"))
location = sample("location")

COMPANIES = resource(
    "companies",
    "/companies",
    get("get", "/{companyId}", "Get the agency", COMPANY_PATH, returns="company", help=AGENCY_ONLY),
    version=DATED,
    scopes="companies.readonly",
    source="companies.json",
    object="company",
    sample=sample("company"),
    words=("get company", "agency"),
)

SNAPSHOTS = resource(
    "snapshots",
    "/snapshots",
    get("list", "/", "List snapshots", COMPANY_QUERY, returns="snapshots", help=AGENCY_ONLY),
    version=DATED,
    scopes="snapshots.readonly",
    source="snapshots.json",
    object="snapshot",
    sample=[sample("snapshot")],
    words=("template",),
)

LOCATIONS = resource(
    "locations",
    "/locations",
    get(
        "search",
        "/search",
        "List locations",
        COMPANY_QUERY,
        f.email("email", "Only the location with this address."),
        f.integer("limit", "At most so many.", default=10, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        f.choice("order", "By name.", choices=(("asc", "A to Z"), ("desc", "Z to A")), more=True),
        returns="locations",
        sample={"locations": [location]},
        help="A token of the agency sees all its locations, one of a location its own.",
    ),
    post(
        "create",
        "/",
        "Create a location",
        COMPANY,
        f.text("name", "The business's name.", required=True),
        f.phone("phone", "With the country's code, such as +4915112345678."),
        f.text("address", label="Street"),
        *(f.text(name) for name in ("city", "state", "postalCode")),
        f.choice("country", "Two letters, such as DE.", choices=COUNTRIES),
        f.url("website"),
        f.text("timezone", "Such as Europe/Berlin.", label="Time zone"),
        f.text("snapshotId", "List snapshots gives it.", label="Snapshot ID", more=True),
        returns="location",
        sample={"location": {**location, "companyId": "5DP4iH6HLkQsiKESj6rh"}},
        retry=Retry.ONCE,
        scopes="locations.write",
        help=f"{AGENCY_ONLY} The agency's plan has to include it, and a location may cost money.",
    ),
    version=DATED,
    scopes="locations.readonly",
    source="locations.json",
    object="location",
    sample=location,
    words=("sub-account", "business"),
)

OPERATIONS = {**COMPANIES, **SNAPSHOTS, **LOCATIONS}
