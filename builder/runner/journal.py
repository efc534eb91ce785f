"""The runner's pen. Many runs hand in what they did; one thread writes it down together and commits once.

A write is fenced: it counts only while the run still carries the token it was claimed with. A run goes on only when its
own write is durable, so what the journal has answered for has happened.
"""

import asyncio
import contextlib
import itertools
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Approval, Exchange, Expectation, OwnWrite, Run, StepRun
from builder.runner import accounts, awaited, called, counts, echoes, guards, links, rows, turn
from builder.runner.clock import clock, now
from builder.runner.ear import Ear
from builder.runner.money import Moved

log = logging.getLogger(__name__)

GATHER = 0.002
"""Seconds in which writes of other runs are waited for, when others are under way."""
MOST = 200
TRIES = 3
"""More, for what the database ended because it and another transaction waited for each other."""
GAVE_WAY = ("40P01", "40001")
APART = 0.02
"""Seconds before that, in which the other takes its rows: PostgreSQL would let us take them from under it."""
LISTEN = 0.002
"""Seconds between two moments in which it listens whether others wrote, while somebody wants to know."""
FEW = 8
"""Answers that one round of the loop is told."""
RESTED = 1.0
"""Seconds without work after which a connection may have been lost unnoticed."""


class Fenced(Exception):
    """Somebody else holds the run now: nothing of this write was kept."""


class Closed(Exception):
    """The journal is shut; the work in hand is left for the next claim."""


class Unwritten(Exception):
    """It could not be written; the run is left to its lease."""


@dataclass(slots=True)
class Save:
    """What one run wants written, all of it or none."""

    run: Run
    started: list[StepRun] = field(default_factory=list)
    finished: list[StepRun] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    asked: list[Approval] = field(default_factory=list)
    """Questions, each with the step run that rests on it."""
    awaited: list[Expectation] = field(default_factory=list)
    """What it waits for from now on, each with the step run that rests on it."""
    rests_on: int = 0
    """A step run that waits for the run it called, where the run goes to rest on it again."""
    calls: list[called.Call] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    """Columns of the run."""
    wishes: list[links.Wish] = field(default_factory=list)
    """The answer to the last one is given back."""
    guarded: guards.Ask | None = None
    """Whether the step that it starts may write: answered in the ask itself."""
    using: accounts.Use | None = None
    """What the step that it starts goes out over: whether that still stands is answered in it."""
    counted: Counter[str] = field(default_factory=Counter)
    calls_over: Counter[int] = field(default_factory=Counter)
    """Calls by connection; 0: of none."""
    money: list[Moved] = field(default_factory=list)
    """That its writes moved."""
    written: list[OwnWrite] = field(default_factory=list)
    """Records it changed at a service."""


Tripwire = Callable[[str], None]


class Journal:
    """`tripwire` is called with "before commit" and "after commit"; the crash tests raise in it."""

    def __init__(self, tripwire: Tripwire | None = None) -> None:
        self.tripwire = tripwire or (lambda moment: None)
        self.busy = 0
        self.broken = False
        self.wake: Callable[[], object] | None = None
        """Called on its thread when others wrote something that is due."""
        self._ear = Ear()
        self._todo: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def save(self, save: Save) -> "links.Answer | None":
        """Durable when it returns. Raises Fenced, Closed or Unwritten."""
        try:
            return await self._hand_in(save)
        except (Fenced, Closed):
            raise
        except Exception as problem:
            raise Unwritten from problem

    async def do(self, work: Callable[[], Any]) -> Any:
        """Runs a function on the journal's thread inside the same kind of transaction, and gives its result."""
        return await self._hand_in(work)

    def close(self) -> None:
        self._todo.put(None)
        self._thread.join(30)

    async def _hand_in(self, what: "Save | Callable[[], Any]") -> Any:
        if self.broken:
            raise Closed
        loop = asyncio.get_running_loop()
        item = _Item(what, loop, loop.create_future())
        self._todo.put(item)
        return await item.future

    def _run(self) -> None:
        batch: list[_Item] = []
        try:
            while batch := self._batch():
                self._write(batch)
        except BaseException:
            self.broken = True
            self._give_up(batch)
            raise
        finally:
            with contextlib.suppress(Exception):
                self._ear.rest()
            connection.close()

    def _give_up(self, batch: "list[_Item]") -> None:
        while not self._todo.empty():
            if item := self._todo.get():
                batch.append(item)
        if batch:
            _answer(batch, [Closed()] * len(batch))

    def _batch(self) -> "list[_Item]":
        first = self._first()
        if first is None:
            return []
        if self.busy > 4:
            time.sleep(GATHER)
        batch = [first]
        while len(batch) < MOST and not self._todo.empty():
            item = self._todo.get()
            if item is None:
                self._todo.put(None)
                break
            batch.append(item)
        return batch

    def _first(self) -> "_Item | None":
        """The next thing to do; until there is one, it listens."""
        since = time.monotonic()
        while True:
            self._listen()
            try:
                first = self._todo.get(timeout=LISTEN if self.wake else None)
            except queue.Empty:
                continue
            if time.monotonic() - since > RESTED:
                look_after_connection()
            return first

    def _listen(self) -> None:
        wake = self.wake
        try:
            if wake is None:
                self._ear.rest()
            elif self._ear.heard():
                wake()
        except Exception:  # the connection was lost, or who wanted to know has gone: looks are taken anyway
            log.warning("nobody hears what others write, until the next drain", exc_info=True, extra={"action": "deaf"})
            connection.close()
            if self.wake is wake:
                self.wake = None

    def _write(self, batch: "list[_Item]", left: int = TRIES) -> None:
        try:
            clock.ask()
            results = self._commit(batch)
        except Exception as problem:
            connection.close()
            if len(batch) > 1:
                for item in batch:
                    self._write([item])
                return
            if left and _gave_way(problem):
                time.sleep(APART)
                self._write(batch, left - 1)
                return
            results = [problem]
        _answer(batch, results)

    def _commit(self, batch: "list[_Item]") -> list[Any]:
        with scopes_disabled(), turn.writing(), counts.gathered():
            saved = dict(zip(_saves(batch), write([i.what for i in _saves(batch)]), strict=True))
            results = [saved[i] if isinstance(i.what, Save) else i.what() for i in batch]
            self.tripwire("before commit")
        self.tripwire("after commit")
        return results


