"""The gallery: templates to look into, and what was made of one, to publish."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import gallery, inputs, publishing
from builder.actions.errors import ActionError
from builder.actions.gallery import Template
from builder.models import Capability, Recipe, RecipeState, Workspace
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.templatetags import look
from builder.web import run_steps
from builder.web.gallery_setup import Need, set_up
from builder.web.request import Request
from builder.web.room import room

HERE = "w/<slug:slug>/templates/"
FIRST = "won-deal-to-draft-invoice"
"""The one that is shown large."""


@dataclass(frozen=True)
class Shown:
    """A template as a card and as a page."""

    template: Template

    @property
    def tree(self) -> dict[str, Any]:
        """With the examples in place of answers, so that the sentences read."""
        given = {q.key: q.default or q.example or f"“{q.label}”" for q in self.template.questions}
        return gallery.filled(self.template.tree, given)

    @property
    def starts_in(self) -> str:
        return str(self.template.tree["trigger"]["operation"].split(".")[0])

    @property
    def apps(self) -> list[str]:
        """The one it starts in first."""
        return sorted(self.template.apps, key=lambda app: app != self.starts_in)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return _cards(self.tree)

    @property
    def length(self) -> int:
        return 1 + sum(1 for _row in trees.steps(self.tree))

    @property
    def minutes(self) -> int:
        return max(1, round(len(self.template.questions) * 0.7))


def _cards(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Its steps in reading order, as sentences."""
    names = run_steps.names(tree)
    steps = [(tree["trigger"], "1"), *((row.step, row.number) for row in trees.steps(tree))]
    cards = []
    for step, number in steps:
        word, title = summary.sentence(step, inputs.known, names)
        app, glyph = run_steps.face(step)
        logic = step.get("kind", "action") != "action"
        cards.append({"word": _(word), "title": title, "app": app, "glyph": glyph, "number": number, "logic": logic})
    return cards


@require_GET
@room()
def templates(request: Request, workspace: Workspace) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    starts = request.GET.get("starts", "")
    everything = [Shown(t) for t in gallery.templates()]
    shown = [s for s in map(Shown, gallery.search(q)) if starts in ("", s.starts_in)]
    featured = next((s for s in shown if s.template.key == FIRST), None) if not q and not starts else None
    apps = sorted({s.starts_in for s in everything}, key=look.app_name)
    context = {
        "workspace": workspace,
        "shown": [s for s in shown if s is not featured],
        "featured": featured,
        "total": len(everything),
        "q": q,
        "starts": starts,
        "choices": [
            {
                "label": label,
                "query": urlencode({k: v for k, v in (("q", q), ("starts", app)) if v}),
                "on": app == starts,
            }
            for app, label in [("", _("All")), *((app, _starts(app)) for app in apps)]
        ],
        "may_edit": request.actor.may(Capability.EDIT),
    }
    part = "#gallery" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"gallery/page.html{part}", context)


def _starts(app: str) -> str:
    return _("Starts in %(app)s") % {"app": look.app_name(app)}


@require_GET
@room()
def template(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    found = gallery.template(key)
    offered = gallery.offered(request.actor, key)
    context = {
        "workspace": workspace,
        "template": found,
        "shown": Shown(found),
        "needs": [Need(app, rows) for app, rows in offered.items()],
        "may_edit": request.actor.may(Capability.EDIT),
    }
    return render(request, "gallery/template.html", context)


@require_GET
@room(Capability.EDIT)
def done(request: Request, workspace: Workspace, key: str, rid: str) -> HttpResponse:
    return render(request, "gallery/done.html", _done(request, workspace, key, rid))


def _done(request: Request, workspace: Workspace, key: str, rid: str) -> dict[str, Any]:
    found = gallery.template(key)
    recipe: Recipe = get_object_or_404(Recipe.objects.filter(deleted_at=None, template=key), public_id=rid)
    return {
        "workspace": workspace,
        "template": found,
        "recipe": recipe,
        "cards": _cards(recipe.draft),
        "problems": [problem.text for problem in publishing.problems(recipe)],
        "live": recipe.state == RecipeState.LIVE,
        "editor": _editor(workspace, recipe),
        "may_publish": request.actor.may(Capability.PUBLISH),
    }


@require_POST
@room(Capability.PUBLISH)
def publish(request: Request, workspace: Workspace, key: str, rid: str) -> HttpResponse:
    context = _done(request, workspace, key, rid)
    rev = request.POST.get("rev", "")
    try:
        publishing.publish(request.actor, context["recipe"], int(rev) if rev.isdecimal() else -1)
    except ActionError as refused:
        context = {**_done(request, workspace, key, rid), "said": refused.message}
        return render(request, f"gallery/done.html{'#done' if request.htmx else ''}", context, status=refused.status)
    address = reverse("web:template-done", args=[workspace.slug, key, rid])
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


def _editor(workspace: Workspace, recipe: Recipe) -> str:
    try:
        return reverse("web:recipe", args=[workspace.slug, recipe.public_id])
    except NoReverseMatch:
        return ""


urlpatterns = [
    path(HERE, templates, name="templates"),
    path(f"{HERE}<slug:key>/", template, name="template"),
    path(f"{HERE}<slug:key>/set-up/", set_up, name="template-set-up"),
    path(f"{HERE}<slug:key>/set-up/<slug:rid>/", done, name="template-done"),
    path(f"{HERE}<slug:key>/set-up/<slug:rid>/publish/", publish, name="template-publish"),
]
