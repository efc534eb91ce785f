"""The social planner: its posts' own tags (contacts have others), and how the accounts did."""

from typing import Any

from connectors import fields as f
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, LOCATION_PATH, LOCATION_QUERY, resource, sample
from connectors.notation import get, post
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request

PLATFORMS = ("facebook", "instagram", "linkedin", "google", "pinterest", "youtube", "tiktok")
NAMES = {"linkedin": "LinkedIn", "youtube": "YouTube", "tiktok": "TikTok"}
tags = {"tags": [sample("social_tag")], "count": 1}


def results(answer: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What came, out of its envelope."""
    return dict((answer or {}).get("results") or {})


OPERATIONS = resource(
    "social",
    "/social-media-posting",
    get(
        "list_tags",
        "/{locationId}/tags",
        "List tags of social posts",
        LOCATION_PATH,
        f.text("searchText", "A part of the tag.", label="Search"),
        f.integer("limit", "At most so many.", default=10, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        sample=tags,
        read=results,
        scopes="socialplanner/tag.readonly",
        help="Tags of the social planner's posts. Those of contacts are another list: List tags.",
        words=("tag driven sync",),
    ),
    post(
        "get_tags",
        "/{locationId}/tags/details",
        "Get tags of social posts by ID",
        LOCATION_PATH,
        f.choices("tagIds", "One or more tags.", source="social_tags", label="Tags", required=True),
        reads=True,
        sample=tags,
        read=results,
        scopes="socialplanner/tag.readonly",
        words=("tag details enrichment",),
    ),
    post(
        "statistics",
        "/statistics",
        "Get statistics of social accounts",
        LOCATION_QUERY,
        f.choices("profileIds", "One or more accounts.", source="social_accounts", label="Accounts", required=True),
        f.choices(
            "platforms",
            "Left empty, all.",
            choices=tuple((name, NAMES.get(name, name.title())) for name in PLATFORMS),
            more=True,
        ),
        reads=True,
        sample=sample("social_statistics"),
        read=results,
        scopes="socialplanner/statistics.readonly",
        help="The last seven days, beside the seven before. HighLevel names days of the week, not dates.",
        words=("statistics based updates", "analytics"),
    ),
    version=DATED,
    source="social-media-posting.json",
    object="social post",
    words=("social planner",),
)


def _accounts(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    path = f"/social-media-posting/{odd.location(context)}/accounts"
    response = yield from ask(Request("GET", path, headers=odd.VERSION), explain, "list the social accounts")
    rows = results(response.json, {}).get("accounts") or []
    return [Choice(r["profileId"], r.get("name", ""), r.get("platform", "")) for r in rows if r.get("profileId")]


def _tags(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    path = f"/social-media-posting/{odd.location(context)}/tags"
    request = Request("GET", path, query={"limit": "100", "skip": "0"}, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the tags of social posts")
    rows = results(response.json, {}).get("tags") or []
    return [Choice(r["_id"], r.get("tag") or r["_id"]) for r in rows if r.get("_id")]


CHOICES = {one.key: one for one in (Choices("social_accounts", _accounts), Choices("social_tags", _tags))}
