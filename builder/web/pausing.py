"""The switch of a recipe, what becomes of the events it kept while it was paused, and a period that is to run again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import publishing, runs
from builder.actions.errors import ActionError, Invalid
from builder.models import Capability, Kept, Recipe, RecipeState, Workspace
from builder.web import recipes
from builder.web.room import room


def count(recipe: Recipe) -> int:
    return Kept.objects.filter(recipe=recipe, wanted=False).count()


PAUSED = lazy("“%(name)s” is paused. What comes now is kept; runs that have begun go on.")
LIVE = lazy("“%(name)s” is live.")


@require_POST
@room(Capability.PUBLISH)
def live(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """The switch in the row. 422 with the sentence when it can't be turned; a question where events were kept."""
    recipe = recipes.recipe_or_404(rid)
    turn = publishing.pause if request.POST.get("to") == "paused" else publishing.resume
    if turn is publishing.resume and recipe.state == RecipeState.PAUSED and count(recipe):
        return asked(request, workspace, recipe)
    try:
        turn(request.actor, recipe)
    except ActionError as trouble:
        return recipes.listed(request, workspace, trouble.message, "alert-triangle", status=trouble.status)
    word = PAUSED if turn is publishing.pause else LIVE
    return recipes.listed(request, workspace, word % {"name": recipe.name}, "circle-check")


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def answer(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Run what was kept, or leave it; a paused recipe is resumed along with the answer."""
    recipe = recipes.recipe_or_404(rid)
    if request.method == "GET":
        return asked(request, workspace, recipe)
    kept = request.POST.get("kept", "")
    try:
        if recipe.state == RecipeState.PAUSED:
            publishing.resume(request.actor, recipe, kept)
        else:
            publishing.answer_kept(request.actor, recipe, kept)
    except ActionError as trouble:
        return asked(request, workspace, recipe, trouble.message, trouble.status)
    page = reverse("web:recipe", args=[workspace.slug, recipe.public_id])
    if request.htmx and page in (request.htmx.current_url or ""):
        return HttpResponse(headers={"HX-Redirect": page})
    return recipes.listed(request, workspace, _("“%(name)s” is live.") % {"name": recipe.name}, "circle-check")


def asked(
    request: HttpRequest, workspace: Workspace, recipe: Recipe, refused: str = "", status: int = 200
) -> HttpResponse:
    """The question, in the dialog; on a page of its own without script."""
    context = {"workspace": workspace, "recipe": recipe, "kept": count(recipe), "refused": refused}
    context |= {"paused": recipe.state == RecipeState.PAUSED}
    if not request.htmx:
        return render(request, "recipes/form.html", {**context, "form": "recipes/_kept.html"}, status=status)
    part = "recipes/_kept.html" if request.method == "GET" or refused else "recipes/kept.html"
    return render(request, part, context, status=status)


@require_POST
@room(Capability.PUBLISH)
def pausing(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Whether Recette may pause the recipe by itself."""
    recipe = publishing.set_pausing(request.actor, recipes.recipe_or_404(rid), request.POST.get("never") == "yes")
    said = (
        _("“%(name)s” is never paused by itself.") if recipe.never_pause else _("“%(name)s” may be paused by itself.")
    )
    return recipes.listed(request, workspace, said % {"name": recipe.name}, "player-pause-filled")


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def period(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Counts first; run with the same form once the count was seen."""
    recipe = recipes.recipe_or_404(rid)
    since, until = (timezone.localtime() - timedelta(days=1)), timezone.localtime()
    context: dict[str, Any] = {"workspace": workspace, "recipe": recipe, "form": "recipes/_period.html"}
    context |= {"since": f"{since:%Y-%m-%dT%H:%M}", "until": f"{until:%Y-%m-%dT%H:%M}", "which": "missing"}
    if request.method == "GET":
        return _period(request, context)
    context |= {name: request.POST.get(name, "") for name in ("since", "until", "which")}
    missing, sure = context["which"] != "all", bool(request.POST.get("sure"))
    try:
        when = _moment(context["since"], "since"), _moment(context["until"], "until")
        found = runs.replay_period(request.actor, recipe, *when, missing=missing, preview=not sure)
    except Invalid as trouble:
        return _period(request, {**context, "errors": trouble.errors, "refused": trouble.errors.get("")}, 422)
    if sure:
        said = ngettext("%(n)d run begins.", "%(n)d runs begin.", found) % {"n": found}
        return recipes.listed(request, workspace, said, "player-play")
    return _period(request, {**context, "counted": True, "found": found})


def _period(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, context["form"] if request.htmx else "recipes/form.html", context, status=status)


def _moment(text: str, name: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(_("Give a day and a time."), name) from None


HOME = "w/<slug:slug>/recipes/<str:rid>/"
urlpatterns = [
    path(f"{HOME}switch/", live, name="recipe-switch"),
    path(f"{HOME}kept/", answer, name="recipe-kept"),
    path(f"{HOME}pausing/", pausing, name="recipe-pausing"),
    path(f"{HOME}period/", period, name="recipe-period"),
]
