"""The installation that is measured, as `make up` would start it, with the other system beside it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Any

from tests.services import free_port

PY = sys.executable
TICKS = os.sysconf("SC_CLK_TCK")
CLAIMED = """
import django; django.setup()
from django_scopes import scopes_disabled
from builder.models import Run
with scopes_disabled():
    for run in Run.objects.select_related("event").order_by("-pk")[:{count}]:
        print((run.started_at - run.event.received_at).total_seconds() * 1000)
"""


class Bench:
    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.web_port, self.upstream_port = free_port(), free_port()
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Bench":
        self._run(PY, "manage.py", "migrate", "--verbosity", "0")
        upstream = f"http://127.0.0.1:{self.upstream_port}"
        self.path = self._run(PY, "-m", "tests.benchmarks.plant", upstream).strip().splitlines()[-1]
        self._start("upstream", PY, "-m", "tests.benchmarks.upstream", str(self.upstream_port))
        granian = (PY, "-m", "granian", "--no-ws", "--log-level", "error", "--interface", "wsgi")
        where = ("--port", str(self.web_port), "--blocking-threads", "16")
        self._start("web", *granian, *where, "builder.wsgi:application")
        celery = (PY, "-m", "celery", "--quiet", "-A", "builder", "worker", "--pool", "threads", "--concurrency", "4")
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "error")
        self._start("worker", *celery, *quiet)
        self._start("scheduler", PY, "manage.py", "scheduler")
        time.sleep(6)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for child in self.children.values():
            os.killpg(child.pid, signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)

    def wait_for(self, numbers: range, seconds: float = 120) -> dict[int, float]:
        """When each number came to the other system."""
        end, wanted = time.monotonic() + seconds, set(numbers)
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.upstream_port}/times") as answer:
                times = {int(n): at for n, at in json.loads(answer.read()).items()}
            if wanted <= times.keys():
                return {n: times[n] for n in numbers}
            if time.monotonic() > end:
                raise SystemExit(f"{len(wanted - times.keys())} of {len(wanted)} never arrived")
            time.sleep(0.02 if len(numbers) == 1 else 0.25)

    def bell_to_claim(self, count: int) -> list[float]:
        """Milliseconds from the stored delivery to its claimed run, by the database's clock, of the newest runs."""
        return [float(line) for line in self._run(PY, "-c", CLAIMED.format(count=count)).split()]

    def idle(self, seconds: float) -> dict[str, float]:
        """Percent of a core that each process uses while nothing happens."""
        before = self.cpu()
        time.sleep(seconds)
        after = self.cpu()
        return {name: round(100 * (after[name] - before[name]) / seconds, 1) for name in before}

    def memory(self) -> dict[str, int]:
        return {name: sum(_resident(pid) for pid in _family(child.pid)) for name, child in self._ours()}

    def cpu(self) -> dict[str, float]:
        return {name: sum(_seconds(pid) for pid in _family(child.pid)) for name, child in self._ours()}

    def _ours(self) -> list[tuple[str, subprocess.Popen[bytes]]]:
        return [(name, child) for name, child in self.children.items() if name != "upstream"]

    def _start(self, name: str, *command: str) -> None:
        self.children[name] = subprocess.Popen(command, env=self.environ, start_new_session=True)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environ, check=True, capture_output=True, text=True)
        return done.stdout


def _family(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [pid, *(p for child in children.read().split() for p in _family(int(child)))]


def _stat(pid: int) -> list[str]:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()


def _seconds(pid: int) -> float:
    fields: list[Any] = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident(pid: int) -> int:
    return int(_stat(pid)[21]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000
