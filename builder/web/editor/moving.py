"""Where a step may go: every place of the recipe in reading order, for who moves it without a mouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from builder.actions import changes
from builder.models import Capability, Workspace
from builder.web.editor import forks
from builder.web.editor.desk import TRIGGER, Desk, desk_for
from builder.web.room import room

Lists = dict[str | None, list[dict[str, Any]]]
"""Each list of steps, by its id."""


@dataclass(frozen=True, slots=True)
class Spot:
    to: str
    """`after|path`, as the form sends it."""
    label: str


@require_GET
@room(Capability.EDIT)
def move(request: HttpRequest, workspace: Workspace, rid: str, sid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    step = desk.step_or_404(sid)
    if sid == TRIGGER:
        return render(request, "editor/gone.html", {"desk": desk})
    context = {"desk": desk, "step": step, "title": f"{desk.number(sid)} · {desk.title(step)}"}
    context["spots"] = list(spots(desk, sid))
    return render(request, "editor/move.html" if request.htmx else "editor/move_page.html", context)


def spots(desk: Desk, sid: str) -> Iterator[Spot]:
    """Without those inside the step, and where it is already."""
    inside = set(changes.ids_in(desk.rows[sid].step))
    siblings = desk.siblings(sid)
    before = siblings[siblings.index(sid) - 1] if siblings.index(sid) else ""
    parents = desk.rows[sid].parents
    here = {before or (TRIGGER if not parents else f"|{parents[-1]}"), sid}
    trigger = desk.tree["trigger"]
    if TRIGGER not in here:
        yield Spot(f"{TRIGGER}|", _("After 1 · %(title)s") % {"title": desk.title(trigger)})
    yield from _in(desk, dict(changes.lists(desk.tree)), desk.tree["steps"], inside, here)


def _in(desk: Desk, lists: Lists, steps: list[dict[str, Any]], inside: set[str], here: set[str]) -> Iterator[Spot]:
    for step in steps:
        if step["id"] in inside:
            continue
        for path_id, label in _lists(desk, step):
            if f"|{path_id}" not in here:
                yield Spot(f"|{path_id}", label)
            yield from _in(desk, lists, lists.get(path_id, []), inside, here)
        if step["id"] not in here:
            words = {"number": desk.number(step["id"]), "title": desk.title(step)}
            yield Spot(f"{step['id']}|", _("After %(number)s · %(title)s") % words)


def _lists(desk: Desk, step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The lists inside a step, each with what its first place is called."""
    words = {"number": desk.number(step["id"]), "title": desk.title(step)}
    for number, path in enumerate(step.get("paths", ()), 1):
        yield path["id"], _("First in “%(path)s”") % {"path": forks.named(desk, path, number)}
    if step["kind"] == "paths":
        yield f"{step['id']}-otherwise", _("First in “Anything else” of %(number)s · %(title)s") % words
    if step["kind"] == "each":
        yield f"{step['id']}-each", _("First inside %(number)s · %(title)s") % words
