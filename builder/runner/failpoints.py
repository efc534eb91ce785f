"""Places where the tests cut the power.

FAILPOINT=name:count:subject ends the process there, as kill -9 would, when it comes by for the count-th time. Count and
subject may be left out; a subject is the id of the step, recipe, subscription or connection at work. It is read once,
at the start; unset, a place costs a comparison, and production refuses it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings

from builder.env import BadSetting

T = TypeVar("T")

NAMES = (
    "intake.before_commit",
    "intake.after_commit",
    "run.claimed",
    "step.before_started",
    "step.after_started",
    "http.before_send",
    "http.after_send",
    "http.after_response",
    "step.before_done",
    "step.after_done",
    "run.before_finish",
    "sweeper.after_ring",
    "scheduler.before_insert",
    "scheduler.after_insert",
    "poll.before_commit",
    "poll.after_commit",
    "oauth.after_refresh_before_save",
)
MOMENT = 0.05
"""Seconds after which a request has left."""


def _die() -> None:
    os._exit(137)


@dataclass(slots=True)
class Failpoint:
    name: str
    left: int = 1
    subject: str = ""
    blow: Callable[[], None] = _die

    def meets(self, name: str, subject: str) -> bool:
        """Whether this is the time; each fitting call counts."""
        if name != self.name or self.subject not in ("", subject):
            return False
        self.left -= 1
        return self.left == 0


def parse(text: str) -> Failpoint | None:
    """None for an empty text. Raises BadSetting."""
    if not text:
        return None
    name, _, rest = text.partition(":")
    count, _, subject = rest.partition(":")
    if name not in NAMES or not (count or "1").isdecimal():
        raise BadSetting(f"FAILPOINT is {text!r}. It takes name:count:subject, the name one of {', '.join(NAMES)}.")
    return Failpoint(name, int(count or 1), subject)


_set = parse(settings.FAILPOINT)


def reach(name: str, subject: object = "") -> None:
    if _set is not None and _set.meets(name, str(subject)):
        _set.blow()


async def under_way(name: str, work: Awaitable[T], subject: object = "") -> T:
    """The work's result; the cut comes when it has begun and its answer is not there."""
    if _set is None or not _set.meets(name, str(subject)):
        return await work
    begun = asyncio.ensure_future(work)
    await asyncio.sleep(MOMENT)
    _set.blow()
    return await begun


@contextmanager
def armed(point: Failpoint) -> Iterator[None]:
    """For cuts inside one process: `blow` raises what nothing catches."""
    global _set
    before, _set = _set, point
    try:
        yield
    finally:
        _set = before
