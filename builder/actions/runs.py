"""What people do with runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from builder.actions import audit
from builder.actions.actor import Actor, action, sight_of
from builder.actions.errors import ActionError, Conflict, Invalid
from builder.models import STOPPED, Capability, Recipe, Run, RunStatus, StepRun, access
from builder.models.columns import write_json
from builder.runner import makeup, replay

MOST = 200
"""Runs in one bulk action that names each."""
MOST_ALIKE = 10_000
"""Runs that need somebody, among which those with the same reason are looked for."""
MOST_AT_ALL = 5000
"""Runs in one action on all that fit."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of a bulk action, each run by itself."""

    done: list[Run] = field(default_factory=list)
    refused: list[tuple[Run, str]] = field(default_factory=list)
    """With the sentence why."""


@action(Capability.RUN)
def retry(by: Actor, run: Run, answer: str | None = None, record_id: str = "") -> Run:
    """Goes on from the step that failed or is on hold. For an unknown outcome `answer` is again, done or skip. Raises
    Conflict when it isn't waiting for anybody any more, Invalid for a record that is none of those found."""
    if answer not in (None, "", *replay.ANSWERS):
        raise Invalid(_("Say whether it is to be done again, was done, or is to be skipped."), "answer")
    try:
        resumed = replay.resume(run, answer or None, record_id)
    except replay.Late as late:
        raise _late(run, late) from late
    except replay.NotAmong as strange:
        message = _("“%(id)s” is none of the records that were found: %(ids)s. Choose one of them, or none.")
        raise Invalid(message % {"id": record_id, "ids": strange}, "record_id") from strange
    audit.write(by, "run.resumed", run, run.title or run.recipe.name, answer=answer or "", record=record_id)
    return resumed


@dataclass(frozen=True, slots=True)
class Reason:
    """What stopped a run: the step, and the error's code and field there."""

    step_id: str
    code: str
    field: str = ""


def reason(run: Run) -> Reason | None:
    """None while nobody has to do anything about it, and where no error of a step stopped it."""
    if run.status not in STOPPED or not run.stopped_at:
        return None
    last = replay.newest_attempt(run)
    error = (last.error if last and last.step_id == run.stopped_at else None) or {}
    code = str(error.get("code") or "")
    return Reason(run.stopped_at, code, str(error.get("field") or "")) if code else None


def stopped_by(rows: QuerySet[Run], because: Reason) -> QuerySet[Run]:
    """Those of one recipe's runs that stopped for this reason, among the newest that need somebody. They are looked for
    once, however often the list is asked."""
    needing = Run.objects.filter(Run.has_status(*STOPPED)).order_by("-pk").values_list("pk", flat=True)
    oldest = needing[MOST_ALIKE - 1 : MOST_ALIKE].first() or 0
    found = rows.filter(Run.has_status(*STOPPED), pk__gte=oldest, stopped_at=because.step_id)
    tries = StepRun.objects.filter(run=OuterRef("pk"), step_id=because.step_id).order_by("-pk")
    told = tries.annotate(told=Cast("error", TextField())).values("told")[:1]
    found = found.annotate(told=Subquery(told)).filter(told__contains=f'"code":"{because.code}"')
    found = found.filter(told__contains=f'"field":{write_json(because.field)}')
    return rows.filter(pk__in=list(found.order_by().values_list("pk", flat=True)))


def candidates(step: StepRun) -> dict[str, dict[str, Any]]:
    """The records that a step on hold may have made, by their ids."""
    return replay.candidates(step)


@action(Capability.RUN)
def run_again(by: Actor, run: Run) -> Run:
    """A new run of the same event, from the start."""
    if run.recipe.live is None or run.recipe.deleted_at:
        raise Invalid(_("“%(name)s” has no live version to run. Publish it first.") % {"name": run.recipe.name})
    try:
        fresh = replay.run_again(run)
    except replay.Late as late:
        raise _late(run, late) from late
    audit.write(by, "run.repeated", run, run.title or run.recipe.name, new=fresh.public_id)
    return fresh


@action(Capability.RUN)
def cancel(by: Actor, run: Run) -> Run:
    try:
        cancelled = replay.cancel(run)
    except replay.Late as late:
        raise _late(run, late) from late
    audit.write(by, "run.cancelled", run, run.title or run.recipe.name)
    return cancelled


