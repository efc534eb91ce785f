"""Signing in: the page where a person picks a location or the agency, the codes and the tokens. A code and a refresh
token work once."""

import secrets
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.ghl.sandbox import installs
from connectors.ghl.sandbox.box import COMPANY, LOCATION, SCOPES
from connectors.ghl.sandbox.refusals import Refusal, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call, html

Record = dict[str, Any]
CODE_SECONDS = 600
YEAR = 365 * 86_400
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Choose a location</title>
<body><h1>Choose a location</h1><p>The app asks for: {scopes}</p>
<form method="post"><p>{locations}</p><h2>Or the agency</h2>
<p><button name="company" value="{company}">Agency, all its locations</button></p></form>
</body></html>"""
BUTTON = '<button name="location" value="{id}">{name}</button>'


def _denied(message: str, error: str = "invalid_grant") -> Refusal:
    return Refusal(400, message, error, error_description=message)


@ROUTES.on("GET", "/v2/oauth/chooselocation", open=True)
@ROUTES.on("GET", "/oauth/chooselocation", open=True)
def choose(box: Any, call: Call) -> Answer:
    problem = _problem(box, call.query)
    if problem:
        return html(400, f"<!doctype html><title>Error</title><h1>{escape(problem)}</h1>")
    scopes = escape(call.query.get("scope") or SCOPES)
    rows = box.store.rows("locations")
    buttons = "\n".join(BUTTON.format(id=row["id"], name=escape(row["name"])) for row in rows)
    return html(200, PAGE.format(scopes=scopes, locations=buttons, company=COMPANY))


@ROUTES.on("POST", "/v2/oauth/chooselocation", open=True)
@ROUTES.on("POST", "/oauth/chooselocation", open=True)
def chosen(box: Any, call: Call) -> Answer:
    """Installs the app there and sends the person back with a code, and the state if there was one."""
    problem = _problem(box, call.query)
    if problem:
        return html(400, f"<!doctype html><title>Error</title><h1>{escape(problem)}</h1>")
    scopes = " ".join(call.query.get("scope", "").split()) or SCOPES
    place = _place(box, call.fields())
    installs.install(box, None if place == COMPANY else place)
    code = secrets.token_hex(20)
    held = {
        "id": code,
        "scopes": scopes,
        "place": place,
        "redirect_uri": call.query["redirect_uri"],
        "until": box.clock() + CODE_SECONDS,
    }
    box.store.put("codes", held)
    back = {"code": code} | ({"state": call.query["state"]} if call.query.get("state") else {})
    return html(302, "", Location=f"{call.query['redirect_uri']}?{urlencode(back)}")


def _place(box: Any, data: Record) -> str:
    """The location that was picked, the first one when none was; the agency's own id for all of them."""
    if data.get("company"):
        return COMPANY
    picked = str(data.get("location") or LOCATION)
    return str(box.find("locations", "Location", picked)["id"])


def _problem(box: Any, query: dict[str, str]) -> str:
    app = box.store.get("app", "app")
    if query.get("client_id") != app["client_id"]:
        return "error.noAppVersionIdFound: No integration found with the id"
    uri = query.get("redirect_uri", "")
    if not urlsplit(uri).scheme.startswith("http") or "highlevel" in uri.lower():
        return "Invalid redirect URL"
    if app["redirect_uri"] and uri != app["redirect_uri"]:
        return "The redirect URL does not match the app's"
    return "" if query.get("response_type") == "code" else "response_type must be code"


@ROUTES.on("POST", "/oauth/token", open=True)
def token(box: Any, call: Call) -> Any:
    data = call.fields()
    app = box.store.get("app", "app")
    if (data.get("client_id"), data.get("client_secret")) != (app["client_id"], app["client_secret"]):
        raise Refusal(401, "Invalid client credentials", "Unauthorized")
    kinds = {"authorization_code": _by_code, "refresh_token": _by_refresh}
    grant = kinds.get(str(data.get("grant_type")))
    if not grant:
        raise _denied("grant_type must be authorization_code or refresh_token", "unsupported_grant_type")
    if data.get("user_type") not in (None, "", "Company", "Location"):
        raise unfit("user_type must be one of the following values: Company, Location")
    return issued(box, *grant(box, data))


