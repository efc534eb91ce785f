"""E16 small: two workers and a web server write to one SQLite file at the same time."""

import http.client
import json
import threading
import time

import pytest
from django.db import connection

from builder.models import Hook
from tests import doors
from tests.acceptance import processes
from tests.acceptance.chaos.driver import KINDS, Load, crew, hurried, serving, three_steps
from tests.acceptance.chaos.verdict import Verdict, p95
from tests.runner.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SENDERS, EACH, EVERY = 4, 25, 0.15


def test_two_workers_and_a_web_server_share_one_file(ninja: Sandbox) -> None:
    if connection.vendor != "sqlite":
        return  # other databases have many writers
    load = Load(ninja, Verdict("E16 small"), three_steps(ninja.url))
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=load.recipe))}/"
    environ = hurried()
    with (
        processes.running(processes.SCHEDULER, environ),
        crew(environ) as workers,
        serving(environ | {"TIME_SCALE": "1"}) as port,
    ):
        load.send(2)
        load.wait_for_effects(2 * len(KINDS))  # all have started by then
        answers = knock_from_all_sides(port, path)
        load.sent += len(answers)
        load.wait_for_the_end()
        assert workers.bury() == 0

    took = [seconds for _, seconds in answers]
    load.verdict.more["write_p95_ms"] = round(1000 * (p95(took) or 0))
    load.verdict.say()
    assert {status for status, _ in answers} == {200}
    assert load.verdict.clean
    assert load.verdict.held == 0
    assert (p95(took) or 0) <= 0.25


def knock_from_all_sides(port: int, path: str) -> list[tuple[int, float]]:
    """(status, seconds) of each delivery."""
    answers: list[tuple[int, float]] = []

    def post(number: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for n in range(EACH):
            began = time.monotonic()
            body = json.dumps({"company": f"Company {number}-{n}"})
            link.request("POST", path, body, {"Content-Type": "application/json"})
            answer = link.getresponse()
            answer.read()
            answers.append((answer.status, time.monotonic() - began))
            time.sleep(EVERY)
        link.close()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
