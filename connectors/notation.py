"""Operations in the fewest readable lines (house.md §5): a name is written once and the rest follows.

    resource = service("ghl", explain=explain, headers=headers).resource
    NOTES = resource(
        "contacts", "/contacts/{contactId}/notes",
        post("add_note", "", "Add a note", f.note("body"), returns="note", retry=reconcile(by=find_note)),
        version="2021-07-28", scopes="contacts.write", samples=samples("note"),
    )

`NOTES` is {"ghl.contacts.add_note": Operation}. Where an input goes follows from the path's braces and the method.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import quote

from connectors import files, wire
from connectors.errors import NotFound, Refused
from connectors.fields import Field, label_of
from connectors.frozen import Frozen
from connectors.pages import Explain, ask
from connectors.spec import Context, Conversation, LinkKind, Operation, Output, Part, Request, Response, Retry

T = TypeVar("T")
Values = dict[str, Any]
Perform = Callable[[Values, Context], Conversation[Values]]
Find = Callable[[Values, Context], Conversation[list[Values]]]
BRACES = re.compile(r"{(\w+)}")
WITH_BODY = ("POST", "PUT", "PATCH")
DEPTH = 6
"""Levels of a sample that are told as outputs of their own."""


class Told(Sequence[T]):
    """What an operation takes or gives, told when somebody asks: most never are, in the life of a process."""

    def __init__(self, tell: Callable[[], Iterable[T]]) -> None:
        self._tell = tell

    @cached_property
    def _told(self) -> tuple[T, ...]:
        return tuple(self._tell())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._told[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


class Inputs(Told[Field]):
    """From what a verb declares, its path and its method."""


class Outputs(Told[Output]):
    """From a sample."""


class Given(Frozen, eq=False):
    """An input that no form shows: the connection's own settings fill it in."""

    name: str
    setting: str = ""
    where: str = "body"
    value: str = ""
    """Sent where no setting fills it in."""


class Reconcile(Frozen, eq=False):
    """How a write is looked for, and the class that it has."""

    by: Find | None
    lag: float = 0.0
    retry: Retry = Retry.RECONCILE
    doubtful: bool = False


def reconcile(by: Find, lag: float = 0.0, doubtful: bool = False) -> Reconcile:
    """Class reconcile: `by` looks for what an earlier attempt may have made; the search may lag `lag` seconds.
    `doubtful`: it may raise Unclear."""
    return Reconcile(by, lag, doubtful=doubtful)


def once(by: Find, lag: float = 0.0) -> Reconcile:
    """Class once, looked for first all the same: what `by` finds is taken, and where there is nothing a person is
    asked."""
    return Reconcile(by, lag, Retry.ONCE)


@dataclass(slots=True, eq=False)
class Draft:
    """What a verb declares; the one resource that it belongs to fills it in and makes the Operation of it."""

    method: str
    name: str
    path: str
    label: str
    parts: tuple[Field | Given, ...]
    returns: str = ""
    """The object's name: the key the output nests under."""
    sample: Any = None
    """The whole output, when it isn't `{returns: the resource's sample}`."""
    retry: Retry | Reconcile | None = None
    prepare: Callable[[Values, Context], Values] | None = None
    """First touch on the inputs, before the request is built from them."""
    shape: Callable[[Values], Any] | None = None
    """Last touch on the body, when everything in it is declared, filled and typed; it may become a list."""
    finish: Callable[[Request, Context], Conversation[Request]] | None = None
    """Last touch on the request, where the service has to be asked something for it first."""
    perform: Perform | None = None
    """Instead of the generated conversation, for what can't be declared."""
    wrap: Callable[[Perform], Perform] | None = None
    """Around the generated conversation."""
    read: Callable[[Any, Values], Values] | None = None
    """(answer's JSON, inputs) to the output, when nesting by name isn't enough."""
    body: bool = False
    """A DELETE whose inputs travel in a body."""
    bare: bool = False
    """A POST, PUT or PATCH without any body."""
    reads: bool = False
    """A POST that only searches."""
    scopes: str = ""
    help: str = ""
    words: tuple[str, ...] = ()
    source: str = ""
    cache: int = 0
    one_of: tuple[str, ...] = ()
    consumes: bool = False
    """All three as in `Operation`."""
    link: LinkKind | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """Fixed values sent along."""
    key: str = ""
    """`ghl.contacts.create`, once it belongs to a resource."""
    upload: Callable[[Values, Context, str], str] | None = None
    """(inputs, context, the file's name) to the name of the part that carries the file which the inputs of
    `files.FIELDS` name; the other inputs go as plain parts beside it."""


