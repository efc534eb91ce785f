"""Erases one person: every table is gone through, a little at a time, by whichever scheduler comes first.

Events and runs stay as rows, so that what was counted, decided and made stays true and nothing is done twice; what
was in them goes. Runs under way are left until they have ended: the whole is gone through again then.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django_scopes import scopes_disabled

from builder import seal
from builder.models import (
    Alert,
    Approval,
    AuditEvent,
    Connection,
    DigestEntry,
    DraftEdit,
    Erasure,
    ErasureState,
    Event,
    EventKey,
    Exchange,
    Expectation,
    GuardedWrite,
    Kept,
    Membership,
    OwnWrite,
    Preview,
    Recipe,
    RecordLink,
    Run,
    RunStatus,
    Snapshot,
    StepRun,
    StepTest,
    StrayDelivery,
    Subscription,
    Version,
    Way,
)
from builder.models.event import ERASED
from builder.runner import book, erased, keys, turn
from builder.runner.clock import now
from builder.runner.needles import Needles
from builder.runner.prune import Pace

log = logging.getLogger(__name__)

SHARE = 0.3
"""Seconds in which one tick goes on with it."""
LEASE = timedelta(minutes=1)
AGAIN = timedelta(hours=1)
"""While a run is under way."""
GONE = "The data of the person it was about were erased."
EMPTY = b"="
"""No bytes, as `Event.raw` has them."""


@dataclass
class Job:
    """One slice of the work."""

    row: Erasure
    needles: Needles
    removed: Counter[str]
    left: set[int]
    """Runs under way."""
    unread: int
    """Events that nobody has read yet."""
    names: dict[str, None]
    """Of recipes that name the person."""

    @property
    def workspace_id(self) -> int:
        return self.row.workspace_id


Treat = Callable[[Job, list[int]], None]


@dataclass(frozen=True)
class Table:
    """Where to look, in which columns, and what becomes of the rows that name the person."""

    model: type[models.Model]
    columns: tuple[str, ...]
    treat: Treat
    workspace: str = "workspace"
    """The way to it; empty: rows belong to none."""

    def rows(self, workspace_id: int) -> "QuerySet[Any]":
        rows = QuerySet(self.model)
        return rows.filter(**{self.workspace: workspace_id}) if self.workspace else rows


def place(row: Erasure) -> str:
    """What its sealed text is bound to."""
    return f"{row.workspace_id}|erasure|{row.public_id}"


def values_of(row: Erasure) -> list[str]:
    """What the person is known by. Raises seal.Unreadable."""
    return list(seal.unseal(row.sealed, place(row)).values())


def work() -> None:
    """A moment of whatever is due."""
    end = time.monotonic() + SHARE
    with scopes_disabled():
        while time.monotonic() < end:
            row = Erasure.objects.filter(wake_at__lte=now()).order_by("wake_at").first()
            if row is None or not _mine(row):
                return
            try:
                go_on(row, end)
            except seal.Unreadable as problem:
                log.error("an erasure can't go on: %s", problem, extra={"action": "erasure_unreadable"})
                told = {**row.stays, "trouble": str(problem)}
                Erasure.objects.filter(pk=row.pk).update(stays=told, wake_at=now() + AGAIN)


def _mine(row: Erasure) -> bool:
    return bool(Erasure.objects.filter(pk=row.pk, wake_at=row.wake_at).update(wake_at=now() + LEASE))


def go_on(row: Erasure, end: float) -> None:
    """From where it stands, until the moment is over or it is done."""
    told = {name: value for name, value in row.stays.items() if name != "trouble"}
    row.stays = told
    names = dict.fromkeys(told.get("recipes", ()))
    values = Needles(values_of(row))
    job = Job(row, values, Counter(row.removed), set(told.get("left", ())), told.get("unread", 0), names)
    at, seen = row.place or (0, 0)
    pace = Pace()
    while at < len(TABLES):
        if time.monotonic() > end:
            return _pause(job, [at, seen])
        last = _slice(job, TABLES[at], seen, pace)
        at, seen = (at, last) if last else (at + 1, 0)
    _finish(job)


def _pause(job: Job, at: list[int]) -> None:
    told = {"place": at, "removed": dict(job.removed), "wake_at": now()}
    Erasure.objects.filter(pk=job.row.pk).update(**told, stays=_stays(job))


def _stays(job: Job) -> dict[str, Any]:
    return {**job.row.stays, "left": sorted(job.left), "unread": job.unread, "recipes": list(job.names)}


def _slice(job: Job, table: Table, seen: int, pace: Pace) -> int:
    """The last row that was looked at; 0 when there was none."""
    rows = table.rows(job.workspace_id).filter(pk__gt=seen).order_by("pk")[: pace.rows]
    found = _as_stored(rows, table)
    hits = [pk for pk, *columns in found if job.needles.among(columns)]
    if hits:

        def treat() -> int:
            table.treat(job, hits)
            told = {"place": [TABLES.index(table), found[-1][0]], "removed": dict(job.removed), "stays": _stays(job)}
            Erasure.objects.filter(pk=job.row.pk).update(**told, wake_at=now() + LEASE)
            return len(hits)

        pace.write(treat)
    return found[-1][0] if found else 0


def _as_stored(rows: "QuerySet[Any]", table: Table) -> list[tuple[Any, ...]]:
    """Their columns as the database holds them: nothing is decoded that need not be."""
    fields = [table.model._meta.get_field(name) for name in table.columns]
    plain = {
        f"stored_{field.name}": models.ExpressionWrapper(models.F(field.name), output_field=_kept(field))
        for field in fields
    }
    return list(rows.annotate(**plain).values_list("pk", *plain))


def _kept(field: Any) -> "models.Field[Any, Any]":
    return models.BinaryField() if isinstance(field, models.BinaryField) else models.TextField()


def _finish(job: Job) -> None:
    """What was left for later is counted anew each time."""
    waits = len(job.left) + job.unread
    told = {"removed": dict(job.removed), "place": []}
    told["stays"] = {**job.row.stays, "waiting": waits, "named": list(job.names), "left": [], "unread": 0, "recipes": []}
    if waits:
        told |= {"state": ErasureState.WAITING, "wake_at": now() + AGAIN}
    else:
        told |= {"state": ErasureState.DONE, "wake_at": None, "sealed": "", "finished_at": now()}
    with turn.writing():
        if not waits:
            _note(job, book.ERASES, removed=dict(job.removed))
        Erasure.objects.filter(pk=job.row.pk).update(**told)


def _note(job: Job, verb: str, **details: Any) -> None:
    line = AuditEvent(
        workspace_id=job.workspace_id,
        verb=verb,
        object_kind="person",
        object_id=job.row.public_id,
        details=details,
        way=Way.RECETTE,
    )
    book.enter(line)


# What becomes of what


def _under_way(runs: "QuerySet[Run]") -> set[int]:
    """Runs that have not ended, or that wait for one that has not, or that one of these called."""
    return set(runs.exclude(status__in=RunStatus.ended()).values_list("pk", flat=True))


def _family(events: Iterable[int]) -> tuple[set[int], set[int]]:
    """Events and runs: those given, what their runs called, and so on."""
    all_events, all_runs, fresh = set(events), set[int](), set(events)
    while fresh:
        runs = set(Run.objects.filter(event__in=fresh).values_list("pk", flat=True)) - all_runs
        all_runs |= runs
        called = set(Run.objects.filter(parent__run__in=runs).values_list("event", flat=True))
        fresh = called - all_events
        all_events |= fresh
    return all_events, all_runs


def _events(job: Job, ids: list[int]) -> None:
    for pk in ids:
        events, runs = _family([pk])
        busy = _under_way(Run.objects.filter(pk__in=runs))
        if busy or Event.objects.filter(pk__in=events, read_at=None).exists():
            job.left |= busy
            job.unread += 0 if busy else 1
            continue
        _wipe_runs(job, runs)
        _wipe_events(job, events)


def _wipe_events(job: Job, ids: set[int]) -> None:
    rows = Event.objects.filter(pk__in=ids)
    _snapshots(job, _watched(rows))
    for row in rows.only("fate_details", "delivery_key", "name"):
        told = row.fate_details
        details = [{**one, "because": GONE} if job.needles.among([one.get("because")]) else one for one in told]
        key = row.delivery_key or ""
        hide = {"delivery_key": erased.hidden(key)} if job.needles.among([key]) else {}
        name = "" if job.needles.inside(row.name) else row.name
        Event.objects.filter(pk=row.pk).update(fate_details=details, name=name, **hide)
    job.removed["events"] += rows.update(headers=ERASED, raw=EMPTY, query=b"", data={}, complete=True, record_id="")
    job.removed["keys"] += EventKey.objects.filter(event__in=ids).delete()[0]
    job.removed["kept"] += Kept.objects.filter(event__in=ids).delete()[0]


def _watched(events: "QuerySet[Event]") -> list[int]:
    """How the records they were about were seen last."""
    places = events.exclude(record_id="").exclude(subscription=None).values_list("subscription", "record_id")
    found: list[int] = []
    for subscription_id, record_id in places:
        rows = Snapshot.objects.filter(subscription_id=subscription_id, record_id=record_id)
        found += rows.values_list("pk", flat=True)
    return found


def _wipe_runs(job: Job, ids: set[int]) -> None:
    rows = Run.objects.filter(pk__in=ids)
    job.removed["runs"] += rows.update(title="", fixes=None, lane="")
    rows.exclude(because="").update(because=GONE)
    _wipe_steps(job, StepRun.objects.filter(run__in=ids))
    approvals = Approval.objects.filter(run__in=ids)
    job.removed["approvals"] += approvals.update(message="", note="")
    Alert.objects.filter(run__in=ids).exclude(sentence="").update(sentence=GONE)
    _own(job, OwnWrite.objects.filter(run__in=ids).values_list("pk", flat=True))
    Expectation.objects.filter(run__in=ids).update(about="", about_hash="")
    for row in GuardedWrite.objects.filter(run__in=ids).exclude(customer=""):
        GuardedWrite.objects.filter(pk=row.pk).update(customer=erased.hidden(row.customer))


def _wipe_steps(job: Job, rows: "QuerySet[StepRun]") -> None:
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        part = StepRun.objects.filter(pk__in=ids[start : start + 500])
        job.removed["exchanges"] += Exchange.objects.filter(step_run__in=part).delete()[0]
        for row in part.exclude(error=None).only("error"):
            StepRun.objects.filter(pk=row.pk).update(error={**row.error, "message": GONE})
        job.removed["steps"] += part.update(input=None, sealed="", output=None, note="")


def _of_ended(job: Job, rows: "QuerySet[Any]", way: str) -> "QuerySet[Any]":
    """Those whose run has ended; the others are left for later."""
    busy = rows.exclude(**{f"{way}__in": RunStatus.ended()})
    job.left |= set(busy.values_list(way.removesuffix("status").removesuffix("__") or "pk", flat=True))
    return rows.filter(**{f"{way}__in": RunStatus.ended()})


def _runs(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Run.objects.filter(pk__in=ids), "status")
    _wipe_runs(job, set(rows.values_list("pk", flat=True)))


def _steps(job: Job, ids: list[int]) -> None:
    _wipe_steps(job, _of_ended(job, StepRun.objects.filter(pk__in=ids), "run__status"))


def _exchanges(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Exchange.objects.filter(pk__in=ids), "step_run__run__status")
    job.removed["exchanges"] += rows.delete()[0]


def _expectations(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Expectation.objects.filter(pk__in=ids), "run__status")
    job.removed["awaited"] += rows.update(about="", about_hash="")


def _approvals(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Approval.objects.filter(pk__in=ids), "run__status")
    job.removed["approvals"] += rows.update(message="", note="")


def _snapshots(job: Job, ids: list[int]) -> None:
    """How a record was seen last keeps the next look at it from being taken for news: what is the person's is hidden."""
    _hide(job, Snapshot.objects.filter(pk__in=ids))


