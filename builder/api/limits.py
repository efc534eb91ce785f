"""How often a token may ask, counted by the minute in the cache that all processes of a host share."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled

PER_MINUTE = 600
REFUSED_PER_MINUTE = 60
"""Wrong tokens from one address."""
DEAR = 10
"""What counts as so many requests: it asks another service, or reads a lot."""
WINDOW = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    limit: int
    remaining: int
    reset: int
    """Seconds until it is whole again."""

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


def spend(who: str, limit: int = PER_MINUTE, cost: int = 1) -> Allowance:
    """Raises Throttled when nothing is left. `who` names the workspace too."""
    now = int(time.time())
    spent = _added(f"api|{who}|{now // WINDOW}", cost)
    reset = WINDOW - now % WINDOW
    if spent > limit:
        raise _throttled(limit, reset)
    return Allowance(limit, limit - spent, reset)


def spent_up(who: str, limit: int) -> None:
    """Raises Throttled when `who` has nothing left, without spending."""
    now = int(time.time())
    if (cache.get(f"api|{who}|{now // WINDOW}") or 0) >= limit:
        raise _throttled(limit, WINDOW - now % WINDOW)


def _added(key: str, cost: int) -> int:
    cache.add(key, 0, 2 * WINDOW)
    try:
        return cache.incr(key, cost)
    except ValueError:  # it was culled in between
        cache.set(key, cost, 2 * WINDOW)
        return cost


def _throttled(limit: int, wait: int) -> Throttled:
    problem = Throttled(wait)
    message = _("More than %(limit)d requests in a minute. Wait %(wait)d seconds, then go on.")
    problem.detail = message % {"limit": limit, "wait": wait}
    return problem
