"""Cron lines of five fields: minute, hour, day of the month, month, day of the week. As crontab(5) has them: where both
kinds of day are given, either will do; 7 is Sunday as 0 is; names of months and days may stand for numbers."""

from datetime import date, time
from functools import lru_cache

from connectors.errors import Refused
from connectors.frozen import Frozen

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
NAMES = {name: n for n, name in enumerate(MONTHS, 1)} | {name: n for n, name in enumerate(WEEKDAYS)}
FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
EXAMPLE = "A cron line has five fields, such as 0 9 * * 1-5 for nine o'clock from Monday to Friday."


class Line(Frozen):
    times: tuple[time, ...]
    """Of each day on which it comes, in order."""
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    either: bool
    """Both kinds of day were given."""

    @property
    def hourly(self) -> bool:
        return len({at.hour for at in self.times}) == 24

    def is_day(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either else of_month and of_week


@lru_cache(256)
def parse(text: str) -> Line:
    """Raises Refused with what is wrong with it."""
    parts = text.lower().split()
    if len(parts) != len(FIELDS):
        raise Refused(f"{EXAMPLE} This one has {len(parts)}.", field="cron")
    minutes, hours, days, months, weekdays = (_field(part, *field) for part, field in zip(parts, FIELDS, strict=True))
    times = tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    return Line(times, days, months, frozenset(n % 7 for n in weekdays), either)


def _field(part: str, name: str, least: int, most: int) -> frozenset[int]:
    return frozenset(n for piece in part.split(",") for n in _piece(piece, name, least, most))


def _piece(piece: str, name: str, least: int, most: int) -> range:
    """`*`, `5`, `1-5`, `*/15`, `8-18/2`."""
    span, slash, step = piece.partition("/")
    first, dash, last = span.partition("-")
    if span == "*":
        start, end = least, most
    else:
        start = _number(first, piece, name)
        end = _number(last, piece, name) if dash else most if slash else start
    every = _number(step, piece, name) if slash else 1
    if not least <= start <= end <= most or every < 1:
        raise Refused(f"“{piece}” is no {name}: it goes from {least} to {most}. {EXAMPLE}", field="cron")
    return range(start, end + 1, every)


def _number(text: str, piece: str, name: str) -> int:
    if text in NAMES and (text in MONTHS) == (name == "month") and (text in WEEKDAYS) == (name == "day of the week"):
        return NAMES[text]
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text)
    raise Refused(f"“{piece}” can't be read as {name}. {EXAMPLE}", field="cron")
