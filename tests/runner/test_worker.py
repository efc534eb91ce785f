"""A real worker: told to stop in the middle of a step, and at what a paused recipe kept."""

import os
import signal
import time

import pytest

from builder.actions import publishing
from builder.models import Drain, Kept, Run, RunStatus, StepRun, StepStatus
from builder.runner.clock import now
from tests import make
from tests.acceptance import processes
from tests.runner.conftest import Sandbox, wait_for, work
from tests.runner.make import action, make_hooked, make_ninja, only_run, send


@pytest.mark.django_db(transaction=True)
@pytest.mark.heavy
def test_worker_told_to_stop_ends_soon_and_leaves_the_run_for_the_next(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    steps = [action(f"sclie{n}", "invoice_ninja.clients.create", at, name=f"Ada {n}") for n in range(3)]
    recipe = make_hooked(*steps, workspace=at.workspace)
    ninja.fail({"method": "POST", "path": "/api/v1/clients", "delay": 2})
    with processes.running((*processes.WORKER, *processes.QUIET), processes.environment(TIME_SCALE="10")) as worker:
        send(recipe, {})
        wait_for(lambda: StepRun.objects.filter(step_id="sclie0").exists(), 60)

        began = time.monotonic()
        os.kill(worker.pid, signal.SIGTERM)
        code = worker.wait(30)
        took = time.monotonic() - began

    run = only_run(recipe)
    put_down = (run.status, run.place, run.lease_until)
    due = run.wake_at <= now()
    left = Drain.objects.count()
    work()

    assert (code, left) == (0, 0)
    assert took < 10
    assert put_down == (RunStatus.QUEUED, [1], None)
    assert due
    assert only_run(recipe).status == RunStatus.DONE
    assert {s.status for s in StepRun.objects.all()} == {StepStatus.DONE}
    assert len(ninja.effects("client.created")) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.heavy
def test_worker_runs_what_a_paused_recipe_kept() -> None:
    by = make.make_actor()
    recipe = make_hooked({"id": "sstopp", "kind": "stop", "outcome": "done"}, workspace=by.workspace)
    publishing.pause(by, recipe)
    for number in range(3):
        send(recipe, {"n": number})
    work()
    before = (Kept.objects.count(), Run.objects.count())
    with processes.running((*processes.WORKER, *processes.QUIET), processes.environment()):
        publishing.resume(by, recipe, "run")
        wait_for(lambda: Run.objects.filter(recipe=recipe, status=RunStatus.DONE).count() == 3, 60)

    assert (before, Kept.objects.count()) == ((3, 0), 0)
