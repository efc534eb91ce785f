"""Runs made up for: events that a paused recipe kept, events of a period, and runs that failed or are on hold, many at
once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet
from django_scopes import scopes_disabled

from builder.models import STOPPED, Event, Fate, Kept, Recipe, RecipeState, Run, RunStatus, StepRun
from builder.models.event import ERASED
from builder.runner import doorbell, guards, keys, replay, turn
from builder.runner.clock import now
from builder.runner.reading import lane_of

TASK = "recette.backfill"
AT_ONCE, BATCHES = 200, 10
"""Events in one transaction, and transactions in one task."""


def run_kept(recipe: Recipe) -> int:
    """What the paused recipe kept is to run, the oldest first; how many. A worker makes the runs, however many."""
    wanted = Kept.objects.filter(recipe=recipe, wanted=False).update(wanted=True)
    transaction.on_commit(lambda: doorbell.send(TASK, recipe.pk), robust=True)
    return wanted


def waiting() -> list[int]:
    """Recipes that are live and have kept events still to be run."""
    live = Kept.objects.filter(wanted=True, recipe__state=RecipeState.LIVE, recipe__deleted_at=None)
    return list(live.order_by("recipe").values_list("recipe", flat=True).distinct()[:AT_ONCE])


def work(recipe_id: int, stop: Callable[[], bool] = lambda: False) -> int:
    """Makes runs of its kept events, some batches of them, as long as it is live; how many. What is left is asked for
    again, so that no recipe's past keeps the others waiting."""
    made = 0
    for _ in range(BATCHES):
        batch = 0 if stop() else _run_wanted(recipe_id)
        made += batch
        if not batch:
            return made
    doorbell.send(TASK, recipe_id)
    return made


def _run_wanted(recipe_id: int) -> int:
    """The next batch. Whoever has the rows under the lock makes the runs; a second worker finds them gone."""
    with scopes_disabled(), turn.writing():
        recipe = Recipe.objects.filter(pk=recipe_id, state=RecipeState.LIVE, deleted_at=None).first()
        if recipe is None:
            return 0
        rows = Kept.objects.filter(recipe=recipe, wanted=True).order_by("event")
        locked = rows.select_for_update() if connection.features.has_select_for_update else rows
        batch = list(locked.values_list("event", flat=True)[:AT_ONCE])
        _make(recipe, batch, dict.fromkeys(batch, 0))
    if batch:
        doorbell.ring_now()
    return len(batch)


def leave_kept(recipe: Recipe) -> int:
    """The events stay readable, and can be run with their period."""
    return Kept.objects.filter(recipe=recipe).delete()[0]


def events_of(recipe: Recipe, since: datetime, until: datetime, missing: bool, most: int) -> list[int]:
    """Events between two moments that the recipe ran for or kept, the oldest first, one more than `most` at most.
    `missing`: only those it has no run of."""
    found: list[int] = []
    for batch in _in_batches(_candidates(recipe, since, until)):
        ran = set(Run.objects.filter(recipe=recipe, event__in=batch).values_list("event", flat=True))
        found += [pk for pk, details in batch.items() if (not missing if pk in ran else _fitted(recipe, details))]
        if len(found) > most:
            break
    return found[: most + 1]


def _candidates(recipe: Recipe, since: datetime, until: datetime) -> QuerySet[Event]:
    rows = Event.objects.filter(received_at__gte=since, received_at__lt=until)
    shared = rows.filter(connection=recipe.live_connection_id) if recipe.live_connection_id else rows.none()
    return (shared | rows.filter(subscription__recipe=recipe)).order_by("pk")


def _in_batches(rows: QuerySet[Event]) -> Iterator[dict[int, list[dict[str, str]]]]:
    last = 0
    while batch := dict(rows.filter(pk__gt=last).values_list("pk", "fate_details")[:AT_ONCE]):
        yield batch
        last = max(batch)


def _fitted(recipe: Recipe, details: list[dict[str, str]]) -> bool:
    """Whether it would have run for the event, had it not been paused."""
    return any(d.get("recipe") == recipe.public_id and d.get("fate") in (Fate.RAN, Fate.PAUSED) for d in details)


