"""The condition builder: what to look at, how to compare, with what; groups one level deep."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import testing
from builder.recipe import conditions, values
from builder.web.editor import cards, labels, pills
from builder.web.editor.desk import Desk

TYPES = {"list": "tags", "object": "json"}
FIRST = {"number": "gt", "money": "gt", "integer": "gt", "tags": "includes", "boolean": "yes", "date": "after"}
EMPTY = {"field": "", "op": "", "value": ""}


@dataclass(frozen=True, slots=True)
class Place:
    """Where conditions stand: in an *only if*, or in one of the paths of a step."""

    of: str
    """The step or path, as edits name it."""
    step_id: str
    field: str = "conditions"
    """As problems name it: `paths.1.conditions`."""
    where: str = ""
    """`only_if` for a step's own condition, among its options."""

    @property
    def tail(self) -> str:
        """What sets its controls apart from those of the other paths in the panel."""
        return f"-{self.where}" if self.where else "" if self.of == self.step_id else f"-{self.of}"


@dataclass
class Rule:
    desk: Desk
    place: Place
    body: dict[str, Any]
    at: tuple[int, ...]
    """Positions from the outermost group: (1, 0)."""

    @property
    def id(self) -> str:
        return f"r{self.place.tail}-" + "-".join(map(str, self.at))

    @property
    def op_aim(self) -> str:
        return f"{self.id}-op"

    @property
    def at_json(self) -> str:
        return json.dumps(self.at)

    @property
    def type(self) -> str:
        path = pills.lone(self.body["field"])
        found = pills.type_of(self.desk, path) if path else "text"
        return TYPES.get(found, found if found in conditions.OPERATORS else "text")

    @property
    def operators(self) -> list[tuple[str, str]]:
        fitting = [(known.op, _(known.label)) for known in conditions.OPERATORS[self.type]]
        now = self.body["op"]
        if now in conditions.LABELS and now not in dict(fitting):
            fitting.append((now, _(conditions.LABELS[now])))
        return fitting

    @property
    def arity(self) -> int:
        return conditions.arity(self.body["op"]) or 0

    @property
    def field(self) -> "Side":
        return Side(self, "field", self.body["field"])

    @property
    def values(self) -> list["Side"]:
        """One box for each value the comparison needs."""
        given = self.body["value"]
        if self.arity == 2:
            pair = [*given, "", ""] if isinstance(given, list) else [given, ""]
            return [Side(self, "value", pair[i], i) for i in (0, 1)]
        return [Side(self, "value", ", ".join(given) if isinstance(given, list) else given)] if self.arity else []

    @property
    def error(self) -> str:
        place = self.place.field + "".join(f".rules.{i}" for i in self.at)
        found = [p for p in self.desk.problems_of(self.place.step_id) if p.field.startswith(f"{place}.")]
        return cards.short_text(found[0]) if found else ""

    @property
    def verdict(self) -> "Verdict | None":
        if not self.body["field"] or not self.body["op"]:
            return None
        return judged(self.desk, {"match": "all", "rules": [self.body]})

    @property
    def named(self) -> str:
        """For screen readers: which condition this is."""
        return _("Condition %(n)d") % {"n": self.at[-1] + 1}


@dataclass
class Side:
    """The left or a right value of a rule, as a text with pills."""

    rule: Rule
    part: str
    value: Any
    index: int | None = None

    @property
    def id(self) -> str:
        return f"{self.rule.id}-{self.part}" + ("" if self.index is None else f"-{self.index}")

    @property
    def single(self) -> bool:
        """A new value takes the place of the old one."""
        return self.part == "field"

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else str(self.value or "")

    @property
    def pieces(self) -> list[Any]:
        return pills.pieces(self.rule.desk, self.text, self.rule.place.step_id)

    @property
    def label(self) -> str:
        return _("Look at") if self.part == "field" else _("Compare with")


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    because: str
    rules: list[tuple[str, bool, str]]
    """(name, whether it holds, the value that was looked at)"""


