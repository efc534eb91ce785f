"""What becomes of a step that did not go well. A value, carried out by the caller."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from django.conf import settings

from builder.runner.clock import now
from connectors.errors import ConnectorError, RateLimited

QUICK = 5
"""Attempts within minutes; after them, slow ones for a day."""
FIRST, CAP, LONGEST_WAIT = 2.0, 600.0, 3600.0
GIVE_UP = timedelta(hours=24)
TRIES = {"quick": QUICK, "never": 1}
"""How often a step is tried, where its recipe doesn't want it tried for hours."""
PATIENCE = {"hour": timedelta(hours=1)}


class Next(StrEnum):
    AGAIN = "again"
    """Wait, then make another attempt."""
    SETTLE = "settle"
    """Wait until the other side has surely finished, then look whether it was done."""
    HOLD = "hold"
    """A person must mend something."""


@dataclass(frozen=True, slots=True)
class Decision:
    next: Next
    at: datetime | None = None


def decide(
    problem: ConnectorError, attempts: int, since: datetime, chance: random.Random, patience: str = "day"
) -> Decision:
    """`attempts` made so far, the failed one included; `since` the first of them began. An unknown outcome is looked
    into and a full budget waited for whatever the `patience`: neither is a failure."""
    if not problem.known:
        slow = pause(attempts, chance) if attempts >= QUICK else 0.0
        return Decision(Next.SETTLE, after(max(settings.SETTLE, slow)))
    asked = asked_to_wait(problem)
    if isinstance(problem, RateLimited):
        return Decision(Next.AGAIN, after(asked or 10.0))
    if not problem.again or _enough(patience, attempts, since):
        return Decision(Next.HOLD)
    return Decision(Next.AGAIN, after(max(asked, pause(attempts, chance))))


def _enough(patience: str, attempts: int, since: datetime) -> bool:
    if patience in TRIES:
        return attempts >= TRIES[patience]
    return now() - since > PATIENCE.get(patience, GIVE_UP)


def asked_to_wait(problem: ConnectorError) -> float:
    """Seconds the answer's Retry-After names, else the connector; 0 when nobody said."""
    headers = problem.response.headers if problem.response is not None else {}
    return min(seconds_of(headers.get("retry-after", "")) or problem.retry_after or 0.0, LONGEST_WAIT)


def seconds_of(text: str) -> float:
    """A Retry-After in seconds or as a date; 0 for nonsense."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now()).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def pause(attempts: int, chance: random.Random) -> float:
    """Seconds after so many attempts: 4, 8, 16 and 32, of which chance takes up to three quarters away, so that many
    who failed together don't come back together; slow attempts lie 10 to 30 minutes apart."""
    if attempts >= QUICK:
        return chance.uniform(CAP, 3 * CAP) / settings.TIME_SCALE
    return chance.uniform(0.25, 1) * min(CAP, FIRST * 2**attempts) / settings.TIME_SCALE


def after(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)
