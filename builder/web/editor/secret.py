"""The secret that calls of a recipe's own address are checked with."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from builder.actions import publishing
from builder.actions.errors import ActionError
from builder.models import Capability, Workspace
from builder.web import reply
from builder.web.confirmed import confirmed_for
from builder.web.editor import answers
from builder.web.editor.desk import TRIGGER, desk_for
from builder.web.room import room


@sensitive_post_parameters()
@require_POST
@room(Capability.PUBLISH)
@confirmed_for("web:recipe")
def change(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """Another one; empty: a new one of ours."""
    desk = desk_for(request, workspace, rid)
    try:
        publishing.set_secret(request.actor, desk.recipe, request.POST.get("secret", ""))
    except ActionError as trouble:
        return answers.said(desk, trouble.message, trouble.status)
    return reply.go(request, f"{desk.page_url}?step={TRIGGER}&tab=app", said=_("The secret is changed."), icon="key")
