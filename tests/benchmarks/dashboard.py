"""How long the team's overview and the list of runs take with a long past in the workspace."""

import time
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.load import percentile
from tests.benchmarks.overload import SIGNED_IN
from tests.benchmarks.speed import page_times, warm_up

RUNS, RECIPES, DAYS = 1_000_000, 10_000, 30
INVENT = """
from builder.models import Recipe
from tests.benchmarks import past
past.invent(Recipe.objects.order_by("pk").first(), {runs})
past.spread({days})
from builder.runner import prune
prune.prune()
"""
PAGES = {
    "overview": "team/",
    "week": "team/?days=7",
    "runs": "runs/",
    "failed": "runs/?state=failed",
    "month": "runs/?period=30",
}


def pages(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Milliseconds for 95 of 100 calls of each page."""
    installation = Installation(environ)
    installation.prepare("one", str(RECIPES))
    with installation.running():
        warm_up(installation)
        installation.ask(INVENT.format(runs=RUNS, days=DAYS))
        cookie, slug = installation.ask(SIGNED_IN).split()
        return {name: _p95(installation, cookie, f"/w/{slug}/{path}", seconds) for name, path in PAGES.items()}


def _p95(installation: Installation, cookie: str, path: str, seconds: float) -> float:
    return round(percentile(page_times(installation, cookie, path, time.monotonic() + seconds), 95), 1)
