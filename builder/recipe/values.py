"""What the fields of a step mean in a run: pills filled in, types made right, troubles said in sentences.

What comes out of a pill is data and is never read as a template again.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from builder.recipe import template
from builder.recipe.coerce import NOWHERE, TYPES, About, coerce
from builder.recipe.errors import BadTemplate, CantRender, Missing, TooMuch, Wrong, shown
from builder.recipe.template import pill

__all__ = [
    "BadTemplate", "CantRender", "Field", "Missing", "TooMuch", "Trouble", "Wrong",
    "coerce", "empty", "has_pill", "pill", "refs", "render", "resolve",
]  # fmt: skip

MAX_ROWS = 1000
EACH_NAMES = frozenset({"item", "number"})
"""What the pills of `lines` with `each` may use besides."""


class Field(Protocol):
    """As `connectors.fields.Field`."""

    name: str
    type: str
    label: str
    required: bool
    default: Any
    choices: tuple[tuple[str, str], ...]
    fields: tuple[Any, ...]


class Trouble(NamedTuple):
    field: str
    """The field's name; in lines `line_items.0.cost`."""
    message: str
    path: str = ""
    """Of the pill that has no value, where that is what is wrong."""


def render(
    text: Any, scope: Mapping[str, Any], *, now: datetime | None, zone: str | tzinfo = "UTC", currency: str = ""
) -> Any:
    """The text with its pills filled in; a text that is one pill gives the value with its type. Raises CantRender."""
    return _render(text, scope, About(zone, currency, now))


def resolve(
    inputs: Mapping[str, Any],
    fields: Iterable[Any],
    scope: Mapping[str, Any],
    *,
    now: datetime | None,
    zone: str | tzinfo = "UTC",
    currency: str = "",
    one_of: Sequence[str] = (),
) -> tuple[dict[str, Any], list[Trouble]]:
    """The filled-in fields with the right types, and what is wrong with the others. Empty fields are left out.
    `one_of` names fields of which one at least has to be filled."""
    troubles: list[Trouble] = []
    found = _record(inputs, fields, scope, About(zone, currency, now), "", troubles)
    if one_of and not troubles and not any(name in found for name in one_of):
        named = labels_of(fields, one_of)
        troubles.append(Trouble(one_of[0], f"{named} are all empty: at least one of them is needed."))
    return found, troubles


def labels_of(fields: Iterable[Any], names: Sequence[str]) -> str:
    """“Name”, “E-mail”"""
    known = {field.name: field.label for field in fields}
    return ", ".join(f"“{known.get(name, name)}”" for name in names)


def refs(inputs: Any) -> set[tuple[str, str]]:
    """(step id, path) of every pill inside, however deep; texts that can't be read have none."""
    found: set[tuple[str, str]] = set()
    if isinstance(inputs, dict):
        own = EACH_NAMES if inputs.keys() == {"each", "line"} else frozenset()
        found.update(ref for inner in inputs.values() for ref in refs(inner) if ref[0] not in own)
    elif isinstance(inputs, list | tuple):
        found.update(ref for inner in inputs for ref in refs(inner))
    elif isinstance(inputs, str) and has_pill(inputs):
        with suppress(BadTemplate):
            found.update(pill for pill in template.parse(inputs).pills if pill[0] not in template.BUILT_IN)
    return found


INSIDE = ("steps", "paths", "otherwise")
"""Parts of a control step that hold other steps."""


