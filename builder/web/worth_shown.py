"""The overview's chart: of runs, of the time saved, or of one kind of money; and the sums to choose it by."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import worth
from builder.actions.actor import Actor
from builder.actions.overview import Day
from builder.templatetags import look
from builder.web import usage

TIME = "time"
LONG = 120
"""Minutes on one day from which on the chart counts hours."""


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    """For the address; empty: runs."""
    icon: str
    label: str
    total: str
    aside: str


@dataclass(frozen=True, slots=True)
class Shown:
    chart: usage.Chart
    title: str
    unit: str
    """Of the figures beside the chart."""
    chosen: str
    choices: list[Choice]


def shown(by: Actor, days: list[Day], chosen: str) -> Shown:
    """What nobody knows is shown as runs."""
    flows = worth.money(by, len(days))
    choices = [_of_runs(days), _of_time(by, days), *map(_of_money, flows)]
    flow = next((one for one in flows if one.key == chosen), None)
    if flow:
        return _money(days, flow, choices)
    if chosen == TIME:
        return _time(by, days, choices)
    return Shown(usage.chart(days), _("Runs per day"), "", "", choices)


def _of_runs(days: list[Day]) -> Choice:
    runs, bad = sum(day.runs for day in days), sum(day.bad for day in days)
    share = f"{1 - min(bad, runs) / runs:.1%}" if runs else "–"
    return Choice("", "player-play", _("Runs"), f"{runs:,}", _("%(share)s without trouble") % {"share": share})


def _of_time(by: Actor, days: list[Day]) -> Choice:
    writes, each = sum(day.writes for day in days), by.workspace.minutes_by_hand
    aside = ngettext("%(n)s change", "%(n)s changes", writes) % {"n": f"{writes:,}"}
    aside = _("%(changes)s, %(each)d min each by hand") % {"changes": aside, "each": each}
    return Choice(TIME, "clock", _("Time saved"), usage.span(worth.minutes(by, days)), aside)


def _of_money(flow: worth.Flowing) -> Choice:
    aside = ngettext("%(n)s document", "%(n)s documents", flow.documents) % {"n": f"{flow.documents:,}"}
    return Choice(flow.key, "coin", str(worth.WORDS[flow.flow]), look.money(flow.total, flow.currency), aside)


def _time(by: Actor, days: list[Day], choices: list[Choice]) -> Shown:
    minutes = [day.writes * by.workspace.minutes_by_hand for day in days]
    hours = max(minutes) >= LONG
    total = usage.span(sum(minutes))
    sentence = _("%(time)s of work by hand in the last %(days)d days.") % {"time": total, "days": len(days)}
    drawn = usage.of_amounts(
        days,
        [one / 60 if hours else one for one in minutes],
        lambda amount: usage.span(round(amount * 60 if hours else amount)),
        sentence if any(minutes) else _("Nothing was changed in the last %(days)d days.") % {"days": len(days)},
    )
    return Shown(drawn, _("Time saved per day"), _("hours") if hours else _("minutes"), TIME, choices)


def _money(days: list[Day], flow: worth.Flowing, choices: list[Choice]) -> Shown:
    amounts = [flow.by_day.get(day.day, Decimal(0)) for day in days]
    said = _("%(word)s: %(total)s in the last %(days)d days.")
    word = str(worth.WORDS[flow.flow])
    drawn = usage.of_amounts(
        days,
        [float(amount) for amount in amounts],
        lambda amount: look.money(round(amount, 2), flow.currency),
        said % {"word": word, "total": look.money(flow.total, flow.currency), "days": len(days)},
    )
    return Shown(drawn, _("%(word)s per day") % {"word": word}, flow.currency, flow.key, choices)