def _own(job: Job, ids: Iterable[int]) -> None:
    """By what it changed itself a run's echo is known."""
    _hide(job, OwnWrite.objects.filter(pk__in=list(ids)))


def _hide(job: Job, rows: "QuerySet[Any]") -> None:
    for row in rows:
        values = {name: erased.hidden(v) if _personal(job, name, v) else v for name, v in row.values.items()}
        if values != row.values:
            rows.filter(pk=row.pk).update(values=values)
            job.removed["seen"] += 1


def _personal(job: Job, name: str, value: Any) -> bool:
    if value in (None, "", [], {}) or isinstance(value, bool):
        return False
    told = any(keys.KINDS[kind].search(name) for kind in ("email", "phone", "name"))
    return told or job.needles.inside(str(value))


def _links(job: Job, ids: list[int]) -> None:
    for row in RecordLink.objects.filter(pk__in=ids):
        key = erased.hidden(row.local_key) if job.needles.inside(row.local_key) else row.local_key
        same = RecordLink.objects.filter(connection=row.connection_id, kind=row.kind, local_key=key).exclude(pk=row.pk)
        if same.exists():  # it was hidden before, and that one counts
            RecordLink.objects.filter(pk=row.pk).delete()
            continue
        RecordLink.objects.filter(pk=row.pk).update(local_key=key, agreed={})
        job.removed["links"] += 1


