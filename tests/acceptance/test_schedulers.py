"""E36: several real schedulers, stopped and started again and again; every due time is one run."""

import json
import random
import sys
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Event, Recipe, Run, Subscription, Version
from builder.recipe import tree as trees
from builder.runner.clock import now
from tests import make
from tests.acceptance import processes
from tests.runner.conftest import work

DUES, LASTS = 1000, 8.0
"""Due times, and the seconds they are spread over."""
KILL_EVERY = 1.5
SEED = 20261128


@pytest.mark.django_db(transaction=True)
@pytest.mark.alone
@pytest.mark.parametrize("schedulers", [2, 5])
def test_every_due_time_is_one_run_however_many_schedulers(schedulers: int) -> None:
    with scopes_disabled():
        begin = now() + timedelta(seconds=2.5 * schedulers)
        expected = make_schedules(begin)

        kills = kill_and_restart(schedulers, begin + timedelta(seconds=LASTS))
        work()

        due = Counter((event.subscription_id, event.change_key) for event in Event.objects.all())
        told = {"experiment": "E36", "on": connection.vendor, "schedulers": schedulers, "kills": kills}
        told |= {"due": len(expected), "events": len(due), "runs": Run.objects.count()}
        sys.stdout.write(json.dumps(told) + "\n")
        assert set(due) == expected
        assert Run.objects.count() == len(expected)
        assert Counter(Run.objects.values_list("recipe", flat=True)).most_common(1)[0][1] == 1
        assert kills >= 3


def make_schedules(begin: datetime) -> set[tuple[int, str]]:
    """Hourly ones that all come due within a few seconds, and not again soon; what each due time's event must be
    called."""
    workspace = make.make_workspace()
    inputs = {"every": "hour", "at": f"00:{(begin.minute + 30) % 60:02d}"}
    tree = trees.parse({"trigger": {"operation": "tools.schedule.due", "inputs": inputs}})
    plain = {"workspace": workspace, "draft": tree, "state": "live", "live_trigger": "tools.schedule.due"}
    Recipe.objects.bulk_create([Recipe(name=f"Schedule {n}", **plain) for n in range(DUES)])
    recipes = list(Recipe.objects.order_by("pk"))
    Version.objects.bulk_create([Version(workspace=workspace, recipe=r, number=1, tree=tree) for r in recipes])
    lives = dict(Version.objects.values_list("recipe", "pk"))
    for recipe in recipes:
        recipe.live_id = lives[recipe.pk]
    Recipe.objects.bulk_update(recipes, ["live"], batch_size=200)
    dues = [begin + timedelta(seconds=LASTS * n / DUES) for n in range(DUES)]
    own = {"workspace": workspace, "object": "schedule", "began_at": now()}
    rows = [Subscription(recipe=r, poll_at=due, **own) for r, due in zip(recipes, dues, strict=True)]
    Subscription.objects.bulk_create(rows)
    return {(s.pk, f"due:{s.poll_at.isoformat()}") for s in Subscription.objects.all()}


def kill_and_restart(count: int, end: datetime) -> int:
    """How often one was killed in the middle of its work and another started in its place."""
    chance, environ = random.Random(SEED), processes.environment(TIME_SCALE="10")
    running = [processes.start(processes.SCHEDULER, environ) for _ in range(count)]
    kills, until = 0, time.monotonic() + (end - now()).total_seconds()
    try:
        while time.monotonic() < until or waiting():
            assert time.monotonic() < until + 60, "due times are left"
            time.sleep(KILL_EVERY)
            if Event.objects.exists() and time.monotonic() < until:
                processes.kill(running.pop(chance.randrange(len(running))))
                running.append(processes.start(processes.SCHEDULER, environ))
                kills += 1
    finally:
        for process in running:
            processes.kill(process)
    return kills


def waiting() -> bool:
    return Subscription.objects.filter(poll_at__lte=now()).exists()
