"""The arithmetic of a budget that many processes share: so many calls in any stretch of so many seconds, never more.

A permit that was used comes back one whole window after the other side must have counted the call, so the service sees
no window with too many, wherever it begins its own. Pure: times are seconds since the epoch on the database's clock.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from typing import Any

Lot = tuple[float, int]
"""(when, how many permits)"""


class Rank(IntEnum):
    """Who goes first."""

    LIVE = 0
    """Something just happened."""
    PERSON = 1
    """Somebody sits before the editor."""
    RETRY = 2
    """It waited before, or its recipe has had more than its share."""
    POLL = 3
    BACKFILL = 4


LIFE = 10.0
"""Seconds after which what a process holds is taken for used, unless it says otherwise."""
RESERVE = 0.05
"""Of a window: kept for live events and people, unless as much comes back within a second."""
SOON = 1.0
PATIENT = 0.6
"""Seconds for which one that was turned away goes before the lower ranks of other processes."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a process says of the permits it was lent."""

    holder: str
    used: tuple[Lot, ...] = ()
    """When each surely had been counted over there."""
    kept: int = 0
    """Not used yet, or on their way."""
    heard: tuple[Lot, ...] = ()
    """(when, how many the service said were left)"""


@dataclass(frozen=True, slots=True)
class Loan:
    permits: tuple[float, ...]
    """From when each may be used."""
    wait: float
    """Seconds after which asking again may help; 0 when all was lent."""
    first: bool = False
    """Nobody knows yet how much the service allows: no reason to lie down."""


