"""Numbers and money: read from the spellings people and services use, always Decimal, written for people.

A single comma before exactly three digits groups thousands ("1,234"), a single point never does ("1.234"), because
services write points.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from builder.recipe.errors import Wrong, shown

SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "BRL": "R$",
    "INR": "₹", "CNY": "CN¥", "KRW": "₩", "ILS": "₪", "TRY": "₺", "VND": "₫", "UAH": "₴", "NGN": "₦", "PHP": "₱",
}  # fmt: skip
SHARED = {
    "$": "USD CAD AUD NZD MXN SGD HKD ARS CLP COP TWD", "US$": "USD", "C$": "CAD", "¥": "JPY CNY",
    "kr": "SEK NOK DKK ISK", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "Fr.": "CHF", "R": "ZAR",
    "₽": "RUB", "฿": "THB",
}  # fmt: skip
NO_CENTS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])

DIGITS = 30
"""A number has at most so many digits before the point, and as many after it."""

_MARK = "|".join(re.escape(mark) for mark in sorted({*SYMBOLS.values(), *SHARED}, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−]?) ?(?P<before>{_MARK}|[A-Z]{{3}})? ?(?P<inner>[-+−]?)"
    rf"(?P<digits>[\d.,' ]*\d[.,]?) ?(?P<after>{_MARK}|[A-Z]{{3}}|%)?(?P<trail>-)?(?P<close>\))?",
    re.ASCII,
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'", "\u2013": "\u2212"})


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return written(self.amount, self.currency)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise Wrong(f"{self} and {other} can't be added: they are in different currencies. Convert one first.")
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> "Money":
        return Money(rounded(self.amount, cents(self.currency)), self.currency)


def totals(sums: Iterable[Money]) -> list[Money]:
    """One sum per currency, in the order met: different currencies are never added."""
    found: dict[str, Money] = {}
    for money in sums:
        found[money.currency] = found[money.currency] + money if money.currency in found else money
    return list(found.values())


def number(value: Any) -> Decimal:
    return _read(value)[0]


def amount(value: Any, currency: str) -> Decimal:
    """The amount in `currency` (empty: whatever it is). Another currency's sign is refused."""
    found, marks = _read(value)
    if currency and marks and currency not in marks:
        raise Wrong(
            f"{shown(value)} isn't in {currency}. Give a number in {currency}, or change the workspace's currency."
        )
    return found


def cents(currency: str) -> int:
    """How many decimals the currency has. Source: ISO 4217 list one, read 2026-11-22."""
    return 0 if currency in NO_CENTS else 3 if currency in THREE_DIGITS else 2


def rounded(value: Decimal, digits: int = 0) -> Decimal:
    """Half away from zero, as invoices do."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def grouped(value: Decimal, digits: int | None = None) -> str:
    """`4,218.00`, with a true minus."""
    value = value if digits is None else rounded(value, digits)
    return ("−" if value < 0 else "") + f"{abs(value):,f}"


def written(value: Decimal, currency: str) -> str:
    """`$4,800.00`, `CHF 4,800.00`, `¥4,800`."""
    digits = grouped(abs(value), cents(currency))
    mark = SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{'−' if rounded(value, cents(currency)) < 0 else ''}{mark}{digits}"


def plain(value: Decimal) -> str:
    """The digits without an exponent: how a number is written into text."""
    return f"{value:f}"


def _read(value: Any) -> tuple[Decimal, frozenset[str]]:
    """The number, and the currencies its sign may mean (empty: it has none)."""
    if isinstance(value, Money):
        return value.amount, frozenset({value.currency})
    if isinstance(value, str):
        found, marks = _spelled(value)
    elif isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        found, marks = Decimal(repr(value) if isinstance(value, float) else value), frozenset[str]()
    else:
        raise _no_number(value)
    if not found.is_finite():
        raise _no_number(value)
    if found and (
        found.adjusted() >= DIGITS or found.adjusted() < -DIGITS or len(found.as_tuple().digits) > 2 * DIGITS
    ):
        raise Wrong(f"{shown(value)} is too long a number; {DIGITS} digits are the limit.")
    return found, marks


def _spelled(text: str) -> tuple[Decimal, frozenset[str]]:
    spelled = text.strip().translate(_SPACES)
    match = _NUMBER.fullmatch(spelled) if len(spelled) <= 80 else None
    if not match or bool(match["open"]) != bool(match["close"]):
        raise _no_number(text)
    signs = [match[name] for name in ("sign", "inner", "trail", "open") if match[name]]
    marks = [mark for mark in (match["before"], match["after"]) if mark and mark != "%"]
    if len(signs) > 1 or len(marks) > 1:
        raise _no_number(text)
    digits = _plain_digits(match["digits"])
    if digits is None:
        raise _no_number(text)
    negative = bool(signs) and signs[0] != "+"
    return Decimal(f"-{digits}" if negative else digits), _currencies(text, marks)


def _currencies(text: str, marks: list[str]) -> frozenset[str]:
    if not marks:
        return frozenset()
    found = {code for code, mark in SYMBOLS.items() if mark == marks[0]}
    found |= set(SHARED.get(marks[0], "").split())
    return frozenset(found or {marks[0]})


def _plain_digits(spelled: str) -> str | None:
    """`1.234,56` to `1234.56`; None when the groups make no number."""
    group = _group_mark(spelled)
    if not group:
        plain = spelled.replace(",", ".")
        return plain if re.fullmatch(r"\d+\.?\d*|\.\d+", plain, re.ASCII) else None
    point = {",": "[.]", ".": "[,]"}.get(group, "[.,]")
    whole = re.fullmatch(rf"(\d{{1,3}}(?:[{group}]\d{{2,3}})*[{group}]\d{{3}})(?:{point}(\d*))?", spelled, re.ASCII)
    return f"{whole[1].replace(group, '')}.{whole[2] or ''}" if whole else None


def _group_mark(spelled: str) -> str:
    """The character that separates thousands here, or nothing."""
    for mark in " '":
        if mark in spelled:
            return mark
    if "," in spelled and "." in spelled:
        return min(",.", key=spelled.rindex)
    for mark in ",.":
        if spelled.count(mark) > 1:
            return mark
    return "," if re.fullmatch(r"[1-9]\d{0,2},\d{3}", spelled, re.ASCII) else ""


def _no_number(value: Any) -> Wrong:
    return Wrong(f"{shown(value)} isn't a number. Write digits, such as 1250.00.")
