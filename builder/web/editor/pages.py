"""The editor's page: bar, flow, panel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from builder.actions import drafts, template_updates
from builder.models import RecipeState, Workspace
from builder.recipe import diff
from builder.web.editor import cards, panel
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands beside the name: state, what changed since, what can be taken back."""

    state: str
    state_word: str
    changes: int
    saved_at: datetime | None
    undo: str
    redo: str
    problems: list[Any]
    next_version: int

    @property
    def changes_word(self) -> str:
        return ngettext("%(n)d change since", "%(n)d changes since", self.changes) % {"n": self.changes}


def bar(desk: Desk) -> Bar:
    recipe = desk.recipe
    history = drafts.history(desk.request.actor, recipe) if desk.may_edit else None
    live = recipe.live
    word = _("Live v%(n)d") % {"n": live.number} if live and recipe.state == RecipeState.LIVE else ""
    return Bar(
        state=recipe.state,
        state_word=word,
        changes=len(diff.changes(live.tree, recipe.draft)) if live else 0,
        saved_at=recipe.draft_at if recipe.draft_rev else None,
        undo=history.undo if history else "",
        redo=history.redo if history else "",
        problems=[(problem, _target(desk, problem)) for problem in desk.problems],
        next_version=live.number + 1 if live else 1,
    )


def _target(desk: Desk, problem: Any) -> dict[str, str]:
    """Where the way out of a problem is."""
    step = desk.step(problem.step_id) if problem.step_id else None
    if step is None:
        return {"number": "", "title": "", "text": _(problem.message) % problem.params, "query": "", "step": ""}
    tab = "app" if problem.field in ("operation", "connection") else ""
    aim = "f-" + problem.field.replace(".", "-") if problem.field and not tab else ""
    if problem.field.startswith("options."):
        tab, aim = "options", rule_aim(step, f"-only_if.conditions{problem.field.removeprefix('options.only_if')}")
    elif "conditions" in problem.field.split("."):
        aim = rule_aim(step, problem.field)
    query = f"?step={problem.step_id}" + (f"&tab={tab}" if tab else "") + (f"&focus={aim}" if aim else "")
    return {
        "number": desk.number(problem.step_id),
        "title": desk.title(step),
        "text": cards.short_text(problem),
        "query": query,
        "step": problem.step_id,
    }


def rule_aim(step: dict[str, Any], place: str) -> str:
    """`conditions.rules.0.rules.1.value` → `r-0-1-value`; in a path `r-pa1b2c-0-1-value`."""
    front, _conditions, rest = place.partition("conditions")
    path = front.rstrip(".")
    if path.startswith("paths."):
        path = f"-{step['paths'][int(path.split('.')[1])]['id']}"
    parts = rest.split(".")
    at = [part for part in parts if part.isdigit()]
    part = parts[-1] if parts[-1] in ("field", "op", "value") else "field"
    return f"r{path}-{'-'.join(at)}-{part}" if at else f"conditions{path}"


@require_GET
@room()
def page(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    context: dict[str, Any] = {"desk": desk, "recipe": desk.recipe, "bar": bar(desk), "flow": cards.flow(desk)}
    context["news"] = template_updates.news(desk.recipe) if desk.may_edit else None
    if desk.open:
        context["panel"] = panel.asked(desk, desk.open)
        context["aim"] = context["panel"].aim
    return render(request, "editor/page.html", context)
