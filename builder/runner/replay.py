"""What a person asks of a run: go on from where it stopped, begin again, or be done with it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from builder.models import Connection, Event, Run, RunStatus, StepRun, StepStatus, Version
from builder.recipe import tree as trees
from builder.recipe import walk
from builder.runner import called, counts, doorbell, erased, guards, scope
from builder.runner.clock import now
from connectors import catalogue

ANSWERS = ("again", "done", "skip")
ASKING = (StepStatus.UNKNOWN, StepStatus.HELD)
"""Of attempts whose outcome nobody knows."""


MOST_AT_ONCE = 500
MOST = 1000
"""Runs that go on at once; those behind them are there to be retried."""


class Late(Exception):
    """Somebody else, or the runner itself, was there first; the message says how the run stands."""


ERASED = "The data of whom it was about were erased, so it can't be run any more."


class NotAmong(Exception):
    """The record a person named is none of those that were found; the message has the ids of some."""


def run_again(run: Run) -> Run:
    """A new run of the same event from the start, with the recipe's newest version and markers of its own.
    Raises Late when the event's data were erased."""
    if run.event.erased:
        raise Late(ERASED)
    with transaction.atomic():
        _lock_event(run.event_id)
        same = Run.objects.filter(event=run.event, recipe=run.recipe, parent=None)
        number = (same.aggregate(most=Max("replay"))["most"] or 0) + 1
        fresh = Run.objects.create(
            workspace_id=run.workspace_id,
            recipe=run.recipe,
            version_id=run.recipe.live_id or run.version_id,
            event=run.event,
            replay=number,
            title=run.title,
            wake_at=now(),
            created_at=now(),
        )
    doorbell.ring()
    return fresh


def resume(run: Run, answer: str | None = None, record_id: str = "", fixes: Mapping[str, Any] | None = None) -> Run:
    """Goes on at the step that failed or is on hold. For an unknown outcome the answer says what to do with it: do it
    `again`, it was `done` (as `record_id`, when known), or `skip` it. `fixes`: values that the step is given in this
    run, whatever its recipe says. Raises Late, also for an answer where nothing is in doubt, or NotAmong."""
    with transaction.atomic():
        if guards.stopped([run.pk]):
            guards.locked([run.recipe_id])
        held = _locked(run)
        if held.event.erased or held.because == erased.GONE:
            raise Late(ERASED)
        if held.status not in (RunStatus.HELD, RunStatus.FAILED, RunStatus.WAITING):
            raise Late(f"The run is {RunStatus(held.status).label.lower()} by now.")
        last = newest_attempt(held)
        settling = last and held.status == RunStatus.WAITING and last.status == StepStatus.UNKNOWN
        if settling and answer not in ("done", "skip"):  # the first request may still be at work there
            raise Late("Recette waits until it can see for sure whether the step was done, then goes on by itself.")
        if answer:
            _answer(last, answer, record_id)
        if fixes and last:
            key = scope.fix_key(last.step_id, last.iteration)
            held.fixes = {**(held.fixes or {}), key: {**(held.fixes or {}).get(key, {}), **fixes}}
            held.save(update_fields=["fixes"])
        which = guards.stopped([held.pk]).get(held.pk)
        if which and answer not in ("done", "skip"):  # with those nothing is sent that somebody could have looked at
            for other in _still_held(guards.let(held, which)):
                _wake(other)
        _wake(held)
    doorbell.ring()
    return held


def cancel(run: Run) -> Run:
    """Nothing more is sent; what was done stays done. Raises Late when it had ended."""
    with transaction.atomic():
        found = _locked(run)
        if found.status in RunStatus.ended():
            raise Late(f"The run is {RunStatus(found.status).label.lower()} by now.")
        found.status, found.wake_at, found.lease_until = RunStatus.CANCELLED, None, None
        found.token, found.finished_at = F("token") + 1, now()
        found.because = "Somebody cancelled it."
        found.save(update_fields=["status", "wake_at", "lease_until", "token", "finished_at", "because"])
        called.wake([found.parent_id] if found.parent_id else [])
        counts.happened("cancelled", run=found)
    doorbell.ring()
    found.refresh_from_db()
    return found


def resume_deleted(recipe_id: int) -> int:
    """Runs that were stopped because their recipe was deleted, once it is there again; each by itself."""
    count = 0
    stopped = Run.objects.filter(recipe=recipe_id, status=RunStatus.HELD, because=guards.GONE)
    for run in stopped.order_by("pk")[:MOST]:
        with suppress(Late):  # somebody was quicker
            resume(run)
            count += 1
    return count


def resume_after(connection_public_id: str, workspace_id: int) -> int:
    """Runs that were held because a connection was signed out, once it is well again."""
    count = 0
    for run in _signed_out(connection_public_id, workspace_id):
        with suppress(Late):  # somebody was quicker
            resume(run)
            count += 1
    return count


MOVED = (
    "The connection “{name}”, which it had used, is another account by now. See whether its next steps still make "
    "sense, then retry or discard it."
)


def hold_moved(connection: Connection) -> None:
    """Runs that may carry ids of the account that the connection was: they began with its events, or have begun and
    name it. No test of the connection lets them go on. Inside a transaction."""
    because = MOVED.format(name=connection.name)
    signed_out = [run.pk for run in _signed_out(connection.public_id, connection.workspace_id)]
    Run.objects.filter(pk__in=signed_out, status=RunStatus.HELD).update(because=because)
    open_ = Run.objects.filter(workspace=connection.workspace_id, status__in=RunStatus.open())
    naming = [version.pk for version in _versions(open_) if _names(version.tree, connection.public_id)]
    carrying = open_.filter(Q(event__connection=connection) | Q(version__in=naming, token__gt=0)).order_by("pk")
    if database.features.has_select_for_update:
        carrying = carrying.select_for_update(of=("self",))
    keys = list(carrying.values_list("pk", flat=True))
    for start in range(0, len(keys), MOST_AT_ONCE):
        held = Run.objects.filter(pk__in=keys[start : start + MOST_AT_ONCE])
        held.update(status=RunStatus.HELD, wake_at=None, lease_until=None, token=F("token") + 1, because=because)
        for step in StepRun.objects.filter(run__in=held, status=StepStatus.STARTED):
            StepRun.objects.filter(pk=step.pk).update(
                status=StepStatus.HELD, error={"code": "moved", "message": because}
            )
            Run.objects.filter(pk=step.run_id).update(stopped_at=step.step_id)


