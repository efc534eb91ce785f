"""Many contacts in one call. HighLevel calls it a success whatever became of them: what it says of each counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.ghl.answers import explain
from connectors.ghl.base import TAGS
from connectors.ghl.odd import VERSION, location
from connectors.notation import Perform, Values, fill, plain
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request

AT_ONCE = 100
"""HighLevel doesn't say how many it takes; more go in several calls."""
NAMED = 5
SILENT = "HighLevel did not say that it was changed"
CONTACTS = f.choices(
    "contacts",
    "The contacts' IDs, with commas in between; of a list of contacts, one part of every item: id.",
    label="Contact IDs",
)
SOME_FAIL = f.choice(
    "if_some_fail",
    "The others are changed by then; the step tells which were not.",
    choices=(("stop", "Stop here"), ("go_on", "Go on")),
    default="stop",
    label="If some contacts can't be changed",
    where="none",
    more=True,
)
Fates = Callable[[Values], dict[str, str]]
"""An answer to what was wrong with each contact that it names, empty for nothing."""


def tagging(method: str, kind: str) -> Perform:
    """One contact's tags added or removed; for several contacts HighLevel has a call that names each with its fate, so
    whoever isn't well there asks once more alone and hears why. The tags it has afterwards, and what changed."""
    change = {"add": "tagsAdded", "remove": "tagsRemoved"}[kind]
    what = {"add": "add the tags", "remove": "remove the tags"}[kind]

    def tag(values: Values, context: Context) -> Conversation[Values]:
        tags, contact = plain(TAGS, values["tags"]), str(values["contactId"])
        several = {"contacts": [contact], "tags": tags, "locationId": location(context)}
        bulk = Request("POST", f"/contacts/bulk/tags/update/{kind}", json=several, headers=VERSION, together="contacts")
        alone = Request(method, fill("/contacts/{contactId}/tags", values), json={"tags": tags}, headers=VERSION)
        answer = (yield from ask(replace(alone, many=bulk), explain, what)).json or {}
        if "responses" in answer:
            mine: Values = next((line for line in answer["responses"] if line.get("contactId") == contact), {})
            if mine.get("type") == "success":
                return _tagged(mine, change)
            answer = (yield from ask(alone, explain, what)).json or {}
        return answer

    return tag


def _tagged(line: Values, change: str) -> Values:
    old, changed = line.get("oldTags") or [], line.get(change) or []
    if change == "tagsAdded":
        return {"tags": [*old, *(one for one in changed if one not in old)], change: changed}
    return {"tags": [one for one in old if one not in changed], change: changed}


def change_tags(values: Values, context: Context) -> Conversation[Values]:
    path, fixed = fill("/contacts/bulk/tags/update/{type}", values), {"tags": plain(TAGS, values["tags"])}
    return (yield from each(path, "contacts", fixed, _by_line, values, context))


def _by_line(answer: Values) -> dict[str, str]:
    lines = [line for line in answer.get("responses") or [] if isinstance(line, dict)]
    return {str(x.get("contactId")): "" if x.get("type") == "success" else x.get("message") or SILENT for x in lines}


def each(
    path: str, name: str, fixed: Values, fates: Fates, values: Values, context: Context
) -> Conversation[dict[str, Any]]:
    """Which contacts were changed, and which not. Raises Refused when some were not, unless the input says go on."""
    wanted = [one for one in dict.fromkeys(plain(CONTACTS, values["contacts"])) if one.strip()]
    told: dict[str, str] = {}
    for at in range(0, len(wanted), AT_ONCE):
        body = {name: wanted[at : at + AT_ONCE], "locationId": location(context), **fixed}
        response = yield from ask(Request("POST", path, json=body, headers=VERSION), explain, "change the contacts")
        told |= fates(response.json or {})
    failed = [{"contactId": one, "message": wrong} for one in wanted if (wrong := told.get(one, SILENT))]
    if failed and values.get("if_some_fail") != "go_on":
        raise Refused(_said(failed, len(wanted)), field="contacts")
    changed = [one for one in wanted if told.get(one) == ""]
    return {"changed": changed, "failed": failed, "count": len(changed)}


def _said(failed: list[dict[str, str]], of: int) -> str:
    named = "; ".join(f"{one['contactId']}: {one['message']}" for one in failed[:NAMED])
    rest = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    return f"HighLevel changed {of - len(failed)} of {of} contacts. Not changed: {named}{rest}."
