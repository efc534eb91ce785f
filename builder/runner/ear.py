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

    def heard(self) -> bool:
        """Whether something was written since the last call, and there is something to do."""
        return self._stirred() and due.anything()

    def rest(self) -> None:
        """Nobody wants to know for now, so nothing need be told."""
        if self._listening is not None and self._listening is connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"UNLISTEN {CHANNEL}")
        self._listening = None

    def _stirred(self) -> bool:
        connection.ensure_connection()
        return self._counted() if connection.vendor == "sqlite" else self._told()

    def _counted(self) -> bool:
        before = self._version
        (self._version,) = connection.connection.execute("PRAGMA data_version").fetchone()
        return self._version != before

    def _told(self) -> bool:
        link: Any = connection.connection
        if self._listening is not link:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = link
            return True
        link.pgconn.consume_input()
        told = False
        while link.pgconn.notifies():
            told = True
        return told


def tell() -> None:
    """Every ear hears it once the current transaction is over."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
