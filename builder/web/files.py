"""A workspace or a folder as files: downloaded, and brought back with a look at what they would change."""

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import archive, bundle, bundle_in
from builder.actions.errors import Gone, Invalid
from builder.models import Brought, Capability, Folder, Workspace
from builder.web import reply
from builder.web.recipes import folder_of
from builder.web.request import Request
from builder.web.room import room

HERE = "w/<slug:slug>/files/"
EACH = 400
"""Fields of a form, beside which there is room for the accounts."""
WORDS = {
    bundle_in.SKIP: lazy("Leave out"),
    bundle_in.ADD: lazy("Add as a draft"),
    bundle_in.REPLACE: lazy("Replace the draft"),
    bundle_in.COPY: lazy("Add as a copy"),
}
STATES = {bundle_in.NEW: lazy("New"), bundle_in.SAME: lazy("The same"), bundle_in.DIFFERENT: lazy("Different")}
TAGS = {bundle_in.NEW: "green", bundle_in.SAME: "", bundle_in.DIFFERENT: "amber"}


@require_GET
@room(Capability.EDIT)
def page(request: Request, workspace: Workspace) -> HttpResponse:
    return _page(request, workspace)


@require_GET
@room(Capability.EDIT)
def export(request: Request, workspace: Workspace) -> HttpResponse:
    folder = folder_of(request.GET.get("folder", ""))
    data = bundle.export(request.actor, folder)
    name = slugify(f"{workspace.slug} {folder.name if folder else ''}") or "recette"
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return HttpResponse(data, content_type="application/zip", headers=headers)


@require_POST
@room(Capability.PUBLISH)
def bring(request: Request, workspace: Workspace) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None or file.size > archive.LARGEST:
            message = _("Choose a zip archive of at most %(n)d MB.")
            raise Invalid(message % {"n": archive.LARGEST // 1024 // 1024}, "file")
        brought = bundle_in.bring(request.actor, file.read(), str(file.name))
    except Invalid as wrong:
        return _page(request, workspace, wrong.message, 422)
    return reply.go(request, "web:files-look", workspace.slug, brought.public_id)


@require_http_methods(["GET", "POST"])
@room(Capability.PUBLISH)
def look(request: Request, workspace: Workspace, bid: str) -> HttpResponse:
    """What is new, the same and different; a POST carries it out as chosen."""
    try:
        brought = bundle_in.of(request.actor, bid)
        if request.method == "GET":
            return _look(request, workspace, brought)
        choices = _choices(request, brought)
        accounts = {name[5:]: str(value) for name, value in request.POST.items() if name.startswith("with|")}
        made, templates = bundle_in.carry_out(request.actor, brought, choices, accounts)
    except Gone as trouble:
        return reply.go(request, "web:files", workspace.slug, said=trouble.message, icon="alert-triangle")
    except Invalid as wrong:
        return _look(request, workspace, brought, wrong.errors)
    said = ngettext("%(n)d recipe was brought.", "%(n)d recipes were brought.", made) % {"n": made}
    if templates:
        said += " " + ngettext("%(n)d template, too.", "%(n)d templates, too.", templates) % {"n": templates}
    return reply.go(request, "web:recipes", workspace.slug, said=said)


def _page(request: Request, workspace: Workspace, refused: str = "", status: int = 200) -> HttpResponse:
    context = {
        "workspace": workspace,
        "folders": Folder.objects.order_by("name"),
        "left_out": bundle.left_out(),
        "refused": refused,
        "may_bring": request.actor.may(Capability.PUBLISH),
        "most": archive.LARGEST // 1024 // 1024,
    }
    return reply.page(request, "files/page.html", "bring", context, status=status)


def _choices(request: Request, brought: Brought) -> dict[str, str]:
    """By path; where there are too many for a form, by what they are."""
    choices = {name[3:]: str(value) for name, value in request.POST.items() if name.startswith("do|")}
    whole = {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("all|")}
    if whole:
        found = bundle_in.look(request.actor, brought.files)
        items = [*found.recipes, *found.templates]
        choices |= {item.path: whole[item.status] for item in items if item.status in whole}
    return choices


def _look(
    request: Request, workspace: Workspace, brought: Brought, errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    sent, errors = request.POST, errors or {}
    accounts = {name[5:]: str(value) for name, value in sent.items() if name.startswith("with|")}
    found = bundle_in.look(request.actor, brought.files, accounts)
    items = [
        (
            item,
            STATES[item.status],
            TAGS[item.status],
            [(do, WORDS[do]) for do in item.offered],
            sent.get(f"do|{item.path}", item.offered[0]),
            errors.get(item.path, []),
        )
        for item in (*found.recipes, *found.templates)
    ]
    context = {
        "workspace": workspace,
        "brought": brought,
        "look": found,
        "recipes": items[: len(found.recipes)],
        "templates": items[len(found.recipes) :],
        "accounts": [(wanted, errors.get(wanted.key, [])) for wanted in found.accounts],
        "by_state": _by_state([*found.recipes, *found.templates]),
        "here": reverse("web:files-look", args=[workspace.slug, brought.public_id]),
    }
    return reply.page(request, "files/look.html", "look", context, status=422 if errors else 200)


def _by_state(items: list[bundle_in.Item]) -> list[tuple[str, str, int, list[tuple[str, str]]]]:
    """One choice for all that are new, the same, different; nothing while each can have its own."""
    if len(items) <= EACH:
        return []
    kinds = {item.status: item.offered for item in reversed(items)}
    number = {state: sum(item.status == state for item in items) for state in kinds}
    return [
        (state, str(word), number[state], [(do, str(WORDS[do])) for do in kinds[state]])
        for state, word in STATES.items()
        if state in kinds
    ]


urlpatterns = [
    path(HERE, page, name="files"),
    path(f"{HERE}export/", export, name="files-export"),
    path(f"{HERE}bring/", bring, name="files-bring"),
    path(f"{HERE}<str:bid>/", look, name="files-look"),
]
