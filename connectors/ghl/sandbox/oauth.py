"""Signing in: the page where a person picks a sub-account, the codes and the tokens. A refresh token works once."""

import secrets
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.ghl.sandbox.box import COMPANY, LOCATION, SCOPES
from connectors.ghl.sandbox.refusals import Refusal
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call, html

Record = dict[str, Any]
CODE_SECONDS = 600
YEAR = 365 * 86_400
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Choose a location</title>
<body><h1>Choose a location</h1><p>The app asks for: {scopes}</p>
<form method="post"><input type="hidden" name="location" value="{location}"><button>{name}</button></form>
</body></html>"""


def _denied(message: str, error: str = "invalid_grant") -> Refusal:
    return Refusal(400, message, error, error_description=message)


@ROUTES.on("GET", "/v2/oauth/chooselocation", open=True)
@ROUTES.on("GET", "/oauth/chooselocation", open=True)
def choose(box: Any, call: Call) -> Answer:
    problem = _problem(box, call.query)
    if problem:
        return html(400, f"<!doctype html><title>Error</title><h1>{escape(problem)}</h1>")
    name = box.store.get("locations", LOCATION)["name"]
    scopes = escape(call.query.get("scope") or SCOPES)
    return html(200, PAGE.format(scopes=scopes, location=LOCATION, name=escape(name)))


@ROUTES.on("POST", "/v2/oauth/chooselocation", open=True)
@ROUTES.on("POST", "/oauth/chooselocation", open=True)
def chosen(box: Any, call: Call) -> Answer:
    """Sends the person back with a code, and the state if there was one."""
    problem = _problem(box, call.query)
    if problem:
        return html(400, f"<!doctype html><title>Error</title><h1>{escape(problem)}</h1>")
    scopes = " ".join(call.query.get("scope", "").split()) or SCOPES
    code = secrets.token_hex(20)
    held = {
        "id": code,
        "scopes": scopes,
        "redirect_uri": call.query["redirect_uri"],
        "until": box.clock() + CODE_SECONDS,
    }
    box.store.put("codes", held)
    back = {"code": code} | ({"state": call.query["state"]} if call.query.get("state") else {})
    return html(302, "", Location=f"{call.query['redirect_uri']}?{urlencode(back)}")


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
    return _issued(box, grant(box, data))


def _by_code(box: Any, data: Record) -> str:
    held = box.store.drop("codes", str(data.get("code", "")))
    if not held or held["until"] < box.clock():
        raise _denied("Invalid grant: authorization code is invalid")
    if data.get("redirect_uri", held["redirect_uri"]) != held["redirect_uri"]:
        raise _denied("Invalid grant: redirect_uri does not match")
    return held["scopes"]


def _by_refresh(box: Any, data: Record) -> str:
    held = box.store.get("refreshes", str(data.get("refresh_token", "")))
    if not held or held["used"] or held["until"] < box.clock():
        raise _denied("Invalid grant: refresh token is invalid")
    box.store.put("refreshes", held | {"used": True})
    return held["scopes"]


def _issued(box: Any, scopes: str) -> Record:
    seconds = box.settings["token_seconds"]
    access, refresh, number = secrets.token_urlsafe(48), secrets.token_urlsafe(48), secrets.token_hex(12)
    user = next(iter(box.store.tables["users"]), "")
    box.grant(access, "oauth", scopes, seconds)
    box.store.put("refreshes", {"id": refresh, "scopes": scopes, "used": False, "until": box.clock() + YEAR})
    box.effect("oauth.token", number, {"scopes": scopes})
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": seconds,
        "refresh_token": refresh,
        "refreshTokenId": number,
        "scope": scopes,
        "userType": "Location",
        "locationId": LOCATION,
        "companyId": COMPANY,
        "approvedLocations": [LOCATION],
        "userId": user,
        "isBulkInstallation": False,
    }
