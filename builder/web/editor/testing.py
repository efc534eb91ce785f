"""The Test tab's buttons: find real records, keep one as the sample, carry one step out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from builder.actions import testing
from builder.actions.errors import ActionError
from builder.models import Capability, Workspace
from builder.web.editor import answers, cards, pages, panel, trials
from builder.web.editor.desk import TRIGGER, Desk, desk_for
from builder.web.room import room


@require_GET
@room(Capability.EDIT)
def records(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """The newest real records that fit the trigger, to choose the sample from."""
    desk = desk_for(request, workspace, rid)
    context: dict[str, Any] = {"desk": desk, "panel": panel.panel_for(desk, TRIGGER, "test")}
    try:
        context["records"] = trials.records(desk, testing.latest(request.actor, desk.recipe))
    except ActionError as trouble:
        context["refused"] = trouble.message
    if request.htmx:
        return render(request, "editor/test.html#test", context)
    context |= {"recipe": desk.recipe, "bar": pages.bar(desk), "flow": cards.flow(desk)}
    return render(request, "editor/page.html", context)


@require_POST
@room(Capability.EDIT)
def sample(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    index = request.POST.get("index", "")
    try:
        testing.sample_trigger(request.actor, desk.recipe, int(index) if index.isdecimal() else 0)
    except ActionError as trouble:
        return answers.said(desk, trouble.message, trouble.status)
    return shown(desk, TRIGGER)


@require_POST
@room(Capability.EDIT)
def test(request: HttpRequest, workspace: Workspace, rid: str, sid: str) -> HttpResponse:
    """Really carries the step out. A step that fails is an answer too: 200 with its sentence."""
    desk = desk_for(request, workspace, rid)
    try:
        testing.test_step(request.actor, desk.recipe, sid)
    except ActionError as trouble:
        return answers.said(desk, trouble.message, trouble.status)
    return shown(desk, sid)


def shown(desk: Desk, sid: str) -> HttpResponse:
    if not desk.request.htmx:
        return redirect(f"{desk.page_url}?step={sid}&tab=test")
    context = {"desk": desk, "panel": panel.panel_for(desk, sid, "test")}
    return render(desk.request, "editor/test.html#test", context)
