"""What a recipe holds that is its team's own, for a template to ask about instead; and what no template may hold."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs, secrets_found
from builder.actions.template_file import SLOT, Question
from builder.recipe import conditions, summary
from builder.recipe import tree as trees
from builder.recipe.values import has_pill
from connectors.fields import Field

Tree = dict[str, Any]
Place = tuple[str, tuple[str | int, ...]]
"""A step, the trigger or a path, and where in it."""
MOST = 120
"""Values that may be asked about."""
PERSONAL = frozenset({"email", "phone", "url"})
WORDING = frozenset({"note", "json", "object"})
"""Long texts and what is not one value: they stay as they are."""
TYPES = {"money": "money", "integer": "integer", "boolean": "boolean", "choice": "choice"}
READABLE = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ &-]{1,40}")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the recipe, wherever it does."""

    places: tuple[Place, ...]
    name: str
    """Of its field."""
    label: str
    value: str
    where: tuple[str, ...]
    """Its steps, as `3 Create an invoice`."""
    type: str = "text"
    source: str = ""
    depends: Mapping[str, str] = field(default_factory=dict)
    """By input of the live list, what stands there now."""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    proposed: bool = False

    @property
    def id(self) -> str:
        """The same as long as its first place is."""
        return hashlib.sha256(repr(self.places[0]).encode()).hexdigest()[:8]

    @property
    def personal(self) -> bool:
        """Only this team's: no default for another."""
        return bool(self.source) or self.proposed


@dataclass(frozen=True, slots=True)
class Asked:
    literal: Literal
    label: str


def literals(tree: Tree) -> list[Literal]:
    """In reading order, each once though it stands in several places; secrets are not among them."""
    found: dict[tuple[str, ...], Literal] = {}
    hidden = {secret.place for secret in secrets_found.in_tree(tree)}
    for one in _all(tree):
        if one.places[0] in hidden:
            continue
        same = (one.source, one.value) if one.source else (one.type, one.name, one.label, one.value)
        known = found.get(same)
        found[same] = _joined(known, one) if known else one
    return list(found.values())[:MOST]


def opened(tree: Tree, asked: Sequence[Asked]) -> tuple[Tree, list[Question]]:
    """The tree with open places, and the questions whose answers go there. Connections, called recipes and secrets
    are left out."""
    bare = bared(tree)
    keys = _keys(bare, asked)
    for one, key in zip(asked, keys, strict=True):
        for of, path in one.literal.places:
            _put(bare, of, path, f"{{{key}}}")
    known = {(one.literal.source, one.literal.value): key for one, key in zip(asked, keys, strict=True)}
    return bare, [_question(one, key, known, asked) for one, key in zip(asked, keys, strict=True)]


def without_secrets(tree: Tree) -> Tree:
    tree = trees.parse(tree)
    for secret in secrets_found.in_tree(tree):
        _put(tree, *secret.place, "")
    return tree


def bared(tree: Tree) -> Tree:
    tree = without_secrets(tree)
    for step in _steps(tree):
        for name in ("connection", "recipe"):
            if name in step:
                step[name] = ""
    return trees.parse(tree)


def calls(tree: Tree) -> list[str]:
    """Numbers of the steps that call a recipe: another workspace has none such."""
    return [row.number for row in trees.steps(tree) if row.step["kind"] == "call" and row.step["recipe"]]


def _joined(known: Literal, one: Literal) -> Literal:
    return replace(
        known,
        places=(*known.places, *one.places),
        where=tuple(dict.fromkeys((*known.where, *one.where))),
        required=known.required or one.required,
        proposed=known.proposed or one.proposed,
    )


def _all(tree: Tree) -> Iterator[Literal]:
    begin = trees.Row(tree["trigger"], 0, "1", ())
    for row in (begin, *trees.steps(tree)):
        step, where = row.step, f"{row.number} {summary.title(row.step, inputs.known)}"
        known = inputs.known(inputs.key_of(step))
        for name, value in step.get("inputs", {}).items():
            if declared := known.field(name) if known else None:
                yield from _values(declared, step["id"], ("inputs", name), value, step["inputs"], known, where)
        for number, person in enumerate(step.get("people", ())):
            yield from _plain((step["id"], ("people", number)), "approver", _("Who approves"), person, where, True)
        if step.get("kind") == "wait" and step["mode"] == "for":
            label = _("How many %(unit)s to wait") % {"unit": step["unit"]}
            yield from _plain((step["id"], ("amount",)), "wait", label, step["amount"], where)
        for of, path, group in _groups(step):
            yield from _rules(of, path, group, where)


def _values(
    declared: Field, of: str, path: tuple[str | int, ...], value: Any, beside: Mapping[str, Any], known: Any, where: str
) -> Iterator[Literal]:
    if declared.type == "lines":
        yield from _lines(declared, of, path, value, known, where)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _one(declared, (of, (*path, number)), inner, beside, known, where)
    else:
        yield from _one(declared, (of, path), value, beside, known, where)


