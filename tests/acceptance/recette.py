"""The whole of Recette, started as a person starts it, on ports and in a folder of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import backends
from tests.runner.conftest import Sandbox
from tests.services import free_port

START_WITHIN = 60
PACE = {
    "RECETTE_ENV": "development",
    "TIME_SCALE": "60",  # a poll every 2 s
    "CONNECT_TIMEOUT": "300",
    "READ_TIMEOUT": "600",
    "SETTLE": "60",
    "LEASE": "720",
    "SWEEP_EVERY": "20",
    "SANDBOX_GHL_SETTINGS": json.dumps({"search_lag": 0.5}),
}
"""Waiting is short, but what a busy machine may take stays: 5 s to connect, 10 s to answer."""


@dataclass
class Recette:
    url: str
    ghl: Sandbox
    ninja: Sandbox
    log: Path

    def connect(self, service: str) -> dict[str, str]:
        """What a person would copy out of the service to connect it."""
        sandbox: Sandbox = getattr(self, service)
        return {"address": sandbox.url, **sandbox.get("/_sandbox/state")["connect"]}

    def win(self, deal: str, value: int | None = None) -> str:
        """Wins the deal of this name in HighLevel, there by hand; its id."""
        found = next(row for row in self.records("ghl", "opportunities") if row["name"] == deal)
        if value is not None:
            self.ghl.post("/_sandbox/do", {"do": "change_value", "id": found["id"], "value": str(value)})
        self.ghl.post("/_sandbox/do", {"do": "win_deal", "id": found["id"]})
        return str(found["id"])

    def records(self, service: str, table: str) -> list[dict[str, Any]]:
        sandbox: Sandbox = getattr(self, service)
        return sandbox.get(f"/_sandbox/records/{table}")["records"]

    def invoices_of(self, company: str) -> list[dict[str, Any]]:
        ids = {row["id"] for row in self.records("ninja", "clients") if row["name"] == company}
        return [row for row in self.records("ninja", "invoices") if row["client_id"] in ids]


@contextmanager
def started(folder: Path) -> Iterator[Recette]:
    """`manage.py up`, ready to be opened; stopped as by Ctrl-C."""
    environ = backends.installation(folder) | PACE
    ports = {name: free_port() for name in ("web", "ghl", "invoice_ninja")}
    (folder / "ports.json").write_text(json.dumps(ports))
    log = folder / "up.log"
    with log.open("wb") as out:
        command = [sys.executable, "manage.py", "up"]
        process = subprocess.Popen(command, cwd=backends.ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(process, log)
            at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
            yield Recette(at["web"], Sandbox(at["ghl"]), Sandbox(at["invoice_ninja"]), log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    assert process.returncode == 0, log.read_text()


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while "Recette is ready" not in log.read_text():
        assert process.poll() is None and time.monotonic() < until, log.read_text()
        time.sleep(0.05)
