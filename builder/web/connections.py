"""The list of connections, and one connection: who it is, how it fares, tested, renamed, deleted."""

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import connections
from builder.actions.errors import ActionError
from builder.models import Agency, Capability, Connection, Workspace
from builder.web import agency, connect, connection_facts, install, reply, rotate
from builder.web.request import Request
from builder.web.room import room


@require_GET
@room()
def index(request: Request, workspace: Workspace) -> HttpResponse:
    return _list(request)


@require_POST
@room(Capability.CONNECT)
def test_all(request: Request, workspace: Workspace) -> HttpResponse:
    """With script each row asks by itself, side by side; without, all are asked before the page comes back."""
    if request.htmx:
        return _list(request, testing=True)
    for facts in connection_facts.all_of(request.actor):
        reply.say(request, f"{facts.connection}: {' '.join(_tested(request, facts.connection)).strip()}")
    return reply.go(request, "web:connections", workspace.slug)


@require_POST
@room(Capability.CONNECT)
def test(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    outcome, more = _tested(request, connection_facts.one(request.actor, public_id).connection)
    said = more if "quiet" in request.POST else f"{outcome} {more}".strip()
    if not request.htmx:
        return reply.go(request, "web:connection", workspace.slug, public_id, said=said)
    context = {"facts": connection_facts.one(request.actor, public_id)}
    return reply.page(request, "connections/list.html", "row", context, toast=said)


@require_GET
@room()
def show(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    return connect.card(request, connection_facts.one(request.actor, public_id))


@require_POST
@room(Capability.CONNECT)
def rename(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    facts = connection_facts.one(request.actor, public_id)
    row = connections.update(request.actor, facts.connection, name=request.POST.get("name", ""))
    said = _("It is called “%(name)s” now.") % {"name": row.name}
    return reply.go(request, "web:connection", workspace.slug, public_id, said=said)


@require_POST
@room(Capability.CONNECT)
def hook(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    """Makes the address that the service is to call; the page shows it from then on."""
    facts = connection_facts.one(request.actor, public_id)
    if not facts.by_hand:
        raise Http404
    connections.hook(request.actor, facts.connection)
    return reply.go(request, "web:connection", workspace.slug, public_id)


@require_http_methods(["GET", "POST"])
@room(Capability.CONNECT)
def delete(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    """GET names the recipes that would pause."""
    facts = connection_facts.one(request.actor, public_id)
    if request.method == "GET":
        return reply.page(request, "connections/delete.html", "delete", {"facts": facts})
    paused = connections.delete(request.actor, facts.connection, pause=True)
    said = _("“%(name)s” is deleted.") % {"name": facts.connection}
    if paused:
        names = ", ".join(f"“{recipe}”" for recipe in paused)
        told = ngettext("The recipe %(names)s is paused.", "The recipes %(names)s are paused.", len(paused))
        said = f"{said} {told % {'names': names}}"
    return reply.go(request, "web:connections", workspace.slug, said=said, icon="trash")


def _list(request: Request, testing: bool = False) -> HttpResponse:
    groups: dict[str, list[connection_facts.Facts]] = {}
    for facts in connection_facts.all_of(request.actor):
        groups.setdefault(facts.home.key, []).append(facts)
    context = {"groups": list(groups.values()), "testing": testing, "agencies": _agencies(request)}
    return reply.page(request, "connections/list.html", "list", context)


def _agencies(request: Request) -> list[Agency]:
    """For who may connect their locations."""
    rows = Agency.objects.annotate(number=Count("connections")).order_by("record_id", "pk")
    return list(rows) if request.actor.may(Capability.CONNECT) else []


def _tested(request: Request, row: Connection) -> tuple[str, str]:
    """Who answered, or why nobody did; and how many runs go on."""
    before = connection_facts.on_hold()
    try:
        identity = connections.test(request.actor, row)
    except ActionError as trouble:
        return trouble.message, ""
    return _("%(name)s answered.") % {"name": identity.name}, connection_facts.went_on(before)


PLACE = "w/<slug:slug>/connections/"
ONE = f"{PLACE}<slug:public_id>/"

urlpatterns = [
    path(PLACE, index, name="connections"),
    path(f"{PLACE}test/", test_all, name="connections-test"),
    *connect.urlpatterns,
    *install.urlpatterns,
    *agency.urlpatterns,
    *rotate.urlpatterns,
    path(ONE, show, name="connection"),
    path(f"{ONE}test/", test, name="connection-test"),
    path(f"{ONE}rename/", rename, name="connection-rename"),
    path(f"{ONE}hook/", hook, name="connection-hook"),
    path(f"{ONE}delete/", delete, name="connection-delete"),
]
