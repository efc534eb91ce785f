"""What somebody should know of, and who is told."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from builder.actions import alerts
from builder.actions.errors import Invalid
from builder.models import AlertKind, AlertRoute, AlertWay, Capability, Membership, Workspace
from builder.web import reply
from builder.web.confirmed import confirmed_for
from builder.web.forms import Form
from builder.web.request import Request
from builder.web.room import room

ICONS = {
    AlertKind.FAILED: ("circle-x", "bad"), AlertKind.HELD: ("hand-stop", "bad"),
    AlertKind.UNKNOWN: ("question-mark", "bad"), AlertKind.CONNECTION: ("plug-connected-x", "bad"),
    AlertKind.PAUSED: ("player-pause-filled", "warn"), AlertKind.QUIET: ("bell", "warn"),
    AlertKind.BUDGET: ("alert-triangle", "warn"), AlertKind.AUDIT: ("shield-check", "bad"),
}  # fmt: skip
WAYS = {AlertWay.EMAIL: "mail", AlertWay.WEBHOOK: "webhook", AlertWay.SLACK: "send"}
TITLES = {
    AlertWay.EMAIL: lazy("By e-mail"), AlertWay.WEBHOOK: lazy("To a webhook"), AlertWay.SLACK: lazy("To Slack"),
}  # fmt: skip


class RouteForm(Form):
    people = forms.MultipleChoiceField(
        label=lazy("Who"),
        help_text=lazy("Nobody chosen: owners and admins, whoever they are then."),
        widget=forms.CheckboxSelectMultiple,
    )
    url = forms.CharField(label=lazy("Address"), widget=forms.URLInput({"autocomplete": "off"}))
    kinds = forms.MultipleChoiceField(
        label=lazy("What they are told"), choices=AlertKind.choices, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = forms.CharField(label=lazy("Quiet from"), widget=forms.TimeInput({"type": "time"}))
    quiet_to = forms.CharField(label=lazy("Until"), widget=forms.TimeInput({"type": "time"}))

    def __init__(self, workspace: Workspace, way: str, data: Any = None, route: AlertRoute | None = None):
        super().__init__(data, initial=_begin(route))
        if way == AlertWay.EMAIL:
            del self.fields["url"]
            self.fields["people"].choices = _members(workspace)  # type: ignore[attr-defined]
            return
        del self.fields["people"]
        hints = {
            AlertWay.WEBHOOK: lazy("Gets a signed JSON message (Standard Webhooks) for each alert."),
            AlertWay.SLACK: lazy("Of an “incoming webhook”, which Slack, Mattermost and others make for a channel."),
        }
        kept = _("Now: %(host)s. Leave it empty to keep that address.") % {"host": route.host} if route else ""
        self.fields["url"].help_text = kept or hints[AlertWay(way)]


def _begin(route: AlertRoute | None) -> dict[str, Any]:
    if route is None:
        return {"kinds": list(AlertKind.values)}
    given = {"kinds": route.kinds, "people": route.people}
    hours = {"quiet_from": route.quiet_from, "quiet_to": route.quiet_to}
    return given | {name: f"{value:%H:%M}" for name, value in hours.items() if value}


def _members(workspace: Workspace) -> list[tuple[str, str]]:
    rows = Membership.objects.filter(workspace=workspace, user__is_active=True).select_related("user")
    return sorted(((row.user.email.lower(), str(row.user)) for row in rows), key=lambda pair: pair[1].lower())


@require_GET
@room()
def page(request: Request, workspace: Workspace) -> HttpResponse:
    return _page(request)


@require_POST
@room(Capability.MEMBERS)
@confirmed_for("web:alerts")
def add(request: Request, workspace: Workspace) -> HttpResponse:
    way = request.POST.get("way", "")
    if way not in AlertWay.values:
        raise Http404
    form = RouteForm(workspace, way, request.POST)
    made = form.tried(alerts.add, request.actor, way, _given(request))
    if made is None:
        return _page(request, form=form, way=way, status=422)
    said = _("The alerts go there from now on.")
    return _page(request, secret=made[1], said=said) if made[1] else _done(request, said)


@require_POST
@room(Capability.MEMBERS)
@confirmed_for("web:alerts", list_=True)
def change(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    route = _route(public_id)
    form = RouteForm(workspace, route.way, request.POST, route)
    if form.tried(alerts.change, request.actor, route, _given(request)) is None:
        return _page(request, form=form, way=route.way, route=_route(public_id), status=422)
    return _done(request, _("The change is saved."))


@require_POST
@room(Capability.MEMBERS)
def switch(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    alerts.switch(request.actor, _route(public_id), on)
    return _done(request, _("Alerts go there again.") if on else _("No alerts go there until you switch it on again."))


@require_POST
@room(Capability.MEMBERS)
def remove(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    alerts.remove(request.actor, _route(public_id))
    return _done(request, _("No alerts go there any more."))


@require_POST
@room(Capability.MEMBERS)
def try_out(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    try:
        alerts.try_out(request.actor, _route(public_id))
    except Invalid:
        return _page(request, status=422)  # why stands beside it
    return _done(request, _("The trial is sent. Look whether it came."))


def _given(request: Request) -> dict[str, Any]:
    many = {name: request.POST.getlist(name) for name in ("kinds", "people")}
    return many | {name: request.POST.get(name, "") for name in ("url", "quiet_from", "quiet_to")}


def _page(
    request: Request,
    form: RouteForm | None = None,
    way: str = "",
    route: AlertRoute | None = None,
    secret: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    may = request.actor.may(Capability.MEMBERS)
    if may and form is None and request.method == "GET":
        form, way, route = _asked(request)
    rows = AlertRoute.objects.select_related("workspace").order_by("pk") if may else []
    context = {
        "open": [(row, line, *ICONS[AlertKind(row.kind)]) for row, line in alerts.lines(request.actor)],
        "over": [(row, line, ICONS[AlertKind(row.kind)][0]) for row, line in alerts.lines(request.actor, over=True)],
        "routes": listed(rows),
        "ways": [(key, WAYS[key], TITLES[key]) for key in AlertWay],
        "form": form,
        "way": way,
        "title": TITLES[AlertWay(way)] if way else "",
        "route": route,
        "secret": secret,
    }
    return reply.page(request, "alerts/page.html", "alerts", context, status=status, toast=said)


def _asked(request: Request) -> tuple[RouteForm | None, str, AlertRoute | None]:
    """The form that the address asks for."""
    workspace = request.actor.workspace
    if public_id := request.GET.get("route", ""):
        route = _route(public_id)
        return RouteForm(workspace, route.way, route=route), route.way, route
    way = request.GET.get("add", "")
    return (RouteForm(workspace, way), way, None) if way in AlertWay.values else (None, "", None)


def listed(rows: Iterable[AlertRoute]) -> list[tuple[AlertRoute, str, str, str]]:
    """Each with its picture, who is told, and of what."""
    return [(row, WAYS[AlertWay(row.way)], _whom(row), _kinds(row)) for row in rows]


def _whom(row: AlertRoute) -> str:
    if row.way != AlertWay.EMAIL:
        return row.host
    return ", ".join(alerts.readers(row)) if row.people else _("Owners and admins")


def _kinds(row: AlertRoute) -> str:
    if len(row.kinds) == len(AlertKind):
        return _("Everything")
    return ", ".join(str(AlertKind(kind).label) for kind in row.kinds if kind in AlertKind.values)


def _done(request: Request, said: str) -> HttpResponse:
    return reply.go(request, "web:alerts", request.actor.workspace.slug, said=said)


def _route(public_id: str) -> AlertRoute:
    found = AlertRoute.objects.select_related("workspace").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


PLACE = "w/<slug:slug>/alerts/"

urlpatterns = [
    path(PLACE, page, name="alerts"),
    path(f"{PLACE}routes/", add, name="alert-route-add"),
    path(f"{PLACE}routes/<slug:public_id>/", change, name="alert-route"),
    path(f"{PLACE}routes/<slug:public_id>/switch/", switch, name="alert-route-switch"),
    path(f"{PLACE}routes/<slug:public_id>/remove/", remove, name="alert-route-remove"),
    path(f"{PLACE}routes/<slug:public_id>/try/", try_out, name="alert-route-try"),
]
