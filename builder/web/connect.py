"""Connecting an account, and changing how an existing connection signs in."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import connections, oauth
from builder.models import Capability, Connection, Workspace
from builder.web import back, connection_facts, reply
from builder.web.confirmed import confirmed_for
from builder.web.connection_facts import Facts
from builder.web.forms import Form
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue
from connectors.fields import Field
from connectors.spec import Connector, Method

AT_THE_DOOR = ("client_id", "client_secret", "base_url")
"""What signing in by the service's own page needs; the rest comes back with the tokens."""


class MethodForm(Form):
    """The fields of one way to connect. A secret is never sent back to the browser."""

    def __init__(
        self,
        method: Method,
        data: Any = None,
        saved: Connection | None = None,
        only: tuple[str, ...] = (),
    ):
        super().__init__(data)
        self.folded = {field.name for field in method.fields if field.more}
        for field in method.fields:
            if not only or field.name in only:
                self.fields[field.name] = _control(field, field.name in method.sealed, saved, kept=not only)
        if not saved:
            self.fields["name"] = forms.CharField(
                label=lazy("Name in Recette"),
                help_text=lazy("Left empty, it is called after the account."),
                required=False,
            )
        elif not only:
            self.fields["other"] = forms.BooleanField(
                label=lazy("Yes, this connection is to be that other account from now on"), required=False
            )

    @property
    def plain(self) -> list[Any]:
        return [bound for bound in self if bound.name not in {*self.folded, "other"}]

    @property
    def more(self) -> list[Any]:
        return [bound for bound in self if bound.name in self.folded]

    @property
    def opened(self) -> bool:
        """What was refused or changed under "More fields" must not be hidden there."""
        return any(bound.errors or bound.value() != bound.initial for bound in self.more)

    def values(self) -> dict[str, str]:
        return {name: self.given(name) for name in self.fields if name not in ("name", "other")}


class DoorForm(MethodForm):
    """What is asked before one goes to the service's own page."""

    def __init__(self, method: Method, data: Any = None, saved: Connection | None = None):
        super().__init__(method, data, saved, only=AT_THE_DOOR)
        self.fields["agency"] = forms.BooleanField(
            label=lazy("The app is one for agencies"),
            help_text=lazy(
                "Then you may choose the whole agency there, and pick its locations here. Whoever set the app up has "
                "to tick two more permissions for it: oauth.readonly and oauth.write."
            ),
            required=False,
            initial=bool(saved and saved.agency_id),
        )
        self.fields["install_link"] = forms.CharField(
            label=lazy("Install link from the developer portal"),
            help_text=lazy(
                "Only needed where the app has several versions, or asks for other permissions than those listed here."
            ),
            required=False,
            initial="",
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        )
        self.folded.add("install_link")