def _verb(method: str) -> Callable[..., Draft]:
    def declare(name: str, path: str, label: str, *parts: Field | Given, **options: Any) -> Draft:
        return Draft(method, name, path, label, parts, **options)

    declare.__name__ = method.lower()
    return declare


get, post, put, patch, delete = (_verb(method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))


class Service(Frozen, eq=False):
    """What all operations of one connector share."""

    key: str
    explain: Explain
    headers: Callable[[str], Mapping[str, str]] = lambda version: {}
    """(version) to the headers a module wants besides the account's."""
    derived: bool = False
    """Whether its operations are, see there."""
    unwrap: Callable[[Any, str], Any] = lambda answer, name: (
        answer.get(name, answer) if isinstance(answer, dict) else answer
    )
    """(answer's JSON, object's name) to the object."""
    money: frozenset[str] = frozenset()
    """Names that hold amounts, wherever they appear in a sample; or whole paths (`invoices[0].total`)."""
    known: dict[tuple[str, int], tuple[Any, list[Output]]] = field(default_factory=dict, compare=False)
    """Outputs by name and identity of a part of a sample, and the part: operations of one resource share theirs."""

    def resource(
        self,
        name: str,
        base: str,
        *drafts: Draft,
        version: str = "",
        scopes: str = "",
        source: str = "",
        object: str = "",
        sample: Any = None,
        words: tuple[str, ...] = (),
    ) -> dict[str, Operation]:
        """{key: Operation}. `sample` is one record; an output is `{returns: sample}` unless a draft brings its own."""
        made = {}
        for draft in drafts:
            if draft.key:
                raise ValueError(f"{draft.key} is declared already, and can't be {name}'s too")
            draft.key = f"{self.key}.{name}.{draft.name}"
            draft.path = base + draft.path
            draft.scopes, draft.source = draft.scopes or scopes, draft.source or source
            draft.words = (*draft.words, *words)
            made[draft.key] = self.operation(draft, version, object or name, sample)
        return made

    def operation(self, draft: Draft, version: str, object: str, record: Any) -> Operation:
        fields = Inputs(partial(_fields, draft))
        known = _class_of(draft)
        sample = draft.sample if draft.sample is not None else _sample(draft, record)
        return Operation(
            key=draft.key,
            label=draft.label,
            kind="lookup" if known.retry is Retry.READ else "action",
            retry=known.retry,
            perform=draft.perform or self.performer(draft, fields, version),
            fields=fields,
            outputs=Outputs(partial(self._told, sample)),
            sample=sample,
            find=known.by,
            lag=known.lag,
            doubtful=known.doubtful,
            link=draft.link,
            object=object,
            words=draft.words,
            help=draft.help,
            permission=draft.scopes,
            source=draft.source,
            cache=draft.cache,
            one_of=draft.one_of,
            derived=self.derived,
            consumes=draft.consumes,
        )

    def _told(self, sample: Mapping[str, Any]) -> Iterable[Output]:
        return (one for name, part in sample.items() for one in self.outputs(name, part))

    def outputs(self, name: str, part: Any) -> list[Output]:
        """Of one part of a sample."""
        key = name, id(part)
        if key not in self.known:
            self.known[key] = part, outputs(part, self.money, name, DEPTH - 1)
        return self.known[key][1]

    def performer(self, draft: Draft, fields: Sequence[Field], version: str) -> Perform:
        perform = partial(self._perform, draft, fields, version)
        return draft.wrap(perform) if draft.wrap else perform

    def _perform(
        self, draft: Draft, fields: Sequence[Field], version: str, inputs: Values, context: Context
    ) -> Conversation[Values]:
        values = draft.prepare(dict(inputs), context) if draft.prepare else inputs
        request = build(draft, fields, values, context, self.headers(version))
        if draft.finish:
            request = yield from draft.finish(request, context)
        if draft.upload:
            request = yield from _uploading(draft.upload, request, values, context)
        try:
            response = yield from ask(request, self.explain, draft.label.lower())
        except NotFound:
            if draft.method != "DELETE":
                raise
            return {draft.returns: {"deleted": True, "found": False}} if draft.returns else {"deleted": True}
        except Refused as problem:
            if type(problem) is Refused:
                problem.field = _input_of(fields, problem.field)
            raise
        return self.read(draft, response, values)

    def read(self, draft: Draft, response: Response, values: Values) -> Values:
        if draft.read:
            return draft.read(response.json, values)
        if draft.method == "DELETE" and not draft.body:
            return {draft.returns: {"deleted": True, "found": True}} if draft.returns else {"deleted": True}
        return {draft.returns: self.unwrap(response.json, draft.returns)} if draft.returns else response.json or {}


