"""What a draft would have done differently: both it and the live version are gone through with what came lately. Nobody
is asked anything. What a service would answer is what it answered then, or else the catalogue's sample."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync

from builder.models import Event, Recipe, Run, RunStatus, StepRun, StepStatus
from builder.models.columns import plain
from builder.recipe import walk
from builder.recipe.errors import CantRender
from builder.runner import approvals, attempt, handlers, outputs, steps, unfit, waits
from builder.runner.clock import clock
from builder.runner.desk import Sheet, Step, operation_of
from builder.runner.leases import Claimed, Outline
from builder.runner.outcome import End, Go, Hold, Outcome
from connectors import catalogue

Place = tuple[int, ...]
Key = tuple[str, str]
"""Step id and round."""
EVENTS = 50
MOST = 300
"""Steps of one run."""
GONE, NEW, CHANGED, ENDS = "gone", "new", "changed", "ends"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the draft would do in another way, for one event."""

    kind: str
    """`new`: a step that is not done now; `gone`: one that is; `changed`: another value of an input; `ends`: it would
    end otherwise."""
    step: str
    field: str = ""
    before: Any = None
    after: Any = None


@dataclass
class Compared:
    """One event's."""

    title: str
    run: str
    """Public id of the run it had."""
    differences: list[Difference]


@dataclass
class Shadowed:
    events: list[Compared] = field(default_factory=list)
    """The newest first."""
    too_long: int = 0
    """Events that were left out, since their runs have too many steps to be compared."""
    starts_otherwise: bool = False
    """The draft's trigger is another one, or asks for something else: which events come isn't compared."""

    @property
    def differing(self) -> list[Compared]:
        return [one for one in self.events if one.differences]


def of(recipe: Recipe) -> Shadowed:
    """The draft beside the live version, with the newest events that the recipe ran for."""
    live = recipe.live
    if live is None:
        return Shadowed()
    clock.ask()  # the loop must not
    found = Shadowed(starts_otherwise=_start(live.tree) != _start(recipe.draft))
    for run, rows in _lately(recipe):
        before, after = (_gone_through(tree, run, rows) for tree in (live.tree, recipe.draft))
        if before.cut or after.cut:
            found.too_long += 1
            continue
        found.events.append(Compared(run.title, run.public_id, list(_compared(before, after))))
    return found


def _start(tree: dict[str, Any]) -> list[Any]:
    """What decides which events come."""
    return [tree["trigger"].get(name) for name in ("operation", "connection", "inputs")]


def _lately(recipe: Recipe) -> Iterable[tuple[Run, dict[Key, StepRun]]]:
    """Runs with their steps, one of each event."""
    rows = Run.objects.filter(recipe=recipe, parent=None).exclude(status__in=RunStatus.open())
    newest = rows.order_by("-pk").values_list("event_id", "pk")[: 2 * EVENTS]
    kept = sorted(dict(reversed(newest)).values(), reverse=True)[:EVENTS]
    runs = Run.objects.filter(pk__in=kept).select_related("event", "workspace").order_by("-pk")
    chosen = [run for run in runs.defer("event__raw", "event__headers") if run.event.data]
    steps_ = StepRun.objects.filter(run__in=chosen, status=StepStatus.DONE).order_by("pk")
    by_run: dict[int, dict[Key, StepRun]] = {}
    for row in steps_:
        by_run.setdefault(row.run_id, {})[row.step_id, row.iteration] = row
    return ((run, by_run.get(run.pk, {})) for run in chosen)


def _gone_through(tree: dict[str, Any], run: Run, rows: dict[Key, StepRun]) -> "Shadow":
    event = Event(workspace_id=run.workspace_id, data=run.event.data, received_at=run.event.received_at)
    bare = Run(workspace_id=run.workspace_id, recipe_id=run.recipe_id, public_id="shadow", created_at=run.created_at)
    shadow = Shadow(Claimed(bare, Outline(tree), run.workspace, event, {}, {}, {}, {}), rows)
    async_to_sync(shadow.walk)()
    return shadow


