"""The inputs of an operation as controls: what is in them, what they read as, what is wrong with them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import connections
from builder.actions.errors import ActionError
from builder.recipe.values import empty, has_pill
from builder.web.editor import cards, kinds, labels, lines, own, pills
from builder.web.editor.desk import Desk
from builder.web.editor.lines import Line
from connectors.fields import Field
from connectors.spec import Choice

MULTILINE = ("note", "json")
NUMERIC = ("number", "integer", "money")
BOOLEAN = (("true", _("Yes")), ("false", _("No")))
LONG_LIST = 40
"""More choices than this are narrowed by typing."""
TOO_MANY = 200


@dataclass
class Slot:
    """One control of the panel, with the place its value goes to."""

    desk: Desk
    step: dict[str, Any]
    field: Field
    at: tuple[str | int, ...] = ()
    value: Any = None
    owner: str = ""
    """Name of the top field a column or member belongs to."""
    mapped: bool = False
    """A choice that is to be filled by a value of an earlier step."""
    listed: bool = False
    """Its list is asked for again although such a value is in it; that stays until another is chosen."""
    wanted: str = ""
    """What is typed above a long list to narrow it."""
    load: bool = False
    fresh: bool = False
    item: bool = False
    """Inside "one line per …", where pills may name the item."""
    bare: bool = False
    """A column: its label is short and its help left out."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What stands in the other columns of its line."""
    trouble: str = ""
    """Why the live list can't be shown."""
    loaded: list[Choice] | None = field(default=None)

    def __post_init__(self) -> None:
        self.owner = self.owner or self.field.name

    @property
    def id(self) -> str:
        parts = [self.owner, *map(str, self.at)]
        return "f-" + "-".join(part.replace(".", "_") for part in parts)

    @property
    def name(self) -> str:
        """As problems name it: `line_items.0.cost`."""
        return ".".join([self.owner, *map(str, self.at)])

    @property
    def at_json(self) -> str:
        return json.dumps(self.at) if self.at else ""

    @property
    def text(self) -> str:
        if isinstance(self.value, list):
            return ", ".join(str(one) for one in self.value)
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return self.value if isinstance(self.value, str) else "" if empty(self.value) else json.dumps(self.value)

    @property
    def control(self) -> str:
        type = self.field.type
        if self.offers:
            return self._offering()
        if type in ("lines", "object") and self.field.fields:
            return type
        if type == "choices" and self.field.choices and not has_pill(self.text):
            return "checks"
        chosen = type == "boolean" or (type == "choice" and (self.field.choices or self.field.source))
        mapped = self.mapped or (has_pill(self.text) and not self.listed)
        return "select" if chosen and not mapped else "pills"

    @property
    def offers(self) -> bool:
        """Whether it is a text for which the service may know options: some fields that people made have them."""
        return self.field.type == "text" and bool(self.field.source and self.field.depends)

    def _offering(self) -> str:
        if not self.loaded or self.mapped or (has_pill(self.text) and not self.listed):
            return "pills"
        return "checks" if any(one.several for one in self.loaded) else "select"

    @property
    def picked(self) -> list[str]:
        """Of several choices those that are in it: a list, or a text with commas."""
        if isinstance(self.value, list):
            return [str(one) for one in self.value]
        if self.text in {one.value for one in self.loaded or ()}:
            return [self.text]
        return [part.strip() for part in self.text.split(",") if part.strip()]

    @property
    def switchable(self) -> bool:
        """Whether it can be a list or a value of an earlier step, as one likes."""
        listed = self.field.type == "boolean" or (self.field.type == "choice" and self.may_list)
        listed = listed or (self.offers and bool(self.loaded or self.mapped))
        return listed and self.step.get("kind") == "action"

    @property
    def settled(self) -> bool:
        """A part of a control step that is always one of its choices."""
        return self.required and self.step.get("kind", "action") != "action" and self.text in dict(self.field.choices)

    @property
    def named(self) -> bool:
        """Whether it holds values under names that people give."""
        return not self.at and self.owner == kinds.NAMED.get(self.step.get("kind", ""))

    @property
    def may_list(self) -> bool:
        return bool(self.field.choices or self.field.source)

    @property
    def pieces(self) -> list[Any]:
        return pills.pieces(self.desk, self.text, self.step["id"])

    @property
    def in_words(self) -> str:
        """ "Contact › Email": text with the names of its pills."""
        return "".join(piece if isinstance(piece, str) else piece.label for piece in self.pieces)

    @property
    def multiline(self) -> bool:
        return self.field.type in MULTILINE

    @property
    def single(self) -> bool:
        """A new value takes the place of the old one."""
        return self.field.type in ("choice", "boolean", "date", "datetime") or self.at[-1:] == ("each",)

    @property
    def inputmode(self) -> str:
        return "decimal" if self.field.type in NUMERIC else ""

    @property
    def required(self) -> bool:
        return self.field.required

    @property
    def example(self) -> str:
        fallback = self.field.default if self.field.default not in (None, "") else self.field.example
        return "" if fallback is None or isinstance(fallback, bool | list | dict) else str(fallback)

    @property
    def hint(self) -> str:
        if self.field.type == "tags":
            return self.field.help or _("Separate several with commas.")
        return self.field.help

    @property
    def connection(self) -> Any:
        return self.desk.connections.get(self.step.get("connection", ""))

    @property
    def options(self) -> list[Choice]:
        """What the list shows: the fixed choices, or the live ones as far as they are here."""
        pill = self.listed and has_pill(self.text)
        kept = [Choice(self.text, _("Value: %(name)s") % {"name": self.in_words})] if pill else []
        if self.field.type == "boolean":
            return [*kept, *(Choice(value, label) for value, label in BOOLEAN)]
        if self.field.choices:
            return [*kept, *(Choice(value, label) for value, label in self.field.choices)]
        if self.control == "checks":
            known = {one.value for one in self.loaded or ()}
            return [*(Choice(one, one) for one in self.picked if one not in known), *(self.loaded or ())]
        found = [one for one in self.loaded or () if self.wanted.lower() in f"{one.label} {one.hint}".lower()]
        if kept:
            return [*kept, *found[:TOO_MANY]]
        if self.text and self.text not in {one.value for one in found}:
            name = labels.chosen(self.connection, self.field.source, self.text)
            found.insert(0, Choice(self.text, name or self.text))
        return found[:TOO_MANY]

    @property
    def live(self) -> bool:
        """Whether its list has to be fetched from the service."""
        return bool(self.field.source) and not self.field.choices

    @property
    def waiting(self) -> bool:
        if self.offers and (self.mapped or self.missing):
            return False
        return self.live and self.loaded is None and not self.trouble

    @property
    def long(self) -> bool:
        return len(self.loaded or ()) > LONG_LIST

    @property
    def missing(self) -> str:
        """A choice that must be made before this list can be asked for."""
        if not self.connection:
            return _("Choose an account first; the list comes from there.")
        name = next((name for name in self.field.depends if empty(self._given(name))), "")
        return _("Choose “%(field)s” first.") % {"field": self._called(name)} if name else ""

    def _given(self, name: str) -> Any:
        """Of its own line, or of the step."""
        return self.beside[name] if name in self.beside else self.step["inputs"].get(name, "")

    def _called(self, name: str) -> str:
        known = self.desk.operation(self.step)
        top = known.field(self.owner) if known else None
        found = next((one for one in top.fields if one.name == name), None) if top else None
        found = found or (known.field(name) if known else None)
        return found.label if found else name

    def fetch(self) -> "Slot":
        """Fills in the live list; what keeps it from coming is `trouble`."""
        if not self.live or self.missing:
            self.loaded = []
            return self
        try:
            given = {name: self._given(name) for name in self.field.depends}
            actor = self.desk.request.actor
            self.loaded = connections.choices(actor, self.connection, self.field.source, given, fresh=self.fresh)
            labels.remember(self.connection, self.field.source, self.loaded)
        except ActionError as problem:
            self.loaded, self.trouble = [], problem.message
        return self

    @property
    def error(self) -> str:
        found = [p for p in self.desk.problems_of(self.step["id"]) if self._mine(p.field)]
        return cards.short_text(found[0]) if found else ""

    def _mine(self, place: str) -> bool:
        if self.control in ("lines", "object"):
            return place == self.name
        return place == self.name or place.startswith(f"{self.name}.")

    @property
    def unfilled(self) -> bool:
        return any(p.code == "required" and p.field == self.name for p in self.desk.problems_of(self.step["id"]))

    @property
    def reads(self) -> tuple[str, str]:
        """What the value is with samples in place of pills; and why it can't be said."""
        if not has_pill(self.text):
            return "", ""
        return pills.reads(self.desk, self.text, self.field.type, self._item_scope())

    @property
    def read_text(self) -> str:
        return self.reads[0]

    @property
    def read_trouble(self) -> str:
        return self.reads[1]

    def _item_scope(self) -> dict[str, Any]:
        if not self.item:
            return {}
        each = self.step["inputs"].get(self.owner) or {}
        found = pills.look_up(self.desk.scope, pills.lone(each.get("each", ""))) if isinstance(each, dict) else None
        return {"item": found[0] if isinstance(found, list) and found else {}, "number": 1}

    @property
    def shown(self) -> str:
        """The value in words, for who may only look."""
        if self.control == "select":
            return next((one.label for one in self.options if one.value == self.text), self.text)
        return self.text

    # lines and objects

    @property
    def per_item(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def each(self) -> "Slot":
        """The list of "one line per …"."""
        list_ = Field("each", "text", label=_("One line per item of"), help=_("A list that an earlier step gives."))
        return self._inner(list_, ("each",), self.value.get("each", ""))

    @property
    def lines(self) -> list[Line]:
        if self.per_item:
            return [Line(0, self._columns(("line",), self.value.get("line") or {}, item=True))]
        rows = self.value if isinstance(self.value, list) else []
        return [Line(i, self._columns((i,), row if isinstance(row, dict) else {})) for i, row in enumerate(rows)]

    @property
    def members(self) -> list["Slot"]:
        return self._columns((), self.value if isinstance(self.value, dict) else {})

    def _columns(self, at: tuple[str | int, ...], row: Mapping[str, Any], item: bool = False) -> list["Slot"]:
        beside = {each.name: row.get(each.name, "") for each in self.field.fields}
        made = [self._inner(each, (*at, each.name), row.get(each.name), item=item) for each in self.field.fields]
        return [replace(one, beside=beside) for one in made]

    def _inner(self, each: Field, at: tuple[str | int, ...], value: Any, item: bool = False) -> "Slot":
        shown = _named(self.desk, self.step, each, self.owner)
        return Slot(self.desk, self.step, shown, (*self.at, *at), value, owner=self.owner, item=item, bare=True)

    @property
    def switch_json(self) -> str:
        return lines.switched(self.value)

    @property
    def lines_word(self) -> str:
        return lines.word(self.value)

    @property
    def total(self) -> str:
        """The lines in one sentence, with samples."""
        said = [line.said for line in self.lines if line.said]
        return "; ".join(said[:3]) + (" …" if len(said) > 3 else "")


def slots(desk: Desk, step: dict[str, Any], more: bool | None = None) -> list[Slot]:
    """All inputs of the step's operation, or a control step's own parts; with `more` only those folded away, or only
    the others."""
    return [slot_of(desk, step, each) for each in declared(desk, step) if more is None or each.more == more]


def declared(desk: Desk, step: dict[str, Any]) -> tuple[Field, ...]:
    known = desk.operation(step)
    return (*kinds.own_fields(desk, step), *(known.fields if known else ()))


def slot_of(desk: Desk, step: dict[str, Any], field_: Field, **more: Any) -> Slot:
    known = desk.operation(step)
    shown = _named(desk, step, field_, getattr(known, "object", ""))
    return Slot(desk, step, shown, value=_value(step, field_.name), **more)


def _named(desk: Desk, step: dict[str, Any], field_: Field, kind: str) -> Field:
    """Under the name that the account's people gave it."""
    name = own.called(desk.operation(step), desk.connection(step), kind, field_.name)
    return replace(field_, label=name) if name else field_


def _value(step: dict[str, Any], name: str) -> Any:
    """Of an input, or of a control step's part."""
    part = step.get("kind", "action") != "action" and name in step
    return step[name] if part else step.get("inputs", {}).get(name)


def find(desk: Desk, step: dict[str, Any], name: str, at: tuple[str | int, ...] = ()) -> Slot | None:
    """The control of a field, or of what `at` reaches inside it."""
    top = next((each for each in declared(desk, step) if each.name == name), None)
    if top is None:
        return None
    return next((one for one in every(slot_of(desk, step, top)) if one.at == at), None)


def every(slot: Slot) -> Iterator[Slot]:
    """The control and all inside it."""
    yield slot
    inner: list[Slot] = []
    if slot.control == "lines":
        inner = [one for line in slot.lines for one in line.slots] + ([slot.each] if slot.per_item else [])
    elif slot.control == "object":
        inner = slot.members
    for one in inner:
        yield from every(one)


def dependents(desk: Desk, step: dict[str, Any], name: str, at: tuple[str | int, ...] = ()) -> list[Slot]:
    """Lists that change with this field, or with this column of a line."""
    if not at:
        return [slot for slot in slots(desk, step) if name in slot.field.depends]
    top = next((each for each in declared(desk, step) if each.name == name), None)
    line = [one for one in every(slot_of(desk, step, top)) if one.at[:-1] == at[:-1]] if top else []
    return [one for one in line if at[-1] in one.field.depends]


def first_empty(desk: Desk, step: dict[str, Any]) -> str:
    """Id of the first required control without a value."""
    found = (one for slot in slots(desk, step) for one in every(slot) if one.required and empty(one.value))
    return next((one.id for one in found), "")
