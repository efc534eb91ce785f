"""What each recipe did, hour by hour, and what the whole installation did: counted in the transaction it happened in.
Dashboards and metrics read this, never runs.

Counts of one transaction are added up and written at its end, in one order, so that two writers neither wait for each
other long nor for ever.
"""

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.db import connection
from django.db.models import Max, Min, Sum

from builder.models import AlertKind, HourCount, HourSum, Run, StepStatus, Tally
from builder.runner import alerts, money, rowforms, turn
from builder.runner.clock import now
from builder.runner.rows import MOST_VALUES, asking

COLUMNS = frozenset(["runs", "done", "filtered", "failed", "cancelled", "held", "calls", "writes"])
"""Of HourCount: counted for the recipe and for the installation. Every other name is the installation's alone."""
TROUBLES = {"failed": AlertKind.FAILED, "held": AlertKind.HELD, "guarded": AlertKind.HELD}
"""What somebody is told of. What a guard put on hold is no fault of the recipe: no column counts it, so that no brake
pauses the recipe for it."""
AT_ONCE = MOST_VALUES // (len(COLUMNS) + 3)
"""Recipes in one statement."""
SHARES = 16
LONG_OVER = timedelta(hours=25)
STILL_COUNTED = timedelta(hours=2)
"""An hour ends for all processes within that time: a count goes to the hour in which its transaction began."""
BEFORE = datetime(1970, 1, 1, tzinfo=UTC)
"""The hour of the row in which all that is long over was added up."""


class Counted(Protocol):
    run: Run
    counted: Counter[str]
    calls_over: Counter[int]
    money: list[money.Moved]


Place = tuple[int, int]
"""Recipe and workspace."""


class _Sums:
    def __init__(self) -> None:
        self.recipes: dict[Place, Counter[str]] = defaultdict(Counter)
        self.all: Counter[str] = Counter()
        self.troubles: dict[tuple[int, str], alerts.Trouble] = {}
        self.calls: Counter[tuple[int, int, int]] = Counter()
        """By workspace, recipe and connection."""
        self.money: dict[tuple[int, str, str], list[int]] = {}
        """[ten-thousandths, documents] by workspace, flow and currency."""

    def write(self) -> None:
        if self.troubles:
            alerts.note(self.troubles.values())
        hour = hour_of(now())
        _add_to_recipes(hour, self.recipes)
        if self.calls:
            _upsert(_CALLS, [(*place, hour, self.calls[place]) for place in sorted(self.calls)])
        if self.money:
            rows = [(place[0], hour, *place[1:], *sums) for place, sums in sorted(self.money.items())]
            _upsert(_MONEY, rows)
        _add_to_all(hour, self.all)


_mine = threading.local()


@contextmanager
def gathered() -> Iterator[None]:
    """Inside a transaction: what is counted meanwhile is written when the block ends well."""
    if getattr(_mine, "sums", None) is not None:
        yield
        return
    _mine.sums = sums = _Sums()
    try:
        yield
        sums.write()
    finally:
        _mine.sums = None


def add(saves: Iterable[Counted]) -> None:
    with gathered():
        for save in saves:
            for name, number in save.counted.items():
                happened(name, number, save.run, _asks(save))
            for connection_id, number in save.calls_over.items():
                if connection_id:
                    _mine.sums.calls[save.run.workspace_id, save.run.recipe_id, connection_id] += number
            for each in save.money:
                sums = _mine.sums.money.setdefault((save.run.workspace_id, each.flow, each.currency), [0, 0])
                sums[0] += each.parts
                sums[1] += each.documents


def _asks(save: Counted) -> bool:
    rows = (*getattr(save, "started", ()), *getattr(save, "finished", ()))
    return any(row.status == StepStatus.HELD for row in rows)


def happened(name: str, number: int = 1, run: Run | None = None, asks: bool = False) -> None:
    """`name` is a column of HourCount, which takes the run it happened to, or a word of the installation's own. `asks`:
    it is on hold because nobody knows whether its step was done."""
    with gathered():
        if name in TROUBLES and run is not None:
            kind = AlertKind.UNKNOWN if asks and name == "held" else TROUBLES[name]
            before = _mine.sums.troubles.get((run.recipe_id, kind))
            told = number + (before.number if before else 0)
            trouble = alerts.Trouble(run.workspace_id, kind, "recipe", run.recipe_id, run.because, run.pk, told)
            _mine.sums.troubles[run.recipe_id, kind] = trouble
        _mine.sums.all[name] += number
        if name in COLUMNS and run is not None:
            _mine.sums.recipes[run.recipe_id, run.workspace_id][name] += number


