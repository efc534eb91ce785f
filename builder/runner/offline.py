"""A conversation outside a drain: for pages, polls and set-up, from ordinary synchronous code."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync, sync_to_async

from builder.models import Exchange
from builder.runner import accounts, budgets, calls, circuits, limits, turn
from builder.runner.clock import clock
from builder.runner.ledger import Rank
from connectors.errors import Unavailable
from connectors.spec import Context, Conversation

log = logging.getLogger(__name__)

T = TypeVar("T")


class Gate:
    """One share of this process, for any thread. No line: whoever finds no permit fetches one or comes back."""

    def __init__(self, share: limits.Share) -> None:
        self.share = share
        self.lock = threading.Lock()

    async def enter(self, errand: limits.Errand, patience: float = limits.PATIENCE) -> limits.Permit | float:
        end = time.monotonic() + patience
        while True:
            found = await in_thread(lambda: self._draw(errand))
            if isinstance(found, limits.Permit) or time.monotonic() + found > end:
                return found
            await asyncio.sleep(found)

    def settle(self) -> None:
        """Tells the others at once how the very first call went: they are lent little until they know."""
        with self.lock:
            if self.share.first and self.share.said.answered:
                try:
                    self._exchange({})
                except Exception as problem:  # it is told with the next call
                    log.warning("a budget could not be told: %s", problem, extra={"action": "budget_failed"})

    def _draw(self, errand: limits.Errand) -> limits.Permit | float:
        """A permit, or the seconds after which to ask again."""
        share, moment = self.share, clock.now().timestamp()
        with self.lock:
            if permit := share.draw(errand, moment):
                return permit
            if share.shut_until > moment:
                return share.shut_until - moment
            if share.permits and moment < share.until:
                return max(0.005, share.permits[0] - moment)
            return self._fetch(errand, moment)

    def _fetch(self, errand: limits.Errand, moment: float) -> limits.Permit | float:
        given = self._exchange({errand.rank: 1})
        return self.share.draw(errand, moment) or max(given.wait, 0.01)

    def _exchange(self, wishes: dict[Rank, int]) -> budgets.Given:
        share, moment = self.share, clock.now().timestamp()
        if not share.key:
            given = share.ask(wishes, moment)
        else:
            asked = share.hand_in(wishes, moment, ahead=Rank.PERSON in wishes)
            try:
                given = budgets.exchange(asked)
            except BaseException:
                share.restore(asked)
                raise
        share.take(given, moment)
        return given


class Gates:
    """Those of this process; and what it knows of its connections' services."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """As in a new process."""
        self.known: dict[str, Gate] = {}
        self.circuits = circuits.Circuits()

    def of(self, opened: accounts.Opened) -> Gate:
        key = limits.key_of(opened)
        name = key or opened.account.base_url
        return self.known.setdefault(name, Gate(limits.Share(key, limits.budget_of(opened))))


GATES = Gates()


def hold(
    opened: accounts.Opened,
    make: Callable[[Context], Conversation[T]],
    *,
    marker: str = "",
    currency: str = "",
    kept: list[Exchange] | None = None,
    rank: Rank = Rank.PERSON,
) -> T:
    """The conversation's result. Raises connectors.errors. Exchanges are added to `kept`, unsaved."""
    clock.ask()  # the loop must not
    return async_to_sync(holding)(opened, make, marker, currency, kept if kept is not None else [], rank)


async def holding(
    opened: accounts.Opened,
    make: Callable[[Context], Conversation[T]],
    marker: str,
    currency: str,
    kept: list[Exchange],
    rank: Rank,
    linked: str = "",
    reads_only: bool = False,
) -> T:
    """The same on an event loop. `reads_only`: what may change something is refused at the door. A token that ran out
    is fetched anew all the same."""
    circuit = GATES.circuits.of(opened)
    if circuit and rank > Rank.PERSON and (seconds := await circuit.rests(in_thread)):
        raise Unavailable(f"{opened.connector.label} is not answering.", retry_after=seconds)
    http, gate = calls.make_client(reads_only), GATES.of(opened)
    renews = calls.make_client() if reads_only else http
    talk = calls.Line(
        client=http,
        opened=opened,
        turnstile=gate,
        workspace_id=0,
        do=in_thread,
        errand=limits.Errand(rank),
        circuit=circuit,
        refresh=calls.Refresher(renews, in_thread) if opened.id else None,
        exchanges=kept,
    )
    try:
        return await talk.hold(lambda: make(calls.context(talk.opened, marker, linked, currency)))
    finally:
        await http.close()
        await renews.close()
        await in_thread(gate.settle)


async def in_thread(work: Callable[[], Any]) -> Any:
    """The query runs on the thread that asked, where its connection and scope are."""
    return await sync_to_async(work, thread_sensitive=True)()


async def in_transaction(work: Callable[[], Any]) -> Any:
    """As the journal does it for a run."""

    def write() -> Any:
        with turn.writing():
            return work()

    return await in_thread(write)


def run(work: Awaitable[T]) -> T:
    async def wait() -> T:
        return await work

    return async_to_sync(wait)()
