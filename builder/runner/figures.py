"""What there is to see of the runner, as numbers: each asked of an index or of what was counted, never of all runs.

They come from the database, so every process and host tells the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from builder.models import Connection, Drain, Event, Health, Run, RunStatus
from builder.runner import counts, due, intake_times
from builder.runner.clock import now

LOST, STUCK, OVERDUE = timedelta(seconds=60), timedelta(seconds=60), timedelta(minutes=10)
MOST_DUE = 100_000
Values = list[tuple[dict[str, str], float]]

# Written out, so that SQLite sees that the partial indexes serve.
UNKNOWN = """
    SELECT count(*) FROM builder_steprun s JOIN builder_run r ON r.id = s.run_id
    WHERE s.status IN ('unknown', 'held') AND r.status IN ('queued', 'running', 'waiting', 'held')"""
HELD = "SELECT count(*) FROM builder_run WHERE status = 'held'"


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    kind: str
    """gauge, counter or histogram"""
    means: str
    values: Values


def all() -> Iterator[Figure]:
    total = counts.totals()
    yield from _gauges()
    yield from _counters(total)
    yield Figure("intake_seconds", "histogram", "Deliveries, from arrival to commit.", _histogram(total))


def runs_by_status() -> dict[str, int]:
    """Of those that are not over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, count(*) FROM builder_run WHERE wake_at IS NOT NULL GROUP BY status")
        found = dict(cursor.fetchall())
    return {status: found.get(status, 0) for status in RunStatus.open()} | {"held": _count(HELD)}


def runs_lost() -> int:
    """Events that came in a minute ago and that nobody has read."""
    return Event.objects.filter(read_at=None, received_at__lt=now() - LOST).count()


def runs_stuck() -> int:
    """A lease ran out and nobody took over, or a run is due for ten minutes."""
    expired = Run.objects.filter(wake_at__isnull=False, wake_at__lt=now() - STUCK, status=RunStatus.RUNNING)
    return expired.count() + due.number(now() - OVERDUE, "run.status <> 'running'")


def effects_unknown() -> int:
    """Steps of which nobody knows yet whether they were done."""
    return _count(UNKNOWN)


def breaker_open() -> int:
    return Connection.objects.filter(deleted_at=None, resting_until__gt=now()).count()


def queue_age() -> float:
    """Seconds for which the oldest twentieth of the due runs is due at least."""
    waiting = min(due.number(now()), MOST_DUE)
    run = due.nth(waiting // 20) if waiting else None
    return (now() - run.wake_at).total_seconds() if run and run.wake_at else 0.0


def _gauges() -> Iterator[Figure]:
    health = {each: Connection.objects.filter(deleted_at=None, health=each).count() for each in Health.values}
    awake = Drain.objects.filter(alive_until__gt=now()).count()
    lately = counts.lately(intake_times.PREFIX)
    for name, means, value in (
        ("runs_lost", "Events older than a minute that nobody has read.", runs_lost()),
        ("runs_stuck", "Runs whose lease ran out or that are long due, and nobody comes.", runs_stuck()),
        ("effects_unknown", "Steps of which nobody knows whether they were done.", effects_unknown()),
        ("queue_age_p95_seconds", "How long due runs have been waiting for a worker.", queue_age()),
        ("intake_p95_seconds", "Deliveries of the last hours.", intake_times.percentile(lately, 0.95)),
        ("drains_awake", "Drains at work.", awake),
        ("breaker_open", "Connections left alone because their service does not answer.", breaker_open()),
    ):
        yield Figure(name, "gauge", means, [({}, value)])
    yield Figure("runs", "gauge", "Runs that are not over.", _labelled("status", runs_by_status()))
    yield Figure("connections", "gauge", "Connections by their health.", _labelled("health", health))


def _counters(total: dict[str, int]) -> Iterator[Figure]:
    for name, means in (
        ("runs_begun", "Runs that were begun."),
        ("runs_held", "Runs that were put on hold."),
        ("calls", "Requests to services."),
        ("lease_takeovers", "Runs taken over from a worker that was gone."),
        ("doorbell_missed", "Arrivals that no ring announced, found by the sweeper."),
        ("dedupe_hits", "Deliveries of what had come before."),
    ):
        counted = {"runs_begun": ("runs",), "runs_held": ("held", "guarded")}.get(name, (name,))
        yield Figure(f"{name}_total", "counter", means, [({}, sum(total.get(one, 0) for one in counted))])
    ended = {status: total.get(status, 0) for status in RunStatus.ended()}
    yield Figure("runs_ended_total", "counter", "Runs that came to their end.", _labelled("outcome", ended))
    found = {name: total.get(f"reconciles_{name}", 0) for name in ("found", "not_found", "ambiguous")}
    yield Figure("reconciles_total", "counter", "Looks whether something was done.", _labelled("outcome", found))


def _histogram(total: dict[str, int]) -> Values:
    """By upper end; the sum under no label, in seconds."""
    reached = intake_times.steps(total)
    return [({"le": f"{step:g}"}, number) for step, number in reached] + [
        ({"le": "+Inf"}, reached[-1][1]),
        ({}, total.get(intake_times.SUM, 0) / 1000),
    ]


def _labelled(label: str, numbers: dict[str, int]) -> Values:
    return [({label: str(name)}, number) for name, number in numbers.items()]


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
