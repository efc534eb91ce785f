"""E11 small: a broker that takes the call and never says a word. At length: nightly_stores.py."""

import socket

import pytest

from builder.models import Event, Hook
from tests import doors
from tests.acceptance import processes
from tests.acceptance.chaos.driver import post, serving
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.make import action, make_hooked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

DELIVERIES = 20


def test_delivery_does_not_wait_for_a_broker_that_is_silent() -> None:
    verdict, recipe = Verdict("E11 small"), make_hooked(action("snote1", "tools.text.format", text="hello"))
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=recipe))}/"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with serving(processes.environment(TIME_SCALE="1", BROKER_URL=url)) as port:
            answers = [post(port, path, n) for n in range(DELIVERIES)]

    slowest = max(seconds for _, seconds in answers)
    verdict.lost, verdict.more = DELIVERIES - Event.objects.count(), {"slowest_s": round(slowest, 2)}
    verdict.say()
    assert {status for status, _ in answers} == {200}
    assert slowest < 2.5
    assert verdict.clean
