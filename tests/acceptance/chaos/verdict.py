"""What an experiment came to: one JSON line, printed, and added to the file that CHAOS_RESULTS names."""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests import backends
from tests.runner.conftest import Sandbox


@dataclass
class Verdict:
    experiment: str
    seed: int = 0
    lost: int = 0
    """Effects that had to happen and are not in the service's own log."""
    doubled: int = 0
    """Effects in it more often than once."""
    held: int = 0
    """Runs put to a person."""
    stuck: int = 0
    """Runs that are neither over nor held when all had time enough."""
    resumes: list[float] = field(default_factory=list)
    """Seconds from a kill to the next sign of a run that it broke off."""
    more: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def say(self) -> None:
        line = json.dumps(
            {
                "experiment": self.experiment,
                "on": "postgres" if backends.POSTGRES else "sqlite",
                "lost": self.lost,
                "doubled": self.doubled,
                "held": self.held,
                "stuck": self.stuck,
                "resume_p95_s": p95(self.resumes),
                "secs": round(time.monotonic() - self.began, 1),
                "seed": self.seed,
                **self.more,
            }
        )
        print(line)
        if path := os.environ.get("CHAOS_RESULTS"):
            with open(path, "a") as file:
                file.write(line + "\n")

    @property
    def clean(self) -> bool:
        return (self.lost, self.doubled, self.stuck) == (0, 0, 0)


def p95(values: list[float]) -> float | None:
    return round(sorted(values)[int(0.95 * (len(values) - 1))], 2) if values else None


def doubled(sandbox: Sandbox) -> int:
    """Effects of one step that the service's log holds more than once."""
    marks = Counter((e["kind"], marker) for e in sandbox.effects() for marker in e["markers"])
    return sum(count - 1 for count in marks.values())
