"""The reference page: the document in the look, drawn here. What it shows is `builder.api.document`'s alone."""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from builder.api import problems
from builder.api.document import document
from builder.models.columns import write_json

DEEPEST = 3
EXAMPLES = {"id": "k7mq2xw9ehtd", "number": "2", "step": "s8f2ca"}
KEYS = {
    "templates": "won-deal-to-draft-invoice",
    "connectors": "invoice_ninja",
    "operations": "ghl.contacts.get",
    "connections": "clients",
}
MARKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    kind: str = ""
    """code, b or em."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the items of a list."""

    lines: list[list[Piece]]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    type: str
    help: list[Piece]
    required: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    anchor: str
    method: str
    path: str
    title: str
    help: list[Block]
    scope: str
    query: list[Row]
    body: list[Row]
    status: str
    answer: list[Row]
    sent: str
    shown: str
    refused: list[problems.Kind]

    @property
    def address(self) -> str:
        """The path with an example in each place."""
        key = KEYS.get(self.path.split("/")[3], "")
        return re.sub("{(.*?)}", lambda place: EXAMPLES.get(place[1], key), self.path)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    help: str
    endpoints: list[Endpoint]

    @property
    def anchor(self) -> str:
        return self.name.lower()


@login_not_required
@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """Open to everybody, as the document is."""
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    kinds = [(kind, pieces(kind.help)) for kind in problems.KINDS.values()]
    context = {"introduction": introduction(), "groups": groups(), "kinds": kinds, "base": base}
    return render(request, "api/page.html", context)


@functools.cache
def introduction() -> list[Block]:
    return blocks(document()["info"]["description"])


@functools.cache
def groups() -> list[Group]:
    operations = [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        Group(tag["name"], tag["description"], [_endpoint(*one) for one in operations if tag["name"] in one[2]["tags"]])
        for tag in document()["tags"]
    ]


def pieces(text: str) -> list[Piece]:
    """Marked text in pieces: `code`, **bold**, *slanted*."""
    found, end = [], 0
    for mark in MARKED.finditer(text):
        kind = ("code", "b", "em")[(mark.lastindex or 1) - 1]
        found += [Piece(text[end : mark.start()]), Piece(mark[mark.lastindex or 1], kind)]
        end = mark.end()
    return [piece for piece in [*found, Piece(text[end:])] if piece.text]


def blocks(text: str) -> list[Block]:
    return [_block(part.strip()) for part in text.split("\n\n") if part.strip()]


def _block(part: str) -> Block:
    listed = part.startswith("- ")
    lines = re.split(r"^- ", part, flags=re.MULTILINE)[1:] if listed else [part]
    return Block([pieces(" ".join(line.split())) for line in lines], listed)


def _endpoint(path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    status, answer = next((s, a) for s, a in operation["responses"].items() if "$ref" not in a)
    sent, shown = _content(operation.get("requestBody", {})), _content(answer)
    refused = [a["$ref"].rsplit("/", 1)[1] for a in operation["responses"].values() if "$ref" in a]
    return Endpoint(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["summary"],
        help=blocks(operation.get("description", "").split("Scope: `")[0].strip()),
        scope=operation.get("x-scope", ""),
        query=[_parameter(each) for each in operation.get("parameters", ())],
        body=list(_rows(sent.get("schema", {}))),
        status=status,
        answer=list(_rows(shown.get("schema", {}))),
        sent=_example(sent),
        shown=_example(shown),
        refused=[problems.KINDS[code] for code in refused if code not in ("own_fault", "unavailable")],
    )


def _content(body: dict[str, Any]) -> dict[str, Any]:
    return next(iter(body.get("content", {}).values()), {})


def _example(content: dict[str, Any]) -> str:
    shown = next(iter(content.get("examples", {}).values()), None)
    return json.dumps(json.loads(write_json(shown["value"])), indent=2, ensure_ascii=False) if shown else ""


def _parameter(given: dict[str, Any]) -> Row:
    help = pieces(given.get("description", ""))
    return Row(given["name"], _type(given["schema"]), help, given.get("required", False), given["in"])


def _rows(schema: dict[str, Any], prefix: str = "", seen: tuple[str, ...] = ()) -> Iterator[Row]:
    """The fields of a body, those inside objects and lists by dotted name."""
    name, schema = _named(schema)
    if name in seen or len(seen) >= DEEPEST:
        return
    for field, part in schema.get("properties", {}).items():
        required = field in schema.get("required", ())
        yield Row(prefix + field, _type(part), pieces(part.get("description", "")), required)
        inside = _inside(part)
        mark = "[]." if "items" in part else "."
        yield from _rows(inside, f"{prefix}{field}{mark}", (*seen, name))


def _inside(schema: dict[str, Any]) -> dict[str, Any]:
    """What a list, a nullable or a described reference is about."""
    if "items" in schema:
        return _inside(schema["items"])
    inner = next((one for key in ("allOf", "oneOf", "anyOf") for one in schema.get(key, ()) if "$ref" in one), None)
    return inner or schema


def _named(schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if "$ref" not in schema:
        return "", schema
    name = schema["$ref"].rsplit("/", 1)[1]
    return name, document()["components"]["schemas"][name]


def _type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "")
    null = " or null" if "null" in kinds or any(one.get("type") == "null" for one in schema.get("oneOf", ())) else ""
    kind = next((k for k in [kinds] if isinstance(k, str)), "") or next((k for k in kinds if k != "null"), "")
    if kind == "array":
        return f"list of {_type(schema['items'])}{null}"
    if "enum" in schema:
        return " · ".join(str(value) for value in schema["enum"] if value is not None) + null
    if schema.get("format") == "date-time":
        return f"time{null}"
    words = {"string": "text", "object": "object", "": "object" if _inside(schema) is not schema or "$ref" in schema
             else "any JSON"}  # fmt: skip
    return words.get(kind, kind) + null