def refs_of(step: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The pills of a step itself, its paths' conditions among them; not those of the steps inside."""
    own = {name: part for name, part in step.items() if name not in INSIDE}
    return refs([own, [path["conditions"] for path in step.get("paths", ())]])


def has_pill(text: Any) -> bool:
    return isinstance(text, str) and ("{{" in text or "{%" in text)


def empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == [] or value == {}


def _render(text: Any, scope: Mapping[str, Any], about: About) -> Any:
    if isinstance(text, dict):
        return {name: _render(inner, scope, about) for name, inner in text.items()}
    if isinstance(text, list):
        return [_render(inner, scope, about) for inner in text]
    return template.run(text, scope, about) if has_pill(text) else text


def _record(
    inputs: Mapping[str, Any], fields: Iterable[Any], scope: Any, about: About, where: str, troubles: list[Trouble]
) -> dict[str, Any]:
    found = {}
    for field in fields:
        given = inputs.get(field.name)
        asked = field.default if empty(given) else given
        if (asked is None or asked == "") and not field.required:  # most fields of an operation are left out
            continue
        place = f"{where}{field.name}"
        value = _value(asked, field, scope, about, place, troubles)
        if not empty(value):
            found[field.name] = value
        elif field.required and not any(trouble.field.startswith(place) for trouble in troubles):
            troubles.append(Trouble(place, _left_empty(field, given)))
    return found


def _value(given: Any, field: Any, scope: Any, about: About, place: str, troubles: list[Trouble]) -> Any:
    try:
        if isinstance(given, dict) and field.type == "lines":
            return _each_line(given, field, scope, about, place, troubles)
        if isinstance(given, list) and field.type == "lines":
            return _lines(given, field, scope, about, place, troubles)
        if isinstance(given, dict) and field.type == "object" and field.fields:
            return _record(given, field.fields, scope, about, f"{place}.", troubles)
        if type(given) is str and field.type in SETTLED and len(given) < SHORT and not has_pill(given):
            return _settled(given, field.type, field.choices)
        return _typed(_render(given, scope, about), field, about)
    except CantRender as error:
        troubles.append(Trouble(place, error.message, error.path if isinstance(error, Missing) else ""))
        return None


def _lines(given: list[Any], field: Any, scope: Any, about: About, place: str, troubles: list[Trouble]) -> list[Any]:
    found = []
    for number, row in enumerate(given):
        if isinstance(row, dict):
            found.append(_record(row, field.fields, scope, about, f"{place}.{number}.", troubles))
        else:
            found += _typed(_render(row, scope, about), field, about) or []
    return found


def _each_line(given: dict[str, Any], field: Any, scope: Any, about: About, place: str, troubles: Any) -> list[Any]:
    items = _render(given.get("each"), scope, about)
    items = [] if empty(items) else items if isinstance(items, list) else [items]
    if len(items) > MAX_ROWS:
        raise TooMuch(f"The list has {len(items)} items; {MAX_ROWS} lines are the limit. Choose a shorter list.")
    line = given.get("line") or {}
    found = []
    for number, item in enumerate(items, 1):
        inner = {**scope, "item": item, "number": number}
        found.append(_record(line, field.fields, inner, about, f"{place}.{number - 1}.", troubles))
    return found


def _typed(value: Any, field: Any, about: About) -> Any:
    """A value that is filled in already, brought to the field's type. What is inside it is data, never a template."""
    if isinstance(value, list) and field.type in ("choices", "tags"):
        value = [inner for part in value for inner in (part if isinstance(part, list) else [part])]
    if empty(value):
        return None
    found = TYPES[field.type](value, about)
    if field.type == "lines" and field.fields:
        return [_columns(row, field.fields, about) for row in found]
    if field.type == "object" and field.fields:
        return _columns(found, field.fields, about)
    return _chosen(found, field.type, field.choices)


SETTLED = frozenset(("text", "url", "email", "number", "integer", "boolean", "choice"))
"""Types that make the same of a text wherever and whenever it is read."""
SHORT = 200
"""Characters of a text that is remembered."""


@lru_cache(2048)
def _settled(given: str, kind: str, choices: tuple[tuple[str, str], ...]) -> Any:
    """What was typed in, without a pill: the same for each run."""
    return None if empty(given) else _chosen(TYPES[kind](given, NOWHERE), kind, choices)


def _columns(row: dict[str, Any], fields: Iterable[Any], about: About) -> dict[str, Any]:
    named = {field.name: field for field in fields}
    return {k: _typed(v, named[k], about) if k in named else v for k, v in row.items() if not empty(v)}


def _chosen(value: Any, kind: str, choices: tuple[tuple[str, str], ...]) -> Any:
    """The choice's value, also when its label was given."""
    if choices and kind in ("number", "integer"):
        return _one_number(value, choices)
    if not choices or kind not in ("choice", "choices"):
        return value
    if isinstance(value, list):
        return [_one_choice(inner, choices) for inner in value]
    return _one_choice(value, choices)


def _one_choice(value: str, choices: tuple[tuple[str, str], ...]) -> str:
    found = _words(tuple(choices)).get(value.strip().casefold())
    if found is None:
        raise _no_choice(value, choices)
    return found


@lru_cache(256)
def _words(choices: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """What each of them may be called, as it is sent."""
    return {label.casefold(): name for name, label in choices} | {name.casefold(): name for name, _ in choices}


def _one_number(value: Any, choices: tuple[tuple[str, str], ...]) -> Any:
    if value not in {Decimal(name) for name, _ in choices}:
        raise _no_choice(value, choices)
    return value


def _no_choice(value: Any, choices: tuple[tuple[str, str], ...]) -> Wrong:
    labels = ", ".join(label for _, label in choices[:8])
    return Wrong(
        f"{shown(value)} is none of the choices here. Choose one of {labels}{' …' if len(choices) > 8 else ''}."
    )


def _left_empty(field: Any, given: Any) -> str:
    if has_pill(given):
        return (
            f"“{field.label}” must not be empty, and {given} is empty in this run. Give it a fallback with “default”."
        )
    return f"“{field.label}” must not be empty. Fill it in, or choose a value from an earlier step."
