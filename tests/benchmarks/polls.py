"""What it costs to ask many accounts what is new: worker and scheduler of an installation, polls spread over a minute.

    python -m tests.benchmarks.polls [--polls 5000] [--seconds 60] [--on sqlite|postgres]

Prints one line of JSON. The other system, on the same machine, answers at once that nothing is.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

import django

from tests import services
from tests.benchmarks import processes

GRACE = 5.0
"""Seconds after the last due time in which its poll must have been made."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.polls")
    parser.add_argument("--polls", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--plant", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--count", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.plant or given.count:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
        django.setup()
        sys.stdout.write(f"{count()}\n" if given.count else plant(given.polls, given.seconds, given.plant))
        return
    with tempfile.TemporaryDirectory(prefix="recette-benchmark-") as folder:
        if given.on == "sqlite":
            return measure(given, {"VAR_DIR": folder})
        with services.servers() as found:
            measure(given, {"VAR_DIR": folder, "DATABASE_URL": found["TEST_POSTGRES"],
                            "BROKER_URL": found["TEST_REDIS"] + "/0"})  # fmt: skip


def measure(given: argparse.Namespace, settings: dict[str, str]) -> None:
    environ = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "builder.settings", "RECETTE_ENV": "development"}
    with processes.Bench(environ) as bench:
        url = f"http://127.0.0.1:{bench.upstream_port}"
        how = ("--polls", str(given.polls), "--seconds", str(given.seconds))
        ask(environ, *how, "--plant", url)
        before = bench.cpu()
        time.sleep(given.seconds + GRACE)
        used = {name: at - before[name] for name, at in bench.cpu().items()}
        made = int(ask(environ, "--count"))
    told: dict[str, Any] = {"benchmark": "polls", "on": given.on, "due": given.polls, "made": made}
    told |= {"seconds": given.seconds, "percent_of_a_core": round(100 * sum(used.values()) / given.seconds, 1)}
    told |= {"cpu_ms_per_poll": {name: round(1000 * seconds / max(made, 1), 2) for name, seconds in used.items()}}
    sys.stdout.write(json.dumps(told) + "\n")


def ask(environ: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.polls", *arguments]
    return subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout


def plant(polls: int, seconds: int, url: str) -> str:
    """So many connections, each with a subscription that comes due at its own moment."""
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    from builder.models import Connection, Subscription  # noqa: PLC0415
    from builder.runner.clock import now  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    with scopes_disabled():
        workspace = make.make_workspace(slug="polls")
        first = make.make_connection(workspace=workspace, connector="ghl", settings={"base_url": url})
        plain = {name: getattr(first, name) for name in ("workspace", "connector", "method", "name", "settings")}
        rows = [Connection(**plain) for _ in range(polls)]
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
    return ""


def count() -> int:
    from django_scopes import scopes_disabled  # noqa: PLC0415

    from builder.models import Subscription  # noqa: PLC0415

    with scopes_disabled():
        return Subscription.objects.exclude(polled_at=None).count()


if __name__ == "__main__":
    main()
