"""The database's time. Leases, wake-ups and order are compared with it, never with a worker's own clock."""

import threading
import time
from datetime import UTC, datetime, timedelta

from django.db import connection

ASK_EVERY = 5.0


class Clock:
    """Asks the database every few seconds and counts on from its answer; tests shift `offset`."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self._asked: tuple[datetime, float] | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        at, tick = self._asked or self.ask()
        return at + timedelta(seconds=time.monotonic() - tick) + self.offset

    def ask(self) -> tuple[datetime, float]:
        """Called where a query is allowed; the event loop lives on the last answer."""
        with self._lock:
            if self._asked is None or time.monotonic() - self._asked[1] > ASK_EVERY:
                self._asked = (_database_now(), time.monotonic())
            return self._asked


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


clock = Clock()
now = clock.now
