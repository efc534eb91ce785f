"""Every operation with every field, filled in with what hypothesis and nasty people think of: whatever a recipe may
bring, the request that leaves is one that the service's document accepts, or none leaves.

The services are stood in for by their documents alone: each answer is made of the schema, once as full and once as
empty as it may be. Nothing is left to chance: the same examples are tried each time.
"""

import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from builder.recipe import values
from connectors import catalogue, wire
from connectors.client import build
from connectors.errors import ConnectorError
from connectors.fields import Field
from connectors.spec import Connector, Context, Conversation, Operation, Request, Response
from tests.contract import check, made_up
from tests.contract.check import Finding
from tests.contract.documents import Operation as Declared
from tests.contract.documents import Service
from tests.contract.operations import ALONE

EXAMPLES = 8
"""By hypothesis for each operation, after the corners below."""
CORNERS = ("needed", "every", "hostile", "unicode", "blank", "maximal")
MOST = 60
"""Requests that one conversation may make: lists are walked."""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOUNDS = frozenset(("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"))
"""What the service may say of a person's own value: it is refused there with a reason, and told."""
OPENING = {
    "ghl": {"token": "pit-of-nobody", "location_id": "ve9EPM428h8vShlRW1KT", "company_id": "5DP4iH6HLkQsiKESj6rh"},
    "invoice_ninja": {"token": "t" * 64, "base_url": "https://invoicing.co", "user_password": "open sesame"},
}
HOSTILE = (
    "../../me", "a/b?c=d&e#f", "%2e%2e%2f", "..", ".", "<script>alert(1)</script>", "'; DROP TABLE clients;--",
    "\r\nX-Evil: 1",
    "null", "true", "[]", '{"a": 1}', "\x00", "\ud83e", "0", "-1", "1e999", "{{ trigger.secret }}",
)  # fmt: skip
UNICODE = (
    "Ünïcödé 🧾",
    "مرحبا بالعالم",
    "e\u0301\u200b\u202e",
    "漢字かな",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
)
BLANK = ("", " ", "\n\t", "\u00a0")
MAXIMAL = ("x" * 10_000, "9" * 300)
BY_TYPE: dict[str, dict[str, tuple[Any, ...]]] = {
    "email": {"unicode": ("ü@exämple.com",), "hostile": ("a'b+c@x.co",), "maximal": (f"{'a' * 64}@{'b' * 60}.com",)},
    "phone": {"unicode": ("+49 (0)30 1234-56",), "maximal": ("+12345678901234567",)},
    "url": {"hostile": ("https://x.example/?a=b&c#d",), "maximal": (f"https://x.example/{'a' * 2000}",)},
    "number": {"hostile": ("-1", "0.1"), "maximal": ("99999999.99",), "unicode": ("1 234,5",)},
    "money": {"hostile": ("-1", "0.001"), "maximal": ("99999999.99",), "unicode": ("€ 1.234,50",)},
    "integer": {"hostile": ("0",), "maximal": ("2147483647",), "unicode": ("12",)},
    "date": {"hostile": ("1900-01-01",), "maximal": ("9999-12-31",), "unicode": ("2026-02-28",)},
    "datetime": {
        "hostile": ("1900-01-01T00:00:00Z",),
        "maximal": ("9999-12-31T23:59:59Z",),
        "unicode": ("2026-02-28",),
    },
    "boolean": {"hostile": (False,), "maximal": (True,), "unicode": ("yes",)},
}
USUAL: dict[str, Any] = {
    "email": "sample@contract.example", "phone": "+12025550177", "url": "https://contract.example/page",
    "number": "2.5", "integer": "3", "money": "12.50", "date": "2026-11-22", "datetime": "2026-12-01T09:00:00Z",
    "boolean": "true",
}  # fmt: skip


@dataclass
class Generated:
    findings: dict[Finding, None] = field(default_factory=dict)
    operations: int = 0
    fields: int = 0
    """Inputs, columns of lines among them, that some request was built with."""
    examples: int = 0
    requests: int = 0
    refused: int = 0
    """Examples of which nothing left, or not all: we said no ourselves, with a sentence."""
    bounds: int = 0
    """Times that a value was longer, larger or smaller than the service takes."""
    broken: list[str] = field(default_factory=list)


