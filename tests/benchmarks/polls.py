"""What it costs to ask many accounts what is new: worker and scheduler of an installation, polls spread over a minute.

    python -m tests.benchmarks.polls [--polls 5000] [--seconds 60] [--on sqlite|postgres]

Prints one line of JSON. The other system, on the same machine, answers at once that nothing is.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from tests import services
from tests.benchmarks.installation import PY, Installation

POLLS = 5000
GRACE = 5.0
"""Seconds after the last due time in which its poll must have been made."""
MADE = """
from builder.models import Subscription
print(Subscription.objects.exclude(polled_at=None).count())
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.polls")
    parser.add_argument("--polls", type=int, default=POLLS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--plant", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.plant:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
        django.setup()
        return plant(given.polls, given.seconds, given.plant)
    with tempfile.TemporaryDirectory(prefix="recette-benchmark-") as folder:
        settings = Installation.settings(Path(folder))
        if given.on == "sqlite":
            return tell(given, measure(settings, given.polls, given.seconds))
        with services.servers() as found:
            addresses = {"DATABASE_URL": found["TEST_POSTGRES"], "BROKER_URL": found["TEST_REDIS"] + "/0"}
            return tell(given, measure(settings | addresses, given.polls, given.seconds))


def tell(given: argparse.Namespace, figures: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"experiment": "polls", "on": given.on, **figures}) + "\n")


def in_a_minute(environ: dict[str, str], _seconds: float) -> dict[str, Any]:
    """However long the other experiments last."""
    return measure(environ, POLLS, 60)


def measure(environ: dict[str, str], polls: int, seconds: int) -> dict[str, Any]:
    installation = Installation(environ)
    installation.prepare("one")
    with installation.running():
        how = ("--polls", str(polls), "--seconds", str(seconds))
        installation.run(PY, "-m", "tests.benchmarks.polls", *how, "--plant", installation.upstream)
        before = installation.cpu()
        time.sleep(seconds + GRACE)
        used = {name: at - before[name] for name, at in installation.cpu().items()}
        made = int(installation.ask(MADE))
    return {
        "due": polls,
        "made": made,
        "seconds": seconds,
        "percent_of_a_core": round(100 * sum(used.values()) / seconds, 1),
        "cpu_ms_per_poll": {name: round(1000 * spent / max(made, 1), 2) for name, spent in used.items()},
    }


def plant(polls: int, seconds: int, url: str) -> None:
    """So many connections, each with a subscription that comes due at its own moment."""
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    from builder.models import Connection, Subscription  # noqa: PLC0415
    from builder.runner.clock import now  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    with scopes_disabled():
        workspace = make.make_workspace(slug="polls")
        first = make.make_connection(workspace=workspace, connector="ghl", settings={"base_url": url})
        plain = {name: getattr(first, name) for name in ("workspace", "connector", "method", "name")}
        places = ({"location_id": f"place{number:015}"} for number in range(polls))  # of one they'd share the budget
        rows = [Connection(**plain, settings=first.settings | place) for place in places]
        for row in rows:
            row.sealed = make.seal.seal(make.SECRETS["ghl", "token"], f"{row.workspace_id}|connection|{row.public_id}")
        Connection.objects.bulk_create(rows, batch_size=500)
        begin, cursor = now() + timedelta(seconds=1), {"since": "2026-11-22T09:30:00.000Z"}
        own = {"workspace": first.workspace, "object": "opportunity", "began_at": begin, "cursor": cursor}
        Subscription.objects.bulk_create([
            Subscription(connection=c, poll_at=begin + timedelta(seconds=seconds * n / polls), hooks_checked_at=begin,
                         **own)
            for n, c in enumerate(Connection.objects.exclude(pk=first.pk).order_by("pk"))
        ], batch_size=500)  # fmt: skip


if __name__ == "__main__":
    main()
