"""Who may work on a run. A claim is a conditional update; losing the race is normal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.models import F

from builder.models import Event, Run, RunStatus, StepRun, StepStatus, Version, Workspace
from builder.recipe import wrong
from builder.runner import accounts, counts, doorbell, due, failpoints, fairness, guards, reading, rows
from builder.runner.clock import now
from connectors.errors import ConnectorError

POISON = 10
"""Claims without a finished step after which a run is taken to kill its workers."""
TOO_OFTEN = f"It was begun {POISON} times and stopped the worker each time. Look at its step, then retry."
COMPANY = {3: 16, 4: 8, 5: 4}
"""Claims for nothing to how many such runs may be under way together, it included; with more claims it goes alone."""
SUSPECT = min(COMPANY)
EVENTS_AT_ONCE = 50
WORKSPACES = 5.0
"""Seconds for which a workspace's zone and currency are believed."""
SLACK, BUSY, PUNCTUAL = 0.1, 0.5, 3
"""Shares of a lease that may have passed when a write leaves; the larger where a machine was too busy for the smaller
one so many times."""
READING = 7235938
"""The number of PostgreSQL's lock for whose turn it is to read events."""
TAKE = """
    UPDATE builder_run SET status = %s, token = token + 1, claims = claims + 1,
        wake_at = %s, lease_until = %s, started_at = COALESCE(started_at, %s)
"""


class Outline:
    """What a tree comes to, found out once for all runs of a version."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.connections = connections_of(tree)
        self.told = wrong.told_in(tree)
        self.ahead: dict[tuple[str, str], int] = {}
        """Calls over a connection from a step on, the step's own included, by the step's id and the connection's public
        id; those that were asked for."""


@dataclass(slots=True)
class Claimed:
    """A run with all it needs to be walked without another query."""

    run: Run
    outline: Outline
    workspace: Workspace
    event: Event
    outputs: dict[str, Any]
    """Step id (with its iteration) to what the step gave."""
    last: dict[tuple[str, str], StepRun]
    """The newest attempt of each step and iteration."""
    firsts: dict[tuple[str, str], StepRun]
    attempts: dict[tuple[str, str], int]
    """Failed attempts so far; waiting for the budget is none."""
    connections: dict[str, accounts.Opened | ConnectorError] = field(default_factory=dict)

    @property
    def tree(self) -> dict[str, Any]:
        return self.outline.tree

    @property
    def told(self) -> tuple[str, ...]:
        """Steps whose failure is a value of later ones."""
        return self.outline.told


class Shelf:
    """What was loaded before and doesn't change under a run."""

    def __init__(self) -> None:
        self.accounts = accounts.Cache()
        self.versions = reading.known_versions()
        self.workspaces = rows.Known(Workspace, WORKSPACES)
        self.turns = fairness.Turns()
        self._outlines = WeakKeyDictionary[Version, Outline]()
        """As long as the version is known."""
        self.more = False
        """The last claim took as much as it may, so that there may be more."""

    def outlines(self, ids: set[int]) -> dict[int, Outline]:
        """Of versions."""
        return {pk: self._outline(version) for pk, version in self.versions.get(ids).items()}

    def _outline(self, version: Version) -> Outline:
        known = self._outlines.get(version)
        if known is None or known.tree is not version.tree:
            self._outlines.pop(version, None)  # or the key stays the object that was loaded before
            known = self._outlines[version] = Outline(version.tree)
        return known


def claim(room: int, shelf: Shelf, suspects: Sequence[int] = ()) -> list[Claimed]:
    """Reads what came in, then takes up to `room` due runs. Inside a transaction of the journal.

    A run that was claimed several times for nothing may be what stops the workers, or may only have been beside it.
    Such suspects are taken in ever smaller company and alone at last, so that none is held for another's fault, and
    walk before the others. `suspects`: how often each of those under way was claimed before."""
    read, began = read_events(shelf.versions)
    due_now = _due(room, shelf.turns, list(suspects))
    shelf.more = read == EVENTS_AT_ONCE or len(due_now) >= room or bool(due_now and shelf.turns.many)
    chosen = _without_deleted(due_now, {run.recipe_id for run in began})
    if chosen:
        _take(chosen)
    return _load(chosen, shelf, began) if chosen else []


