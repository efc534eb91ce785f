"""Due times: one event each, however many schedulers tick."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Event, Recipe, Run, Source, Subscription
from builder.recipe import tree as trees
from builder.runner import listening, schedule
from builder.runner.clock import clock, now
from tests import make
from tests.runner.conftest import work
from tests.runner.make import only_run

pytestmark = pytest.mark.django_db(transaction=True)


def make_scheduled(zone: str = "UTC", **inputs: str) -> Recipe:
    trigger = {"operation": "tools.schedule.due", "inputs": {"every": "hour", "at": "00:00", **inputs}}
    recipe = make.make_recipe(
        workspace=make.make_workspace(zone=zone), tree=trees.parse({"trigger": trigger}), live=True
    )
    listening.listen(recipe)
    return recipe


def an_hour_later() -> None:
    clock.offset += timedelta(hours=1)


def test_due_time_becomes_an_event_and_the_next_is_set() -> None:
    recipe = make_scheduled(zone="Europe/Berlin")
    due = recipe.subscriptions.get().poll_at
    early = schedule._schedules()

    an_hour_later()
    schedule.tick()
    schedule.tick()
    work()

    event = Event.objects.get()
    assert early == []
    assert (event.source, event.data["due_at"]) == (Source.SCHEDULE, due.isoformat())
    assert event.data["local"].endswith(("+01:00", "+02:00"))
    assert recipe.subscriptions.get().poll_at == due + timedelta(hours=1)
    assert only_run(recipe).status == "done"


def test_schedulers_at_the_same_moment_fire_once() -> None:
    for _ in range(5):
        make_scheduled()
    an_hour_later()
    gate, fired = threading.Barrier(4), []

    def tick() -> None:
        with scopes_disabled():
            rows = list(Subscription.objects.filter(object="schedule").select_related("recipe__live", "workspace"))
            gate.wait()
            fired.extend(row.pk for row in rows if schedule.fire(row))
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()

    assert len(fired) == len(set(fired)) == 5
    assert (Event.objects.count(), Run.objects.count()) == (5, 5)


def test_missed_times_are_not_caught_up() -> None:
    recipe = make_scheduled()
    clock.offset += timedelta(hours=30)

    schedule.tick()
    schedule.tick()

    assert Event.objects.count() == 1
    assert timedelta() < recipe.subscriptions.get().poll_at - now() <= timedelta(hours=1)


def test_schedule_that_can_not_be_read_keeps_none_waiting() -> None:
    broken, good = make_scheduled(), make_scheduled()
    broken.live.tree = {**broken.live.tree, "trigger": {"inputs": {"every": "day", "zone": "Moon/Crater"}}}
    broken.live.save()
    an_hour_later()

    schedule.tick()

    assert Event.objects.get().subscription == good.subscriptions.get()
    assert broken.subscriptions.get().trouble.startswith("There is no time zone 'Moon/Crater'")
    assert broken.subscriptions.get().poll_at > now()


def test_next_due_follows_the_workspace_s_zone() -> None:
    recipe = make_scheduled(zone="America/New_York", every="day", at="09:00")
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    clock.offset = moment - now()

    assert schedule.next_due(recipe.subscriptions.get()) == datetime(2026, 11, 22, 14, tzinfo=UTC)


def test_unlistened_recipe_is_not_started_any_more() -> None:
    recipe = make_scheduled()
    listening.unlisten(recipe)
    an_hour_later()

    schedule.tick()

    assert Event.objects.count() == 0
