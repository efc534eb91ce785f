"""Lists that tell neither what changed nor when, and of which no webhook tells: tags, fields, pipelines and their like
are read whole and compared with the time before. What is new, other or gone starts a recipe."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.errors import NotFound
from connectors.frozen import Frozen
from connectors.ghl import choices, comparing, odd, odd_businesses
from connectors.ghl.answers import explain
from connectors.ghl.base import DATED, DATED_CALENDARS, sample
from connectors.notation import Outputs, outputs
from connectors.pages import ask, lapping
from connectors.spec import ANY, Context, Conversation, Request, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
NOISY = frozenset(("updatedAt", "dateUpdated", "version", "position", "traceId"))
"""Fields that move without anybody's doing."""
SOCIAL = 100
"""Tags of posts in a page."""
LOOKED_FOR = "No webhook tells of it: Recette reads the whole list every 1 to 15 minutes and compares."


class Listed(Frozen, eq=False):
    object: str
    label: str
    one: str
    """With its article: `A tag`."""
    sample: str
    load: Callable[[Context], Conversation[list[Record]]]
    permission: str
    words: tuple[str, ...] = ()

    def sighting(self, record: Mapping[str, Any]) -> Sighting:
        told = {name: value for name, value in record.items() if name not in NOISY}
        text = json.dumps(told, sort_keys=True, default=str)
        values = {"edit": hashlib.sha256(text.encode()).hexdigest()[:16]}
        return Sighting(self.object, _id(record), values, dict(record))

    def look(self, context: Context) -> Conversation[comparing.Look]:
        rows = yield from self.load(context)
        return comparing.Look([self.sighting(row) for row in rows if _id(row)])

    def reread(self, record_id: str, context: Context) -> Conversation[Sighting]:
        seen = yield from self.look(context)
        for one in seen.found:
            if one.record_id == record_id:
                return one
        raise NotFound(f"{self.one} with this ID is no longer in the list.")

    def told(self, inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
        """Our own write, whatever the list will make of it."""
        record = next((value for value in output.values() if isinstance(value, Mapping) and _id(value)), output)
        return (_id(record), {"edit": ANY}) if _id(record) else None


def _id(record: Mapping[str, Any]) -> str:
    return str(record.get("id") or record.get("_id") or "")


def _of(path: str, key: str, dated: str = DATED) -> Callable[[Context], Conversation[list[Record]]]:
    return lambda context: choices.listed(path, key, context, dated=dated)


def _social_tags(context: Context) -> Conversation[list[Record]]:
    """Those of posts, page by page."""
    path = f"/social-media-posting/{odd.location(context)}/tags"

    def page(at: int) -> Conversation[tuple[list[Record], bool]]:
        request = Request("GET", path, query={"limit": str(SOCIAL), "skip": str(at)}, headers=odd.VERSION)
        response = yield from ask(request, explain, "list the tags of social posts")
        rows = ((response.json or {}).get("results") or {}).get("tags") or []
        return rows, len(rows) >= SOCIAL

    rows, _ = yield from lapping(page, _id, comparing.MOST // SOCIAL)
    return [row for row in rows if not row.get("deleted")]


LISTS = (
    Listed(
        "tag", "Tags", "A tag", "tag", _of("/locations/{location}/tags", "tags"), "locations/tags.readonly", ("label",)
    ),
    Listed(
        "custom_field", "Custom fields", "A custom field", "custom_field",
        _of("/locations/{location}/customFields", "customFields"), "locations/customFields.readonly",
    ),
    Listed(
        "custom_value", "Custom values", "A custom value", "custom_value",
        _of("/locations/{location}/customValues", "customValues"), "locations/customValues.readonly",
    ),
    Listed(
        "pipeline", "Pipelines", "A pipeline", "pipeline", _of("/opportunities/pipelines", "pipelines"),
        "opportunities.readonly", ("stage", "board"),
    ),
    Listed("workflow", "Workflows", "A workflow", "workflow", _of("/workflows/", "workflows"), "workflows.readonly"),
    Listed(
        "campaign_list", "Campaigns", "A campaign", "campaign", _of("/campaigns/", "campaigns"), "campaigns.readonly"
    ),
    Listed(
        "calendar", "Calendars", "A calendar", "calendar", _of("/calendars/", "calendars", DATED_CALENDARS),
        "calendars.readonly",
    ),
    Listed(
        "social_tag", "Tags of social posts", "A tag of social posts", "social_tag", _social_tags,
        "socialplanner/tag.readonly", ("label", "social planner", "tag driven sync"),
    ),
    Listed(
        "business", "Businesses", "A business", "business", odd_businesses.everyone, "businesses.readonly", ("company",)
    ),
)  # fmt: skip

WATCHED = {
    one.object: Watched(
        one.object, one.label, (), lambda body, event: None, one.reread,
        comparing.poll(one.object, one.look, one.reread), one.permission, one.told,
    )
    for one in LISTS
}  # fmt: skip


# Triggers


def created(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    """What was not there when the watching began is new."""
    return before is None and not now.gone


def changed(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return before is not None and not now.gone and before.get("edit") != now.values.get("edit")


def deleted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.gone and not (before or {}).get("gone")


def _triggers(listed: Listed) -> Iterable[Trigger]:
    def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        seen = yield from listed.look(context)
        return seen.found[-10:][::-1]

    record = sample(listed.sample)
    shown = Outputs(lambda: outputs(record))
    for name, happens, fired, words in (
        ("created", "is added", created, ("new", "created")),
        ("updated", "is changed", changed, ("updated", "renamed")),
        ("deleted", "is removed", deleted, ("deleted", "gone")),
    ):
        about = listed.object.removesuffix("_list")
        yield Trigger(
            f"ghl.{listed.object}.{name}", f"{listed.one} {happens}", listed.object, fired, outputs=shown,
            sample=record, latest=latest, words=(*words, *listed.words), help=LOOKED_FOR, about=about,
        )  # fmt: skip


TRIGGERS = tuple(trigger for listed in LISTS for trigger in _triggers(listed))