def run_events(recipe: Recipe, events: list[int]) -> int:
    """A new run of each, with the version that is live; how many."""
    made = sum(_run_batch(recipe, events[at : at + AT_ONCE]) for at in range(0, len(events), AT_ONCE))
    doorbell.ring()
    return made


def _run_batch(recipe: Recipe, batch: list[int]) -> int:
    with turn.writing():
        same = Run.objects.filter(recipe=recipe, event__in=batch, parent=None).order_by()
        made_before = dict(same.values_list("event").annotate(most=Max("replay")))
        return _make(recipe, batch, {pk: made_before.get(pk, -1) + 1 for pk in batch})


def _make(recipe: Recipe, batch: list[int], replays: Mapping[int, int]) -> int:
    """Runs of the events, each with its number among those of that event; none of them is kept any more."""
    rows = Event.objects.filter(pk__in=batch).exclude(headers=ERASED).defer("raw", "headers").order_by("pk")
    runs = [_run(recipe, event, replays[event.pk]) for event in rows]
    Run.objects.bulk_create(runs, ignore_conflicts=True)
    Kept.objects.filter(recipe=recipe, event__in=batch).delete()
    return len(runs)


def _run(recipe: Recipe, event: Event, replay: int) -> Run:
    assert recipe.live
    return Run(
        workspace_id=recipe.workspace_id,
        recipe=recipe,
        version=recipe.live,
        event=event,
        replay=replay,
        backfill=True,
        lane=lane_of(recipe, event.object, event.record_id),
        title=keys.title(event.data, event.object)[:200] if isinstance(event.data, dict) else "",
        wake_at=now(),
        created_at=now(),
    )


def undecided(runs: Iterable[int]) -> set[int]:
    """Those whose last step nobody knows the outcome of: each wants an answer of its own."""
    rows = StepRun.objects.filter(run__in=runs, run__status=RunStatus.HELD, step_id=F("run__stopped_at"))
    lasts = dict(rows.order_by("pk").values_list("run", "status"))
    return {pk for pk, status in lasts.items() if status in replay.ASKING}


def resume_all(runs: list[int]) -> int:
    """Those that failed or are on hold go on at their step; how many did. Who waits for an answer is left alone."""
    went = 0
    for at in range(0, len(runs), AT_ONCE):
        batch = runs[at : at + AT_ONCE]
        with turn.writing():
            asking, guarded = undecided(batch), guards.stopped(batch)
            plain = [pk for pk in batch if pk not in asking and pk not in guarded]
            Run.objects.filter(pk__in=plain, status__in=STOPPED, place__isnull=True).update(place=[])
            went += Run.objects.filter(pk__in=plain, status__in=STOPPED).update(
                status=RunStatus.QUEUED,
                wake_at=now(),
                lease_until=None,
                finished_at=None,
                claims=0,
                because="",
                token=F("token") + 1,
            )
        went += _let(list(guarded)) if guarded else 0
    doorbell.ring()
    return went


def discard_all(runs: list[int]) -> Iterator[list[str]]:
    """Ends those on hold, some at a time; the ids of those that ended, when they have. What goes on or is gone
    meanwhile is left as it is."""
    for at in range(0, len(runs), AT_ONCE):
        gone = []
        with turn.writing():
            for run in list(Run.objects.filter(pk__in=runs[at : at + AT_ONCE], status=RunStatus.HELD).order_by("pk")):
                with suppress(replay.Late, Run.DoesNotExist):
                    gone.append(replay.cancel(run).public_id)
        yield gone


def _let(runs: list[int]) -> int:
    """Those that a guard stopped: who retries them has looked at each."""
    rows = Run.objects.filter(pk__in=runs).order_by("pk")
    with turn.writing():
        guards.locked(set(rows.values_list("recipe", flat=True)))
        for run in rows:
            with suppress(replay.Late):  # the last look lets the others go as well
                replay.resume(run)
        return rows.filter(status=RunStatus.QUEUED).count()
