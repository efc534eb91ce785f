"""Who a token belongs to."""

from connectors.errors import Forbidden, Misconfigured, NotFound, Refused
from connectors.invoice_ninja.answers import NO_API, explain
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
    currency = yield from _currency(str(settings.get("currency_id") or ""))
    names = ping.json if isinstance(ping.json, dict) else {}
    return Identity(
        name=str(names.get("company_name") or settings.get("name") or "Invoice Ninja"),
        detail=f"{count:,} {'client' if count == 1 else 'clients'}",
        version=ping.headers.get("x-app-version", ""),
        record_id=str(company.get("id") or ""),
        settings={n: v for n, v in (("currency", currency), ("user", str(names.get("user_name") or ""))) if v},
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


def _currency(currency_id: str) -> Conversation[str]:
    if not currency_id:
        return ""
    try:
        known = yield from statics("read the currencies")
    except (Forbidden, Refused):
        return ""
    return next((str(c["code"]) for c in known.get("currencies", ()) if str(c["id"]) == currency_id), "")
