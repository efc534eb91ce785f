"""What each recipe did, hour by hour, counted in the transaction it happened in. Dashboards read this, never runs."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db.models import F

from builder.models import HourCount, Run
from builder.runner.clock import now


class Counted(Protocol):
    run: Run
    counted: Counter[str]


def add(saves: Iterable[Counted]) -> None:
    """`counted` names columns of HourCount."""
    sums: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for save in saves:
        if save.counted:
            sums[(save.run.workspace_id, save.run.recipe_id)].update(save.counted)
    for (workspace_id, recipe_id), counted in sums.items():
        _add(workspace_id, recipe_id, counted)


def _add(workspace_id: int, recipe_id: int, counted: Counter[str]) -> None:
    row = {"workspace_id": workspace_id, "recipe_id": recipe_id, "hour": hour_of(now())}
    more = {name: F(name) + number for name, number in counted.items()}
    if not HourCount.objects.filter(**row).update(**more):
        HourCount.objects.bulk_create([HourCount(**row)], ignore_conflicts=True)
        HourCount.objects.filter(**row).update(**more)


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
