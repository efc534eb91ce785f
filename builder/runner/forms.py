"""A call of a recipe's own address as values: JSON or a form in the body, and what stands behind the question mark."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from builder.runner import bodies
from builder.runner.bodies import Unreadable

MOST = 1000
"""Values of one form, as many as PHP reads."""
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/"
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
"""`address[lines][]`"""
INNER = re.compile(r"\[([^\[\]]*)\]")
Group = dict[str, Any]
Path = Sequence[str | None]
"""None: the next number."""


def called(body: bytes, content_type: str, query: bytes) -> Group:
    """The body's values, and those of the address under `query` (`query_string` where the body has a `query` of its
    own). Raises Unreadable."""
    given = _body(body, content_type.lower()) if body.strip() or not query else {}
    found = given if isinstance(given, dict) else {"body": given}
    if query:
        found["query_string" if "query" in found else "query"] = parse(query)
    return found


def _body(body: bytes, content_type: str) -> Any:
    if not body.strip():
        raise Unreadable("It is empty: nothing in its body and nothing behind a question mark.")
    if content_type.startswith(PARTS):
        raise Unreadable("It is a form with files (multipart/form-data): send JSON or a form without files.")
    is_json = body.lstrip()[:1] in (b"{", b"[")  # curl sends JSON under the name of a form
    return parse(body) if content_type.startswith(FORM) and not is_json else bodies.parse(body)


def parse(form: bytes) -> Group:
    """Names to texts; a name given several times is a list, `a[b]` and `a[]` are group and list. Raises Unreadable."""
    if form.count(b"&") >= MOST:
        raise Unreadable(f"It holds more than {MOST:,} values.")
    try:
        pairs = parse_qsl(form.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Unreadable("It is not UTF-8 text.") from None
    found: Group = {}
    for name, value in pairs:
        if not _put(found, _path(name), value) and not _put(found, [name], value):
            found[name].setdefault("", []).append(value)
    plain = {name: _plain(held) for name, held in found.items()}
    bodies.insist_sound(plain)
    return plain


def _path(name: str) -> Path:
    """`a[b][]` is a, b and the next number; what is no such name is itself."""
    if name.count("[") >= bodies.DEEPEST:
        raise Unreadable(f"It is nested deeper than {bodies.DEEPEST} levels.")
    match = NAME.fullmatch(name)
    return [match[1], *(inner or None for inner in INNER.findall(match[2]))] if match else [name]


def _put(group: Group, path: Path, value: str) -> bool:
    """False where a value stands in the place of a group, or a group in that of a value."""
    for key in path[:-1]:
        held = group.setdefault(_key(group, key), {})
        if not isinstance(held, dict):
            return False
        group = held
    held = group.setdefault(_key(group, path[-1]), [])
    if isinstance(held, list):
        held.append(value)
    return isinstance(held, list)


def _key(group: Group, key: str | None) -> str:
    return str(len(group)) if key is None else key


def _plain(held: Any) -> Any:
    """Lists in the place of groups that are numbered from 0, and of values given several times."""
    if isinstance(held, list):
        return held[0] if len(held) == 1 else held
    found = {name: _plain(inner) for name, inner in held.items()}
    return list(found.values()) if list(found) == [str(n) for n in range(len(found))] else found
