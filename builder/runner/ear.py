"""Hears at once that another process wrote something, so that a drain need not ask the database all the time.

SQLite counts the commits of others; reading the count takes some microseconds. PostgreSQL is told by whoever stores an
event. What is not heard is found by the looks a drain takes anyway.
"""

from typing import Any

from django.db import connection

from builder.runner import due

CHANNEL = "recette"


class Ear:
    """Of one connection; used on the thread whose connection it is, outside transactions."""

    def __init__(self) -> None:
        self._version = -1
        self._listening: Any = None
        self._rung = False
        """A notification came along with the answer to some query."""

    def heard(self) -> bool:
        """Whether something was written since the last call, and there is something to do."""
        return self._stirred() and due.anything()

    def rest(self) -> None:
        """Nobody wants to know for now, so nothing need be told."""
        link, self._listening = self._listening, None
        if link is not None and link is connection.connection and not link.closed:
            link.remove_notify_handler(self._ring)
            with connection.cursor() as cursor:
                cursor.execute(f"UNLISTEN {CHANNEL}")

    def _stirred(self) -> bool:
        connection.ensure_connection()
        return self._counted() if connection.vendor == "sqlite" else self._told()

    def _counted(self) -> bool:
        before = self._version
        (self._version,) = connection.connection.execute("PRAGMA data_version").fetchone()
        return self._version != before

    def _told(self) -> bool:
        """Notifications come between the answers to queries, or alone: the driver hands on those, we ask for these."""
        link: Any = connection.connection
        if self._listening is not link:
            link.add_notify_handler(self._ring)
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = link
            return True
        link.pgconn.consume_input()
        while link.pgconn.notifies():
            self._rung = True
        told, self._rung = self._rung, False
        return told

    def _ring(self, _notification: Any) -> None:
        self._rung = True


def tell() -> None:
    """Every ear hears it once the current transaction is over."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