def drive(key: str, service: Service) -> Generated:
    done, connector = Generated(), catalogue.CONNECTORS[key]
    context = Context(
        connector.account("token", OPENING[key]), marker="wf-" + string.ascii_uppercase[:20], currency="USD"
    )
    for operation in connector.operations.values():
        done.operations += 1
        used: set[str] = set()
        bench = Bench(service, connector, operation, context, done, used)
        for corner in CORNERS:
            for full in (True, False):
                bench.try_out(_filled(operation.fields, corner), full)
        if alone := ALONE.get(operation.key):
            bench.try_out(_filled([one for one in operation.fields if one.name not in alone], "every"), True)
        for kept in operation.one_of:
            others = set(operation.one_of) - {kept}
            bench.try_out(_filled([one for one in operation.fields if one.name not in others], "every"), True)
        _by_chance(bench)
        done.fields += len(used)
        if lost := sorted(_names(operation.fields) - used):
            done.broken.append(f"{operation.key}: no request was built with {', '.join(lost)}")
    return done


def _by_chance(bench: "Bench") -> None:
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(_inputs(bench.operation.fields), st.booleans())
    def each(inputs: dict[str, Any], full: bool) -> None:
        bench.try_out(inputs, full)

    each()


@dataclass
class Bench:
    service: Service
    connector: Connector
    operation: Operation
    context: Context
    done: Generated
    used: set[str]
    typed: dict[str, Any] = field(default_factory=dict)
    """What is tried at the moment."""

    def try_out(self, inputs: dict[str, Any], full: bool) -> None:
        """Carries the operation out, and looks for what it may have made; `full`: lists are answered with a record."""
        self.done.examples += 1
        typed = self._typed(inputs)
        if typed is None:
            return
        self.typed = typed
        asked = len(self.done.findings), self.done.requests
        self._say(self.operation.perform(typed, self.context), full)
        if self.operation.find:
            self._say(self.operation.find(typed, self.context), full)
        if self.done.requests > asked[1]:
            self.used |= _filled_names(self.operation.fields, typed)

    def _typed(self, inputs: dict[str, Any]) -> dict[str, Any] | None:
        """As a run reads them: the values come out of pills."""
        scope: dict[str, Any] = {}
        texts = _pills(inputs, scope)
        fields, one_of = self.operation.fields, self.operation.one_of
        try:
            typed, troubles = values.resolve(
                texts, fields, {"trigger": scope}, now=NOW, zone="UTC", currency="USD", one_of=one_of
            )
        except values.CantRender:
            troubles, typed = [values.Trouble("", "")], {}
        if troubles:
            self.done.refused += 1
            bad = {trouble.field.split(".")[0] for trouble in troubles}
            if (
                not bad - {""}
                or not (less := {n: v for n, v in inputs.items() if n not in bad})
                or len(less) == len(inputs)
            ):
                return None
            needed = {f.name for f in fields if f.required}
            return None if bad & needed else self._typed(less)
        return dict(wire.decode(wire.encode(typed).encode()))

    def _say(self, talk: Conversation[Any], full: bool) -> None:
        try:
            request = next(talk)
            for _ in range(MOST):
                request = talk.send(self._answer(request, full))
        except StopIteration:
            return
        except ConnectorError:
            self.done.refused += 1
        except Exception as mistake:
            line = f"{self.operation.key}: {type(mistake).__name__}: {str(mistake)[:120]}"
            if line not in self.done.broken:
                self.done.broken.append(line)
        finally:
            talk.close()

    def _answer(self, request: Request, full: bool) -> Response:
        self.done.requests += 1
        if request.url:  # a file from elsewhere
            return Response(200, {"content-type": "application/pdf"}, b"%PDF-1.7 a file")
        sent = build(self.context.account, request)
        base = httpx.URL(self.context.account.base_url).path.rstrip("/")
        for found in check.request(self.service, sent, base):
            if found.kind in BOUNDS:
                self.done.bounds += 1
            else:
                self.done.findings[found] = None
        declared = self.service.find(sent.method, sent.url.raw_path.decode().partition("?")[0].removeprefix(base))
        made = _made_up(declared, full)
        return self._with_fields(made) if request.path.endswith("/customFields") and sent.method == "GET" else made

    def _with_fields(self, made: Response) -> Response:
        """The location has the custom fields that the example fills in, each of which takes a text."""
        named = [str(row.get("id") or "") for row in self.typed.get("customFields") or [] if isinstance(row, dict)]
        rows = [{"id": name, "name": name, "dataType": "TEXT"} for name in named]
        return replace(made, json={"customFields": rows})


