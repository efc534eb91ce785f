"""The formatters a pill can be sent through: `{{ trigger.contact.name | first_word | upper }}`.

Each is a Liquid filter with a label, a sentence of help and an example for the picker. A function takes the value, then
what follows the colon, then (where it asks for `about`) zone, currency and now.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date as Date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from urllib.parse import quote

from builder.recipe import coerce, dates, money
from builder.recipe.coerce import MAX_TEXT, About, text
from builder.recipe.errors import TooMuch, Wrong, shown

MAX_ITEMS = 5000


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    kind: str
    """Where the picker shows it: text, number, date, list or any."""
    label: str
    help: str
    example: str
    gives: str
    apply: Callable[..., Any] = field(repr=False)
    least: int = 0
    most: int = 0
    about: bool = False


FILTERS: dict[str, Filter] = {}
ALIASES = {"upcase": "upper", "downcase": "lower", "strip": "trim", "size": "count", "map": "pick", "uniq": "unique"}
"""Names people know from Liquid elsewhere; the picker doesn't show them."""


def offered(kind: str, label: str, help: str, example: str, gives: str) -> Callable[[Callable[..., Any]], Any]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.rstrip("_")
        takes = list(inspect.signature(function).parameters.values())[1:]
        plain = [p for p in takes if p.name != "about"]
        least = sum(p.default is p.empty for p in plain)
        FILTERS[name] = Filter(
            name, kind, label, help, example, gives, function, least, len(plain), len(plain) < len(takes)
        )
        return function

    return register


def find(name: str) -> Filter | None:
    return FILTERS.get(ALIASES.get(name, name))


# Any value


@offered("any", "If empty, use", "Stands in when there is no value.", '{{ "" | default: "Unknown" }}', "Unknown")
def default(value: Any, instead: Any = "") -> Any:
    return instead if value is None or value in ("", [], {}) else value


@offered("any", "As JSON", "Writes the value as JSON, quotes included.", "{{ \"a 'b'\" | json }}", "\"a 'b'\"")
def json(value: Any) -> str:
    return coerce.as_json(value)


# Text


@offered("text", "Capital letters", "Every letter as a capital.", '{{ "Ann Lee" | upper }}', "ANN LEE")
def upper(value: Any) -> str:
    return text(value).upper()


@offered("text", "Small letters", "Every letter small.", '{{ "Ann Lee" | lower }}', "ann lee")
def lower(value: Any) -> str:
    return text(value).lower()


@offered("text", "Capitalise every word", "As in names and titles.", '{{ "ann lee" | title }}', "Ann Lee")
def title(value: Any) -> str:
    return re.sub(r"(?<![^\W\d_]['’])\b[^\W\d_]|(?<=\b[^\W\d_]['’])[^\W\d_]", _capital, text(value).lower())


def _capital(letter: re.Match[str]) -> str:
    return letter[0].upper()


@offered(
    "text", "Capitalise the first word", "As at the start of a sentence.", '{{ "ann lee" | capitalize }}', "Ann lee"
)
def capitalize(value: Any) -> str:
    return text(value).capitalize()


@offered("text", "Trim", "Takes away spaces around the text.", '{{ " Ann " | trim }}', "Ann")
def trim(value: Any) -> str:
    return text(value).strip()


@offered("text", "First word", "Everything before the first space.", '{{ "Ann Lee" | first_word }}', "Ann")
def first_word(value: Any) -> str:
    return next(iter(text(value).split()), "")


@offered("text", "Last word", "Everything after the last space.", '{{ "Ann Maria Lee" | last_word }}', "Lee")
def last_word(value: Any) -> str:
    return text(value).split()[-1] if text(value).split() else ""


@offered("text", "Part of a name", "The first or last name.", '{{ "Lee, Ann" | split_name: "first" }}', "Ann")
def split_name(value: Any, part: Any = "first") -> str:
    last, comma, first = text(value).strip().partition(",")
    if not comma:
        *given, last = text(value).split() or [""]
        first, last = (" ".join(given), last) if given else (last, "")
    if part not in ("first", "last"):
        raise Wrong(f"{shown(part)} is no part of a name. Use “first” or “last”.")
    return (first if part == "first" else last).strip()


@offered(
    "text",
    "Phone number",
    "In international form, with this country's code.",
    '{{ "0151 1234567" | phone: "49" }}',
    "+491511234567",
)
def phone(value: Any, country: Any = "") -> str:
    found, code = coerce.phone(value), re.sub(r"[^0-9]", "", text(country))
    return found if found.startswith("+") or not code else f"+{code}{found.removeprefix('0')}"


@offered("text", "Digits only", "Takes away all but digits.", '{{ "INV-0042" | digits }}', "0042")
def digits(value: Any) -> str:
    return re.sub(r"[^0-9]", "", text(value))


