"""What a workspace's admin sees at a glance: days, errors, recipes, requests. Counts come from the hours that the
runner adds up as things happen; of the runs themselves only those in trouble are read, the newest two thousand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from time import monotonic

from django.core.cache import cache
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.actions import connections, past
from builder.actions.actor import Actor
from builder.models import Capability, Connection, HourCount, HourSum, Recipe, Run, RunStatus, StepRun
from builder.runner.budgets import Spending
from connectors import catalogue

COUNTED = ("runs", "done", "filtered", "failed", "held", "calls")
MOST_ERRORS = 2000
LONG = 0.1
"""Seconds of one query from which on its answer is kept."""
IN_TROUBLE = "builder_run.status IN ('failed', 'held')"
"""Written out, so that SQLite sees that the partial index serves."""
VARIES = re.compile(r"“[^”]*”|\b[\w.+-]+@[\w.-]+\b|\d[\d.,:]*")
"""What differs between two sentences of one kind: names in quotes, addresses, figures."""


@dataclass(slots=True)
class Day:
    """Of the workspace's own calendar."""

    day: date
    runs: int = 0
    done: int = 0
    filtered: int = 0
    failed: int = 0
    held: int = 0
    calls: int = 0

    @property
    def bad(self) -> int:
        """How often a run failed or was put on hold: the same one perhaps several times, or one of a day before."""
        return self.failed + self.held


@dataclass(slots=True)
class Kind:
    """Runs that failed, or stand on hold, for one reason."""

    because: str
    """The sentence of the newest of them."""
    runs: int = 0
    recipes: set[int] = field(default_factory=set)
    newest: Run | None = None
    app: str = ""
    """Of the service at whose step they stopped; empty for a step of our own."""


@dataclass(frozen=True, slots=True)
class Errors:
    kinds: list[Kind]
    cut: bool
    """There are more runs in trouble than the newest that were counted."""


@dataclass(slots=True)
class Used:
    recipe: Recipe
    runs: int
    done: int
    failed: int
    held: int
    calls: int
    standing: str = field(default="", init=False)
    """`failed` or `held`: in that state there are such runs still."""

    @property
    def bad(self) -> int:
        """How often a run failed or was put on hold."""
        return self.failed + self.held


@dataclass(frozen=True, slots=True)
class Spent:
    connections: list[Connection]
    """Those of the workspace that the service counts together."""
    spending: Spending

    @property
    def peak(self) -> float:
        """The busiest window of today, as a share of what is allowed in one."""
        return min(1.0, self.spending.peak_today / self.spending.allowed) if self.spending.allowed else 0.0

    @property
    def percent(self) -> int:
        return round(100 * self.peak)


def days(by: Actor, number: int) -> list[Day]:
    """The last `number` days, today included, the oldest first; those in which nothing happened too."""
    by.require(Capability.MEMBERS)
    first = timezone.localdate() - timedelta(days=number - 1)
    found = {first + timedelta(days=n): Day(first + timedelta(days=n)) for n in range(number)}
    for hour, *counts in _hours(_midnight(first)):
        day = found.get(timezone.localtime(hour).date())
        for name, count in zip(COUNTED, counts, strict=True):
            if day:
                setattr(day, name, getattr(day, name) + count)
    return list(found.values())


def _hours(since: datetime) -> Sequence[tuple[datetime, *tuple[int, ...]]]:
    """Those that were added up already, and of the others what each recipe did."""
    summed = list(HourSum.objects.filter(hour__gte=since).order_by().values_list("hour", *COUNTED))
    with scopes_disabled():
        latest = HourSum.objects.aggregate(latest=Max("hour"))["latest"]
    rows = HourCount.objects.filter(hour__gte=since, **({"hour__gt": latest} if latest else {}))
    return summed + list(rows.order_by().values_list("hour").annotate(**{f"all_{name}": Sum(name) for name in COUNTED}))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def errors(by: Actor, number: int, most: int = 5) -> Errors:
    """Why runs of the last `number` days failed or stand on hold, the most common reason first."""
    by.require(Capability.MEMBERS)
    kinds: dict[str, Kind] = {}
    rows = list(_in_trouble(number).only("recipe_id", "because", "stopped_at", "public_id")[: MOST_ERRORS + 1])
    for run in rows[:MOST_ERRORS]:
        if run.because:
            kind = kinds.setdefault(VARIES.sub("…", run.because), Kind(run.because, newest=run))
            kind.runs += 1
            kind.recipes.add(run.recipe_id)
    found = sorted(kinds.values(), key=lambda kind: -kind.runs)[:most]
    _name_apps(found)
    return Errors(found, len(rows) > MOST_ERRORS)


