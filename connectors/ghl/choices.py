"""Live lists for the forms."""

from collections.abc import Iterable
from typing import Any

from connectors.ghl import odd, odd_businesses, properties
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, DATED_CALENDARS
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
    wanted = inputs.get("pipelineId") or inputs.get("pipeline")
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
    "workflows": automations("workflows"),
    "campaigns": automations("campaigns"),
    "forms": paged("forms"),
    "surveys": paged("surveys"),
    "custom_fields": fields_of("contact"),
    "file_fields": fields_of("contact", "FILE_UPLOAD"),
    "opportunity_custom_fields": fields_of("opportunity"),
}
CHOICES = {key: Choices(key, load) for key, load in LOADERS.items()}
