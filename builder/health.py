"""Whether this process lives and can serve, for whoever watches it. No answer holds data."""

import os
import time
from collections.abc import Callable
from functools import cache

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from builder.broker import Channel
from builder.metrics import metrics

KEEP = 5.0
"""Seconds for which the broker's state is remembered: anyone may ask."""
_broker: tuple[float, str] = (0.0, "")


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers before anyone asks for a host name, a session or a sign-in: who watches comes by address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        view = WATCHED.get(request.path)
        return view(request) if view else get_response(request)

    return middleware


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """503 while the database doesn't answer or its tables are not those of this version. Without its broker Recette
    serves on: what comes in is kept, and runs begin a little later."""
    trouble = database_trouble() or migrations_trouble()
    if trouble:
        return HttpResponse(f"{trouble}\n", content_type="text/plain", status=503)
    broker = _broker_trouble() or "the broker answers"
    said = f"ok\nthe database answers\nall migrations are applied\n{broker}\n"
    return HttpResponse(said, content_type="text/plain")


def database_trouble() -> str:
    """Empty when all is well, as of the following."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "the database does not answer"
    return ""


def migrations_trouble() -> str:
    try:
        _insist_migrated()
    except Unmigrated as problem:
        return str(problem)
    except DatabaseError:
        return "the database does not answer"
    return ""


class Unmigrated(Exception):
    """How many are missing."""


@cache
def _insist_migrated() -> None:
    """Remembered once all is well: a process that is older than its tables goes on serving."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        raise Unmigrated(f"{missing} migrations are not applied: run manage.py migrate")


def broker_trouble() -> str:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=2)
            channel = link.default_channel
            if isinstance(channel, Channel) and not os.access(channel.folder, os.W_OK):
                return f"the broker's folder {settings.BROKER_DIR} can't be written"
    except Exception as problem:  # whatever the broker's client raises
        return f"the broker does not answer ({type(problem).__name__}): runs begin a little later than they could"
    return ""


def _broker_trouble() -> str:
    global _broker
    if time.monotonic() - _broker[0] > KEEP:
        _broker = (time.monotonic(), broker_trouble())
    return _broker[1]


WATCHED = {"/healthz": alive, "/readyz": ready, "/metrics": metrics}
