"""The values of a step that a person gives another one for a run: as they are shown, and as they are kept.

At the leaves are texts; `choices` and `tags` are lists of texts, an `object` is a dict, `lines` a list of dicts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs
from builder.actions.errors import Invalid
from builder.recipe import coerce
from builder.recipe.errors import CantRender
from builder.recipe.values import MAX_ROWS, empty
from connectors.fields import Field

LONG = ("note", "json")
SEVERAL = ("choices", "tags")
LINE = 5000
"""Characters that one line may have."""


def shown(field: Field, value: Any) -> Any:
    """What a run was given, in texts."""
    if field.type == "lines":
        return [_parts(field, row) for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    if field.type == "object":
        return _parts(field, value) if isinstance(value, dict) else {}
    if field.type in SEVERAL:
        return [_text(one) for one in value] if isinstance(value, list) else _split(_text(value))
    return _text(value)


def unseen(field: Field, value: Any) -> tuple[str, ...]:
    """Names in its lines or parts that aren't declared."""
    rows = value if isinstance(value, list) else [value]
    known = {inner.name for inner in field.fields}
    inside = (row for row in rows if isinstance(row, dict)) if field.type in ("lines", "object") else ()
    return tuple({name: None for row in inside for name, part in row.items() if name not in known and not empty(part)})


def taken(field: Field, given: Any) -> Any:
    """What a person gives, in texts, without what is empty. Raises Invalid where that is no value for the field."""
    if field.type == "lines":
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            raise Invalid(_("“%(field)s” takes a list of lines.") % {"field": field.label}, field.name)
        if len(given) > MAX_ROWS:
            raise Invalid(_("These are too many lines: %(n)d at most.") % {"n": MAX_ROWS}, field.name)
        return [found for row in given if (found := _members(field, row))]
    if field.type == "object":
        if not isinstance(given, dict):
            raise Invalid(_("“%(field)s” takes names and values.") % {"field": field.label}, field.name)
        return _members(field, given)
    if field.type in SEVERAL:
        if isinstance(given, dict) or (isinstance(given, list) and any(isinstance(one, dict | list) for one in given)):
            raise Invalid(_("“%(field)s” takes a list of texts.") % {"field": field.label}, field.name)
        return [text for one in given if (text := _text(one).strip())] if isinstance(given, list) else _split(given)
    if isinstance(given, dict | list) and field.type != "json":
        raise Invalid(_("“%(field)s” takes one value, not a list.") % {"field": field.label}, field.name)
    text = _text(given).replace("\r\n", "\n")
    return text if field.type == "note" else text.strip()


def same(one: Any, other: Any) -> bool:
    """But for blanks and line ends: forms send those in a way of their own."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(name, ""), other.get(name, "")) for name in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return not inputs.differs(one, other)
    return empty(one) and empty(other)


def leaves(field: Field, value: Any, place: str = "") -> Iterator[tuple[str, Field, str]]:
    """(place, its field, text) of each text inside: `line_items.0.cost`."""
    place = place or field.name
    known = {inner.name: inner for inner in field.fields}
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(known.get(name, field), inner, f"{place}.{name}")
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(field, inner, f"{place}.{at}" if isinstance(inner, dict) else place)
    else:
        yield place, field, value


def longest(field: Field) -> int:
    """Characters."""
    return inputs.LONGEST if field.type in LONG else LINE


def offered(field: Field, value: str) -> tuple[tuple[str, str], ...]:
    """The one it has among them, so that nothing else is chosen unless somebody chooses."""
    known = (("true", _("Yes")), ("false", _("No"))) if field.type == "boolean" else field.choices
    return known if not known or value in dict(known) else ((value, value or "…"), *known)


def _parts(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    known = {inner.name: inner for inner in field.fields}
    return {name: shown(known[name], value) for name, value in row.items() if name in known and not empty(value)}


def _members(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    known = {inner.name: inner for inner in field.fields}
    if lost := next((name for name in row if name not in known), ""):
        message = _("“%(field)s” has no part “%(part)s”.")
        raise Invalid(message % {"field": field.label, "part": str(lost)[:60]}, field.name)
    found = {name: taken(known[name], value) for name, value in row.items() if value is not None}
    return {name: value for name, value in found.items() if not empty(value)}


def _split(given: Any) -> list[str]:
    """One on each line; in a single line with commas between them."""
    text = _text(given)
    parts = text.split("\n") if "\n" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _text(value: Any) -> str:
    try:
        return coerce.text(value)
    except CantRender:
        return ""
