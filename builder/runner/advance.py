"""Walks one run until it waits, ends, needs a person, or has had its share of time."""

import logging
import time
from collections.abc import Awaitable
from typing import Any

from django.db import Error

from builder.models import RunStatus
from builder.recipe import walk
from builder.recipe.errors import CantRender
from builder.runner import failpoints, origin, steps
from builder.runner.clock import now
from builder.runner.desk import Desk
from builder.runner.journal import Closed, Fenced, Unwritten
from builder.runner.outcome import End, Go, Hold, Outcome, Rest

log = logging.getLogger(__name__)

SLICE = 20.0
"""Seconds after which a run lets others go first."""


async def advance(desk: Desk) -> None:
    """Raises journal.Fenced when the run is somebody else's by now."""
    end = time.monotonic() + SLICE
    place = await _begin(desk)
    while place is not None:
        if time.monotonic() > end or desk.tools.stopping.is_set():
            await desk.flush(status=RunStatus.QUEUED, place=list(place), wake_at=now(), lease_until=None)
            return
        place = await _one(desk, place)


async def _begin(desk: Desk) -> tuple[int, ...] | None:
    """Where it stands; a new run first makes sure of what started it."""
    desk.run.because = desk.run.stopped_at = ""
    if desk.run.place:
        return tuple(desk.run.place)
    outcome = await _taken(desk, origin.make_sure(desk))
    if not isinstance(outcome, Go):
        await _close(desk, outcome, "trigger", ())
        return None
    place = walk.first(desk.claimed.tree)
    if place is None:
        await _close(desk, End(RunStatus.DONE), "", ())
    return place


async def _one(desk: Desk, place: tuple[int, ...]) -> tuple[int, ...] | None:
    step = walk.step_at(desk.claimed.tree, place)
    desk.step_id = step["id"]
    outcome = await _taken(desk, steps.take(desk, step, place))
    if not isinstance(outcome, Go):
        await _close(desk, outcome, step["id"], place)
        return None
    desk.run.claims = 0
    following = walk.after(desk.claimed.tree, place, outcome.branch, steps.rounds(desk, place), outcome.leave)
    if following is None:
        await _close(desk, steps.ended(desk), "", place)
    return following


async def _taken(desk: Desk, work: Awaitable[Outcome]) -> Outcome:
    """A mistake of ours holds the run at its step; what the journal raises leaves it to its lease."""
    try:
        return await work
    except CantRender as problem:
        return Hold(problem.message)
    except (Fenced, Closed, Unwritten, Error):
        raise
    except Exception as mistake:
        log.exception("a step failed", extra={"action": "step_mistake", "run": desk.run.public_id})
        return Hold(f"That was a mistake of Recette's own ({type(mistake).__name__}): tell whoever looks after it.")


async def _close(desk: Desk, outcome: Outcome, step_id: str, place: tuple[int, ...]) -> None:
    if isinstance(outcome, End):
        failpoints.reach("run.before_finish", desk.run.recipe_id)
    await desk.flush(**_changes(desk, outcome, step_id, place))


def _changes(desk: Desk, outcome: Outcome, step_id: str, place: tuple[int, ...]) -> dict[str, Any]:
    """The run's columns for an outcome that is not "go on"."""
    if isinstance(outcome, Rest):
        free = {"lane": ""} if outcome.wanted else {}
        return free | {
            "status": RunStatus.WAITING,
            "place": list(place),
            "wake_at": outcome.until,
            "lease_until": None,
            "claims": 0,
            "because": outcome.because,
            "stopped_at": step_id,
        }
    if isinstance(outcome, Hold):
        desk.pending.counted["guarded" if outcome.guarded else "held"] += 1
        return {
            "status": RunStatus.HELD,
            "place": list(place),
            "wake_at": None,
            "lease_until": None,
            "claims": 0,
            "because": outcome.because,
            "stopped_at": step_id,
        }
    assert isinstance(outcome, End)
    desk.pending.counted[outcome.status.value] += 1
    return {
        "status": outcome.status,
        "place": list(place) if outcome.status == RunStatus.FAILED else None,
        "wake_at": None,
        "lease_until": None,
        "because": outcome.because,
        "stopped_at": step_id,
        "finished_at": now(),
    }
