"""One Celery task walks many runs: claims what is due, lets each go its way, and goes home when all is quiet."""

import asyncio
import contextlib
import logging
import os
import queue
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import connection as database

from builder import logs
from builder.models import Run
from builder.runner import accounts, calls, doorbell, due, failpoints, leases
from builder.runner.advance import advance
from builder.runner.clock import clock
from builder.runner.desk import Desk, Tools
from builder.runner.journal import Fenced, Journal, look_after_connection

log = logging.getLogger(__name__)

AT_ONCE = 200
LINGER = 1.0
"""Seconds of quiet after which it goes home."""
LONGEST = 60.0
"""Seconds after which it goes home anyway, ringing for a successor."""
STUCK = 30.0
"""Seconds without a sign of life after which a drain no longer keeps others of its process from working."""
LOOK = 0.05
"""Seconds between two looks at what is due by now. Of what others write it hears at once."""

stopping = threading.Event()
"""Set when the worker was told to stop: finish the steps in hand, claim nothing more."""


class Hands:
    """Who writes and who looks for a drain, each on a thread with a connection of its own, and what they know. A worker
    keeps them for its next drain, which then begins at once."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal or Journal()
        self.reader = ThreadPoolExecutor(1, "reader")
        self.shelf = leases.Shelf()

    def look(self) -> bool:
        """Whether there is something to do that nobody sees to."""
        return self.reader.submit(_reading(_unattended)).result()

    def close(self) -> None:
        self.reader.submit(_close)
        self.reader.shutdown()
        self.journal.close()


_resting: "queue.SimpleQueue[Hands]" = queue.SimpleQueue()


class Post:
    """Which drains of this process take whatever comes. A second one would only be in the way of the first: they have
    one interpreter, and with SQLite one turn to write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[object, float] = {}
        """By whom, and when they last said so."""

    def take(self, who: object) -> bool:
        """Whether nobody else has it, or gave no sign of life for long; whoever has it says so again and again."""
        with self._lock:
            moment = time.monotonic()
            if any(other is not who and moment - since < STUCK for other, since in self._taken.items()):
                return False
            self._taken[who] = moment
            return True

    def leave(self, who: object) -> None:
        with self._lock:
            self._taken.pop(who, None)


_post = Post()


def answer() -> None:
    """Somebody rang. Rings that piled up while no worker was there keep nobody busy: who is awake sees all there is."""
    hands = _rested()
    try:
        if hands.look() and _post.take(hands):
            try:
                work(hands)
            finally:
                _post.leave(hands)
    except BaseException:
        hands.close()
        raise
    if _resting.empty():  # more than one pair would hold connections that others of this process need
        _resting.put(hands)
    else:
        hands.close()


def dismiss() -> None:
    """The worker ends, and nobody will ring any more."""
    while not _resting.empty():
        _rested().close()


def _rested() -> Hands:
    try:
        return _resting.get_nowait()
    except queue.Empty:
        return Hands()


def work(hands: Hands | None = None, **limits: Any) -> int:
    """Runs a drain to its end; the number of runs it walked."""
    mine = hands or Hands()
    try:
        return asyncio.run(Shift(mine, **limits).run())
    finally:
        if hands is None:
            mine.close()


