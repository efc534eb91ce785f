"""Hourly counts are exact to the run, whatever becomes of the runs, and stay when those go."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from builder.models import Exchange, HourCount, HourSum, Recipe, Run, RunStatus, Tally
from builder.runner import counts, prune, replay
from builder.runner.clock import clock, now
from tests import make
from tests.runner.conftest import Sandbox, later, work
from tests.runner.make import action, make_hooked, send

SEED = 20261128
ROUNDS = 12


def sums(recipe: Recipe) -> dict[str, int]:
    found = HourCount.objects.filter(recipe=recipe).aggregate(**{name: Sum(name) for name in counts.COLUMNS})
    return {name: number or 0 for name, number in found.items()}


class Watch:
    """Recounts by looking at every run after every move: what it came to since the last look."""

    def __init__(self, *recipes: Recipe) -> None:
        self.recipes, self.known = recipes, dict[int, tuple[str, Any]]()
        self.ends: dict[int, Counter[str]] = {recipe.pk: Counter() for recipe in recipes}

    def look(self) -> None:
        for run in Run.objects.all():
            stand = (run.status, run.finished_at or run.token)
            resting = run.status in RunStatus.ended() or run.status == RunStatus.HELD
            if resting and self.known.get(run.pk) != stand:
                self.ends[run.recipe_id][run.status] += 1
            self.known[run.pk] = stand

    def recount(self, recipe: Recipe) -> dict[str, int]:
        begun = Run.objects.filter(recipe=recipe, started_at__isnull=False).count()
        calls = Exchange.objects.filter(step_run__run__recipe=recipe).count()
        return {**dict.fromkeys(counts.COLUMNS, 0), **self.ends[recipe.pk], "runs": begun, "calls": calls}


@pytest.mark.django_db(transaction=True)
def test_hours_equal_a_recount_after_random_runs_and_stay_when_those_go(ninja: Sandbox) -> None:
    chance = random.Random(SEED)
    holding, stopping = (make_recipe_that(ninja, on_error) for on_error in ("hold", "stop"))
    watch = Watch(holding, stopping)
    for _ in range(ROUNDS):
        move(chance, ninja, holding, stopping)
        watch.look()

    found = {recipe.pk: sums(recipe) for recipe in (holding, stopping)}
    seen = Counter(Run.objects.values_list("status", flat=True))
    assert found == {recipe.pk: watch.recount(recipe) for recipe in (holding, stopping)}
    assert {"done", "filtered", "failed", "held", "cancelled"} <= set(seen), seen
    for name in counts.COLUMNS:
        assert counts.totals().get(name, 0) == sum(each[name] for each in found.values())

    Run.objects.update(created_at=now() - timedelta(days=100))
    Run.objects.exclude(finished_at=None).update(finished_at=now() - timedelta(days=100))
    prune.prune()

    assert set(Run.objects.values_list("status", flat=True)) <= {*RunStatus.open(), RunStatus.HELD}
    assert {recipe.pk: sums(recipe) for recipe in (holding, stopping)} == found


def make_recipe_that(ninja: Sandbox, on_error: str) -> Recipe:
    """Filters what says so, asks the sandbox, then an address that the event names."""
    rule = {"field": "{{ trigger.fate }}", "op": "is_not", "value": "filtered"}
    only_if = {"id": "sonlyi", "kind": "only_if", "conditions": {"match": "all", "rules": [rule]}}
    ask = action("sfetch", "tools.http.request", method="GET", url=f"{ninja.url}/_sandbox/state")
    last = action("slasts", "tools.http.request", method="GET", url=f"{ninja.url}" + "{{ trigger.path }}")
    return make_hooked(only_if, ask, {**last, "options": {"on_error": on_error}})


def move(chance: random.Random, ninja: Sandbox, *recipes: Recipe) -> None:
    """Some events, work, and what people do: retry, cancel, run again."""
    for recipe in recipes:
        for _ in range(chance.randint(1, 4)):
            path = chance.choice(["/_sandbox/state", "/_sandbox/state", "/_sandbox/nowhere"])
            send(recipe, {"fate": chance.choice(["", "", "filtered"]), "path": path})
    for run in Run.objects.filter(status__in=[RunStatus.HELD, RunStatus.FAILED]).order_by("pk"):
        if chance.random() < 0.3:
            replay.resume(run)
        elif run.status == RunStatus.HELD and chance.random() < 0.2:
            replay.cancel(run)
    for run in Run.objects.filter(status__in=RunStatus.ended()).order_by("pk"):
        if chance.random() < 0.1:
            replay.run_again(run)
    if chance.random() < 0.8:
        work()
    else:
        later()


@pytest.mark.django_db
def test_what_is_counted_in_a_transaction_that_fails_is_not_counted() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), counts.gathered():
        counts.happened("dedupe_hits", 3)
        raise IntegrityError

    counts.note(doorbell_missed=2)

    assert counts.totals() == {"doorbell_missed": 2}


@pytest.mark.django_db
def test_lately_is_this_hour_and_the_one_before() -> None:
    for hours in (0, 1, 2):
        hour = counts.hour_of(clock.now() - timedelta(hours=hours))
        Tally.objects.create(name="intake_5", hour=hour, share=1, number=10**hours)

    counts.note(intake_10=4, calls=7)

    assert counts.lately("intake_") == {"intake_5": 11, "intake_10": 4}


@pytest.mark.django_db(transaction=True)
def test_held_for_killing_its_workers_is_counted() -> None:
    recipe = make.make_recipe(live=True)
    make.make_run(recipe=recipe, status=RunStatus.QUEUED, wake_at=now(), claims=10)

    work()

    assert sums(recipe)["held"] == 1


@pytest.mark.django_db(transaction=True)
def test_hours_that_are_over_are_added_up_once_and_exactly() -> None:
    one, other, foreign = make.make_recipe(), make.make_recipe(), make.make_recipe()
    other.workspace = one.workspace
    other.save()
    hours = [counts.hour_of(now()) - timedelta(hours=back) for back in (0, 1, 2, 3, 50)]
    for number, hour in enumerate(hours, 1):
        make.make_hour(recipe=one, hour=hour, runs=number, done=number)
        make.make_hour(recipe=other, hour=hour, runs=10, failed=3)
    make.make_hour(recipe=foreign, hour=hours[3], runs=7)

    prune.prune()
    prune.prune()

    found = HourSum.objects.order_by("hour", "runs").values_list("workspace", "hour", "runs", "done", "failed")
    here, elsewhere = one.workspace_id, foreign.workspace_id
    assert list(found) == [
        (here, hours[4], 15, 5, 3),
        (elsewhere, hours[3], 7, 0, 0),
        (here, hours[3], 14, 4, 3),
        (here, hours[2], 13, 3, 3),
    ]


@pytest.mark.django_db
def test_more_recipes_than_one_statement_takes_are_all_counted() -> None:
    workspace = make.make_workspace()
    recipes = [make.make_recipe(workspace=workspace) for _ in range(counts.AT_ONCE + 2)]
    for _ in range(2):
        with transaction.atomic(), counts.gathered():
            for recipe in recipes:
                counts.happened("runs", run=Run(workspace=workspace, recipe=recipe))

    rows = HourCount.objects.filter(workspace=workspace).values_list("recipe", "runs")
    told: Counter[int] = Counter()
    for recipe_id, runs in rows:  # a full hour may have passed between the two
        told[recipe_id] += runs
    assert told == {recipe.pk: 2 for recipe in recipes}