@dataclass
class Group:
    desk: Desk
    place: Place
    body: dict[str, Any]
    at: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        return f"g{self.place.tail}" + "".join(f"-{i}" for i in self.at)

    @property
    def at_json(self) -> str:
        return json.dumps(self.at)

    @property
    def match(self) -> str:
        return str(self.body["match"])

    @property
    def nested(self) -> bool:
        return bool(self.at)

    @property
    def members(self) -> list["Rule | Group"]:
        rows = enumerate(self.body["rules"])
        return [(Group if "rules" in one else Rule)(self.desk, self.place, one, (*self.at, i)) for i, one in rows]

    @property
    def next_json(self) -> str:
        """Where a new rule goes."""
        return json.dumps((*self.at, len(self.body["rules"])))

    @property
    def next_aim(self) -> str:
        at = "-".join(map(str, (*self.at, len(self.body["rules"]))))
        return f"r{self.place.tail}-{at}-field"

    @property
    def adds(self) -> str:
        """The button that adds a condition, as an answer aims at it."""
        return f"conditions{self.place.tail}"

    @property
    def rule_json(self) -> str:
        return json.dumps(EMPTY)

    @property
    def group_json(self) -> str:
        return json.dumps({"match": "any" if self.match == "all" else "all", "rules": [EMPTY]})

    @property
    def error(self) -> str:
        place = self.place.field + "".join(f".rules.{i}" for i in self.at)
        found = [p for p in self.desk.problems_of(self.place.step_id) if p.field == place]
        return cards.short_text(found[0]) if found else ""


def group(desk: Desk, step: dict[str, Any]) -> Group:
    return Group(desk, Place(step["id"], step["id"]), step["conditions"])


def path_group(desk: Desk, step: dict[str, Any], index: int) -> Group:
    path = step["paths"][index]
    return Group(desk, Place(path["id"], step["id"], f"paths.{index}.conditions"), path["conditions"])


def own_group(desk: Desk, step: dict[str, Any]) -> Group:
    """The condition among the step's options; none is an empty one."""
    body = step["options"].get("only_if") or {"match": "all", "rules": []}
    return Group(desk, Place(step["id"], step["id"], "options.only_if", "only_if"), body)


def group_of(desk: Desk, of: str, where: str = "") -> Group | None:
    """The conditions of a step or a path."""
    step = desk.step(of)
    if where == "only_if":
        return own_group(desk, step) if step and "options" in step else None
    if step is not None:
        return group(desk, step) if "conditions" in step else None
    owner = desk.owner(of)
    ids = [path["id"] for path in owner["paths"]] if owner else []
    return path_group(desk, owner, ids.index(of)) if owner and of in ids else None


def judged(desk: Desk, body: dict[str, Any]) -> Verdict:
    """The conditions with sample data."""
    found = conditions.judge(body, desk.scope, labels=desk.names, **testing.reading(desk.recipe))
    rows = []
    for rule, passed, left, _right in found.rules:
        name = conditions.field_name(rule["field"], desk.names)
        type = pills.type_of(desk, pills.lone(rule["field"])) if pills.lone(rule["field"]) else ""
        rows.append((name, passed, labels.sample(left, type, pills.currency(desk)) or _("empty")))
    return Verdict(found.passed, found.because, rows)


def refitted(desk: Desk, body: dict[str, Any], field: str) -> dict[str, Any]:
    """The rule about another value: a comparison that doesn't fit its type gives way to one that does."""
    if field == body["field"]:
        return body
    path = pills.lone(field)
    type = pills.type_of(desk, path) if path else "text"
    type = TYPES.get(type, type if type in conditions.OPERATORS else "text")
    known = [one.op for one in conditions.OPERATORS[type]]
    op = body["op"] if body["op"] in known else FIRST.get(type, known[0])
    value = "0" if type in ("money", "number", "integer") and values.empty(body["value"]) else body["value"]
    return {"field": field, "op": op, "value": value}
