"""What a declaration of users can't say."""

import secrets

from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION, counted, location, read
from connectors.notation import Values
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request


def search(values: Values, context: Context) -> Conversation[Values]:
    """HighLevel wants the company's id; a connection that was never tested looks it up with its location."""
    company = context.account.settings.get("company_id")
    if not company:
        place = yield from read(f"/locations/{location(context)}", "location", context)
        company = place.get("companyId", "")
    query = {
        "companyId": company,
        "locationId": location(context),
        "query": values.get("query") or None,
        "limit": "100",
    }
    response = yield from ask(Request("GET", "/users/search", query=query, headers=VERSION), explain, "search users")
    return counted("users", response.json or {})


def in_this_location(values: Values, context: Context) -> Values:
    """Of a user: works here, when nothing else was said."""
    values["locationIds"] = values.get("locationIds") or [location(context)]
    return values


def with_password(body: Values) -> Values:
    """HighLevel demands one of a new user; a random one that nobody is told opens nothing."""
    return {**body, "password": f"{secrets.token_urlsafe(24)}aA1!"}


def made(answer: Values, values: Values) -> Values:
    """Without the password, should HighLevel repeat it."""
    return {"user": {name: value for name, value in answer.items() if name != "password"}}


def find(values: Values, context: Context) -> Conversation[list[Values]]:
    """Users with exactly this e-mail address."""
    email = str(values.get("email") or "").strip().lower()
    found = yield from search({"query": email}, context)
    return [{"user": one} for one in found["users"] if str(one.get("email", "")).lower() == email]
