"""The form of a recipe's guards, in a dialog; on a page of its own without script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from builder.actions import guarding
from builder.actions.errors import Invalid
from builder.models import Capability, Recipe, Workspace
from builder.web import recipes
from builder.web.room import room


@require_http_methods(["GET", "POST"])
@room(Capability.PUBLISH)
def guards(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = recipes.recipe_or_404(rid)
    if request.method == "GET":
        found = recipe.guards or {}
        return _form(request, workspace, recipe, {**found, "first_was": found.get(guarding.FIRST, "")})
    was = request.POST.get("first_was")
    given = {name: request.POST.get(name, "") for name in guarding.NAMES}
    try:
        recipe = guarding.change(request.actor, recipe, given, was)
    except Invalid as trouble:
        return _form(request, workspace, recipe, {**given, "first_was": was}, {trouble.field: trouble.message}, 422)
    page = reverse("web:recipe", args=[workspace.slug, recipe.public_id])
    if request.POST.get("from") == "publish":
        return redirect("web:recipe-publish", workspace.slug, recipe.public_id)
    if request.htmx and page in (request.htmx.current_url or ""):
        return HttpResponse(headers={"HX-Redirect": page})
    told = guarding.told(recipe)
    said = _("“%(name)s” has guards now.") if told else _("“%(name)s” has no guards.")
    return recipes.listed(request, workspace, said % {"name": recipe.name}, "shield-check")


def _form(
    request: HttpRequest,
    workspace: Workspace,
    recipe: Recipe,
    given: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    home = reverse("web:recipes", args=[workspace.slug])
    back = request.POST.get("from") or request.GET.get("from", "")
    if back == "publish":
        home = reverse("web:recipe-publish", args=[workspace.slug, recipe.public_id])
    context = {
        "workspace": workspace, "recipe": recipe, "given": given, "errors": errors or {}, "home": home,
        "from": back if back == "publish" else "",
    }  # fmt: skip
    whole = {**context, "form": "recipes/_guards.html"}
    return render(request, "recipes/_guards.html" if request.htmx else "recipes/form.html", whole, status=status)


urlpatterns = [path(f"{recipes.HOME}<str:rid>/guards/", guards, name="recipe-guards")]
