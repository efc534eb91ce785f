"""What a step is called, whose it is, and how it went: shared by lists of runs, the viewer and the gallery."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import inputs
from builder.models import Connection, Recipe, Run, RunStatus, StepRun, StepStatus, access
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.web.editor import own

GLYPHS = {
    "only_if": "filter", "paths": "arrows-split", "each": "repeat", "wait": "clock", "approval": "hand-stop",
    "remember": "database", "call": "corner-down-right", "stop": "flag",
}  # fmt: skip
OPEN = (StepStatus.STARTED, StepStatus.WAITING, StepStatus.UNKNOWN)


def face(step: dict[str, Any]) -> tuple[str, str]:
    """The app of a step's tile, and the glyph where it is none."""
    kind = step.get("kind", "action")
    if kind != "action":
        return "tools", GLYPHS.get(kind, "tools-kitchen-2")
    app = step.get("operation", "").split(".")[0] or "tools"
    return app, ("webhook" if app == "tools" and "kind" not in step else "tools-kitchen-2")


def names(tree: dict[str, Any], connection: Connection | None = None) -> dict[str, str]:
    """What pills are called in sentences: `{"trigger.value": "value"}`. `connection`: the trigger's."""
    found = own.in_sentences(tree, "trigger", inputs.known(tree["trigger"]["operation"]), connection)
    for step in (tree["trigger"], *(row.step for row in trees.steps(tree))):
        for output in inputs.outputs_of(step):
            label = output.label
            found[f"{step['id']}.{output.path}"] = label[:1].lower() + label[1:] if label[1:2].islower() else label
    return found | _recipes(tree)


def _recipes(tree: dict[str, Any]) -> dict[str, str]:
    """The names of those it calls."""
    wanted = [row.step["recipe"] for row in trees.steps(tree) if row.step["kind"] == "call"]
    with access.unveiled():
        return dict(Recipe.objects.filter(public_id__in=wanted).values_list("public_id", "name")) if wanted else {}


@dataclass
class Story:
    """The attempts at one step of one run, round by round."""

    rounds: dict[str, list[StepRun]] = field(default_factory=lambda: defaultdict(list))

    @property
    def rows(self) -> list[StepRun]:
        return [row for rows in self.rounds.values() for row in rows]

    @property
    def latest(self) -> StepRun:
        """The newest attempt of the round that is worst off, else of the last one."""
        lasts = [rows[-1] for rows in self.rounds.values()]
        return next((row for row in lasts if row.status not in (StepStatus.DONE, StepStatus.SKIPPED)), lasts[-1])

    @property
    def tries(self) -> int:
        return tries(self.rounds[self.latest.iteration])


def tries(rows: list[StepRun]) -> int:
    """Attempts that were made; waiting for the budget is none."""
    return sum(1 for row in rows if row.status != StepStatus.WAITING or row is rows[-1])


def stories(rows: Iterable[StepRun]) -> dict[str, Story]:
    found: dict[str, Story] = defaultdict(Story)
    for row in rows:
        found[row.step_id].rounds[row.iteration].append(row)
    return found


def state_of(run: Run, step_id: str, story: Story | None) -> str:
    """The state a step's card shows; empty when nothing was begun."""
    if story is None:
        return _begun(run) if run.stopped_at == step_id else ""
    row = story.latest
    here = run.stopped_at == step_id
    if row.status in (StepStatus.DONE, StepStatus.SKIPPED, StepStatus.FILTERED):
        return str(row.status)
    if here and run.status in (RunStatus.HELD, RunStatus.WAITING, RunStatus.FAILED):
        return str(run.status)
    if run.status == RunStatus.CANCELLED and row.status in OPEN:
        return "cancelled"
    if run.status in (RunStatus.QUEUED, RunStatus.RUNNING) and (row.status in OPEN or here):
        return "started"
    return str(row.status)


def _begun(run: Run) -> str:
    """Held before any attempt: a value was missing."""
    return str(run.status) if run.status in (RunStatus.HELD, RunStatus.FAILED, RunStatus.FILTERED) else ""


def asks(run: Run, row: StepRun | None) -> bool:
    """Whether a person has to say what became of the step: sent, and nobody knows whether it was done."""
    return run.status == RunStatus.HELD and row is not None and row.status in (StepStatus.HELD, StepStatus.UNKNOWN)


def numbers(tree: dict[str, Any]) -> dict[str, str]:
    return {"trigger": "1", **{row.step["id"]: row.number for row in trees.steps(tree)}}


def headline(run: Run, numbers: dict[str, str], tries: int = 1, reached: str = "") -> str:
    """How the run stands, in a few words: "On hold at 6", "Done after 2 tries"."""
    number = numbers.get(run.stopped_at, "")
    if run.status == RunStatus.DONE:
        return done_word(tries)
    if run.status == RunStatus.RUNNING and reached:
        return _("Step %(n)s of %(total)d") % {"n": numbers.get(reached, "?"), "total": len(numbers)}
    if run.status == RunStatus.WAITING and run.wake_at:
        return waits_word(run)
    at = {
        RunStatus.HELD: _("On hold at %(n)s"),
        RunStatus.FAILED: _("Failed at %(n)s"),
        RunStatus.FILTERED: _("Filtered out at %(n)s"),
    }.get(RunStatus(run.status))
    return at % {"n": number} if at and number else str(RunStatus(run.status).label)


def done_word(tries: int) -> str:
    if tries < 2:
        return _("Done")
    return ngettext("Done after %(n)d try", "Done after %(n)d tries", tries) % {"n": tries}


def waits_word(run: Run) -> str:
    return _("Waits until %(time)s") % {"time": hour(run.wake_at)} if run.wake_at else _("Waiting")


def hour(moment: datetime) -> str:
    """15:00 today, else with the day."""
    here = timezone.localtime(moment)
    near = here.date() == timezone.localdate()
    return formats.date_format(here, "H:i" if near else "j M, H:i")


def title_of(step: dict[str, Any]) -> str:
    return summary.title(step, inputs.known)