def _input_of(fields: Iterable[Field], blamed: str) -> str:
    """The input that the service means; empty where there is none of that name."""
    name = next((one.name for one in fields if f"{blamed}.".startswith(f"{one.name}.")), "")
    return name or next((one.name for one in fields if blamed and one.name.startswith(f"{blamed}.")), "")


def service(key: str, explain: Explain, **options: Any) -> Service:
    return Service(key, explain, **options)


def build(
    draft: Draft, fields: Sequence[Field], values: Values, context: Context, headers: Mapping[str, str]
) -> Request:
    """The request: declared inputs only, empty ones left out."""
    sent: dict[str, Values] = {"path": {}, "query": {}, "body": dict(draft.more), "none": {}}
    for item in fields:
        value = values.get(item.name)
        value = value if not _empty(value) else item.default
        if item.required and _empty(value):
            raise Refused(
                f"{item.label} is empty: fill it in, or see why the earlier step gave nothing.", field=item.name
            )
        if not _empty(value):
            sent[item.where][item.name] = plain(item, value)
    for given in (part for part in draft.parts if isinstance(part, Given)):
        sent[given.where][given.name] = context.account.settings.get(given.setting, given.value)
    return Request(
        draft.method,
        fill(draft.path, sent["path"]),
        query=sent["query"],
        json=_shaped(draft, nested(sent["body"])) if _has_body(draft) else None,
        headers=dict(headers),
        reads=draft.reads,
    )


def _uploading(
    name: Callable[[Values, Context, str], str], request: Request, values: Values, context: Context
) -> Conversation[Request]:
    """The request with its file, fetched now."""
    file = yield from files.given(values)
    plain_ = tuple(Part(key, str(value).encode()) for key, value in (request.json or {}).items())
    carried = Part(name(values, context, file.name), file.content, file.name, file.type)
    return replace(request, json=None, parts=(*plain_, carried))


def _has_body(draft: Draft) -> bool:
    return draft.body or (draft.method in WITH_BODY and not draft.bare)


def _shaped(draft: Draft, body: Values) -> Any:
    return draft.shape(body) if draft.shape else body


def fill(path: str, values: Mapping[str, Any]) -> str:
    """The path with every brace filled, escaped so that a value can't leave its place."""

    def one(match: re.Match[str]) -> str:
        value = str(values.get(match[1], "")).strip()
        if not value or set(value) == {"."}:
            raise Refused(f"{label_of(match[1])} is {value or 'empty'!r}, which is no id.", field=match[1])
        try:
            return quote(value, safe="")
        except UnicodeEncodeError:
            label = label_of(match[1])
            raise Refused(f"{label} holds half a character, which is no id: choose it again.", field=match[1]) from None

    return BRACES.sub(one, path)


def nested(values: Mapping[str, Any]) -> Values:
    """`{"settings.currency_id": 3}` as `{"settings": {"currency_id": 3}}`."""
    made: Values = {}
    for name, value in values.items():
        *outer, last = name.split(".")
        inside = made
        for step in outer:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return made


def plain(item: Field, value: Any) -> Any:
    """A value as JSON carries it, by its field's type; unknown columns and empty ones left out."""
    if item.type == "lines":
        return [_members(item, line) for line in value]
    if item.type == "object" and item.fields:
        return _members(item, value)
    if item.type in ("tags", "choices"):
        return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
    if item.type in ("number", "money"):
        return value if isinstance(value, int) else Decimal(str(value))
    if item.type == "integer":
        return int(value)
    if item.type in ("date", "datetime"):
        return value if isinstance(value, str) else wire.moment(value)
    if item.type in ("boolean", "json", "object"):
        return value
    return str(value)


