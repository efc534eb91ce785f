"""What a workspace's admin sees at a glance: days, errors, recipes, requests. Counts come from the hours that the
runner adds up as things happen; of the runs themselves only those in trouble are read, the newest two thousand."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from time import monotonic
from typing import TypeVar
from zlib import crc32

from django.core.cache import cache
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone
from django_scopes import scopes_disabled

from builder.actions import connections, past
from builder.actions.actor import Actor
from builder.models import Capability, Connection, HourCalls, HourCount, HourSum, Recipe, Run, RunStatus, StepRun
from builder.runner.budgets import Spending
from connectors import catalogue

K = TypeVar("K")
COUNTED = ("runs", "done", "filtered", "failed", "held", "calls", "writes")
USED = ("runs", "done", "failed", "held", "calls", "writes")
MOST_ERRORS = 2000
ASKERS, MOST_ASKERS = 3, 500
LONG = 0.03
"""Seconds of one query from which on its answer is kept."""
IN_TROUBLE = "builder_run.status IN ('failed', 'held')"
HOURS_IN_TROUBLE = "(builder_hourcount.failed > 0 OR builder_hourcount.held > 0)"
"""Written out, so that SQLite sees that the partial indexes serve."""
MOST_IN_TROUBLE = 60
"""Recipes of which it is looked up how often they ran: of more, those with the most trouble."""
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
    writes: int = 0
    """Steps that changed something."""

    @property
    def bad(self) -> int:
        """How often a run failed or was put on hold: the same one perhaps several times, or one of a day before."""
        return self.failed + self.held


@dataclass(slots=True)
class Kind:
    """Runs that failed, or stand on hold, for one reason."""

    because: str
    """The sentence of the newest of them."""
    newest: int
    """Its primary key."""
    public_id: str
    """Of the same."""
    runs: int = 0
    recipes: set[int] = field(default_factory=set)
    app: str = ""
    """Of the service at whose step they stopped; empty for a step of our own."""


@dataclass(frozen=True, slots=True)
class Errors:
    kinds: list[Kind]
    cut: bool
    """There are more runs in trouble than the newest that were counted."""


@dataclass(slots=True)
class Sums:
    """Of some days."""

    runs: int = 0
    done: int = 0
    failed: int = 0
    held: int = 0
    calls: int = 0
    writes: int = 0

    @property
    def bad(self) -> int:
        """How often a run failed or was put on hold."""
        return self.failed + self.held

    @property
    def success(self) -> float | None:
        """The share of runs that never were in trouble; None where nothing ran."""
        return 1 - min(self.bad, self.runs) / self.runs if self.runs else None

    def add(self, other: "Sums") -> None:
        for name in USED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Used:
    recipe: Recipe
    sums: Sums
    standing: str = ""
    """`failed` or `held`: in that state there are such runs still."""


@dataclass(frozen=True, slots=True)
class Spent:
    connections: list[Connection]
    """Those of the workspace that the service counts together."""
    spending: Spending
    by_recipe: list[tuple[Recipe, int]] = field(default_factory=list)
    """Who asked most since midnight UTC, with how many calls."""

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
    of_sentence: dict[str, Kind] = {}  # most runs in trouble say the same as others
    rows = list(_in_trouble(number).values_list("pk", "public_id", "recipe_id", "because")[: MOST_ERRORS + 1])
    for pk, public_id, recipe, because in rows[:MOST_ERRORS]:
        if not because:
            continue
        kind = of_sentence.get(because)
        if kind is None:
            kind = of_sentence[because] = kinds.setdefault(VARIES.sub("…", because), Kind(because, pk, public_id))
        kind.runs += 1
        kind.recipes.add(recipe)
    found = sorted(kinds.values(), key=lambda kind: -kind.runs)[:most]
    _name_apps(found)
    return Errors(found, len(rows) > MOST_ERRORS)


def _in_trouble(number: int) -> "QuerySet[Run]":
    """Runs of the last `number` days that failed or stand on hold, the newest first."""
    first = past.first_run(since(number))
    return Run.objects.extra(where=[IN_TROUBLE]).filter(pk__gte=first).order_by("-pk")


def _name_apps(kinds: list[Kind]) -> None:
    newest = {kind.newest: kind for kind in kinds}
    for row in StepRun.objects.filter(run_id__in=newest).exclude(operation="").order_by("pk").select_related("run"):
        if row.step_id == row.run.stopped_at:
            newest[row.run_id].app = row.operation.split(".", 1)[0]


def recipes(by: Actor, number: int, most: int = 8) -> list[Used]:
    """Those in trouble in the last `number` days, then those that ran most, then those that did not run."""
    by.require(Capability.MEMBERS)
    live = Recipe.objects.filter(deleted_at=None).select_related("created_by", "folder").defer("draft")
    found = _used(live, _in_trouble_most(number), most)
    if len(found) < most:
        found = _used(live, by_recipe(by, number), most)
    _tell_standing(found[:most], number)
    others = live.exclude(pk__in=[one.recipe.pk for one in found]).order_by("name", "pk")
    return [*found, *(Used(recipe, Sums()) for recipe in others[: max(0, most - len(found))])][:most]


def _used(live: "QuerySet[Recipe]", sums: dict[int, Sums], most: int) -> list[Used]:
    """As many as are wanted, or more."""
    found: list[Used] = []
    for batch in _batches(sorted(sums, key=lambda pk: (-sums[pk].bad, -sums[pk].runs)), most):
        known = live.in_bulk(batch)
        found += [Used(known[pk], sums[pk]) for pk in batch if pk in known]
        if len(found) >= most:
            break
    return found


def since(number: int) -> datetime:
    """The midnight at which the last `number` days begin."""
    return _midnight(timezone.localdate() - timedelta(days=number - 1))


def _in_trouble_most(number: int) -> dict[int, Sums]:
    """Of the recipes with the most trouble, by their id."""
    rows = HourCount.objects.extra(where=[HOURS_IN_TROUBLE]).filter(hour__gte=since(number)).order_by()
    bad = rows.values_list("recipe").annotate(bad=Sum("failed") + Sum("held"))
    worst = [pk for pk, _bad in bad.order_by("-bad", "recipe")[:MOST_IN_TROUBLE]]
    return _sums(HourCount.objects.filter(hour__gte=since(number), recipe__in=worst))


def _sums(rows: "QuerySet[HourCount]") -> dict[int, Sums]:
    counts = rows.order_by().values_list("recipe")
    sums = counts.annotate(**{f"all_{name}": Sum(name) for name in USED})
    return {pk: Sums(*found) for pk, *found in sums}


def _tell_standing(found: list[Used], number: int) -> None:
    bad = {one.recipe.pk: one for one in found if one.sums.bad}
    if not bad:
        return
    rows = _in_trouble(number).values_list("recipe_id", "status")[:MOST_ERRORS]
    for pk, status in sorted(set(rows), key=lambda row: row[1] == RunStatus.FAILED):
        if pk in bad:
            bad[pk].standing = status


def by_recipe(by: Actor, number: int) -> dict[int, Sums]:
    """Of each recipe that did something in the last `number` days, by its id."""
    return remembered(by, f"recipes:{number}", lambda: _sums(HourCount.objects.filter(hour__gte=since(number))))


def remembered(by: Actor, name: str, ask: Callable[[], K]) -> K:
    """What takes long to add up is kept for a while: three hundred times as long as it took, ten minutes at most."""
    key, began = f"overview:{by.workspace.slug}:{timezone.localdate()}:{name}", monotonic()
    known: K | None = cache.get(key)
    if known is None:
        known = ask()
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
    busiest = sorted(found.values(), key=lambda one: (-one.peak, -one.spending.used_today))[:most]
    _name_askers(by, busiest)
    return busiest


def _name_askers(by: Actor, spent: list[Spent]) -> None:
    home = {row.pk: one for one in spent for row in one.connections}
    sums: dict[int, Counter[int]] = {id(one): Counter() for one in spent}
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    which = f"askers:{today.date()}:{crc32(repr(sorted(home)).encode())}"
    for connection, recipe, calls in remembered(by, which, lambda: _askers(list(home), today)):
        sums[id(home[connection])][recipe] += calls
    most = {key: counted.most_common(ASKERS) for key, counted in sums.items()}
    ids = {pk for counted in most.values() for pk, _calls in counted}
    named = Recipe.objects.filter(deleted_at=None).only("public_id", "name").in_bulk(ids)
    for one in spent:
        one.by_recipe.extend((named[pk], calls) for pk, calls in most[id(one)] if pk in named)


def _askers(connections: list[int], since: datetime) -> list[tuple[int, int, int]]:
    """Connection, recipe and calls since then, of those with the most."""
    rows = HourCalls.objects.filter(hour__gte=since, connection__in=connections).order_by()
    summed = rows.values_list("connection", "recipe").annotate(n=Sum("calls"))
    return list(summed.order_by("-n")[:MOST_ASKERS])
