"""Lists of HighLevel's invoices, payments and products, which know a location by other names and tell their totals; and
what a lost answer left in them."""

from collections.abc import Callable
from typing import Any

from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION, location
from connectors.notation import Find, Values
from connectors.pages import ask, whole
from connectors.spec import Context, Conversation, Request, Response

PAGE = 100
WITH_CONTACT = ("/invoices/", "/invoices/estimate/list")
"""Lists that can be asked for one contact's."""


def place(context: Context) -> Values:
    """Whose invoices, as these calls want it."""
    return {"altId": location(context), "altType": "location"}


def here(context: Context) -> Values:
    """The same, as products want it."""
    return {"locationId": location(context)}


def one(path: str, name: str, what: str, query: Values | None = None) -> Conversation[Values]:
    response = yield from ask(Request("GET", path, query=query or {}, headers=VERSION), explain, what)
    found = response.json or {}
    return dict(found.get(name) or {}) if name else dict(found)


def every(path: str, key: str, what: str, query: Values, cap: int = 50) -> Conversation[list[Values]]:
    """All rows of a list that tells its total. Raises Refused where there are more than can be read."""

    def page(at: int) -> Conversation[tuple[list[Values], bool]]:
        request = Request("GET", path, query={**query, "limit": PAGE, "offset": at}, headers=VERSION)
        response = yield from ask(request, explain, what)
        rows = rows_of(key)(response)
        return rows, following(request, response, rows) is not None

    return (yield from whole(page, lambda row: str(row.get("_id") or row.get("id") or row), cap))


def rows_of(key: str) -> Callable[[Response], list[Values]]:
    return lambda response: [row for row in (response.json or {}).get(key) or [] if isinstance(row, dict)]


def following(request: Request, response: Response, page: list[Any]) -> Request | None:
    """The next page; these lists tell how many there are, and may give fewer at once than they were asked for. One
    that tells no number goes on while its pages are full."""
    seen, total = int(request.query["offset"]) + len(page), total_of(response.json or {})
    if not page or (seen >= total if total else len(page) < int(request.query["limit"])):
        return None
    return Request("GET", request.path, query={**request.query, "offset": seen}, headers=request.headers)


def total_of(answer: Values) -> int:
    """Lists spell it `total` or `totalCount`, as a number or as a list with one."""
    found = answer.get("total", answer.get("totalCount", 0))
    found = found[0] if isinstance(found, list) and found else found
    found = found.get("total") if isinstance(found, dict) else found
    return int(found or 0)


def bears(record: Values, context: Context) -> bool:
    return bool(context.marker) and str(record.get("name") or "").endswith(f"(ref {context.marker})")


def bearing(path: str, key: str, what: str, shape: Callable[[Values], Values] = lambda row: row) -> Find:
    """Finds the papers whose names end with our reference."""

    def find(values: Values, context: Context) -> Conversation[list[Values]]:
        contact = (values.get("contactDetails") or {}).get("id") or values.get("contactId")
        only = {"contactId": contact} if contact and path in WITH_CONTACT else {}
        found = yield from every(path, key, f"look for the {what}", {**place(context), **only})
        return [shape(row) for row in found if bears(row, context)]

    return find
