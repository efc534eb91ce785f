"""Which database and broker this test process uses, and new ones for installations that tests start."""

import atexit
import fcntl
import itertools
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parent.parent
PATTERN = "pattern"
"""The migrated, empty database that others are copies of."""
POSTGRES = os.environ.get("TEST_ON") == "postgres"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_redis_numbers = itertools.count(500 * int(WORKER.removeprefix("gw") or 0))
"""Of Redis' databases: the first is this process's, those after it of the installations that its tests start."""


def own_folder() -> str:
    """VAR_DIR of this process: the one given, else a new one that goes with it; its processes share it."""
    if "VAR_DIR" not in os.environ:
        os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="recette-tests-")
        atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
    folder = Path(os.environ["VAR_DIR"])
    return str(folder / WORKER if WORKER and folder.name != WORKER else folder)


def addresses() -> dict[str, str]:
    """DATABASE_URL, BROKER_URL and REDIS_URL for this process."""
    if not POSTGRES:
        return {"DATABASE_URL": "", "BROKER_URL": "", "REDIS_URL": ""}
    redis = f"{os.environ['TEST_REDIS']}/{next(_redis_numbers)}"
    return {"DATABASE_URL": os.environ["TEST_POSTGRES"], "BROKER_URL": redis, "REDIS_URL": redis}


def test_database(folder: Path) -> dict[str, str]:
    """Django's TEST setting. SQLite's own test database would lie in memory, which has neither WAL nor two writers."""
    return {"NAME": "test_recette", "TEMPLATE": PATTERN} if POSTGRES else {"NAME": str(folder / "test.sqlite3")}


def lay_out(name: str) -> None:
    """The test database begins as a copy of one that was migrated once, for whoever came first."""
    if POSTGRES:
        with _server() as server:
            _pattern(server)
    else:
        shutil.copy(_pattern_file(), name)


def installation(folder: Path) -> dict[str, str]:
    """The environment of a new, migrated, empty installation with its database, broker and folder."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "builder.settings", "VAR_DIR": str(folder)}
    return environ | (_on_postgres() if POSTGRES else _on_sqlite(folder))


def _on_sqlite(folder: Path) -> dict[str, str]:
    path = folder / "recette.sqlite3"
    shutil.copy(_pattern_file(), path)
    return {"DATABASE_URL": f"sqlite:///{path}", "BROKER_URL": "", "REDIS_URL": ""}


def _pattern_file() -> Path:
    """Shared by the processes of a run of `tests.services`."""
    folder = Path(os.environ.get("TEST_TAKEN") or os.environ["VAR_DIR"])
    pattern = folder / f"{PATTERN}.sqlite3"
    with open(folder / "pattern.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pattern.exists():
            coming = folder / "coming.sqlite3"
            _migrate(f"sqlite:///{coming}")
            with sqlite3.connect(coming) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            coming.rename(pattern)
    return pattern


def _on_postgres() -> dict[str, str]:
    name = f"installation_{secrets.token_hex(4)}"
    with _server() as server:
        _pattern(server)
        server.execute(f"CREATE DATABASE {name} TEMPLATE {PATTERN}")
    redis = f"{os.environ['TEST_REDIS']}/{next(_redis_numbers)}"
    return {"DATABASE_URL": _named(name), "BROKER_URL": redis, "REDIS_URL": redis}


def _server() -> Any:
    import psycopg  # noqa: PLC0415

    return psycopg.connect(os.environ["TEST_POSTGRES"], autocommit=True)


def _pattern(server: Any) -> None:
    server.execute("SELECT pg_advisory_lock(1)")  # until the connection ends: another process may come as well
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [PATTERN]).fetchone():
        server.execute(f"CREATE DATABASE {PATTERN}")
        _migrate(_named(PATTERN))


def _named(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["TEST_POSTGRES"])._replace(path=f"/{database}"))


def _migrate(url: str) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "builder.settings", "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
