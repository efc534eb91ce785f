"""Where somebody who was asked approves or declines: one page, made for a phone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from builder.actions import approvals
from builder.actions.errors import Gone, Invalid
from builder.models import Approval, Decision, RunStatus, Workspace
from builder.web import reply
from builder.web.room import room

ANSWERS = {"approve": True, "decline": False}


@require_http_methods(["GET", "POST"])
@room()
def question(request: HttpRequest, workspace: Workspace, qid: str) -> HttpResponse:
    rows = Approval.objects.select_related("run__recipe", "run__event", "step_run", "decided_by")
    found = rows.filter(public_id=qid).first()
    if found is None:
        raise Http404
    if request.method == "GET":
        return _page(request, workspace, found)
    try:
        return _answered(request, workspace, found)
    except (Invalid, Gone) as trouble:
        return _page(request, workspace, found, trouble.message, trouble.status)


def _answered(request: HttpRequest, workspace: Workspace, found: Approval) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise Invalid(_("Say whether you approve or decline."), "answer")
    approvals.decide(request.actor, found, ANSWERS[answer], request.POST.get("note", ""))
    return reply.go(request, "web:approval", workspace.slug, found.public_id)


def _page(
    request: HttpRequest, workspace: Workspace, found: Approval, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "workspace": workspace,
        "question": found,
        "run": found.run,
        "word": Decision(found.decision).label if found.decision else "",
        "over": not found.decision and found.run.status not in RunStatus.open(),
        "may": approvals.may(request.actor, found),
        "refused": refused,
        "note": request.POST.get("note", ""),
    }
    return render(request, "approvals/page.html", context, status=status)


urlpatterns = [path("w/<slug:slug>/approvals/<str:qid>/", question, name="approval")]