def _versions(runs: QuerySet[Run]) -> QuerySet[Version]:
    return Version.objects.filter(pk__in=runs.order_by().values("version").distinct())


def _names(tree: dict[str, Any], public_id: str) -> bool:
    steps = (row.step.get("connection") for row in trees.steps(tree))
    return public_id in (tree["trigger"].get("connection"), *steps)


def _signed_out(connection_public_id: str, workspace_id: int) -> Iterator[Run]:
    tail = MOVED.partition("”")[2]
    held = Run.objects.filter(workspace_id=workspace_id, status=RunStatus.HELD).exclude(because__endswith=tail)
    for run in held.select_related("version").iterator():
        last = newest_attempt(run)
        if last and (last.error or {}).get("code") == "signed_out" and _uses(run, last, connection_public_id):
            yield run


def _uses(run: Run, last: StepRun, public_id: str) -> bool:
    tree = run.version.tree
    if last.step_id == "trigger":
        return bool(tree["trigger"].get("connection") == public_id)
    step = walk.step_at(tree, tuple(run.place)) if run.place else {}
    return bool(step.get("connection") == public_id)


def _locked(run: Run) -> Run:
    rows = Run.objects.filter(pk=run.pk)
    return (rows.select_for_update() if database.features.has_select_for_update else rows).get()


def _still_held(keys: list[int]) -> list[Run]:
    """Those that nobody woke or cancelled meanwhile, locked."""
    rows = Run.objects.filter(pk__in=keys, status=RunStatus.HELD).order_by("pk")
    return list(rows.select_for_update() if database.features.has_select_for_update else rows)


def _lock_event(event_id: int) -> None:
    """So that two who run the same event again get a number each."""
    if database.features.has_select_for_update:
        Event.objects.select_for_update().only("pk").get(pk=event_id)


def newest_attempt(run: Run) -> StepRun | None:
    """The newest attempt at the step the run's sentence is about, in the round it stands in."""
    found = StepRun.objects.filter(run=run, step_id=run.stopped_at)
    if run.place:
        rounds = walk.iteration(run.version.tree, tuple(run.place))
        found = found.filter(iteration=".".join(str(number) for number in rounds))
    return found.order_by("pk").last() if run.stopped_at else None


def _answer(last: StepRun | None, answer: str, record_id: str) -> None:
    """What a person knows of the attempt; the runner passes over a step that is done or skipped."""
    if answer not in ANSWERS:
        raise ValueError(answer)
    if last is None:
        raise Late("There is no step to answer for.")
    if not _may_be_answered(last):
        if answer == "again":  # it goes on there anyway
            return
        raise Late("Whether this step was done is no question, so it needs no answer. Retry without one.")
    if answer == "again":
        last.status, last.note = StepStatus.FAILED, "Somebody said: it was not done, send it again."
    elif answer == "done":
        last.status, last.note = StepStatus.DONE, "Somebody said: it was done."
        last.output = _told(last, record_id)
    else:
        last.status, last.note = StepStatus.SKIPPED, "Somebody said: skip it."
        last.output = None
    last.finished_at = now()
    last.save()


def _may_be_answered(last: StepRun) -> bool:
    """An attempt nobody knows the outcome of, or an action that failed: a person may have done it by hand since."""
    return last.status in ASKING or (last.kind == "action" and last.status == StepStatus.FAILED)


def candidates(last: StepRun) -> dict[str, dict[str, Any]]:
    """The records that a step on hold may have made, by their own ids."""
    found = last.output.get("found") if isinstance(last.output, dict) else None
    records = [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []
    return {own: record for record in records if (own := _own_id(record))}


def _own_id(record: dict[str, Any]) -> str:
    """Also when it stands below its kind's name."""
    inner = next((value for value in record.values() if isinstance(value, dict) and value.get("id")), record)
    return str(inner.get("id") or "")


def _told(last: StepRun, record_id: str) -> dict[str, Any]:
    """The record a person picked among those found, or one that is known by its id alone."""
    if not record_id:
        return {}
    known = candidates(last)
    if known and record_id not in known:
        raise NotAmong(", ".join(list(known)[:10]))
    return dict(known[record_id]) if known else _with_id(last.operation, record_id)


def _with_id(operation: str, record_id: str) -> dict[str, Any]:
    """An output of the operation that says no more than the id, where later steps look for it."""
    found = catalogue.operation(operation)
    paths = [o.path for o in found.outputs] if found else []
    path = next((p for p in paths if p == "id" or (p.endswith(".id") and p.count(".") == 1)), "id")
    outer, _, inner = path.rpartition(".")
    return {outer: {inner: record_id}} if outer else {inner: record_id}


def _wake(run: Run) -> None:
    run.status, run.place = RunStatus.QUEUED, run.place or []
    run.wake_at, run.lease_until, run.finished_at = now(), None, None
    run.claims, run.because = 0, ""
    run.token = F("token") + 1
    run.save(update_fields=["status", "place", "wake_at", "lease_until", "claims", "because", "finished_at", "token"])
    run.refresh_from_db()
