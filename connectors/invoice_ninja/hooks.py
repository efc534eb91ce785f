"""Webhooks of Invoice Ninja: one subscription for each event, nothing in a delivery that names the event, no
signature. The event goes into the address, a secret into a header."""

from collections.abc import Mapping
from typing import Any

from connectors.errors import NotFound, Refused
from connectors.invoice_ninja.service import Record, call, one, rows, write
from connectors.signatures import same
from connectors.spec import Context, Conversation

HEADER = "X-Webhook-Secret"
ALL = 5000
WHAT = "set up the webhooks"


def verify(headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str]) -> bool:
    return same(headers.get(HEADER.lower(), ""), secrets.get("secret", ""))


def event_of(body: Mapping[str, Any], tail: str) -> str:
    """`/hooks/<key>/60/` is about event 60; a name may follow the number (`4-invoice`)."""
    return tail.strip("/").split("/")[0]


def subscribe(
    events: tuple[str, ...], unwanted: tuple[str, ...], url: str, secret: str, context: Context
) -> Conversation[list[str]]:
    """Makes what is missing, mends what lost its secret, deletes doubles (they would deliver twice) and what is left
    over from recipes that are gone."""
    there = yield from rows("webhooks", WHAT, per_page=ALL, sort="id|asc", status="active")
    standing = []
    for event in unwanted:
        for hook in there:
            if _is(hook, _target(url, event)):
                yield from unsubscribe(hook["id"], context)
    for event in events:
        target = _target(url, event)
        same_target = [hook for hook in there if _is(hook, target)]
        hook = yield from _standing(same_target, target, event.split("-")[0], secret)
        standing.append(hook["id"])
        for double in same_target:
            if double["id"] != hook["id"]:
                yield from unsubscribe(double["id"], context)
    return standing


def _target(url: str, event: str) -> str:
    return f"{url.rstrip('/')}/{event}/"


def unsubscribe(hook_id: str, context: Context) -> Conversation[None]:
    try:
        yield from call("DELETE", one("webhooks", hook_id), "remove the webhook")
    except NotFound:
        return


def _is(hook: Record, target: str) -> bool:
    return not hook.get("archived_at") and not hook.get("is_deleted") and hook.get("target_url") == target


def _standing(there: list[Record], target: str, event: str, secret: str) -> Conversation[Record]:
    good = [hook for hook in there if str(hook.get("event_id")) == event and _carries(hook, secret)]
    if good:
        return good[0]
    sent = {
        "target_url": target,
        "event_id": event,
        "rest_method": "post",
        "format": "JSON",
        "headers": {HEADER: secret},
    }
    try:
        if there:
            hook = yield from write("PUT", one("webhooks", there[0]["id"]), WHAT, sent)
        else:
            hook = yield from write("POST", "/webhooks", WHAT, sent)
    except Refused as refused:
        raise _explained(refused, target) from refused
    return hook


def _carries(hook: Record, secret: str) -> bool:
    headers = hook.get("headers")
    if not isinstance(headers, Mapping):
        return False
    found = {name.lower(): str(value) for name, value in headers.items()}
    return same(found.get(HEADER.lower(), ""), secret)


def _explained(refused: Refused, target: str) -> Refused:
    """From 2026 on a target must resolve to a public address, seen from the server."""
    if refused.field != "target_url":
        return refused
    host = target.split("//")[-1].split("/")[0]
    message = f"Invoice Ninja doesn't call {host}, because it isn't a public address for it: polling is used instead."
    return Refused(message, field="target_url")
