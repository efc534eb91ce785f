"""Who a token belongs to."""

from typing import Any

from connectors.errors import Forbidden, Misconfigured, NotFound, Refused
from connectors.invoice_ninja.answers import NO_API, explain
from connectors.invoice_ninja.named import FACT, fact
from connectors.invoice_ninja.service import API, Record, call
from connectors.invoice_ninja.statics import statics
from connectors.pages import ask
from connectors.spec import Context, Conversation, Identity, Request, Response

WHAT = "connect to Invoice Ninja"


def test(context: Context) -> Conversation[Identity]:
    ping = yield from _ping()
    count = yield from _count()
    company = yield from _company()
    settings = company.get("settings") or {}
    currency, timezone = yield from _currency_and_zone(settings)
    own, key = str(company.get("id") or ""), str(company.get("company_key") or "")  # the first is alike on many servers
    names = ping.json if isinstance(ping.json, dict) else {}
    user = str(names.get("user_name") or "")
    facts = (("currency", currency), ("timezone", timezone), ("user", user), (FACT, fact(company) if company else ""))
    return Identity(
        name=str(names.get("company_name") or settings.get("name") or "Invoice Ninja"),
        detail=f"{count:,} {'client' if count == 1 else 'clients'}",
        version=ping.headers.get("x-app-version", ""),
        record_id=key or own,
        also=(own,) if key and own else (),
        settings={n: v for n, v in facts if v},
    )


def _ping() -> Conversation[Response]:
    """Every version 5 has it, so a server without it was asked under a wrong path."""
    try:
        response = yield from ask(Request("GET", f"{API}/ping"), explain, WHAT)
    except Misconfigured as wrong:
        raise Misconfigured(NO_API, field="base_url") from wrong
    return response


def _count() -> Conversation[int]:
    request = Request("GET", f"{API}/clients", query={"per_page": 1, "sort": "id|desc", "status": "active"})
    response = yield from ask(request, explain, "read the clients")
    meta = response.json.get("meta") or {} if isinstance(response.json, dict) else {}
    return int((meta.get("pagination") or {}).get("total") or 0)


def _company() -> Conversation[Record]:
    """Empty for a token that may not see it: it may still work on clients and invoices."""
    try:
        company = yield from call("POST", "/companies/current", "read the company", reads=True)
    except (Forbidden, NotFound):
        return {}
    return company


def _currency_and_zone(settings: Record) -> Conversation[tuple[str, str]]:
    """The company's ISO code, and the name of its time zone such as Europe/Berlin; empty where it tells none."""
    if not settings.get("currency_id"):
        return "", ""
    try:
        known = yield from statics("read the currencies")
    except (Forbidden, Refused):
        return "", ""
    return _of(known, "currencies", settings["currency_id"], "code"), _of(
        known, "timezones", settings.get("timezone_id"), "name"
    )


def _of(known: Record, listed: str, wanted: Any, name: str) -> str:
    return next((str(row.get(name) or "") for row in known.get(listed, ()) if str(row.get("id")) == str(wanted)), "")
