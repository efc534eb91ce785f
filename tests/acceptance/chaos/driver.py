"""Many runs of three writes each, real processes that carry them and die, and the count at the end."""

import http.client
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from builder.management.commands.up import web
from builder.models import Drain, Recipe, Run, RunStatus, StepRun
from builder.runner.clock import clock, now
from tests.acceptance import processes
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox
from tests.runner.make import action, make_hooked, make_ninja, send
from tests.services import free_port, wait_for_port

FASTER = "30"
"""All times of the runner divided by this: a lease of 3 s, time-outs of 1 s."""
WORKER = (*processes.WORKER, *processes.QUIET)
KINDS = ("client.created", "product.created", "invoice.created")
SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
"""Of the nightly experiments; 1 is the size that is promised."""


def hurried(**more: str) -> dict[str, str]:
    """The environment of processes whose hours are minutes. To connect they have as long as for an answer: a sixth of a
    second would be too little on a machine that has much to do."""
    return processes.environment(TIME_SCALE=FASTER, CONNECT_TIMEOUT=FASTER, **more)


def slowed(faster: int) -> dict[str, str]:
    """Settings for hours in seconds: a lease and the wait for an answer stay such that processes can keep to them."""
    kept = {"LEASE": 3, "READ_TIMEOUT": 1, "CONNECT_TIMEOUT": 1, "SETTLE": 2, "SWEEP_EVERY": 0.5}
    return {"TIME_SCALE": str(faster), **{name: str(seconds * faster) for name, seconds in kept.items()}}


def scaled(number: int) -> int:
    return max(1, round(number * SCALE))


def three_steps(url: str) -> Recipe:
    at = make_ninja(url)
    company = "{{ trigger.company }}"
    return make_hooked(
        action("sclien", "invoice_ninja.clients.create", at, name=company),
        action("sprodu", "invoice_ninja.products.create", at, product_key=company, cost="10"),
        action("sinvoi", "invoice_ninja.invoices.create", at, client_id="{{ sclien.client.id }}", public_notes=company),
        workspace=at.workspace,
    )


