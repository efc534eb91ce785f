"""Text with pills, taken apart for drawing; and the values a step may use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import testing
from builder.recipe import formats, summary, template
from builder.recipe.errors import BadTemplate, CantRender
from builder.recipe.values import render
from builder.web.editor import kinds, labels, own
from builder.web.editor.desk import TRIGGER, Desk

SPLIT = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
PILL = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)((?:\.[\w-]+|\[-?\d+\])*)\s*((?:\|.*?)?)-?\}\}", re.DOTALL)
STEP = re.compile(r"\.?([\w-]+)|\[(-?\d+)\]")
DAYS = re.compile(r"\|\s*plus_(days|weeks|months|years):\s*(-?\d+)\s*")
BUILT_IN = {"now": "clock", "today": "calendar"}
MOST = 250


@dataclass(frozen=True, slots=True)
class Pill:
    ref: str
    """The template text it stands for."""
    label: str
    app: str = "tools"
    number: str = ""
    glyph: str = ""
    sample: str = ""
    gone: bool = False
    """Its step is not there any more, or comes later."""


@dataclass(frozen=True, slots=True)
class Value:
    path: str
    """`s8f2ca.client.id`"""
    label: str
    type: str
    sample: str
    pill: Pill

    @property
    def icon(self) -> str:
        return labels.icon(self.type)


@dataclass(frozen=True, slots=True)
class Source:
    """A step, and the values it gives."""

    id: str
    title: str
    number: str
    app: str
    glyph: str
    values: list[Value] = field(default_factory=list)


def pieces(desk: Desk, text: Any, step_id: str) -> list[str | Pill]:
    """Plain text and pills in turn."""
    parts = SPLIT.split(text) if isinstance(text, str) else []
    return [pill(desk, part, step_id) if part.startswith("{{") else part for part in parts if part]


def pill(desk: Desk, ref: str, step_id: str) -> Pill | str:
    """What a `{{ … }}` looks like; text that is more than a path with formatters stays text."""
    match = PILL.fullmatch(ref)
    if not match:
        return ref
    root, path, filters = match[1], match[2].lstrip("."), match[3].strip()
    if root in BUILT_IN:
        return Pill(ref, built_in(root, filters), glyph=BUILT_IN[root] if not filters else "calendar-plus")
    if root in ("item", "number") and not path.startswith("."):
        return Pill(ref, _("This item") + (f" › {labels.derived(path)}" if path else ""), glyph="repeat")
    step = desk.step(root)
    known = step is not None and any(step["id"] == each["id"] for each in desk.before(step_id))
    label = label_of(desk, step, path) if step else labels.derived(path) or root
    app, glyph = face(desk, step) if step else ("tools", "alert-triangle")
    shown = labels.sample(look_up(desk.scope, f"{root}.{path}"), type_of(desk, f"{root}.{path}"), currency(desk))
    return Pill(ref, label + formatted(filters, desk), app, desk.number(root), glyph, shown, gone=not known)


def label_of(desk: Desk, step: dict[str, Any], path: str) -> str:
    if name := own.at(desk.operation(step), desk.connection(step), path):
        return f"{labels.derived(path.rpartition('.')[0])} › {name}"
    found = next((output for output in desk.outputs(step) if output.path == path), None)
    if found:
        return labels.spoken(path, found.label)
    return own.label(desk.operation(step), desk.connection(step), path) or labels.derived(path) or desk.title(step)


def built_in(root: str, filters: str) -> str:
    """ "Today + 14 days"."""
    word = _("Today") if root == "today" else _("Now")
    for unit, amount in DAYS.findall(filters):
        sign = "−" if amount.startswith("-") else "+"
        word = f"{word} {sign} {amount.lstrip('-')} {unit if amount.lstrip('-') != '1' else unit[:-1]}"
    return word + formatted(DAYS.sub("", filters))


def formatted(filters: str, desk: Desk | None = None) -> str:
    """How formatters are named behind a pill's name; a value they fall back on by its own name."""
    words = []
    for part in filter(None, (one.strip() for one in filters.split("|"))):
        name, _colon, argument = (text.strip() for text in part.partition(":"))
        known = formats.find(name)
        words.append(f"{known.label.lower() if known else name} {_named(argument, desk)}".strip())
    return f", {', '.join(words)}" if words else ""


def _named(argument: str, desk: Desk | None) -> str:
    root, dot, path = argument.partition(".")
    step = desk.step(root) if desk and dot else None
    return label_of(desk, step, path) if desk and step else argument


def face(desk: Desk, step: dict[str, Any]) -> tuple[str, str]:
    """The tile of a step: its connector, or the glyph of a tool."""
    known = desk.operation(step)
    if known and known.connector != "tools":
        return known.connector, ""
    if known and known.object in TOOLS:
        return "tools", TOOLS[known.object]
    return "tools", kinds.GLYPHS.get(step.get("kind", ""), "bolt" if step["id"] == TRIGGER else "tools-kitchen-2")


