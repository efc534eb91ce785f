"""Inputs for an operation, made from its fields as a person would fill them in: texts, as the editor stores them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from connectors.fields import Field

BY_TYPE: dict[str, Any] = {
    "note": "A note with\ntwo lines.",
    "email": "sample@contract.example",
    "phone": "+12025550177",
    "url": "https://contract.example/page",
    "number": "2",
    "integer": "3",
    "money": "12.50",
    "date": "2026-11-22",
    "datetime": "2026-12-01T09:00:00Z",
    "boolean": "true",
    "json": '{"a": 1}',
    "tags": ["lead"],
}
BY_NAME = {
    "due_date": "2026-12-20",
    "partial_due_date": "2026-12-10",
    "next_send_date": "2099-01-01",
    "language_code": "en",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "number": "C-1001",
    "discount": "5",
}
Load = Callable[[str, dict[str, Any]], Awaitable[str]]
"""(key of a live list, inputs so far) to the first value of that list."""


async def filled(
    fields: Iterable[Field],
    known: Mapping[str, str],
    load: Load,
    every: bool,
    one_of: tuple[str, ...] = (),
    around: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Every field, or only the required ones, the first of `one_of` and what a record is looked for by. `known`: ids
    of records that are there, by field name; `around`: the inputs that these are columns of one of."""
    done: dict[str, Any] = {}
    for one in fields:
        if every or one.required or one.name in ("slug", *one_of[:1]) or one.type == "email":
            done[one.name] = await _value(one, known, load, {**around, **done})
    return done


async def _value(one: Field, known: Mapping[str, str], load: Load, so_far: dict[str, Any]) -> Any:
    if one.name in known:
        return known[one.name]
    if one.type == "lines":
        return [await filled(one.fields, known, load, every=True, around=so_far)]
    if one.type == "object":
        return await filled(one.fields, known, load, every=True, around=so_far)
    if one.example is not None:
        return one.example
    if one.choices:
        return [one.choices[0][0]] if one.type == "choices" else one.choices[0][0]
    if one.source and one.type in ("choice", "choices"):
        first = await load(one.source, so_far)
        return [first] if one.type == "choices" else first
    return BY_NAME.get(one.name) or BY_TYPE.get(one.type) or f"Sample {one.label.lower()}"