class Shadow(Sheet):
    def __init__(self, claimed: Claimed, known: dict[Key, StepRun]) -> None:
        super().__init__(claimed)
        self.known = known
        self.did: dict[Key, dict[str, Any]] = {}
        """What each action was given."""
        self.end: tuple[str, str] = ("", "")
        """The status that it ends with, and the step."""
        self.cut = False
        """It has too many steps to be gone through."""

    def reading(self) -> dict[str, Any]:
        """With the time of the run, so that days are judged as they were then, and by both alike."""
        found = super().reading()
        return {**found, "now": self.run.created_at.astimezone(found["zone"])}

    async def walk(self) -> None:
        tree = self.claimed.tree
        place = walk.first(tree)
        while place is not None:
            self.cut = len(self.claimed.last) >= MOST
            if self.cut:
                return
            step = walk.step_at(tree, place)
            try:
                outcome = await steps.take(self, step, place, KINDS)
            except CantRender as problem:
                outcome = Hold(problem.message)
            if not isinstance(outcome, Go):
                status = outcome.status if isinstance(outcome, End) else RunStatus.HELD
                self.end = str(status), step["id"]
                return
            place = walk.after(tree, place, outcome.branch, steps.rounds(self, place), outcome.leave)
        self.end = str(RunStatus.DONE), ""

    def gives(self, step: Step, place: Place, otherwise: Mapping[str, Any]) -> Outcome:
        """What the step gave then; what is usual where it wasn't done, or did something else."""
        round_ = self.round_of(place)
        then = self.known.get((step["id"], round_))
        same = then is not None and then.kind == step["kind"] and then.operation == step.get("operation", "")
        output = then.output if then and same and then.output is not None else outputs.kept(dict(otherwise))
        self.new_row(step, round_, StepStatus.DONE, output=output)
        return Go()


async def action(shadow: Shadow, step: Step, place: Place) -> Outcome:
    operation = operation_of(step)
    if operation is None:
        return Hold("Choose what this step does first.")
    inputs, troubles = shadow.resolved(step, operation, place)
    if troubles:
        shadow.new_row(step, shadow.round_of(place), StepStatus.FAILED)
        return attempt.settled(shadow, step, unfit.told(shadow.claimed.tree, operation, troubles), "inputs")
    shadow.did[step["id"], shadow.round_of(place)] = handlers.shown(operation, plain(inputs))
    return shadow.gives(step, place, operation.sample)


async def wait(shadow: Shadow, step: Step, place: Place) -> Outcome:
    if step["mode"] != "event":
        waits.until_when(shadow, step, place)
        return shadow.gives(step, place, {})
    trigger = catalogue.trigger(step["trigger"])
    return shadow.gives(step, place, {**(trigger.sample if trigger else {}), "happened": True})


async def approval(shadow: Shadow, step: Step, place: Place) -> Outcome:
    return shadow.gives(step, place, approvals.ASSUMED)


async def call(shadow: Shadow, step: Step, place: Place) -> Outcome:
    return shadow.gives(step, place, {"run": "", "status": "done", "message": "", "values": {}})


KINDS: dict[str, steps.Kind] = {**steps.THOUGHT, "action": action, "wait": wait, "approval": approval, "call": call}


def _compared(before: Shadow, after: Shadow) -> Iterable[Difference]:
    for key in dict.fromkeys([*after.did, *before.did]):
        if key not in before.did:
            yield Difference(NEW, key[0])
        elif key not in after.did:
            yield Difference(GONE, key[0])
        else:
            yield from _changed(key[0], before.did[key], after.did[key])
    if before.end != after.end:
        yield Difference(ENDS, after.end[1] or before.end[1], before=before.end, after=after.end)


def _changed(step_id: str, before: dict[str, Any], after: dict[str, Any]) -> Iterable[Difference]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield Difference(CHANGED, step_id, name, before.get(name), after.get(name))