def _in_trouble(number: int) -> "QuerySet[Run]":
    """Runs of the last `number` days that failed or stand on hold, the newest first."""
    since = past.first_run(_midnight(timezone.localdate() - timedelta(days=number - 1)))
    return Run.objects.extra(where=[IN_TROUBLE]).filter(pk__gte=since).order_by("-pk")


def _name_apps(kinds: list[Kind]) -> None:
    newest = {kind.newest.pk: kind for kind in kinds if kind.newest}
    for row in StepRun.objects.filter(run_id__in=newest).exclude(operation="").order_by("pk").select_related("run"):
        if row.step_id == row.run.stopped_at:
            newest[row.run_id].app = row.operation.split(".", 1)[0]


def recipes(by: Actor, number: int, most: int = 8) -> list[Used]:
    """Those in trouble in the last `number` days, then those that ran most, then those that did not run."""
    by.require(Capability.MEMBERS)
    by_recipe = _by_recipe(by, number)
    live = Recipe.objects.filter(deleted_at=None).select_related("created_by", "folder")
    found: list[Used] = []
    for batch in _batches(sorted(by_recipe, key=lambda pk: (-sum(by_recipe[pk][2:4]), -by_recipe[pk][0])), most):
        known = live.in_bulk(batch)
        for pk in (pk for pk in batch if pk in known):
            found.append(Used(known[pk], *by_recipe[pk]))
        if len(found) >= most:
            break
    _tell_standing(found[:most], number)
    others = live.exclude(pk__in=[one.recipe.pk for one in found]).order_by("name", "pk")
    return [*found, *(Used(recipe, 0, 0, 0, 0, 0) for recipe in others[: max(0, most - len(found))])][:most]


def _tell_standing(found: list[Used], number: int) -> None:
    bad = {one.recipe.pk: one for one in found if one.bad}
    if not bad:
        return
    rows = _in_trouble(number).values_list("recipe_id", "status")[:MOST_ERRORS]
    for pk, status in sorted(set(rows), key=lambda row: row[1] == RunStatus.FAILED):
        if pk in bad:
            bad[pk].standing = status


def _by_recipe(by: Actor, number: int) -> dict[int, list[int]]:
    """Of each recipe that did something its counts. Where there are so many that it takes long, they are kept for a
    while: three hundred times as long as it took, ten minutes at most."""
    since, began = _midnight(timezone.localdate() - timedelta(days=number - 1)), monotonic()
    key = f"overview:{by.workspace.pk}:{since.isoformat()}"
    known: dict[int, list[int]] | None = cache.get(key)
    if known is None:
        rows = HourCount.objects.filter(hour__gte=since).order_by().values_list("recipe")
        sums = rows.annotate(**{f"all_{name}": Sum(name) for name in ("runs", "done", "failed", "held", "calls")})
        known = {pk: counts for pk, *counts in sums}
        if (took := monotonic() - began) > LONG:
            cache.set(key, known, min(600, 300 * took))
    return known


def _batches(ids: list[int], most: int) -> list[list[int]]:
    """Deleted recipes are among them, so there is more than one."""
    ends = list(accumulate([most, 100, 500], initial=0))
    return [ids[start:end] for start, end in pairwise(ends)]


def requests(by: Actor, most: int = 12) -> list[Spent]:
    """What was asked of each service since midnight UTC, the busiest first; where a service counts several connections
    together, as one."""
    by.require(Capability.MEMBERS)
    rows = Connection.objects.filter(deleted_at=None).order_by("connector", "name")
    known = [row for row in rows if catalogue.connector(row.connector)]
    found: dict[str, Spent] = {}
    for row, used in zip(known, connections.spendings(by, known), strict=True):
        key = connections.budget_key(row) or row.public_id
        found.setdefault(key, Spent([], used)).connections.append(row)
    return sorted(found.values(), key=lambda one: (-one.peak, -one.spending.used_today))[:most]
