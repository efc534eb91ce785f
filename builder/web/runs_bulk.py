"""Many runs of the list at a time: chosen ones, or all that fit its filters, go on or are discarded."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import runs as actions
from builder.actions.errors import Invalid
from builder.models import Capability, Run, RunStatus, Workspace
from builder.web import runs_rows
from builder.web.request import Request
from builder.web.room import room
from builder.web.runs import context_of
from builder.web.runs_filters import Filters


@dataclass(frozen=True)
class Result:
    run: Run
    sentence: str
    went: bool


@require_POST
@room(Capability.RUN)
def retry(request: Request, workspace: Workspace) -> HttpResponse:
    return _told(request, workspace, _retried(request, _chosen(request)), "retry")


@require_POST
@room(Capability.RUN)
def discard(request: Request, workspace: Workspace) -> HttpResponse:
    return _told(request, workspace, _discarded(request, _chosen(request)), "discard")


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def retry_all(request: Request, workspace: Workspace) -> HttpResponse:
    """All that fit the filters: how many, and then that they go on."""
    filters = Filters.read(request.GET)
    context: dict[str, Any] = {"workspace": workspace, "filters": filters}
    try:
        keys, context["asking"] = actions.retriable(filters.rows)
        keys = _seen(request, keys)
    except Invalid as trouble:
        return _all_part(request, "all", {**context, "refused": trouble.message, "count": 0}, 422)
    if request.method == "GET":
        return _all_part(request, "all", {**context, "count": len(keys), "newest": max(keys, default=0)})
    return _done(request, workspace, "all", actions.retry_all(request.actor, keys))


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def discard_all(request: Request, workspace: Workspace) -> HttpResponse:
    """All on hold that fit the filters: how many, and then that they ended."""
    filters = Filters.read(request.GET)
    context: dict[str, Any] = {"workspace": workspace, "filters": filters}
    try:
        keys = _seen(request, actions.on_hold(filters.rows))
    except Invalid as trouble:
        return _all_part(request, "discard", {**context, "refused": trouble.message, "count": 0}, 422)
    if request.method == "GET":
        return _all_part(request, "discard", {**context, "count": len(keys), "newest": max(keys, default=0)})
    return _done(request, workspace, "discard", actions.discard_all(request.actor, keys))


def _seen(request: Request, keys: list[int]) -> list[int]:
    """Without runs that began after somebody was told how many there are."""
    newest = request.POST.get("newest", "")
    return [key for key in keys if key <= int(newest)] if newest.isdecimal() and len(newest) < 19 else keys


def _chosen(request: Request) -> list[Run]:
    wanted = Run.objects.filter(public_id__in=request.POST.getlist("run")[: actions.MOST])
    return list(wanted.select_related("recipe").defer("recipe__draft").order_by("-pk"))


def _told(request: Request, workspace: Workspace, results: list[Result], act: str) -> HttpResponse:
    context = {
        **context_of(request, workspace, Filters.read(request.GET)),
        "act": act,
        "results": results,
        "went": sum(result.went for result in results),
        "nothing": "" if results else _("Choose at least one run first."),
    }
    part = "#results" if request.htmx else ""
    return render(request, f"runs/chosen.html{part}", context, status=200 if results else 422)


def _done(request: Request, workspace: Workspace, page: str, went: int) -> HttpResponse:
    context = context_of(request, workspace, Filters.read(request.GET))
    return _all_part(request, page, {**context, "went": went, "done": True})


def _all_part(request: Request, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"runs/{page}.html{'#all' if request.htmx else ''}", context, status=status)


def _retried(request: Request, chosen: list[Run]) -> list[Result]:
    """Who waits for an answer is left alone: doing it again might do it twice."""
    asking = runs_rows.undecided(chosen)
    outcomes = actions.bulk_retry(request.actor, [run for run in chosen if run.pk not in asking])
    question = _("Nobody knows whether its last step was done. Open it and answer.")
    return _results(chosen, outcomes, _("Goes on."), question)


def _discarded(request: Request, chosen: list[Run]) -> list[Result]:
    """Those alone that are on hold: what goes on again is nobody's to end from here."""
    outcomes = actions.bulk_cancel(request.actor, [run for run in chosen if run.status == RunStatus.HELD])
    return _results(chosen, outcomes, _("Ended as cancelled."), _("It is not on hold: it failed, ended or goes on."))


def _results(chosen: list[Run], outcomes: actions.Outcomes, went: str, left: str) -> list[Result]:
    """In the order of the list; what was left alone bears that sentence."""
    said = {run.pk: Result(run, went, True) for run in outcomes.done}
    said |= {run.pk: Result(run, sentence, False) for run, sentence in outcomes.refused}
    return [said.get(run.pk) or Result(run, left, False) for run in chosen]


urlpatterns = [
    path("w/<slug:slug>/runs/retry-all/", retry_all, name="runs-retry-all"),
    path("w/<slug:slug>/runs/retry/", retry, name="runs-retry"),
    path("w/<slug:slug>/runs/discard-all/", discard_all, name="runs-discard-all"),
    path("w/<slug:slug>/runs/discard/", discard, name="runs-discard"),
]
