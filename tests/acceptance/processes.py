"""Real processes around the test's own database: worker, scheduler, web server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

PY = sys.executable
WORKER = (PY, "-m", "celery", "--quiet", "-A", "builder", "worker", "--pool", "threads", "--concurrency", "4")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "error")
SCHEDULER = (PY, "manage.py", "scheduler")


def environment(**more: str) -> dict[str, str]:
    """As the test itself runs, but with the settings of an installation."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "builder.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(settings.VAR_DIR),
        "SEAL_KEYS": ",".join(settings.SEAL_KEYS),
        **more,
    }


def database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return os.environ["TEST_POSTGRES"].replace("/postgres?", f"/{found['NAME']}?", 1)


def start(command: tuple[str, ...], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environ, cwd=settings.BASE_DIR, start_new_session=True)


def worker(environ: dict[str, str], name: str = "worker") -> subprocess.Popen[bytes]:
    return start((*WORKER, *QUIET, "--hostname", f"{name}@%h"), environ)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a power cut would: nothing gets a last word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@contextmanager
def running(command: tuple[str, ...], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = start(command, environ)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            kill(process)
