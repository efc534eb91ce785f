"""What somebody should know of: noticed, counted together while its cause lasts, and over when that is gone.

A run that fails or is put on hold is noted in the transaction it happens in; what stands in rows is found by looks.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.models import (
    Alert,
    AlertKind,
    AuditHead,
    Bucket,
    Connection,
    Health,
    HourCount,
    Recipe,
    RecipeState,
    Run,
    RunStatus,
    Workspace,
)
from builder.models.columns import random_id
from builder.runner import limits, turn
from builder.runner.clock import now

LOOK_EVERY, QUIET_EVERY = 10.0, 600.0
"""Seconds between two looks for troubles, and for recipes that are quiet."""
ENOUGH = 0.8
"""Of a day's calls."""
FORGET = timedelta(hours=24)
"""After so long without another, failed runs are yesterday's news."""
KEPT = timedelta(days=90)
DAYS, KNOWN, LEAST = 14, 10, 3
"""Days looked back at, those of them that must tell something, and the fewest runs by now on any of them."""
_looked = _listened = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    workspace_id: int
    kind: str
    of: str
    """`recipe`, `connection` or `workspace`."""
    id: int
    sentence: str
    run_id: int | None = None
    number: int = 1

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.of}:{self.id}"


_RAISE = """
    INSERT INTO builder_alert (public_id, workspace_id, kind, recipe_id, connection_id, run_id, sentence, number,
        began_at, newest_at, open_key, due) VALUES {}
    ON CONFLICT (open_key) DO {}
"""
_MORE = """UPDATE SET number = builder_alert.number + excluded.number, newest_at = excluded.newest_at,
    sentence = excluded.sentence, run_id = excluded.run_id, due = excluded.due"""


def note(troubles: Iterable[Trouble], once: bool = False) -> None:
    """Inside a transaction. `once`: of those that last already nothing more is told."""
    found = sorted(troubles, key=lambda one: one.key)  # in one order: two who write never wait for each other
    moment = database.ops.adapt_datetimefield_value(now())
    for start in range(0, len(found), 50):
        part = found[start : start + 50]
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(part))
        values = [value for one in part for value in _row(one, moment)]
        with database.cursor() as cursor:
            cursor.execute(_RAISE.format(marks, "NOTHING" if once else _MORE), values)


def _row(one: Trouble, moment: Any) -> tuple[Any, ...]:
    recipe, connection = (one.id if one.of == of else None for of in ("recipe", "connection"))
    about = (random_id(), one.workspace_id, one.kind, recipe, connection, one.run_id)
    return (*about, one.sentence[:2000], one.number, moment, moment, one.key, True)


# Looks


def look() -> None:
    """By any number of schedulers, now and then; what lasts is noted once."""
    global _looked, _listened
    moment = time.monotonic()
    if _looked and moment - _looked < LOOK_EVERY / settings.TIME_SCALE:
        return
    _looked = moment
    found = [*_connections(), *_paused(), *_budgets(), *_broken()]
    if not _listened or moment - _listened >= QUIET_EVERY / settings.TIME_SCALE:
        _listened = moment
        found += quiet()
    known = set(Alert.objects.filter(open_key__isnull=False).values_list("open_key", flat=True)) if found else set()
    if new := [one for one in found if one.key not in known]:
        with turn.writing():
            note(new, once=True)
    settle()


def _connections() -> Iterator[Trouble]:
    rows = Connection.objects.filter(health__in=(Health.SIGNED_OUT, Health.TROUBLE), deleted_at=None)
    for row in rows.only("pk", "workspace_id", "trouble")[:500]:
        yield Trouble(row.workspace_id, AlertKind.CONNECTION, "connection", row.pk, row.trouble)


def _paused() -> Iterator[Trouble]:
    rows = Recipe.objects.filter(state=RecipeState.PAUSED, deleted_at=None).exclude(paused_by="")
    for row in rows.only("pk", "workspace_id", "paused_because")[:500]:
        yield Trouble(row.workspace_id, AlertKind.PAUSED, "recipe", row.pk, row.paused_because)


def _budgets() -> Iterator[Trouble]:
    today = now().astimezone(UTC).date()
    used = dict(Bucket.objects.filter(day=today, used_today__gt=0).values_list("key", "used_today"))
    if not used:
        return
    for row in Connection.objects.filter(deleted_at=None).order_by("pk"):
        key, budget = limits.counted(row) or ("", None)
        daily, spent = budget.daily if budget else None, used.get(key, 0)
        if daily and spent >= daily * ENOUGH:
            said = _("%(used)s of %(all)s calls are used today. Beyond that the service takes none until midnight UTC.")
            sentence = said % {"used": f"{spent:,}", "all": f"{daily:,}"}
            yield Trouble(row.workspace_id, AlertKind.BUDGET, "connection", row.pk, sentence)


def _broken() -> Iterator[Trouble]:
    """Audit logs that the last look at them found changed."""
    for row in AuditHead.objects.exclude(trouble="").only("workspace_id", "trouble")[:500]:
        yield Trouble(row.workspace_id, AlertKind.AUDIT, "workspace", row.workspace_id, row.trouble)


