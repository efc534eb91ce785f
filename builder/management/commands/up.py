import json
import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from builder.management import supervisor
from builder.management.locks import alone
from builder.management.ports import Ports

PYTHON = sys.executable
MANAGE = str(settings.BASE_DIR / "manage.py")
GRANIAN = (PYTHON, "-m", "granian", "--no-ws", "--log-level", "error", "--workers-kill-timeout", "10s")
WORKER = (PYTHON, "-m", "celery", "--quiet", "-A", "builder", "worker", "--pool", "threads", "--concurrency", "4")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning")
SANDBOXES = {"ghl": 8101, "invoice_ninja": 8102}


def web(port: int) -> tuple[str, ...]:
    threads = ("--blocking-threads", str(settings.WEB_THREADS))
    where = ("--host", settings.WEB_ADDRESS, "--port", str(port))
    return (*GRANIAN, "--interface", "wsgi", *threads, *where, "builder.wsgi:application")


def sandbox(name: str, port: int) -> tuple[str, ...]:
    return (*GRANIAN, "--interface", "asgi", "--port", str(port), f"connectors.{name}.sandbox:app")


def worker(name: str) -> tuple[str, ...]:
    return (*WORKER, *QUIET, "--hostname", f"{name}@%h")


class Command(BaseCommand):
    help = "Starts everything Recette needs on this machine and keeps it running until Ctrl-C."
    requires_system_checks: list[str] = []  # asked for below, when the static files are there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-sandboxes", action="store_true", help="leave the stand-ins of the services out")

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = time.monotonic()
        with alone(settings.VAR_DIR / "up.lock") as lock:
            self.prepare()
            self.ports = Ports(settings.VAR_DIR / "ports.json", settings.WEB_ADDRESS)
            self.address = f"http://{settings.WEB_ADDRESS}:{self.port('web', settings.WEB_PORT)}"
            os.set_inheritable(lock.fileno(), True)
            self.become(*self.children(not options["no_sandboxes"]))

    def prepare(self) -> None:
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.check()
        call_command("migrate", interactive=False, verbosity=0)
        for connection in connections.all(initialized_only=True):
            connection.close()
            getattr(connection, "close_pool", lambda: None)()

    def become(self, commands: dict[str, tuple[str, ...]], environ: dict[str, str]) -> None:
        """From here on this process only looks after the others: it goes on as a program of its own that has none of
        what was loaded by now. The lock stays held over the change."""
        plan = {
            "commands": commands,
            "web": [settings.WEB_ADDRESS, self.ports.known["web"], (settings.ALLOWED_HOSTS or [""])[0]],
            "address": settings.PUBLIC_URL or self.address,
            "began": self.began,
        }
        self.stdout.flush()
        os.execve(PYTHON, [PYTHON, "-I", supervisor.__file__, json.dumps(plan)], environ)

    def children(self, sandboxes: bool) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """(commands by name, their environment)"""
        environ = os.environ | {"LOCAL_URL": self.address, "VAR_DIR": str(settings.VAR_DIR), "PYTHONUNBUFFERED": "1"}
        commands = {}
        if sandboxes and settings.SANDBOXES:
            ports = {name: self.port(name, first) for name, first in SANDBOXES.items()}
            environ |= {f"SANDBOX_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
            environ["SANDBOX_STATE"] = str(settings.VAR_DIR / "sandbox")
            commands |= {f"{name} sandbox": sandbox(name, port) for name, port in ports.items()}
        commands["web"] = web(self.ports.known["web"])
        commands |= {name: worker(name) for name in worker_names()}
        commands["scheduler"] = (PYTHON, MANAGE, "scheduler")
        return commands, environ

    def port(self, name: str, first: int) -> int:
        port, before = self.ports.claim(name, first)
        if before:
            self.say("recette", f"port {before} of {name} is taken by another program; it moved to {port}")
        return port

    def say(self, name: str, line: str) -> None:
        self.stdout.write(f"{name:>21} | {line}")
        self.stdout.flush()


def worker_names() -> list[str]:
    return [f"worker-{number}" if settings.WORKERS > 1 else "worker" for number in range(1, settings.WORKERS + 1)]
