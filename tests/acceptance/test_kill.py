"""A real worker is killed again and again while it works; the other system's own log is the judge."""

import random
import subprocess
import time
from collections import Counter

import pytest
from django_scopes import scopes_disabled

from builder.models import Drain, Recipe, Run, RunStatus
from tests.acceptance import processes
from tests.runner.conftest import Sandbox
from tests.runner.make import action, make_hooked, make_ninja, send

RUNS, KILLS = 300, 20
SEED = 20261122
FASTER = "30"
"""All times of the runner divided by this: a lease of 3 s, time-outs of 1 s."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.alone
def test_killing_the_worker_loses_nothing_and_doubles_nothing(ninja: Sandbox) -> None:
    with scopes_disabled():
        recipe = make_three_steps(ninja)
        environ = processes.environment(TIME_SCALE=FASTER)
        with processes.running(processes.SCHEDULER, environ):
            kills = kill_while_working(recipe, ninja, environ)
            with processes.running((*processes.WORKER, *processes.QUIET), environ):
                wait_for_the_end(recipe)

        effects = ninja.effects()
        doubled = {
            k: n for k, n in Counter((e["kind"], marker) for e in effects for marker in e["markers"]).items() if n > 1
        }
        assert kills >= KILLS
        assert dict(Counter(Run.objects.values_list("status", flat=True))) == {RunStatus.DONE: RUNS}
        assert doubled == {}
        assert Counter(e["kind"] for e in effects) == {
            "client.created": RUNS,
            "product.created": RUNS,
            "invoice.created": RUNS,
        }


def make_three_steps(ninja: Sandbox) -> Recipe:
    at = make_ninja(ninja.url)
    return make_hooked(
        action("sclien", "invoice_ninja.clients.create", at, name="{{ trigger.company }}"),
        action("sprodu", "invoice_ninja.products.create", at, product_key="{{ trigger.company }}", cost="10"),
        action(
            "sinvoi",
            "invoice_ninja.invoices.create",
            at,
            client_id="{{ sclien.client.id }}",
            public_notes="{{ trigger.company }}",
        ),
        workspace=at.workspace,
    )


def kill_while_working(recipe: Recipe, ninja: Sandbox, environ: dict[str, str]) -> int:
    """Sends all the events in portions. Two workers stand ready; the one that has the runs is killed a moment after new
    effects were seen, and replaced."""
    chance, sent = random.Random(SEED), 0
    workers = [processes.worker(environ, f"first{n}") for n in range(2)]
    for kill in range(KILLS):
        before = len(ninja.effects())
        for _ in range(RUNS // KILLS):
            send(recipe, {"company": f"Company {sent}"})
            sent += 1
        wait_for_effects(ninja, before)
        time.sleep(chance.uniform(0, 0.25))
        processes.kill(busy_one(workers))
        workers = [w for w in workers if w.poll() is None] + [processes.worker(environ, f"worker{kill}")]
    for worker in workers:
        processes.kill(worker)
    return KILLS + len(workers)


def busy_one(workers: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """The worker whose drain was heard of last."""
    holders = Drain.objects.order_by("-alive_until").values_list("holder", flat=True)
    pids = [int(holder.split("-")[-2]) for holder in holders]
    by_pid = {worker.pid: worker for worker in workers}
    return next((by_pid[pid] for pid in pids if pid in by_pid), workers[0])


def wait_for_effects(ninja: Sandbox, before: int) -> None:
    end = time.monotonic() + 30
    while len(ninja.effects()) == before:
        assert time.monotonic() < end, "the workers do nothing"
        time.sleep(0.02)


def wait_for_the_end(recipe: Recipe) -> None:
    end = time.monotonic() + 90
    while Run.objects.filter(recipe=recipe, status__in=RunStatus.ended()).count() < RUNS:
        assert time.monotonic() < end, dict(Counter(Run.objects.values_list("status", "because")))
        time.sleep(0.2)
