"""The social planner, as far as it is read: accounts, tags of posts, how the accounts did in the last seven days."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.search import size_of
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.times import identity
from connectors.sandbox_kit.doings import Unfit
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
HOME = "/social-media-posting/{locationId}"
TAGS = ("summer sale", "bakery", "open day")
ACCOUNTS = (("facebook", "Brightwater on Facebook"), ("instagram", "Brightwater on Instagram"))
DAYS = {
    "facebook": {"posts": (1, 0, 1, 0, 1, 0, 0), "impressions": (400, 310, 620, 280, 760, 320, 270)},
    "instagram": {"posts": (0, 1, 0, 1, 0, 1, 0), "impressions": (210, 340, 180, 420, 260, 510, 120)},
}
"""Of each account, oldest first; the rest follows from it."""
FOLLOWERS = {"facebook": 830, "instagram": 1410}
ASKED: Shape = {"profileIds": "texts*", "platforms": "texts"}


def plant(box: Any) -> None:
    for name in TAGS:
        add_tag(box, name)
    for platform, name in ACCOUNTS:
        ids = {"id": identity("account", platform), "profileId": identity("profile", platform)}
        own = {"oauthId": identity("oauth", platform), "name": name, "platform": platform, "type": "page"}
        box.store.put("social_accounts", {**ids, **own, "isExpired": False, "meta": {}})


def add_tag(box: Any, name: str) -> Record:
    """A person writes it below a post."""
    if any(row["tag"] == name for row in box.store.rows("social_tags")):
        raise Unfit({"tag": f"There is a tag {name} already."})
    own = {"tag": name, "locationId": box.location(), "createdBy": identity("user", "Maren"), "deleted": False}
    times = {"createdAt": box.now(), "updatedAt": box.now()}
    return box.store.put("social_tags", {"id": box.new_id("social_tags"), **own, **times})


def _told(results: Record, status: int = 200) -> Answer:
    return Answer(status, {"success": True, "statusCode": status, "message": "Done", "results": results})


def _tag(row: Record) -> Record:
    return {"_id": row["id"], **{name: value for name, value in row.items() if name != "id"}}


@ROUTES.on("GET", f"{HOME}/tags", scope="socialplanner/tag.readonly")
def tags(box: Any, call: Call) -> Answer:
    limit, skip = (call.query.get(name) or usual for name, usual in (("limit", "10"), ("skip", "0")))
    if not limit.isdigit() or not skip.isdigit():
        raise refusals.unfit("limit and skip must be number strings")
    wanted = (call.query.get("searchText") or "").lower()
    rows = [row for row in box.store.rows("social_tags") if wanted in row["tag"] and not row["deleted"]]
    part = rows[int(skip) : int(skip) + size_of(int(limit), "limit", 100)]
    return _told({"tags": [_tag(row) for row in part], "count": len(rows)})


@ROUTES.on("POST", f"{HOME}/tags/details", scope="socialplanner/tag.readonly")
def details(box: Any, call: Call) -> Answer:
    wanted = checked(call.fields(), {"tagIds": "texts*"})["tagIds"]
    found = [row for one in wanted if (row := box.store.get("social_tags", one))]
    return _told({"tags": [_tag(row) for row in found], "count": len(found)}, 201)


@ROUTES.on("GET", f"{HOME}/accounts", scope="socialplanner/account.readonly")
def accounts(box: Any, call: Call) -> Answer:
    return _told({"accounts": box.store.rows("social_accounts"), "groups": []})


@ROUTES.on("POST", "/social-media-posting/statistics", scope="socialplanner/statistics.readonly", place="query")
def statistics(box: Any, call: Call) -> Answer:
    asked = checked(call.fields(), ASKED)
    if not asked["profileIds"]:
        raise refusals.unfit("profileIds must contain at least 1 elements")
    only = asked.get("platforms") or list(DAYS)
    chosen = [row for row in box.store.rows("social_accounts") if row["profileId"] in asked["profileIds"]]
    return Answer(201, {"results": _results(box, [row["platform"] for row in chosen if row["platform"] in only])})


def _results(box: Any, platforms: list[str]) -> Record:
    today = datetime.fromtimestamp(box.clock(), UTC)
    posts = {one: list(DAYS[one]["posts"]) for one in platforms}
    shown = {one: DAYS[one]["impressions"] for one in platforms}
    impressions = [sum(day) for day in zip(*shown.values(), strict=True)] or [0] * 7
    likes, comments = [n // 80 for n in impressions], [n // 320 for n in impressions]
    followers = sum(FOLLOWERS[one] for one in platforms)
    return {
        "dayRange": [(today - timedelta(days=back)).strftime("%a") for back in range(7, 0, -1)],
        "totals": {
            "posts": sum(map(sum, posts.values())),
            "likes": sum(likes),
            "followers": followers,
            "impressions": sum(impressions),
            "comments": sum(comments),
        },
        "postPerformance": {"posts": posts, "impressions": impressions, "likes": likes, "comments": comments},
        "breakdowns": {
            "posts": _share({one: sum(days) for one, days in posts.items()}, 20),
            "impressions": _share({one: sum(days) for one, days in shown.items()}, 8),
            "reach": _share({one: sum(days) * 3 // 5 for one, days in shown.items()}, 5),
            "engagement": {one: _engaged(sum(days)) for one, days in shown.items()},
        },
    }


def _share(values: dict[str, int], change: int) -> Record:
    platforms = {one: {"value": value, "change": change} for one, value in values.items()}
    return {"total": sum(values.values()), "totalChange": change, "platforms": platforms}


def _engaged(impressions: int) -> Record:
    return {"likes": impressions // 80, "comments": impressions // 320, "shares": impressions // 900, "change": 10}
