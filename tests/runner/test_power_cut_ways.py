"""The current fails at every write of the ways a run can take, not only the straight one; and where nobody runs yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from builder.models import Event, Recipe, Run, RunStatus, StepRun, StepStatus, Subscription
from builder.recipe import tree as trees
from builder.runner import listening, polling, replay, schedule
from builder.runner.clock import clock, now
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.cuts import Cut
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, make_watching, not_soon, send
from tests.runner.test_power_cut import Fuse, cut_short

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

CLIENTS = "/api/v1/clients"
Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """`nudge` is what a person does to a run on the way."""

    steps: Callable[[Any], Steps]
    status: str
    effects: dict[str, int]
    fault: dict[str, Any] | None = None
    runs: int = 1
    nudge: Callable[[Run], object] = lambda run: None


def client(at: Any) -> dict[str, Any]:
    return action("sclien", "invoice_ninja.clients.create", at, name="Harbor Dental")


def product(at: Any, key: str = "AFTER") -> dict[str, Any]:
    return action("sprodu", "invoice_ninja.products.create", at, product_key=key, cost="10")


def linked(at: Any) -> dict[str, Any]:
    return action("sclien", "invoice_ninja.clients.find_or_create", at, name="Ada Nowak", source_id="con_1")


def false(at: Any) -> dict[str, Any]:
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "0"}
    return {"id": "sonlyi", "kind": "only_if", "conditions": {"match": "all", "rules": [rule]}}


def pause(at: Any) -> dict[str, Any]:
    return {"id": "swaitt", "kind": "wait", "mode": "for", "amount": "1", "unit": "hours"}


def loop(at: Any) -> dict[str, Any]:
    items = product(at, "{{ seachh.item }}")
    return {"id": "seachh", "kind": "each", "list": "{{ trigger.items }}", "steps": [items]}


def resume_when_held(run: Run) -> None:
    if run.status == RunStatus.HELD:
        replay.resume(run)


def cancel_when_waiting(run: Run) -> None:
    if run.status == RunStatus.WAITING:
        replay.cancel(run)


ONE = {"client.created": 1, "product.created": 1}
WAYS = {
    "find_or_create": Way(
        lambda at: [linked(at), product(at)], "done", {"client.created": 1, "product.created": 2}, runs=2
    ),
    "asked_to_wait": Way(
        lambda at: [client(at), product(at)], "done", ONE, {"status": 429, "headers": {"Retry-After": "5"}}
    ),
    "lost_answer": Way(lambda at: [client(at), product(at)], "done", ONE, {"status": 502, "when": "after"}),
    "filtered": Way(lambda at: [client(at), false(at), product(at)], "filtered", {"client.created": 1}),
    "resumed": Way(
        lambda at: [client(at), product(at)],
        "done",
        ONE,
        {"status": 422, "body": {"message": "Too long."}},
        nudge=resume_when_held,
    ),
    "cancelled": Way(
        lambda at: [client(at), pause(at), product(at)], "cancelled", {"client.created": 1}, nudge=cancel_when_waiting
    ),
    "loop": Way(lambda at: [loop(at)], "done", {"product.created": 3}),
}


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("name", WAYS)
def test_run_survives_a_power_cut_at_each_write_of_its_way(ninja: Sandbox, name: str, moment: str) -> None:
    ninja.set(guard=0)
    way, found, blown = WAYS[name], [], True

    while blown:
        count = len(found) + 1
        blown, came = cut_on_the_way(way, ninja, Fuse(moment, count))
        found.append(came)

    assert len(found) > 3
    assert found == [([way.status] * way.runs, way.effects)] * len(found)
    done = StepRun.objects.filter(status=StepStatus.DONE).values_list("run_id", "step_id", "iteration")
    assert len(done) == len(set(done)), "a finished step was made again"


def cut_on_the_way(way: Way, ninja: Sandbox, fuse: Fuse) -> tuple[bool, tuple[list[str], dict[str, int]]]:
    """(whether the fuse blew, how the runs ended and what was done in the other system)"""
    at = make_ninja(ninja.url)
    recipe = make_hooked(*way.steps(at), workspace=at.workspace)
    before = ninja.effects()
    ninja.post("/_sandbox/faults", [{"method": "POST", "path": CLIENTS, **way.fault}] if way.fault else [])
    for _ in range(way.runs):
        send(recipe, {"value": 0, "items": ["a", "b", "c"]})
    blown = go_on(recipe, fuse, way)
    runs = Run.objects.filter(recipe=recipe).order_by("pk")
    kinds = [e["kind"] for e in ninja.effects()[len(before) :]]
    return blown, ([run.status for run in runs], {kind: kinds.count(kind) for kind in sorted(set(kinds))})


def go_on(recipe: Recipe, fuse: Fuse, way: Way) -> bool:
    blown = False
    for _ in range(10):
        blown |= cut_short(fuse)
        runs = list(Run.objects.filter(recipe=recipe))
        for run in runs:
            way.nudge(run)
        wakes = [run.wake_at for run in Run.objects.filter(recipe=recipe, status__in=RunStatus.open())]
        if runs and not wakes:
            break
        clock.offset += max([timedelta(seconds=1), *(wake - now() for wake in wakes)]) + timedelta(seconds=1)
    return blown


@pytest.mark.parametrize("point", ["poll.before_commit", "poll.after_commit"])
def test_poll_that_is_cut_off_shows_the_news_once(ghl: Sandbox, point: str) -> None:
    ghl.set(search_lag=0, rate_max=0)
    make_watching(make_ghl(ghl), "ghl.contact.tagged", tag="vip")
    subscription = Subscription.objects.get()
    polling.poll(subscription.pk)
    person = next(row for row in ghl.records("contacts") if "vip" not in row["tags"])
    ghl.do("add_tag", id=person["id"], tag="vip")

    clock.offset += timedelta(hours=1)
    blown = Cut(point, subject=subscription.pk).during(lambda: polling.poll(subscription.pk))
    kept = Event.objects.count()
    clock.offset += timedelta(hours=1)
    polling.poll(subscription.pk)
    work()

    assert (blown, kept) == (True, int(point == "poll.after_commit"))
    assert [run.event.record_id for run in Run.objects.all()] == [person["id"]]


@pytest.mark.parametrize("point", ["scheduler.before_insert", "scheduler.after_insert"])
def test_due_time_that_is_cut_off_is_one_run(point: str) -> None:
    trigger = {"operation": "tools.schedule.due", "inputs": {"every": "hour", "at": not_soon()}}
    recipe = make.make_recipe(tree=trees.parse({"trigger": trigger}), live=True)
    listening.listen(recipe)
    due = recipe.subscriptions.get().poll_at

    clock.offset += timedelta(hours=1)
    blown = Cut(point).during(schedule.tick)
    kept = Event.objects.count()
    schedule.tick()
    work()

    assert (blown, kept) == (True, int(point == "scheduler.after_insert"))
    assert [event.change_key for event in Event.objects.all()] == [f"due:{due.isoformat()}"]
    assert recipe.subscriptions.get().poll_at == due + timedelta(hours=1)
    assert [run.status for run in Run.objects.all()] == [RunStatus.DONE]
