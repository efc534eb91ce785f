"""E24 at length, E28: services that are late or sick for long."""

import random
from typing import Any

import pytest

from builder.models import Run, RunStatus, StepRun
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.driver import Load, scaled, three_steps
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.test_e24_late_effects import late_effects
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox, until_over, work

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20261128


def test_e24_effects_after_the_time_out(ninja: Sandbox, settings: Any) -> None:
    late_effects(ninja, settings, Verdict("E24", SEED), scaled(1000), 600)


def test_e28_brown_out(ninja: Sandbox) -> None:
    """Three of ten calls are answered with a 5xx, half of them after the work was done."""
    runs, verdict = scaled(500), Verdict("E28", SEED)
    ninja.set(guard=0)
    with Proxy(ninja.url) as proxy:
        proxy.fail(network.brown_out(0.3, random.Random(SEED)), times=100 * runs)
        load = Load(ninja, verdict, three_steps(proxy.url))
        load.send(runs)
        work()
        for run in Run.objects.order_by("pk"):
            until_over(run, 60)
        load.judge()

    attempts = StepRun.objects.count() / (3 * runs)
    done = Run.objects.filter(status=RunStatus.DONE).count()
    verdict.more |= {"attempts_a_step": round(attempts, 2), "done": done}
    verdict.say()
    assert verdict.clean
    assert done >= 0.999 * runs
    assert attempts <= 2.2
