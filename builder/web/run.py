"""One run: the flow of its version with what became of each step, and what a person may do about it."""

from collections.abc import Callable
from hashlib import md5
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import fix_draft, fixing
from builder.actions import runs as actions
from builder.actions.errors import ActionError, Invalid
from builder.models import Capability, Exchange, Run, RunStatus, Source, StepRun, Workspace, access
from builder.recipe import tree as trees
from builder.web import customer, kept, run_fix, run_steps, run_timeline
from builder.web.request import Request
from builder.web.room import room
from builder.web.run_flow import Flow, outputs_of
from builder.web.run_lists import Lists
from builder.web.run_panel import TABS, Panel

HEAVY = ("input", "sealed", "output")
FORKS = ("paths", "each")
SLOW = 60
"""Seconds of waiting from which a run is looked at every 5 s, not every second."""


@require_GET
@room()
def run(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    found = _run(workspace, rid)
    context = _context(request, workspace, found)
    part = ""
    if request.htmx and not request.htmx.history_restore_request:
        part = {"panel": "#panel", "details": "#details"}.get((request.htmx.target or "").split("#")[-1], "#live")
    return render(request, f"run/page.html{part}", context)


@require_GET
@room()
def pulse(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    """What changed on the page; 304 while nothing did. A run that ended takes its own trigger away."""
    found = _run(workspace, rid)
    tag = _tag(found)
    if request.headers.get("HX-PTag") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, "run/page.html#live", {**_context(request, workspace, found), "quiet": True})
    answer["HX-PTag"] = tag
    return answer


@require_POST
@room(Capability.RUN)
def retry(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    found = _run(workspace, rid)
    answer, record = request.POST.get("answer", ""), request.POST.get("record_id", "").strip()[:100]
    if _asks(found) and answer not in ("again", "done", "skip"):
        return _said(request, workspace, found, _("Say what became of this step: choose one of the three."), 422)
    return _do(request, workspace, found, lambda: actions.retry(request.actor, found, answer or None, record))


@require_POST
@room(Capability.RUN)
def fix(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    """Goes on with other values for this run, and gives them to its recipe's draft if asked. 422 with the sentences
    beside the fields, and what was typed. `more` and `less` draw a table with another number of lines."""
    found = _run(workspace, rid)
    given, post = run_fix.typed(found, request.POST), request.POST
    lists = Lists(request.actor, found)
    if name := post.get("more"):
        more = run_fix.grown(run_fix.full(given), name)
        return _form(request, workspace, found, run_fix.controls(found, lists, more, at=name))
    if line := post.get("less"):
        left = run_fix.full(run_fix.shrunk(given, line))
        return _form(request, workspace, found, run_fix.controls(found, lists, left, at=line.rpartition(run_fix.AT)[0]))
    try:
        fixed = fixing.fix(request.actor, found, given := run_fix.full(given), draft_too=bool(post.get("recipe")))
    except Invalid as wrong:
        errors = {place: told[0] for place, told in wrong.errors.items()}
        return _form(request, workspace, found, run_fix.controls(found, lists, given, errors), errors.get("", ""), 422)
    except ActionError as refused:
        return _said(request, workspace, found, refused.message, refused.status)
    if not request.htmx:
        if fixed.draft:
            messages.info(request, fixed.draft.note, extra_tags="info-circle")
        return redirect("web:run", workspace.slug, found.public_id)
    context = _context(request, workspace, _run(workspace, found.public_id))
    return render(request, "run/page.html#live", {**context, "draft": fixed.draft})


@require_GET
@room(Capability.EDIT)
def fix_list(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    """A control of *Fix and go on* with what the other service offers for it."""
    found, asked = _run(workspace, rid), request.GET
    lists = Lists(request.actor, found, fresh="fresh" in asked, wanted=asked.get("q", "")[:100])
    one = run_fix.listing(found, lists, asked.get("at", ""), asked)
    if one is None:
        raise Http404
    return render(request, "run/_fix_field.html", {"workspace": workspace, "run": found, "one": one})


def _form(
    request: Request,
    workspace: Workspace,
    found: Run,
    controls: list[run_fix.Control],
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form of other values as it was typed."""
    context = {**_context(request, workspace, found), "fixes": controls, "said": said}
    context["recipe_too"] = bool(request.POST.get("recipe"))
    return render(request, "run/page.html#fixing" if request.htmx else "run/page.html", context, status=status)


def _to_draft(request: Request, workspace: Workspace, found: Run) -> dict[str, Any]:
    """Where the recipe's draft is looked at, and where it is published by who may."""
    at = [workspace.slug, found.recipe.public_id]
    may_publish = request.actor.may(Capability.PUBLISH)
    return {
        "recipe_url": reverse("web:recipe", args=at),
        "publish_url": reverse("web:recipe-publish", args=at) if may_publish else "",
    }


@require_POST
@room(Capability.RUN)
def again(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    found = _run(workspace, rid)
    try:
        fresh = actions.run_again(request.actor, found)
    except ActionError as refused:
        return _said(request, workspace, found, refused.message, refused.status)
    address = reverse("web:run", args=[workspace.slug, fresh.public_id])
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


@require_POST
@room(Capability.RUN)
def cancel(request: Request, workspace: Workspace, rid: str) -> HttpResponse:
    found = _run(workspace, rid)
    return _do(request, workspace, found, lambda: actions.cancel(request.actor, found))


def _do(request: Request, workspace: Workspace, found: Run, act: Callable[[], Run]) -> HttpResponse:
    try:
        act()
    except ActionError as refused:
        return _said(request, workspace, found, refused.message, refused.status)
    if not request.htmx:
        return redirect("web:run", workspace.slug, found.public_id)
    return render(request, "run/page.html#live", _context(request, workspace, _run(workspace, found.public_id)))


def _said(
    request: Request,
    workspace: Workspace,
    found: Run,
    text: str,
    status: int,
) -> HttpResponse:
    """The page as the run stands now, with why it was not done."""
    context = {**_context(request, workspace, _run(workspace, found.public_id)), "said": text}
    return render(request, "run/page.html#live" if request.htmx else "run/page.html", context, status=status)


def _run(workspace: Workspace, rid: str) -> Run:
    rows = Run.objects.select_related("recipe", "version", "event__connection", "parent__run__recipe")
    found = rows.defer("event__raw", "recipe__draft", "parent__run__recipe__draft").filter(public_id=rid).first()
    if found is None:
        raise kept.no_more(workspace, "run")
    return found


def _context(request: Request, workspace: Workspace, found: Run) -> dict[str, Any]:
    rows = list(StepRun.objects.filter(run=found).defer(*HEAVY).order_by("pk"))
    forks = StepRun.objects.filter(run=found, kind__in=FORKS).only("step_id", "status", "output").order_by("pk")
    stories = run_steps.stories(rows)
    asked = dict(Exchange.objects.filter(step_run__run=found).values_list("step_run_id").annotate(n=Count("pk")))
    flow = Flow(found, stories, outputs_of(forks), asked)
    flow.selected = _selected(request, found)
    cards = flow.cards()
    titles = {card.id: card.title for card in _all(cards)}
    may_run = request.actor.may(Capability.RUN)
    return {
        "workspace": workspace,
        "run": found,
        "caller": _caller(found),
        "cards": cards,
        "folds": reverse("web:runs", args=[workspace.slug], query={"recipe": found.recipe.public_id}),
        "panel": _panel(request, workspace, found, flow, cards, rows),
        "timeline": run_timeline.draw(found, rows, titles, flow.numbers),
        "headline": _headline(found, flow, rows),
        "live": found.status in RunStatus.open(),
        "seconds": _seconds(found),
        "tag": _tag(found, rows),
        "may_run": may_run,
        "may_cancel": may_run and found.status not in RunStatus.ended(),
        "may_retry": may_run and found.status in (RunStatus.HELD, RunStatus.FAILED),
        "asks": _asks(found, rows),
        "alike": _alike(workspace, found),
        "fixes": run_fix.controls(found, Lists(request.actor, found, now="lists" in request.GET)) if may_run else [],
        "ahead": _ahead(found),
        "source": Source(found.event.source).label,
        "neighbours": _neighbours(found),
        "customer": customer.known_by(found.event),
        "before": _first_of(found) if found.replay else None,
        "took": found.finished_at - found.started_at if found.finished_at and found.started_at else None,
        "may_edit": request.actor.may(Capability.EDIT),
        "connections_url": reverse("web:connections", args=[workspace.slug]) if may_run else "",
        "editor": _editor(workspace, found, flow.selected),
        "asked": "step" in _where(request),
        "draft_ahead": fix_draft.ahead(found, flow.selected),
        **_to_draft(request, workspace, found),
    }


def _caller(found: Run) -> Run | None:
    """The run that called it, where whoever looks may see that."""
    caller = found.parent.run if found.parent else None
    return None if caller is None or caller.recipe.folder_id in access.hidden() else caller


def _alike(workspace: Workspace, found: Run) -> dict[str, Any]:
    """How many others of its recipe stopped at the same step for the same reason, and where they are listed."""
    because = actions.reason(found)
    if because is None:
        return {}
    count = actions.stopped_by(Run.objects.filter(recipe=found.recipe), because).exclude(pk=found.pk).count()
    why = f"{found.recipe.public_id}.{because.step_id}.{because.code}.{because.field}"
    where = reverse("web:runs", args=[workspace.slug], query={"recipe": found.recipe.public_id, "why": why})
    return {"count": count, "url": where} if count else {}


def _all(cards: list[Any]) -> list[Any]:
    return [each for card in cards for each in (card, *(_all([c for lane in card.lanes for c in lane.cards])))]


def _where(request: Request) -> dict[str, str]:
    """Step, tab, try and round: of the address, or of the form that a button stands in."""
    given = request.POST if request.method == "POST" else request.GET
    return {name: given[name] for name in ("step", "tab", "try", "round") if given.get(name)}


def _selected(request: Request, found: Run) -> str:
    """The step that was asked for; else the one the run stands at; else none."""
    wanted = (_where(request).get("step", ""), found.stopped_at)
    return next((step for step in wanted if step and trees.find(found.version.tree, step)), "")


def _panel(
    request: Request, workspace: Workspace, found: Run, flow: Flow, cards: list[Any], rows: list[StepRun]
) -> Panel | None:
    card = next((card for card in _all(cards) if card.selected), None)
    if card is None:
        return None
    where, story = _where(request), flow.stories.get(card.id)
    rounds = list(story.rounds) if story else []
    chosen = where.get("round", "")
    chosen = chosen if chosen in rounds else story.latest.iteration if story else ""
    whole = StepRun.objects.filter(run=found, step_id=card.id, iteration=chosen).order_by("pk")
    exchanges = Exchange.objects.filter(step_run__in=whole.values("pk")).order_by("step_run", "position", "pk")
    step = trees.find(found.version.tree, card.id) or {}
    panel = Panel(found, card, step, list(whole), rounds, chosen, list(exchanges), number=where.get("try", ""))
    panel.pruned = kept.exchanges_went(workspace, found, panel.row) if not panel.exchanges else ""
    shown = dict(panel.tabs)
    panel.tab = where["tab"] if where.get("tab") in shown else next(iter(TABS))
    return panel


def _headline(found: Run, flow: Flow, rows: list[StepRun]) -> str:
    tries = max((story.tries for story in flow.stories.values()), default=1)
    return run_steps.headline(found, flow.numbers, tries, rows[-1].step_id if rows else "")


def _asks(found: Run, rows: list[StepRun] | None = None) -> bool:
    if rows is None:
        last = StepRun.objects.filter(run=found, step_id=found.stopped_at).defer(*HEAVY).order_by("pk").last()
    else:
        last = next((row for row in reversed(rows) if row.step_id == found.stopped_at), None)
    return run_steps.asks(found, last)


def _ahead(found: Run) -> Run | None:
    """The run of the same record that goes first, for one that waits its turn."""
    if found.status != RunStatus.QUEUED or not found.lane:
        return None
    rows = Run.objects.filter(lane=found.lane, pk__lt=found.pk, wake_at__isnull=False)
    return rows.order_by("pk").first()


def _seconds(found: Run) -> int:
    if found.status != RunStatus.WAITING or found.wake_at is None:
        return 1

    return 5 if (found.wake_at - timezone.now()).total_seconds() > SLOW else 1


def _tag(found: Run, rows: list[StepRun] | None = None) -> str:
    """Changes with every write of the runner."""
    stand = [found.status, found.token, found.place, found.because, found.finished_at]
    steps = (
        StepRun.objects.filter(run=found).order_by("pk").values_list("pk", "status", "note")
        if rows is None
        else [(row.pk, row.status, row.note) for row in rows]
    )
    return md5(repr((stand, list(steps))).encode(), usedforsecurity=False).hexdigest()[:16]


def _neighbours(found: Run) -> dict[str, str]:
    """Addresses of the next newer and the next older run."""
    newer = Run.objects.filter(pk__gt=found.pk).order_by("pk").values_list("public_id", flat=True).first()
    older = Run.objects.filter(pk__lt=found.pk).order_by("-pk").values_list("public_id", flat=True).first()
    return {"newer": newer or "", "older": older or ""}


def _first_of(found: Run) -> Run | None:
    """The run that this one repeats."""
    same = Run.objects.filter(event=found.event_id, recipe=found.recipe_id, parent=None, replay__lt=found.replay)
    return same.order_by("-replay").only("public_id").first()


def _editor(workspace: Workspace, found: Run, step_id: str) -> str:
    """The recipe's editor at the step; empty while that page isn't there, or the recipe is gone."""
    if found.recipe.deleted_at:
        return ""
    try:
        address = reverse("web:recipe", args=[workspace.slug, found.recipe.public_id])
    except NoReverseMatch:
        return ""
    return f"{address}?step={step_id}" if step_id else address


HERE = "w/<slug:slug>/runs/<slug:rid>/"
urlpatterns = [
    path(HERE, run, name="run"),
    path(f"{HERE}pulse/", pulse, name="run-pulse"),
    path(f"{HERE}retry/", retry, name="run-retry"),
    path(f"{HERE}fix/", fix, name="run-fix"),
    path(f"{HERE}fix/list/", fix_list, name="run-fix-list"),
    path(f"{HERE}again/", again, name="run-again"),
    path(f"{HERE}cancel/", cancel, name="run-cancel"),
]
