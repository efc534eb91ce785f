"""What was kept, a period, all the runs that fit: made up for in one action, with a count first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from builder.actions import publishing, runs
from builder.actions.actor import Actor
from builder.actions.errors import Invalid
from builder.models import AuditEvent, Event, Fate, Kept, Recipe, Run, RunStatus, StepStatus
from builder.runner import makeup
from tests import make
from tests.runner.conftest import work
from tests.runner.make import make_hooked, send

pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)


def paused_with(by: Actor, events: int) -> Recipe:
    """A recipe that ran twice, was paused and kept so many events."""
    with scopes_disabled():
        stop = {"id": "sstopp", "kind": "stop", "outcome": "done"}
        recipe = make_hooked(stop, workspace=by.workspace)
        for n in range(2):
            send(recipe, {"n": n})
        work()
        publishing.pause(by, recipe)
        for n in range(events):
            send(recipe, {"n": n})
        work()
        recipe.refresh_from_db()
    return recipe


def test_kept_events_run_when_the_person_says_so() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 3)

    publishing.resume(by, recipe, "run")

    with scopes_disabled():
        assert makeup.waiting() == [recipe.pk]
        assert makeup.work(recipe.pk) == 3
        work()
        assert makeup.waiting() == []
        assert list(Run.objects.values_list("status", flat=True)) == [RunStatus.DONE] * 5
        assert Event.objects.filter(fate=Fate.PAUSED).count() == 3
        assert Kept.objects.count() == 0


def test_kept_events_are_left_when_the_person_says_so_and_can_be_run_later() -> None:
    by = make.make_actor()
    recipe, now = paused_with(by, 3), timezone.now()

    publishing.resume(by, recipe, "leave")
    with scope(workspace=by.workspace):
        left = (Run.objects.count(), Kept.objects.count())
    period = {"since": now - A_DAY, "until": now + A_DAY}
    counted = [runs.replay_period(by, recipe, **period, preview=True, missing=m) for m in (True, False)]
    began = runs.replay_period(by, recipe, **period)
    again = runs.replay_period(by, recipe, **period)

    assert left == (2, 0)
    assert (counted, began, again) == ([3, 5], 3, 0)
    with scope(workspace=by.workspace):
        assert Run.objects.count() == 5
        assert AuditEvent.objects.get(verb="recipe.replayed").details["runs"] == 3


def test_without_an_answer_they_stay_kept_until_somebody_decides() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 3)

    publishing.resume(by, recipe)
    with scope(workspace=by.workspace):
        waiting = Kept.objects.count()
    recipe.refresh_from_db()
    publishing.answer_kept(by, recipe, "run")

    with scope(workspace=by.workspace):
        assert makeup.work(recipe.pk) == 3
        assert (waiting, Kept.objects.count(), Run.objects.count()) == (3, 0, 5)


def test_kept_events_that_were_to_run_wait_while_the_recipe_is_paused_again() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 3)
    publishing.resume(by, recipe, "run")
    publishing.pause(by, recipe)

    with scopes_disabled():
        assert (makeup.waiting(), makeup.work(recipe.pk), Kept.objects.count()) == ([], 0, 3)
        publishing.resume(by, recipe)
        assert (makeup.waiting(), Kept.objects.count()) == ([], 3)
    publishing.answer_kept(by, recipe, "run")
    with scopes_disabled():
        assert (makeup.waiting(), makeup.work(recipe.pk), Kept.objects.count()) == ([recipe.pk], 3, 0)


def test_two_workers_at_the_same_kept_events_make_one_run_of_each() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 60)
    publishing.resume(by, recipe, "run")

    def work_too() -> int:
        try:
            return makeup.work(recipe.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        made = [each.result() for each in [workers.submit(work_too) for _ in range(4)]]

    with scopes_disabled():
        assert (sum(made), Run.objects.filter(backfill=True).count()) == (60, 60)
        assert set(Run.objects.values_list("replay", flat=True)) == {0}


def test_worker_that_is_told_to_stop_leaves_the_rest_kept() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 3)
    publishing.resume(by, recipe, "run")

    with scopes_disabled():
        assert (makeup.work(recipe.pk, lambda: True), Kept.objects.filter(wanted=True).count()) == (0, 3)


def test_more_kept_events_than_one_batch_all_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makeup, "AT_ONCE", 2)
    by = make.make_actor()
    recipe = paused_with(by, 5)
    publishing.resume(by, recipe, "run")

    with scopes_disabled():
        assert makeup.work(recipe.pk) == 5
        assert Run.objects.filter(backfill=True).count() == 5


def test_events_of_a_period_run_again_with_a_number_of_their_own() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 0)
    publishing.resume(by, recipe)
    period = (timezone.now() - A_DAY, timezone.now() + A_DAY)

    began = [runs.replay_period(by, recipe, *period, missing=False) for _ in range(2)]

    with scope(workspace=by.workspace):
        assert began == [2, 2]
        assert sorted(Run.objects.values_list("replay", flat=True)) == [0, 0, 1, 1, 2, 2]


def test_period_takes_only_what_came_in_it() -> None:
    by = make.make_actor()
    recipe = paused_with(by, 3)
    with scope(workspace=by.workspace):
        first = Event.objects.filter(fate=Fate.PAUSED).order_by("pk").first().received_at

    assert runs.replay_period(by, recipe, first - A_DAY, first, preview=True) == 0
    assert runs.replay_period(by, recipe, first, first + timedelta(microseconds=1), preview=True) == 1
    with pytest.raises(Invalid):
        runs.replay_period(by, recipe, first, first)


def test_another_recipe_s_events_are_not_run() -> None:
    by = make.make_actor()
    one, other = paused_with(by, 1), paused_with(by, 2)
    period = (timezone.now() - A_DAY, timezone.now() + A_DAY)

    counted = [runs.replay_period(by, recipe, *period, preview=True) for recipe in (one, other)]

    assert counted == [1, 2]


def test_all_that_failed_or_wait_go_on_but_those_that_ask() -> None:
    by = make.make_actor()
    recipe = make.make_recipe(workspace=by.workspace, live=True)
    at = {"recipe": recipe, "stopped_at": "sclien", "place": [1], "because": "No."}
    failed = [make.make_run(status=RunStatus.FAILED, **at) for _ in range(3)]
    held = [make.make_run(status=RunStatus.HELD, **at) for _ in range(2)]
    make.make_run(recipe=recipe, status=RunStatus.DONE)
    for run in failed + held[:1]:
        make.make_step_run(run=run, status=StepStatus.FAILED)
    make.make_step_run(run=held[1], status=StepStatus.UNKNOWN)

    with scope(workspace=by.workspace):
        keys, asking = runs.retriable(Run.objects.all())
        went = runs.retry_all(by, keys)
        twice = runs.retry_all(by, keys)

        assert (len(keys), asking, went, twice) == (4, 1, 4, 0)
        assert [(r.status, r.place, r.because) for r in Run.objects.filter(pk__in=keys)] == [
            (RunStatus.QUEUED, [1], "")
        ] * 4
        assert Run.objects.get(pk=held[1].pk).status == RunStatus.HELD
        written = AuditEvent.objects.filter(verb="run.all_resumed").order_by("pk")
        assert [row.details for row in written] == [{"runs": 4}, {"runs": 0}]


def test_recipe_can_be_kept_from_being_paused_by_itself() -> None:
    by = make.make_actor()
    recipe = make.make_recipe(workspace=by.workspace, live=True)

    publishing.set_pausing(by, recipe, True)
    publishing.set_pausing(by, recipe, True)

    recipe.refresh_from_db()
    assert recipe.never_pause is True
    with scope(workspace=by.workspace):
        assert AuditEvent.objects.filter(verb="recipe.pausing_changed").count() == 1
