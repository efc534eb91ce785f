"""What a workspace did lately, drawn: positions for a chart, and the sentence that says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions.overview import Day

LEFT, TOP, WIDTH, HEIGHT = 34, 12, 760, 224
LINES = 4
MARKS, WEEK = 5, 7
"""Days that are named below the bars, the first and the last among them; of a week all."""
WORTH_SHOWING = 0.01
"""The share of runs in trouble from which a day shows them."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Bar:
    day: Day
    x: float
    y: float
    height: float
    bad_y: float
    bad_height: float
    """0 where there is too little trouble to see."""
    weekend: bool
    said: str
    amount: str = ""
    """Of a chart of amounts; empty for none."""

    @property
    def period(self) -> str:
        """For the address of that day's runs."""
        return self.day.day.isoformat()


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    lines: list[tuple[float, int]]
    labels: list[str]
    sentence: str
    width: int
    bar: float
    height: int = TOP + HEIGHT
    left: int = LEFT


def chart(days: list[Day]) -> Chart:
    """The oldest day first."""
    top = _round_up(max(max(day.runs, day.bad) for day in days))
    step = (WIDTH - LEFT) / len(days)
    bars = [_bar(place, day, top, step) for place, day in enumerate(days)]
    return Chart(bars, _lines(top), _labels(days), _sentence(days), WIDTH, _width(step))


def of_amounts(days: list[Day], amounts: Sequence[float], say: Callable[[float], str], sentence: str) -> Chart:
    """The same of one figure a day, in words by `say`."""
    top = _round_up(max(1, ceil(max(amounts))))
    step = (WIDTH - LEFT) / len(days)
    bars = []
    for place, (day, amount) in enumerate(zip(days, amounts, strict=True)):
        green, told = max(2.0, amount / top * HEIGHT) if amount else 0.0, say(amount)
        bars.append(_stood(place, day, step, green, 0.0, f"{_short(day.day)}: {told}", told if amount else ""))
    return Chart(bars, _lines(top), _labels(days), sentence, WIDTH, _width(step))


def span(minutes: int) -> str:
    """ "34 h 10 min" """
    hours, rest = divmod(minutes, 60)
    told = [_("%(n)s h") % {"n": f"{hours:,}"}] if hours else []
    return " ".join([*told, _("%(n)d min") % {"n": rest}] if rest or not hours else told)


def _lines(top: int) -> list[tuple[float, int]]:
    return [(TOP + HEIGHT - HEIGHT * part / LINES, top * part // LINES) for part in range(1, LINES + 1)]


def _labels(days: list[Day]) -> list[str]:
    marks = len(days) if len(days) <= WEEK else MARKS
    return [_short(days[round(place * (len(days) - 1) / (marks - 1))].day) for place in range(marks)]


def _bar(place: int, day: Day, top: int, step: float) -> Bar:
    bad = day.bad if day.bad > WORTH_SHOWING * day.runs else 0
    red = max(3.0, bad / top * HEIGHT) if bad else 0.0
    green = max(2.0, (day.runs - bad) / top * HEIGHT) if day.runs > bad else 0.0
    return _stood(place, day, step, green, red, _said(day))


def _stood(place: int, day: Day, step: float, green: float, red: float, said: str, amount: str = "") -> Bar:
    """Of these heights, the red one on the green one."""
    foot = TOP + HEIGHT
    return Bar(
        day,
        x=round(LEFT + place * step + (step - min(40, step * 0.62)) / 2, 1),
        y=round(foot - green, 1),
        height=round(green, 1),
        bad_y=round(foot - green - red - (2 if green and red else 0), 1),
        bad_height=round(red, 1),
        weekend=day.day.weekday() >= SATURDAY,
        said=said,
        amount=amount,
    )


def _width(step: float) -> float:
    return round(min(40, step * 0.62), 1)


def _said(day: Day) -> str:
    said = ngettext("%(day)s: %(n)s run", "%(day)s: %(n)s runs", day.runs)
    said %= {"day": _short(day.day), "n": f"{day.runs:,}"}
    return f"{said}, {_times_bad(day.bad)}" if day.bad else said


def _times_bad(number: int) -> str:
    """One run may have failed several times, and on another day than it began."""
    said = ngettext("%(n)s time failed or put on hold", "%(n)s times failed or put on hold", number)
    return said % {"n": f"{number:,}"}


def _sentence(days: list[Day]) -> str:
    total, bad = sum(day.runs for day in days), sum(day.bad for day in days)
    if not total and not bad:
        return _("Nothing ran in the last %(days)d days.") % {"days": len(days)}
    if not total:
        said = _("No run began in the last %(days)d days; those of before: %(trouble)s.")
        return said % {"days": len(days), "trouble": _times_bad(bad)}
    most = max(days, key=lambda day: day.runs)
    said = ngettext(
        "%(total)s run in the last %(days)d days; most, %(most)s, on %(day)s.",
        "%(total)s runs in the last %(days)d days; most, %(most)s, on %(day)s.",
        total,
    )
    words = {"total": f"{total:,}", "days": len(days), "most": f"{most.runs:,}", "day": _short(most.day)}
    return f"{said % words} {f'{_times_bad(bad)}.' if bad else _('None failed.')}"


def _short(day: date) -> str:
    return formats.date_format(day, "j M")


def _round_up(most: int) -> int:
    """The next figure that reads well and that four lines divide: 4, 8, 20, 40, 80, 200 …"""
    scale = 1
    while True:
        for step in (4, 8, 20):
            if step * scale >= most:
                return step * scale
        scale *= 10
