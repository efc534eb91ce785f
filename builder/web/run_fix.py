"""Fix and go on: other values for the step that stopped a run, as controls, and what a form of them sends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from builder.actions import fix_values, fixing
from builder.models import Run
from builder.recipe.values import empty
from builder.web.editor.lines import WIDE
from builder.web.run_lists import LINES, Lists, Live, hint, listed
from connectors.fields import Field

FRONT = "fix-"
AT = "/"
"""Between the parts of a control's name: `fix-line_items/0/cost`."""
MOST = 1600
"""Cells of all tables together: a form may send 2,000 values."""


@dataclass
class Control:
    """One input, or what is inside it."""

    field: Field
    value: Any
    at: tuple[str | int, ...]
    errors: Mapping[str, str]
    """By place: `line_items.0.cost`."""
    blamed: str = ""
    """The place that stopped the run."""
    unseen: str = ""
    aim: str = ""
    """Name of the control where the person goes on."""
    room: int = MOST
    """Cells that it may have."""
    lists: Lists | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What stands in the other columns of its line."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the fields beside it, and of the step."""
    crowded: bool = False
    """In a table that is too long for lists in its cells."""

    @property
    def name(self) -> str:
        return FRONT + AT.join(map(str, self.at))

    @property
    def id(self) -> str:
        return _id(self.name)

    @property
    def place(self) -> str:
        return ".".join(map(str, self.at))

    @property
    def wrong(self) -> bool:
        return self.blamed == self.place or (len(self.at) == 1 and self.blamed.startswith(f"{self.place}."))

    @property
    def aimed(self) -> bool:
        return self.aim == self.name

    @property
    def error(self) -> str:
        """Of a table also what no column of it tells."""
        own = self.errors.get(self.place, "")
        if own or self.kind not in ("lines", "object"):
            return own
        inside = [place for place in self.errors if place.startswith(f"{self.place}.")]
        told = {one.place for one in self.every}
        return next((self.errors[place] for place in inside if place not in told), "")

    @property
    def kind(self) -> str:
        type = self.field.type
        if type == "lines" and self.cells > self.room:
            return "long"
        if type in ("lines", "object"):
            return type
        if self.live and self.live.kind:
            return self.live.kind
        if type == "choices" and self.field.choices:
            return "checks"
        if type == "boolean" or self.field.choices:
            return "select"
        return "area" if type in fix_values.LONG or type in fix_values.SEVERAL else "line"

    @cached_property
    def live(self) -> Live | None:
        """Its list at the other service, for who may ask for that."""
        if self.lists is None or self.crowded or not listed(self.field) or not self.lists.may:
            return None
        return Live(self.lists, self.field, self.value, self.beside, self.labels)

    @property
    def after(self) -> list[str]:
        """Names of the controls that its list depends on."""
        front = FRONT + "".join(f"{part}{AT}" for part in self.at[:-1])
        return [(front if name in self.beside else FRONT) + name for name in self.field.depends]

    @property
    def sent_along(self) -> str:
        """As a CSS selector: what the list is asked for with."""
        return ", ".join(f"[name='{name}']" for name in (self.name, *self.after))

    @property
    def follows(self) -> str:
        """The triggers on which its list is another one."""
        return ", ".join(f"change from:#{_id(name)}-f" for name in self.after)

    @property
    def hint(self) -> str:
        """How it is filled in; why there is no list; what an ID is called, to who may not ask for the list."""
        told = [_("One on each line.")] if self.several and self.kind == "area" else []
        if self.live:
            told += [self.live.missing or self.live.found.trouble]
        elif self.lists and self.field.source and self.field.type == "choice" and not self.field.choices:
            told += [hint(self.lists, self.field, self.value, short=len(self.at) > 1)]
        return " ".join(filter(None, told))

    @property
    def text(self) -> str:
        return "\n".join(self.value) if isinstance(self.value, list) else str(self.value or "")

    @property
    def several(self) -> bool:
        return self.field.type in fix_values.SEVERAL

    @property
    def longest(self) -> int:
        return fix_values.longest(self.field)

    @property
    def rows(self) -> int:
        return 8 if self.field.type == "json" else 3

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        if self.live and self.live.kind:
            return self.live.choices
        if self.kind != "checks":
            return fix_values.offered(self.field, self.text)
        known = dict(self.field.choices)
        return (*((one, one) for one in self.value if one not in known), *self.field.choices)

    # lines and objects

    @property
    def lines(self) -> list["Line"]:
        return [Line(self, at, row) for at, row in enumerate(self.value)]

    @property
    def members(self) -> list["Control"]:
        return self.inner(self.at, self.value)

    @property
    def every(self) -> list["Control"]:
        return self.members if self.kind == "object" else [one for line in self.lines for one in line.controls]

    @property
    def cells(self) -> int:
        return len(self.value) * len(self.field.fields)

    @property
    def grows(self) -> bool:
        return self.cells + len(self.field.fields) <= self.room

    def inner(self, at: tuple[str | int, ...], row: Mapping[str, Any]) -> list["Control"]:
        blank = {each.name: [] if each.type in fix_values.SEVERAL else "" for each in self.field.fields}
        told, aim = (self.errors, self.blamed), self.aim
        values = {each.name: row.get(each.name, blank[each.name]) for each in self.field.fields}
        labels = {**self.labels, **{each.name: each.label for each in self.field.fields}}
        near: dict[str, Any] = {"lists": self.lists, "beside": values, "labels": labels}
        near["crowded"] = isinstance(self.value, list) and len(self.value) > LINES
        return [
            Control(each, values[each.name], (*at, each.name), *told, aim=aim, **near) for each in self.field.fields
        ]


