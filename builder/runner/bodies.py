"""The bytes of an event as values, or the reason why they can't be: what the database, pills and people can bear."""

import json
import re
from decimal import Decimal
from typing import Any

DEEPEST = 64
HALF = re.compile("[\ud800-\udfff]")
TOO_LARGE = "It holds a number that is too large to be meant."


class Unreadable(Exception):
    """The message says why, to a person."""


def parse(raw: bytes) -> Any:
    """Raises Unreadable."""
    try:
        body = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Unreadable("It is not UTF-8 text.") from None
    except RecursionError:
        raise Unreadable(f"It is nested deeper than {DEEPEST} levels.") from None
    except ArithmeticError:
        raise Unreadable(TOO_LARGE) from None
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, character {problem.colno}"
        raise Unreadable(f"It is not JSON: what stands at {where} does not belong there.") from None
    except ValueError as problem:
        raise Unreadable(TOO_LARGE if "int_max_str_digits" in str(problem) else f"It is not JSON: {problem}.") from None
    insist_sound(body)
    return body


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number that JSON knows")


def insist_sound(value: Any, depth: int = DEEPEST) -> None:
    """Raises Unreadable for what a database, a pill or a person can't bear."""
    if depth == 0:
        raise Unreadable(f"It is nested deeper than {DEEPEST} levels.")
    if isinstance(value, str):
        _insist_text(value)
    elif _huge(value):
        raise Unreadable(TOO_LARGE)
    elif isinstance(value, dict):
        for name, item in value.items():
            _insist_text(name)
            insist_sound(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            insist_sound(item, depth - 1)


def _huge(value: Any) -> bool:
    if isinstance(value, Decimal):
        return bool(value) and not -400 < value.adjusted() < 309
    return isinstance(value, int) and value.bit_length() > 1024


def _insist_text(text: str) -> None:
    if "\x00" in text:
        raise Unreadable("It holds the character NUL.")
    if not text.isascii() and HALF.search(text):
        raise Unreadable("It holds half a character (a lone surrogate).")
