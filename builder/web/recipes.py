"""The list of recipes: how each fares, and what can be done with it as a whole."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import portable, publishing, recipes
from builder.actions.errors import Invalid
from builder.models import Capability, Folder, Recipe, Workspace
from builder.web import recipe_rows
from builder.web.room import room

LARGEST = 512 * 1024


@require_GET
@room()
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    chosen = recipe_rows.Chosen.of(request.GET)
    context = {"workspace": workspace, **recipe_rows.listed(workspace, chosen)}
    return render(request, "recipes/index.html#list" if _wants(request, "list") else "recipes/index.html", context)


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def new(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A form with a name and a folder; an empty draft is the answer. What is wrong is said in the form that was sent,
    wherever it is open."""
    if request.method == "GET":
        return _new_form(request, workspace)
    try:
        folder = folder_of(request.POST.get("folder", ""))
        recipe = recipes.create(request.actor, request.POST.get("name", ""), folder=folder)
    except Invalid as trouble:
        return _new_form(request, workspace, trouble.errors, "name")
    return _go(request, reverse("web:recipe", args=[workspace.slug, recipe.public_id]))


@require_POST
@room(Capability.EDIT)
def import_(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A draft from a file that Recette exported."""
    file = request.FILES.get("file")
    try:
        if file is None or file.size > LARGEST:
            raise Invalid(_("Choose a recipe file of at most 512 KB."), "file")
        recipe = portable.import_(request.actor, file.read())
    except Invalid as trouble:
        return _new_form(
            request, workspace, {"file": [each for found in trouble.errors.values() for each in found]}, "file"
        )
    return _go(request, reverse("web:recipe", args=[workspace.slug, recipe.public_id]))


@require_POST
@room(Capability.EDIT)
def duplicate(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    copied = recipes.duplicate(request.actor, recipe_or_404(rid))
    return listed(request, workspace, _("“%(name)s” was made.") % {"name": copied.name}, "copy")


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def rename(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = recipe_or_404(rid)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            recipes.rename(request.actor, recipe, request.POST.get("name", ""))
            return listed(request, workspace, _("Renamed."), "pencil")
        except Invalid as trouble:
            errors = trouble.errors
    return _dialog(request, "recipes/rename.html", {"recipe": recipe, "errors": errors}, errors)


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def move(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Into a folder there is, into a new one, or out of all."""
    recipe = recipe_or_404(rid)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            name = request.POST.get("new", "").strip()
            folder = recipes.create_folder(request.actor, name) if name else folder_of(request.POST.get("folder", ""))
            recipes.move_to_folder(request.actor, recipe, folder)
            where = _("Moved to “%(folder)s”.") % {"folder": folder.name} if folder else _("Moved out of its folder.")
            return listed(request, workspace, where, "folder")
        except Invalid as trouble:
            errors = trouble.errors
    context = {"recipe": recipe, "folders": Folder.objects.order_by("name"), "errors": errors}
    return _dialog(request, "recipes/move.html", context, errors)


@require_POST
@room(Capability.PUBLISH)
def delete(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = publishing.delete(request.actor, recipe_or_404(rid))
    undo = reverse("web:recipe-restore", args=[workspace.slug, recipe.public_id])
    return listed(request, workspace, _("“%(name)s” was deleted.") % {"name": recipe.name}, "trash", undo)


@require_POST
@room(Capability.PUBLISH)
def restore(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = publishing.restore(request.actor, recipe_or_404(rid, deleted=True))
    return listed(request, workspace, _("“%(name)s” is back.") % {"name": recipe.name}, "arrow-back-up")


@require_GET
@room()
def export(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = recipe_or_404(rid)
    text = json.dumps(portable.export(request.actor, recipe), ensure_ascii=False, indent=2)
    name = slugify(recipe.name) or "recipe"
    headers = {"Content-Disposition": f'attachment; filename="{name}.recette.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


def recipe_or_404(rid: str, deleted: bool = False) -> Recipe:
    rows = Recipe.objects.select_related("workspace", "folder", "live").filter(public_id=rid)
    recipe = (rows if deleted else rows.filter(deleted_at=None)).first()
    if recipe is None:
        raise Http404
    return recipe


def folder_of(public_id: str) -> Folder | None:
    if not public_id:
        return None
    folder = Folder.objects.filter(public_id=public_id).first()
    if folder is None:
        raise Invalid(_("This folder is not there any more. Choose another one."), "folder")
    return folder


def _new_form(
    request: HttpRequest, workspace: Workspace, errors: dict[str, list[str]] | None = None, part: str = ""
) -> HttpResponse:
    """`part`: the form of it that was refused."""
    context = {
        "workspace": workspace,
        "folders": Folder.objects.order_by("name"),
        "errors": errors or {},
        "name": request.POST.get("name", ""),
        "folder": request.POST.get("folder", ""),
    }
    template = f"recipes/_new.html{f'#{part}' if part else ''}" if request.htmx else "recipes/new.html"
    return render(request, template, context, status=422 if part else 200)


def _dialog(request: HttpRequest, template: str, context: dict[str, object], errors: object) -> HttpResponse:
    whole = {**context, "workspace": request.actor.workspace, "form": template.replace("/", "/_")}
    return render(request, whole["form"] if request.htmx else "recipes/form.html", whole, status=422 if errors else 200)


def listed(
    request: HttpRequest, workspace: Workspace, said: str, icon: str, undo: str = "", status: int = 200
) -> HttpResponse:
    """The list again as its address says, and a message."""
    home = reverse("web:recipes", args=[workspace.slug])
    if not request.htmx:
        messages.add_message(request, messages.INFO, said, extra_tags=icon)
        return redirect(home)
    chosen = recipe_rows.Chosen.of_url(request.htmx.current_url or "")
    context = {"workspace": workspace, **recipe_rows.listed(workspace, chosen)}
    context |= {"said": said, "icon_name": icon, "undo": undo}
    response = render(request, "recipes/answer.html", context, status=status)
    response["HX-Trigger"] = json.dumps({"dialog:close": True})
    return response


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def _wants(request: HttpRequest, part: str) -> bool:
    return bool(request.htmx) and (request.htmx.target or "").endswith(part)


HOME = "w/<slug:slug>/recipes/"
urlpatterns = [
    path(HOME, index, name="recipes"),
    path(f"{HOME}new/", new, name="recipe-new"),
    path(f"{HOME}import/", import_, name="recipe-import"),
    path(f"{HOME}<str:rid>/duplicate/", duplicate, name="recipe-duplicate"),
    path(f"{HOME}<str:rid>/rename/", rename, name="recipe-rename"),
    path(f"{HOME}<str:rid>/move/", move, name="recipe-move"),
    path(f"{HOME}<str:rid>/delete/", delete, name="recipe-delete"),
    path(f"{HOME}<str:rid>/restore/", restore, name="recipe-restore"),
    path(f"{HOME}<str:rid>/export/", export, name="recipe-export"),
]
