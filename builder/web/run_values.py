"""Values as people read them: nested lists with names, and JSON or headers in colours."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.models.columns import write_json
from connectors.fields import label_of
from connectors.redact import DOTS

MOST = 400
"""Values that are listed; the rest is in the JSON below."""
LONG = 140
SHOWN = 20_000
"""Characters of one value or of a JSON text that a page shows; the rest is in a file."""
FEW = 5
"""Empty values up to which each has a line of its own."""


@dataclass
class Node:
    name: str
    label: str
    text: str = ""
    """What stands there; empty for a group."""
    kind: str = "text"
    """text, long, empty, group, or blanks: the names of many that are empty."""
    inside: "list[Node]" = field(default_factory=list)
    cut: bool = False

    @property
    def count(self) -> str:
        number = sum(1 for node in self.inside if node.kind != "blanks")
        return ngettext("%(n)d value", "%(n)d values", number) % {"n": number}


@dataclass
class Listing:
    nodes: list[Node]
    json: str
    left_out: bool = False
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.nodes)


def listing(
    value: Any, labels: Mapping[str, str] | None = None, ids: Mapping[str, str] | None = None
) -> Listing | None:
    """None when there is nothing to show. `labels` are names for the topmost keys, `ids` for keys wherever they are."""
    if value is None:
        return None
    budget = _Budget(MOST, ids or {})
    top = value if isinstance(value, Mapping) else {"value": value}
    nodes = _gathered(list(_nodes(top, labels or {}, budget)))
    text = pretty(write_json(value))
    return Listing(nodes, shown(text), budget.spent, is_cut(text))


class _Budget:
    def __init__(self, left: int, ids: Mapping[str, str]) -> None:
        self.left, self.spent, self.ids = left, False, ids

    def take(self) -> bool:
        self.left -= 1
        self.spent = self.spent or self.left < 0
        return self.left >= 0


def _nodes(value: Mapping[str, Any], labels: Mapping[str, str], budget: _Budget) -> Iterator[Node]:
    for name, item in value.items():
        if not budget.take():
            return
        label = labels.get(str(name)) or budget.ids.get(str(name)) or label_of(str(name)) or str(name)
        yield _node(str(name), label, item, budget)


def _node(name: str, label: str, item: Any, budget: _Budget) -> Node:
    if isinstance(item, Mapping) and item:
        return Node(name, label, kind="group", inside=_gathered(list(_nodes(item, {}, budget))))
    if isinstance(item, list) and any(isinstance(one, Mapping | list) for one in item):
        inside = [_node(f"{name}[{i}]", _numbered(i, one), one, budget) for i, one in enumerate(item) if budget.take()]
        return Node(name, label, kind="group", inside=inside)
    text = said(item)
    kind = "empty" if text == "" else "long" if len(text) > LONG or "\n" in text else "text"
    return Node(name, label, shown(text), kind, cut=is_cut(text))


def is_cut(text: str) -> bool:
    return len(text) > SHOWN


def shown(text: str) -> str:
    return f"{text[:SHOWN]}…" if is_cut(text) else text


def _gathered(nodes: list[Node]) -> list[Node]:
    """Many empty values become one line at the end: what is there is what one looks for."""
    blank = [node.label for node in nodes if node.kind == "empty"]
    if len(blank) < FEW:
        return nodes
    filled = [node for node in nodes if node.kind != "empty"]
    return [*filled, Node("", _("Empty"), ", ".join(blank), "blanks")]


def _numbered(index: int, item: Any) -> str:
    name = next((item[key] for key in ("name", "notes", "title", "email") if item.get(key)), "") if _maps(item) else ""
    return f"{index + 1} · {name}" if isinstance(name, str) and name else str(index + 1)


def _maps(item: Any) -> bool:
    return isinstance(item, Mapping)


def said(item: Any) -> str:
    """One value in words."""
    if item is None or item == "" or item == [] or item == {}:
        return ""
    if isinstance(item, bool):
        return _("Yes") if item else _("No")
    if isinstance(item, list):
        return ", ".join(said(one) for one in item)
    return str(item)


def pretty(text: str) -> str:
    """JSON with its lines broken; anything else as it is."""
    parsed = _parsed(text)
    try:
        return text if parsed is None else "".join(piece for _css, piece in _pieces(parsed, ""))
    except RecursionError:
        return text


def coloured(text: str, marked: str = "") -> SafeString:
    """JSON in colours with what was hidden hatched, and the lines of the key `marked` set off."""
    parsed = None if is_cut(text) else _parsed(text)
    try:
        lines = [] if parsed is None else list(_lines(_pieces(parsed, "")))
    except RecursionError:
        lines = []
    if not lines:
        return _hidden(shown(text))
    return mark_safe("".join(_line(line, marked) for line in lines).rstrip("\n"))


def header_lines(headers: Mapping[str, str]) -> SafeString:
    """`Name: value` a line, names in their usual spelling."""
    lines = [format_html('<span class="c">{}:</span> {}', name, _hidden(str(value))) for name, value in headers.items()]
    return mark_safe("\n".join(lines))


def _hidden(text: str) -> SafeString:
    parts = [escape(part) for part in text.split(DOTS)]
    return mark_safe(str(format_html('<span class="x">{}</span>', _("hidden"))).join(parts))


def _parsed(text: str) -> Any:
    """None for what is no JSON object or list."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


Piece = tuple[str, str]


def _pieces(value: Any, indent: str) -> Iterator[Piece]:
    """Pairs of a colour's class and a text, with line breaks as texts of their own."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        yield "", "{\n"
        for index, (name, item) in enumerate(value.items()):
            yield "", deeper
            yield "k", _quoted(name)
            yield "", ": "
            yield from _pieces(item, deeper)
            yield "", ",\n" if index < len(value) - 1 else "\n"
        yield "", indent + "}"
    elif isinstance(value, list) and value:
        yield "", "[\n"
        for index, item in enumerate(value):
            yield "", deeper
            yield from _pieces(item, deeper)
            yield "", ",\n" if index < len(value) - 1 else "\n"
        yield "", indent + "]"
    else:
        yield _leaf(value)


def _leaf(value: Any) -> Piece:
    if isinstance(value, str):
        return ("x", _("hidden")) if value == DOTS else ("s", _quoted(value))
    return "n", write_json(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _lines(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for css, text in pieces:
        line.append((css, text))
        if text.endswith("\n"):
            yield line
            line = []
    yield line


def _line(line: list[Piece], marked: str) -> str:
    drawn = "".join(format_html('<span class="{}">{}</span>', css, text) if css else escape(text) for css, text in line)
    if marked and any(css == "k" and text == _quoted(marked) for css, text in line):
        return str(format_html('<span class="hl">{}</span>', mark_safe(drawn.rstrip("\n"))))
    return drawn
