"""An installation with nothing to do, and how soon it begins when something comes."""

import statistics
import time
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.speed import warm_up

CLAIMED = """
from builder.models import Run
for run in Run.objects.select_related("event").order_by("-pk")[:{count}]:
    print((run.started_at - run.event.received_at).total_seconds() * 1000)
"""
RINGS = 30


def at_rest(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    installation = Installation(environ)
    installation.prepare("one")
    with installation.running():
        warm_up(installation)
        time.sleep(5)
        memory, before = installation.memory(), installation.cpu()
        time.sleep(seconds / 2)
        idle = {name: 100 * (at - before[name]) / (seconds / 2) for name, at in installation.cpu().items()}
        for number in range(1000, 1000 + RINGS):
            installation.wait_for(installation.send(range(number, number + 1), 1).answered)
            time.sleep(1.5)  # the drain has gone home
        took = [float(line) for line in installation.ask(CLAIMED.format(count=RINGS)).split()]
    return {
        "memory_mb": memory,
        "memory_mb_in_all": round(sum(memory.values()), 1),
        "idle_percent_of_a_core": {name: round(percent, 2) for name, percent in idle.items()},
        "idle_percent_in_all": round(sum(idle.values()), 2),
        "bell_to_claim_p50_ms": round(statistics.median(took), 1),
        "bell_to_claim_max_ms": round(max(took), 1),
    }