@dataclass
class Line:
    """One line of a table."""

    table: Control
    index: int
    row: Mapping[str, Any]
    controls: list[Control] = field(init=False)

    def __post_init__(self) -> None:
        self.controls = self.table.inner((*self.table.at, self.index), self.row)

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def main(self) -> list[Control]:
        """What is always seen: up to four columns, as in the editor, and what is wrong."""
        plain = [one for one in self.controls if not one.field.more]
        if len(plain) > 4:
            plain = sorted(plain, key=lambda one: one.field.name not in WIDE)[:4]
        return [one for one in self.controls if one in plain or one.error or one.wrong]

    @property
    def rest(self) -> list[Control]:
        return [one for one in self.controls if one not in self.main]

    @property
    def filled(self) -> bool:
        return any(not empty(one.value) or one.aimed for one in self.rest)


def controls(
    run: Run,
    lists: Lists,
    given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    at: str = "",
) -> list[Control]:
    """The inputs that may be given another value, as they are or as they were typed. The person goes on at what is
    wrong, else in the last line of the table `at`."""
    typed, wrong = given or {}, errors or {}
    lists.typed |= typed
    found = fixing.fixable(run)
    labels = {one.field.name: one.field.label for one in found}
    made = [
        Control(
            one.field, typed.get(one.field.name, one.value), (one.field.name,), wrong, one.place, ", ".join(one.unseen),
            lists=lists, labels=labels,
        )
        for one in found
    ]  # fmt: skip
    aim = _first(made) if wrong else _last_line(made, at)
    room = MOST
    for one in made:
        one.aim, one.room = aim, room
        room -= one.cells if one.kind == "lines" else 0
    return made


def typed(run: Run, sent: QueryDict) -> dict[str, Any]:
    """What the form gives each of them, those left out that it doesn't have."""
    names = {one.field.name: one.field for one in fixing.fixable(run)}
    return {name: _read(each, (name,), sent) for name, each in names.items() if _has(sent, (name,))}


def listing(run: Run, lists: Lists, at: str, sent: QueryDict) -> Control | None:
    """The control at `line_items/0/tax_id` with its list, for what stands in it and beside it by now; None where there
    is none."""
    name, *inside = at.split(AT)
    known = {one.field.name: one for one in fixing.fixable(run)}
    if name not in known:
        return None
    lists.now = True
    lists.typed |= {other: _read(known[other].field, (other,), sent) for other in known if _has(sent, (other,))}
    whole = Control(known[name].field, known[name].value, (name,), {}, known[name].place, lists=lists)
    whole.labels = {other: one.field.label for other, one in known.items()}
    if not inside:
        whole.value = _read(whole.field, (name,), sent) if _has(sent, (name,)) else whole.value
        return whole if whole.live else None
    way = (name, *inside[:-1])
    row = {
        each.name: _read(each, (*way, each.name), sent) for each in whole.field.fields if _has(sent, (*way, each.name))
    }
    whole.value = []
    return next((one for one in whole.inner(way, row) if one.field.name == inside[-1] and one.live), None)


def grown(given: dict[str, Any], name: str) -> dict[str, Any]:
    """With one more line in a table."""
    rows = given.get(name)
    return {**given, name: [*rows, {}]} if isinstance(rows, list) else given


def shrunk(given: dict[str, Any], where: str) -> dict[str, Any]:
    """Without that line: `line_items/2`."""
    name, _sep, index = where.rpartition(AT)
    rows = given.get(name)
    if not isinstance(rows, list):
        return given
    return {**given, name: [row for at, row in enumerate(rows) if str(at) != index]}


def full(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without lines that nothing is in: so they are counted in what is said to be wrong."""
    return {name: [one for one in value if one] if isinstance(value, list) else value for name, value in given.items()}


def _id(name: str) -> str:
    return name.replace(AT, "-").replace(".", "_")


def _read(each: Field, at: tuple[str | int, ...], sent: QueryDict) -> Any:
    name = FRONT + AT.join(map(str, at))
    if each.type == "lines":
        return [_row(each, (*at, index), sent) for index in _indexes(sent, f"{name}{AT}")]
    if each.type == "object":
        return _row(each, at, sent)
    if each.type == "choices" and each.choices:
        return [one for one in sent.getlist(name) if one]
    text = "\n".join(sent.getlist(name)).replace("\r\n", "\n")
    return [line.strip() for line in text.split("\n") if line.strip()] if each.type in fix_values.SEVERAL else text


def _row(each: Field, at: tuple[str | int, ...], sent: QueryDict) -> dict[str, Any]:
    names = [(inner, (*at, inner.name)) for inner in each.fields]
    found = {inner.name: _read(inner, where, sent) for inner, where in names if _has(sent, where)}
    return {name: value for name, value in found.items() if not empty(value)}


def _has(sent: QueryDict, at: tuple[str | int, ...]) -> bool:
    name = FRONT + AT.join(map(str, at))
    return name in sent or any(key.startswith(f"{name}{AT}") for key in sent)


def _indexes(sent: QueryDict, front: str) -> list[int]:
    found = {key.removeprefix(front).split(AT)[0] for key in sent if key.startswith(front)}
    return sorted({int(one) for one in found if one.isdecimal() and len(one) < 5})


def _first(made: Iterable[Control]) -> str:
    """The first control that an error stands beside."""
    inside = [(*(one.every if one.kind in ("lines", "object") else ()), one) for one in made]
    return next((one.name for group in inside for one in group if one.error), "")


def _last_line(made: Iterable[Control], name: str) -> str:
    table = next((one for one in made if one.field.name == name and one.kind == "lines"), None)
    if table is None:
        return ""
    last = table.lines[-1] if table.lines else None
    return last.main[0].name if last and not last.row else table.name
