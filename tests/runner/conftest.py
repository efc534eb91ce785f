import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django_scopes import scopes_disabled

from builder.models import Run, RunStatus
from builder.runner import drain, offline
from builder.runner.clock import clock
from tests.services import free_port


@dataclass
class Sandbox:
    """A stand-in of a service on loopback, in a process of its own."""

    url: str

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._ask("POST", path, body, headers)

    def get(self, path: str, **headers: str) -> Any:
        return self._ask("GET", path, None, headers)

    def reset(self) -> None:
        self.post("/_sandbox/reset", {})

    def fail(self, *faults: dict[str, Any]) -> None:
        self.post("/_sandbox/faults", list(faults))

    def mend(self) -> None:
        """No fault is left."""
        self._ask("DELETE", "/_sandbox/faults", None, {})

    def effects(self, kind: str = "") -> list[dict[str, Any]]:
        """What was really done there, by its own log."""
        rows = self.get("/_sandbox/effects")
        rows = rows.get("effects", rows) if isinstance(rows, dict) else rows
        return [row for row in rows if row["kind"].startswith(kind)]

    def records(self, table: str) -> list[dict[str, Any]]:
        return self.get(f"/_sandbox/records/{table}")["records"]

    def do(self, what: str, **inputs: Any) -> Any:
        """As a person does it there by hand."""
        return self.post("/_sandbox/do", {"do": what, **inputs})

    def set(self, **settings: Any) -> None:
        self.post("/_sandbox/settings", settings)

    def calls(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        rows = self.get("/_sandbox/calls")["calls"]
        return [row for row in rows if row["method"].startswith(method) and row["path"].startswith(path)]

    def redirect(self, path: str, **chosen: str) -> str:
        """Where the page behind the path sends a person who says yes."""
        parts = urllib.parse.urlsplit(self.url + path)
        link = http.client.HTTPConnection(parts.netloc, timeout=10)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", f"{parts.path}?{parts.query}", urllib.parse.urlencode(chosen), form)
        answer = link.getresponse()
        link.close()
        return answer.headers["Location"]

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")


def start_sandbox(name: str, folder: Path) -> tuple[Sandbox, subprocess.Popen[bytes]]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--log-level", "error"]
    process = subprocess.Popen(
        [*command, "--port", str(port), f"connectors.{name}.sandbox:app"],
        env={**os.environ, "SANDBOX_STATE": str(folder)},
    )
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            sandbox.get("/_sandbox/effects")
            return sandbox, process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the {name} sandbox did not start")


@contextmanager
def running(name: str, folder: Path) -> Iterator[Sandbox]:
    sandbox, process = start_sandbox(name, folder)
    yield sandbox
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def _ninja(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("invoice_ninja", tmp_path_factory.mktemp("ninja")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def _ghl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("ghl", tmp_path_factory.mktemp("ghl")) as sandbox:
        yield sandbox


@pytest.fixture
def ninja(_ninja: Sandbox) -> Sandbox:
    _ninja.reset()
    return _ninja


@pytest.fixture
def ghl(_ghl: Sandbox) -> Sandbox:
    _ghl.reset()
    return _ghl


@pytest.fixture(autouse=True)
def everywhere() -> Iterator[None]:
    """The runner works across workspaces; what a test looks at afterwards may lie in any."""
    with scopes_disabled():
        yield


def work(**limits: Any) -> int:
    """A drain until nothing is due."""
    return drain.work(**{"linger": 0.05, **limits})


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    offline.GATES.forget()  # another test's database and hours are not this one's
    yield
    clock.offset = timedelta()


def later(seconds: float = settings.LEASE + settings.SETTLE) -> int:
    """Time passes, then a drain works until nothing is due."""
    clock.offset += timedelta(seconds=seconds)
    return work()


def until_over(run: Run, turns: int = 8) -> Run:
    """The run after it has come to an end or is on hold, however often it waits on the way."""
    for _ in range(turns):
        run.refresh_from_db()
        if run.status not in RunStatus.open():
            break
        later(max(1.0, (run.wake_at - clock.now()).total_seconds() + 1))
    run.refresh_from_db()
    return run


def wait_for(sign: Callable[[], Any], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not sign():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
