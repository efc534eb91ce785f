"""A new token for a connection, step by step: made there, pasted and tested here, switched to."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import rotation
from builder.actions.errors import Gone
from builder.models import Capability, Workspace
from builder.web import connection_facts, reply
from builder.web.confirmed import confirmed_for
from builder.web.connect import MethodForm
from builder.web.connection_facts import Facts
from builder.web.request import Request
from builder.web.room import room


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@room(Capability.CONNECT)
@confirmed_for("web:connection-rotate", reads=True)
def rotate(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    """POST tests the new one; it waits then beside the one in use."""
    facts = _facts(request, public_id)
    if request.method == "GET":
        return _page(request, facts, _form(facts))
    form = _form(facts, request.POST)
    row = form.tried(rotation.offer, request.actor, facts.connection, form.values())
    if row is None:
        return _page(request, facts, form, status=422)
    return _page(request, _facts(request, public_id), _form(facts))


@require_POST
@room(Capability.CONNECT)
@confirmed_for("web:connection-rotate")
def switch(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    facts = _facts(request, public_id)
    before = connection_facts.on_hold()
    try:
        rotation.switch(request.actor, facts.connection)
    except Gone as gone:
        return _nothing_waits(request, workspace, public_id, gone.message)
    said = _("Switched over: “%(name)s” uses the new token.") % {"name": facts.connection}
    said = f"{said} {connection_facts.went_on(before)}".strip()
    return reply.go(request, "web:connection", workspace.slug, public_id, said=said)


@require_POST
@room(Capability.CONNECT)
def withdraw(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    facts = _facts(request, public_id)
    if not rotation.withdraw(request.actor, facts.connection):
        return _nothing_waits(request, workspace, public_id, str(rotation.NONE))
    said = _("The new token is forgotten; the one in use stays.")
    return reply.go(request, "web:connection", workspace.slug, public_id, said=said)


def _nothing_waits(request: Request, workspace: Workspace, public_id: str, said: str) -> HttpResponse:
    """As after a second click."""
    return reply.go(request, "web:connection", workspace.slug, public_id, said=said, icon="info-circle")


def _facts(request: Request, public_id: str) -> Facts:
    facts = connection_facts.one(request.actor, public_id)
    if not facts.renewable:
        raise Http404
    return facts


def _form(facts: Facts, data: Any = None) -> MethodForm:
    form = MethodForm(facts.method, data, facts.connection, only=facts.method.secret)
    form.auto_id = "new_%s"  # as a dialog it lies over the form that changes the connection
    return form


def _page(request: Request, facts: Facts, form: MethodForm, status: int = 200) -> HttpResponse:
    context = {"facts": facts, "form": form, "waiting": facts.connection.waiting}
    return reply.page(request, "connections/rotate.html", "rotate", context, status=status)


ONE = "w/<slug:slug>/connections/<slug:public_id>/rotate/"

urlpatterns = [
    path(ONE, rotate, name="connection-rotate"),
    path(f"{ONE}switch/", switch, name="connection-rotate-switch"),
    path(f"{ONE}withdraw/", withdraw, name="connection-rotate-withdraw"),
]