TOOLS = {
    "hook": "webhook", "schedule": "calendar-repeat", "manual": "user", "web request": "world", "email": "mail",
    "digest": "inbox", "record link": "link", "text": "letter-case", "number": "calculator", "money": "percentage",
    "date": "calendar", "list": "list", "table": "table",
}  # fmt: skip
"""By what an operation or trigger is about."""


def sources(desk: Desk, step_id: str) -> list[Source]:
    """The earlier steps that give something, nearest first."""
    around = [p.removesuffix("-each") for p in _loops(desk, step_id)]
    found = [source(desk, step, inside=step["id"] in around) for step in desk.before(step_id)]
    return [one for one in found if one.values]


def source(desk: Desk, step: dict[str, Any], inside: bool = False) -> Source:
    """`inside`: the values are for a step in the loop that it is."""
    app, glyph = face(desk, step)
    one = Source(step["id"], desk.title(step), desk.number(step["id"]), app, glyph)
    found = _values(desk, step, one)
    one.values.extend(value for value in found if step.get("kind") != "each" or _of_loop(value, inside))
    return one


def _of_loop(value: Value, inside: bool) -> bool:
    """In its rounds a loop gives the item and its number, afterwards how many there were."""
    name = STEP.split(value.path.partition(".")[2])[1]
    return name in (("item", "number", "count") if inside else ("items", "count")) and "[" not in value.path


def _loops(desk: Desk, step_id: str) -> list[str]:
    parents = desk.rows[step_id].parents if step_id in desk.rows else ()
    return [parent for parent in parents if parent.endswith("-each")]


def _values(desk: Desk, step: dict[str, Any], home: Source) -> Iterator[Value]:
    declared = {output.path: output for output in desk.outputs(step)}
    scope = desk.scope.get(step["id"])
    seen = [path for path, _value in _flat(scope) if path not in declared]
    if desk.may_edit:
        seen = own.offered(desk.request.actor, desk.operation(step), desk.connection(step), seen)
    for path in [*declared, *seen][:MOST]:
        output = declared.get(path)
        type = output.type if output else type_seen(look_up({"x": scope}, f"x.{path}"))
        label = label_of(desk, step, path)
        full = f"{step['id']}.{path}"
        shown = labels.sample(look_up(desk.scope, full), type, currency(desk))
        text = "{{ " + full + " }}"
        yield Value(full, label, type, shown, Pill(text, label, home.app, home.number, home.glyph, shown))


def _flat(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """What a test brought besides what is declared: names three deep, of a list the first item."""
    if isinstance(value, dict) and depth < 4:
        for name, inner in value.items():
            if re.fullmatch(r"[\w-]+", str(name)):
                yield from _flat(inner, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict) and depth < 3:
        yield path, value
        yield from _flat(value[0], f"{path}[0]", depth + 1)
    elif path:
        yield path, value


def look_up(scope: Any, path: str) -> Any:
    """The sample behind a path; None when there is none."""
    found = scope
    for match in STEP.finditer(path):
        name, index = match[1], match[2]
        if isinstance(found, dict) and name is not None:
            found = found.get(name)
        elif isinstance(found, list) and (index or (name and name.isdigit())):
            at = int(index or name)
            found = found[at] if -len(found) <= at < len(found) else None
        else:
            return None
    return found


def type_of(desk: Desk, path: str) -> str:
    root, _dot, rest = path.partition(".")
    step = desk.step(root)
    found = next((output for output in desk.outputs(step) if output.path == rest), None) if step else None
    return found.type if found else type_seen(look_up(desk.scope, path))


def type_seen(value: Any) -> str:
    names = {bool: "boolean", int: "number", list: "list", dict: "object"}
    return names.get(type(value), "number" if type(value).__name__ == "Decimal" else "text")


def lone(text: Any) -> str:
    """`trigger.value` when the text is that one pill."""
    match = PILL.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"{match[1]}{match[2]}" if match else ""


def reads(desk: Desk, text: str, type: str = "text", more: dict[str, Any] | None = None) -> tuple[str, str]:
    """What the text is with the samples filled in, and why it can't be read; one of them is empty."""
    try:
        found = render(text, {**desk.scope, **(more or {})}, **testing.reading(desk.recipe))
    except CantRender as trouble:
        return "", trouble.message
    return labels.sample(found, type, currency(desk)), ""


def currency(desk: Desk) -> str:
    return str(look_up(desk.scope, "trigger.currency") or desk.workspace.currency)


def readable(text: str) -> bool:
    try:
        template.parse(text)
    except BadTemplate:
        return False
    return True


def plain(desk: Desk, text: Any) -> str:
    """The text with its pills named, for a card's line."""
    return summary.reads_as(text, desk.names) if isinstance(text, str) else ""