@dataclass(slots=True)
class Ledger:
    most: int
    seconds: float
    back: list[Lot] = field(default_factory=list)
    """Used ones, by when they come back."""
    out: dict[str, Lot] = field(default_factory=dict)
    """By holder: (until, how many)."""
    wanted: dict[str, tuple[float, int, int]] = field(default_factory=dict)
    """By holder: (until, rank, how many) of those who were turned away."""
    booked: dict[str, float] = field(default_factory=dict)
    """By recipe: until when those who lay down have their turns."""
    credit: float = math.inf
    """How many may leave at once; under load it refills no faster than the window does."""
    credit_at: float = 0.0

    @classmethod
    def read(cls, kept: Mapping[str, Any], most: int, seconds: float) -> "Ledger":
        made = cls(most, seconds)
        made.back = [(float(at), int(n)) for at, n in kept.get("back", ())]
        made.out = {holder: (float(until), int(n)) for holder, (until, n) in kept.get("out", {}).items()}
        made.wanted = {h: (float(until), int(rank), int(n)) for h, (until, rank, n) in kept.get("wanted", {}).items()}
        made.booked = {recipe: float(at) for recipe, at in kept.get("booked", {}).items()}
        made.credit = min(float(kept.get("credit", math.inf)), made.burst)
        made.credit_at = float(kept.get("credit_at", 0.0))
        return made

    def kept(self) -> dict[str, Any]:
        """Plain JSON, small: at most some two hundred numbers."""
        return {
            "back": self.back,
            "out": self.out,
            "wanted": self.wanted,
            "booked": self.booked,
            "credit": round(self.credit, 3),
            "credit_at": round(self.credit_at, 3),
        }

    @property
    def burst(self) -> float:
        """What may leave at once: half of a window."""
        return max(1.0, self.most / 2)

    @property
    def pace(self) -> float:
        return self.most / self.seconds

    def _pace(self, now: float) -> float:
        """While nothing comes back soon, what is free is spread over that time: nobody finds nothing for long."""
        soonest = next((at for at, _ in self.back if at > now), now)
        free = self.most - self.used(now)
        return min(self.pace, max(free, 1) / (soonest - now)) if soonest > now + SOON else self.pace

    @property
    def holders(self) -> int:
        """How many processes work with it now."""
        return max(1, len(self.out.keys() | self.wanted.keys()))

    @property
    def horizon(self) -> float:
        """Seconds ahead for which permits are lent, so that a process need not ask for each."""
        return min(0.5, max(0.05, self.seconds / 20))

    def used(self, now: float) -> int:
        """Permits that are not there now: spent within a window, or lent out."""
        return sum(n for at, n in self.back if at > now) + sum(n for _, n in self.out.values())

    def account(self, report: Report, now: float) -> int:
        """Takes a report in; how many calls it told of."""
        self._expire(now)
        told = sum(n for _, n in report.used)
        self._spend([(self._returns(min(at, now)), n) for at, n in report.used])
        _until, lent = self.out.pop(report.holder, (0.0, 0))
        self.credit += max(0, lent - told - report.kept)  # given back: they never left
        if report.kept:
            self.out[report.holder] = (round(now + LIFE, 3), report.kept)
        for at, left in report.heard:
            self._foreign(min(at, now), left)
        return told

    def lend(self, holder: str, wishes: Mapping[Rank, int], now: float) -> Loan:
        """Permits for the wishes, the highest rank first."""
        self._refill(now)
        frees = self._frees(now)
        lent: list[float] = []
        missing: dict[Rank, int] = {}
        for rank in sorted(wishes):
            got = self._lend(frees, len(lent), wishes[rank], rank, holder, now)
            lent += got
            if len(got) < wishes[rank]:
                missing[rank] = wishes[rank] - len(got)
        self._note(holder, missing, now)
        if lent:
            _until, n = self.out.get(holder, (0.0, 0))
            self.out[holder] = (round(now + LIFE, 3), n + len(lent))
        return Loan(tuple(lent), self._wait(frees, len(lent), now) if missing else 0.0)

    def book(self, queues: Mapping[int, Sequence[int]], start: float) -> dict[int, list[float]]:
        """Turns for runs of each recipe, by how many calls each will make, in the order in which they will get permits:
        all recipes alternate, and each goes on where its own queue ends, whichever process its runs lay down in."""
        self.booked = {recipe: round(at, 3) for recipe, at in self.booked.items() if at > start}
        parts = len(self.booked.keys() | {str(recipe) for recipe in queues})
        turns: dict[int, list[float]] = {}
        for recipe, calls in queues.items():
            begin, each = self.booked.get(str(recipe), start), parts / self.pace
            turns[recipe] = [begin + (before + 1) * each for before in accumulate(calls[:-1], initial=0)]
            self.booked[str(recipe)] = round(begin + sum(calls) * each, 3)
        return turns

    def _lend(self, frees: list[float], taken: int, n: int, rank: Rank, holder: str, now: float) -> list[float]:
        ahead = self._ahead(holder, rank)
        spare = int(self.most * RESERVE) if rank > Rank.PERSON else 0
        got: list[float] = []
        pace = self._pace(now)
        for index in range(taken + ahead, min(taken + ahead + n, len(frees))):
            at = frees[index]
            if rank > Rank.PERSON:
                at = max(at, now + max(0.0, 1 - self.credit) / pace)
            if at > now + self.horizon or not _leaves(frees, index, spare, at):
                break
            self.credit -= 1
            got.append(at)
        return got

    def _ahead(self, holder: str, rank: Rank) -> int:
        """How many others wait with more right to the next ones."""
        return sum(n for other, (_, theirs, n) in self.wanted.items() if other != holder and theirs < rank)

    def _note(self, holder: str, missing: Mapping[Rank, int], now: float) -> None:
        self.wanted.pop(holder, None)
        if missing:
            first = min(missing)
            self.wanted[holder] = (round(now + PATIENT, 3), int(first), missing[first])

    def _refill(self, now: float) -> None:
        """Half a window may leave at once. Under load the rest, and what comes back, leaves little by little."""
        gained = (now - self.credit_at) * self._pace(now) if self.credit_at else self.burst
        top = max(1.0, self.most / 20) if self.wanted and self.used(now) >= self.most * (1 - RESERVE) else self.burst
        self.credit, self.credit_at = min(max(self.credit, -self.burst) + max(gained, 0.0), top), now

    def _frees(self, now: float) -> list[float]:
        """When each permit that is not lent out may be used, in order."""
        later = [at for at, n in self.back if at > now for _ in range(n)]
        free = self.most - len(later) - sum(n for _, n in self.out.values())
        return [now] * free + later if free >= 0 else later[-free:]

    def _wait(self, frees: list[float], taken: int, now: float) -> float:
        at = frees[taken] if taken < len(frees) else now + self.horizon
        paced = now + max(0.0, 1 - self.credit) / self._pace(now)
        return min(max(at, paced) - now, self.seconds)

    def _returns(self, at: float) -> float:
        """A window later, and a little: clocks differ, and nearby ones are kept together."""
        step = self.seconds / 100
        return round(math.ceil((at + self.seconds + min(0.1, max(0.01, self.seconds / 200))) / step) * step, 3)

    def _foreign(self, at: float, left: int) -> None:
        """What others must have used of the same budget, by what the service said was left."""
        known = sum(n for moment, n in self.back if moment > at) + sum(n for _, n in self.out.values())
        theirs = self.most - left - known
        if theirs > 0:
            self._spend([(self._returns(at), theirs)])

    def _spend(self, lots: Iterable[Lot]) -> None:
        spent = dict(self.back)
        for at, n in lots:
            spent[at] = spent.get(at, 0) + n
        self.back = sorted(spent.items())

    def _expire(self, now: float) -> None:
        for holder, (until, n) in list(self.out.items()):
            if until <= now:  # it ended without a word: all of it counts as used then
                del self.out[holder]
                self._spend([(self._returns(until), n)])
        self.wanted = {holder: want for holder, want in self.wanted.items() if want[0] > now}
        self.back = [(at, n) for at, n in self.back if at > now - 2]


def _leaves(frees: list[float], index: int, spare: int, at: float) -> bool:
    """Whether enough is left after it, or comes back soon, for those who go first."""
    return not spare or (index + spare < len(frees) and frees[index + spare] <= at + SOON)