class Shift:
    def __init__(
        self,
        hands: Hands,
        at_once: int = AT_ONCE,
        linger: float = LINGER,
        longest: float = LONGEST,
        look: float = LOOK,
    ) -> None:
        self.hands = hands
        self.journal, self.reader, self.shelf = hands.journal, hands.reader, hands.shelf
        self.at_once, self.linger, self.longest, self.look = int(at_once), linger, longest, look
        self.holder = f"{os.uname().nodename[:16]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.active: dict[asyncio.Task[None], Desk] = {}
        self.walked = 0
        self.told_at = self.looked_at = 0.0

    async def run(self) -> int:
        http = calls.make_client()
        self.tools = Tools(self.journal, http, stopping=stopping)
        self.stirred, loop = asyncio.Event(), asyncio.get_running_loop()
        self.journal.wake = lambda: loop.call_soon_threadsafe(self.stirred.set)
        try:
            await self._shift()
            await self._go_home()
        finally:
            self.journal.wake = None
            _post.leave(self.hands)
            await self._drop()
            await self.tools.lines.close()
            await http.close()
        return self.walked

    async def _shift(self) -> None:
        start = quiet_since = time.monotonic()
        while not stopping.is_set() and time.monotonic() - start < self.longest:
            if await self._claim() or self.active:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > self.linger and await self._nothing_left():
                return
            await self._tell()
            await self._breathe()

    async def _claim(self) -> int:
        """How many runs were taken."""
        room = self.at_once - len(self.active)
        if room <= 0:
            self.stirred.clear()  # whoever leaves stirs
            return 0
        if not await self._wanted():
            return 0
        suspects = leases.suspected(desk.run for desk in self.active.values())
        claimed = await self.journal.do(lambda: leases.claim(room, self.shelf, suspects))
        for one in claimed:
            failpoints.reach("run.claimed", one.run.recipe_id)
            desk = Desk(one, self.tools)
            task = asyncio.create_task(_walk(desk))
            self.active[task] = desk
            task.add_done_callback(self._dismiss)
        if self.shelf.more:
            self.stirred.set()
        self.walked += len(claimed)
        self.journal.busy = len(self.active)
        return len(claimed)

    async def _wanted(self) -> bool:
        """Whether there may be something to take: it was heard of, the last claim left some, or a look shows it."""
        if self.stirred.is_set():
            self.stirred.clear()
            return True
        if time.monotonic() - self.looked_at < self.look:
            return False
        self.looked_at = time.monotonic()
        return await self._look()

    async def _breathe(self) -> None:
        """Until something is to be taken, or for a look."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.look):
                await self.stirred.wait()

    def _dismiss(self, task: "asyncio.Task[None]") -> None:
        """What waited for room, for its lane or for the run that it called may go now; an own write is not heard of."""
        full = len(self.active) >= self.at_once
        desk = self.active.pop(task, None)
        if full or (desk and desk.frees):
            self.stirred.set()
        self.journal.busy = len(self.active)
        if not task.cancelled() and (problem := task.exception()):
            log.error("a run was put down", exc_info=problem, extra={"action": "run_put_down"})

    async def _tell(self) -> None:
        """Once a second: this drain is awake, and its runs are still its own."""
        if time.monotonic() - self.told_at < LINGER:
            return
        self.told_at = time.monotonic()
        if full := len(self.active) >= self.at_once:
            _post.leave(self.hands)
        else:
            _post.take(self.hands)
        runs = [desk.run for desk in self.active.values()]
        heard = self.tools.heard()
        here = self.journal.do(lambda: _here(self.holder, full, runs, heard))
        renewed, _ = await asyncio.gather(here, self.tools.lines.settle())
        leases.note(runs, renewed)

    async def _nothing_left(self) -> bool:
        """Lies down first and looks once more after: whoever comes in between sees nobody awake, and rings."""
        _post.leave(self.hands)
        await self.journal.do(lambda: doorbell.asleep(self.holder))
        if await self._look() and _post.take(self.hands):
            self.told_at = 0.0
            return False
        return True

    async def _go_home(self) -> None:
        """A successor is rung for first: what comes in doesn't wait for the last slow calls of this one."""
        _post.leave(self.hands)
        await self._hand_over()
        if self.active:
            await asyncio.wait(self.active, timeout=25 if stopping.is_set() else 45)
            await self._hand_over()

    async def _hand_over(self) -> None:
        heard = self.tools.heard()
        await self.journal.do(lambda: _gone(self.holder, heard))
        if not stopping.is_set() and await self._look():
            await self._on_reader(doorbell.ring_now)

    async def _drop(self) -> None:
        """What is still under way is left to its lease."""
        left = list(self.active)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _look(self) -> bool:
        return await self._on_reader(due.anything)

    async def _on_reader(self, look: Callable[[], bool]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.reader, _reading(look))


def _close() -> None:
    """The connection of the thread this runs on: each thread has one of its own behind the same name."""
    database.close()


def _unattended() -> bool:
    look_after_connection()
    clock.ask()  # the machine may have slept meanwhile, or its clock been set
    return not doorbell.someone_awake() and due.anything()


def _here(holder: str, full: bool, runs: list[Run], heard: dict[int, dict[str, int]]) -> dict[int, datetime]:
    """The leases that were renewed."""
    doorbell.awake(holder, full)
    _note(heard)
    return leases.renew(runs)


def _gone(holder: str, heard: dict[int, dict[str, int]]) -> None:
    doorbell.asleep(holder)
    _note(heard)


def _note(heard: dict[int, dict[str, int]]) -> None:
    for connection_id, said in heard.items():
        accounts.heard(connection_id, said)


def _reading(look: Callable[[], bool]) -> Callable[[], bool]:
    def read() -> bool:
        try:
            return look()
        except Exception:
            database.close()
            raise

    return read


async def _walk(desk: Desk) -> None:
    with logs.about(run=desk.run.public_id, workspace=desk.claimed.workspace.slug):
        try:
            await advance(desk)
        except Fenced:
            log.info("another worker has the run", extra={"action": "fenced"})
