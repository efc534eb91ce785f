"""One request or one answer against its operation."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from connectors.sandbox_kit.http import parts
from tests.contract.documents import Operation, Service
from tests.contract.mistakes import answer_schema, body_schema

MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Finding:
    service: str
    operation: str
    """`POST /contacts/` as in the document."""
    side: str
    """request or answer"""
    place: str
    """`body/contacts/*/tags`, with a star for a place in a list; for what is missing, where it ought to be."""
    kind: str
    """type, required, enum, unknown, status, path …"""
    detail: str

    def __str__(self) -> str:
        return f"{self.service} {self.operation}, {self.side} {self.place}: {self.kind}: {self.detail}"


def operation_of(service: Service, method: str, path: str, side: str) -> Operation | Finding:
    found = service.find(method, path)
    return found or Finding(service.key, f"{method} {path}", side, "path", "path", "the document has no such operation")


def known(service: Service, method: str, path: str) -> Operation:
    found = operation_of(service, method, path, "answer")
    assert isinstance(found, Operation), found
    return found


def sample(service: Service, operation: Operation, shown: Any) -> Iterator[Finding]:
    """An output that the catalogue shows against the answer it is made of. The answer may stand in an envelope that the
    output leaves out, the output may hold it under a name of its own; what is said of a deletion is ours, and that
    something is done where the document tells no more."""
    if operation.method == "DELETE" or shown == {"done": True}:
        return
    schema = next(filter(None, (operation.answer(status) for status in (200, 201))), {})
    envelopes = [inner for name, inner in schema.get("properties", {}).items() if name in ("results", "data")]
    ways = [
        list(_errors(service, operation, "sample", whole, part))
        for whole in (schema, *envelopes)
        for part in (shown, *(shown.values() if len(shown) == 1 else ()))
    ]
    yield from min(ways, key=len)


def request(service: Service, sent: httpx.Request, base: str) -> Iterator[Finding]:
    path = sent.url.raw_path.decode().partition("?")[0].removeprefix(base)
    operation = operation_of(service, sent.method, path, "request")
    if isinstance(operation, Finding):
        yield operation
        return
    yield from _headers(service, operation, sent)
    yield from _query(service, operation, sent)
    yield from _body(service, operation, sent)


def _headers(service: Service, operation: Operation, sent: httpx.Request) -> Iterator[Finding]:
    for entry in (p for p in operation.parameters if p["in"] == "header"):
        value = sent.headers.get(entry["name"])
        place = f"header {entry['name']}"
        if value is None:
            if entry.get("required"):
                yield _finding(service, operation, place, "required", "is missing")
        elif value not in entry.get("schema", {}).get("enum", [value]):
            yield _finding(service, operation, place, "enum", value)
    needs = service.key == "ghl" and "/oauth/token" not in operation.path
    if needs and not sent.headers.get("authorization", "").startswith("Bearer "):
        yield _finding(service, operation, "header Authorization", "required", "is missing")


def _finding(service: Service, operation: Operation, place: str, kind: str, detail: str) -> Finding:
    return Finding(service.key, operation.name, "request", place, kind, detail)


def _query(service: Service, operation: Operation, sent: httpx.Request) -> Iterator[Finding]:
    declared = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
    for name, value in sent.url.params.multi_items():
        place = f"query {name}"
        if name not in declared:
            yield _finding(service, operation, place, "unknown", value)
        elif not _fits(value, declared[name].get("schema", {})):
            yield _finding(service, operation, place, "type", value)
    for name, entry in declared.items():
        if entry.get("required") and name not in sent.url.params:
            yield _finding(service, operation, f"query {name}", "required", "is missing")


def _fits(value: str, schema: Mapping[str, Any]) -> bool:
    if value not in schema.get("enum", [value]):
        return False
    kind = schema.get("type")
    if kind == "boolean":
        return value in ("true", "false")
    if kind in ("number", "integer"):
        return value.lstrip("-").replace(".", "", kind == "number").isdigit()
    return True


def _body(service: Service, operation: Operation, sent: httpx.Request) -> Iterator[Finding]:
    declared = _declared(service, operation)
    if not sent.content:
        if declared and operation.document.resolved(operation.entry.get("requestBody", {})).get("required"):
            yield _finding(service, operation, "body", "required", "is missing")
        return
    if declared is None:
        yield _finding(service, operation, "body", "unknown", "the document has no body here")
        return
    kind, schema = declared
    if sent.headers.get("content-type", "").partition(";")[0] != kind:
        yield _finding(service, operation, "body", "media type", sent.headers.get("content-type", ""))
        return
    data = _read(kind, sent)
    yield from _errors(service, operation, "request", schema, data)
    free = kind == MULTIPART and not schema.get("properties")  # the description alone says how the parts are called
    for name in sorted(set(data if isinstance(data, dict) and not free else ()) - set(schema.get("properties", {}))):
        yield _finding(service, operation, f"body/{name}", "unknown", str(data[name])[:60])


def _read(kind: str, sent: httpx.Request) -> Any:
    if kind == MULTIPART:
        return {part.name: part.content.decode("utf-8", "replace") for part in parts(sent.content, sent.headers)}
    if kind != "application/json":
        return dict(httpx.QueryParams(sent.content.decode()))
    return json.loads(sent.content)


def _declared(service: Service, operation: Operation) -> tuple[str, Any] | None:
    """Media type and schema of the body, the document's mistakes mended."""
    name = body_schema(service.key, operation.name)
    if name:
        return "application/json", operation.document.plain({"$ref": f"#/components/schemas/{name}"})
    return operation.body


def answer(service: Service, method: str, path: str, status: int, body: Any) -> Iterator[Finding]:
    operation = operation_of(service, method, path, "answer")
    if isinstance(operation, Finding):
        yield operation
        return
    schema = operation.answer(status)
    if schema is None:
        yield Finding(service.key, operation.name, "answer", f"status {status}", "status", "isn't declared")
        return
    whole = answer_schema(service.key, operation.name, status, schema)
    yield from _errors(service, operation, "answer", whole, body)


def _errors(service: Service, operation: Operation, side: str, schema: Any, data: Any) -> Iterator[Finding]:
    for error in Draft7Validator(schema).iter_errors(data):
        yield Finding(service.key, operation.name, side, _place(error), str(error.validator), error.message[:160])


def _place(error: ValidationError) -> str:
    lacking = error.message.split("'")[1:2] if error.validator == "required" else []
    path = ["*" if isinstance(part, int) else str(part) for part in error.absolute_path]
    return "/".join(["body", *path, *lacking])
