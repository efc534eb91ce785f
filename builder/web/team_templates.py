"""A team's own templates: saved from a recipe, put right, retired, deleted, shared as a file or by a link."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import secrets_found, team_templates, template_links, template_saving, yaml_file
from builder.actions import template_values as values
from builder.actions.errors import Invalid
from builder.models import Capability, Recipe, TeamTemplate, Workspace, access
from builder.web import reply
from builder.web.recipes import recipe_or_404
from builder.web.request import Request
from builder.web.room import room

HERE = "w/<slug:slug>/templates/"


@dataclass
class Row:
    """A value of the recipe, as the form offers it for a question."""

    literal: values.Literal
    label: str
    asked: bool
    errors: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return dict(self.literal.choices).get(self.literal.value, self.literal.value)

    @property
    def where(self) -> str:
        return ", ".join(self.literal.where)


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def save(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    """Which values become questions is proposed; what was ticked stays so when something is refused."""
    recipe = recipe_or_404(rid)
    template_saving.insist(request.actor, recipe)
    sent = request.POST if request.method == "POST" else request.GET
    which = "live" if recipe.live and sent.get("which", "draft") == "live" else "draft"
    if request.method == "GET":
        return _form(request, workspace, recipe, which)
    asked = {name[4:]: request.POST.get(f"label-{name[4:]}", "") for name in request.POST if name.startswith("ask-")}
    words = {name: request.POST.get(name, "") for name in template_saving.WORDS}
    into = request.POST.get("into", "")
    try:
        replaced = team_templates.row(into) if into else None
        made = template_saving.save(request.actor, recipe, which, words, asked, into=replaced)
    except Invalid as wrong:
        return _form(request, workspace, recipe, which, wrong.errors)
    said = _("“%(title)s” is among your team’s templates.") % {"title": made}
    return reply.go(request, "web:template", workspace.slug, team_templates.key_of(made), said=said)


def _form(
    request: Request, workspace: Workspace, recipe: Recipe, which: str, errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    errors, sent = errors or {}, request.POST
    tree = template_saving.source(recipe, which)
    rows = [
        Row(
            one,
            sent.get(f"label-{one.id}", one.label),
            f"ask-{one.id}" in sent if sent else one.proposed,
            errors.get(f"label-{one.id}", []),
        )
        for one in values.literals(tree)
    ]
    known = TeamTemplate.objects.order_by("pk")
    context = {
        "workspace": workspace,
        "recipe": recipe,
        "which": which,
        "proposed": [row for row in rows if row.literal.proposed],
        "others": [row for row in rows if not row.literal.proposed],
        "others_open": any(row.asked or row.errors for row in rows if not row.literal.proposed),
        "secrets": secrets_found.in_tree(tree),
        "calls": values.calls(tree),
        "known": [(team_templates.key_of(row), str(row), row.recipe_id == recipe.pk) for row in known],
        "into": sent.get("into", ""),
        "given": {name: sent.get(name, recipe.name if name == "title" else "") for name in template_saving.WORDS},
        "errors": errors,
        "whole": [*errors.get("", []), *errors.get("file", [])],
    }
    return reply.page(request, "gallery/save.html", "save", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def words(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    row = team_templates.row(key)
    sent, errors = request.POST, {}
    if request.method == "POST":
        told = {name: sent.get(name, "") for name in template_saving.WORDS}
        labels = {name[6:]: sent[name] for name in sent if name.startswith("label-")}
        try:
            template_saving.change_words(request.actor, row, told, labels, sent.get("lines", ""))
            return reply.go(request, "web:template", workspace.slug, key, said=_("The words are changed."))
        except Invalid as wrong:
            errors = wrong.errors
    questions = [
        {**one, "label": sent.get(f"label-{one['key']}", one["label"]), "errors": errors.get(f"label-{one['key']}", [])}
        for one in row.data["questions"]
    ]
    context = {
        "workspace": workspace,
        "template": team_templates.of(row),
        "given": {name: sent.get(name, row.data.get(name, "")) for name in template_saving.WORDS},
        "lines": sent.get("lines", "\n".join(row.data.get("sentence", []))),
        "questions": questions,
        "errors": errors,
        "whole": [*errors.get("", []), *errors.get("file", [])],
    }
    return reply.page(request, "gallery/words.html", "words", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def import_(request: Request, workspace: Workspace) -> HttpResponse:
    """A template's file; refused, every problem of it is listed and nothing was kept."""
    problems: list[str] = []
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or file.size > yaml_file.LARGEST:
                message = _("Choose a template’s file of at most %(n)d KB.")
                raise Invalid(message % {"n": yaml_file.LARGEST // 1024}, "file")
            made = template_saving.import_(request.actor, file.read(), replaces=bool(request.POST.get("replaces")))
            said = _("“%(title)s” is among your team’s templates.") % {"title": made}
            return reply.go(request, "web:template", workspace.slug, team_templates.key_of(made), said=said)
        except Invalid as wrong:
            problems = [text for found in wrong.errors.values() for text in found]
    context = {"workspace": workspace, "problems": problems, "replaces": request.POST.get("replaces")}
    return reply.page(request, "gallery/import.html", "import", context, status=422 if problems else 200)


@require_GET
@room()
def export(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    row = team_templates.row(key)
    headers = {"Content-Disposition": f'attachment; filename="{row.slug}.yaml"'}
    return HttpResponse(template_saving.export(request.actor, row), content_type="application/yaml", headers=headers)


@require_POST
@room(Capability.PUBLISH)
def retire(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    retired = request.POST.get("to") != "back"
    row = template_saving.retire(request.actor, team_templates.row(key), retired=retired)
    said = _("“%(title)s” is retired.") if retired else _("“%(title)s” is offered again.")
    return reply.go(request, "web:template", workspace.slug, key, said=said % {"title": row})


@require_POST
@room(Capability.PUBLISH)
def delete(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    row = team_templates.row(key)
    template_saving.delete(request.actor, row)
    return reply.go(request, "web:templates", workspace.slug, said=_("“%(title)s” was deleted.") % {"title": row})


@require_POST
@room(Capability.PUBLISH)
def share(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    """The link stands in this answer alone."""
    row = team_templates.row(key)
    try:
        _link, url = template_links.share(request.actor, row, request.POST.get("days", ""))
    except Invalid as wrong:
        return _links(request, workspace, row, error=wrong.message, status=422)
    return _links(request, workspace, row, url=url)


@require_POST
@room(Capability.PUBLISH)
def revoke(request: Request, workspace: Workspace, key: str, link: str) -> HttpResponse:
    row = team_templates.row(key)
    found = row.links.filter(public_id=link).first()
    if found is None:
        raise Http404
    template_links.revoke(request.actor, found)
    return _links(request, workspace, row, said=_("The link doesn’t work any more."))


def _links(
    request: Request, workspace: Workspace, row: TeamTemplate, said: str = "", status: int = 200, **more: str
) -> HttpResponse:
    context = {"workspace": workspace, "template": team_templates.of(row), **linked(row), **more}
    return reply.page(request, "gallery/links.html", "links", context, status=status, toast=said)


def linked(row: TeamTemplate) -> dict[str, Any]:
    """What the card about a template's links shows."""
    made_of = row.recipe if row.recipe and row.recipe.folder_id not in access.hidden() else None
    source = made_of if made_of and not made_of.deleted_at else None
    return {"row": row, "source": source, "links": list(template_links.open_links(row)), "days": template_links.DAYS}


urlpatterns = [
    path("w/<slug:slug>/recipes/<str:rid>/template/", save, name="recipe-template"),
    path(f"{HERE}import/", import_, name="template-import"),
    path(f"{HERE}<slug:key>/words/", words, name="template-words"),
    path(f"{HERE}<slug:key>/file/", export, name="template-export"),
    path(f"{HERE}<slug:key>/retire/", retire, name="template-retire"),
    path(f"{HERE}<slug:key>/delete/", delete, name="template-delete"),
    path(f"{HERE}<slug:key>/links/", share, name="template-share"),
    path(f"{HERE}<slug:key>/links/<str:link>/revoke/", revoke, name="template-link-revoke"),
]
