"""Whether a connection's service is there at all. After several calls in a row without an answer its runs wait as rows;
now and then one of them tries, and when it is answered all go on. It costs them no attempt."""

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from builder.models import Connection, Health
from builder.runner.accounts import Opened
from builder.runner.clock import clock, now

log = logging.getLogger(__name__)

OUTAGES = 5
"""Calls in a row without an answer, in one process, before it is left alone."""
FIRST, LONGEST = 30.0, 600.0
"""Seconds until it is tried again, doubled each time up to the longest."""

LATE = 5.0
"""Seconds that what a run knows of its connection may be old."""
GLANCE = 2.0
"""Seconds until the others look what the one who tries has found."""

Do = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(slots=True)
class Circuit:
    """What this process knows of one connection's service. Times are seconds since the epoch."""

    connection_id: int
    service: str
    outages: int = 0
    until: float = 0.0
    """It rests until then; 0: it is well."""
    learnt: float = 0.0
    passed: float = 0.0
    probing: bool = False
    """Somebody is trying."""
    waiting: int = 0
    """Runs that lay down for it since it began to rest."""

    def sees(self, opened: Opened) -> None:
        """Another process may have found it out, or found it well again."""
        if opened.resting_until > max(self.until, self.passed):
            self._until(opened.resting_until)
        elif not opened.resting_until and self.until and _moment() - self.learnt > LATE:
            self.close()

    async def rests(self, do: Do) -> float:
        """Seconds to come back in; 0 when a call may leave. After a rest one caller tries first, in all processes."""
        moment = _moment()
        if not self.until:
            return 0.0
        if self.until <= moment:
            until = await do(lambda: try_again(self.connection_id))
            if until is None:
                self.close()
                return 0.0
            self._until(until or moment + _answer_time())
            self.probing = True
            if not until:
                return 0.0
        self.waiting += 1
        pause = self.until - moment
        return (min(pause, GLANCE / settings.TIME_SCALE) if self.probing else pause) + 0.05 * self.waiting

    async def answered(self, do: Do) -> None:
        self.outages = 0
        if self.until:
            self.close()
            await _written(do, lambda: mended(self.connection_id), None)

    async def failed(self, sentence: str, do: Do) -> None:
        self.outages += 1
        if not self.probing and (self.outages < OUTAGES or self.until):
            return
        self.probing, self.waiting = False, 0
        self._until(_moment() + FIRST / settings.TIME_SCALE)
        words = self._words(sentence)
        self._until(await _written(do, lambda: rest(self.connection_id, words), self.until))

    def close(self) -> None:
        """What was read of its rest before counts no more."""
        self.passed = _moment() + _answer_time()
        self.until, self.probing, self.waiting, self.outages = 0.0, False, 0, 0

    def _until(self, until: float) -> None:
        self.until, self.learnt = until, _moment()

    def _words(self, sentence: str) -> str:
        return f"{self.service} is not answering. {sentence} Runs wait and go on by themselves once it does."


@dataclass
class Circuits:
    """Those of one process."""

    known: dict[int, Circuit] = field(default_factory=dict)

    def of(self, opened: Opened) -> Circuit | None:
        """None for built-in operations: every host is another."""
        if not opened.id:
            return None
        circuit = self.known.setdefault(opened.id, Circuit(opened.id, opened.connector.label))
        circuit.sees(opened)
        return circuit


async def _written(do: Do, work: Callable[[], Any], otherwise: Any) -> Any:
    """What became of a call must not be lost because this could not be written down."""
    try:
        return await do(work)
    except Exception as problem:
        log.warning("a circuit was not written down: %s", problem, extra={"action": "circuit_failed"})
        return otherwise


def rest(connection_id: int, sentence: str) -> float:
    """From now until when; each time longer, until an answer came."""
    rows = Connection.objects.filter(pk=connection_id)
    row = rows.only("resting_until", "rests").get()
    pause = min(FIRST * 2.0**row.rests, LONGEST) * random.uniform(0.8, 1.2) / settings.TIME_SCALE
    until = now() + timedelta(seconds=pause)
    rows.update(rests=F("rests") + 1, resting_until=until)
    rows.exclude(health=Health.SIGNED_OUT).update(health=Health.TROUBLE, trouble=sentence)
    return until.timestamp()


def try_again(connection_id: int) -> float | None:
    """0 for the one caller that may try; for the others when to come back. None: it is well by now."""
    moment = now()
    probe = moment + timedelta(seconds=_answer_time())
    rows = Connection.objects.filter(pk=connection_id)
    if rows.filter(resting_until__lte=moment).update(resting_until=probe):
        return 0.0
    until = rows.values_list("resting_until", flat=True).first()
    return until.timestamp() if until else None


def mended(connection_id: int) -> None:
    """It answered."""
    rows = Connection.objects.filter(Q(resting_until__isnull=False) | Q(rests__gt=0), pk=connection_id)
    rows.filter(health=Health.TROUBLE).update(health=Health.WELL, trouble="")
    rows.update(resting_until=None, rests=0)


def _answer_time() -> float:
    return settings.READ_TIMEOUT + settings.CONNECT_TIMEOUT


def _moment() -> float:
    return clock.now().timestamp()