def note(**numbers: int) -> None:
    """Where no transaction is under way: writes one."""
    with turn.writing(), gathered():
        for name, number in numbers.items():
            happened(name, number)


def totals() -> dict[str, int]:
    """Since the beginning, by name."""
    return dict(Tally.objects.values_list("name").annotate(n=Sum("number")).order_by())


def lately(start: str) -> dict[str, int]:
    """Of this hour and the one before, those whose name begins so."""
    rows = Tally.objects.filter(name__startswith=start, hour__gte=hour_of(now()) - timedelta(hours=1))
    return dict(rows.values_list("name").annotate(n=Sum("number")).order_by())


def fold() -> int:
    """Adds up hours that are long over; how many rows that makes superfluous. Inside a transaction."""
    rows = Tally.objects.filter(hour__gt=BEFORE, hour__lt=now() - LONG_OVER)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(skip_locked=True)
    old = list(rows[:500])
    sums: Counter[str] = Counter()
    for row in old:
        sums[row.name] += row.number
    if sums:
        _upsert(_TALLY, [(name, BEFORE, 0, sums[name]) for name in sorted(sums)])
    Tally.objects.filter(pk__in=[row.pk for row in old]).delete()
    return len(old)


def sum_up() -> int:
    """Adds up the next hour that is over, for each workspace; how many sums that made. Inside a transaction."""
    latest = HourSum.objects.aggregate(latest=Max("hour"))["latest"] or BEFORE
    over = HourCount.objects.filter(hour__gt=latest, hour__lte=hour_of(now()) - STILL_COUNTED)
    hour = over.aggregate(first=Min("hour"))["first"]
    if hour is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SUM_UP, [_stored(hour)])
    return HourSum.objects.filter(hour=hour).count()


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _add_to_recipes(hour: datetime, counted: Mapping[Place, Counter[str]]) -> None:
    rows = [(place[1], place[0], hour, *(counted[place].get(name, 0) for name in _ORDER)) for place in sorted(counted)]
    for start in range(0, len(rows), AT_ONCE):
        _upsert(_HOUR, rows[start : start + AT_ONCE])


def _add_to_all(hour: datetime, counted: Counter[str]) -> None:
    share = os.getpid() % SHARES
    rows = [(name, hour, share, counted[name]) for name in sorted(counted)]
    if rows:
        _upsert(_TALLY, rows)


_ORDER = tuple(sorted(COLUMNS))
_HOUR = (
    f"INSERT INTO builder_hourcount (workspace_id, recipe_id, hour, {', '.join(_ORDER)}) VALUES {{}} "
    "ON CONFLICT (recipe_id, hour) DO UPDATE SET "
    + ", ".join(f"{name} = builder_hourcount.{name} + excluded.{name}" for name in _ORDER)
)
_SUM_UP = f"""
    INSERT INTO builder_hoursum (workspace_id, hour, {", ".join(_ORDER)})
    SELECT workspace_id, hour, {", ".join(f"SUM({name})" for name in _ORDER)} FROM builder_hourcount
    WHERE hour = %s GROUP BY workspace_id, hour
    ON CONFLICT (workspace_id, hour) DO NOTHING
"""
_CALLS = (
    "INSERT INTO builder_hourcalls (workspace_id, recipe_id, connection_id, hour, calls) VALUES {} "
    "ON CONFLICT (recipe_id, connection_id, hour) DO UPDATE SET calls = builder_hourcalls.calls + excluded.calls"
)
_MONEY = (
    "INSERT INTO builder_hourmoney (workspace_id, hour, flow, currency, parts, documents) VALUES {} "
    "ON CONFLICT (workspace_id, hour, flow, currency) DO UPDATE SET parts = builder_hourmoney.parts + excluded.parts, "
    "documents = builder_hourmoney.documents + excluded.documents"
)
_TALLY = (
    "INSERT INTO builder_tally (name, hour, share, number) VALUES {} "
    "ON CONFLICT (name, hour, share) DO UPDATE SET number = builder_tally.number + excluded.number"
)


def _upsert(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """One statement for all rows, whether they exist or not."""
    marks = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
    with asking() as cursor:
        cursor.execute(statement.format(marks), [_stored(value) for row in rows for value in row])


def _stored(value: Any) -> Any:
    return rowforms.moment(value) if isinstance(value, datetime) else value
