"""What a declaration of businesses can't say."""

from typing import Any

from connectors.ghl import bulk, odd
from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION, location
from connectors.notation import Values
from connectors.pages import ask, listed, whole
from connectors.spec import Context, Conversation, Request

PAGE, MOST = 100, 50


def spelt(answer: Any, values: Values) -> Values:
    """HighLevel writes `buiseness`; an answer that spells it right is understood as well."""
    return {"business": answer.get("buiseness") or answer.get("business") or {}}


def everyone(context: Context) -> Conversation[list[Values]]:
    """All businesses of the location."""

    def page(at: int) -> Conversation[tuple[list[Values], bool]]:
        query = {"locationId": location(context), "limit": PAGE, "skip": at}
        request = Request("GET", "/businesses/", query=query, headers=VERSION)
        rows = listed("businesses")((yield from ask(request, explain, "list the businesses")))
        return rows, len(rows) >= PAGE

    return (yield from whole(page, lambda row: str(row.get("id")), MOST))


def find(values: Values, context: Context) -> Conversation[list[Values]]:
    """Businesses of exactly this name that were made since the step began."""
    found = yield from everyone(context)
    return [{"business": one} for one in found if one.get("name") == values.get("name") and odd.since(one, context)]


def put_in(values: Values, context: Context) -> Conversation[Values]:
    return (yield from _moved({"businessId": str(values["businessId"])}, values, context))


def take_out(values: Values, context: Context) -> Conversation[Values]:
    """An operation of its own: an input that happens to be empty must never take anybody out of a business."""
    return (yield from _moved({"businessId": None}, values, context))


def _moved(where: Values, values: Values, context: Context) -> Conversation[Values]:
    return (yield from bulk.each("/contacts/bulk/business", "ids", where, _listed, values, context))


def _listed(answer: Values) -> dict[str, str]:
    return {str(one): "" for one in answer.get("ids") or []} if answer.get("success") else {}
