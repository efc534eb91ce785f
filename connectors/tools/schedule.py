"""When a recipe starts by the clock."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors import fields as f
from connectors.errors import Refused
from connectors.notation import Outputs, outputs
from connectors.spec import Sighting, Trigger
from connectors.tools import cron

EVERY = (("hour", "Hour"), ("day", "Day"), ("week", "Week"), ("month", "Month"), ("cron", "Cron line"))
WEEKDAYS = tuple(
    (str(n), name)
    for n, name in enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], 1)
)
SAMPLE = {
    "due_at": "2026-11-23T08:00:00+00:00",
    "local": "2026-11-23T09:00:00+01:00",
    "date": "2026-11-23",
    "time": "09:00",
    "weekday": "Monday",
}
MISSED = (
    ("once", "Run once, for the newest"),
    ("all", "Run for each, 24 at most"),
    ("skip", "Leave them out"),
)
MOST = 24
"""Missed times that are made up for, at most."""
GRACE = timedelta(minutes=5)
"""So late a time still counts as kept."""
LEAP = 31 * 2
"""Days looked ahead: the 31st comes at the latest in the month after next."""
FAR = 366 * 8 + 2
"""Days looked ahead for a cron line: the 29th of February is away for eight years at most."""
REACH = {
    "cron": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}
UTC = ZoneInfo("UTC")
NONE = timedelta()


def next_due(inputs: Mapping[str, Any], after: datetime, zone: str) -> datetime:
    """The first moment after an aware time, in UTC's calendar of the given zone. Raises Refused for inputs that name
    no moment. A time that the clock skips in spring is taken at the instant it was skipped; one that it repeats in
    autumn counts once."""
    place = _zone(str(inputs.get("zone") or zone))
    if inputs.get("every") == "cron":
        return _next_by(cron.parse(str(inputs.get("cron") or "")), after, place)
    at, every = _at(str(inputs.get("at") or "09:00")), str(inputs.get("every") or "day")
    if every == "hour":
        return _next_hour(after, at.minute, place)
    start = after.astimezone(place).date()
    for ahead in range(LEAP + 1):
        day = start + timedelta(days=ahead)
        moment = _instant(datetime.combine(day, at, place))
        if _is_day(day, every, inputs) and moment > after:
            return moment
    raise Refused("This schedule never comes: choose a day of the week or month.", field="every")


def _next_by(line: cron.Line, after: datetime, place: ZoneInfo) -> datetime:
    start = after.astimezone(place).date()
    days = (start + timedelta(days=ahead) for ahead in range(FAR))
    for day in days:
        moments = _moments(line, day, place) if line.is_day(day) else ()
        if moments and moments[-1] > after:
            return moments[bisect_right(moments, after)]
    raise Refused("No day is like that in this cron line: look at its days and months.", field="cron")


@lru_cache(16)
def _moments(line: cron.Line, day: date, place: ZoneInfo) -> tuple[datetime, ...]:
    """In order. In an hour that autumn repeats, what comes every hour comes twice, all else once. Kept, because who
    walks from one to the next through days of minutes that were missed asks for the same day a thousand times."""
    local = [datetime.combine(day, at, place) for at in line.times]
    again = [moment.replace(fold=1) for moment in local] if line.hourly else []
    return tuple(sorted({*map(_instant, local), *(m.astimezone(UTC) for m in again if _goes_back(m))}))


def _goes_back(second: datetime) -> bool:
    """Whether the clock shows that time a second time."""
    return (second.utcoffset() or NONE) < (second.replace(fold=0).utcoffset() or NONE)


def to_run(inputs: Mapping[str, Any], due: datetime, now: datetime, zone: str) -> list[datetime]:
    """Of all the times from `due`, which was the next one, up to now: those to run for, as the recipe wants it."""
    wanted = str(inputs.get("missed") or "once")
    times = _times(inputs, due, now, zone)
    if wanted == "all":
        return times[-MOST:]
    return [t for t in times[-1:] if wanted != "skip" or now - t <= GRACE]


def _times(inputs: Mapping[str, Any], due: datetime, now: datetime, zone: str) -> list[datetime]:
    """After a long absence only the newest: no more are made up for."""
    reach = REACH.get(str(inputs.get("every") or "day"), REACH["day"]) * (MOST + 1)
    at = due if now - due < reach else next_due(inputs, now - reach, zone)
    at = due if at > now else at  # it comes more rarely than that
    found: list[datetime] = []
    while at <= now:
        found.append(at)
        at = next_due(inputs, at, zone)
    return found


def moment(due: datetime, zone: str) -> dict[str, str]:
    """What a recipe gets of the moment it started at: the body the runner hands to `read`."""
    local = due.astimezone(_zone(zone))
    return {
        "due_at": due.astimezone(UTC).isoformat(),
        "local": local.isoformat(),
        "date": local.date().isoformat(),
        "time": local.strftime("%H:%M"),
        "weekday": WEEKDAYS[local.weekday()][1],
    }


def read(body: Mapping[str, Any], event: str) -> Sighting:
    return Sighting("schedule", str(body.get("due_at", "")), {}, dict(body))


def _next_hour(after: datetime, minute: int, place: ZoneInfo) -> datetime:
    """Minutes of the zone's own clock, which may be half an hour off the world's."""
    this = after.astimezone(UTC).replace(second=0, microsecond=0)
    while this <= after or this.astimezone(place).minute != minute:
        this += timedelta(minutes=1)
    return this


def _instant(local: datetime) -> datetime:
    """In UTC; where the clock jumps over a local time, the instant of the jump."""
    early, late = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    if late <= early or late.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return late
    after = late.astimezone(local.tzinfo).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (early, middle) if middle.astimezone(local.tzinfo).utcoffset() == after else (middle, late)
    return late.replace(microsecond=0)


def _is_day(day: date, every: str, inputs: Mapping[str, Any]) -> bool:
    if every == "week":
        return str(day.isoweekday()) in _weekdays(inputs)
    if every == "month":
        wanted = int(inputs.get("day") or 1)
        return day.day == wanted or (wanted > day.day and (day + timedelta(days=1)).month != day.month)
    return True


def _weekdays(inputs: Mapping[str, Any]) -> list[str]:
    chosen = inputs.get("weekdays") or ["1"]
    return [chosen] if isinstance(chosen, str) else [str(day) for day in chosen]


def _at(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().zfill(5))
    except ValueError:
        raise Refused(f"{text!r} is no time of day: write it like 09:00.", field="at") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(f"There is no time zone {name!r}: choose one such as Europe/Berlin.", field="zone") from None


DUE = Trigger(
    key="tools.schedule.due",
    label="A time comes",
    object="schedule",
    fired=lambda seen, now, since, inputs: True,
    fields=(
        f.choice("every", choices=EVERY, default="day", required=True),
        f.text("at", "Such as 09:00. Every hour takes only the minutes of it.", label="Time", default="09:00"),
        f.choices("weekdays", "When it is every week.", label="On", choices=WEEKDAYS, default=["1"]),
        f.integer("day", "When it is every month; 31 is always the last day.", label="Day of the month", default=1),
        f.text(
            "cron",
            "When it is by a cron line: minute, hour, day, month and weekday, such as 0 9 * * 1-5.",
            label="Cron line",
            example="0 9 * * 1-5",
            more=True,
        ),
        f.text(
            "zone", "Leave empty for the workspace's, or write one such as Europe/Berlin.", label="Time zone", more=True
        ),
        f.choice(
            "missed",
            "What becomes of times at which Recette was switched off or could not run.",
            label="Missed times",
            choices=MISSED,
            default="once",
            more=True,
        ),
    ),
    outputs=Outputs(lambda: outputs(SAMPLE)),
    sample=SAMPLE,
    words=("every day", "daily", "weekly", "monthly", "hourly", "cron", "timer", "clock"),
    help="Starts the recipe again and again, at the time you choose.",
)
