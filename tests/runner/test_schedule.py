"""Due times: one event each, however many schedulers tick."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.actions import workspaces
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


def ruled(every: str, at: str) -> dict[str, Any]:
    inputs = {"every": every, "at": at}
    return trees.parse({"trigger": {"operation": "tools.schedule.due", "inputs": inputs}})


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
    gate, fired = threading.Barrier(4, timeout=30), []

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


@pytest.mark.parametrize(("missed", "hours"), [("once", [30]), ("all", list(range(7, 31))), ("skip", [])])
def test_missed_times_are_made_up_for_as_the_recipe_wants(missed: str, hours: list[int]) -> None:
    recipe = make_scheduled(missed=missed)
    first = recipe.subscriptions.get().poll_at
    clock.offset = first + timedelta(hours=29, minutes=30) - (now() - clock.offset)

    schedule.tick()
    schedule.tick()
    work()

    due = [first + timedelta(hours=n - 1) for n in hours]
    assert [event.data["due_at"] for event in Event.objects.order_by("pk")] == [moment.isoformat() for moment in due]
    assert Run.objects.count() == len(hours)
    assert recipe.subscriptions.get().poll_at == first + timedelta(hours=30)


def test_time_a_little_late_is_not_missed() -> None:
    recipe = make_scheduled(missed="skip")
    clock.offset = recipe.subscriptions.get().poll_at + timedelta(minutes=4) - (now() - clock.offset)

    schedule.tick()

    assert Event.objects.count() == 1


def test_due_time_counts_although_the_rule_changes_before_it_was_fired() -> None:
    recipe = make_scheduled()
    due = recipe.subscriptions.get().poll_at
    stale = Subscription.objects.select_related("workspace").get()
    clock.offset = due + timedelta(seconds=2) - (now() - clock.offset)
    make.make_version(recipe=recipe, number=2)
    recipe.live = make.make_version(recipe=recipe, number=3, tree=ruled("day", "17:45"))
    recipe.save()

    listening.listen(recipe)
    fired = [schedule.fire(stale), schedule.fire(stale)]

    assert fired == [1, 0]
    assert Event.objects.get().change_key == f"due:{due.isoformat()}"
    assert recipe.subscriptions.get().poll_at.strftime("%H:%M") == "17:45"


def test_scheduler_that_read_an_older_rule_does_not_bring_it_back() -> None:
    recipe = make_scheduled()
    stale = Subscription.objects.select_related("workspace").get()
    recipe.live = make.make_version(recipe=recipe, number=2, tree=ruled("day", "17:45"))
    recipe.save()
    listening.listen(recipe)
    wanted = recipe.subscriptions.get().poll_at
    clock.offset = stale.poll_at + timedelta(seconds=2) - (now() - clock.offset)

    assert schedule.fire(stale) == 0

    assert recipe.subscriptions.get().poll_at == wanted
    assert Event.objects.count() == 0


def test_time_that_comes_twice_by_a_clock_set_back_is_passed_by() -> None:
    recipe = make_scheduled()
    due = recipe.subscriptions.get().poll_at
    an_hour_later()
    schedule.tick()
    Subscription.objects.update(poll_at=due)

    schedule.tick()

    assert Event.objects.count() == 1
    assert recipe.subscriptions.get().poll_at == due + timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "inputs", "dues"),
    [
        ("2026-03-28T12:00", {"at": "02:30"}, ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("2026-10-24T12:00", {"at": "02:30"}, ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("2028-02-28T12:00", {"every": "month", "day": "29"}, ["2028-02-29T08:00", "2028-03-29T07:00"]),
        ("2027-02-27T12:00", {"every": "month", "day": "29"}, ["2027-02-28T08:00", "2027-03-29T07:00"]),
        ("2026-12-31T12:00", {"at": "00:30"}, ["2026-12-31T23:30", "2027-01-01T23:30"]),
        ("2026-12-31T12:00", {"every": "month", "day": "31"}, ["2027-01-31T08:00", "2027-02-28T08:00"]),
    ],
)  # fmt: skip
def test_calendar_has_no_gap_and_no_double(day: str, inputs: dict[str, str], dues: list[str]) -> None:
    clock.offset = datetime.fromisoformat(day).replace(tzinfo=UTC) - (now() - clock.offset)
    recipe = make_scheduled(zone="Europe/Berlin", **{"every": "day", "at": "09:00", **inputs})

    seen = []
    for _ in dues:
        seen.append(recipe.subscriptions.get().poll_at)
        clock.offset = seen[-1] + timedelta(seconds=1) - (now() - clock.offset)
        schedule.tick()

    assert [due.strftime("%Y-%m-%dT%H:%M") for due in seen] == dues
    assert Event.objects.count() == len(dues)


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

    found = schedule.next_due(recipe, recipe.subscriptions.get(), moment)

    assert found == datetime(2026, 11, 22, 14, tzinfo=UTC)


def test_schedules_follow_the_workspace_to_another_zone() -> None:
    by = make.make_actor()
    trigger = {"operation": "tools.schedule.due", "inputs": {"every": "day", "at": "09:00"}}
    recipe = make.make_recipe(workspace=by.workspace, tree=trees.parse({"trigger": trigger}), live=True)
    listening.listen(recipe)

    workspaces.change_settings(by, "Lumen", "Asia/Tokyo", "JPY")

    assert recipe.subscriptions.get().poll_at.strftime("%H:%M") == "00:00"


def test_unlistened_recipe_is_not_started_any_more() -> None:
    recipe = make_scheduled()
    listening.unlisten(recipe)
    an_hour_later()

    schedule.tick()

    assert Event.objects.count() == 0
