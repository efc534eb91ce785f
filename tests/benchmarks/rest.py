"""An installation with nothing to do, and how soon it begins when something comes."""

import statistics
import time
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.speed import warm_up

RING = """
import time
from django.db import transaction
from builder.models import Run, Source, Subscription
from builder.runner import clock, intake

subscription, rang = Subscription.objects.first(), []
for number in range(1000, 1001 + {rings}):
    with transaction.atomic():
        transaction.on_commit(lambda: rang.append(clock.now()))
        to = {{"subscription": subscription, "workspace_id": subscription.workspace_id}}
        intake.accept(source=Source.HOOK, raw=b'{{"n": %d}}' % number, **to)
    time.sleep(1.5)  # the drain goes home

began = [run.started_at for run in Run.objects.order_by("-pk")[:{rings}]]
for ring, claim in zip(rang[1:], reversed(began)):
    print((claim - ring).total_seconds() * 1000)
"""
"""The first ring connects this process to the broker and is not counted. An event is durable when the bell rings."""
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
        took = [float(line) for line in installation.ask(RING.format(rings=RINGS)).split()]
    return {
        "memory_mb": memory,
        "memory_mb_in_all": round(sum(memory.values()), 1),
        "idle_percent_of_a_core": {name: round(percent, 2) for name, percent in idle.items()},
        "idle_percent_in_all": round(sum(idle.values()), 2),
        "bell_to_claim_p50_ms": round(statistics.median(took), 1),
        "bell_to_claim_max_ms": round(max(took), 1),
    }
