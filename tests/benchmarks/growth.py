"""Whether it stays as fast when much has happened already, and when many recipes are live."""

import os
import statistics
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.benchmarks.installation import Installation
from tests.benchmarks.speed import saturated

INVENT = """
from builder.models import Recipe
from tests.benchmarks import past
past.invent(Recipe.objects.get(), {count})
"""
PAST, FEW, MANY, TURNS = 1_000_000, 10, 10_000, 3


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
    """Webhooks spread over all live recipes, of an installation that has ten and of one that has ten thousand, all in
    one workspace, each of one step and called as often as any other. By turns, since a machine is not as quick in one
    minute as in the next."""
    few, many = Installation(environ), Installation(another(environ))
    few.prepare("one", str(FEW))
    many.prepare("one", str(MANY))
    os.sync()
    pairs = []
    for turn in range(TURNS):
        pair = {}
        for installation in (few, many) if turn % 2 == 0 else (many, few):
            with installation.running():
                pair[installation] = saturated(installation, seconds)["runs_per_second"]
        pairs.append((pair[few], pair[many]))
    ten, ten_thousand = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    percent = statistics.median(100 * after / before for before, after in pairs)
    return {"of_ten": ten, "of_ten_thousand": ten_thousand, "percent": round(percent, 1)}


def another(environ: dict[str, str]) -> dict[str, str]:
    """Of an installation beside it."""
    folder = Path(environ["VAR_DIR"]) / "another"
    folder.mkdir()
    beside = environ | {"VAR_DIR": str(folder)}
    if address := environ.get("DATABASE_URL"):
        with psycopg.connect(address, autocommit=True) as link:
            link.execute("CREATE DATABASE another")
        beside |= {"DATABASE_URL": urlsplit(address)._replace(path="/another").geturl()}
        beside |= {"BROKER_URL": environ["BROKER_URL"].removesuffix("/0") + "/1"}
    return beside
