"""Answers for the calls that a sandbox hasn't: as the service's document describes them."""

from typing import Any

import httpx

from tests.contract.documents import Operation, Schema
from tests.contract.mistakes import answer_schema


def answer(operation: Operation, service: str = "") -> httpx.Response:
    """In the envelope of the service that is named, where its document leaves that out."""
    status = min(int(code) for code in map(str, operation.entry["responses"]) if code.startswith("2"))
    schema = operation.answer(status) or {}
    body = value(answer_schema(service, operation.name, status, schema))
    return httpx.Response(status, json={} if body is None else body)


def value(schema: Schema) -> Any:
    """Something that fits, with every property there is."""
    if "enum" in schema:
        return schema["enum"][0]
    for choice in schema.get("anyOf") or schema.get("oneOf") or ():
        if choice.get("type") != "null":
            return value(choice)
    if "allOf" in schema:
        return _whole([value(part) for part in schema["allOf"]])
    if "properties" in schema:
        return {name: value(inner) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [value(schema.get("items", {}))]
    return {"string": "something", "number": 1, "integer": 1, "boolean": True, "object": {}}.get(schema.get("type", ""))


def _whole(parts: list[Any]) -> Any:
    made: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, dict):
            return part
        made |= part
    return made
