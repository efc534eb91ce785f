"""The front door, and the first run behind it: look around, or make the workspace."""

from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import demo, workspaces
from builder.actions.errors import ActionError
from builder.actions.identities import Identity
from builder.models import Capability, Connection, Membership, Workspace
from builder.web import providers, reply
from builder.web.accounts import SignIn
from builder.web.forms import Form, currency_field, zone_field
from builder.web.providers import BACKEND
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue


class FirstForm(Form):
    name = forms.CharField(label=lazy("Your name"), widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.CharField(label=lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(
        label=lazy("Password"),
        help_text=lazy("At least 12 characters."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    workspace_name = forms.CharField(
        label=lazy("Workspace"),
        help_text=lazy("The company’s or the team’s name."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    zone = zone_field(guessed=True)
    currency = currency_field()

    def __init__(self, *args: Any, identity: Identity | None = None, **options: Any):
        """`identity`: who a provider says they are; then neither address nor password is asked for."""
        super().__init__(*args, **options)
        self.identity = identity
        for name in ("email", "password") if identity else ():
            del self.fields[name]


@login_not_required
@require_GET
def home(request: Request) -> HttpResponse:
    """The newest workspace of who is signed in, the demo last; for anybody else the first run, or the sign-in page
    after it."""
    if not request.user.is_authenticated:
        return _first_run(request) if workspaces.sign_up_open() else redirect("account_login")
    mine = Membership.objects.filter(user=request.user).select_related("workspace")
    newest = mine.order_by("workspace__demo", "-joined_at").first()
    if newest is None:
        return render(request, "errors/nowhere.html", status=404)
    return redirect("web:workspace", newest.workspace.slug)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def start(request: Request) -> HttpResponse:
    """Founds the workspace. Open until there is one; a demo doesn't count."""
    if request.GET.get("with") == "password":
        request.session.pop(providers.NEWCOMER, None)
    if request.method == "GET":
        return _first_run(request) if workspaces.sign_up_open() else redirect("web:home")
    identity = providers.newcomer(request)
    form = FirstForm(request.POST, identity=identity)
    names = ("name", "email", "password", "workspace_name", "zone", "currency")
    started = form.tried(workspaces.create_first, *(form.given(name) for name in names), identity=identity)
    if started:
        request.session.pop(providers.NEWCOMER, None)
        login(request, started.user, backend=BACKEND)
        if identity:
            providers.arrived(request, started.user, identity)
        return redirect("web:first-steps", started.workspace.slug)
    if workspaces.sign_up_open():
        return _first_run(request, form, status=422)
    return _sent_twice(request, form)


@login_not_required
@require_POST
def look_around(request: Request) -> HttpResponse:
    """Into the demo. Made when first asked for, so a second click finds it."""
    if not workspaces.sign_up_open():
        return redirect("web:home")
    try:
        started = demo.create(request.user if request.user.is_authenticated else None)
    except ActionError as trouble:
        return _first_run(request, trouble=trouble.message, status=422)
    login(request, started.user, backend=BACKEND)
    return redirect("web:workspace", started.workspace.slug)


@require_GET
@room(Capability.CONNECT)
def first_steps(request: Request, workspace: Workspace) -> HttpResponse:
    """Both accounts, side by side, until both are connected."""
    rows = Connection.objects.filter(deleted_at=None).order_by("pk")
    have = {row.connector: row for row in rows}
    services = [(home, have.get(home.key)) for home in catalogue.CONNECTORS.values() if home.methods]
    context = {"services": services, "ready": all(row for _home, row in services)}
    return render(request, "welcome/steps.html", context)


@require_POST
@room(Capability.OWN)
def sample_data(request: Request, workspace: Workspace) -> HttpResponse:
    """The demo for who has a workspace already: made when first asked for, afterwards only a way into it."""
    return redirect("web:workspace", demo.create(request.actor.user).workspace.slug)


def _first_run(request: Request, form: FirstForm | None = None, trouble: str = "", status: int = 200) -> HttpResponse:
    identity = providers.newcomer(request)
    name = identity.name if identity else ""
    form = form or FirstForm(initial={"name": name, "zone": "UTC", "currency": "USD"}, identity=identity)
    stays = Workspace.objects.filter(demo=True).exists()
    context = {"form": form, "demo": demo.allowed(), "stays": stays, "trouble": trouble}
    return render(request, "welcome/first.html", context, status=status)


def _sent_twice(request: Request, form: FirstForm) -> HttpResponse:
    """The second of two clicks comes when the first has made the workspace: the same password opens it."""
    again = SignIn({"login": form.given("email"), "password": form.given("password")}, request=request)
    if again.is_valid():  # like any sign-in: tries are counted, and a second factor is asked for
        return again.login(request)
    said = _("This Recette has its workspace already. Sign in, or ask its owner for an invitation.")
    return reply.go(request, reverse("account_login"), said=said, icon="info-circle")


urlpatterns = [
    path("", home, name="home"),
    path("welcome/", start, name="welcome"),
    path("welcome/demo/", look_around, name="welcome-demo"),
    path("w/<slug:slug>/welcome/", first_steps, name="first-steps"),
    path("w/<slug:slug>/welcome/demo/", sample_data, name="sample-data"),
]
