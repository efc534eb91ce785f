"""Keeping house: what nobody will ask for again goes, a little at a time."""

import time
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from builder.models import DraftEdit, OwnWrite, StrayDelivery
from builder.runner import turn
from builder.runner.clock import now

EVERY = 3600.0
STRAYS, EDITS, WRITES = timedelta(days=7), timedelta(days=90), timedelta(days=1)
AT_ONCE = 200
_swept = 0.0


def hourly() -> int:
    """How many rows went; nothing when it was done within the hour. Several schedulers may do it: gone is gone."""
    global _swept
    if _swept and time.monotonic() - _swept < EVERY:
        return 0
    _swept = time.monotonic()
    return prune()


def prune() -> int:
    old = (
        StrayDelivery.objects.filter(at__lt=now() - STRAYS),
        DraftEdit.objects.filter(at__lt=now() - EDITS),
        OwnWrite.objects.filter(at__lt=now() - WRITES),
        Session.objects.filter(expire_date__lt=now()),
    )
    return sum(_delete(rows) for rows in old)


def _delete(rows: QuerySet[Any]) -> int:
    """In small batches, so that no writer waits long for its turn."""
    gone = 0
    while batch := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        with turn.writing():
            gone += rows.model._default_manager.filter(pk__in=batch).delete()[0]
    return gone
