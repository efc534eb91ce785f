import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Drain, Event, Fate, Run, RunStatus, StepRun, StepStatus
from builder.runner import doorbell, drain, leases, schedule
from builder.runner.clock import ASK_EVERY, clock, now
from tests import make
from tests.runner.conftest import Sandbox, wait_for, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_drain_carries_an_event_to_the_other_system_once(ninja: Sandbox) -> None:
    connection = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.create", connection, name="{{ trigger.company }}")
    recipe = make_hooked(step, workspace=connection.workspace)
    event = send(recipe, {"company": "Harbor Dental"})

    work()

    run = only_run(recipe)
    assert (run.status, run.because, run.place) == (RunStatus.DONE, "", None)
    assert Event.objects.get(pk=event.pk).fate == Fate.RAN
    step_run = StepRun.objects.get(run=run)
    assert step_run.status == StepStatus.DONE
    assert step_run.output["client"]["name"] == "Harbor Dental"
    assert len(ninja.effects("client")) == 1


def note() -> dict[str, Any]:
    return action("snote1", "tools.text.format", text="hello")


def test_two_drains_at_once_walk_each_run_once(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    recipe = make_hooked(
        action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.n }}"), workspace=at.workspace
    )
    for n in range(40):
        send(recipe, {"n": f"Client {n}"})
    drains = [threading.Thread(target=work, kwargs={"at_once": 5}) for _ in range(3)]

    for thread in drains:
        thread.start()
    for thread in drains:
        thread.join()

    assert Run.objects.filter(status=RunStatus.DONE).count() == 40
    assert StepRun.objects.count() == 40
    names = [row["name"] for row in ninja.records("clients")][-40:]
    assert sorted(names) == sorted(f"Client {n}" for n in range(40))


def test_worker_told_to_stop_finishes_its_step_and_puts_the_run_down(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    create = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    recipe = make_hooked(create, note(), workspace=at.workspace)
    send(recipe, {})
    ninja.fail({"method": "POST", "delay": 0.5})
    worker = threading.Thread(target=work, kwargs={"linger": 30})
    worker.start()
    wait_for(lambda: StepRun.objects.filter(step_id="sclien").exists())

    drain.stopping.set()
    try:
        worker.join(10)
    finally:
        drain.stopping.clear()
    put_down = only_run(recipe)
    work()

    assert not worker.is_alive()
    assert (put_down.status, put_down.place, put_down.lease_until) == (RunStatus.QUEUED, [1], None)
    assert put_down.wake_at <= now()
    assert only_run(recipe).status == RunStatus.DONE
    assert len(ninja.effects("client")) == 1
    assert Drain.objects.count() == 0


def test_sweep_rings_for_what_nobody_came_for() -> None:
    send(make_hooked(note()), {})
    Drain.objects.create(holder="killed", alive_until=now() - timedelta(seconds=1))

    assert leases.sweep()
    schedule.tick()
    work()
    assert not leases.sweep()


def test_drain_with_no_room_does_not_silence_the_bell() -> None:
    doorbell.awake("busy", full=True)
    assert not doorbell.someone_awake()
    doorbell.awake("free", full=False)
    assert doorbell.someone_awake()
    doorbell.asleep("free")
    assert not doorbell.someone_awake()


def test_ring_while_somebody_is_awake_is_put_aside() -> None:
    send(make_hooked(note()), {})
    doorbell.awake("somebody", full=False)
    drain.answer()
    unread = Event.objects.filter(read_at=None).count()
    doorbell.asleep("somebody")

    drain.answer()
    resting = drain._resting.qsize()
    drain.dismiss()

    assert (unread, resting) == (1, 1)
    assert Run.objects.get().status == RunStatus.DONE


def test_worker_of_a_machine_that_slept_sees_what_is_due_by_now() -> None:
    """Its own counting stands still meanwhile."""
    run = make.make_run(recipe=make_hooked(note()), status=RunStatus.WAITING, wake_at=now(), finished_at=None)
    asked, tick = clock.ask()
    clock._asked = (asked - timedelta(hours=1), tick - ASK_EVERY - 1)

    drain.answer()
    drain.dismiss()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE


def test_no_event_is_overlooked_while_drains_come_and_go() -> None:
    """A worker that wakes by the bell alone, with nobody to sweep behind it."""
    recipe, chance = make_hooked(note()), random.Random(20261122)
    with answering_the_bell():
        for n in range(20):
            send(recipe, {"n": n})
            time.sleep(chance.choice([0.0, 0.01, chance.uniform(0.15, 0.4)]))

        wait_for(lambda: Run.objects.filter(status=RunStatus.DONE).count() == 20)


class answering_the_bell:
    """A worker's consumer: it takes each message off the broker and works until all is quiet."""

    def __enter__(self) -> None:
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        with current_app.connection_for_write() as broker:
            broker.SimpleQueue("recette").clear()
        self.thread.start()

    def __exit__(self, *_: Any) -> None:
        self.over.set()
        self.thread.join()

    def run(self) -> None:
        with scopes_disabled(), current_app.connection_for_read() as broker, broker.SimpleQueue("recette") as queue:
            while not self.over.is_set():
                if self.rings(queue.get):
                    work(linger=2 * doorbell.AGAIN)

    def rings(self, take: Callable[..., Any]) -> bool:
        try:
            message = take(timeout=0.1)
        except TimeoutError:
            return False
        except Exception as nothing:  # each transport has its own Empty
            assert type(nothing).__name__ == "Empty"
            return False
        message.ack()
        return message.headers["task"] == "recette.drain"


def test_connections_of_a_drain_are_given_back() -> None:
    if connection.vendor != "postgresql":
        return
    pool = connection.pool
    before = pool.get_stats()["requests_num"]
    for _ in range(pool.max_size + 2):
        work()

    assert pool.get_stats()["requests_num"] > before
    assert pool.get_stats()["pool_available"] > 0


def test_drain_writes_down_what_is_left_of_the_budget(ghl: Sandbox) -> None:
    shown = ghl.get("/_sandbox/state")["connect"]
    settings = {"base_url": ghl.url, "location_id": shown["location_id"]}
    at = make.make_connection(connector="ghl", settings=settings, secrets={"token": shown["token"]})
    recipe = make_hooked(action("slocat", "ghl.locations.get", at), workspace=at.workspace)
    send(recipe, {})

    work(linger=0)  # home before it would tell of itself again

    at.refresh_from_db()
    assert only_run(recipe).status == RunStatus.DONE
    assert at.budget["daily_remaining"] < 200_000