def _without_deleted(runs: list[Run], fresh: set[int]) -> list[Run]:
    """Those of recipes that somebody deleted go on hold. `fresh`: recipes that were read just now."""
    gone = guards.deleted({run.recipe_id for run in runs} - fresh)
    for run in runs:
        if run.recipe_id in gone:
            _hold(run, guards.GONE)
    return [run for run in runs if run.recipe_id not in gone]


def _due(room: int, turns: fairness.Turns, under_way: list[int]) -> list[Run]:
    """Mostly there are few and no suspects among them, and one look shows all there is."""
    if not turns.many:
        oldest = due.runs("TRUE", room)
        if len(oldest) < room and all(run.claims < SUSPECT for run in oldest):
            return oldest
    return _suspects(under_way) + _next(room, turns)


def _suspects(under_way: list[int]) -> list[Run]:
    """The longest due, until one does not go with those that are under way."""
    chosen: list[Run] = []
    if len(under_way) >= min(map(_company, under_way), default=1 + len(under_way)):
        return chosen
    for run in due.runs(f"run.claims >= {SUSPECT}", max(COMPANY.values())):
        if run.claims >= POISON:
            _hold(run, TOO_OFTEN)
            continue
        under_way.append(run.claims)
        if len(under_way) > min(map(_company, under_way)):
            break
        chosen.append(run)
    return chosen


def _company(claims: int) -> int:
    return COMPANY.get(claims, 1)


def _next(room: int, turns: fairness.Turns) -> list[Run]:
    """The longest due; when more are due than there is room for, of each recipe in turn."""
    fit = f"run.claims < {SUSPECT}"
    chosen = turns.pick(room, fit)
    if chosen is None:
        return due.runs(fit, room)
    return due.runs(f"{fit} AND run.id IN ({', '.join(map(str, chosen))})", room) if chosen else []


def suspected(runs: Iterable[Run]) -> list[int]:
    """Of claimed runs, those that were suspects before this claim and have not gone on since: how often each of them
    was claimed for nothing."""
    return [run.claims - 1 for run in runs if run.claims > SUSPECT]


def read_events(versions: rows.Known[Version] | None = None) -> tuple[int, list[Run]]:
    """How many, and the runs that began, with their events and recipes as they are stored. One worker at a time: what
    an event tells is news or not by what was read of its record before, and a later one that another worker reads first
    would make the earlier one old."""
    unread = "read_at IS NULL"
    if connection.vendor == "postgresql":
        unread += f" AND (SELECT pg_try_advisory_xact_lock({READING}))"
    events = rows.fetch(Event, unread, (), f"ORDER BY id LIMIT {EVENTS_AT_ONCE} {rows.locked(skip=True)}")
    return len(events), reading.read(events, versions) if events else []


def renew(runs: Iterable[Run]) -> dict[int, datetime]:
    """For long conversations: the lease holds as long as its holder lives; each write renews it too, so few need it.
    One that has come to rest meanwhile wakes when it said. Until when, by primary key: `note` it once it is durable."""
    moment, lease = now(), timedelta(seconds=settings.LEASE)
    due_soon = [run for run in runs if run.lease_until and run.lease_until < moment + lease * 2 / 3]
    return {run.pk: moment + lease for run in due_soon if _renewed(run, moment + lease)}


def note(runs: Iterable[Run], renewed: Mapping[int, datetime]) -> None:
    """One that was written meanwhile knows better."""
    for run in runs:
        until = renewed.get(run.pk)
        if until and run.lease_until and run.lease_until < until:
            run.lease_until = until


def lasts(run: Run, seconds: float = 0, slack: float = SLACK) -> bool:
    """Whether its lease holds, but for this share of it, until a call that is made now is surely over, time-out and the
    longest work of the other side: `seconds` is a time-out of the step's own. Of a worker that was frozen or starved,
    another may have the run, and have looked already."""
    needed = _needed(seconds) - timedelta(seconds=settings.LEASE * slack)
    return run.lease_until is not None and run.lease_until - now() >= needed


def keep(run: Run, seconds: float = 0) -> datetime | None:
    """Renews the lease before something is changed elsewhere. Until when; None: another worker has the run."""
    until = now() + _needed(seconds)
    return until if _renewed(run, until) else None


def _needed(seconds: float) -> timedelta:
    return timedelta(seconds=max(settings.LEASE, (seconds or settings.READ_TIMEOUT) + settings.SETTLE))


