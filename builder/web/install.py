"""An installation that was begun at the service: into which workspace, for which app? Nothing happens before a person
has confirmed that they know of it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from builder.actions import installing, oauth
from builder.actions.errors import Gone, Invalid
from builder.models import Agency, Capability, Workspace
from builder.web import connect, connection_facts, reply
from builder.web.request import Request
from builder.web.room import room
from connectors.spec import Connector


class InstallForm(connect.MethodForm):
    def __init__(self, home: Connector, keys: list[installing.Keys], data: Any = None):
        super().__init__(connect.way_in(home.key, "app")[1], data, only=connect.AT_THE_DOOR)
        del self.fields["name"]
        self.known = {each.connection.public_id: each.connection for each in keys}
        self.fields["keys"] = forms.CharField(label=lazy("App"), required=False)
        self.folded.add("keys")

    @property
    def more(self) -> list[Any]:
        return [bound for bound in super().more if bound.name != "keys"]

    @property
    def chosen(self) -> str:
        """Public id of the connection whose keys are taken; empty: those that are typed in."""
        return self.given("keys") if self.is_bound else next(reversed(self.known), "")


@require_GET
def where(request: Request) -> HttpResponse:
    """Into which workspace; where there is only one, straight there."""
    rooms = installing.workspaces(request.user)
    waits = installing.waits(request.session)
    if len(rooms) == 1:
        return redirect("web:connect-installed", rooms[0].slug)
    context = {"rooms": rooms, "waits": waits, "home": installing.home()}
    return render(request, "connections/install_where.html", context, status=200 if waits else 410)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@room(Capability.CONNECT)
def installed(request: Request, workspace: Workspace) -> HttpResponse:
    home, known = installing.home(), installing.keys(request.actor)
    if request.method == "GET":
        over = "" if installing.waits(request.session) else str(installing.OVER)
        return _page(request, home, InstallForm(home, known), over, 410 if over else 200)
    form, before = InstallForm(home, known, request.POST), connection_facts.on_hold()
    keys = form.known.get(form.chosen)
    try:
        arrival = request.POST.get("arrival", "")
        made = installing.confirm(request.actor, request.session, arrival, form.values(), known=keys)
    except Gone as gone:
        return _page(request, home, form, gone.message, 410)
    except Invalid as trouble:
        form.blame(trouble)
        return _page(request, home, form, status=422)
    if isinstance(made, Agency):
        return reply.go(request, "web:agency", workspace.slug, made.public_id)
    if more := connection_facts.went_on(before):
        reply.say(request, more)
    return connect.connected(request, made, "")


def _page(request: Request, home: Connector, form: InstallForm, over: str = "", status: int = 200) -> HttpResponse:
    context = {
        "home": home,
        "form": form,
        "over": over,
        "arrival": installing.waits(request.session),
        "several": len(installing.workspaces(request.user)) > 1,
        "redirect_uri": oauth.redirect_uri(request.actor),
    }
    return reply.page(request, "connections/install.html", "install", context, status=status)


urlpatterns = [
    path("oauth/install/", where, name="install"),
    path("w/<slug:slug>/connections/installed/", installed, name="connect-installed"),
]
