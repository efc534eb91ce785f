"""Dates and times: read in the spellings people and services use, moved about, written by name. Never a clock."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from builder.recipe.errors import Wrong, shown

MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NAMED = {
    "iso": "%Y-%m-%d",
    "short": "%-d %b %Y",
    "long": "%A %-d %B %Y",
    "european": "%d.%m.%Y",
    "british": "%d/%m/%Y",
    "us": "%m/%d/%Y",
    "month": "%B %Y",
    "weekday": "%A",
    "time": "%H:%M",
    "datetime": "%-d %b %Y, %H:%M",
}
WAY_OUT = "Write it as year-month-day, such as 2026-11-22."

_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(Z|z|UTC|[+-]\d\d:?(?:\d\d)?)?)?",
    re.ASCII,
)
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]+)\.?|([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?),? (\d{4})", re.A
)
_TOKEN = re.compile(r"%-?[A-Za-z%]")


def day(value: Any, zone: str | tzinfo) -> date:
    """The calendar day in that zone."""
    found = moment(value, zone)
    return found.date() if isinstance(found, datetime) else found


def instant(value: Any, zone: str | tzinfo) -> datetime:
    """The time with its zone; a bare date is midnight there."""
    found = moment(value, zone)
    return found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=in_zone(zone))


def moment(value: Any, zone: str | tzinfo) -> date | datetime:
    """A date, or a time in the zone, whichever the value is. Whole numbers are Unix seconds or milliseconds."""
    try:
        return _moment(value, in_zone(zone))
    except (ValueError, OverflowError, OSError):
        raise Wrong(f"{shown(value)} isn't a date that exists. {WAY_OUT}") from None


def plus_days(when: date, days: int) -> date:
    try:
        return when + timedelta(days=days)
    except OverflowError:
        raise Wrong(f"{days} days from {when:%Y-%m-%d} is outside the calendar. Use a smaller number.") from None


def plus_months(when: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Wrong(f"{months} months from {when.year}-{when.month:02} is outside the calendar. Use a smaller number.")
    return when.replace(year=year, month=month + 1, day=min(when.day, monthrange(year, month + 1)[1]))


def end_of_month(when: date) -> date:
    return when.replace(day=monthrange(when.year, when.month)[1])


def written(when: date, style: str) -> str:
    """By name (`NAMED`) or by `%d`-like letters; the words are English."""
    return _TOKEN.sub(lambda token: _part(when, token[0]), NAMED.get(style, style))


def plain(when: date) -> str:
    """How a date is written into text: ISO 8601."""
    return when.isoformat()


@lru_cache(maxsize=64)
def _zone_named(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong(f"There is no time zone “{name:.40}”. Choose one in the workspace's settings.") from None


def in_zone(zone: str | tzinfo) -> tzinfo:
    return _zone_named(zone) if isinstance(zone, str) else zone


def _moment(value: Any, zone: tzinfo) -> date | datetime:
    if isinstance(value, datetime):
        return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _unix(value, zone)
    text = " ".join(value.split()) if isinstance(value, str) and len(value) <= 80 else ""
    if re.fullmatch(r"\d{10}|\d{13}", text, re.ASCII):
        return _unix(int(text), zone)
    if match := _ISO.fullmatch(text):
        return _iso(match, zone)
    if match := _NUMERIC.fullmatch(text):
        return _numeric(value, match)
    if match := _WORDS.fullmatch(re.sub(r"^[a-z]+day,? ", "", text.lower())):
        return date(int(match[5]), _month(match[2] or match[3]), int(match[1] or match[4]))
    if re.match(r"[A-Za-z]{3}, \d", text):
        return parsedate_to_datetime(text).astimezone(zone)
    raise Wrong(f"{shown(value)} isn't a date. {WAY_OUT}")


def _unix(number: int, zone: tzinfo) -> datetime:
    seconds = number / 1000 if abs(number) >= 10**11 else number
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def _iso(match: re.Match[str], zone: tzinfo) -> date | datetime:
    year, month, day = (int(match[i]) for i in (1, 2, 3))
    if match[4] is None:
        return date(year, month, day)
    micro = int((match[7] or "").ljust(6, "0")[:6])
    when = datetime(year, month, day, int(match[4]), int(match[5]), int(match[6] or 0), micro, tzinfo=zone)
    return when if match[8] is None else when.replace(tzinfo=_offset(match[8])).astimezone(zone)


def _offset(text: str) -> tzinfo:
    if text.upper() in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    return datetime.strptime(f"{text[0]}{digits}", "%z").tzinfo or UTC


def _numeric(value: Any, match: re.Match[str]) -> date:
    one, two, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or one > 12 or one == two:
        return date(year, two, one)
    if two > 12:
        return date(year, one, two)
    raise Wrong(f"{shown(value)} can be read as day/month or month/day. {WAY_OUT}")


def _month(name: str) -> int:
    found = [i for i, month in enumerate(MONTHS, 1) if name in (month.lower(), month[:3].lower(), month[:4].lower())]
    if not found:
        raise ValueError(name)
    return found[0]


def _part(when: date, token: str) -> str:
    bare, letter = token[1] == "-", token[-1]
    hour, minute, second = (getattr(when, name, 0) for name in ("hour", "minute", "second"))
    numbers = {"d": when.day, "m": when.month, "H": hour, "I": hour % 12 or 12, "M": minute, "S": second}
    if letter in numbers:
        return str(numbers[letter]) if bare else f"{numbers[letter]:02}"
    month, weekday = MONTHS[when.month - 1], DAYS[when.weekday()]
    words = {
        "Y": f"{when.year:04}", "y": f"{when.year % 100:02}", "B": month, "b": month[:3], "A": weekday,
        "a": weekday[:3], "p": "AM" if hour < 12 else "PM", "j": f"{when.timetuple().tm_yday:03}", "%": "%",
        "F": f"{when.year:04}-{when.month:02}-{when.day:02}", "T": f"{hour:02}:{minute:02}:{second:02}",
    }  # fmt: skip
    return words.get(letter, token)
