"""E33, E34: bursts of events, and a web server that is killed while it takes them."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from builder.management.commands.up import web
from builder.models import Hook, RunStatus
from tests import doors
from tests.acceptance import processes
from tests.acceptance.chaos.driver import Load, crew, hurried, post, scaled, serving, statuses, three_steps
from tests.acceptance.chaos.verdict import Verdict, p95
from tests.runner.conftest import Sandbox
from tests.services import free_port, wait_for_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SEED = 20261128


def test_e33_burst(ninja: Sandbox) -> None:
    """200 a second for ten seconds, over 20 connections."""
    events = scaled(2000)
    load = Load(ninja, Verdict("E33", SEED), three_steps(ninja.url))
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=load.recipe))}/"
    environ = hurried()
    with (
        processes.running(processes.SCHEDULER, environ),
        crew(environ),
        serving(environ | {"TIME_SCALE": "1"}) as port,
        ThreadPoolExecutor(20) as senders,
    ):
        began = time.monotonic()
        answers = list(senders.map(lambda n: post(port, path, n, began + n / 200), range(events)))
        load.sent = events
        load.wait_for_the_end(600)

    took = sorted(seconds for _, seconds in answers)
    p99 = took[int(0.99 * (len(took) - 1))]
    load.verdict.more |= {"p95_ms": round(1000 * (p95(took) or 0)), "p99_ms": round(1000 * p99)}
    load.verdict.say()
    assert {status for status, _ in answers} == {200}
    assert load.verdict.clean
    assert ((p95(took) or 0) <= 0.15, p99 <= 0.5) == (True, True)


def test_e34_web_server_is_killed_under_load(ninja: Sandbox) -> None:
    """A delivery without a thank-you is sent again. What was thanked for has a run each, counted by what it made: the
    sender's second try of one that was stored all the same is a delivery of its own, for want of an id."""
    kills, thanked = scaled(50), 0
    load = Load(ninja, Verdict("E34", SEED), three_steps(ninja.url))
    path = f"/hooks/{doors.key_of(Hook.objects.get(subscription__recipe=load.recipe))}/"
    environ, chance = hurried(), random.Random(SEED)
    with processes.running(processes.SCHEDULER, environ), crew(environ):
        for _ in range(kills):
            answers: list[int] = []
            server = processes.start(web(port := free_port()), environ | {"TIME_SCALE": "1"})
            wait_for_port(port)
            sender = threading.Thread(target=send_until_it_is_gone, args=(port, path, answers))
            sender.start()
            time.sleep(chance.uniform(1, 2))
            processes.kill(server)
            sender.join()
            thanked += answers.count(200)
        load.sent = thanked
        load.wait_for_the_end(300)

    found = statuses(load.recipe)
    load.verdict.lost, load.verdict.stuck = max(0, thanked - found.get(RunStatus.DONE, 0)), 0
    load.verdict.more |= {"thanked": thanked, "kept_without_thanks": found.get(RunStatus.DONE, 0) - thanked}
    load.verdict.say()
    assert load.verdict.clean
    assert set(found) == {RunStatus.DONE}


def send_until_it_is_gone(port: int, path: str, answers: list[int]) -> None:
    """Fifty a second."""
    while (status := post(port, path, len(answers))[0]) or not answers:
        answers.append(status)
        time.sleep(0.02)
