"""The stand-ins of the demo: their records in our look, and things to make happen in them."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import sandboxes
from builder.actions.errors import ActionError
from builder.models import Run, Source, Workspace
from builder.models.columns import write_json
from builder.templatetags.look import day, money
from builder.web import reply
from builder.web.forms import Form
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue

STATES = {"won": "done", "paid": "done", "approved": "done", "done": "done", "lost": "failed", "draft": "draft"}
CAUSED = 6
TYPES = {"email": "email", "phone": "tel"}


class DoingForm(Form):
    """Drawn from what the sandbox says it needs."""

    def __init__(self, doing: dict[str, Any], data: Any = None):
        super().__init__(data, auto_id=f"{doing['do']}-%s")
        self.doing = doing
        for given in doing["inputs"]:
            self.fields[given["name"]] = _control(given)

    def values(self) -> dict[str, str]:
        return {name: self.given(name) for name in self.fields}


@require_GET
@room()
def first(request: Request, workspace: Workspace) -> HttpResponse:
    _only_in_demo(workspace)
    known = sandboxes.services()
    return redirect("web:sandbox", workspace.slug, next(iter(known), "ghl"))


@require_GET
@room()
def show(request: Request, workspace: Workspace, service: str) -> HttpResponse:
    _only_in_demo(workspace, service)
    return _page(request, service)


@require_GET
@room()
def records(request: Request, workspace: Workspace, service: str) -> HttpResponse:
    """The lists alone, for the page to keep itself fresh; 304 while nothing changes."""
    _only_in_demo(workspace, service)
    context = _seen(request, service)
    tag = hashlib.sha256(write_json([context["lists"], [str(run) for run in context["marks"]]]).encode()).hexdigest()[
        :16
    ]
    if request.headers.get("HX-PTag") == tag:
        return HttpResponse(status=304)
    answer = reply.page(request, "sandboxes/page.html", "records", context)
    answer["HX-PTag"] = tag
    return answer


@require_POST
@room()
def do(request: Request, workspace: Workspace, service: str) -> HttpResponse:
    _only_in_demo(workspace, service)
    wanted = request.POST.get("do", "")
    try:
        doing = next((d for d in sandboxes.doings(request.actor, service) if d["do"] == wanted), None)
    except ActionError as trouble:
        return _page(request, service, trouble=trouble.message, status=trouble.status)
    if doing is None:
        raise Http404
    form = DoingForm(doing, request.POST)
    done = form.tried(sandboxes.do, request.actor, service, wanted, form.values())
    if done is None:
        return _page(request, service, refused=form, status=422)
    if not request.htmx:
        return reply.go(request, "web:sandbox", workspace.slug, service, said=done)
    return _page(request, service, said=done, opened=wanted)


@require_POST
@room()
def reset(request: Request, workspace: Workspace, service: str) -> HttpResponse:
    _only_in_demo(workspace, service)
    sandboxes.reset(request.actor, service)
    said = _("It is as on its first day again. Connections go on working.")
    return reply.go(request, "web:sandbox", workspace.slug, service, said=said, icon="refresh")


def _page(
    request: Request,
    service: str,
    refused: DoingForm | None = None,
    trouble: str = "",
    said: str = "",
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {**_seen(request, service), "opened": refused.doing["do"] if refused else opened}
    if not context["trouble"]:
        context["forms"] = _forms(request, service, refused)
    context["trouble"] = trouble or context["trouble"]
    status = 503 if context["trouble"] and status == 200 else status
    return reply.page(request, "sandboxes/page.html", "sandbox", context, status=status, toast=said)


def _seen(request: Request, service: str) -> dict[str, Any]:
    home = catalogue.connector(service)
    context: dict[str, Any] = {
        "service": service,
        "home": home,
        "services": [catalogue.connector(key) for key in sandboxes.services()],
        "runs": _caused(service),
        "lists": [],
        "marks": [],
        "trouble": "",
        "forms": [],
    }
    try:
        lists = sandboxes.state(request.actor, service)["lists"]
    except ActionError as trouble:
        return {**context, "trouble": trouble.message}
    context["lists"] = [_table(each) for each in lists]
    context["marks"] = [(run.public_id, run.status) for run in context["runs"]]
    return context


def _caused(service: str) -> list[Run]:
    """The newest runs that began with something that happened there."""
    rows = Run.objects.filter(event__connection__connector=service, event__source__in=(Source.HOOK, Source.POLL))
    return list(rows.select_related("recipe", "event").order_by("-pk")[:CAUSED])


def _forms(request: Request, service: str, refused: DoingForm | None) -> list[DoingForm]:
    try:
        doings = sandboxes.doings(request.actor, service)
    except ActionError:
        return []
    made = (DoingForm(doing) for doing in doings)
    return [refused if refused and refused.doing["do"] == form.doing["do"] else form for form in made]


def _table(told: dict[str, Any]) -> dict[str, Any]:
    """A list as the sandbox tells it, with its values in our words."""
    rows = [{"id": row["id"], "cells": list(_cells(told["columns"], row))} for row in told["rows"]]
    return {"key": told["key"], "label": told["label"], "columns": told["columns"], "rows": rows}


def _cells(columns: Iterable[dict[str, str]], row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for column in columns:
        value = row.get(column["key"])
        kind = column["type"]
        cell = {"kind": kind, "label": column["label"], "value": value, "state": ""}
        if kind == "money":
            cell["value"] = money(value, row.get("currency", ""))
        elif kind in ("date", "time"):
            cell["value"] = _moment(value)
        elif kind == "status":
            cell |= {"value": str(value or "").capitalize(), "state": STATES.get(str(value), "waiting")}
        yield cell


def _moment(value: Any) -> str:
    """22 Nov 2026, and the time where there is one."""
    try:
        moment = parse_datetime(str(value)) if "T" in str(value) else None
        if moment:
            return f"{day(moment)}, {timezone.localtime(moment):%H:%M}"
        date = parse_date(str(value))
    except ValueError:
        return str(value)
    return f"{date.day} {date:%b %Y}" if date else str(value or "")


def _control(given: dict[str, Any]) -> forms.Field:
    plain: dict[str, Any] = {"label": _(given["label"]), "required": False}
    if "choices" in given:
        return forms.ChoiceField(choices=[(c["value"], c["label"]) for c in given["choices"]], **plain)
    look = {"type": TYPES.get(given["type"], "text"), "autocomplete": "off"}
    if given["type"] == "money":
        look["inputmode"] = "decimal"
    return forms.CharField(widget=forms.TextInput(look), **plain)


def _only_in_demo(workspace: Workspace, service: str = "") -> None:
    if not workspace.demo or (service and service not in sandboxes.services()):
        raise Http404


PLACE = "w/<slug:slug>/sandbox/"
ONE = f"{PLACE}<slug:service>/"

urlpatterns = [
    path(PLACE, first, name="sandboxes"),
    path(ONE, show, name="sandbox"),
    path(f"{ONE}records/", records, name="sandbox-records"),
    path(f"{ONE}do/", do, name="sandbox-do"),
    path(f"{ONE}reset/", reset, name="sandbox-reset"),
]
