"""Who and what used how much: recipes, members and connections over some days, and what is kept of them."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from builder.actions import usages
from builder.models import Capability, Workspace
from builder.web import usage
from builder.web.request import Request
from builder.web.room import room
from builder.web.team import PLACE, tab

PERIODS = (7, 30, 90)


@require_GET
@room(Capability.MEMBERS)
def show(request: Request, workspace: Workspace) -> HttpResponse:
    asked = request.GET.get("days", "")
    number = next((days for days in PERIODS if str(days) == asked), 30)
    by, each = request.actor, workspace.minutes_by_hand
    recipes, ran = usages.recipes(by, number)
    context = {
        "number": number,
        "periods": PERIODS,
        "recipes": [(row, usage.span(row.sums.writes * each)) for row in recipes],
        "more": ran - len(recipes),
        "members": [(row, usage.span(row.sums.writes * each)) for row in usages.members(by, number)],
        "connections": usages.connections(by, number),
        "stored": usages.stored(by),
        "keeping": workspace.keeping,
    }
    return tab(request, "usage", context)


urlpatterns = [path(f"{PLACE}usage/", show, name="usage")]
