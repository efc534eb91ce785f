"""E7: answers of 200 MB to a worker that may not have so much memory."""

import resource
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from builder.models import Connection, Health, Recipe, Run, RunStatus
from tests.acceptance import processes
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.classes import CLASSES, case_of
from tests.acceptance.chaos.driver import Load, crew, hurried, scaled, statuses, three_steps
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox, wait_for
from tests.runner.make import make_hooked, make_ninja, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

ROOM = 150 * 2**20
"""What the worker may take beside what it has when it stands ready."""
RUNS_EACH = 6
"""More than a service may fail in a row before it is left alone."""
ENDS = dict.fromkeys(CLASSES, RunStatus.HELD) | {"reconcile": RunStatus.DONE}
"""What was made is found again, whatever the answer; all else is put to a person."""
RENAMED = {"idempotent": {"name": "Company {{ trigger.n }}"}}
"""A change to what is there already is not made."""
TOLD = "is larger than we read"


def test_e07_answers_that_are_too_large_end_their_step_only(ninja: Sandbox) -> None:
    """Runs of each class, under each kind of answer; all others go on beside them, in the same worker."""
    runs, acts = scaled(300), (network.huge, network.bomb)
    ninja.set(guard=0)
    load = Load(ninja, Verdict("E7"), three_steps(ninja.url))
    environ = hurried(READ_TIMEOUT="120", SETTLE="150", LEASE="300")
    with ExitStack() as stack, processes.running(processes.SCHEDULER, environ), crew(environ, 1) as workers:
        load.send(3)
        load.wait_for_effects(9)
        limit_memory(workers.workers[0].pid)
        greedy = {(a.__name__, k): greedy_of(stack, ninja, a, k, n) for n, a in enumerate(acts) for k in CLASSES}
        load.send(runs)
        load.wait_for_the_end(120)
        wait_for(lambda: not Run.objects.filter(status__in=RunStatus.open()).exists(), 60)
        died = workers.bury()

    ends = {key: statuses(recipe) for key, recipe in greedy.items()}
    untold = Run.objects.filter(status=RunStatus.HELD).exclude(because__contains=TOLD)
    load.judge()
    load.verdict.doubled += doubled(ninja)
    load.verdict.lost += len(acts) * RUNS_EACH  # the clients of others were made, too
    load.verdict.more |= {"died": died, "too_large": len(greedy) * RUNS_EACH}
    load.verdict.say()
    assert ends == {(act, kind): {ENDS[kind]: RUNS_EACH} for act, kind in greedy}
    assert list(untold.values_list("because", flat=True)) == []
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean
    assert (died, Connection.objects.exclude(health=Health.WELL).count()) == (0, 0)


def greedy_of(stack: ExitStack, ninja: Sandbox, act: network.Act, kind: str, number: int) -> Recipe:
    """Its calls go over a network of their own, for good."""
    proxy, case = stack.enter_context(Proxy(ninja.url)), case_of(kind, ninja, number)
    proxy.fail(act, case.method, case.path, times=10**9)
    at, step = make_ninja(proxy.url), replace(case, inputs={**case.inputs, **RENAMED.get(kind, {})}).step
    recipe = make_hooked(step(at), workspace=at.workspace)
    for n in range(RUNS_EACH):
        send(recipe, {"n": n})
    return recipe


def limit_memory(pid: int) -> None:
    """On top of what it has."""
    has = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmSize"))
    most = int(has.split()[1]) * 1024 + ROOM
    resource.prlimit(pid, resource.RLIMIT_AS, (most, most))
