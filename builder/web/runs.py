"""The list of runs: filtered by its address, refreshed while one looks at it."""

from hashlib import md5
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from builder.models import Capability, Recipe, RecipeState, Run, Workspace
from builder.web import runs_rows
from builder.web.request import Request
from builder.web.room import room
from builder.web.runs_filters import PERIODS, Filters, before

AT_ONCE = 50
MOST_FRESH = 200
"""Rows that the pulse keeps fresh."""
MOST_RECIPES, RECIPES_AMONG = 200, 2000
"""Recipes to choose from by name; of more than that, those of the newest runs."""


@require_GET
@room()
def runs(request: Request, workspace: Workspace) -> HttpResponse:
    filters = Filters.read(request.GET)
    context = context_of(request, workspace, filters)
    if request.htmx and request.GET.get("before"):
        return render(request, "runs/page.html#earlier", context)
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "runs/page.html", context)
    answer = render(request, "runs/page.html#runs", context)
    answer["HX-Push-Url"] = f"{request.path}?{filters.query()}".rstrip("?")
    return answer


@require_GET
@room()
def pulse(request: Request, workspace: Workspace) -> HttpResponse:
    """The newest rows down to the one the page began with; 304 while they are as they were."""
    filters = Filters.read(request.GET)
    context = context_of(request, workspace, filters, down_to=request.GET.get("to", ""))
    tag = context["tag"]
    if request.headers.get("HX-PTag") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        part = "begun" if request.GET.get("empty") else "fresh"
        answer = render(request, f"runs/page.html#{part}", context)
    answer["HX-PTag"] = tag
    return answer


def context_of(request: Request, workspace: Workspace, filters: Filters, down_to: str = "") -> dict[str, Any]:
    may_run = request.actor.may(Capability.RUN)
    found, last = before(filters.rows, request.GET.get("before", ""))
    if down_to:
        found = found.filter(pk__gte=_pk(down_to))
    rows, more = runs_rows.rows(found, MOST_FRESH if down_to else AT_ONCE, request.actor, last)
    context: dict[str, Any] = {
        "workspace": workspace,
        "filters": filters,
        "rows": rows,
        "may_run": may_run,
        "periods": PERIODS,
        "earlier": rows[-1].run.public_id if more and rows else "",
        "first_page": last is None,
        "to": down_to or (rows[-1].run.public_id if rows and more else ""),
        "stopped": filters.stopped if may_run else 0,
        "held": filters.held if may_run else 0,
        "selectable": any(row.selectable for row in rows),
    }
    context["drawn"] = render_to_string("runs/_rows.html", context)
    context["tag"] = _tag(context["drawn"], filters)
    if not down_to:
        context["recipes"], context["unlisted"] = _recipes(filters.recipe)
        context["empty"] = "" if rows or last else _empty(workspace, filters)
    return context


def _recipes(chosen: str) -> tuple[list[Recipe], bool]:
    """Those to choose from by name, and whether others are left out: of very many those that ran last."""
    named = Recipe.objects.filter(deleted_at=None).only("public_id", "name").order_by("name", "pk")
    found = list(named[: MOST_RECIPES + 1])
    if len(found) <= MOST_RECIPES:
        return found, False
    newest = Run.objects.order_by("-pk").values_list("recipe_id", flat=True)[:RECIPES_AMONG]
    recent = list(dict.fromkeys(newest))[:MOST_RECIPES]
    return list(named.filter(Q(pk__in=recent) | Q(public_id=chosen))), True


def _pk(public_id: str) -> int:
    return Run.objects.filter(public_id=public_id).values_list("pk", flat=True).first() or 0


def _tag(drawn: str, filters: Filters) -> str:
    """Changes when anything on the page would."""
    return md5((drawn + repr(filters.counted)).encode(), usedforsecurity=False).hexdigest()[:16]


def _empty(workspace: Workspace, filters: Filters) -> dict[str, str]:
    """What an empty list says: what belongs here, why nothing does, one thing to do."""
    listing = reverse("web:runs", args=[workspace.slug])
    if filters:
        text = _("No run fits these filters. A name, an address or a number has to be given whole.")
        return {
            "icon": "search",
            "title": _("Nothing found"),
            "text": text,
            "href": listing,
            "action": _("Show all runs"),
        }
    live = list(Recipe.objects.filter(deleted_at=None, state=RecipeState.LIVE).values_list("name", flat=True)[:4])
    if not live:
        text = _("A run appears here each time a live recipe starts. Build one from a template, then publish it.")
        gallery = reverse("web:templates", args=[workspace.slug])
        return {
            "icon": "history",
            "title": _("No recipe is live"),
            "text": text,
            "href": gallery,
            "action": _("Choose a template"),
        }
    text = ngettext(
        "%(names)s is live and listening. Its first run appears here by itself.",
        "%(names)s are live and listening. The first run appears here by itself.",
        len(live),
    )
    names = ", ".join(f"“{name}”" for name in live[:3]) + (" …" if len(live) > 3 else "")
    return {"title": _("Nothing has run yet"), "text": text % {"names": names}, "icon": "history"}


urlpatterns = [
    path("w/<slug:slug>/runs/", runs, name="runs"),
    path("w/<slug:slug>/runs/pulse/", pulse, name="runs-pulse"),
]
