"""The door of every page of a workspace: who may come in, and what they may do there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django_scopes import scope

from builder.actions.actor import Actor, actor_for
from builder.actions.errors import ActionError
from builder.models import Capability, Membership
from builder.web import errors

View = Callable[..., HttpResponse]


def room(capability: Capability = Capability.VIEW) -> Callable[[View], View]:
    """A view under /w/<slug>/ that gets the workspace instead of the slug, inside its scope and its time zone.

    404 for who isn't a member, 403 with a sentence for too small a role. `request.actor` is who acts, for actions.
    An ActionError that the view leaves alone becomes its status and its sentence.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            workspace = enter(request, slug).workspace
            try:
                request.actor.require(capability)
                with scope(workspace=workspace), timezone.override(ZoneInfo(workspace.zone)):
                    return view(request, workspace, *args, **kwargs)
            except ActionError as trouble:
                return errors.answer(request, trouble.status, trouble.message)

        return inside

    return guard


def enter(request: HttpRequest, slug: str) -> Actor:
    """Puts `membership` and `actor` on the request. Raises Http404 for a stranger."""
    membership = (
        Membership.objects.select_related("workspace").filter(workspace__slug=slug, user_id=request.user.pk).first()
    )
    if membership is None:
        raise Http404
    request.membership = membership
    request.actor = actor_for(request, membership.workspace)
    return request.actor
