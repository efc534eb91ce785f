"""The small things every page needs."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from builder.actions import people
from builder.models import Theme, Workspace
from builder.web.room import room


@require_GET
@room()
def workspace(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return redirect("web:recipes", workspace.slug)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        return HttpResponse(f"{chosen!r} is no theme. There are system, light and dark.", status=422)
    people.choose_theme(request.user, Theme(chosen))
    return HttpResponse(status=204) if request.htmx else redirect(request.headers.get("Referer") or "web:home")


@login_not_required
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Whether this browser is signed in, and the token its next writes need: asked after a session has ended."""
    return JsonResponse({"signed_in": request.user.is_authenticated, "token": get_token(request)})


urlpatterns = [
    path("w/<slug:slug>/", workspace, name="workspace"),
    path("theme/", theme, name="theme"),
    path("session/", session, name="session"),
]
