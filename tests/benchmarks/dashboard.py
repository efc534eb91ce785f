"""How long the team's overview and the list of runs take with a long past in the workspace."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.load import percentile
from tests.benchmarks.overload import SIGNED_IN
from tests.benchmarks.speed import page_times, warm_up

RUNS, RECIPES, DAYS = 1_000_000, 10_000, 30
REST = 0.05
"""Seconds between two calls of a page: with 8 s a page there are enough of them for a share of 95 in 100."""
INVENT = """
from builder.models import Recipe
from tests.benchmarks import past
past.invent(Recipe.objects.order_by("pk").first(), {runs})
past.spread({days})
past.name()
past.settle()
from builder.runner import prune
prune.prune()
"""
PAGES = {
    "overview": "team/",
    "week": "team/?days=7",
    "money": "team/?show=invoiced-USD",
    "usage": "team/usage/",
    "recipes": "recipes/",
}
LISTS = {
    "all": "",
    "failed": "state=failed",
    "filtered": "state=filtered",
    "waiting": "state=waiting",
    "running": "state=running",
    "month": "period=30",
    "day": "period={day}",
    "recipe": "recipe={recipe}",
    "recipe_failed": "recipe={recipe}&state=failed",
    "recipe_filtered": "recipe={recipe}&state=filtered",
    "reason": "recipe={recipe}&why={recipe}.stheir.bad_input.body",
    "number": "q=500000",
    "part": "q=Order+9",
    "nothing": "q=nobody",
}
"""Filters of the list of runs. Few runs or none take longest: where no index helps, all of them are read."""
ONE = """
from builder.models import Recipe, Run
print(Recipe.objects.get(pk=Run.objects.filter(status="failed").latest("pk").recipe_id).public_id)
"""


def pages(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Milliseconds for 95 of 100 calls of each page; `runs` for each filter of the list."""
    installation = Installation(environ)
    installation.prepare("one", str(RECIPES))
    with installation.running():
        warm_up(installation)
        installation.ask(INVENT.format(runs=RUNS, days=DAYS))
        return timed(installation, seconds)


def timed(installation: Installation, seconds: float) -> dict[str, Any]:
    """Of one that runs and has its past."""
    cookie, slug = installation.ask(SIGNED_IN).split()
    known = {
        "recipe": installation.ask(ONE).split()[-1],
        "day": datetime.now(UTC).date() - timedelta(days=DAYS // 2),
    }
    lists = {name: f"runs/?{query.format(**known)}" for name, query in LISTS.items()}

    def found(paths: dict[str, str]) -> dict[str, float]:
        return {name: _p95(installation, cookie, f"/w/{slug}/{path}", seconds) for name, path in paths.items()}

    return {**found(PAGES), "runs": found(lists)}


def _p95(installation: Installation, cookie: str, path: str, seconds: float) -> float:
    return round(percentile(page_times(installation, cookie, path, time.monotonic() + seconds, REST), 95), 1)
