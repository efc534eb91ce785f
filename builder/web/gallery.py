"""The gallery: templates to look into, and what was made of one, to publish."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import gallery, guarding, inputs, publishing, template_facts, template_updates
from builder.actions import team_templates as own_ones
from builder.actions.errors import ActionError
from builder.actions.gallery import Template
from builder.actions.template_facts import Badge, Touched
from builder.actions.template_file import GROUPS
from builder.models import Capability, Recipe, RecipeState, Workspace
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.templatetags import look
from builder.web import run_steps
from builder.web.gallery_setup import Need, set_up
from builder.web.request import Request
from builder.web.room import room
from builder.web.team_templates import linked

HERE = "w/<slug:slug>/templates/"
FIRST = "won-deal-to-draft-invoice"
"""The one that is shown large."""
GUARDED = 5
"""Runs of a recipe that was just set up that wait for a look, unless somebody says otherwise."""


@dataclass(frozen=True)
class Shown:
    """A template as a card and as a page."""

    template: Template

    @cached_property
    def tree(self) -> dict[str, Any]:
        """With the examples in place of answers, so that the sentences read."""
        return gallery.shown(self.template)

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
    def badges(self) -> list[Badge]:
        return template_facts.badges(self.tree)

    @property
    def touched(self) -> list[Touched]:
        return template_facts.touched(self.tree)

    @cached_property
    def permissions(self) -> dict[str, list[str]]:
        return template_facts.permissions(self.template, self.tree)

    @property
    def length(self) -> int:
        return 1 + sum(1 for _row in trees.steps(self.tree))

    @property
    def minutes(self) -> int:
        return max(1, round(len(self.template.questions) * 0.7))


def _cards(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Its steps in reading order, as sentences."""
    names, lanes = run_steps.names(tree), _lanes(tree)
    begin = trees.Row(tree["trigger"], 0, "1", ())
    cards = []
    for row in (begin, *trees.steps(tree)):
        word, title = summary.sentence(row.step, inputs.known, names)
        app, glyph = run_steps.face(row.step)
        logic = row.step.get("kind", "action") != "action"
        lane = lanes.pop(row.parents[-1], "") if row.parents else ""
        title = row.step.get("name") or title
        card = {"word": _(word), "title": title, "app": app, "glyph": glyph, "number": row.number, "logic": logic}
        cards.append({**card, "depth": min(row.depth, 2), "lane": lane})
    return cards


def _lanes(tree: dict[str, Any]) -> dict[str, str]:
    """What each list of steps inside a step is called, for above its first step."""
    named: dict[str, str] = {}
    for row in trees.steps(tree):
        if row.step["kind"] == "paths":
            named |= {path["id"]: path["name"] for path in row.step["paths"]}
            named[f"{row.step['id']}-otherwise"] = _("Anything else")
        elif row.step["kind"] == "each":
            named[f"{row.step['id']}-each"] = _("For each")
    return named


@require_GET
@room()
def templates(request: Request, workspace: Workspace) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    starts, group = request.GET.get("starts", ""), request.GET.get("group", "")
    everything = [Shown(t) for t in gallery.templates()]
    found = [s for s in map(Shown, gallery.search(q)) if starts in ("", s.starts_in)]
    shown = [s for s in found if group in ("", s.template.group)]
    featured = next((s for s in shown if s.template.key == FIRST), None) if not (q or starts or group) else None
    apps = sorted({s.starts_in for s in everything}, key=look.app_name)
    groups = [name for name in GROUPS if any(s.template.group == name for s in everything)]
    state = {"q": q, "starts": starts, "group": group}
    own = map(Shown, gallery.search_own(q, retired=True))
    context = {
        "workspace": workspace,
        "shown": [s for s in shown if s is not featured],
        "featured": featured,
        "total": len(everything),
        "q": q,
        "state": state,
        "choices": _chips(state, "starts", [("", _("All")), *((app, _starts(app)) for app in apps)]),
        "groups": _chips(state, "group", [("", _("All")), *((name, _(name)) for name in groups)]),
        "own": [s for s in own if starts in ("", s.starts_in) and group in ("", s.template.group)],
        "may_edit": request.actor.may(Capability.EDIT),
        "waiting": template_updates.waiting() if request.actor.may(Capability.EDIT) else [],
    }
    part = "#gallery" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"gallery/page.html{part}", context)


def _chips(state: dict[str, str], name: str, options: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Each with the address that the page has when it is chosen."""
    return [
        {
            "label": label,
            "query": urlencode({k: v for k, v in {**state, name: value}.items() if v}),
            "on": value == state[name],
        }
        for value, label in options
    ]


def _starts(app: str) -> str:
    if app == "tools":
        return _("Starts by the clock")
    return _("Starts in %(app)s") % {"app": look.app_name(app)}


@require_GET
@room()
def template(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    found = gallery.template(key)
    shown, offered = Shown(found), gallery.offered(key)
    context = {
        "workspace": workspace,
        "template": found,
        "shown": shown,
        "needs": [Need(app, rows, permissions=shown.permissions[app]) for app, rows in offered.items()],
        "may_edit": request.actor.may(Capability.EDIT),
        "may_publish": request.actor.may(Capability.PUBLISH),
        **(linked(own_ones.row(key)) if own_ones.is_own(key) else {}),
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
        "may_edit": request.actor.may(Capability.EDIT),
        "guards": guarding.told(recipe),
        "first": GUARDED,
        "may_publish": request.actor.may(Capability.PUBLISH),
    }


@require_POST
@room(Capability.PUBLISH)
def publish(request: Request, workspace: Workspace, key: str, rid: str) -> HttpResponse:
    """With its first runs guarded, where the form says so."""
    context = _done(request, workspace, key, rid)
    rev = request.POST.get("rev", "")
    try:
        if request.POST.get("guard"):
            guarding.change(request.actor, context["recipe"], {guarding.FIRST: str(GUARDED)})
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