def quiet() -> list[Trouble]:
    """Live recipes that on each of the last days had run by this time of the day, and today have not."""
    found: list[Trouble] = []
    for workspace in Workspace.objects.filter(demo=False):
        found += _quiet_in(workspace)
    return found


def _quiet_in(workspace: Workspace) -> Iterator[Trouble]:
    zone = ZoneInfo(workspace.zone)
    here = now().astimezone(zone)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    live = Recipe.objects.filter(workspace=workspace, state=RecipeState.LIVE, deleted_at=None)
    old = live.filter(Q(resumed_at=None) | Q(resumed_at__lt=now() - timedelta(days=1)))
    today = HourCount.objects.filter(recipe=OuterRef("pk"), hour__gte=midnight - timedelta(hours=1), runs__gt=0)
    ids = list(old.filter(~Exists(today)).values_list("pk", flat=True))
    for start in range(0, len(ids), 200):
        for recipe_id, days in _days(ids[start : start + 200], here, zone).items():
            usual = _usual(days, here)
            if usual:
                least, most = usual
                said = ngettext("Normally %(usual)s run by this time of the day, today none.",
                                "Normally %(usual)s runs by this time of the day, today none.", most)  # fmt: skip
                shown = f"{least:,}" if least == most else f"{least:,}–{most:,}"
                yield Trouble(workspace.pk, AlertKind.QUIET, "recipe", recipe_id, said % {"usual": shown})


def _days(ids: Sequence[int], here: datetime, zone: ZoneInfo) -> Mapping[int, Counter[Any]]:
    """Runs by recipe and day, of each day those until this hour of it; the hour that is under way is not over."""
    since = (here - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = HourCount.objects.filter(recipe__in=ids, hour__gte=since, runs__gt=0).values_list("recipe", "hour", "runs")
    found: dict[int, Counter[Any]] = defaultdict(Counter)
    for recipe_id, hour, runs in rows:
        local = hour.astimezone(zone)
        if local.hour < here.hour:
            found[recipe_id][local.date()] += runs
    return found


def _usual(days: Counter[Any], here: datetime) -> tuple[int, int] | None:
    """(fewest, most) on days like this one: working days, or days of the weekend; None where that tells nothing."""
    free = here.weekday() >= 5
    back = [here.date() - timedelta(days=number) for number in range(1, DAYS + 1)]
    alike = [day for day in back if (day.weekday() >= 5) == free]
    counts = [days[day] for day in alike]
    enough = sum(count > 0 for count in counts) >= (len(alike) if free else KNOWN)
    return (min(counts), max(counts)) if enough and min(counts) >= LEAST else None


# When the cause is gone


def settle() -> int:
    """How many are over by now."""
    over = [row.pk for row in Alert.objects.filter(open_key__isnull=False).select_related("recipe", "connection")[:1000]
            if OVER[row.kind](row)]  # fmt: skip
    if over:
        with turn.writing():
            Alert.objects.filter(pk__in=over).update(over_at=now(), open_key=None, due=False)
    return len(over)


def _stopped(status: str) -> Any:
    def over(row: Alert) -> bool:
        if row.recipe is None or row.recipe.deleted_at is not None:
            return True
        bad = Run.objects.filter(Run.has_status(status), workspace=row.workspace_id, recipe=row.recipe_id)
        return not bad.exists()

    return over


def _failed(row: Alert) -> bool:
    return row.newest_at < now() - FORGET or _stopped(RunStatus.FAILED)(row)


def _mended(row: Alert) -> bool:
    home = row.connection
    return home is None or home.deleted_at is not None or home.health in (Health.WELL, Health.UNTESTED)


def _resumed(row: Alert) -> bool:
    recipe = row.recipe
    return recipe is None or recipe.deleted_at is not None or recipe.state != RecipeState.PAUSED or not recipe.paused_by


def _heard_again(row: Alert) -> bool:
    recipe = row.recipe
    if recipe is None or recipe.deleted_at or recipe.state != RecipeState.LIVE:
        return True
    newest = Run.objects.filter(recipe=recipe).order_by("-pk").values_list("created_at", flat=True).first()
    return newest is not None and newest >= row.began_at


def _tomorrow(row: Alert) -> bool:
    return row.began_at.astimezone(UTC).date() < now().astimezone(UTC).date()


def _whole_again(row: Alert) -> bool:
    return not AuditHead.objects.filter(workspace=row.workspace_id).exclude(trouble="").exists()


OVER: dict[str, Any] = {
    AlertKind.FAILED: _failed,
    AlertKind.HELD: _stopped(RunStatus.HELD),
    AlertKind.UNKNOWN: _stopped(RunStatus.HELD),
    AlertKind.CONNECTION: _mended,
    AlertKind.PAUSED: _resumed,
    AlertKind.QUIET: _heard_again,
    AlertKind.BUDGET: _tomorrow,
    AlertKind.AUDIT: _whole_again,
}
