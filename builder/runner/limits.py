"""How fast a connection may be called: the service's own figures, corrected by what its answers say."""

import asyncio
import time
from dataclasses import dataclass, field

from builder.runner.accounts import Opened
from connectors.spec import Budget


@dataclass(slots=True)
class Bucket:
    """One per connection and process. Times are monotonic seconds."""

    budget: Budget
    tokens: float = field(init=False)
    filled: float = field(default_factory=time.monotonic)
    shut_until: float = 0.0
    said: dict[str, int] = field(default_factory=dict)
    """The newest rate headers that nobody has written down yet."""

    def __post_init__(self) -> None:
        self.tokens = float(self.budget.requests)

    def take(self) -> float:
        """Seconds to wait before the next request may leave; 0 takes it."""
        now = time.monotonic()
        if now < self.shut_until:
            return self.shut_until - now
        rate = self.budget.requests / self.budget.seconds
        self.tokens = min(self.budget.requests, self.tokens + (now - self.filled) * rate)
        self.filled = now
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0

    def shut(self, seconds: float) -> None:
        self.shut_until = max(self.shut_until, time.monotonic() + seconds)

    def learn(self, said: dict[str, int]) -> None:
        """From the rate headers: others may use the same budget."""
        self.said = said or self.said
        remaining = said.get("remaining")
        if remaining is not None:
            self.tokens = min(self.tokens, float(remaining))
        if said.get("daily_remaining") == 0:
            self.shut(said.get("daily_reset_ms", 60_000) / 1000)


class Limits:
    """The buckets of this process."""

    def __init__(self) -> None:
        self.buckets: dict[int | str, Bucket] = {}

    def of(self, opened: Opened) -> Bucket:
        """One for each connection; built-in operations have one for each host."""
        key = opened.id or opened.account.base_url
        if key not in self.buckets:
            self.buckets[key] = Bucket(_budget(opened))
        return self.buckets[key]

    def news(self) -> dict[int, dict[str, int]]:
        """What the services said of their budgets since the last call, by connection."""
        heard = {key: b.said for key, b in self.buckets.items() if b.said and isinstance(key, int)}
        for key in heard:
            self.buckets[key].said = {}
        return heard


def _budget(opened: Opened) -> Budget:
    home = opened.connector
    return home.budget_of(opened.account) if home.budget_of else home.budget


PATIENCE = 5.0
"""Seconds a run waits in memory for its turn; longer, and it lies down as a row."""


async def turn(bucket: Bucket) -> float:
    """0 when the request may leave, else how many seconds to come back in."""
    end = time.monotonic() + PATIENCE
    while wait := bucket.take():
        if time.monotonic() + wait > end:
            return wait
        await asyncio.sleep(wait)
    return 0.0
