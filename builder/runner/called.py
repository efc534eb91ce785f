"""Runs that begin because another one calls them: written with their caller, and waking it when they are over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from builder.models import Event, EventKey, Fate, Recipe, Run, RunStatus, Source, StepRun
from builder.models.columns import write_json
from builder.recipe import tree as trees
from builder.runner import intake, keys, rows
from builder.runner.clock import now
from connectors.tools import hook


@dataclass(slots=True)
class Call:
    """A run that begins with the step that calls it, and what it begins with."""

    caller: StepRun
    event: Event
    run: Run


def make(run: Run, row: StepRun, recipe: Recipe, body: dict[str, Any], chain: list[str]) -> Call:
    """As if the body had come to the address of the recipe, but for the way it came."""
    assert recipe.live
    because = f"Called by the recipe “{chain[-1]}”."
    told = {"recipe": recipe.public_id, "name": recipe.name, "fate": Fate.RAN, "because": because}
    event = intake.build(run.workspace_id, Source.CALL, write_json(body).encode(), name="", headers={})
    event.object, event.data, event.complete = "hook", body, True
    event.read_at, event.fate, event.fate_details = now(), Fate.RAN, [told]
    begun = Run(
        workspace_id=run.workspace_id,
        recipe=recipe,
        version=recipe.live,
        status=RunStatus.QUEUED,
        backfill=run.backfill,
        title=(keys.title(body, "hook") or run.title)[:200],
        chain=chain,
        wake_at=now(),
        created_at=now(),
    )
    return Call(row, event, begun)


def write(calls: Iterable[Call]) -> None:
    """Inside the transaction that writes the callers; their step runs are there by now."""
    made = list(calls)
    if not made:
        return
    rows.insert(Event, [call.event for call in made])
    for call in made:
        call.run.event_id, call.run.parent_id = call.event.pk, call.caller.pk
    rows.insert(Run, [call.run for call in made])
    rows.insert(EventKey, [key for call in made for key in _keys(call.event)])


def _keys(event: Event) -> list[EventKey]:
    """What it can be found by."""
    told = keys.of(hook.read(event.data or {}, ""))
    return [EventKey(workspace_id=event.workspace_id, event=event, **key) for key in told]


def wake(callers: Iterable[int]) -> None:
    """The runs whose steps called what is over now. Inside the transaction that ends it. One that is awake is locked as
    well: it looks once more before it rests, see `over`."""
    ids = list(callers)
    if ids:
        # in one order: else two who wake the same ones may wait for each other
        theirs = Run.objects.filter(steps__pk__in=ids).order_by("pk")
        if connection.features.has_select_for_update:
            theirs = theirs.select_for_update(of=("self",))
        Run.objects.filter(pk__in=[run.pk for run in theirs], status=RunStatus.WAITING).update(wake_at=now())


def over(callers: Iterable[int]) -> set[int]:
    """Those steps whose called run has ended by now. Inside a transaction that holds the callers' runs."""
    ended = Run.objects.filter(parent__in=list(callers), status__in=RunStatus.ended())
    return set(ended.values_list("parent_id", flat=True))


def calls_in(tree: Mapping[str, Any]) -> list[tuple[trees.Row, str]]:
    """Its steps that call a recipe, each with the other's public id; skipped ones don't."""
    found = (row for row in trees.steps(dict(tree)) if row.step["kind"] == "call" and not row.step["skip"])
    return [(row, row.step["recipe"]) for row in found if row.step["recipe"]]


def names_in(tree: Mapping[str, Any]) -> list[str]:
    """What its *remember* steps keep, by name."""
    kept = (row.step["values"] for row in trees.steps(dict(tree)) if row.step["kind"] == "remember")
    return list(dict.fromkeys(name for values in kept for name in values))
