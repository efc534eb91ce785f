"""Which runs may go now. Asked many times a second, so in SQL of our own: writing these queries takes Django longer
than answering them takes the database."""

from datetime import datetime
from typing import Any

from django.db import connection

from builder.models import ENGINE, Run, RunStatus
from builder.runner import rowforms, rows
from builder.runner.clock import now

# Of each lane the oldest open run at most, so that what happened to one record is carried over in its order.
READY = f"""
    run.wake_at <= %s AND run.status IN ({", ".join(f"'{status}'" for status in RunStatus.open())})
    AND run.engine <= {ENGINE} AND (run.lane = '' OR NOT EXISTS (
        SELECT 1 FROM builder_run AS earlier
        WHERE earlier.lane = run.lane AND earlier.id < run.id AND earlier.wake_at IS NOT NULL
    ))
"""
ANYTHING = f"""
    SELECT EXISTS (SELECT 1 FROM builder_event WHERE read_at IS NULL)
        OR EXISTS (SELECT 1 FROM builder_run AS run WHERE {READY})
"""


def anything() -> bool:
    """Whether an event waits to be read or a run to go on."""
    with rows.asking() as cursor:
        cursor.execute(ANYTHING, [moment()])
        return bool(cursor.fetchone()[0])


def runs(more: str, room: int) -> list[Run]:
    """The longest due first, locked where the database locks rows. `more`: a further condition on `run`."""
    skip = " FOR UPDATE OF run SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    order = f"ORDER BY run.wake_at, run.id LIMIT {int(room)}"
    sql = f"SELECT {rows.columns(Run, 'run')} FROM builder_run AS run WHERE {READY} AND {more} {order}{skip}"
    return rows.chosen(Run, sql, [moment()])


def number(at: datetime, more: str = "TRUE") -> int:
    """How many could have gone by then."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM builder_run AS run WHERE {READY} AND {more}", [moment(at)])
        return int(cursor.fetchone()[0])


def nth(place: int) -> Run | None:
    """Counted from the one that is due the longest."""
    order = f"ORDER BY run.wake_at LIMIT 1 OFFSET {int(place)}"
    sql = f"SELECT {rows.columns(Run, 'run')} FROM builder_run AS run WHERE {READY} {order}"
    return next(iter(rows.chosen(Run, sql, [moment()])), None)


def moment(at: datetime | None = None) -> Any:
    """That one or now, as the database's column holds it."""
    return rowforms.moment(at or now())
