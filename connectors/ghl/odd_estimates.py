"""Estimates of HighLevel. None can be read by its ID: each is looked for in their list."""

from typing import Any

from connectors.errors import NotFound, Unclear
from connectors.ghl.odd import since
from connectors.ghl.odd_invoices import UNKNOWN
from connectors.ghl.odd_papers import whole
from connectors.ghl.paper_lists import bearing, every, one, place
from connectors.notation import Values
from connectors.spec import Context, Conversation

LIST = "/invoices/estimate/list"


def listed(context: Context, **only: str) -> Conversation[list[Values]]:
    return (yield from every(LIST, "estimates", "look at the estimates", {**place(context), **only}))


def read(values: Values, context: Context) -> Conversation[Values]:
    found = yield from listed(context)
    for row in found:
        if row.get("_id") == values.get("estimateId"):
            return row
    raise NotFound("HighLevel has no estimate with this ID: it may be deleted, or the ID is wrong.")


find_made = bearing(LIST, "estimates", "estimate")


def find_sent(values: Values, context: Context) -> Conversation[list[Values]]:
    """A draft was not sent; another was, if it was touched since the step began. Raises Unclear where nobody can
    tell."""
    drafts = yield from listed(context, status="draft")
    sent = yield from listed(context, status="sent")
    wanted = values.get("estimateId")
    ids = [{row.get("_id") for row in rows} for rows in (drafts, sent)]
    if wanted in ids[0] and wanted not in ids[1]:
        return []
    row = yield from read(values, context)
    if wanted in ids[0] or not since(row, context, "updatedAt", apart=0):
        raise Unclear(UNKNOWN)
    return [row]


def find_invoice(values: Values, context: Context) -> Conversation[list[Values]]:
    """Invoices of the estimate's contact and name that were made since the step began."""
    estimate = yield from read(values, context)
    contact = (estimate.get("contactDetails") or {}).get("id")
    query = {**place(context), **({"contactId": contact} if contact else {})}
    rows = yield from every("/invoices/", "invoices", "look for the invoice", query)
    ours = [row for row in rows if _of(row, estimate, contact) and since(row, context)]
    return [{"estimate": estimate, "invoice": row} for row in ours]


def _of(row: Values, estimate: Values, contact: Any) -> bool:
    return row.get("name") == estimate.get("name") and (row.get("contactDetails") or {}).get("id") == contact


def complete(body: Values) -> Values:
    """With what HighLevel demands even where there is nothing to say; what is sent at once names the location again."""
    body = whole(body)
    body["frequencySettings"] = {"enabled": False, "schedule": {}, **(body.get("frequencySettings") or {})}
    if not body.get("sentTo"):
        body.pop("sentTo", None)
    elif not body["sentTo"].get("email"):
        body["sentTo"] = {"email": [], **body["sentTo"]}
    return sending(body)


def preview(values: Values, context: Context) -> Conversation[Values]:
    """A template; the only call that gives one by its ID."""
    query = {**place(context), "templateId": str(values.get("templateId") or "")}
    return (yield from one("/invoices/estimate/template/preview", "", "look at the template first", query))


def template(body: Values) -> Values:
    return sending(whole(body))


def sending(body: Values) -> Values:
    if body.get("sendEstimateDetails"):
        body["sendEstimateDetails"] |= {name: body[name] for name in ("altId", "altType")}
    return body
