"""What only the person themselves should do: it asks again who they are, unless they have shown it some minutes ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpResponse
from django.shortcuts import resolve_url

from builder.models import Workspace
from builder.web import accounts, reply
from builder.web.request import Request

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Inside `room`: a view whose POST waits for that, and is then done as it was sent. Nothing secret may stand in it,
    for it is kept in the session meanwhile."""

    @wraps(view)
    def inside(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and accounts.reauthentication_needed(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return inside


def confirmed_for(page: str, *, reads: bool = False, list_: bool = False) -> Callable[[View], View]:
    """The same for a view that takes something secret, and the page it is typed on (with the view's own arguments):
    nothing is kept, so it is typed again there. `reads`: the page itself asks first. `list_`: the page is that of all
    such things, and takes the workspace alone."""

    def mark(view: View) -> View:
        @wraps(view)
        def inside(request: Request, workspace: Workspace, **kwargs: Any) -> HttpResponse:
            free = request.method != "POST" and not reads
            if free or not accounts.reauthentication_needed(request):
                return view(request, workspace, **kwargs)
            ways = get_adapter().get_reauthentication_methods(request.user)
            onward = resolve_url(page, slug=workspace.slug, **({} if list_ else kwargs))
            return reply.go(request, f"{ways[0]['url']}?{urlencode({'next': onward})}")

        return inside

    return mark
