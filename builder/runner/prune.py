"""Keeping house: what nobody will ask for again goes, a little at a time.

Events and runs go by age and by number, as the workspace says or else the installation; the requests and answers of
their steps may go earlier. What is under way or on hold stays, however old. Hourly counts stay for good, and those of
hours that are over are added up. Any number of schedulers may do it: gone is gone.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q, QuerySet

from builder.models import (
    Alert,
    Connection,
    DigestEntry,
    DraftEdit,
    Event,
    Exchange,
    GuardedWrite,
    Kept,
    OwnWrite,
    Run,
    RunStatus,
    StrayDelivery,
    Workspace,
)
from builder.runner import alerts, awaited, book, counts, listening, turn
from builder.runner.clock import now

log = logging.getLogger(__name__)

EVERY = 3600.0
STRAYS, EDITS, WRITES, RELEASED = timedelta(days=7), timedelta(days=90), timedelta(days=1), timedelta(days=30)
GUARDED = timedelta(days=2)
"""Longer than guards look back: a day. A run that waits for longer forgets what it moved before."""
SHARE = 0.3
"""Seconds in which one tick keeps house; the next one goes on from there."""
LONGEST = 0.025
"""Seconds that one write aims at: a writer beside it waits so long at most."""
FEWEST, MOST = 5, 500
_round: Iterator[int] | None = None
_began = 0.0


def hourly() -> int:
    """How many rows went: a moment of this hour's round, nothing once that is done."""
    global _round, _began
    if _round is None:
        if _began and time.monotonic() - _began < EVERY:
            return 0
        _began, _round = time.monotonic(), _rounds()
    gone, end = 0, time.monotonic() + SHARE
    for number in _round:
        gone += number
        if time.monotonic() > end:
            return gone
    _round = None
    return gone


def prune() -> int:
    """A whole round."""
    return sum(_rounds())


class Pace:
    """How many rows one write takes along, learnt from how long the last one took."""

    def __init__(self) -> None:
        self.rows = FEWEST * 4

    def write(self, work: Callable[[], int]) -> int:
        with turn.writing():
            began = time.monotonic()
            gone = work()
        took = time.monotonic() - began
        self.rows = max(FEWEST, min(MOST, int(self.rows * min(2.0, LONGEST / max(took, 0.001)))))
        time.sleep(min(took, LONGEST))  # whoever waited goes first
        return gone


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is older than `at`, or not among the newest so many, is to go."""

    at: datetime
    pk: int = 0

    def reaches(self, pk: int, at: datetime) -> bool:
        return pk <= self.pk or at < self.at


def _rounds() -> Iterator[int]:
    pace = Pace()
    for rows in (
        StrayDelivery.objects.filter(at__lt=now() - STRAYS),
        DraftEdit.objects.filter(at__lt=now() - EDITS),
        OwnWrite.objects.filter(at__lt=now() - WRITES),
        GuardedWrite.objects.filter(at__lt=now() - GUARDED),
        DigestEntry.objects.filter(released_at__lt=now() - RELEASED),
        Alert.objects.filter(over_at__lt=now() - alerts.KEPT),
        Session.objects.filter(expire_date__lt=now()),
    ):
        yield from _delete(rows, pace)
    while folded := pace.write(counts.fold):
        yield folded
    while summed := pace.write(counts.sum_up):
        yield summed
    while forgotten := pace.write(_forget):
        yield forgotten
    for workspace in Workspace.objects.order_by("pk"):
        yield from _keep(workspace)
        yield from _check(workspace)


def _forget() -> int:
    """What no run waits for any more is not listened to either."""
    found = awaited.tidy()
    for connection in Connection.objects.filter(pk__in=found):
        listening.retire(connection)
    return len(found)


def _delete(rows: QuerySet[Any], pace: Pace) -> Iterator[int]:
    every = rows.model._default_manager
    while batch := list(rows.values_list("pk", flat=True)[: pace.rows]):
        yield pace.write(lambda ids=batch: every.filter(pk__in=ids).delete()[0])  # type: ignore[misc]


def _keep(workspace: Workspace) -> Iterator[int]:
    keeping = workspace.keeping
    runs, events = Run.objects.filter(workspace=workspace), Event.objects.filter(workspace=workspace)
    age = now() - timedelta(days=keeping.days)
    yield from _walk(runs, "created_at", Bounds(age, _beyond(runs, keeping.runs)), _let_runs_go)
    yield from _walk(events, "received_at", Bounds(age, _beyond(events, keeping.runs)), _let_events_go)
    if keeping.exchanges_days < keeping.days:
        exchanges = Exchange.objects.filter(workspace=workspace)
        age = now() - timedelta(days=keeping.exchanges_days)
        yield from _walk(exchanges, "at", Bounds(age), _let_exchanges_go)


def _check(workspace: Workspace) -> Iterator[int]:
    """The audit log, once a day: it is never pruned."""
    if not book.due(workspace.pk):
        return
    looking = book.checking(workspace.pk)
    while True:
        try:
            next(looking)
        except StopIteration as done:
            if done.value.wrong:
                log.error("the audit log of %s is broken: %s", workspace.slug, done.value.trouble)
            return
        yield 0


def _walk(
    rows: QuerySet[Any], moment: str, bounds: Bounds, let_go: Callable[[list[int], Bounds], int]
) -> Iterator[int]:
    """From the oldest on, by id, past what has to stay; ends at the first row that is to be kept anyway."""
    pace, seen = Pace(), 0
    while True:
        found = list(rows.filter(pk__gt=seen).order_by("pk").values_list("pk", moment)[: pace.rows])
        batch = [pk for pk, at in found if bounds.reaches(pk, at)]
        if not batch:
            return
        seen = batch[-1]
        yield pace.write(lambda ids=batch: let_go(ids, bounds))  # type: ignore[misc]


def _beyond(rows: QuerySet[Any], most: int) -> int:
    """The newest row that is one too many."""
    return rows.order_by("-pk").values_list("pk", flat=True)[most : most + 1].first() or 0


def _let_runs_go(ids: list[int], bounds: Bounds) -> int:
    old = Q(finished_at__lt=bounds.at) | Q(pk__lte=bounds.pk)
    rows = Run.objects.filter(old, pk__in=ids, status__in=RunStatus.ended())
    called = Run.objects.filter(parent__run=OuterRef("pk")).exclude(status__in=RunStatus.ended())
    return _gone(rows.filter(~Exists(called)))


def _let_events_go(ids: list[int], bounds: Bounds) -> int:
    rows = Event.objects.filter(pk__in=ids, read_at__isnull=False)
    run, kept = Run.objects.filter(event=OuterRef("pk")), Kept.objects.filter(event=OuterRef("pk"))
    return _gone(rows.filter(~Exists(run), ~Exists(kept)))


def _let_exchanges_go(ids: list[int], bounds: Bounds) -> int:
    return _gone(Exchange.objects.filter(pk__in=ids, step_run__run__status__in=RunStatus.ended()))


def _gone(rows: QuerySet[Any]) -> int:
    """Inside a transaction. What somebody else has in hand stays until the next hour."""
    mine = rows.select_for_update(skip_locked=True, of=("self",)) if _locks() else rows
    ids = list(mine.values_list("pk", flat=True))
    return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0


def _locks() -> bool:
    return database.features.has_select_for_update_skip_locked
