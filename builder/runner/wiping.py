"""What becomes of rows that name somebody who is to be erased: what was in them goes, what keeps from doubles stays."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db import models
from django.db.models import QuerySet

from builder.models import (
    Alert,
    Approval,
    AuditEvent,
    Connection,
    Erasure,
    Event,
    EventKey,
    Exchange,
    Expectation,
    GuardedWrite,
    Kept,
    OwnWrite,
    Recipe,
    RecordLink,
    Run,
    RunStatus,
    Snapshot,
    StepRun,
    Subscription,
    TeamTemplate,
    Way,
)
from builder.models.event import ERASED
from builder.runner import book, erased, keys
from builder.runner.erased import GONE
from builder.runner.needles import Needles

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


def note(job: Job, verb: str, **details: Any) -> None:
    line = AuditEvent(
        workspace_id=job.workspace_id,
        verb=verb,
        object_kind="person",
        object_id=job.row.public_id,
        details=details,
        way=Way.RECETTE,
    )
    book.enter(line)


def _under_way(runs: "QuerySet[Run]") -> set[int]:
    """Runs that have not ended, or that wait for one that has not, or that one of these called."""
    rows = runs.order_by("pk")
    if database.features.has_select_for_update:
        rows = rows.select_for_update()  # nobody resumes one meanwhile
    return {pk for pk, status in rows.values_list("pk", "status") if status not in RunStatus.ended()}


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


def events(job: Job, ids: list[int]) -> None:
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
    snapshots(job, _watched(rows))
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
    own(job, OwnWrite.objects.filter(run__in=ids).values_list("pk", flat=True))
    Expectation.objects.filter(run__in=ids).update(about="", about_hash="")
    for row in GuardedWrite.objects.filter(run__in=ids).exclude(customer=""):
        GuardedWrite.objects.filter(pk=row.pk).update(customer=erased.hidden(row.customer))


def _wipe_steps(job: Job, rows: "QuerySet[StepRun]") -> None:
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        part = StepRun.objects.filter(pk__in=ids[start : start + 500])
        job.removed["exchanges"] += Exchange.objects.filter(step_run__in=part).delete()[0]
        for row in part.exclude(error=None).only("error"):
            StepRun.objects.filter(pk=row.pk).update(error={**(row.error or {}), "message": GONE})
        job.removed["steps"] += part.update(input=None, sealed="", output=None, note="")


def _of_ended(job: Job, rows: "QuerySet[Any]", way: str) -> "QuerySet[Any]":
    """Those whose run has ended; the others are left for later."""
    busy = rows.exclude(**{f"{way}__in": RunStatus.ended()})
    job.left |= set(busy.values_list(way.removesuffix("status").removesuffix("__") or "pk", flat=True))
    return rows.filter(**{f"{way}__in": RunStatus.ended()})


def runs(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Run.objects.filter(pk__in=ids), "status")
    _wipe_runs(job, set(rows.values_list("pk", flat=True)))


def steps(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, StepRun.objects.filter(pk__in=ids), "run__status")
    Run.objects.filter(steps__in=rows, status=RunStatus.FAILED).update(because=GONE)  # later steps would miss them
    _wipe_steps(job, rows)


def exchanges(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Exchange.objects.filter(pk__in=ids), "step_run__run__status")
    job.removed["exchanges"] += rows.delete()[0]


def expectations(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Expectation.objects.filter(pk__in=ids), "run__status")
    job.removed["awaited"] += rows.update(about="", about_hash="")


def approvals(job: Job, ids: list[int]) -> None:
    rows = _of_ended(job, Approval.objects.filter(pk__in=ids), "run__status")
    job.removed["approvals"] += rows.update(message="", note="")


def snapshots(job: Job, ids: list[int]) -> None:
    """How a record was seen last keeps the next look at it from being news: what is the person's is hidden."""
    _hide(job, Snapshot.objects.filter(pk__in=ids))


def own(job: Job, ids: Iterable[int]) -> None:
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


def links(job: Job, ids: list[int]) -> None:
    for row in RecordLink.objects.filter(pk__in=ids):
        key = erased.hidden(row.local_key) if job.needles.inside(row.local_key) else row.local_key
        same = RecordLink.objects.filter(connection=row.connection_id, kind=row.kind, local_key=key).exclude(pk=row.pk)
        if same.exists():  # it was hidden before, and that one counts
            RecordLink.objects.filter(pk=row.pk).delete()
            continue
        RecordLink.objects.filter(pk=row.pk).update(local_key=key, agreed={})
        job.removed["links"] += 1


def guarded(job: Job, ids: list[int]) -> None:
    for row in GuardedWrite.objects.filter(pk__in=ids):
        GuardedWrite.objects.filter(pk=row.pk).update(customer=erased.hidden(row.customer))


def alerts(job: Job, ids: list[int]) -> None:
    job.removed["alerts"] += Alert.objects.filter(pk__in=ids).update(sentence=GONE)


def deleted(name: str) -> Callable[[type[models.Model]], Treat]:
    def of(model: type[models.Model]) -> Treat:
        def treat(job: Job, ids: list[int]) -> None:
            job.removed[name] += QuerySet(model).filter(pk__in=ids).delete()[0]

        return treat

    return of


def recipes(job: Job, ids: list[int]) -> None:
    """What people wrote into a recipe is theirs to change: it is only told."""
    job.names.update(dict.fromkeys(Recipe.objects.filter(pk__in=ids).order_by("pk").values_list("name", flat=True)))


def versions(job: Job, ids: list[int]) -> None:
    names = Recipe.objects.filter(versions__in=ids).order_by("pk").values_list("name", flat=True)
    job.names.update(dict.fromkeys(names))


def templates(job: Job, ids: list[int]) -> None:
    job.names.update(dict.fromkeys(str(row) for row in TeamTemplate.objects.filter(pk__in=ids).order_by("pk")))


def template_uses(job: Job, ids: list[int]) -> None:
    names = Recipe.objects.filter(template_uses__in=ids).order_by("pk").values_list("name", flat=True)
    job.names.update(dict.fromkeys(names))


def forgotten(job: Job, ids: list[int]) -> None:
    """The sentence behind a subscription's or a recipe's trouble; the next one comes by itself."""
    Subscription.objects.filter(pk__in=ids).update(trouble="")


def connections(job: Job, ids: list[int]) -> None:
    Connection.objects.filter(pk__in=ids).update(trouble="")


def paused(job: Job, ids: list[int]) -> None:
    Recipe.objects.filter(pk__in=ids).update(paused_because=GONE)


def lines(job: Job, ids: list[int]) -> None:
    if numbers := book.blank(job.workspace_id, ids):
        job.removed["audit"] += len(numbers)
        note(job, book.ERASES, lines=numbers)


def event_keys(job: Job, ids: list[int]) -> None:
    events(job, list(EventKey.objects.filter(pk__in=ids).order_by("event").values_list("event", flat=True).distinct()))
