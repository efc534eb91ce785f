"""A recipe as numbered sentences: to be read from top to bottom, and to be printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from builder.actions import guarding, inputs, testing
from builder.models import Workspace
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.recipe.values import empty
from builder.web.editor import cards, forks, kinds, labels, pages, panel
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room
from connectors.fields import Field, label_of

SAID_ALREADY = {"only_if": (), "each": ("list", "batch"), "wait": ("mode", "amount", "unit"), "approval": ("people",)}
"""Parts of control steps that stand in their sentence."""


@dataclass
class Line:
    """One input: its label and what it is given, or the lines of a table."""

    label: str
    text: str = ""
    rows: list[str] = field(default_factory=list)


@dataclass
class Sentence:
    number: str
    text: str
    account: str = ""
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    """What it wants besides: under a condition, what happens when it fails, skipped."""
    lanes: list["Lane"] = field(default_factory=list)


@dataclass
class Lane:
    when: str
    sentences: list[Sentence]


@require_GET
@room()
def reading(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    context = {
        "desk": desk,
        "recipe": desk.recipe,
        "bar": pages.bar(desk),
        "sentences": [_sentence(desk, desk.tree["trigger"]), *_sentences(desk, desk.tree["steps"])],
        "guards": guarding.told(desk.recipe),
    }
    return render(request, "editor/reading.html", context)


def _sentences(desk: Desk, steps: list[dict[str, Any]]) -> list[Sentence]:
    return [_sentence(desk, step) for step in steps]


def _sentence(desk: Desk, step: dict[str, Any]) -> Sentence:
    word, title = summary.sentence(step, inputs.known, desk.names)
    account = desk.connection(step)
    made = Sentence(desk.number(step["id"]), f"{_(word)} {title}", account.name if account else "")
    made.notes = [text for text in (step.get("name", ""), step.get("note", "")) if text and text != title]
    made.lines = list(_lines(desk, step))
    made.wishes = list(_wishes(desk, step))
    made.lanes = [_lane(desk, step, *inner) for inner in trees.lists(step)] if "kind" in step else []
    return made


def _lines(desk: Desk, step: dict[str, Any]) -> Iterator[Line]:
    known = desk.operation(step) if step.get("kind", "action") == "action" else None
    fields = known.fields if known else kinds.own_fields(desk, step)
    given = testing.shown(step) if known else step
    skipped = () if known else SAID_ALREADY.get(step.get("kind", ""), ())
    for each in fields:
        value = given.get(each.name)
        if each.name not in skipped and not empty(value):
            yield _line(desk, step, each, value)


def _line(desk: Desk, step: dict[str, Any], field_: Field, value: Any) -> Line:
    if isinstance(value, dict):
        return Line(field_.label, rows=[_pair(desk, field_, name, inner) for name, inner in value.items() if inner])
    if isinstance(value, list):
        return Line(field_.label, rows=[_row(desk, field_, row) for row in value])
    known = dict(field_.choices).get(value) or labels.chosen(desk.connection(step), field_.source, value)
    return Line(field_.label, known or _text(desk, value))


def _row(desk: Desk, field_: Field, row: Any) -> str:
    if not isinstance(row, dict):
        return _text(desk, row)
    return ", ".join(_pair(desk, field_, name, inner) for name, inner in row.items() if not empty(inner))


def _pair(desk: Desk, field_: Field, name: str, value: Any) -> str:
    inner = next((one for one in field_.fields if one.name == name), None)
    told = dict(inner.choices).get(value) if inner and isinstance(value, str) else None
    return f"{inner.label if inner else label_of(name)}: {told or _text(desk, value)}"


def _text(desk: Desk, value: Any) -> str:
    """A text with the names of its pills in place."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return ", ".join(_text(desk, one) for one in (value.values() if isinstance(value, dict) else value))
    return cards.pills_named(desk, str(value))


def _wishes(desk: Desk, step: dict[str, Any]) -> Iterator[str]:
    options = step.get("options", {})
    if step.get("skip"):
        yield _("Skipped: a run passes it over.")
    if (group := options.get("only_if")) and group["rules"]:
        yield _("Only if %(condition)s.") % {"condition": summary.conditions(group, desk.names)}
    for option, choices in (("retry", panel.RETRY), ("on_error", panel.ON_ERROR), ("on_unknown", panel.ON_UNKNOWN)):
        told = next((word for value, word, _hint in choices if value == options.get(option)), "")
        if told and step.get("kind") == "action":
            yield f"{panel.QUESTIONS[option]}: {told}."


def _lane(desk: Desk, step: dict[str, Any], lane_id: str, steps: list[dict[str, Any]]) -> Lane:
    for number, path in enumerate(step.get("paths", ()), 1):
        if path["id"] == lane_id:
            told = summary.conditions(path["conditions"], desk.names)
            name = forks.named(desk, path, number)
            return Lane(
                _("If %(what)s") % {"what": name if name == told else f"{name}: {told}"}, _sentences(desk, steps)
            )
    return Lane(_("Otherwise") if step["kind"] == "paths" else _("For each item"), _sentences(desk, steps))
