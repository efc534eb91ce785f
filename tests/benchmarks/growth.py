"""Whether it stays as fast when much has happened already, and when many recipes are live."""

import os
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.speed import saturated

INVENT = """
from builder.models import Recipe
from tests.benchmarks import past
past.invent(Recipe.objects.get(), {count})
"""
PAST, FEW, MANY = 1_000_000, 10, 10_000


def history(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """The same installation before and after a million finished runs were put into its tables."""
    installation = Installation(environ)
    installation.prepare("one")
    with installation.running():
        young = saturated(installation, seconds)["runs_per_second"]
    installation.ask(INVENT.format(count=PAST))
    os.sync()  # or what is measured waits for the disk to take in the million
    with installation.running():
        old = saturated(installation, seconds)["runs_per_second"]
    return {"without": young, "with_a_million": old, "percent": round(100 * old / young, 1)}


def recipes(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Webhooks spread over all live recipes, of which there are ten, then ten thousand."""
    rates, installation = [], Installation(environ)
    for many in (FEW, MANY):
        installation.prepare("one", str(many))
        with installation.running():
            rates.append(saturated(installation, seconds)["runs_per_second"])
    return {"of_ten": rates[0], "of_ten_thousand": rates[1], "percent": round(100 * rates[1] / rates[0], 1)}