def _renewed(run: Run, until: datetime) -> bool:
    """What is in memory is left as it is: this may yet be taken back, and made again."""
    mine = Run.objects.filter(pk=run.pk, token=run.token, status=RunStatus.RUNNING)
    return bool(mine.update(wake_at=until, lease_until=until))


def sweep() -> bool:
    """Rings for what is due and nobody came for. Whether there was something."""
    if not due.anything():
        return False
    if doorbell.ring_now() and _unheard():
        counts.note(doorbell_missed=1)
    failpoints.reach("sweeper.after_ring")
    return True


def _unheard() -> bool:
    """Whether something came in a while ago, so that its own ring got lost."""
    return Event.objects.filter(read_at=None, received_at__lt=now() - timedelta(seconds=1)).exists()


def _take(runs: list[Run]) -> None:
    until = now() + timedelta(seconds=settings.LEASE)
    ids, moments = [r.pk for r in runs], [due.moment(until), due.moment(until), due.moment()]
    with rows.asking() as cursor:
        cursor.execute(f"{TAKE} WHERE {rows.one_of('id', ids)}", [RunStatus.RUNNING.value, *moments, *ids])
    with counts.gathered():
        _count(runs)
    for run in runs:
        run.status, run.token, run.claims = RunStatus.RUNNING, run.token + 1, run.claims + 1
        run.lease_until = until
        run.started_at = run.started_at or now()


def _count(runs: list[Run]) -> None:
    """Of runs that were just taken, as they were before."""
    for run in runs:
        if run.started_at is None:
            counts.happened("runs", run=run)
        if run.status == RunStatus.RUNNING:
            counts.happened("lease_takeovers")


def _hold(run: Run, because: str) -> None:
    run.because = because
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.HELD,
        wake_at=None,
        lease_until=None,
        token=F("token") + 1,
        because=run.because,
    )
    counts.happened("held", run=run)


def _load(runs: list[Run], shelf: Shelf, began: list[Run]) -> list[Claimed]:
    """`began`: runs that began in the same transaction, with what else was read there."""
    workspaces = shelf.workspaces.get({r.workspace_id for r in runs})
    events = {r.event_id: r.event for r in began}
    events |= rows.by_id(Event, {r.event_id for r in runs} - events.keys())
    walked = [r.pk for r in runs if r.token > 1]  # claimed before, so something may be written
    steps = StepRun.objects.filter(run_id__in=walked).order_by("pk") if walked else []
    by_run: dict[int, list[StepRun]] = {}
    for step in steps:
        by_run.setdefault(step.run_id, []).append(step)
    outlines = shelf.outlines({r.version_id for r in runs})
    named = {r.pk: outlines[r.version_id].connections for r in runs}
    opened = shelf.accounts.get({(r.workspace_id, name) for r in runs for name in named[r.pk]})
    claimed = []
    for r in runs:
        connections = {name: opened[r.workspace_id, name] for name in named[r.pk]}
        one = Claimed(
            r, outlines[r.version_id], workspaces[r.workspace_id], events[r.event_id], {}, {}, {}, {}, connections
        )
        for step in by_run.get(r.pk, []):
            remember(one, step)
        claimed.append(one)
    return claimed


def remember(claimed: Claimed, step: StepRun) -> None:
    key = (step.step_id, step.iteration)
    claimed.last[key] = step
    if (step.error or {}).get("code") not in guards.NO_ATTEMPT:  # patience begins when it was let
        claimed.firsts.setdefault(key, step)
        if step.status != StepStatus.WAITING:
            claimed.attempts[key] = claimed.attempts.get(key, 0) + 1
    if step.status == StepStatus.DONE and step.output is not None:
        claimed.outputs[step.step_id] = step.output
    elif step.status == StepStatus.FAILED and step.step_id in claimed.told:
        claimed.outputs[step.step_id] = wrong.gave(str((step.error or {}).get("message") or ""))
    else:
        claimed.outputs.pop(step.step_id, None)  # what an earlier round of a loop gave is no value of this one


def connections_of(tree: dict[str, Any]) -> set[str]:
    """Public ids of every connection a tree names."""
    found: set[str] = set()
    todo: list[Any] = [tree]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            if isinstance(name := value.get("connection"), str) and name:
                found.add(name)
            todo += [v for k, v in value.items() if k not in ("inputs", "conditions", "options")]
    return found
