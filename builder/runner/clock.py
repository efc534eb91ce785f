"""The database's time. Leases, wake-ups and order are compared with it, never with a worker's own clock."""

import threading
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

ASK_EVERY = 5.0


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
        at, tick = self.ask() if self._of_a_file else self._asked or self.ask()
        return at + timedelta(seconds=time.monotonic() - tick) + self.offset

    def ask(self) -> tuple[datetime, float]:
        """Called where a query is allowed; the event loop lives on the last answer."""
        if self._of_a_file:
            return datetime.now(UTC), time.monotonic()
        with self._lock:
            if self._asked is None or time.monotonic() - self._asked[1] > ASK_EVERY:
                self._asked = (_database_now(), time.monotonic())
            return self._asked


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


clock = Clock()
now = clock.now
