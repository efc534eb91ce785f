"""What the draft would have done otherwise with the events that came lately, in lines that can be counted."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from builder.actions import inputs, shadowing
from builder.models import Capability, RunStatus, Workspace
from builder.models.columns import write_json
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.web.editor import labels, pills
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room

TAGS = {shadowing.NEW: "green", shadowing.GONE: "red", shadowing.CHANGED: "amber", shadowing.ENDS: "amber"}
EXAMPLES = 3


@dataclass
class Line:
    """One kind of difference, and for how many of the events."""

    kind: str
    number: str
    what: str
    events: int = 0
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(run's id, what it was about, as it is, as it would be)"""

    @property
    def tag(self) -> str:
        return TAGS[self.kind]


@require_GET
@room(Capability.EDIT)
def shadow(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    found = shadowing.lately(request.actor, desk.recipe)
    context = {"desk": desk, "recipe": desk.recipe, "found": found, "lines": _lines(desk, found)}
    return render(request, "editor/_shadow.html" if request.htmx else "editor/shadow.html", context)


def _lines(desk: Desk, found: shadowing.Shadowed) -> list[Line]:
    """The most frequent first."""
    made: dict[tuple[str, str, str], Line] = {}
    for event in found.differing:
        seen = set()
        for one in event.differences:
            line = made.setdefault((one.kind, one.step, one.field), _line(desk, one))
            if id(line) not in seen:
                line.events += 1
                seen.add(id(line))
                if len(line.examples) < EXAMPLES:
                    line.examples.append((event.run, event.title, *_values(desk, one)))
    return sorted(made.values(), key=lambda line: -line.events)


def _line(desk: Desk, one: shadowing.Difference) -> Line:
    live = desk.recipe.live
    old = live.tree if live else {"trigger": {}, "steps": []}
    step = desk.step(one.step) or trees.find(old, one.step) or {}
    number = desk.number(one.step) or next((r.number for r in trees.steps(old) if r.step["id"] == one.step), "")
    title = summary.title(step, inputs.known) if step else ""
    if one.kind == shadowing.NEW:
        return Line(one.kind, number, _("“%(step)s” would be done") % {"step": title})
    if one.kind == shadowing.GONE:
        return Line(one.kind, number, _("“%(step)s” would no longer be done") % {"step": title})
    if one.kind == shadowing.ENDS:
        return Line(one.kind, number, _("the run would end otherwise"))
    known = desk.operation(step)
    label = next((f.label for f in known.fields if f.name == one.field), one.field) if known else one.field
    return Line(one.kind, number, _("“%(step)s” would get another “%(field)s”") % {"step": title, "field": label})


def _values(desk: Desk, one: shadowing.Difference) -> tuple[str, str]:
    if one.kind == shadowing.ENDS:
        return _end(desk, one.before), _end(desk, one.after)
    return _short(desk, one.before), _short(desk, one.after)


def _end(desk: Desk, end: tuple[str, str]) -> str:
    """`Done`, or `On hold at step 4`."""
    status, step_id = end
    number = desk.number(step_id)
    word = str(RunStatus(status).label)
    return _("%(status)s at step %(n)s") % {"status": word, "n": number} if number else word


def _short(desk: Desk, value: Any) -> str:
    if isinstance(value, list | dict):
        text = write_json(value)
        return text if len(text) <= labels.LONGEST else f"{text[: labels.LONGEST]}…"
    return labels.sample(value, "", pills.currency(desk)) or _("(empty)")
