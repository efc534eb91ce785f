"""E3, E4, E5, E38: long loads under which processes die, freeze and are replaced. `make chaos` runs it."""

import os
import random
import signal
import subprocess
import time

import pytest

from builder.models import RunStatus
from tests.acceptance import processes
from tests.acceptance.chaos.driver import (
    FASTER,
    Load,
    crew,
    freeze,
    hurried,
    kill_in_portions,
    scaled,
    statuses,
    three_steps,
)
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SEED = 20261128
LEASE = 90 / float(FASTER)


def test_e03_long_crash_loop(ninja: Sandbox) -> None:
    """A worker dies about every three seconds, which is as long as a lease lasts here."""
    runs, kills = scaled(10_000), scaled(500)
    load = Load(ninja, Verdict("E3", SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ, 3) as workers:
        kill_in_portions(load, workers, kills, runs, random.Random(SEED), rest=4)
        load.wait_for_the_end(300)

    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: runs}
    assert load.verdict.clean


def test_e04_scheduler_and_worker_are_killed_in_turn(ninja: Sandbox) -> None:
    rounds = scaled(60)
    load = Load(ninja, Verdict("E4", SEED), three_steps(ninja.url))
    environ, chance = hurried(), random.Random(SEED)
    scheduler = processes.start(processes.SCHEDULER, environ)
    try:
        with crew(environ) as workers:
            for number in range(rounds):
                before = load.effects()
                load.send(10)
                load.wait_for_effects(before + 1)
                time.sleep(chance.uniform(0, 0.5))
                load.kills()
                if number % 2:
                    workers.kill_the_busy_one()
                    workers.hire()
                else:
                    processes.kill(scheduler)
                    scheduler = processes.start(processes.SCHEDULER, environ)
            load.wait_for_the_end(60 + LEASE)
    finally:
        processes.kill(scheduler)

    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean


def test_e05_frozen_worker_wakes_up_when_another_has_finished_its_runs(ninja: Sandbox) -> None:
    """The service takes half a second: the worker is frozen before it sends, or while it waits for the answer, not in
    the middle of a write."""
    rounds, chance = scaled(20), random.Random(SEED)
    ninja.set(speed=0.5)
    load = Load(ninja, Verdict("E5", SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ) as workers:
        for _ in range(rounds):
            before = load.effects()
            load.send(10)
            load.wait_for_effects(before + 1)
            load.kills()
            frozen = workers.busy()
            time.sleep(chance.uniform(0, 0.5))
            freeze(frozen)
            wait_for(lambda: load.open() == 0, 10 * LEASE)
            time.sleep(2 * LEASE)
            os.kill(frozen.pid, signal.SIGCONT)
            time.sleep(LEASE)
        load.wait_for_the_end()

    load.verdict.more["frozen_runs"] = sum(len(under_way) for _, under_way in load.broken_off)
    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean


def test_e38_rolling_restarts_under_load(ninja: Sandbox) -> None:
    """Told to stop, a worker has half a minute; a new one stands beside it by then."""
    rounds, slowest = scaled(20), 0.0
    load = Load(ninja, Verdict("E38", SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ) as workers:
        for _ in range(rounds):
            before = load.effects()
            load.send(20)
            load.wait_for_effects(before + 1)
            workers.hire()
            slowest = max(slowest, told_to_stop(workers.workers.pop(0)))
        load.wait_for_the_end()

    load.verdict.more |= {"restarts": rounds, "slowest_stop_s": round(slowest, 1)}
    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean
    assert slowest <= 30


def told_to_stop(worker: subprocess.Popen[bytes]) -> float:
    """Seconds until it was gone."""
    began = time.monotonic()
    os.kill(worker.pid, signal.SIGTERM)
    try:
        worker.wait(31)
    except subprocess.TimeoutExpired:
        processes.kill(worker)
    return time.monotonic() - began
