"""E22, E23: answers that are none, and answers without end. More of E22 is in tests/runner/test_failures.py."""

import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest

from builder.models import RunStatus
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.classes import came_of
from tests.acceptance.chaos.proxy import Act, Proxy
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox
from tests.runner.make import last_step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

READ_TIMEOUT, SLACK = 1.0, 1.5
"""Seconds: 30 divided by 30, and what a busy machine may take beside it."""
NO_ANSWERS = (
    network.torn_chunks,
    network.broken_gzip,
    network.wrong_type,
    network.a_list,
    network.without_id,
    network.login_page,
    network.nothing,
)


@pytest.fixture
def proxy(ninja: Sandbox) -> Iterator[Proxy]:
    ninja.set(guard=0)
    with Proxy(ninja.url) as proxy:
        yield proxy


@pytest.mark.parametrize("act", NO_ANSWERS, ids=lambda act: act.__name__)
def test_answer_that_is_none_is_looked_after(ninja: Sandbox, proxy: Proxy, act: Act) -> None:
    verdict = Verdict(f"E22 {act.__name__}")

    made = came_of("reconcile", ninja, proxy.url, lambda c: proxy.fail(act, c.method, c.path))
    mailed = came_of("once", ninja, proxy.url, lambda c: proxy.fail(act, c.method, c.path))

    verdict.doubled, verdict.held = doubled(ninja), int(mailed.run.status == RunStatus.HELD)
    verdict.say()
    assert (made.short, made.run.because) == ((RunStatus.DONE, 1), "")
    assert last_step(made.run, "sonest").output["client"]["id"] == ninja.records("clients")[-1]["id"]
    assert (mailed.short, verdict.doubled) == ((RunStatus.HELD, 1), 0)


@pytest.mark.parametrize("act", [network.drip, network.endless, network.five_gigabytes], ids=lambda act: act.__name__)
def test_answer_without_end_is_cut_and_the_place_is_free_again(
    ninja: Sandbox, proxy: Proxy, act: Act, settings: Any
) -> None:
    settings.READ_TIMEOUT = READ_TIMEOUT
    verdict, seen = Verdict(f"E23 {act.__name__}"), memory()

    def fail_and_look_at_the_clock(case: Any) -> None:
        proxy.fail(act, case.method, case.path)
        nonlocal began
        began = time.monotonic()

    began = 0.0
    came = came_of("reconcile", ninja, proxy.url, fail_and_look_at_the_clock)

    first = came.run.steps.order_by("pk").first()
    took = (first.exchanges.get(purpose="call").took_ms) / 1000
    verdict.doubled, verdict.more = doubled(ninja), {"cut_after_s": took, "grown_mb": memory() - seen}
    verdict.say()
    assert came.short == (RunStatus.DONE, 1)
    assert took < READ_TIMEOUT + SLACK
    assert memory() - seen < 60
    assert verdict.doubled == 0


def memory() -> int:
    """The most this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