@dataclass(eq=False, slots=True)
class _Item:
    what: Any
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


def _gave_way(problem: Exception) -> bool:
    """PostgreSQL let the other transaction go on: the same again finds its rows free."""
    return getattr(problem.__cause__, "sqlstate", "") in GAVE_WAY


def _saves(batch: list[_Item]) -> list[_Item]:
    return [item for item in batch if isinstance(item.what, Save)]


def _answer(batch: list[_Item], results: list[Any]) -> None:
    """A few at a time: what a run sends leaves in the round after the one it goes on in, and where all went on in one
    round, each would wait for all the others. The first of the next batch may hear before the last of this one."""
    loop, answers = batch[0].loop, zip(batch, results, strict=True)

    def tell() -> None:
        few = list(itertools.islice(answers, FEW))
        for item, result in few:
            if item.future.done():
                continue
            if isinstance(result, Exception):
                item.future.set_exception(result)
            else:
                item.future.set_result(result)
        if len(few) == FEW:
            loop.call_soon(tell)

    loop.call_soon_threadsafe(tell)


def look_after_connection() -> None:
    """This thread's, after a rest: one that the database has ended is opened anew by whoever asks next."""
    connection.health_check_done = False  # type: ignore[attr-defined]
    connection.close_if_health_check_failed()


def write(saves: Sequence[Save]) -> list[Any]:
    """One result each: None, a link's answer, or Fenced for a run that is somebody else's now. Inside a transaction."""
    if not saves:
        return []
    limits = guards.locked({s.run.recipe_id for s in saves if s.guarded})
    held = _still_held(saves)
    mine = [s for s in saves if s.run.pk in held]
    answers = {id(s): [links.wish(w, s.run) for w in s.wishes][-1] for s in mine if s.wishes}
    accounts.check([s.using for s in mine if s.using])
    for s in mine:
        if s.guarded and not (s.using and s.using.outdated):
            guards.judge(s.guarded, limits.get(s.run.recipe_id, {}))
    rows.insert(StepRun, [step for s in mine for step in s.started])
    rows.update(StepRun, _STEP_COLUMNS, [step for s in mine for step in s.finished])
    rows.insert(Exchange, _exchanges(mine))
    if asked := _asked(mine):
        rows.insert(Approval, asked)
    _await(mine)
    _look_once_more([s for s in mine if s.rests_on])
    called.write(call for s in mine for call in s.calls)
    called.wake(s.run.parent_id for s in mine if s.run.parent_id and s.changes.get("finished_at"))
    _write_runs(mine)
    counts.add(mine)
    echoes.note(write for s in mine for write in s.written)
    return [answers.get(id(s)) if s.run.pk in held else Fenced() for s in saves]


def _still_held(saves: Sequence[Save]) -> set[int]:
    ids = [s.run.pk for s in saves]
    with rows.asking() as cursor:
        held = f"SELECT id, token FROM builder_run WHERE {rows.one_of('id', ids)} ORDER BY id {rows.locked()}"
        cursor.execute(held, ids)
        tokens = dict(cursor.fetchall())
    return {s.run.pk for s in saves if tokens.get(s.run.pk) == s.run.token}


def _exchanges(saves: Iterable[Save]) -> list[Exchange]:
    made = [exchange for s in saves for exchange in s.exchanges]
    for exchange in made:
        exchange.step_run_id = exchange.step_run.pk
    return made


def _asked(saves: Iterable[Save]) -> list[Approval]:
    made = [question for s in saves for question in s.asked]
    for question in made:
        question.step_run_id = question.step_run.pk
    return made


def _look_once_more(saves: Sequence[Save]) -> None:
    """What ended while they were awake woke nobody."""
    over = called.over(s.rests_on for s in saves) if saves else set()
    for s in saves:
        if s.rests_on in over:
            s.changes["wake_at"] = now()


def _await(saves: Iterable[Save]) -> None:
    """A run that waits for what has come already goes on at once."""
    made = {id(one): (s, one) for s in saves for one in s.awaited}
    for _, one in made.values():
        one.step_run_id = one.step_run.pk
    for one in awaited.write(one for _, one in made.values()):
        made[id(one)][0].changes["wake_at"] = now()


_STEP_COLUMNS = ("status", "output", "error", "note", "finished_at")
_RUN_COLUMNS = (
    "status",
    "place",
    "wake_at",
    "lease_until",
    "claims",
    "lane",
    "because",
    "stopped_at",
    "title",
    "finished_at",
)


def _write_runs(saves: Iterable[Save]) -> None:
    """A save that says nothing of it renews the lease."""
    until = now() + timedelta(seconds=settings.LEASE)
    for s in saves:
        for name, value in {"wake_at": until, "lease_until": until, **s.changes}.items():
            setattr(s.run, name, value)
    rows.update(Run, _RUN_COLUMNS, [s.run for s in saves])
