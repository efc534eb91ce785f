"""How a connection is made, and what it turns out to be."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors import auth
from connectors import fields as f
from connectors.errors import Forbidden, Misconfigured, NotFound
from connectors.fields import Field
from connectors.ghl import choices, odd
from connectors.ghl.answers import HOST, explain
from connectors.notation import fill
from connectors.pages import ask
from connectors.spec import Account, Context, Conversation, Identity, Method, Request

ADDRESS = Field(
    "base_url",
    "url",
    "Address",
    f"Leave it at {HOST}, unless a proxy or a sandbox stands in between.",
    default=HOST,
    more=True,
    where="none",
)
PLACE = Field(
    "location_id",
    "text",
    "Location ID",
    "In HighLevel: Settings, Business Profile. It has some 20 letters and digits.",
    required=True,
    where="none",
)
TOKEN = Field(
    "token",
    "text",
    "Private integration token",
    "In HighLevel: Settings, Private Integrations. It begins with pit- and is shown only once. What only the agency "
    "may do wants a connection of its own, with a token made under the same menu of the agency view.",
    required=True,
    where="none",
)
APP = (
    f.text("client_id", "In the developer portal, under the app's client keys.", label="Client ID", required=True),
    f.text("client_secret", "Shown once, when the client key is made.", required=True),
    f.text("access_token", "From the app's installation.", required=True),
    f.text(
        "refresh_token",
        "From the app's installation. It works once; new ones come by themselves.",
        required=True,
    ),
    f.datetime(
        "expires_at", "When the access token ends; empty: it is changed for a new one at once.", label="Expires"
    ),
)

NOTHING = (
    "The token is right, but it may do nothing: tick at least contacts and opportunities in HighLevel, for a token of "
    "the agency the locations."
)
NOWHERE = "HighLevel has no location with this ID: copy it again from HighLevel, Settings, Business Profile."

METHODS = (
    Method(
        "token",
        "Private integration token",
        "Quick to set up: one token of one location. HighLevel sends it no webhooks, so changes are found by asking.",
        (PLACE, TOKEN, ADDRESS),
        secret=("token",),
        webhooks=False,
        renewal="In HighLevel: Settings, Private Integrations, your integration, “Rotate and expire this token later”. "
        "Both tokens work for 7 days then.",
        renew_days=90,
    ),
    Method(
        "app",
        "Marketplace app",
        "Your own app in HighLevel's marketplace: changes arrive at once, by webhook.",
        (*APP, PLACE, ADDRESS),
        secret=("client_secret", "access_token", "refresh_token"),
        webhooks=True,
        grants="granted",
    ),
)
SECRET = frozenset(name for method in METHODS for name in method.secret)


def account(method: str, given: Mapping[str, str]) -> Account:
    name = "access_token" if method == "app" else "token"
    place = given.get("location_id", "").strip()
    if not place.replace("-", "").replace("_", "").isalnum():
        raise Misconfigured("The location id is some 20 letters and digits: copy it again.", field="location_id")
    settings = {key: value for key, value in given.items() if key not in SECRET}
    return Account(
        _address(given.get("base_url", "")),
        auth.bearer(given.get(name, ""), name),
        secrets=tuple(value for key, value in given.items() if key in SECRET and value),
        settings={**settings, "location_id": place},
    )


def counted(account: Account) -> str:
    """HighLevel counts each app at each location; private tokens of one location are taken for one app."""
    facts = account.settings
    return f"{urlsplit(account.base_url).netloc}|{facts.get('location_id', '')}|{facts.get('client_id', 'private')}"


def _address(text: str) -> str:
    address = auth.base_url(text, HOST)
    host = urlsplit(address).hostname or ""
    if host.endswith(("gohighlevel.com", "msgsndr.com")) or host.startswith("app."):
        raise Misconfigured(f"{host} is where people sign in; the API's address is {HOST}.", field="base_url")
    return address


def test(context: Context) -> Conversation[Identity]:
    """Who the token speaks for. A permission that is missing is told, not held against it, as long as one works."""
    missing: list[str] = []
    place: Mapping[str, str] = {}
    try:
        place = yield from odd.read(fill("/locations/{id}", {"id": odd.location(context)}), "location", context)
    except NotFound as gone:
        raise Misconfigured(NOWHERE, field="location_id") from gone
    except Forbidden:
        missing.append("locations.readonly")
    try:
        contacts = yield from _contacts(context, missing)
        yield from _pipelines(context, missing)
    except Misconfigured:
        if not place:
            raise
        contacts = None  # an agency's token reads its location and nothing in it
        missing += ["contacts.readonly", "opportunities.readonly"]
    if len(missing) == 3:
        raise Forbidden(NOTHING)
    return Identity(
        name=place.get("name") or f"Location {odd.location(context)}",
        detail="" if contacts is None else _counted(contacts),
        version=odd.VERSION["Version"],
        record_id=odd.location(context),
        settings=_settings(place),
        missing=tuple(missing),
    )


def _contacts(context: Context, missing: list[str]) -> Conversation[int | None]:
    body = {"locationId": odd.location(context), "pageLimit": 1}
    request = Request("POST", "/contacts/search", json=body, headers=odd.VERSION, reads=True)
    try:
        response = yield from ask(request, explain, "count the contacts")
    except Forbidden:
        missing.append("contacts.readonly")
        return None
    return int((response.json or {}).get("total") or 0)


def _pipelines(context: Context, missing: list[str]) -> Conversation[None]:
    try:
        yield from choices.listed("/opportunities/pipelines", "pipelines", context)
    except Forbidden:
        missing.append("opportunities.readonly")


def _counted(contacts: int) -> str:
    return "1 contact" if contacts == 1 else f"{contacts:,} contacts"


def _settings(place: Mapping[str, str]) -> dict[str, str]:
    names = {"company_id": "companyId", "company": "name", "timezone": "timezone", "country": "country"}
    return {ours: str(place[theirs]) for ours, theirs in names.items() if place.get(theirs)}


refresh = auth.refresher("/oauth/token", user_type="Location")
tokens = auth.new_tokens