@require_GET
@room(Capability.CONNECT)
def choose(request: Request, workspace: Workspace) -> HttpResponse:
    """`?app=ghl`: only the ways to connect that one; where there is one way, its form."""
    every = [home for home in catalogue.CONNECTORS.values() if home.methods]
    homes = [home for home in every if home.key == request.GET.get("app")] or every
    ways = [(home.key, way.key) for home in homes for way in home.methods]
    if len(ways) == 1:
        return redirect(reverse("web:connect-method", args=[workspace.slug, *ways[0]], query=_onward(request)))
    context = {
        "homes": homes,
        "only": homes[0] if len(homes) == 1 else None,
        "next": back.asked(request),
        "onward": urlencode(_onward(request)),
    }
    return reply.page(request, "connections/choose.html", "choose", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@room(Capability.CONNECT)
def connect(request: Request, workspace: Workspace, connector: str, method: str) -> HttpResponse:
    home, way = way_in(connector, method)
    if request.method == "GET":
        at_door = by_door(home, way) and "by-hand" not in request.GET
        return form_of(request, home, way, DoorForm(way) if at_door else MethodForm(way), at_door)
    form = MethodForm(way, request.POST)
    row = form.tried(connections.create, request.actor, connector, method, form.given("name"), form.values())
    if row is None:
        return form_of(request, home, way, form, status=422)
    return connected(request, row, back.asked(request))


@sensitive_post_parameters()
@require_POST
@room(Capability.CONNECT)
@confirmed_for("web:connection")
def change(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    facts = connection_facts.one(request.actor, public_id)
    form = MethodForm(facts.method, request.POST, facts.connection)
    before = connection_facts.on_hold()
    other = bool(form.given("other"))
    row = form.tried(connections.update, request.actor, facts.connection, fields=form.values(), other=other)
    if row is None:
        return card(request, facts, form, status=422)
    said = _("%(who)s answered, and it is saved.") % {"who": row.identity.get("name") or row.name}
    said = f"{said} {connection_facts.went_on(before)}".strip()
    return reply.go(request, "web:connection", workspace.slug, public_id, said=said)


def card(request: Request, facts: Facts, form: MethodForm | None = None, status: int = 200) -> HttpResponse:
    """The page of one connection."""
    may = request.actor.may(Capability.CONNECT)
    door = by_door(facts.home, facts.method)
    by_hand = not door or "by-hand" in request.GET or (form is not None and form.is_bound)
    new = MethodForm if by_hand else DoorForm
    context = {
        "facts": facts,
        "form": (form or new(facts.method, saved=facts.connection)) if may else None,
        "at_door": not by_hand,
        "door": door,
        "redirect_uri": oauth.redirect_uri(request.actor),
        "hook": _address(request, facts) if may else "",
    }
    return reply.page(request, "connections/show.html", "form", context, status=status)


def form_of(
    request: Request, home: Connector, way: Method, form: MethodForm, at_door: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "home": home,
        "way": way,
        "form": form,
        "at_door": at_door,
        "door": by_door(home, way),
        "next": back.asked(request),
        "onward": urlencode(_onward(request)),
        "scopes": scopes(home),
        "scope_list": oauth.scopes_of(home),
        "redirect_uri": oauth.redirect_uri(request.actor),
    }
    return reply.page(request, "connections/connect.html", "connect", context, status=status)


def connected(request: Request, row: Connection, address: str) -> HttpResponse:
    """To the page one came from, or to the list."""
    who = ", ".join(part for part in (row.identity.get("name"), row.identity.get("detail")) if part)
    said = _("Connected to %(who)s.") % {"who": who or row.name}
    if address:
        return reply.go(request, back.to(request, address, row), said=said)
    return reply.go(request, "web:connections", request.actor.workspace.slug, said=said)


def way_in(connector: str, method: str) -> tuple[Connector, Method]:
    home, way = catalogue.connector(connector), catalogue.method(connector, method)
    if home is None or way is None:
        raise Http404
    return home, way


def _onward(request: Request) -> dict[str, str]:
    address = back.asked(request)
    return {"next": address} if address else {}


def by_door(home: Connector, way: Method) -> bool:
    return way.key == "app" and home.door is not None


def scopes(home: Connector) -> list[tuple[str, str]]:
    """Each permission, and the first things that need it."""
    needed: dict[str, list[str]] = defaultdict(list)
    for operation in home.operations.values():
        for scope in operation.permission.split():
            needed[scope].append(operation.label)
    for watched in home.watched.values():
        for scope in watched.permission.split():
            needed[scope].insert(0, _("Triggers: %(what)s") % {"what": watched.label})
    return [(scope, ", ".join(labels[:2])) for scope, labels in sorted(needed.items())]


def _address(request: Request, facts: Facts) -> str:
    """Where the service is to call us, once somebody asked for it."""
    if not facts.by_hand or not facts.connection.hooks.all():
        return ""
    return connections.hook(request.actor, facts.connection)


def _control(field: Field, secret: bool, saved: Connection | None, kept: bool) -> forms.Field:
    plain: dict[str, Any] = {
        "label": _(field.label),
        "help_text": _(field.help) if field.help else "",
        "required": False,
    }
    if field.choices:
        return forms.ChoiceField(choices=field.choices, initial=_saved(field, saved), **plain)
    look = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    if not secret:
        look |= {"inputmode": "url"} if field.type == "url" else {}
        return forms.CharField(initial=_saved(field, saved), widget=forms.TextInput(look), **plain)
    if kept and saved and (ending := saved.endings.get(field.name)):
        plain["help_text"] = _("It ends in %(ending)s. Leave this empty to keep it.") % {"ending": ending}
    return forms.CharField(widget=forms.PasswordInput({**look, "autocomplete": "new-password"}), **plain)


def _saved(field: Field, saved: Connection | None) -> str:
    return str((saved.settings.get(field.name) if saved else "") or field.default or "")


PLACE = "w/<slug:slug>/connections/"

urlpatterns = [
    path(f"{PLACE}new/", choose, name="connect"),
    path(f"{PLACE}new/<slug:connector>/<slug:method>/", connect, name="connect-method"),
    path(f"{PLACE}<slug:public_id>/change/", change, name="connection-change"),
]
