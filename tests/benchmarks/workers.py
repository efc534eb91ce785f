"""One worker process and two, on the same database."""

from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.speed import saturated


def one_and_two(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    rates = []
    installation = Installation(environ)
    installation.prepare("three")
    for workers in ("1", "2"):
        with installation.running(WORKERS=workers):
            rates.append(saturated(installation, seconds)["runs_per_second"])
    return {"one": rates[0], "two": rates[1], "times": round(rates[1] / rates[0], 2)}
