"""How fast, how soon, how much: one JSON line an experiment, medians over repeats, and a table at the end.

    python -m tests.benchmarks [speed three rest overload bare growth recipes polls workers dashboard editor]
                               [--on sqlite|postgres] [--seconds 30] [--repeat 3] [--write]

Without names: speed, three, rest, bare. What is measured are `make up`'s own processes, without the sandboxes; the load
generator and the other system share the machine with them. `--write` adds the lines to RESULTS.md.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import services
from tests.benchmarks import dashboard, editor, growth, overload, polls, rest, results, speed, workers
from tests.benchmarks.installation import Installation

Figures = dict[str, Any]
EXPERIMENTS: dict[str, Callable[[dict[str, str], float], Figures]] = {
    "speed": speed.one_action,
    "three": speed.three_steps,
    "bare": speed.beside_the_bare_client,
    "rest": rest.at_rest,
    "overload": overload.twice_saturation,
    "growth": growth.history,
    "recipes": growth.recipes,
    "polls": polls.in_a_minute,
    "workers": workers.one_and_two,
    "dashboard": dashboard.pages,
    "editor": editor.builder,
}
USUAL = ("speed", "three", "rest", "bare")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="experiment", choices=[*EXPERIMENTS, []])
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=30, help="of load, in each repeat")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    lines = []
    for name in given.names or USUAL:
        repeats = [measured(name, given.on, given.seconds) for _ in range(given.repeat)]
        lines.append({"experiment": name, "on": given.on, "repeats": given.repeat, **medians(repeats)})
        print(json.dumps(lines[-1]), flush=True)
    print(results.table(lines))
    if given.write:
        results.write(lines)


def measured(name: str, on: str, seconds: float) -> Figures:
    """One repeat, in an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="recette-benchmark-") as folder:
        if on == "sqlite":
            return EXPERIMENTS[name](Installation.settings(Path(folder)), seconds)
        with services.servers() as found:
            addresses = {"DATABASE_URL": found["TEST_POSTGRES"], "BROKER_URL": found["TEST_REDIS"] + "/0"}
            return EXPERIMENTS[name](Installation.settings(Path(folder)) | addresses, seconds)


def medians(repeats: list[Figures]) -> Figures:
    return {key: median([each[key] for each in repeats]) for key in repeats[0]}


def median(values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return medians(values)
    return round(statistics.median(values), 2) if isinstance(values[0], int | float) else values[0]


if __name__ == "__main__":
    main()
