"""Who may come into a folder, and how far."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from builder.actions import folders
from builder.actions.errors import Invalid
from builder.models import Capability, Folder, Level, Membership, Role, Workspace
from builder.models.access import LEVELS
from builder.web import reply
from builder.web.request import Request
from builder.web.room import room


@require_http_methods(["GET", "POST"])
@room(Capability.MEMBERS)
def access(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    folder = Folder.objects.filter(public_id=public_id).first()
    if folder is None:
        raise Http404
    rows = Membership.objects.filter(workspace=workspace).select_related("user").order_by("joined_at", "pk")
    people = [row for row in rows if row.role in folders.ROLES]
    if request.method == "GET":
        return _page(request, folder, people, folders.access_of(folder))
    given = folders.Access(
        request.POST.get("closed") == "yes",
        {role.value: request.POST.get(f"role-{role.value}", "") for role in folders.ROLES},
        {row.pk: request.POST.get(f"member-{row.pk}", "") for row in people},
    )
    try:
        folders.set_access(request.actor, folder, given.closed, given.roles, given.members)
    except Invalid as trouble:
        return _page(request, folder, people, given, trouble.message, 422)
    said = _("“%(folder)s” is open to those you chose.") if given.closed else _("“%(folder)s” is open to all members.")
    return reply.go(request, "web:folder-access", workspace.slug, folder.public_id, said=said % {"folder": folder.name})


def _page(
    request: Request,
    folder: Folder,
    people: list[Membership],
    given: folders.Access,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "folder": folder,
        "closed": given.closed,
        "roles": [
            (role, given.roles.get(role, ""), _ceiling(role, given.roles.get(role, ""))) for role in folders.ROLES
        ],
        "people": [(row, given.members.get(row.pk, ""), _ceiling(row.role, _reach(row, given))) for row in people],
        "levels": Level.choices,
        "wrong": wrong,
    }
    return render(request, "recipes/access.html", context, status=status)


def _reach(row: Membership, given: folders.Access) -> str:
    both = given.members.get(row.pk, ""), given.roles.get(row.role, "")
    return max(both, key=lambda level: len(LEVELS.get(level, ())))


def _ceiling(role: str, level: str) -> str:
    """What is to be said where a role reaches less far than the level."""
    able = Role(role).capabilities
    if LEVELS.get(level, frozenset()) <= able:
        return ""
    if Capability.RUN in able:
        return _("As an operator they see and run, and change nothing.")
    return _("As a viewer they see, and change nothing.")


urlpatterns = [path("w/<slug:slug>/folders/<slug:public_id>/access/", access, name="folder-access")]
