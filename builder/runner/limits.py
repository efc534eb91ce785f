"""How fast a service may be called from this process: by permits, lent from a bucket that all processes share.

A permit in memory lets a call leave at once. When there is none, a few wait in line, fair between recipes, while a
slice is fetched; the others lie down as rows, each until about its own turn.
"""

import asyncio
import heapq
import logging
import os
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Protocol

from builder.models import Bucket, Connection
from builder.runner import budgets
from builder.runner.accounts import Opened
from builder.runner.budgets import Ask, Given, Said
from builder.runner.clock import clock, now
from builder.runner.ledger import LIFE, RESERVE, Ledger, Lot, Rank, Report
from connectors import catalogue
from connectors.spec import Account, Budget, Connector

log = logging.getLogger(__name__)

ARRIVED = 1.0
"""Seconds after which a call that left has surely been counted over there, answered or not."""
PATIENCE = 5.0
"""Seconds a run waits in memory for its turn; longer, and it lies down as a row."""
QUIET = 1.0
"""Seconds after which permits that nobody needs are given back."""
LEAST, MOST_IN_LINE = 10, 50

Do = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom a call is made."""

    rank: Rank = Rank.LIVE
    recipe: int = 0
    begun: bool = False
    """Other calls of the same conversation were made: it goes first."""
    goes_on: bool = False
    """Other steps of the same run had their permits just now: it goes before those that have had none, so that a run
    whose turn came need not lie down once per step."""
    calls: int = 1
    """About how many the run still makes of this budget: so much of it is booked when it lies down."""


@dataclass(eq=False, slots=True)
class Permit:
    drawn: float
    sent: float = 0.0
    counted: bool = False


class Share:
    """This process's part of one bucket. Times are seconds since the epoch on the database's clock."""

    def __init__(self, key: str, budget: Budget) -> None:
        self.key, self.budget = key, budget
        self.holder = f"{os.uname().nodename[:16]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.most, self.seconds = budget.requests, budget.seconds
        self.permits: deque[float] = deque()
        self.until = self.shut_until = self.drew = 0.0
        self.holders = 1
        self.first = False
        """Others may be waiting to hear how this one's first call went."""
        self.out: set[Permit] = set()
        self.used: list[Lot] = []
        self.heard: list[Lot] = []
        self.said = Said()
        self.recent: dict[int, int] = {}
        self.recent_since = 0.0
        self.own = None if key else (Ledger(budget.requests, budget.seconds), Bucket(key="", most=1, seconds=1))

    def draw(self, errand: Errand, moment: float) -> Permit | None:
        """A permit for a call that leaves now."""
        if moment < self.shut_until:
            return None
        if moment >= self.until:
            self.permits.clear()
        if not self.permits and self.own:
            self.take(self.ask({errand.rank: 1}, moment), moment)
        if not self.permits or self.permits[0] > moment:
            return None
        self.permits.popleft()
        self.drew = moment
        self._remember(errand, moment)
        permit = Permit(moment)
        self.out.add(permit)
        return permit

    def left(self, permit: Permit, moment: float) -> None:
        permit.sent = moment

    def answered(self, permit: Permit, moment: float) -> None:
        """The call was counted over there by now."""
        self.out.discard(permit)
        if not permit.counted:
            self.used.append((min(moment, permit.sent + ARRIVED), 1))

    def give_back(self, permit: Permit, moment: float) -> None:
        """It was not needed after all."""
        if permit in self.out:
            self.out.remove(permit)
            self.permits.appendleft(moment)

    def fresh(self, permit: Permit, moment: float) -> bool:
        return not permit.sent and moment - permit.drawn < LIFE / 2

    def learn(self, told: dict[str, int], moment: float) -> None:
        """From the headers of an answer: others may use the same budget."""
        self.said = replace(self.said, answered=True)
        most, window = told.get("most"), told.get("reset_ms", 0) / 1000
        if most and window:
            self.said = replace(self.said, most=most, seconds=window)
        if (remaining := told.get("remaining")) is not None:
            self.heard = [*self.heard[-4:], (moment, remaining)]
        if (left := told.get("daily_remaining")) is not None:
            self.said = replace(self.said, daily_left=left)
            if left == 0:
                self.shut(told.get("daily_reset_ms", 60_000) / 1000, moment)

    def shut(self, seconds: float, moment: float) -> None:
        """Nothing leaves for so long: the service asked for it."""
        self.shut_until = max(self.shut_until, moment + seconds)
        self.said = replace(self.said, shut_until=self.shut_until)

    def rank_of(self, errand: Errand, in_line: int) -> Rank:
        """A recipe that has had its part of the reserve in this window takes its place among those who wait."""
        if errand.begun:
            return Rank.LIVE
        had = self.recent.get(errand.recipe, 0) + in_line
        if errand.rank == Rank.LIVE and had >= max(1, int(self.most * RESERVE)):
            return Rank.RETRY
        return errand.rank

    def ask(
        self,
        wishes: dict[Rank, int],
        moment: float,
        queues: Mapping[int, Sequence[int]] | None = None,
        start: float = 0.0,
        idle: bool = True,
    ) -> Given:
        """Answers from memory, where no other process counts."""
        assert self.own
        ledger, row = self.own
        asked = replace(self.hand_in(wishes, moment, idle=idle), queues=queues or {}, start=start)
        loan = budgets.settle(ledger, row, asked, now())
        turns = budgets.book(ledger, row, asked)
        return Given(loan.permits, loan.wait, self.shut_until, ledger.most, ledger.seconds, 1, False, turns)

    def hand_in(self, wishes: dict[Rank, int], moment: float, ahead: bool = True, idle: bool = True) -> Ask:
        """What is to be told and asked; told once. `ahead`: a slice for those who come next, too. `idle`: nobody is in
        line, so permits that nobody drew for a while are given back."""
        if idle and not wishes and moment - self.drew > QUIET:
            self.permits.clear()
        late = [p for p in self.out if p.sent and not p.counted and p.sent + ARRIVED < moment]
        for permit in late:
            permit.counted = True
            self.used.append((permit.sent + ARRIVED, 1))
        kept = len(self.permits) + sum(not p.counted for p in self.out)
        slice_ = max(1, self.most // 20)
        if ahead and wishes and sum(wishes.values()) < slice_:
            wishes = {**wishes, Rank.RETRY: wishes.get(Rank.RETRY, 0) + slice_ - sum(wishes.values())}
        report = Report(self.holder, _gathered(self.used), kept, tuple(self.heard))
        asked = Ask(self.key, self.budget, report, wishes, self.said)
        self.used, self.heard, self.said = [], [], Said()
        return asked

    def take(self, given: Given, moment: float) -> None:
        self.permits = deque(sorted([*self.permits, *given.permits]))
        self.until = moment + LIFE - 1
        self.most, self.seconds, self.holders = given.most, given.seconds, given.holders
        self.first = given.first
        self.shut_until = max(self.shut_until, given.shut_until)

    def restore(self, asked: Ask) -> None:
        """It could not be told: it will be with the next."""
        self.used += asked.report.used
        self.heard = [*asked.report.heard, *self.heard]
        self.said = self.said if self.said != Said() else asked.said

    def has_news(self, moment: float) -> bool:
        """Whether the shared row should hear from this process by now."""
        old = self.until - moment < LIFE / 2
        idle = moment - self.drew > QUIET
        return bool(self.key and (self.used or self.heard or self.said != Said() or (self.permits and (idle or old))))

    def _remember(self, errand: Errand, moment: float) -> None:
        if moment - self.recent_since > self.seconds:
            self.recent, self.recent_since = {}, moment
        self.recent[errand.recipe] = self.recent.get(errand.recipe, 0) + 1


def _gathered(used: list[Lot]) -> tuple[Lot, ...]:
    """By hundredths of a second, rounded up."""
    lots: dict[float, int] = {}
    for at, n in used:
        moment = round(at + 0.005, 2)
        lots[moment] = lots.get(moment, 0) + n
    return tuple(lots.items())


@dataclass(order=True, slots=True)
class Ticket:
    rank: int
    turn: float
    """Counts on per recipe, so that each gets its turn however many another has in line."""
    number: int
    errand: Errand = field(compare=False)
    called: "asyncio.Future[Any]" = field(compare=False)
    """A permit, or the seconds to lie down for."""

    def answer(self, found: Permit | float) -> None:
        if not self.called.done():
            self.called.set_result(found)


class Queue:
    """Those of one event loop who wait for a share's permits."""

    def __init__(self, share: Share, do: Do, crowded: Callable[[], bool] = lambda: False) -> None:
        self.share, self.do, self.crowded = share, do, crowded
        self.line: list[Ticket] = []
        self.turn, self.turns = 0.0, dict[int, float]()
        self.leaving: list[Ticket] = []
        self.free_at = 0.0
        """When the next permit is expected."""
        self.dry = False
        """Not all who are in line can go soon."""
        self.numbers = count()
        self.gate = asyncio.Lock()
        self.pump: asyncio.Task[None] | None = None

    async def enter(self, errand: Errand, patience: float = PATIENCE) -> Permit | float:
        """A permit, or the seconds after which to come back."""
        moment = _moment()
        if not self.line and (permit := self.share.draw(errand, moment)):
            return permit
        ticket = self._ticket(errand)
        if self.share.shut_until - moment > patience or (self.crowded() and ticket.rank > Rank.PERSON):
            return await self._later(ticket)
        heapq.heappush(self.line, ticket)
        self._serve()
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(ticket.called)
        except TimeoutError:
            self._leave(ticket)
            return await self._later(ticket)
        finally:
            self._leave(ticket)

    async def _later(self, ticket: Ticket) -> float:
        """Seconds until about its turn; asked for together with the others who lie down."""
        if not ticket.called.done():
            self.leaving.append(ticket)
            self._serve()
        return await ticket.called

    async def settle(self) -> None:
        """Tells the shared row what happened since, and gives back what is not needed."""
        if self.share.has_news(_moment()) and not self.gate.locked():
            await self._exchange({})

    async def close(self) -> None:
        self.share.permits.clear()
        if self.share.key and (self.share.used or self.share.until > _moment()):
            await self._exchange({})

    def _room(self) -> int:
        return int(min(MOST_IN_LINE, max(LEAST, self.share.most / self.share.seconds)))

    def _ticket(self, errand: Errand) -> Ticket:
        turn = self.turns[errand.recipe] = max(self.turn, self.turns.get(errand.recipe, 0.0)) + 1
        called = asyncio.get_running_loop().create_future()
        in_line = sum(ticket.errand.recipe == errand.recipe for ticket in self.line)
        turn = self.turn if errand.goes_on else turn
        return Ticket(int(self.share.rank_of(errand, in_line)), turn, next(self.numbers), errand, called)

    def _leave(self, ticket: Ticket) -> None:
        if ticket in self.line:
            self.line.remove(ticket)
            heapq.heapify(self.line)
        if not self.line:
            self.turns.clear()

    def _serve(self) -> None:
        if self.pump is None or self.pump.done():
            self.pump = asyncio.create_task(self._work())

    async def _work(self) -> None:
        """Until nobody is in line any more."""
        try:
            while self.line or self.leaving:
                await self._round()
        except Exception as problem:  # the line must not stand still for it
            log.warning("a budget could not be asked: %s", problem, extra={"action": "budget_failed"})
            for ticket in (*self.line, *self.leaving):
                ticket.answer(PATIENCE)
            self.leaving = []
        self.dry = False

    async def _round(self) -> None:
        self._call()
        wait = 0.0
        if self.line and (len(self.share.permits) < min(len(self.line), 2) or _moment() >= self.share.until):
            given = await self._exchange(self._wishes())
            wait, self.dry = given.wait, given.wait > 0 and not given.first
            self._call()
        if self.dry:
            await asyncio.sleep(0)  # those who were called go first
            hopeless = self.free_at - _moment() > PATIENCE
            for ticket in sorted(self.line)[0 if hopeless else self._room() :]:
                self._leave(ticket)
                self.leaving.append(ticket)
        if self.leaving:
            await self._lay_down()
        if self.line:
            next_ = self.share.permits[0] - _moment() if self.share.permits else wait
            await asyncio.sleep(min(max(next_, 0.002), 1.0))

    async def _lay_down(self) -> None:
        """Each until its turn, by the queue that all processes share."""
        leaving, self.leaving = sorted(self.leaving), []
        start = max(_moment(), self.free_at) + min(len(self.line), self._room()) / (
            self.share.most / self.share.seconds
        )
        queues: dict[int, list[int]] = {}
        for ticket in leaving:
            queues.setdefault(ticket.errand.recipe, []).append(ticket.errand.calls)
        try:
            given = await self._exchange({}, queues, start)
        except BaseException:
            self.leaving += leaving  # whoever waits for an answer still gets one
            raise
        turns = {recipe: iter(at) for recipe, at in given.turns.items()}
        for ticket in leaving:
            ticket.answer(max(0.0, next(turns[ticket.errand.recipe]) - _moment()))

    def _call(self) -> None:
        """Those whose turn it is."""
        while self.line:
            ticket = self.line[0]
            if ticket.called.done():
                heapq.heappop(self.line)
                continue
            permit = self.share.draw(ticket.errand, _moment())
            if permit is None:
                return
            heapq.heappop(self.line)
            self.turn = max(self.turn, ticket.turn - 1)
            ticket.answer(permit)

    def _wishes(self) -> dict[Rank, int]:
        wishes: dict[Rank, int] = {}
        for ticket in self.line:
            rank = Rank(ticket.rank)
            wishes[rank] = wishes.get(rank, 0) + 1
        return wishes

    async def _exchange(
        self, wishes: dict[Rank, int], queues: Mapping[int, Sequence[int]] | None = None, start: float = 0.0
    ) -> Given:
        async with self.gate:
            moment, idle = _moment(), not self.line
            if self.share.own:
                given = self.share.ask(wishes, moment, queues or {}, start, idle)
            else:
                asked = replace(self.share.hand_in(wishes, moment, idle=idle), queues=queues or {}, start=start)
                try:
                    given = await self.do(lambda: budgets.exchange(asked))
                except BaseException:
                    self.share.restore(asked)
                    raise
            self.share.take(given, moment)
            if wishes:
                self.free_at = moment + given.wait
            return given


class Turnstile(Protocol):
    """Where a call gets its permit."""

    share: Share

    async def enter(self, errand: Errand, patience: float = PATIENCE) -> Permit | float:
        """A permit, or the seconds after which to come back."""


class Limits:
    """The queues of one event loop."""

    def __init__(self, do: Do, full: int = 100) -> None:
        self.do, self.full = do, full
        self.queues: dict[str, Queue] = {}

    def of(self, opened: Opened) -> Queue:
        """One for each account as the service counts them; built-in operations have one for each host."""
        key = key_of(opened)
        name = key or opened.account.base_url
        if name not in self.queues:
            self.queues[name] = Queue(Share(key, budget_of(opened)), self.do, self.crowded)
        return self.queues[name]

    def crowded(self) -> bool:
        return sum(len(queue.line) for queue in self.queues.values()) >= self.full

    async def settle(self) -> None:
        await asyncio.gather(*(queue.settle() for queue in self.queues.values()))

    async def close(self) -> None:
        for queue in self.queues.values():
            if queue.pump:
                queue.pump.cancel()
        await asyncio.gather(*(queue.close() for queue in self.queues.values()), return_exceptions=True)


def key_of(opened: Opened) -> str:
    return key_for(opened.connector, opened.account)


def key_for(home: Connector, account: Account) -> str:
    """Whom the service counts; empty where nobody does. It holds no secret, and needs none."""
    return f"{home.key}|{home.counted(account)}"[:200] if home.counted else ""


def budget_of(opened: Opened) -> Budget:
    return budget_for(opened.connector, opened.account)


def budget_for(home: Connector, account: Account) -> Budget:
    return home.budget_of(account) if home.budget_of else home.budget


def counted(connection: Connection) -> tuple[str, Budget] | None:
    """Whom the service counts (empty: nobody) and what it allows, by what is kept of the connection in the open."""
    home = catalogue.connector(connection.connector)
    if home is None:
        return None
    place = Account(str(connection.settings.get("base_url", "")), {}, settings=connection.settings)
    return key_for(home, place), budget_for(home, place)


def _moment() -> float:
    return clock.now().timestamp()