@dataclass
class Load:
    """Runs of one recipe, counted by the sandbox's own log."""

    ninja: Sandbox
    verdict: Verdict
    recipe: Recipe
    sent: int = 0
    broken_off: list[tuple[datetime, dict[int, int]]] = field(default_factory=list)
    """When something was killed, and the runs under way then with their tokens."""

    def send(self, count: int) -> None:
        for _ in range(count):
            send(self.recipe, {"company": f"Company {self.sent}"})
            self.sent += 1

    def effects(self) -> int:
        return self.ninja.get("/_sandbox/effects?since=1000000000")["total"]

    def wait_for_effects(self, count: int, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while self.effects() < count:
            assert time.monotonic() < end, f"{self.effects()} of {count} effects came"
            time.sleep(0.02)

    def kills(self) -> None:
        """To be called right before one."""
        under_way = Run.objects.filter(recipe=self.recipe, status=RunStatus.RUNNING)
        clock.ask()
        self.broken_off.append((now(), dict(under_way.values_list("pk", "token"))))

    def wait_for_the_end(self, seconds: float = 90) -> None:
        """Until every event has a run and every run is over or on hold; the verdict says when not."""
        end = time.monotonic() + seconds
        while self.open() and time.monotonic() < end:
            time.sleep(0.2)
        self.judge()

    def open(self) -> int:
        """Events without a run, and runs that are neither over nor on hold."""
        runs = Run.objects.filter(recipe=self.recipe)
        return max(0, self.sent - runs.count()) + runs.filter(status__in=RunStatus.open()).count()

    def judge(self) -> None:
        marks = Counter((e["kind"], m) for e in self.ninja.effects() if e["kind"] in KINDS for m in e["markers"])
        verdict = self.verdict
        verdict.stuck = self.open()
        verdict.held = Run.objects.filter(recipe=self.recipe, status=RunStatus.HELD).count()
        verdict.doubled = sum(count - 1 for count in marks.values())
        verdict.lost = len(KINDS) * self.sent - len(marks)
        verdict.resumes = list(self._resumes())
        verdict.more |= {"runs": self.sent, "kills": len(self.broken_off)}

    def _resumes(self) -> Iterator[float]:
        """From the last kill before its next sign, of each run that somebody else took over."""
        tokens = dict(Run.objects.filter(recipe=self.recipe).values_list("pk", "token"))
        for pk, signs in self._signs().items():
            kills = [at for at, under_way in self.broken_off if pk in under_way and tokens[pk] > under_way[pk]]
            for at, next_at in itertools.zip_longest(kills, kills[1:]):
                sign = next((moment for moment in signs if moment > at), None)
                if sign and (next_at is None or sign < next_at):
                    yield (sign - at).total_seconds()

    def _signs(self) -> dict[int, list[datetime]]:
        """When steps of each run began and ended."""
        signs: dict[int, list[datetime]] = defaultdict(list)
        steps = StepRun.objects.filter(run__recipe=self.recipe)
        for pk, began, ended in steps.values_list("run_id", "started_at", "finished_at"):
            signs[pk] += [began, ended] if ended else [began]
        return {pk: sorted(moments) for pk, moments in signs.items()}


@dataclass
class Crew:
    """Workers that stand ready. A dead one is replaced at once."""

    environ: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    hired: int = 0

    def hire(self, count: int = 1) -> None:
        for _ in range(count):
            self.hired += 1
            self.workers.append(processes.worker(self.environ, f"worker{self.hired}"))

    def kill_the_busy_one(self) -> None:
        busy = self.busy()
        processes.kill(busy)
        self.workers.remove(busy)

    def busy(self) -> subprocess.Popen[bytes]:
        """The worker whose drain was heard of last."""
        holders = Drain.objects.order_by("-alive_until").values_list("holder", flat=True)
        by_pid = {worker.pid: worker for worker in self.workers}
        pids = (int(holder.split("-")[-2]) for holder in holders)
        return next((by_pid[pid] for pid in pids if pid in by_pid), self.workers[0])

    def bury(self) -> int:
        """How many ended by themselves."""
        dead = [w for w in self.workers if w.poll() is not None]
        self.workers = [w for w in self.workers if w not in dead]
        return len(dead)

    def dismiss(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                processes.kill(worker)
        self.workers = []


@contextmanager
def crew(environ: dict[str, str], count: int = 2) -> Iterator[Crew]:
    workers = Crew(environ)
    try:
        workers.hire(count)
        yield workers
    finally:
        workers.dismiss()


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[int]:
    """A web server; its port."""
    port = free_port()
    with processes.running(web(port), environ):
        wait_for_port(port)
        yield port


def kill_in_portions(
    load: Load, workers: Crew, kills: int, runs: int, chance: random.Random, pause: float = 0.25, rest: float = 0
) -> None:
    """Sends all the events in portions. The worker that has the runs is killed a moment after new effects were seen;
    the next portion comes up to `rest` seconds later."""
    for number in range(kills):
        before = load.effects()
        load.send((number + 1) * runs // kills - load.sent)
        load.wait_for_effects(before + 1)
        time.sleep(chance.uniform(0, pause))
        load.kills()
        workers.kill_the_busy_one()
        workers.hire()
        time.sleep(chance.uniform(0, rest))


def freeze(worker: subprocess.Popen[bytes]) -> None:
    """Stops it where it holds nobody up: a process that has a transaction open keeps everybody waiting on SQLite,
    whatever anybody does."""
    for _ in range(200):
        os.kill(worker.pid, signal.SIGSTOP)
        if connection.vendor != "sqlite" or _writable():
            return
        os.kill(worker.pid, signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("it was always in the middle of a write")


def _writable() -> bool:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.5, isolation_level=None)) as own:
        try:
            own.execute("BEGIN IMMEDIATE")
            own.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True


def post(port: int, path: str, number: int, at: float = 0.0) -> tuple[int, float]:
    """A delivery, at a moment of the monotonic clock: (status, seconds); status 0 when the server went away over it."""
    time.sleep(max(0.0, at - time.monotonic()))
    began, link = time.monotonic(), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("POST", path, json.dumps({"company": f"Company {number}"}), {"Content-Type": "application/json"})
        answer = link.getresponse()
        answer.read()
        return answer.status, time.monotonic() - began
    except (OSError, http.client.HTTPException):
        return 0, time.monotonic() - began
    finally:
        link.close()


def flush_the_broker() -> None:
    """Every message there is, gone."""
    if settings.BROKER_URL.startswith("redis"):
        redis.Redis.from_url(settings.BROKER_URL).flushdb()
        return
    for name in ("queue", "taken"):
        for message in Path(settings.BROKER_DIR, name).glob("*"):
            shutil.rmtree(message, ignore_errors=True) if message.is_dir() else message.unlink(missing_ok=True)


def statuses(recipe: Recipe) -> dict[str, Any]:
    return dict(Counter(Run.objects.filter(recipe=recipe).values_list("status", flat=True)))