@offered("text", "Replace", "Puts one text in place of another.", '{{ "a-b" | replace: "-", "/" }}', "a/b")
def replace(value: Any, old: Any, new: Any = "") -> str:
    whole, old, new = text(value), text(old), text(new)
    if not old:
        raise Wrong("There is nothing to replace. Say which text.")
    _fits(len(whole) + whole.count(old) * (len(new) - len(old)))
    return whole.replace(old, new)


@offered("text", "Shorten", "At most so many characters.", '{{ "Northlight Studio" | truncate: 11 }}', "Northlight…")
def truncate(value: Any, length: Any = 50, end: Any = "…") -> str:
    whole, length, end = text(value), _count(length), text(end)
    return whole if len(whole) <= length else whole[: max(length - len(end), 0)] + end


@offered("text", "Add after", "Puts more text at the end.", '{{ "0042" | append: "-B" }}', "0042-B")
def append(value: Any, more: Any) -> str:
    return text(value) + text(more)


@offered("text", "Add before", "Puts more text at the start.", '{{ "0042" | prepend: "INV-" }}', "INV-0042")
def prepend(value: Any, more: Any) -> str:
    return text(more) + text(value)


@offered("text", "For a web address", "Makes the text safe in a link.", '{{ "a b&c" | url_encode }}', "a%20b%26c")
def url_encode(value: Any) -> str:
    return quote(text(value), safe="", errors="replace")


@offered("text", "Split", "Cuts a text into a list.", '{{ "a, b" | split: "," | last }}', "b")
def split(value: Any, at: Any = ",") -> list[str]:
    whole, at = text(value), text(at)
    if not at:
        raise Wrong("There is nothing to split at. Say which text, such as a comma.")
    if whole.count(at) >= MAX_ITEMS:
        raise TooMuch(f"The list would have more than {MAX_ITEMS} items. Choose a shorter text.")
    return [part.strip() for part in whole.split(at)] if whole else []


# Numbers


@offered("number", "Read as a number", "Understands 1.234,56 and $1,234.56.", '{{ "1.234,56" | number }}', "1234.56")
def number(value: Any) -> Decimal:
    return money.number(value)


@offered("number", "Money", "With the currency's sign and its decimals.", '{{ 4800 | money: "USD" }}', "$4,800.00")
def money_(value: Any, currency: Any = "", *, about: About) -> str:
    code = text(currency).strip().upper() or about.currency
    return money.written(money.amount(value, code), code)


@offered(
    "number",
    "Group thousands",
    "With commas, and as many decimals as you say.",
    "{{ 4218.5 | grouped: 2 }}",
    "4,218.50",
)
def grouped(value: Any, decimals: Any = None) -> str:
    return money.grouped(money.number(value), None if decimals is None else _decimals(decimals))


@offered("number", "Add", "Adds a number.", "{{ 2 | plus: 0.5 }}", "2.5")
def plus(value: Any, other: Any) -> Decimal:
    return _fine(money.number(value) + money.number(other))


@offered("number", "Subtract", "Takes a number away.", "{{ 2 | minus: 0.5 }}", "1.5")
def minus(value: Any, other: Any) -> Decimal:
    return _fine(money.number(value) - money.number(other))


@offered("number", "Multiply", "By a number.", "{{ 100 | times: 1.19 }}", "119.00")
def times(value: Any, other: Any) -> Decimal:
    return _fine(money.number(value) * money.number(other))


@offered("number", "Divide", "By a number; 10 / 4 is 2.5.", "{{ 10 | divided_by: 4 }}", "2.5")
def divided_by(value: Any, other: Any) -> Decimal:
    by = money.number(other)
    if not by:
        raise Wrong(f"{shown(value)} can't be divided by 0. Choose another number.")
    return _fine(money.number(value) / by)


@offered("number", "Round", "Half is rounded up.", "{{ 2.345 | round: 2 }}", "2.35")
def round_(value: Any, decimals: Any = 0) -> Decimal:
    return money.rounded(money.number(value), _decimals(decimals))


@offered("number", "Round up", "To the next whole number.", "{{ 2.1 | ceil }}", "3")
def ceil(value: Any) -> Decimal:
    return money.number(value).to_integral_value(ROUND_CEILING)


@offered("number", "Round down", "To the whole number below.", "{{ 2.9 | floor }}", "2")
def floor(value: Any) -> Decimal:
    return money.number(value).to_integral_value(ROUND_FLOOR)


@offered("number", "Without its sign", "A negative number becomes positive.", "{{ -3 | abs }}", "3")
def abs_(value: Any) -> Decimal:
    return abs(money.number(value))


# Dates


