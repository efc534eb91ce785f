import http.client
import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from builder.management.locks import alone
from builder.management.ports import Ports
from builder.management.supervisor import Child, Supervisor

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
        with alone(settings.VAR_DIR / "up.lock"):
            self.prepare()
            self.ports = Ports(settings.VAR_DIR / "ports.json", settings.WEB_ADDRESS)
            self.address = f"http://{settings.WEB_ADDRESS}:{self.port('web', settings.WEB_PORT)}"
            self.announced = False
            Supervisor(self.children(not options["no_sandboxes"]), self.say, self.announce).run()
            self.say("recette", "stopped")

    def prepare(self) -> None:
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.check()
        call_command("migrate", interactive=False, verbosity=0)
        for connection in connections.all(initialized_only=True):  # children are forked: no pool, no thread of it
            connection.close()
            getattr(connection, "close_pool", lambda: None)()

    def children(self, sandboxes: bool) -> list[Child]:
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
        return [Child(name, command, environ) for name, command in commands.items()]

    def port(self, name: str, first: int) -> int:
        port, before = self.ports.claim(name, first)
        if before:
            self.say("recette", f"port {before} of {name} is taken by another program; it moved to {port}")
        return port

    def announce(self) -> None:
        """Prints the address once, when a page comes back from it."""
        if self.announced or not answers(settings.WEB_ADDRESS, self.ports.known["web"]):
            return
        self.announced = True
        where = settings.PUBLIC_URL or self.address
        self.stdout.write(
            f"\n  Recette is ready: {where}   ({time.monotonic() - self.began:.1f} s, Ctrl-C stops it)\n\n"
        )
        self.stdout.flush()

    def say(self, name: str, line: str) -> None:
        self.stdout.write(f"{name:>21} | {line}")
        self.stdout.flush()


def worker_names() -> list[str]:
    return [f"worker-{number}" if settings.WORKERS > 1 else "worker" for number in range(1, settings.WORKERS + 1)]


def answers(host: str, port: int) -> bool:
    link = http.client.HTTPConnection(host, port, timeout=10)
    try:
        link.request("GET", "/", headers={"Host": (settings.ALLOWED_HOSTS or [host])[0]})
        return link.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
