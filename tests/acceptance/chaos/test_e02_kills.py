"""E2, E9: real workers are killed while they work, and the broker forgets everything it was told."""

import random

import pytest

from builder.models import RunStatus
from tests.acceptance import processes
from tests.acceptance.chaos.driver import Load, crew, flush_the_broker, hurried, kill_in_portions, statuses, three_steps
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

RUNS, KILLS = 300, 20
SEED = 20261122


def test_killing_the_worker_loses_nothing_and_doubles_nothing(ninja: Sandbox) -> None:
    load = Load(ninja, Verdict("E2", SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ) as workers:
        kill_in_portions(load, workers, KILLS, RUNS, random.Random(SEED))
        load.wait_for_the_end()

    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: RUNS}
    assert load.verdict.clean


def test_broker_that_forgets_everything_loses_nothing_and_doubles_nothing(ninja: Sandbox) -> None:
    runs = 100
    load = Load(ninja, Verdict("E9", SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ) as workers:
        for share in (0.3, 0.6):
            load.send(int(share * runs) - load.sent)
            load.wait_for_effects(int(share * runs))
            load.kills()
            workers.kill_the_busy_one()  # with it, what it had taken off the broker
            flush_the_broker()
            workers.hire()
        load.send(runs - load.sent)
        load.wait_for_the_end()

    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: runs}
    assert load.verdict.clean
