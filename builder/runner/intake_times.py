"""How long deliveries take at the door, from arrival to commit: counted in steps, as Prometheus reads them."""

import time
from collections import Counter
from collections.abc import Mapping

from builder.runner import counts

STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
"""Seconds: the upper ends. Nothing takes longer than the last one, by then it was refused."""
PREFIX, SUM = "intake_", "intake_ms"
EVERY = 1.0


class Times:
    """Of one process. Used on the writer's thread."""

    def __init__(self) -> None:
        self.unsaid: Counter[str] = Counter()
        self._told = 0.0

    def took(self, seconds: float) -> None:
        self.unsaid[f"{PREFIX}{next((s for s in STEPS if seconds <= s), STEPS[-1])}"] += 1
        self.unsaid[SUM] += round(seconds * 1000)

    def due(self) -> bool:
        return bool(self.unsaid) and time.monotonic() - self._told > EVERY

    def tell(self) -> Counter[str]:
        """Counts in the transaction under way. What it gives is to be forgotten once that is durable."""
        told = self.unsaid.copy()
        with counts.gathered():
            for name, number in told.items():
                counts.happened(name, number)
        self._told = time.monotonic()
        return told

    def forget(self, told: Counter[str]) -> None:
        self.unsaid -= told


def steps(counted: Mapping[str, int]) -> list[tuple[float, int]]:
    """(upper end, how many took no longer), out of counts by name."""
    found, total = [], 0
    for step in STEPS:
        total += counted.get(f"{PREFIX}{step}", 0)
        found.append((step, total))
    return found


def percentile(counted: Mapping[str, int], share: float) -> float:
    """The upper end of the step in which it lies; 0 for none."""
    reached = steps(counted)
    total = reached[-1][1]
    return next(step for step, number in reached if number >= total * share) if total else 0.0
