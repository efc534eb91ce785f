"""E37: the schedule's table over the calendar's odd days, against one that was counted minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from builder.models import Event, Recipe, Subscription
from builder.recipe import tree as trees
from builder.runner import listening, schedule
from builder.runner.clock import clock, now
from tests import make
from tests.acceptance.chaos.driver import scaled
from tests.acceptance.chaos.verdict import Verdict

pytestmark = pytest.mark.django_db(transaction=True)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC")
RULES = (
    {"every": "hour", "at": "00:30"},
    {"every": "day", "at": "02:30"},
    {"every": "day", "at": "00:00"},
    {"every": "week", "at": "02:15", "weekdays": ["7"]},
    {"every": "month", "at": "23:59", "day": "29"},
    {"every": "month", "at": "02:00", "day": "31"},
)
ODD = (
    "2027-12-30",
    "2028-02-27",
    "2028-03-11",
    "2028-03-25",
    "2028-04-01",
    "2028-09-02",
    "2028-09-30",
    "2028-10-28",
    "2028-11-04",
)
"""The turns of the clocks of these zones, a leap day and an end of a year; four days from each on."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_e37_schedule_s_table_is_exact() -> None:
    verdict, days = Verdict("E37 table"), ODD[: max(2, scaled(len(ODD)))]
    missing, extra = [], []
    for first in days:
        start = datetime.fromisoformat(first).replace(tzinfo=UTC)
        table = {(r.pk, due) for r, zone, rule in made(start) for due in counted(rule, ZoneInfo(zone), start)}
        live_through(start + timedelta(days=4))
        rows = Event.objects.values_list("subscription__recipe", "change_key")
        fired = [(pk, datetime.fromisoformat(key.removeprefix("due:"))) for pk, key in rows]
        missing += sorted(table - set(fired))
        extra += sorted(set(fired) - table) + [one for one in set(fired) if fired.count(one) > 1]
        verdict.more["dues"] = verdict.more.get("dues", 0) + len(table)
        Subscription.objects.update(active=False)
        Event.objects.all().delete()

    verdict.lost, verdict.doubled = len(missing), len(extra)
    verdict.say()
    assert (missing, extra) == ([], [])


def set_clock(moment: datetime) -> None:
    clock.offset += moment - now()


def made(start: datetime) -> Iterator[tuple[Recipe, str, dict[str, object]]]:
    set_clock(start)
    for zone in ZONES:
        workspace = make.make_workspace(zone=zone)
        for rule in RULES:
            tree = trees.parse({"trigger": {"operation": "tools.schedule.due", "inputs": rule}})
            recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)
            listening.listen(recipe)
            yield recipe, zone, rule


def live_through(end: datetime) -> None:
    """The clock goes from one due time to the next, and after each goes back an hour and forth again."""
    while (due := Subscription.objects.filter(active=True).order_by("poll_at").first().poll_at) < end:
        set_clock(due + timedelta(seconds=1))
        for change in (timedelta(), -HOUR, HOUR):
            clock.offset += change
            schedule.tick()


def counted(rule: dict[str, object], zone: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """Every minute of four days is looked at; what the clock jumps over counts where it jumps, what it repeats once."""
    seen, before = set[date](), start.astimezone(zone).replace(tzinfo=None)
    for number in range(1, 4 * 24 * 60):
        moment = start + number * MINUTE
        local = moment.astimezone(zone).replace(tzinfo=None)
        passed = [before + n * MINUTE for n in range(1, (local - before) // MINUTE)] + [local]
        before = local
        if rule["every"] == "hour":
            passed = []
            if local.minute == int(str(rule["at"])[3:]):
                yield moment
        for at in passed:
            if f"{at:%H:%M}" == rule["at"] and is_day(rule, at.date()) and at.date() not in seen:
                seen.add(at.date())
                yield moment


def is_day(rule: dict[str, object], day: date) -> bool:
    if rule["every"] == "week":
        return str(day.isoweekday()) in rule["weekdays"]
    if rule["every"] == "month":
        last = (day + timedelta(days=1)).month != day.month
        return day.day == int(str(rule["day"])) or (last and day.day < int(str(rule["day"])))
    return True
