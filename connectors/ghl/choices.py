"""Live lists for the forms."""

from collections.abc import Iterable
from typing import Any

from connectors.ghl import odd, odd_businesses, properties
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, DATED_CALENDARS
from connectors.notation import fill
from connectors.pages import ask, by_offset, walk
from connectors.pages import listed as items
from connectors.spec import Choice, Choices, Context, Conversation, Request


def listed(
    path: str, key: str, context: Context, *, dated: str = DATED, **query: str
) -> Conversation[list[dict[str, Any]]]:
    """The records below a key of a list of the location."""
    where = {"locationId": odd.location(context)} if "{location}" not in path else {}
    headers = {"Version": dated}
    request = Request("GET", path.format(location=odd.location(context)), query={**where, **query}, headers=headers)
    response = yield from ask(request, explain, f"list the {key}")
    return list((response.json or {}).get(key) or [])


def pipelines(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/opportunities/pipelines", "pipelines", context)
    return _chosen(found)


def stages(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """Of the pipeline chosen; of all, with the pipeline as a hint, while none is."""
    wanted = next((inputs[name] for name in ("pipelineId", "pipeline", "pipeline_id") if inputs.get(name)), "")
    found = yield from listed("/opportunities/pipelines", "pipelines", context)
    ours = [p for p in found if p.get("id") == wanted] or ([] if wanted else found)
    return [Choice(s["id"], s.get("name", ""), "" if wanted else p.get("name", "")) for p in ours for s in _stages(p)]


def users(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/users/", "users", context)
    return [Choice(u["id"], _name(u), u.get("email") or "") for u in found if u.get("id")]


def tags(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """Tags are known by name everywhere but here."""
    found = yield from listed("/locations/{location}/tags", "tags", context)
    return [
        Choice(t["name"], t["name"]) for t in sorted(found, key=lambda t: str(t.get("name")).lower()) if t.get("name")
    ]


def lost_reasons(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/opportunities/lost-reason", "lostReasons", context)
    return _chosen(found)


def calendars(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/calendars/", "calendars", context, dated=DATED_CALENDARS)
    return _chosen(found)


def calendar_groups(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/calendars/groups", "groups", context, dated=DATED_CALENDARS)
    return _chosen(found)


def businesses(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from odd_businesses.everyone(context)
    return _chosen(found)


def contacts(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """The newest hundred; any other comes from an earlier step, or by its ID."""
    body = {"locationId": odd.location(context), "pageLimit": 100, "page": 1}
    sort = {"sort": [{"field": "dateAdded", "direction": "desc"}], "filters": []}
    request = Request("POST", "/contacts/search", json={**body, **sort}, headers={"Version": DATED}, reads=True)
    response = yield from ask(request, explain, "list the contacts")
    found = [one for one in (response.json or {}).get("contacts") or [] if one.get("id")]
    return [Choice(one["id"], one.get("contactName") or _name(one), one.get("email") or "") for one in found]


def invoices(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """The newest hundred."""
    found = yield from listed_of("/invoices/", "invoices", context, sortField="issueDate", sortOrder="descend")
    return [Choice(one["_id"], _paper(one, "invoiceNumber"), str(one.get("status") or "")) for one in found]


def estimates(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """The first hundred."""
    found = yield from listed_of("/invoices/estimate/list", "estimates", context)
    return [Choice(one["_id"], _paper(one, "estimateNumber"), str(one.get("estimateStatus") or "")) for one in found]


def named(path: str, key: str) -> Any:
    """Papers that are known by their names."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from listed_of(path, key, context)
        return [Choice(one["_id"], one.get("name") or one["_id"]) for one in found]

    return load


def sold(path: str) -> Any:
    """Orders, transactions or subscriptions, the newest hundred."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from listed_of(path, "data", context)
        return [Choice(one["_id"], _sale(one), str(one.get("createdAt") or "")[:10]) for one in found]

    return load


def _sale(record: dict[str, Any]) -> str:
    what = f"{record.get('amount')} {record.get('currency')}"
    status = record.get("status")
    return " · ".join(
        part for part in (record.get("contactName"), what, status if isinstance(status, str) else "") if part
    )


def coupons(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed_of("/payments/coupon/list", "data", context)
    return [Choice(one["_id"], one.get("name") or one["_id"], one.get("code") or "") for one in found]


def products(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/products/", "products", context, limit="100", offset="0")
    return [Choice(one["_id"], one.get("name") or one["_id"]) for one in found if one.get("_id")]


def prices(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """Of the product chosen; none while there is none."""
    if not inputs.get("productId"):
        return []
    path = fill("/products/{id}/price", {"id": inputs["productId"]})
    found = yield from listed(path, "prices", context, limit="100", offset="0")
    return [Choice(one["_id"], f"{one.get('name')}: {one.get('amount')} {one.get('currency')}") for one in found]


def reviews(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    """The newest hundred."""
    found = yield from listed_of("/products/reviews", "data", context, sortField="createdAt", sortOrder="desc")
    return [Choice(one["_id"], one.get("headline") or one["_id"], str(one.get("status") or "")) for one in found]


def message_templates(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from listed("/locations/{location}/templates", "templates", context, originId=odd.location(context))
    return _chosen(found)


def listed_of(path: str, key: str, context: Context, **query: str) -> Conversation[list[dict[str, Any]]]:
    """The first hundred records of the lists that know a location as `altId`."""
    kind = {} if path == "/payments/orders" else {"altType": "location"}
    asked = {"altId": odd.location(context), **kind, "limit": "100", "offset": "0", **query}
    response = yield from ask(Request("GET", path, query=asked, headers=odd.VERSION), explain, "list them")
    return [one for one in (response.json or {}).get(key) or [] if isinstance(one, dict) and one.get("_id")]


def _paper(record: dict[str, Any], number: str) -> str:
    who = (record.get("contactDetails") or {}).get("name") or ""
    return " · ".join(str(part) for part in (record.get(number), record.get("name"), who) if part)


def automations(plural: str) -> Any:
    """Workflows or campaigns; a draft is told by its hint, since nothing happens in it."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from listed(f"/{plural}/", plural, context)
        return [
            Choice(one["id"], one.get("name") or one["id"], one.get("status") or "") for one in found if one.get("id")
        ]

    return load


def paged(plural: str) -> Any:
    """Forms or surveys: HighLevel gives fifty at a time."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        query = {"locationId": odd.location(context), "limit": 50, "skip": 0}
        request = Request("GET", f"/{plural}/", query=query, headers=odd.VERSION)
        found = yield from walk(request, explain, f"list the {plural}", items(plural), by_offset(50))
        return _chosen(found)

    return load


def fields_of(model: str, only: str = "") -> Any:
    """Of one kind alone, when `only` names it."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        found = yield from listed("/locations/{location}/customFields", "customFields", context, model=model)
        return [
            Choice(c["id"], c.get("name", ""), properties.told(c) or c.get("fieldKey", ""))
            for c in found
            if c.get("id") and only in ("", c.get("dataType"))
        ]

    return load


def _chosen(found: Iterable[dict[str, Any]]) -> list[Choice]:
    return [Choice(item["id"], item.get("name") or item["id"]) for item in found if item.get("id")]


def _stages(pipeline: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for s in pipeline.get("stages") or [] if isinstance(s, dict) and s.get("id")]


def _name(user: dict[str, Any]) -> str:
    return user.get("name") or f"{user.get('firstName', '')} {user.get('lastName', '')}".strip() or str(user["id"])


LOADERS = {
    "pipelines": pipelines,
    "stages": stages,
    "users": users,
    "tags": tags,
    "lost_reasons": lost_reasons,
    "calendars": calendars,
    "calendar_groups": calendar_groups,
    "businesses": businesses,
    "contacts": contacts,
    "invoices": invoices,
    "invoice_schedules": named("/invoices/schedule", "schedules"),
    "invoice_templates": named("/invoices/template", "data"),
    "estimate_templates": named("/invoices/estimate/template", "data"),
    "estimates": estimates,
    "orders": sold("/payments/orders"),
    "transactions": sold("/payments/transactions"),
    "subscriptions": sold("/payments/subscriptions"),
    "coupons": coupons,
    "products": products,
    "prices": prices,
    "product_collections": named("/products/collections", "data"),
    "product_reviews": reviews,
    "message_templates": message_templates,
    "workflows": automations("workflows"),
    "campaigns": automations("campaigns"),
    "forms": paged("forms"),
    "surveys": paged("surveys"),
    "custom_fields": fields_of("contact"),
    "file_fields": fields_of("contact", "FILE_UPLOAD"),
    "opportunity_custom_fields": fields_of("opportunity"),
}
CHOICES = {key: Choices(key, load) for key, load in LOADERS.items()}
