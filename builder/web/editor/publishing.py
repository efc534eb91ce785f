"""Publish, with what changes in words; the live switch; versions and the way back."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import guarding, inputs, publishing
from builder.actions.errors import ActionError, Conflict, Unready
from builder.models import Capability, Recipe, RecipeState, Version, Workspace
from builder.recipe import diff, summary
from builder.recipe import tree as trees
from builder.web import pausing
from builder.web.editor import cards, given, pages, previewing
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room
from connectors import catalogue

TAGS = {"added": "green", "removed": "red", "changed": "amber", "moved": "copper"}
WORDS = {"added": lazy("Added"), "removed": lazy("Removed"), "changed": lazy("Changed"), "moved": lazy("Moved")}
PARTS = {
    "operation": lazy("what it does"), "connection": lazy("account"), "name": lazy("name"), "note": lazy("note"),
    "skip": lazy("skipped"), "conditions": lazy("conditions"), "options.on_error": lazy("if it fails"),
    "options.on_unknown": lazy("if nobody knows"),
}  # fmt: skip
VERSIONS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in words."""

    kind: str
    number: str
    what: str
    before: str = ""
    after: str = ""

    @property
    def tag(self) -> str:
        return TAGS[self.kind]

    @property
    def word(self) -> str:
        return str(WORDS[self.kind])


def lines(desk: Desk, old: dict[str, Any], new: dict[str, Any]) -> list[Line]:
    return worded(desk, diff.changes(old, new), old, new)


def worded(desk: Desk, changes: list[diff.Change], old: dict[str, Any], new: dict[str, Any]) -> list[Line]:
    numbers = {row.step["id"]: row.number for tree in (old, new) for row in trees.steps(tree)} | {"trigger": "1"}
    return [_line(desk, change, numbers, old, new) for change in changes]


def told_first(desk: Desk) -> list[Line]:
    """The whole recipe, read aloud."""
    steps = [desk.tree["trigger"], *(row.step for row in desk.rows.values())]
    made = [cards.card(desk, step) for step in steps]
    return [Line("added", card.number, f"{card.word} {card.title}") for card in made]


def _line(desk: Desk, change: diff.Change, numbers: dict[str, str], old: Any, new: Any) -> Line:
    step = trees.find(new, change.step_id) or trees.find(old, change.step_id) or {}
    title = summary.title(step, inputs.known) if step else ""
    number = numbers.get(change.step_id, "")
    if change.kind != "changed":
        return Line(change.kind, number, title)
    named, before, after = _part(desk, step, change.field), _said(desk, change.before), _said(desk, change.after)
    return Line("changed", number, f"{title}, {named}", before, after)


def _part(desk: Desk, step: dict[str, Any], name: str) -> str:
    if name in PARTS:
        return str(PARTS[name])
    own = name.removeprefix("inputs.")
    known = desk.operation(step)
    field = known.field(own) if known else None
    return field.label if field else own.replace("_", " ")