def _guarded(job: Job, ids: list[int]) -> None:
    for row in GuardedWrite.objects.filter(pk__in=ids):
        GuardedWrite.objects.filter(pk=row.pk).update(customer=erased.hidden(row.customer))


def _alerts(job: Job, ids: list[int]) -> None:
    job.removed["alerts"] += Alert.objects.filter(pk__in=ids).update(sentence=GONE)


def _deleted(name: str) -> Callable[[type[models.Model]], Treat]:
    def of(model: type[models.Model]) -> Treat:
        def treat(job: Job, ids: list[int]) -> None:
            job.removed[name] += QuerySet(model).filter(pk__in=ids).delete()[0]

        return treat

    return of


def _recipes(job: Job, ids: list[int]) -> None:
    """What people wrote into a recipe is theirs to change: it is only told."""
    job.names.update(dict.fromkeys(Recipe.objects.filter(pk__in=ids).order_by("pk").values_list("name", flat=True)))


def _versions(job: Job, ids: list[int]) -> None:
    names = Recipe.objects.filter(versions__in=ids).order_by("pk").values_list("name", flat=True)
    job.names.update(dict.fromkeys(names))


def _forgotten(job: Job, ids: list[int]) -> None:
    """The sentence behind a subscription's or a recipe's trouble; the next one comes by itself."""
    Subscription.objects.filter(pk__in=ids).update(trouble="")


