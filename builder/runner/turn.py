"""Whose turn it is to write to SQLite.

SQLite lets a second writer sleep for up to a tenth of a second before it asks again. A file lock is handed on by the
kernel at once, so the writers of all processes take it first. Other databases need none.
"""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from django.db import connection, transaction


class _Kept:
    """A thread's own open file: closed when the thread has ended and let go of it."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name, self.file = name, file

    def __del__(self) -> None:
        self.file.close()


Last = dict[tuple[Callable[[int, list[int]], None], int], list[int]]
_mine = threading.local()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction of this thread, begun when it is its turn. What was to be done after the commit is done after the
    turn was given on. Inside another transaction it is part of that one."""
    if getattr(_mine, "last", None) is not None:
        with transaction.atomic():
            yield
        return
    last: Last = {}
    _mine.last = last
    try:
        with _turn():
            yield
            _mine.last = None
            for (call, key), things in sorted(last.items(), key=lambda one: one[0][1]):
                call(key, things)
    finally:
        _mine.last = None


def at_last(call: Callable[[int, list[int]], None], key: int, thing: int) -> None:
    """Inside `writing`: has `call(key, things)` done once, as the last of its transaction. A row that many want is held
    so for a moment only, and never while one waits for another."""
    _mine.last.setdefault((call, key), []).append(thing)


@contextmanager
def _turn() -> Iterator[None]:
    lock = None if connection.in_atomic_block else _lock()
    if lock is None:
        with transaction.atomic():
            yield
        return
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with transaction.atomic():
            transaction.on_commit(lambda: fcntl.flock(lock, fcntl.LOCK_UN))
            yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _lock() -> IO[bytes] | None:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or name == ":memory:" or name.startswith("file:"):
        return None
    kept: _Kept | None = getattr(_mine, "kept", None)
    if kept is None or kept.name != name:
        kept = _mine.kept = _Kept(name, open(f"{name}.turn", "wb"))  # noqa: SIM115 -- as above
    return kept.file