def _members(item: Field, given: Mapping[str, Any]) -> Values:
    return nested({f.name: plain(f, given[f.name]) for f in item.fields if not _empty(given.get(f.name))})


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | tuple | dict) and not value)


def _fields(draft: Draft) -> tuple[Field, ...]:
    given = {part.name for part in draft.parts if isinstance(part, Given)}
    declared = {part.name: part for part in draft.parts if isinstance(part, Field)}
    in_path = [name for name in BRACES.findall(draft.path) if name not in given]
    ids = [_id_field(name, declared.pop(name, None)) for name in in_path]
    elsewhere = "body" if draft.method in WITH_BODY or draft.body else "query"
    rest = (f.altered(where=elsewhere) if f.where == "body" != elsewhere else f for f in declared.values())
    return (*ids, *rest)


def _id_field(name: str, declared: Field | None) -> Field:
    if declared is None:
        help = f"ID of the {label_of(name).lower()}, as an earlier step gives it."
        return Field(name, "text", help=help, required=True, where="path")
    return declared.altered(required=True, where="path")


def _class_of(draft: Draft) -> Reconcile:
    if isinstance(draft.retry, Reconcile):
        return draft.retry
    if draft.retry:
        return Reconcile(None, retry=draft.retry)
    if draft.method == "GET" or draft.reads:
        return Reconcile(None, retry=Retry.READ)
    return Reconcile(None, retry=Retry.ONCE if draft.method in ("POST", "PATCH") else Retry.IDEMPOTENT)


def _sample(draft: Draft, record: Any) -> Values:
    if draft.method == "DELETE" and not draft.body:
        gone = {"deleted": True, "found": True}
        return {draft.returns: gone} if draft.returns else {"deleted": True}
    return {draft.returns: record} if draft.returns else dict(record or {})


def outputs(sample: Any, money: frozenset[str] = frozenset(), path: str = "", depth: int = DEPTH) -> list[Output]:
    """Every value of a sample, lists also as a whole and by their first item."""
    if isinstance(sample, Mapping) and depth:
        return [o for k, v in sample.items() for o in outputs(v, money, f"{path}.{k}" if path else k, depth - 1)]
    if isinstance(sample, list):
        first = outputs(sample[0], money, f"{path}[0]", depth - 1) if sample and isinstance(sample[0], Mapping) else []
        return [Output(path, "list", _label(path), sample), *first]
    return [Output(path, kind_of(path, sample, money), _label(path), sample)]


@lru_cache(maxsize=4096)
def _label(path: str) -> str:
    """`contact.custom[0].value` reads `Contact custom value`; an id keeps its name, and no word comes twice."""
    names = [re.sub(r"\[\d+\]", "", name) for name in path.split(".")]
    words = [label_of(name) if name != "id" else "ID" for name in names[-2:]]
    if words[-1].startswith(f"{words[0]} "):
        return words[-1]
    return " ".join([words[0], *(w[0].lower() + w[1:] if w[1:2].islower() or w[1:2] == "-" else w for w in words[1:])])


def kind_of(path: str, value: Any, money: frozenset[str] = frozenset()) -> str:
    """The type an output is offered as, from its name and an example."""
    name = path.rsplit(".", 1)[-1]
    if name in money or path in money:
        return "money"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, Mapping):
        return "object"
    return _kind_of_text(name.lower(), str(value or ""))


def _kind_of_text(name: str, value: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "date"
    if re.match(r"\d{4}-\d\d-\d\dT\d\d:", value):
        return "datetime"
    if "email" in name and "@" in value:
        return "email"
    if "phone" in name:
        return "phone"
    return "url" if value.startswith(("https://", "http://")) else "text"


def sampler(folder: Path) -> Callable[[str], Any]:
    """Reads `<folder>/<name>.json`, fractions as Decimal; once, whoever asks."""
    decode = json.JSONDecoder(parse_float=Decimal).decode
    return cache(lambda name: decode((folder / f"{name}.json").read_text("utf-8")))
