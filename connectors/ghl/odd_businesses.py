"""What a declaration of businesses can't say."""

from typing import Any

from connectors.ghl import bulk, odd
from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION, location
from connectors.notation import Values
from connectors.pages import by_offset, listed, walk
from connectors.spec import Context, Conversation, Request

PAGE = 100


def spelt(answer: Any, values: Values) -> Values:
    """HighLevel writes `buiseness`; an answer that spells it right is understood as well."""
    return {"business": answer.get("buiseness") or answer.get("business") or {}}


def everyone(context: Context) -> Conversation[list[Values]]:
    """All businesses of the location."""
    query = {"locationId": location(context), "limit": PAGE, "skip": 0}
    request = Request("GET", "/businesses/", query=query, headers=VERSION)
    return (yield from walk(request, explain, "list the businesses", listed("businesses"), by_offset(PAGE), whole=True))


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
