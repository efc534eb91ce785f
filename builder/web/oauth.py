"""Away to the service's own page, and back. Neither address names the service: some refuse such a one."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from builder.actions import installing, oauth
from builder.actions.errors import ActionError
from builder.models import Agency, Capability, Workspace
from builder.web import back, connect, connection_facts, errors, reply
from builder.web.request import Request
from builder.web.room import room

STRANGERS = {"install": "10/m/ip"}


@sensitive_post_parameters()
@require_POST
@room(Capability.CONNECT)
def begin(request: Request, workspace: Workspace) -> HttpResponse:
    """A new connection, or with `connection` that one signed in again."""
    home, way = connect.way_in(request.POST.get("connector", ""), "app")
    again = request.POST.get("connection", "")
    facts = connection_facts.one(request.actor, again) if again else None
    saved = facts.connection if facts else None
    form = connect.DoorForm(way, request.POST, saved)
    url = form.tried(
        oauth.begin, request.actor, request.session, home.key, form.given("name"), form.values(), connection=saved
    )
    if url:
        request.session["back"] = back.asked(request)
        return _away(request, url, home.label)
    if facts:
        return connect.card(request, facts, form, status=422)
    return connect.form_of(request, home, way, form, at_door=True, status=422)


@login_not_required
@require_GET
def callback(request: Request) -> HttpResponse:
    """A code without a state comes from an installation that was begun at the service: it waits for the person. Who is
    signed out by now comes back without the code: what could have used it went with their session, and the address of
    the sign-in page is no place for it."""
    if request.GET.get("code") and not request.GET.get("state"):
        return _arrived(request, request.GET["code"])
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    slug = oauth.workspace_of(request.session)
    if not slug:
        said = _("This sign-in was not begun in this browser, or it is over. Begin again on the page Connections.")
        return errors.answer(request, 410, said)
    return _back(request, slug=slug)


def _arrived(request: Request, code: str) -> HttpResponse:
    """What a stranger leaves here takes little room, and not for long."""
    if not request.user.is_authenticated:
        if not ratelimit.consume(request, app="recette", action="install", config=STRANGERS, limit_get=True):
            return HttpResponse(_("Too many tries from here. Wait a minute, then try again."), status=429)
        request.session.set_expiry(oauth.VALID)
    try:
        installing.arrived(request.session, code)
    except ActionError as trouble:
        return errors.answer(request, 400, trouble.message)
    return redirect("web:install")


@receiver(user_logged_in)
def stays(request: HttpRequest, **_more: Any) -> None:
    """Who has signed in is signed in for as long as anybody, also where an installation waited for them."""
    if request.session.get_expiry_age() == oauth.VALID:
        request.session.set_expiry(None)


@room(Capability.CONNECT)
def _back(request: Request, workspace: Workspace) -> HttpResponse:
    before, address = connection_facts.on_hold(), str(request.session.pop("back", ""))
    given = [request.GET.get(name, "") for name in ("state", "code", "error")]
    try:
        made = oauth.finish(request.actor, request.session, *given)
    except ActionError as trouble:
        begin_again = address or reverse("web:connections", args=[workspace.slug])
        return reply.go(request, begin_again, said=trouble.message, icon="alert-triangle")
    if isinstance(made, Agency):
        return reply.go(request, "web:agency", workspace.slug, made.public_id)
    if more := connection_facts.went_on(before):
        reply.say(request, more)
    return connect.connected(request, made, address)


def _away(request: Request, url: str, name: str) -> HttpResponse:
    """A form may only lead to ourselves (see the content policy), so without script a link takes over."""
    if request.htmx:
        return HttpResponseClientRedirect(url)
    return render(request, "connections/leave.html", {"url": url, "name": name})


urlpatterns = [
    path("w/<slug:slug>/connections/sign-in/", begin, name="sign-in"),
    path(oauth.PATH.lstrip("/"), callback, name="oauth-callback"),
]
