"""E24 small, E29: the effect comes after our time-out; a second equal payment meets the guard against double clicks.

A thousand runs: nightly_services.py."""

import random
import time
from typing import Any

import pytest

from builder.models import Exchange, Run, RunStatus
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, make_hooked, make_ninja, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

SEED, COUNT, FEW = 20261128, 40, 4
"""FEW runs of one connection, so that it is not left alone for being slow."""


def test_effects_that_come_after_the_time_out_are_not_doubled(ninja: Sandbox, settings: Any) -> None:
    late_effects(ninja, settings, Verdict("E24 small", SEED), COUNT, 20)


def late_effects(ninja: Sandbox, settings: Any, verdict: Verdict, count: int, seconds: float) -> None:
    """Time-out 0.5 s, effect at 0.4 to 0.7 s, answer 0.4 to 0.7 s after it: a tenth of the plan's."""
    settings.READ_TIMEOUT, settings.SETTLE = 0.5, 1.5
    with Proxy(ninja.url) as proxy:
        proxy.fail(network.late(0.7, 0.7, random.Random(SEED)), "POST", "/api/v1/clients", count)
        for n in range(count // FEW):
            at = make_ninja(proxy.url)
            create = action("sclien", "invoice_ninja.clients.create", at, name="Harbor Dental {{ trigger.n }}")
            recipe = make_hooked(create, workspace=at.workspace)
            for m in range(FEW):
                send(recipe, {"n": n * FEW + m})

        work()
        until_all_is_over(seconds)

    made = len(ninja.effects("client.created"))
    verdict.lost, verdict.doubled = count - made + doubled(ninja), doubled(ninja)
    verdict.stuck = Run.objects.exclude(status=RunStatus.DONE).count()
    unanswered = Exchange.objects.filter(method="POST", status=None)
    timed_out = unanswered.values("step_run__run").distinct().count()
    verdict.more = {"runs": count, "timed_out": timed_out}
    verdict.say()
    assert timed_out > count / 2
    assert verdict.clean
    assert made == count


def until_all_is_over(seconds: float = 20) -> None:
    """In real time: the services' own clocks are part of it."""
    end = time.monotonic() + seconds
    while Run.objects.filter(status__in=RunStatus.open()).exists() and time.monotonic() < end:
        work(linger=0.3)


def test_second_equal_payment_waits_for_the_guard_and_is_made(ninja: Sandbox) -> None:
    ninja.set(guard=1)
    verdict, at = Verdict("E29"), make_ninja(ninja.url)
    client = ninja.records("clients")[0]["id"]
    pay = action("spayme", "invoice_ninja.payments.create", at, client_id=client, amount="5")
    recipe = make_hooked(pay, workspace=at.workspace)
    for _ in range(2):
        send(recipe, {})

    work()
    waiting = list(Run.objects.filter(status=RunStatus.WAITING).values_list("because", flat=True))
    until_all_is_over()

    made = len(ninja.effects("payment.created"))
    verdict.lost, verdict.doubled = max(0, 2 - made), max(0, made - 2)
    verdict.stuck = Run.objects.filter(status__in=RunStatus.open()).count()
    verdict.say()
    assert [because.partition(":")[0] for because in waiting] == ["Invoice Ninja takes one such call a second"]
    assert verdict.clean
    assert [call["status"] for call in ninja.calls("POST", "/api/v1/payments")] == [200, 400, 200]