def _connections(job: Job, ids: list[int]) -> None:
    Connection.objects.filter(pk__in=ids).update(trouble="")


def _paused(job: Job, ids: list[int]) -> None:
    Recipe.objects.filter(pk__in=ids).update(paused_because=GONE)


def _book(job: Job, ids: list[int]) -> None:
    if numbers := book.blank(job.workspace_id, ids):
        job.removed["audit"] += len(numbers)
        _note(job, book.ERASES, lines=numbers)


TABLES = (
    Table(Event, ("raw", "data", "headers", "query", "name", "record_id", "delivery_key", "fate_details"), _events),
    Table(EventKey, ("value",), lambda job, ids: _events(job, _of_keys(ids))),
    Table(StepRun, ("input", "output", "error", "note"), _steps),
    Table(
        Exchange,
        ("url", "request_headers", "request_body", "response_headers", "response_body", "trouble"),
        _exchanges,
    ),
    Table(Run, ("title", "because", "fixes", "chain", "lane"), _runs),
    Table(Expectation, ("about",), _expectations),
    Table(Approval, ("message", "note"), _approvals),
    Table(OwnWrite, ("values",), _own),
    Table(GuardedWrite, ("customer",), _guarded),
    Table(Snapshot, ("values",), _snapshots, "subscription__workspace"),
    Table(RecordLink, ("local_key", "agreed"), _links),
    Table(Alert, ("sentence",), _alerts),
    Table(DigestEntry, ("value", "once"), _deleted("digests")(DigestEntry)),
    Table(StepTest, ("input", "output", "error", "exchanges"), _deleted("samples")(StepTest)),
    Table(Preview, ("sample", "because", "taken"), _deleted("previews")(Preview)),
    Table(DraftEdit, ("args", "before", "after"), _deleted("edits")(DraftEdit)),
    Table(StrayDelivery, ("headers", "raw"), _deleted("strays")(StrayDelivery), ""),
    Table(Subscription, ("trouble",), _forgotten),
    Table(Connection, ("trouble",), _connections),
    Table(Recipe, ("paused_because",), _paused),
    Table(Recipe, ("name", "draft"), _recipes),
    Table(Version, ("tree", "note"), _versions),
    Table(AuditEvent, ("label", "details"), _book),
)


def _of_keys(ids: list[int]) -> list[int]:
    return list(EventKey.objects.filter(pk__in=ids).order_by("event").values_list("event", flat=True).distinct())


def members(workspace_id: int, values: Iterable[str]) -> int:
    """How many of the workspace's own people are known by one of these: they are no customers."""
    wanted = {value.lower() for value in values}
    rows = Membership.objects.filter(workspace_id=workspace_id).values_list("user__email", flat=True)
    return sum(email.lower() in wanted for email in rows)
