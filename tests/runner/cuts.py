"""The current fails inside this very process: nothing that was under way is written any more."""

from collections.abc import Callable
from contextlib import suppress

from builder.runner import drain, failpoints, journal


class PowerCut(BaseException):
    """No handler of the product catches it."""


class Cut:
    """Arms a failpoint for what is done under it."""

    def __init__(self, name: str, count: int = 1, subject: object = "") -> None:
        self.blown = False
        self.hands = drain.Hands()
        self.point = failpoints.Failpoint(name, count, str(subject), self._blow)

    def during(self, work: Callable[[], object]) -> bool:
        """Whether the current failed while the work was done."""
        with failpoints.armed(self.point), suppress(PowerCut, journal.Closed):
            work()
        self.hands.close()
        return self.blown

    def drain(self) -> None:
        drain.work(self.hands, linger=0.05)

    def _blow(self) -> None:
        self.blown = self.hands.journal.broken = True
        raise PowerCut


def cut_at(name: str, count: int = 1, subject: object = "") -> bool:
    """A drain that is cut short there; whether it was."""
    cut = Cut(name, count, subject)
    return cut.during(cut.drain)