def _lines(
    declared: Field, of: str, path: tuple[str | int, ...], value: Any, known: Any, where: str
) -> Iterator[Literal]:
    columns = {column.name: column for column in declared.fields}
    rows: list[tuple[tuple[str | int, ...], Any]] = [((n,), row) for n, row in enumerate(value)]
    if isinstance(value, dict):
        rows = [(("line",), value.get("line"))]
    whole = value and all(isinstance(row, dict) for row in value) and not any(map(has_pill, secrets_found.texts(value)))
    if whole and columns.keys() == {"from", "to"}:
        text = "\n".join(f"{row.get('from', '')} = {row.get('to', '')}" for row in value)
        yield Literal(
            ((of, path),), declared.name, declared.label, text, (where,), "table", required=True, proposed=True
        )
        return
    for at, row in rows:
        for name, inner in row.items() if isinstance(row, dict) else ():
            if name in columns:
                yield from _values(columns[name], of, (*path, *at, name), inner, row, known, where)


def _one(
    declared: Field, place: Place, value: Any, beside: Mapping[str, Any], known: Any, where: str
) -> Iterator[Literal]:
    text = ("true" if value else "") if isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or has_pill(text) or declared.type in WORDING or "\n" in text:
        return
    source = f"{known.connector}.{declared.source}" if declared.source else ""
    yield Literal(
        (place,),
        declared.name,
        declared.label,
        text,
        (where,),
        TYPES.get(declared.type, "text") if declared.type != "choice" or declared.choices or source else "text",
        source,
        {name: str(beside.get(name) or "") for name in declared.depends},
        tuple(declared.choices),
        declared.required,
        bool(source) or declared.type in PERSONAL,
    )


def _plain(place: Place, name: str, label: str, value: str, where: str, proposed: bool = False) -> Iterator[Literal]:
    if value.strip() and not has_pill(value):
        yield Literal((place,), name, label, value, (where,), required=True, proposed=proposed)


def _groups(step: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    if "conditions" in step:
        yield step["id"], ("conditions",), step["conditions"]
    if group := step.get("options", {}).get("only_if"):
        yield step["id"], ("options", "only_if"), group
    for path in step.get("paths", ()):
        yield path["id"], ("conditions",), path["conditions"]


def _rules(of: str, path: tuple[str | int, ...], group: Mapping[str, Any], where: str) -> Iterator[Literal]:
    for number, rule in enumerate(group["rules"]):
        here = (*path, "rules", number)
        if "rules" in rule:
            yield from _rules(of, here, rule, where)
        elif isinstance(rule["value"], str) and rule["op"] not in ("empty", "not_empty", "yes", "no"):
            label = f"{conditions.field_name(rule['field'], {})} {conditions.LABELS.get(rule['op'], '…')}"
            yield from _plain((of, (*here, "value")), "value", label[:1].upper() + label[1:], rule["value"], where)


def _keys(tree: Tree, asked: Sequence[Asked]) -> list[str]:
    """A name of small letters for each, none of which stands in the recipe in such brackets already."""
    taken = {name for text in secrets_found.texts(tree) for name in SLOT.findall(text)}
    made: list[str] = []
    for one in asked:
        spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", one.literal.name)
        base = re.sub(r"[^a-z]+", "_", spaced.lower()).strip("_") or "answer"
        key, letter = base, "b"
        while key in taken or key in ("name", "step", "go", "fresh", "answered"):
            key, letter = f"{base}_{letter}", chr(ord(letter) + 1) if letter < "z" else f"{letter}b"
        taken.add(key)
        made.append(key)
    return made


def _question(one: Asked, key: str, known: Mapping[tuple[str, str], str], asked: Sequence[Asked]) -> Question:
    literal = one.literal
    fed = [(name, _feeder(value, asked, known)) for name, value in literal.depends.items()]
    live = literal.source if all(other for _name, other in fed) else ""
    listed = literal.type == "choice" and (live or literal.choices)
    readable = bool(literal.source) and READABLE.fullmatch(literal.value)
    return Question(
        key,
        one.label,
        type="text" if literal.type == "choice" and not listed else literal.type,
        source=live,
        depends=tuple(name if name == other else f"{name}={other}" for name, other in fed) if live else (),
        choices=literal.choices,
        required=literal.required,
        default="" if literal.personal else literal.value,
        example=literal.value if readable else "",
    )


def _feeder(value: str, asked: Sequence[Asked], known: Mapping[tuple[str, str], str]) -> str:
    """The question that asks for what a list depends on."""
    return next((known[o.literal.source, value] for o in asked if o.literal.source and o.literal.value == value), "")


def _put(tree: Tree, of: str, path: Sequence[str | int], value: Any) -> None:
    held: Any = trees.find(tree, of) or next(
        path_ for row in trees.steps(tree) for path_ in row.step.get("paths", ()) if path_["id"] == of
    )
    for part in path[:-1]:
        held = held[part]
    held[path[-1]] = value


def _steps(tree: Tree) -> Iterator[dict[str, Any]]:
    yield tree["trigger"]
    yield from (row.step for row in trees.steps(tree))
