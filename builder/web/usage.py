"""What a workspace did lately, from the hourly counts alone, and the drawing of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.models import Connection, HourCount, Recipe, Run, RunStatus

HOURS = 24
LEFT, TOP, WIDTH, HEIGHT = 40, 8, 900, 130
COUNTED = ("runs", "done", "filtered", "failed", "held", "calls")


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    height: float
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Positions for an SVG, and the sentence that says the same."""

    bars: list[Bar]
    lines: list[tuple[float, int]]
    labels: list[str]
    sentence: str
    width: int = WIDTH
    height: int = HEIGHT + TOP
    left: int = LEFT
    bar: float = (WIDTH - LEFT) / HOURS * 0.62


def today() -> dict[str, int]:
    """Sums since midnight, in the workspace's zone."""
    sums = HourCount.objects.filter(hour__gte=midnight()).aggregate(**{name: Sum(name) for name in COUNTED})
    return {name: sums[name] or 0 for name in COUNTED}


def held() -> int:
    return Run.objects.filter(status=RunStatus.HELD).count()


def recipes() -> QuerySet[Recipe]:
    """With today's counts, those that need a hand first."""
    since = Q(hours__hour__gte=midnight())
    counts: dict[str, Any] = {
        f"today_{name}": Coalesce(Sum(f"hours__{name}", filter=since), 0) for name in ("runs", "failed", "held")
    }
    rows = Recipe.objects.filter(deleted_at=None).annotate(**counts)
    bad = F("today_failed") + F("today_held")
    return rows.order_by(bad.desc(), F("today_runs").desc(), "name")


def connections() -> QuerySet[Connection]:
    return Connection.objects.filter(deleted_at=None).order_by("connector", "name")


def calls_by_hour() -> Chart:
    first = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    rows = HourCount.objects.filter(hour__gte=first).values_list("hour").annotate(calls=Sum("calls"))
    known = {hour: calls or 0 for hour, calls in rows.order_by()}
    hours = [first + timedelta(hours=n) for n in range(HOURS)]
    return chart([(hour, known.get(hour, 0)) for hour in hours])


def chart(counts: list[tuple[datetime, int]]) -> Chart:
    top = _round_up(max(count for _hour, count in counts))
    step = (WIDTH - LEFT) / len(counts)
    bars = []
    for place, (hour, count) in enumerate(counts):
        height = round(count / top * HEIGHT, 1)
        said = ngettext("%(at)s: %(n)d call", "%(at)s: %(n)d calls", count) % {"at": _clock(hour), "n": count}
        bars.append(Bar(round(LEFT + place * step, 1), round(TOP + HEIGHT - height, 1), height, said))
    lines = [(TOP + HEIGHT - HEIGHT * part / 2, top * part // 2) for part in (1, 2)]
    return Chart(bars, lines, [_clock(hour) for hour, _count in counts[::6]] + [_("now")], _sentence(counts))


def midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _sentence(counts: list[tuple[datetime, int]]) -> str:
    total = sum(count for _hour, count in counts)
    if not total:
        return _("No calls went out in the last 24 hours.")
    hour, most = max(counts, key=lambda pair: pair[1])
    said = ngettext(
        "%(total)s call went out in the last 24 hours; most, %(most)s, in the hour from %(hour)s.",
        "%(total)s calls went out in the last 24 hours; most, %(most)s, in the hour from %(hour)s.",
        total,
    )
    return said % {"total": f"{total:,}", "most": f"{most:,}", "hour": _clock(hour)}


def _clock(hour: datetime) -> str:
    return timezone.localtime(hour).strftime("%H:%M")


def _round_up(most: int) -> int:
    """The next even figure that reads well: 2, 4, 10, 20, 40, 100 …"""
    scale = 1
    while True:
        for step in (2, 4, 10):
            if step * scale >= most:
                return step * scale
        scale *= 10
