"""The installation that is measured, as `make up` starts it, with the other system beside it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.benchmarks import load
from tests.services import free_port

PY = sys.executable
TICKS = os.sysconf("SC_CLK_TCK")
NAMES = {"granian": "web", "celery": "worker", "scheduler": "scheduler"}
START_WITHIN = 60
BEGIN = """
import django; django.setup()
from django_scopes import scopes_disabled
everywhere = scopes_disabled()
everywhere.__enter__()
"""


class Installation:
    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.folder = Path(environ["VAR_DIR"])
        self.web_port, self.upstream_port = free_port(), free_port()
        self.upstream = f"http://127.0.0.1:{self.upstream_port}"
        self.paths: list[str] = []
        self._up: subprocess.Popen[bytes] | None = None

    @staticmethod
    def settings(folder: Path) -> dict[str, str]:
        ours = {"RECETTE_ENV": "development", "SANDBOXES": "no", "DJANGO_SETTINGS_MODULE": "builder.settings"}
        return {**os.environ, **ours, "FLOOD_EVENTS": "0", "VAR_DIR": str(folder)}

    def prepare(self, *plan: str) -> None:
        """Migrates, plants recipes (the words of `plant`) and remembers the paths of their hooks."""
        self.manage("migrate", "--verbosity", "0")
        said = self.run(PY, "-m", "tests.benchmarks.plant", self.upstream, *plan)
        self.paths = [line for line in said.splitlines() if line.startswith("/hooks/")]

    @contextlib.contextmanager
    def running(self, **more: str) -> Iterator["Installation"]:
        (self.folder / "ports.json").write_text(json.dumps({"web": self.web_port}))
        other = subprocess.Popen([PY, "-m", "tests.benchmarks.upstream", str(self.upstream_port)])
        log = (self.folder / "up.log").open("wb")
        self._up = subprocess.Popen([PY, "manage.py", "up"], env=self.environ | more, stdout=log, stderr=log)
        try:
            self._wait_until_ready()
            yield self
        finally:
            self._up.send_signal(signal.SIGINT)
            self._up.wait(45)
            other.terminate()
            other.wait()
            log.close()

    def send(self, numbers: range, at_once: int = 32, rate: float = 0, seconds: float = 0) -> load.Sender:
        """Posts the numbers to the hooks in turn, until they are all sent or the seconds are over."""
        sender = load.Sender(self.web_port, self.paths)
        sender.run(numbers, at_once, rate, seconds)
        return sender

    def wait_for(self, numbers: Iterable[int], seconds: float = 180) -> dict[int, float]:
        """When each number came to the other system."""
        end, wanted = time.monotonic() + seconds, set(numbers)
        while not wanted <= (times := self.arrived()).keys():
            if time.monotonic() > end:
                raise SystemExit(f"{len(wanted - times.keys())} of {len(wanted)} never arrived")
            time.sleep(0.02 if len(wanted) == 1 else 0.25)
        return {number: times[number] for number in wanted}

    def arrived(self) -> dict[int, float]:
        with urllib.request.urlopen(f"{self.upstream}/times") as answer:
            return {int(number): at for number, at in json.loads(answer.read()).items()}

    def doubled(self) -> int:
        with urllib.request.urlopen(f"{self.upstream}/doubled") as answer:
            return int(answer.read())

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time so far, by process."""
        return {name: sum(map(_seconds, pids)) for name, pids in self.processes().items()}

    def memory(self) -> dict[str, float]:
        """MB each process adds to the machine's use: its proportional share (PSS)."""
        return {name: round(sum(map(_share, pids)), 1) for name, pids in self.processes().items()}

    def processes(self) -> dict[str, list[int]]:
        """Every process of `manage.py up`, itself included, by what it is."""
        assert self._up
        found: dict[str, list[int]] = {"supervisor": [self._up.pid]}
        for pid in _children(self._up.pid):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            name = next((name for word, name in NAMES.items() if word in line), "other")
            found.setdefault(name, []).extend(_family(pid))
        return found

    def manage(self, *words: str) -> str:
        return self.run(PY, "manage.py", *words)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def ask(self, code: str) -> str:
        """What a few lines of Python print with Django set up and scopes off."""
        return self.run(PY, "-c", BEGIN + code).strip()

    def _wait_until_ready(self) -> None:
        assert self._up
        end, log = time.monotonic() + START_WITHIN, self.folder / "up.log"
        while "Recette is ready" not in log.read_text():
            if self._up.poll() is not None or time.monotonic() > end:
                raise SystemExit(log.read_text())
            time.sleep(0.1)
        time.sleep(3)  # the worker is a little later than the first page


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _family(pid: int) -> list[int]:
    return [pid, *(each for child in _children(pid) for each in _family(child))]


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _share(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