@offered("date", "Write a date", "By name or as %d.%m.%Y.", '{{ "2026-11-22" | date: "short" }}', "22 Nov 2026")
def date(value: Any, style: Any = "iso", *, about: About) -> str:
    return dates.written(_moment(value, about), text(style))


@offered("date", "Add days", "Calendar days.", '{{ "2026-11-22" | plus_days: 14 }}', "2026-12-06")
def plus_days(value: Any, days: Any, *, about: About) -> Date:
    return dates.plus_days(_moment(value, about), _whole(days))


@offered("date", "Add weeks", "Seven days each.", '{{ "2026-11-22" | plus_weeks: 1 }}', "2026-11-29")
def plus_weeks(value: Any, weeks: Any, *, about: About) -> Date:
    return dates.plus_days(_moment(value, about), 7 * _whole(weeks))


@offered(
    "date", "Add months", "The same day, or the month's last.", '{{ "2027-01-31" | plus_months: 1 }}', "2027-02-28"
)
def plus_months(value: Any, months: Any, *, about: About) -> Date:
    return dates.plus_months(_moment(value, about), _whole(months))


@offered("date", "Add years", "The same day, or the month's last.", '{{ "2026-11-22" | plus_years: 1 }}', "2027-11-22")
def plus_years(value: Any, years: Any, *, about: About) -> Date:
    return dates.plus_months(_moment(value, about), 12 * _whole(years))


@offered("date", "Start of the month", "Its first day.", '{{ "2026-11-22" | start_of_month }}', "2026-11-01")
def start_of_month(value: Any, *, about: About) -> Date:
    return dates.day(_moment(value, about), about.zone).replace(day=1)


@offered("date", "End of the month", "Its last day.", '{{ "2026-11-22" | end_of_month }}', "2026-11-30")
def end_of_month(value: Any, *, about: About) -> Date:
    return dates.end_of_month(dates.day(_moment(value, about), about.zone))


@offered("date", "Days until", "From today; negative in the past.", '{{ "2026-11-25" | days_until }}', "3")
def days_until(value: Any, *, about: About) -> int:
    return (dates.day(value, about.zone) - dates.day(_moment("now", about), about.zone)).days


# Lists


@offered("list", "First", "The first item.", '{{ "a,b" | split: "," | first }}', "a")
def first(value: Any) -> Any:
    return next(iter(_list(value)), None)


@offered("list", "Last", "The last item.", '{{ "a,b" | split: "," | last }}', "b")
def last(value: Any) -> Any:
    return _list(value)[-1] if value else None


@offered("list", "Count", "How many items, or characters of a text.", '{{ "a,b" | split: "," | count }}', "2")
def count(value: Any) -> int:
    return len(value) if isinstance(value, str | dict) else len(_list(value))


@offered("list", "Sum", "Of numbers, or of one part of every item.", '{{ "1,2.5" | split: "," | sum }}', "3.5")
def sum_(value: Any, part: Any = None) -> Decimal:
    items = _list(value) if part is None else pick(value, part)
    return _fine(sum((money.number(item) for item in items), Decimal(0)))


@offered("list", "Join", "One text out of a list.", '{{ "a,b" | split: "," | join: " + " }}', "a + b")
def join(value: Any, between: Any = ", ") -> str:
    parts, between = [text(item) for item in _list(value)], text(between)
    _fits(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


@offered("list", "One part of every item", "A list of that part.", '{{ people | pick: "name" | join }}', "Ann, Bo")
def pick(value: Any, part: Any) -> list[Any]:
    return [item.get(text(part)) if isinstance(item, dict) else None for item in _list(value)]


@offered("list", "Without repeats", "Each item once.", '{{ "a,b,a" | split: "," | unique | join }}', "a, b")
def unique(value: Any) -> list[Any]:
    return list({coerce.as_json(item): item for item in _list(value)}.values())


FILTERS = {name: FILTERS[name] for name in sorted(FILTERS)}


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Wrong(f"{shown(value)} isn't a list. Choose a list, or use “split”.")
    return value


def _moment(value: Any, about: About) -> Any:
    if value in ("now", "today"):
        if about.now is None:
            raise Wrong("The time now isn't known here. Choose a date.")
        value = about.now
    found = dates.moment(value, about.zone)
    return found


def _whole(value: Any) -> int:
    return coerce.integer(value)


def _count(value: Any) -> int:
    return max(0, min(_whole(value), MAX_TEXT))


def _decimals(value: Any) -> int:
    found = _whole(value)
    if not 0 <= found <= 10:
        raise Wrong(f"{shown(value)} is no number of decimals. Use 0 to 10.")
    return found


def _fine(value: Decimal) -> Decimal:
    return money.number(value)


def _fits(length: int) -> None:
    if length > MAX_TEXT:
        raise TooMuch(f"The text would be longer than {MAX_TEXT // 1024} KB. Choose a shorter one.")
