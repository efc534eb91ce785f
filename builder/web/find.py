"""Find anything: one field over recipes, runs, customers, connections, pages and what can be done; in the builder over
the steps of the recipe that is open, too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from builder.actions import inputs, past
from builder.models import Capability, Connection, EventKey, Recipe, RecipeState, Run, Workspace
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.templatetags import look
from builder.web import run_steps, shell
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue

MOST = 5
"""Of each kind."""
STEPS = 8
SHORTEST = 2
"""Letters from which runs are looked for."""
IN_RECIPE = re.compile(r"/recipes/(\w+)/")
ICONS = {"recipes": "book-2", "runs": "history", "connections": "plug-connected"}


@dataclass(frozen=True, slots=True)
class Found:
    icon: str
    text: str
    detail: str
    url: str


@require_GET
@room()
def find(request: Request, workspace: Workspace) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    groups = [(word, list(found)) for word, found in _groups(request, workspace, q)]
    context = {"workspace": workspace, "q": q, "groups": [group for group in groups if group[1]]}
    listed = request.htmx and not request.htmx.history_restore_request
    return render(request, f"find.html{'#found' if listed else ''}", context)


def _groups(request: Request, workspace: Workspace, q: str) -> Iterator[tuple[str, Iterable[Found]]]:
    slug, may = workspace.slug, request.actor.may
    if here := IN_RECIPE.search(request.htmx.current_url_abs_path or "" if request.htmx else ""):
        yield _("Steps of this recipe"), _steps(slug, here[1], q)
    if q and EventKey.matching(q).exists():
        text = _("All about “%(q)s”") % {"q": q}
        yield _("Customers"), [Found("user", text, _("What came in, and what recipes did"), _to("customer", slug, q=q))]
    yield _("Recipes"), _recipes(slug, q)
    if len(q) >= SHORTEST:
        yield _("Runs"), _runs(slug, q)
    if q and may(Capability.RUN):
        yield _("Connections"), _connections(slug, q)
    last = (_("Go to"), _pages(request, q)), (_("Do"), _acts(request, slug, q))
    yield from last if q else reversed(last)


def _steps(slug: str, rid: str, q: str) -> Iterator[Found]:
    recipe = Recipe.objects.filter(public_id=rid, deleted_at=None).first()
    if recipe is None:
        return
    names, home = run_steps.names(recipe.draft), reverse("web:recipe", args=[slug, rid])
    steps = [("1", recipe.draft["trigger"]), *((row.number, row.step) for row in trees.steps(recipe.draft))]
    shown = 0
    for number, step in steps:
        word, told = summary.sentence(step, inputs.known, names)
        title = f"{number} {_(word)} {step.get('name') or told}"
        if _fits(q, title, told, step.get("note", "")) and shown < STEPS:
            shown += 1
            yield Found("corner-down-right", title, "", f"{home}?step={step['id']}")


def _recipes(slug: str, q: str) -> Iterator[Found]:
    rows = Recipe.objects.filter(deleted_at=None, name__icontains=q).order_by("-draft_at", "-pk")
    for recipe in rows.only("public_id", "name", "state", "draft_at")[:MOST]:
        state = str(RecipeState(recipe.state).label)
        yield Found(ICONS["recipes"], recipe.name, state, reverse("web:recipe", args=[slug, recipe.public_id]))


def _runs(slug: str, q: str) -> Iterator[Found]:
    """The newest that say so, as their list finds them."""
    rows = Run.objects.filter(past.saying(q)).select_related("recipe").defer("recipe__draft")
    for run in rows.order_by("-pk")[:MOST]:
        detail = f"{run_steps.headline(run, {})}, {run.recipe.name}, {look.day(run.created_at)}"
        yield Found(ICONS["runs"], look.called(run), detail, reverse("web:run", args=[slug, run.public_id]))


def _connections(slug: str, q: str) -> Iterator[Found]:
    for row in Connection.objects.filter(deleted_at=None, name__icontains=q).order_by("name")[:MOST]:
        home = catalogue.connector(row.connector)
        url = reverse("web:connection", args=[slug, row.public_id])
        yield Found(ICONS["connections"], row.name, home.label if home else "", url)


def _acts(request: Request, slug: str, q: str) -> Iterator[Found]:
    may = request.actor.may
    if q:
        yield Found("filter", _("Show runs for “%(q)s”") % {"q": q}, "", _to("runs", slug, q=q))
        yield Found(
            "inbox",
            _("Show events for “%(q)s”") % {"q": q},
            _("Also those that started nothing"),
            _to("events", slug, q=q),
        )
    doable = (
        (Capability.EDIT, "plus", _("New recipe"), "recipe-new"),
        (Capability.CONNECT, "link-plus", _("Connect an account"), "connect"),
        (Capability.VIEW, "list-search", _("Look up an operation"), "catalogue"),
    )
    for capability, icon, text, name in doable:
        if may(capability) and _fits(q, text):
            yield Found(icon, text, "", reverse(f"web:{name}", args=[slug]))


def _pages(request: Request, q: str) -> Iterator[Found]:
    workspace, may = request.actor.workspace, request.actor.may
    for item in shell.items():
        if may(item.capability) and (workspace.demo or not item.demo) and _fits(q, str(item.label)):
            yield Found(item.icon, str(item.label), "", reverse(f"web:{item.name}", args=[workspace.slug]))


def _fits(q: str, *texts: str) -> bool:
    known = " ".join(texts).lower()
    return all(word in known for word in q.lower().split())


def _to(name: str, slug: str, **query: Any) -> str:
    return reverse(f"web:{name}", args=[slug], query=query)


urlpatterns = [path("w/<slug:slug>/find/", find, name="find")]
