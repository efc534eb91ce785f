"""OpenAPI documents: found operations, resolved references, schemas that jsonschema can read."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from connectors.sandbox_kit.words import words
from tests.contract import forgotten

Schema = dict[str, Any]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document:
    def __init__(self, path: Path, data: Any = None) -> None:
        self.path = path
        self.data = data if data is not None else _read(path)
        self._others: dict[str, Document] = {}
        self._plain: dict[str, Schema] = {}

    def follow(self, reference: str) -> tuple["Document", Any]:
        """What a `$ref` points at, and the document it stands in."""
        file, _, pointer = reference.partition("#")
        home = self._other(file) if file else self
        value = home.data
        for part in pointer.strip("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            value = value[name] if name in value else value[int(name)]  # YAML reads a status as a number
        return home, value

    def _other(self, file: str) -> "Document":
        if file not in self._others:
            self._others[file] = Document((self.path.parent / file).resolve())
        return self._others[file]

    def resolved(self, value: Any) -> Any:
        return self.follow(value["$ref"])[1] if isinstance(value, dict) and "$ref" in value else value

    def plain(self, schema: Any, seen: tuple[str, ...] = ()) -> Schema:
        """The schema without references and without `nullable`; one that holds itself is open at the second round."""
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            reference = schema["$ref"]
            if reference in seen:
                return {}
            home, target = self.follow(reference)
            return home.plain(target, (*seen, reference))
        done = {key: self._part(key, value, seen) for key, value in schema.items() if key in READ}
        if not isinstance(done.get("required", []), list):
            del done["required"]
        return {"anyOf": [{"type": "null"}, done]} if schema.get("nullable") else done

    def _part(self, key: str, value: Any, seen: tuple[str, ...]) -> Any:
        if key == "properties":
            return {name: self.plain(inner, seen) for name, inner in value.items()}
        if key in ("allOf", "anyOf", "oneOf"):
            return [self.plain(inner, seen) for inner in value]
        if key in ("items", "not"):
            return self.plain(value, seen)
        return value

    @cached_property
    def operations(self) -> "list[Operation]":
        verbs = ("get", "post", "put", "patch", "delete")
        pairs = [(path, verb, entry) for path, entry in self.data["paths"].items() for verb in verbs if verb in entry]
        return [
            Operation(self, verb.upper(), path, entry[verb], entry.get("parameters", [])) for path, verb, entry in pairs
        ]


def _read(path: Path) -> Any:
    raw = path.read_text()
    return json.loads(raw) if path.suffix == ".json" else yaml.load(raw, Loader=LOADER)


READ = frozenset(
    words("type properties items required enum allOf anyOf oneOf not")
    + words("minimum maximum minLength maxLength minItems maxItems")
)
"""The words of a schema that are held against; formats and examples are not."""


@dataclass(frozen=True)
class Operation:
    document: Document
    method: str
    path: str
    entry: dict[str, Any]
    shared: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        return [self.document.resolved(one) for one in [*self.shared, *self.entry.get("parameters", [])]]

    @cached_property
    def body(self) -> tuple[str, Schema] | None:
        """Media type and schema of the request's body."""
        content = self.document.resolved(self.entry.get("requestBody", {})).get("content", {})
        for kind, entry in content.items():
            return kind, self.document.plain(entry.get("schema", {}))
        return None

    @cached_property
    def made_up(self) -> dict[bool, tuple[int, bytes]]:
        """Answers of the document's own, full and empty: each is made once."""
        return {}

    @cached_property
    def _answers(self) -> dict[int, Schema | None]:
        return {}

    def answer(self, status: int) -> Schema | None:
        """The schema of an answer; empty when nothing is said of its body, None when the status isn't declared."""
        if status not in self._answers:
            self._answers[status] = self._answer(status)
        return self._answers[status]

    def _answer(self, status: int) -> Schema | None:
        table = {str(code): entry for code, entry in self.entry["responses"].items()}
        entry = table.get(str(status)) or table.get(f"{status // 100}XX") or table.get("default")
        if entry is None:
            return None
        home, entry = self.document.follow(entry["$ref"]) if "$ref" in entry else (self.document, entry)
        return home.plain(entry.get("content", {}).get("application/json", {}).get("schema", {}))

    def fits(self, parts: list[str]) -> bool:
        own = self.path.split("/")
        return len(own) == len(parts) and all(
            a == b or (a.startswith("{") and b) for a, b in zip(own, parts, strict=True)
        )


class Service:
    """The documents of one service."""

    def __init__(self, key: str, documents: list[Document]) -> None:
        self.key = key
        self.operations = [one for document in documents for one in document.operations]
        self._shapes: dict[tuple[str, int, str], list[Operation]] = defaultdict(list)
        """By method, number of parts of the path and the first: looked through for each of 60,000 requests."""
        for one in self.operations:
            self._shapes[one.method, one.path.count("/"), _first(one.path)].append(one)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation for a call; a path in full letters beats one with a hole. A slash at the end, which Invoice
        Ninja's document shows for schedules, is none of the service's paths: its server would lead on from there."""
        paths = [path, f"{path}/"] if self.key == "invoice_ninja" else [path]
        found = [one for p in paths for one in self._shapes[method, p.count("/"), _first(p)] if one.fits(p.split("/"))]
        return min(found, key=lambda one: one.path.count("{"), default=None)


def _first(path: str) -> str:
    """What tells most paths apart, and is never a hole."""
    return path.removeprefix("/api/v1").split("/")[1]


@cache
def load(folder: Path) -> dict[str, Service]:
    ghl = [Document(path) for path in sorted((folder / "ghl").glob("*.json"))]
    ninja = Document(folder / "invoice_ninja" / "api-docs.yaml")
    beside = Document(ninja.path, {**ninja.data, "paths": forgotten.paths()})
    return {"ghl": Service("ghl", ghl), "invoice_ninja": Service("invoice_ninja", [ninja, beside])}
