"""An agency's locations: which of them become connections."""

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import agencies
from builder.actions.errors import ActionError
from builder.models import Agency, Capability, Workspace
from builder.web import connection_facts, reply
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue


@require_http_methods(["GET", "POST"])
@room(Capability.CONNECT)
def agency(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    row = _one(public_id)
    if request.method == "GET":
        return _page(request, row, request.GET.getlist("location"))
    picked, before = request.POST.getlist("location"), connection_facts.on_hold()
    try:
        taken = agencies.take_in(request.actor, row, picked)
    except ActionError as trouble:
        if trouble.status != 422:
            raise
        return _page(request, row, picked, trouble=trouble, status=422)
    if more := connection_facts.went_on(before):
        reply.say(request, more)
    if taken.wrong or taken.left:
        return _page(request, row, [*taken.wrong, *taken.left], taken=taken, status=422)
    names = ", ".join(str(each.identity.get("name") or each) for each in taken.made)
    said = ngettext("Connected to %(names)s.", "Connected to %(n)d locations: %(names)s.", len(taken.made))
    said = said % {"n": len(taken.made), "names": names}
    return reply.go(request, "web:connections", workspace.slug, said=said)


@require_POST
@room(Capability.CONNECT)
def forget(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    agencies.forget(request.actor, _one(public_id))
    said = _("Recette has no access to the agency any more. Connections of its locations stay.")
    return reply.go(request, "web:connections", workspace.slug, said=said, icon="trash")


def _page(
    request: Request,
    row: Agency,
    picked: list[str],
    taken: agencies.Taken | None = None,
    trouble: ActionError | None = None,
    status: int = 200,
) -> HttpResponse:
    words, skip = request.GET.get("q", "").strip(), _number(request.GET.get("skip", ""))
    listed, refused = agencies.Listed([], more=False), ""
    try:
        listed = agencies.locations(request.actor, row, words, skip)
    except ActionError as problem:
        if problem.status != 422:
            raise
        refused = problem.message
    row.refresh_from_db()
    shown = {each.place.id for each in listed.rows}
    wrong = taken.wrong if taken else {}
    context = {
        "agency": row,
        "home": catalogue.connector(row.connector),
        "rows": [(each, each.place.id in picked, wrong.get(each.place.id, "")) for each in listed.rows],
        "elsewhere": [each for each in dict.fromkeys(picked) if each not in {*shown, *wrong}],
        "unlisted": [(each, why) for each, why in wrong.items() if each not in shown],
        "q": words,
        "skip": skip,
        "after": skip + agencies.SHOWN if listed.more else 0,
        "before": max(0, skip - agencies.SHOWN),
        "taken": taken,
        "refused": refused,
        "error": "" if trouble is None or trouble.message == refused else trouble.message,
    }
    return reply.page(request, "connections/agency.html", "agency", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _one(public_id: str) -> Agency:
    row = Agency.objects.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


PLACE = "w/<slug:slug>/connections/agencies/<slug:public_id>/"

urlpatterns = [
    path(PLACE, agency, name="agency"),
    path(f"{PLACE}forget/", forget, name="agency-forget"),
]
