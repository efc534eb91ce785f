"""The sub-account and its people."""

from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]


def whole(box: Any) -> Record:
    record = box.store.get("locations", box.location())
    settings = {
        "allowDuplicateContact": box.settings["allow_duplicates"],
        "allowDuplicateOpportunity": box.settings["allow_duplicate_opportunities"],
        "allowFacebookNameMerge": False,
        "disableContactTimezone": False,
    }
    return {**record, "settings": settings}


@ROUTES.on("GET", "/locations/{locationId}", scope="locations.readonly", place="path")
def read(box: Any, call: Call) -> Any:
    return {"location": whole(box)}


@ROUTES.on("GET", "/locations/search", scope="locations.readonly")
def search(box: Any, call: Call) -> Any:
    return {"locations": [{k: v for k, v in whole(box).items() if k not in ("business", "companyId")}]}


@ROUTES.on("GET", "/locations/{locationId}/timezones", scope="locations.readonly", place="path")
def timezones(box: Any, call: Call) -> Any:
    return {
        "timeZones": ["America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/Berlin", "Europe/London"]
    }


@ROUTES.on("POST", "/locations/", agency=True)
@ROUTES.on("PUT", "/locations/{locationId}", agency=True)
@ROUTES.on("DELETE", "/locations/{locationId}", agency=True)
@ROUTES.on("POST", "/users/search/filter-by-email", agency=True)
@ROUTES.on("GET", "/companies/{companyId}", agency=True)
@ROUTES.on("GET", "/snapshots/", agency=True)
def for_agencies(box: Any, call: Call) -> Any:
    raise refusals.AGENCY_ONLY


@ROUTES.on("GET", "/users/", scope="users.readonly", place="query")
def users(box: Any, call: Call) -> Any:
    return {"users": box.store.rows("users")}


@ROUTES.on("GET", "/users/search", scope="users.readonly")
def search_users(box: Any, call: Call) -> Any:
    company = call.query.get("companyId")
    if not company:
        raise refusals.NO_PARAMETER
    wanted = call.query.get("query", "").lower()
    rows = [row for row in box.store.rows("users") if wanted in f"{row['name']} {row['email']}".lower()]
    rows = rows if company == whole(box)["companyId"] else []
    start, size = int(call.query.get("skip") or 0), int(call.query.get("limit") or 25)
    return {"users": rows[start : start + size], "count": len(rows)}


@ROUTES.on("GET", "/users/{userId}", scope="users.readonly")
def user(box: Any, call: Call) -> Any:
    return {k: v for k, v in box.find("users", "User", call.args["userId"]).items() if k != "deleted"}