def _made_up(declared: Declared | None, full: bool) -> Response:
    status, content = _content(declared, full) if declared else (200, b"{}")
    return Response(status, {"content-type": "application/json"}, content, json.loads(content))


def _content(declared: Declared, full: bool) -> tuple[int, bytes]:
    kept = declared.made_up
    if full not in kept:
        answer = made_up.answer(declared)
        body = answer.json() if answer.content else None
        kept[full] = answer.status_code, wire.encode(body if full else _emptied(body)).encode()
    return kept[full]


def _emptied(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _emptied(value) for name, value in body.items()}
    return [] if isinstance(body, list) else body


def _pills(value: Any, scope: dict[str, Any]) -> Any:
    """The same with a pill in the place of each value."""
    if isinstance(value, dict):
        return {name: _pills(inner, scope) for name, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_pills(inner, scope) for inner in value]
    name = f"v{len(scope)}"
    scope[name] = value
    return f"{{{{ trigger.{name} }}}}"


def _filled(fields: Iterable[Field], corner: str) -> dict[str, Any]:
    """Every field, or for `needed` only what is."""
    wanted = [one for one in fields if corner != "needed" or one.required]
    return {one.name: _corner(one, corner, number) for number, one in enumerate(wanted)}


def _corner(one: Field, corner: str, number: int) -> Any:
    if one.type == "lines" or (one.type == "object" and one.fields):
        row = _filled(one.fields, "every" if corner == "needed" else corner)
        return [row] * (50 if corner == "maximal" else 1) if one.type == "lines" else row
    if one.choices:
        value = one.choices[(-1 if corner == "maximal" else 0)][0]
        return [value] if one.type == "choices" else value
    if one.type == "json":
        return one.example if one.example is not None else {"a": _text(corner, number)}
    if one.type in ("tags", "choices"):
        return [_text(corner, number)] * (100 if corner == "maximal" else 1)
    if one.type in USUAL:
        found = BY_TYPE.get(one.type, {}).get(corner)
        return (
            "" if corner == "blank" and not one.required else found[number % len(found)] if found else USUAL[one.type]
        )
    if corner == "blank" and one.required:
        return "x"
    return _text(corner, number) if one.example is None or corner not in ("needed", "every") else one.example


def _text(corner: str, number: int) -> str:
    table = {"hostile": HOSTILE, "unicode": UNICODE, "blank": BLANK, "maximal": MAXIMAL}.get(corner, ("Sample",))
    return table[number % len(table)]


def _inputs(fields: Iterable[Field]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {one.name: _values(one) for one in fields if one.required}
    return st.fixed_dictionaries(needed, optional={one.name: _values(one) for one in fields if not one.required})


TEXTS = st.one_of(st.sampled_from((*HOSTILE, *UNICODE)), st.text(max_size=40))


def _values(one: Field) -> st.SearchStrategy[Any]:
    if one.type == "lines":
        return st.lists(_inputs(one.fields), min_size=1, max_size=3)
    if one.type == "object" and one.fields:
        return _inputs(one.fields)
    if one.choices:
        chosen = st.sampled_from([value for value, _ in one.choices])
        return st.lists(chosen, min_size=1, max_size=3) if one.type == "choices" else chosen
    if one.type == "json":
        return (
            st.just(one.example) if one.example is not None else st.dictionaries(st.text(max_size=5), TEXTS, max_size=3)
        )
    if one.type in ("tags", "choices"):
        return st.lists(TEXTS, max_size=4)
    if one.type in USUAL:
        table = BY_TYPE.get(one.type, {})
        return st.sampled_from([USUAL[one.type], *(value for told in table.values() for value in told)])
    return TEXTS


def _names(fields: Iterable[Field], above: str = "") -> set[str]:
    found = {f"{above}{one.name}" for one in fields}
    return found | {name for one in fields for name in _names(one.fields, f"{above}{one.name}.")}


def _filled_names(fields: Iterable[Field], typed: Mapping[str, Any], above: str = "") -> set[str]:
    found = set()
    for one in fields:
        if (value := typed.get(one.name)) is not None:
            found.add(f"{above}{one.name}")
            rows = value if isinstance(value, list) else [value]
            for row in rows if one.fields else ():
                found |= _filled_names(one.fields, row, f"{above}{one.name}.") if isinstance(row, dict) else set()
    return found