def _by_code(box: Any, data: Record) -> tuple[str, str]:
    """(scopes, place) of it."""
    held = box.store.drop("codes", str(data.get("code", "")))
    if not held or held["until"] < box.clock():
        raise _denied("Invalid grant: authorization code is invalid")
    if data.get("redirect_uri", held["redirect_uri"]) != held["redirect_uri"]:
        raise _denied("Invalid grant: redirect_uri does not match")
    return _fitting(held, data)


def _by_refresh(box: Any, data: Record) -> tuple[str, str]:
    held = box.store.get("refreshes", str(data.get("refresh_token", "")))
    if not held or held["used"] or held["until"] < box.clock():
        raise _denied("Invalid grant: refresh token is invalid")
    found = _fitting(held, data)
    box.store.put("refreshes", held | {"used": True})
    return found


def _fitting(held: Record, data: Record) -> tuple[str, str]:
    """Whoever names the kind of token names the right one."""
    place = held.get("place", LOCATION)
    if (data.get("user_type") or _kind(place)) != _kind(place):
        raise _denied("Invalid grant: user_type does not match")
    return held["scopes"], place


def _kind(place: str) -> str:
    return "Company" if place == COMPANY else "Location"


def issued(box: Any, scopes: str, place: str) -> Record:
    """New tokens of a location or the agency; the access token's record holds which."""
    seconds = box.settings["token_seconds"]
    access, refresh, number = secrets.token_urlsafe(48), secrets.token_urlsafe(48), secrets.token_hex(12)
    user = next(iter(box.store.tables["users"]), "")
    box.grant(access, "oauth", scopes, seconds, location_id=place)
    held = {"id": refresh, "scopes": scopes, "place": place, "used": False, "until": box.clock() + YEAR}
    box.store.put("refreshes", held)
    box.effect("oauth.token", number, {"scopes": scopes, "place": place})
    agency = place == COMPANY
    own = {"approveAllLocations": True, "installToFutureLocations": False} if agency else {"locationId": place}
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": seconds,
        "refresh_token": refresh,
        "refreshTokenId": number,
        "scope": scopes,
        "userType": _kind(place),
        "companyId": COMPANY,
        "approvedLocations": installs.ids(box) if agency else [place],
        "userId": user,
        "isBulkInstallation": agency,
        **own,
    }


@ROUTES.on("GET", "/oauth/installedLocations", scope="oauth.readonly", company=True)
def installed(box: Any, call: Call) -> Any:
    """The agency's locations with whether the app is in them; `isInstalled` leaves the others out."""
    query = _of_agency(call.query, "companyId", "appId")
    if query["appId"] != box.app_id():
        raise unfit("appId is unknown")
    wanted, only = query.get("query", "").lower(), query.get("isInstalled")
    rows = [row for row in installs.rows(box) if wanted in row["name"].lower()]
    rows = [row for row in rows if only not in ("true", "false") or row["isInstalled"] == (only == "true")]
    start, size = int(query.get("skip") or 0), int(query.get("limit") or 20)
    return {"locations": rows[start : start + size], "count": len(rows), "installToFutureLocations": False}


@ROUTES.on("POST", "/oauth/locationToken", scope="oauth.write", company=True)
def location_token(box: Any, call: Call) -> Any:
    data = _of_agency(call.fields(), "companyId", "locationId")
    place = data["locationId"]
    if place not in installs.ids(box):
        raise Refusal(400, "Location not found, or the app is not installed in it", "Bad Request")
    made = {**issued(box, call.token["scopes"], place), "appId": box.app_id(), "versionId": box.app_id()}
    left_out = {"refreshTokenId", "isBulkInstallation", "approvedLocations"}
    left_out |= set() if box.settings["location_refresh"] else {"refresh_token"}
    return {name: value for name, value in made.items() if name not in left_out}


def _of_agency(given: Record, *wanted: str) -> Record:
    missing = [f"{name} must be a string" for name in wanted if not given.get(name)]
    if missing:
        raise unfit(*missing)
    if given["companyId"] != COMPANY:
        raise Refusal(403, "The token does not have access to this company.", "Forbidden")
    return given
