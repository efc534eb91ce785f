"""The document's schemas, to hold bodies against."""

import functools
from typing import Any

import jsonschema

from builder.api.document import document

DIALECT = jsonschema.Draft202012Validator


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """What a reference names."""
    while "$ref" in part:
        found: Any = document()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def check(body: Any, schema: dict[str, Any]) -> None:
    """Also against names that the document doesn't know."""
    whole = {**strict(schema), "components": {"schemas": components()}}
    wrong = [f"{error.json_path}: {error.message[:200]}" for error in DIALECT(whole).iter_errors(body)]
    assert wrong == [], wrong


@functools.cache
def components() -> dict[str, Any]:
    return strict(document()["components"]["schemas"])


def strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    return {**closed, **{name: strict(part) for name, part in schema.items()}}
