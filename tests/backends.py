"""Which database and broker this test process uses, and new ones for installations that tests start."""

import atexit
import itertools
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parent.parent
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


def test_database(folder: Path) -> str:
    """SQLite's own test database lives in memory, which has neither WAL nor two writers."""
    return "test_recette" if POSTGRES else str(folder / "test.sqlite3")


def installation(folder: Path) -> dict[str, str]:
    """The environment of a new, migrated, empty installation with its database, broker and folder."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "builder.settings", "VAR_DIR": str(folder)}
    return environ | (_on_postgres() if POSTGRES else _on_sqlite(folder))


def _on_sqlite(folder: Path) -> dict[str, str]:
    path, pattern = folder / "recette.sqlite3", Path(os.environ["VAR_DIR"]) / "pattern.sqlite3"
    if not pattern.exists():
        _migrate(f"sqlite:///{pattern}")
        with sqlite3.connect(pattern) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
    shutil.copy(pattern, path)
    return {"DATABASE_URL": f"sqlite:///{path}", "BROKER_URL": "", "REDIS_URL": ""}


def _on_postgres() -> dict[str, str]:
    import psycopg  # noqa: PLC0415

    name = f"installation_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["TEST_POSTGRES"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(1)")  # until the connection ends: another process may come as well
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = 'pattern'").fetchone()
        if not known:
            server.execute("CREATE DATABASE pattern")
            _migrate(_named("pattern"))
        server.execute(f"CREATE DATABASE {name} TEMPLATE pattern")
    redis = f"{os.environ['TEST_REDIS']}/{next(_redis_numbers)}"
    return {"DATABASE_URL": _named(name), "BROKER_URL": redis, "REDIS_URL": redis}


def _named(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["TEST_POSTGRES"])._replace(path=f"/{database}"))


def _migrate(url: str) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "builder.settings", "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
