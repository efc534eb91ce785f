"""A newer version of the template a recipe was made of: what it changes, and taking it over or leaving it."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import gallery, template_updates
from builder.actions.errors import ActionError, Invalid
from builder.actions.template_file import Question
from builder.actions.template_updates import News
from builder.models import Capability, Connection, Workspace
from builder.recipe import diff, merge
from builder.recipe import tree as trees
from builder.web import reply
from builder.web.editor import given as given_by
from builder.web.editor.desk import Desk, desk_for
from builder.web.editor.publishing import Line, worded
from builder.web.gallery_setup import Asked, Need, asked_of
from builder.web.request import Request
from builder.web.room import room


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def update(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    found = template_updates.news(desk.recipe)
    if found is None:
        return reply.go(
            request, "web:recipe", workspace.slug, rid, said=_("There is no newer version of its template.")
        )
    if request.method == "GET" or "go" in request.POST:
        return _page(request, desk, found)
    sent = request.POST
    try:
        rev = given_by.whole(sent.get("rev", ""))
        prefer = [name[4:] for name in sent if name.startswith("own|") and sent[name] == "mine"]
        template_updates.take_over(request.actor, desk.recipe, rev, sent.get("version", ""), _sent(found, sent), prefer)
    except Invalid as wrong:
        return _page(request, desk, found, wrong.errors, status=422)
    except ActionError as trouble:
        return _page(request, desk_for(request, workspace, rid), found, {"": [trouble.message]}, trouble.status)
    said = _("The newer version is in the draft. Look at it, then publish; Undo takes it back.")
    return reply.go(request, "web:recipe", workspace.slug, rid, said=said)


@require_POST
@room(Capability.EDIT)
def leave(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    template_updates.leave(request.actor, desk.recipe, request.POST.get("version", ""))
    said = _("It stays as it is. The next newer version is told of again.")
    return reply.go(request, "web:recipe", workspace.slug, rid, said=said)


def _page(
    request: Request, desk: Desk, found: News, errors: dict[str, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    errors = errors or {}
    new = [question for question in found.template.questions if question.key not in found.use.answers or
           question.key in errors]  # fmt: skip
    context: dict[str, Any] = {
        "workspace": desk.workspace,
        "desk": desk,
        "recipe": desk.recipe,
        "template": found.template,
        "news": found,
        "asked": _asked(request, desk, found, [question.key for question in new], errors),
        "whole": errors.get("", []),
        "rows": True,
        **_told(request, desk, found),
    }
    return reply.page(request, "gallery/update.html", "update", context, status=status)


def _told(request: Request, desk: Desk, found: News) -> dict[str, Any]:
    """The template's changes, and the recipe's own by what becomes of them. Open questions are shown by examples."""
    shown = {q.key: _shown(q) for q in found.template.questions if q.type != "table"}
    sent = {name: value for name, value in _sent(found, request.POST).items() if value}
    try:
        plan = template_updates.planned(desk.recipe, found, {**_missing(found, shown), **sent}, (), _currency(desk))
    except Invalid:
        return {"lines": [], "kept": [], "clashes": [], "lost": [], "unclear": True}
    base = trees.parse(found.use.tree)
    changes = [c for c in diff.changes(base, plan.alone) if c.field != "connection"]
    by_fate: dict[str, list[tuple[merge.Own, Line]]] = {merge.KEPT: [], merge.CLASH: [], merge.LOST: []}
    said = worded(desk, [own.change for own in plan.owns], base, desk.tree)
    for own, line in zip(plan.owns, said, strict=True):
        by_fate[own.fate].append((own, line))
    return {
        "lines": worded(desk, changes, base, plan.alone),
        "kept": [line for _own, line in by_fate[merge.KEPT]],
        "clashes": [(own, line, request.POST.get(f"own|{own.key}", "theirs")) for own, line in by_fate[merge.CLASH]],
        "lost": [line for _own, line in by_fate[merge.LOST]],
    }


def _shown(question: Question) -> str:
    plain = question.choices[0][0] if question.choices else "1" if question.type in ("integer", "money") else "…"
    return question.default or question.example or plain


def _missing(found: News, shown: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in shown.items() if key not in found.use.answers}


def _currency(desk: Desk) -> str:
    return desk.workspace.currency


def _sent(found: News, sent: Any) -> dict[str, str]:
    """Answers to what was asked on this page."""
    asked = [key for key in sent.get("asked", "").split(",") if key]
    kinds = {question.key: question.type for question in found.template.questions}
    return {key: sent.get(key, "") for key in asked if key in kinds and (key in sent or kinds[key] == "boolean")}


def _asked(request: Request, desk: Desk, found: News, keys: list[str], errors: dict[str, list[str]]) -> list[Asked]:
    if not keys:
        return []
    offered = gallery.offered(found.template.key)
    used = {public_id for public_id, row in desk.connections.items() if isinstance(row, Connection)}
    needs = [Need(app, rows, _used(desk, rows, used)) for app, rows in offered.items()]
    answers = {**found.use.answers, **_sent(found, request.POST)}
    rows = asked_of(request, found.template, needs, answers, errors)
    return [row for row in rows if row.question.key in keys]


def _used(desk: Desk, rows: list[Connection], known: set[str]) -> str:
    steps = [desk.tree["trigger"], *(row.step for row in desk.rows.values())]
    mine = {step.get("connection") for step in steps} & known
    return next((row.public_id for row in rows if row.public_id in mine), "")


urlpatterns = [
    path("w/<slug:slug>/recipes/<str:rid>/template-update/", update, name="recipe-update"),
    path("w/<slug:slug>/recipes/<str:rid>/template-update/leave/", leave, name="recipe-update-leave"),
]
