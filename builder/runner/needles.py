"""What a person is known by, looked for in whatever a column holds: JSON, a form, an address, compressed or not."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

from builder.models import columns, event

EMAIL = re.compile(r"[^\s@,;<>\"']+@[^\s@,;<>\"']+\.[^\s@,;<>\"'.]+")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,99}")
NUMBER = re.compile(r"[+\d][\d\s().\-/]*")
FEWEST_DIGITS = 7
_RANDOM = re.compile(r"(?=.{10}).*[a-z][A-Z]")
"""IDs without a digit: one in six of Invoice Ninja's is."""
_ESCAPED = re.compile(r"\\+(?:u([0-9a-f]{4})|[bfnrt])")
"""In JSON, in small letters."""
_BETWEEN = r"(?:[\s().\-/\u00a0]|\(0\))*"


def kind_of(text: str) -> str:
    """`email`, `phone` or `id`; empty for what others may have in common, such as a name."""
    if EMAIL.fullmatch(text):
        return "email"
    if NUMBER.fullmatch(text) and (text.startswith("+") or re.search(r"\D", text)):
        return "phone" if len(_digits(text)) >= FEWEST_DIGITS else ""
    return "id" if ID.fullmatch(text) and (re.search(r"\d", text) or _RANDOM.match(text)) else ""


class Needles:
    """Finds any of some values, however they are spelt."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = list(values)
        self._pattern = re.compile("|".join(filter(None, (_pattern(value) for value in self.values))) or r"(?!)")

    def among(self, stored: Iterable[Any]) -> bool:
        """Whether one of a row's columns, as the database holds them, has one."""
        return any(self.inside(column) for column in stored if column)

    def inside(self, stored: Any) -> bool:
        text = _text(stored).lower()
        if self._pattern.search(text):
            return True
        plain = (
            _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text).replace("\\/", "/")
            if "\\" in text
            else text
        )
        if plain is not text and self._pattern.search(plain.lower()):
            return True
        return ("%" in text or "+" in text) and bool(self._pattern.search(unquote_plus(plain).lower()))


def _pattern(value: str) -> str:
    kind = kind_of(value)
    if kind == "email":
        return rf"(?<![\w.+-]){re.escape(value.lower())}(?![\w-]|\.\w)"
    if kind == "phone":
        return rf"(?<!\d)(?:00)?{_BETWEEN.join(_digits(value))}(?!\d)"
    return rf"(?<![a-z0-9_-]){re.escape(value.lower())}(?![a-z0-9_-])" if kind else ""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).removeprefix("00")


def _text(stored: Any) -> str:
    if isinstance(stored, bytes | memoryview):
        return event.unpack(stored).decode("utf-8", "replace")
    text = str(stored)
    return columns.unpack(text) if text.startswith(columns.PACKED) else text
