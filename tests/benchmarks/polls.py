"""What it costs to ask many accounts what is new: worker and scheduler of an installation, polls spread over a minute.

The other system, on the same machine, answers at once that nothing is.

    python -m tests.benchmarks.polls UPSTREAM_URL      puts the polls into an installation
"""

import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

from tests.benchmarks.installation import PY, Installation

POLLS, SECONDS = 5000, 60
GRACE = 5.0
"""Seconds after the last due time in which its poll must have been made."""
MADE = """
from builder.models import Subscription
print(Subscription.objects.exclude(polled_at=None).count())
"""


def in_a_minute(environ: dict[str, str], _seconds: float) -> dict[str, Any]:
    """However long the other experiments last."""
    installation = Installation(environ)
    installation.prepare("one")
    with installation.running():
        before = installation.cpu()
        installation.run(PY, "-m", "tests.benchmarks.polls", installation.upstream)
        time.sleep(SECONDS + GRACE)
        used = {name: at - before[name] for name, at in installation.cpu().items()}
        made = int(installation.ask(MADE))
    return {
        "due": POLLS,
        "made": made,
        "percent_of_a_core": round(100 * sum(used.values()) / SECONDS, 1),
        "cpu_ms_per_poll": {name: round(1000 * spent / max(made, 1), 2) for name, spent in used.items()},
    }


def plant(url: str) -> None:
    """So many connections, each with a subscription that comes due at its own moment."""
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    from builder.models import Connection, Subscription  # noqa: PLC0415
    from builder.runner.clock import now  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    with scopes_disabled():
        workspace = make.make_workspace(slug="polls")
        first = make.make_connection(workspace=workspace, connector="ghl", settings={"base_url": url})
        plain = {name: getattr(first, name) for name in ("workspace", "connector", "method", "name")}
        places = ({"location_id": f"place{number:015}"} for number in range(POLLS))  # of one they'd share the budget
        rows = [Connection(**plain, settings=first.settings | place) for place in places]
        for row in rows:
            row.sealed = make.seal.seal(make.SECRETS["ghl", "token"], f"{row.workspace_id}|connection|{row.public_id}")
        Connection.objects.bulk_create(rows, batch_size=500)
        begin, cursor = now() + timedelta(seconds=1), {"since": "2026-11-22T09:30:00.000Z"}
        own = {"workspace": first.workspace, "object": "opportunity", "began_at": begin, "cursor": cursor}
        Subscription.objects.bulk_create([
            Subscription(connection=c, poll_at=begin + timedelta(seconds=SECONDS * n / POLLS), hooks_checked_at=begin,
                         **own)
            for n, c in enumerate(Connection.objects.exclude(pk=first.pk).order_by("pk"))
        ], batch_size=500)  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
    django.setup()
    plant(sys.argv[1])
