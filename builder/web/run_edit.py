"""Run again with other data: the values a run was given, to be changed before they are sent in anew."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from builder.actions import editing
from builder.actions.errors import ActionError, Invalid
from builder.models import Capability, Run, Workspace
from builder.web import kept, reply
from builder.web.request import Request
from builder.web.room import room


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def edit(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    rows = Run.objects.select_related("recipe__live", "version", "event")
    run = rows.defer("event__raw", "recipe__draft").filter(public_id=rid).first()
    if run is None:
        raise kept.no_more(workspace, "run")
    values = editing.changeable(run)
    given = {value.name: request.POST.get(f"v-{value.name}", value.text) for value in values}
    if request.method == "GET":
        return _page(request, run, values, given)
    try:
        event = editing.run_with(request.actor, run, given, request.POST.get("key", "")[:40])
    except Invalid as trouble:
        return _page(request, run, values, given, trouble.errors or {"": [trouble.message]}, 422)
    except ActionError as trouble:
        return _page(request, run, values, given, {"": [trouble.message]}, trouble.status)
    said = _("“%(name)s” is started with other data. Its run is here in a moment.") % {"name": run.recipe.name}
    return reply.go(request, "web:event", workspace.slug, event.public_id, said=said)


def _page(
    request: Request,
    run: Run,
    values: list[editing.Value],
    given: dict[str, str],
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    wrong = errors or {}
    fields = [
        (f"v-{at}", value, given[value.name], wrong.get(value.name, []), value.known) for at, value in enumerate(values)
    ]
    context: dict[str, Any] = {
        "run": run,
        "known": [field for field in fields if field[-1]],
        "others": [field for field in fields if not field[-1]],
        "wrong_below": any(field[3] for field in fields if not field[-1]),
        "key": request.POST.get("key") or secrets.token_urlsafe(12),
        "refused": [line for name, lines in wrong.items() if name not in given for line in lines],
        "values": values,
    }
    return reply.page(request, "run/edit.html", "edit", context, status=status)


urlpatterns = [path("w/<slug:slug>/runs/<str:rid>/edit/", edit, name="run-edit")]
