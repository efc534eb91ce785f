"""The database's time. Leases, wake-ups and order are compared with it, never with a worker's own clock."""

import threading
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

ASK_EVERY = 5.0


def _tick() -> float:
    """Seconds that pass also while the machine sleeps, where it can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Clock:
    """Asks the database every few seconds and counts on from its answer; tests shift `offset`. A file's time is that of
    its machine, which is read each time: were it set back, one process would know before the others, and take what
    they have."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self._asked: tuple[datetime, float] | None = None
        self._lock = threading.Lock()
        self._of_a_file = "sqlite" in settings.DATABASES[DEFAULT_DB_ALIAS]["ENGINE"]

    def now(self) -> datetime:
        if self._of_a_file:
            at = datetime.now(UTC)
            return at + self.offset if self.offset else at
        at, tick = self._asked or self.ask()
        return at + timedelta(seconds=_tick() - tick) + self.offset

    def ask(self) -> tuple[datetime, float]:
        """Called where a query is allowed; the event loop lives on the last answer."""
        if self._of_a_file:
            return datetime.now(UTC), _tick()
        with self._lock:
            tick = _tick()  # before the question: frozen in between, a process is ahead of the others, not behind
            if self._asked is None or tick - self._asked[1] > ASK_EVERY:
                self._asked = (_database_now(), tick)
            return self._asked


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


clock = Clock()
now = clock.now