def _said(desk: Desk, value: Any) -> str:
    """A value in one line; a connection by its name."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and "rules" in value:
        return summary.conditions(value, desk.names)
    if isinstance(value, list | dict):
        return _("%(n)d lines") % {"n": len(value)} if isinstance(value, list) else "…"
    known = desk.connections.get(str(value)) or inputs.known(str(value))
    text = getattr(known, "name", "") or getattr(known, "label", "") or cards.pills_named(desk, str(value or ""))
    return cards.shortened(text)


@require_http_methods(["GET", "POST"])
@room(Capability.PUBLISH)
def publish(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    if request.method == "GET":
        return _dialog(desk)
    try:
        rev = given.whole(request.POST.get("rev", ""))
        version = publishing.publish(request.actor, desk.recipe, rev, request.POST.get("note", ""))
    except Conflict as clash:
        return _dialog(desk, clash.message, 409)
    except Unready as unready:
        return _dialog(desk, unready.message, 422)
    messages.success(request, _("Version %(n)d is live.") % {"n": version.number}, extra_tags="circle-check")
    return _to(request, desk.url("recipe-run") if request.POST.get("then") == "run" else desk.page_url)


def _dialog(desk: Desk, refused: str = "", status: int = 200) -> HttpResponse:
    live = desk.recipe.live
    context = {
        "desk": desk, "recipe": desk.recipe, "live": live, "bar": pages.bar(desk), "refused": refused,
        "lines": lines(desk, live.tree, desk.tree) if live else told_first(desk),
        "view": previewing.fresh(desk), "guards": guarding.told(desk.recipe),
        "waits": _waits_anew(desk), "then": desk.request.POST.get("then"),
        "unchanged": bool(live) and desk.recipe.state == RecipeState.LIVE and live.tree == desk.tree,
    }  # fmt: skip
    template = "editor/publish.html" if not desk.request.htmx else "editor/_publish.html"
    return render(desk.request, template, context, status=status)


def _waits_anew(desk: Desk) -> bool:
    """Whether it begins to wait for records of a service, of which there may be some already."""
    operation = desk.tree["trigger"].get("operation", "")
    known = catalogue.trigger(operation)
    return known is not None and known.latest is not None and operation != desk.recipe.live_trigger


@require_POST
@room(Capability.PUBLISH)
def live(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """The switch: pauses what is live, resumes what is paused. 422 with the sentence when it can't be."""
    desk = desk_for(request, workspace, rid)
    turn = publishing.pause if desk.recipe.state == RecipeState.LIVE else publishing.resume
    wanted = request.POST.get("to")
    if wanted:
        turn = publishing.resume if wanted == "live" else publishing.pause
    if turn is publishing.resume and desk.recipe.state == RecipeState.PAUSED and pausing.count(desk.recipe):
        return pausing.asked(request, workspace, desk.recipe)
    try:
        recipe = turn(request.actor, desk.recipe)
    except ActionError as trouble:
        return _refused(desk, trouble)
    if not request.htmx:
        return redirect(request.META.get("HTTP_REFERER") or desk.page_url)
    response = render(request, "editor/live.html", {"desk": desk, "recipe": recipe, "bar": _bar(desk, recipe)})
    return response


def _bar(desk: Desk, recipe: Recipe) -> pages.Bar:
    desk.recipe.state, desk.recipe.paused_because = recipe.state, recipe.paused_because
    return pages.bar(desk)


def _refused(desk: Desk, trouble: ActionError) -> HttpResponse:
    if not desk.request.htmx:
        messages.warning(desk.request, trouble.message, extra_tags="alert-triangle")
        return redirect(desk.page_url)
    return render(desk.request, "editor/said.html", {"text": trouble.message}, status=trouble.status)


@require_GET
@room()
def versions(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    rows = list(desk.recipe.versions.select_related("published_by").order_by("-number")[:VERSIONS])
    context = {"desk": desk, "recipe": desk.recipe, "bar": pages.bar(desk), "rows": told(desk, rows)}
    return render(request, "editor/versions.html", context)


def told(desk: Desk, rows: list[Version]) -> list[tuple[Version, list[Line]]]:
    """Each version with what it changed; the oldest shown has nothing to be compared with."""
    return [(row, lines(desk, old.tree, row.tree) if old else []) for row, old in zip_longest(rows, rows[1:])]


@require_POST
@room(Capability.PUBLISH)
def roll_back(request: HttpRequest, workspace: Workspace, rid: str, number: int) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    try:
        version = publishing.roll_back(request.actor, desk.recipe, number)
    except ActionError as trouble:
        return _refused(desk, trouble)
    said = _("Version %(n)d is live; it is what version %(old)d was.") % {"n": version.number, "old": number}
    messages.success(request, said, extra_tags="circle-check")
    return _to(request, desk.url("recipe-versions"))


def _to(request: HttpRequest, url: str) -> HttpResponse:
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = url
    return response