@action(Capability.RUN, atomic=False)
def bulk_retry(by: Actor, runs: Iterable[Run], answer: str | None = None) -> Outcomes:
    return _each(by, runs, lambda run: retry(by, run, answer))


@action(Capability.RUN, atomic=False)
def bulk_cancel(by: Actor, runs: Iterable[Run]) -> Outcomes:
    return _each(by, runs, lambda run: cancel(by, run))


def retriable(rows: QuerySet[Run]) -> tuple[list[int], int]:
    """(keys of those runs that can go on at once, how many more wait for an answer of their own)"""
    found = _keys(rows.filter(Run.has_status(*STOPPED)))
    asking = makeup.undecided(found)
    return [pk for pk in found if pk not in asking], len(asking)


def on_hold(rows: QuerySet[Run]) -> list[int]:
    """Keys of those that can be discarded."""
    return _keys(rows.filter(status=RunStatus.HELD))


def _keys(rows: QuerySet[Run]) -> list[int]:
    if sight := access.current():
        rows = rows.exclude(recipe__folder__in=sight.without(Capability.RUN))
    found = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ALL + 1])
    if len(found) > MOST_AT_ALL:
        raise Invalid(_("More than %(n)d runs fit. Narrow the list by recipe or time.") % {"n": MOST_AT_ALL})
    return found


def _theirs(by: Actor, keys: list[int]) -> list[int]:
    """Those of the workspace, without what lies in folders where they may not."""
    rows = Run.objects.filter(pk__in=keys[:MOST_AT_ALL])
    return list(rows.exclude(recipe__folder__in=sight_of(by).without(Capability.RUN)).values_list("pk", flat=True))


@action(Capability.RUN, atomic=False)
def discard_all(by: Actor, keys: list[int]) -> int:
    """Ends those that are on hold; how many. What goes on or ended meanwhile is left as it is."""
    ours = _theirs(by, keys)
    gone = 0
    for ended in makeup.discard_all(ours):
        audit.write(by, "run.all_discarded", runs=len(ended), ids=ended)
        gone += len(ended)
    return gone


@action(Capability.RUN, atomic=False)
def retry_all(by: Actor, keys: list[int]) -> int:
    """How many went on: what ended or waits for an answer meanwhile is left as it is."""
    ours = _theirs(by, keys)
    went = makeup.resume_all(ours)
    audit.write(by, "run.all_resumed", runs=went)
    return went


@action(Capability.RUN, atomic=False)
def replay_period(
    by: Actor, recipe: Recipe, since: datetime, until: datetime, missing: bool = True, preview: bool = False
) -> int:
    """How many runs begin, or would (`preview`): of the events between two moments that the recipe ran for or kept;
    `missing`: only of those it has no run of."""
    if recipe.live is None or recipe.deleted_at:
        raise Invalid(_("“%(name)s” has no live version to run. Publish it first.") % {"name": recipe.name})
    if since >= until:
        raise Invalid(_("The end lies before the beginning."), "until")
    found = makeup.events_of(recipe, since, until, missing, MOST_AT_ALL)
    if len(found) > MOST_AT_ALL:
        raise Invalid(_("More than %(n)d events fit. Choose a shorter period.") % {"n": MOST_AT_ALL}, "since")
    if preview or not found:
        return len(found)
    began = makeup.run_events(recipe, found)
    audit.write(by, "recipe.replayed", recipe, runs=began, since=since.isoformat(), until=until.isoformat())
    return began


def _each(by: Actor, runs: Iterable[Run], do: Callable[[Run], Run]) -> Outcomes:
    runs, outcomes = list(runs), Outcomes()
    if len(runs) > MOST:
        raise Invalid(_("Choose at most %(n)d runs at a time.") % {"n": MOST})
    for run in runs:
        try:
            outcomes.done.append(do(run))
        except ActionError as refused:
            outcomes.refused.append((run, refused.message))
    return outcomes


def _late(run: Run, late: replay.Late) -> Conflict:
    run.refresh_from_db()
    return Conflict(str(late), theirs=RunStatus(run.status).label, key="status")
