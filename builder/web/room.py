"""The door of every page of a workspace: who may come in, and what they may do there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django_scopes import scope

from builder.actions import second_factor
from builder.actions.actor import Actor, actor_for, folder_of, sight_of, within
from builder.actions.errors import ActionError
from builder.models import Approval, Capability, Membership, Recipe, Run, Workspace, access, folder
from builder.web import errors, reply
from builder.web.request import Request

View = Callable[..., HttpResponse]


def room(capability: Capability = Capability.VIEW) -> Callable[[View], View]:
    """A view under /w/<slug>/ that gets the workspace instead of the slug, inside its scope and its time zone.

    404 for who isn't a member, 403 with a sentence for too small a role, and first to the page that sets a second
    factor up for who has none where the workspace wants one. `request.actor` is who acts, for actions.
    An ActionError that the view leaves alone becomes its status and its sentence.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            workspace = enter(request, slug).workspace
            if workspace.two_factor and (away := without_second_factor(request, workspace)):
                return away
            try:
                request.actor.require(capability)
                sight = sight_of(request.actor)
                with scope(workspace=workspace), access.looking(sight), timezone.override(ZoneInfo(workspace.zone)):
                    if sight.levels:
                        request.actor = _at(request, kwargs)
                        request.actor.require(capability)
                    return view(request, workspace, *args, **kwargs)
            except ActionError as trouble:
                return errors.answer(request, trouble.status, trouble.message)

        return inside

    return guard


def _at(request: Request, asked: dict[str, Any]) -> Actor:
    """Who acts, as far as the folder of the recipe or run in the address lets them. What is closed to them the view
    doesn't find, and says so as of what never was."""
    key = next((asked[name] for name in ("rid", "qid") if name in asked), None)
    if key is None:
        return request.actor
    route = request.resolver_match.route if request.resolver_match else ""
    kind = Run if "/runs/" in route else Approval if "/approvals/" in route else Recipe
    found = kind._base_manager.filter(workspace=request.actor.workspace, public_id=key).first()
    place = folder_of(found) if found else None
    return request.actor if place in access.hidden() else within(request.actor, place)


def without_second_factor(request: HttpRequest, workspace: Workspace) -> HttpResponse | None:
    """To the page that sets one up, for who has none. Where the person wanted to is kept for afterwards; what they sent
    is not done."""
    if second_factor.has_one(request.user):
        request.session.pop("bound_for", None)
        return None
    reads = request.method == "GET" and not request.htmx
    request.session["bound_for"] = request.get_full_path() if reads else resolve_url("web:workspace", workspace.slug)
    return reply.go(request, "mfa_index")


def enter(request: HttpRequest, slug: str) -> Actor:
    """Puts `membership` and `actor` on the request. Raises Http404 for a stranger."""
    rows = Membership.objects.select_related("workspace").annotate(any_closed=folder.any_closed())
    membership = rows.filter(workspace__slug=slug, user_id=request.user.pk).first()
    if membership is None:
        raise Http404
    request.membership = membership
    request.actor = actor_for(request, membership.workspace)
    return request.actor
