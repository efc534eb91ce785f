"""What a step may see: the trigger, what earlier steps gave, what was remembered; and how to read it."""

import base64
import hmac
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from builder import seal
from builder.recipe import walk, wrong
from builder.runner.clock import now
from builder.runner.leases import Claimed


def values(claimed: Claimed, place: tuple[int, ...]) -> dict[str, Any]:
    """Step ids to plain values, as pills name them; a loop around the place gives its current `item`."""
    given = {"trigger": claimed.event.data or {}, **claimed.outputs, **_items(claimed, place)}
    well = {step_id: {**wrong.WELL, **(given.get(step_id) or {})} for step_id in claimed.told}
    return {**given, **well}


def _items(claimed: Claimed, place: tuple[int, ...]) -> dict[str, Any]:
    found = {}
    for length in range(1, len(place) - 1, 2):
        step = walk.step_at(claimed.tree, place[:length])
        if step["kind"] == "each" and (output := claimed.outputs.get(step["id"])):
            number = place[length]
            item = walk.portion(output["items"], batch_of(step), number)
            found[step["id"]] = {**output, "item": item, "number": number + 1}
    return found


def batch_of(step: dict[str, Any]) -> int:
    return max(1, int(step.get("batch") or 1))


def settings_of(claimed: Claimed) -> dict[str, Any]:
    """The keyword arguments every reader of values takes."""
    zone = ZoneInfo(claimed.workspace.zone)
    return {"now": now().astimezone(zone), "zone": zone, "currency": claimed.workspace.currency}


def iteration(claimed: Claimed, place: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in walk.iteration(claimed.tree, place))


def fix_key(step_id: str, round_: str) -> str:
    """Where a run keeps the values that a person gave one of its steps."""
    return f"{step_id}.{round_}" if round_ else step_id


@cache
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def marker(claimed: Claimed, step_id: str, round_: str) -> str:
    """The same for every attempt of one step of one run, and not to be guessed."""
    run = claimed.run
    text = f"{run.workspace_id}|{run.pk}|{run.public_id}|{step_id}|{round_}"
    keyed = _keyed(seal.install_key()).copy()  # hmac.digest lets other threads go first, whenever it is called
    keyed.update(text.encode())
    digest = keyed.digest()
    return "wf-" + base64.b32encode(digest[:15]).decode().lower()[:20]
