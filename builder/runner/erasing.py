"""Erases one person: every table is gone through, a little at a time, by whichever scheduler comes first.

Events and runs stay as rows, so that what was counted, decided and made stays true and nothing is done twice; what
was in them goes. Runs under way are left until they have ended: the whole is gone through again then.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
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
    Brought,
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
    Membership,
    OwnWrite,
    Preview,
    Recipe,
    RecordLink,
    Run,
    Snapshot,
    StepRun,
    StepTest,
    StrayDelivery,
    Subscription,
    TeamTemplate,
    TemplateUse,
    Version,
)
from builder.runner import book, turn, wiping
from builder.runner.clock import now
from builder.runner.needles import Needles
from builder.runner.prune import Pace
from builder.runner.wiping import Job, Treat

log = logging.getLogger(__name__)

SHARE = 0.3
"""Seconds in which one tick goes on with it."""
LEASE = timedelta(minutes=1)
AGAIN = timedelta(hours=1)
"""While a run is under way."""


@dataclass(frozen=True)
class Table:
    """Where to look, in which columns, and what becomes of the rows that name the person."""

    model: type[models.Model]
    columns: tuple[str, ...]
    treat: Treat
    workspace: str = "workspace"
    """The way to it; empty: rows belong to none."""

    def rows(self, workspace_id: int) -> "QuerySet[Any]":
        rows: QuerySet[Any] = QuerySet(self.model)
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
    told: dict[str, Any] = {"removed": dict(job.removed), "place": []}
    told["stays"] = {
        **job.row.stays,
        "waiting": waits,
        "named": list(job.names),
        "left": [],
        "unread": 0,
        "recipes": [],
    }
    if waits:
        told |= {"state": ErasureState.WAITING, "wake_at": now() + AGAIN}
    else:
        told |= {"state": ErasureState.DONE, "wake_at": None, "sealed": "", "finished_at": now()}
    with turn.writing():
        if not waits:
            wiping.note(job, book.ERASES, removed=dict(job.removed))
        Erasure.objects.filter(pk=job.row.pk).update(**told)


TABLES = (
    Table(
        Event, ("raw", "data", "headers", "query", "name", "record_id", "delivery_key", "fate_details"), wiping.events
    ),
    Table(EventKey, ("value",), wiping.event_keys),
    Table(StepRun, ("input", "output", "error", "note"), wiping.steps),
    Table(
        Exchange,
        ("url", "request_headers", "request_body", "response_headers", "response_body", "trouble"),
        wiping.exchanges,
    ),
    Table(Run, ("title", "because", "fixes", "chain", "lane"), wiping.runs),
    Table(Expectation, ("about",), wiping.expectations),
    Table(Approval, ("message", "note"), wiping.approvals),
    Table(OwnWrite, ("values",), wiping.own),
    Table(GuardedWrite, ("customer",), wiping.guarded),
    Table(Snapshot, ("values",), wiping.snapshots, "subscription__workspace"),
    Table(RecordLink, ("local_key", "agreed"), wiping.links),
    Table(Alert, ("sentence",), wiping.alerts),
    Table(DigestEntry, ("value", "once"), wiping.deleted("digests")(DigestEntry)),
    Table(StepTest, ("input", "output", "error", "exchanges"), wiping.deleted("samples")(StepTest)),
    Table(Preview, ("sample", "because", "taken"), wiping.deleted("previews")(Preview)),
    Table(DraftEdit, ("args", "before", "after"), wiping.deleted("edits")(DraftEdit)),
    Table(StrayDelivery, ("headers", "raw"), wiping.deleted("strays")(StrayDelivery), ""),
    Table(Subscription, ("trouble",), wiping.forgotten),
    Table(Connection, ("trouble",), wiping.connections),
    Table(Recipe, ("paused_because",), wiping.paused),
    Table(Recipe, ("name", "draft"), wiping.recipes),
    Table(Version, ("tree", "note"), wiping.versions),
    Table(TeamTemplate, ("data",), wiping.templates),
    Table(TemplateUse, ("answers", "tree"), wiping.template_uses),
    Table(Brought, ("name", "files"), wiping.deleted("brought")(Brought)),
    Table(AuditEvent, ("label", "details"), wiping.lines),
)


def members(workspace_id: int, values: Iterable[str]) -> int:
    """How many of the workspace's own people are known by one of these: they are no customers."""
    wanted = {value.lower() for value in values}
    rows = Membership.objects.filter(workspace_id=workspace_id).values_list("user__email", flat=True)
    return sum(email.lower() in wanted for email in rows)
