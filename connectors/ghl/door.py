"""HighLevel's own page for granting access, for one location or a whole agency.

Source: apps/oauth.json and docs/oauth/Authorization.md of its API documents, read 2026-11-22. The document leaves
`user_type` to whoever asks: with a code nobody knows yet whether a location's or an agency's tokens come, so it is left
out, and `userType` of the answer says. A refresh names it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import auth, pages
from connectors.doors import Agency, Door, Place, Places
from connectors.errors import Misconfigured, Refused, SignedOut
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.spec import Account, Context, Conversation, Request, Response, Sighting

SPENT = (
    "HighLevel doesn't accept this sign-in any more: it was used already, or too many minutes went by. Sign in again."
)
KEYS = "HighLevel knows no app with this client ID and secret. Copy both from the app's settings."
NOT_THERE = (
    "The app is not in this location any more, or the agency did not approve it: install it there in HighLevel's "
    "marketplace, then try again."
)
GONE = (
    "HighLevel no longer gives access to this agency: the app was taken out there, or its keys were changed. Install "
    "it there again, then sign in again here."
)
LOCATION, COMPANY = "location_id", "company_id"


def exchange(fields: Mapping[str, str], code: str, redirect_uri: str) -> Request:
    form = {"client_id": fields["client_id"], "client_secret": fields["client_secret"]}
    form |= {"grant_type": "authorization_code", "code": code}
    return Request("POST", "/oauth/token", form=form | ({"redirect_uri": redirect_uri} if redirect_uri else {}))


def entered(response: Response) -> dict[str, str]:
    """With the location's id, or the agency's when its tokens came."""
    answer = response.json if isinstance(response.json, dict) else {}
    if response.status == 401 or "client" in str(answer.get("error", "")).lower():
        raise Misconfigured(KEYS, field="client_secret")
    if response.status in (400, 403, 422):
        raise SignedOut(SPENT)
    tokens = auth.new_tokens(response)
    place, company = str(answer.get("locationId") or ""), str(answer.get("companyId") or "")
    if place and answer.get("userType") != "Company":
        return {**tokens, LOCATION: place}
    if not company:
        raise Refused("HighLevel didn't say which location or agency was chosen. Sign in again, and choose one there.")
    return {**tokens, COMPANY: company}


def account(fields: Mapping[str, str]) -> Account:
    """The agency itself."""
    secrets = tuple(value for name in SECRET if (value := fields.get(name)))
    headers = auth.bearer(fields.get("access_token", ""), "access_token")
    return Account(fields["base_url"], headers, secrets, {name: fields[name] for name in ("client_id", COMPANY)})


def places(words: str, skip: int, most: int, context: Context) -> Conversation[Places]:
    query = {**_agency(context), "appId": _app(context), "isInstalled": "true", "skip": str(skip), "limit": str(most)}
    query |= {"query": words} if words else {}
    request = Request("GET", "/oauth/installedLocations", query=query, headers=odd.VERSION)
    response = yield from pages.ask(request, explain, "list the agency's locations")
    rows = pages.listed("locations")(response)
    found = tuple(_place(row) for row in rows if row.get("_id") and row.get("isInstalled") is not False)
    return Places(found, int((response.json or {}).get("count") or len(found)), len(rows) >= most)


def enter(place: str, context: Context) -> Conversation[dict[str, str]]:
    """The document's answer has no refresh token, the service's has (issue 285 of its documents): taken when there."""
    form = {**_agency(context), "locationId": place}
    request = Request("POST", "/oauth/locationToken", form=form, headers=odd.VERSION, reads=True)
    response = yield request
    if response.status in (400, 404, 422):
        raise Refused(NOT_THERE)
    try:
        explain(request, response, "get a token of the location")
    except SignedOut as refused:
        raise SignedOut(GONE) from refused
    return {**auth.new_tokens(response), LOCATION: place}


def left(sighting: Sighting, facts: Mapping[str, str], since: datetime | None) -> bool:
    """Out of one location, or of the whole agency: then no location is named. What was told before there were these
    tokens is past."""
    told = sighting.data
    moment = _moment(str(sighting.values.get("told_at", "")).partition(" ")[0])
    past = bool(since and moment and moment < since)
    if past or told.get("appId") not in (None, facts.get("client_id", "").split("-")[0]):
        return False
    if place := told.get("locationId"):
        return bool(place == facts.get(LOCATION))
    return bool(told.get("companyId")) and told.get("companyId") == facts.get(COMPANY)


def _moment(text: str) -> datetime | None:
    """None where it tells no moment for certain: then it is now."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _place(row: Mapping[str, Any]) -> Place:
    return Place(str(row["_id"]), str(row.get("name") or row["_id"]), str(row.get("address") or ""))


def _agency(context: Context) -> dict[str, str]:
    return {"companyId": str(context.account.settings[COMPANY])}


def _app(context: Context) -> str:
    return str(context.account.settings["client_id"]).split("-")[0]


SECRET = ("client_secret", "access_token", "refresh_token")
DOOR = Door(
    page="https://marketplace.gohighlevel.com/v2/oauth/chooselocation",
    path="/v2/oauth/chooselocation",
    hosts=("marketplace.gohighlevel.com", "marketplace.leadconnectorhq.com"),
    exchange=exchange,
    entered=entered,
    leaving=frozenset(("UNINSTALL",)),
    left=left,
    agency=Agency(
        field=COMPANY,
        place=LOCATION,
        permissions=("oauth.readonly", "oauth.write"),
        secret=SECRET,
        account=account,
        places=places,
        enter=enter,
        renew=auth.refresher("/oauth/token", user_type="Company"),
    ),
)
