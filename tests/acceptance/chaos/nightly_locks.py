"""E14: others hold the database's connections, its locks, or take them in the wrong order."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import connection

from builder.models import RunStatus
from tests.acceptance import processes
from tests.acceptance.chaos.driver import FASTER, Load, crew, hurried, scaled, statuses, three_steps
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SEED = 20261129
LEASE = 90 / float(FASTER)
LONG = 2 * LEASE
"""Seconds that somebody holds what all want: leases run out meanwhile."""


def test_e14_somebody_holds_the_locks_for_long(ninja: Sandbox) -> None:
    """On SQLite there is one for all; on PostgreSQL every run's row is held by a transaction that does nothing."""
    with under_load(ninja, "E14 held") as (load, chance):
        for _ in range(scaled(20)):
            load.send(20)
            time.sleep(chance.uniform(0.2, 1.0))
            with a_transaction() as sql:
                sql("UPDATE builder_run SET claims = claims")
                time.sleep(LONG)


def test_e14_connections_are_used_up(ninja: Sandbox) -> None:
    if connection.vendor != "postgresql":
        return  # a file has as many as one likes
    refused = 0
    with under_load(ninja, "E14 used up") as (load, chance):
        for _ in range(scaled(20)):
            load.send(20)
            time.sleep(chance.uniform(0.2, 1.0))
            ended = end_those_of_the_workers()
            taken = take_all_there_are()
            refused += bool(taken and ended)
            time.sleep(LONG)
            for one in taken:
                one.close()
    assert refused > 0, "there were connections for all"


def test_e14_two_writers_wait_for_each_other(ninja: Sandbox) -> None:
    """Somebody locks runs from the newest to the oldest, the journal the other way round."""
    if connection.vendor != "postgresql":
        return  # there is one lock, so nobody has half of two
    over, lost = threading.Event(), []
    with under_load(ninja, "E14 deadlock") as (load, _):
        rivals = [threading.Thread(target=lock_backwards, args=(over, lost)) for _ in range(2)]
        for rival in rivals:
            rival.start()
        for _ in range(scaled(40)):
            load.send(20)
            time.sleep(1)
        over.set()
        for rival in rivals:
            rival.join()
        load.verdict.more["deadlocks_of_others"] = len(lost)
        load.verdict.more["deadlocks"] = deadlocks()
    assert load.verdict.more["deadlocks"] > 0, "nobody waited for another"


@contextmanager
def under_load(ninja: Sandbox, name: str) -> Iterator[tuple[Load, random.Random]]:
    ninja.set(speed=0.1)
    load = Load(ninja, Verdict(name, SEED), three_steps(ninja.url))
    environ = hurried()
    with processes.running(processes.SCHEDULER, environ), crew(environ) as workers:
        yield load, random.Random(SEED)
        load.wait_for_the_end(180)
        load.verdict.more["died"] = workers.bury()
    load.verdict.say()
    assert statuses(load.recipe) == {RunStatus.DONE: load.sent}
    assert load.verdict.clean
    assert load.verdict.more["died"] == 0


@contextmanager
def a_transaction() -> Iterator[Callable[[str], Any]]:
    """On a connection of its own; rolled back."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield other.execute
            other.execute("ROLLBACK")
    else:
        with psycopg.connect(processes.database_url()) as other:
            yield other.execute
            other.rollback()


def take_all_there_are() -> list[psycopg.Connection[Any]]:
    taken = []
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(processes.database_url()))
    return taken


def end_those_of_the_workers() -> int:
    """So that they need new ones."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
    with psycopg.connect(processes.database_url(), autocommit=True) as other, connection.cursor() as mine:
        mine.execute("SELECT pg_backend_pid()")
        return len(other.execute(f"SELECT pg_terminate_backend(pid) {others}", [mine.fetchone()[0]]).fetchall())


def lock_backwards(over: threading.Event, lost: list[str]) -> None:
    with psycopg.connect(processes.database_url(), autocommit=True) as other:
        while not over.wait(0.05):
            newest = "SELECT id FROM builder_run WHERE status = 'running' ORDER BY id DESC LIMIT 10"
            ids = [row[0] for row in other.execute(newest).fetchall()]
            try:
                with other.transaction():
                    for pk in ids:
                        other.execute("UPDATE builder_run SET claims = claims WHERE id = %s", [pk])
                        time.sleep(0.02)
            except psycopg.errors.DeadlockDetected as problem:
                lost.append(str(problem))


def deadlocks() -> int:
    """By the server's own count."""
    with psycopg.connect(processes.database_url(), autocommit=True) as other:
        time.sleep(1)
        return other.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()[0]
