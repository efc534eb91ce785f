"""One function per kind of step: (desk, step, place) to an outcome."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from builder.models import RunStatus, StepStatus
from builder.recipe import conditions, values, walk
from builder.recipe import tree as trees
from builder.recipe.errors import CantRender
from builder.runner import approvals, attempt, calling, outputs, reconcile, scope, waits
from builder.runner.desk import Desk, Sheet, Step, operation_of
from builder.runner.outcome import End, Go, Hold, Outcome

Place = tuple[int, ...]
OPTIONAL = ("action", "wait", "approval", "remember", "call")
"""Kinds that a run may do without."""


Kind = Callable[[Any, Step, Place], Awaitable[Outcome]]
"""The first argument is the desk of a run, or the sheet that the kind makes do with."""


async def take(desk: Sheet, step: Step, place: Place, kinds: Mapping[str, Kind] | None = None) -> Outcome:
    """`kinds`: how each kind of step is carried out, where that isn't as in a run."""
    kind = (kinds or KINDS).get(step["kind"])
    if kind is None:
        return Hold(f"This version of Recette can't carry out a step of the kind “{step['kind']}”.")
    try:
        outcome = Go() if _left_out(desk, step, place) else await kind(desk, step, place)
    except CantRender as problem:
        if not passes_over(desk, place):
            raise
        error = {"code": "inputs", "message": problem.message, "field": ""}
        desk.new_row(step, desk.round_of(place), StepStatus.FAILED, error=error)
        return Go(leave=True)
    held_for_item = isinstance(outcome, Hold) and outcome.of_item
    return Go(leave=True) if held_for_item and passes_over(desk, place) else outcome


def _left_out(desk: Sheet, step: Step, place: Place) -> bool:
    """Whether the step's own condition says that this run does without it; judged once, before it begins."""
    group = step["options"].get("only_if")
    if not group or not group["rules"] or step["kind"] not in OPTIONAL:
        return False
    round_ = desk.round_of(place)
    last = desk.claimed.last.get((step["id"], round_))
    if last and last.status != StepStatus.FAILED:
        return bool(last.status == StepStatus.SKIPPED)
    verdict = conditions.judge(group, desk.scope(place), **desk.reading())
    if not verdict.passed:
        desk.new_row(step, round_, StepStatus.SKIPPED, note=f"Left out: {verdict.because}.")
    return not verdict.passed


def passes_over(desk: Sheet, place: Place) -> bool:
    """Whether the loop around the place goes on with the next item when a step fails."""
    around = (walk.step_at(desk.claimed.tree, place[:length]) for length in range(len(place) - 2, 0, -2))
    return next((step["on_error"] == "go_on" for step in around if step["kind"] == "each"), False)


def ended(desk: Sheet) -> End:
    """Past the last step; what a loop passed over is not kept quiet."""
    loops = [row.step for row in trees.steps(desk.claimed.tree) if row.step.get("on_error") == "go_on"]
    inside = {row.step["id"] for loop in loops for row in trees.steps({"steps": loop["steps"]}) if _matters(row.step)}
    failed = (key for key, row in desk.claimed.last.items() if key[0] in inside and row.status == StepStatus.FAILED)
    rounds = len({round_ for _step_id, round_ in failed})
    told = "1 item of a loop failed and was" if rounds == 1 else f"{rounds} items of a loop failed and were"
    return End(RunStatus.DONE, f"{told} passed over." if rounds else "")


def _matters(step: Step) -> bool:
    return bool(step["options"].get("on_error") != "go_on")


async def action(desk: Desk, step: Step, place: Place) -> Outcome:
    operation = operation_of(step)
    if operation is None:
        return Hold(f"This version of Recette doesn't know the operation {step.get('operation')}: choose another one.")
    last = desk.claimed.last.get((step["id"], desk.round_of(place)))
    if last and last.status in (StepStatus.DONE, StepStatus.SKIPPED):
        return Go()
    if last and last.status in (StepStatus.STARTED, StepStatus.UNKNOWN, StepStatus.HELD):
        return await reconcile.recover(desk, step, place, operation, last)
    return await attempt.make(desk, step, place, operation)


async def only_if(desk: Sheet, step: Step, place: Place) -> Outcome:
    verdict = conditions.judge(step["conditions"], desk.scope(place), **desk.reading())
    status = StepStatus.DONE if verdict.passed else StepStatus.FILTERED
    desk.new_row(step, desk.round_of(place), status, note=verdict.because)
    if verdict.passed:
        return Go()
    return Go(leave=True) if desk.round_of(place) else End(RunStatus.FILTERED, verdict.because)


async def paths(desk: Sheet, step: Step, place: Place) -> Outcome:
    chosen, because = len(step["paths"]), "None of the conditions fits."
    for index, path in enumerate(step["paths"]):
        verdict = conditions.judge(path["conditions"], desk.scope(place), **desk.reading())
        if verdict.passed:
            chosen, because = index, verdict.because
            break
    desk.new_row(step, desk.round_of(place), StepStatus.DONE, note=because, output={"path": chosen})
    return Go(branch=chosen)


async def each(desk: Sheet, step: Step, place: Place) -> Outcome:
    found = values.render(step["list"], desk.scope(place), **desk.reading())
    items = found if isinstance(found, list) else [] if found in (None, "") else [found]
    output = outputs.kept({"items": items, "count": len(items)})
    desk.new_row(step, desk.round_of(place), StepStatus.DONE, output=output)
    return Go()


async def remember(desk: Sheet, step: Step, place: Place) -> Outcome:
    kept = {
        name: values.render(text, desk.scope(place), **desk.reading()) if isinstance(text, str) else text
        for name, text in step["values"].items()
    }
    desk.new_row(step, desk.round_of(place), StepStatus.DONE, output=outputs.kept(kept))
    return Go()


async def stop(desk: Sheet, step: Step, place: Place) -> Outcome:
    message = str(values.render(step.get("message", ""), desk.scope(place), **desk.reading()))
    desk.new_row(step, desk.round_of(place), StepStatus.DONE, note=message)
    ends = {"failed": RunStatus.FAILED, "filtered": RunStatus.FILTERED}
    return End(ends.get(step.get("outcome", "done"), RunStatus.DONE), message)


THOUGHT: dict[str, Kind] = {"only_if": only_if, "paths": paths, "each": each, "remember": remember, "stop": stop}
"""Kinds that ask nobody and change nothing."""
KINDS: dict[str, Kind] = {
    **THOUGHT,
    "action": action,
    "wait": waits.take,
    "approval": approvals.take,
    "call": calling.take,
}
"""What this version carries out; publishing refuses the rest."""


def rounds(desk: Sheet, place: Place) -> dict[Place, int]:
    """How often each loop on the way to the place, and at it, goes round."""
    counted = {}
    for length in range(1, len(place) + 1, 2):
        step = walk.step_at(desk.claimed.tree, place[:length])
        if step["kind"] == "each" and (output := desk.claimed.outputs.get(step["id"])):
            counted[place[:length]] = walk.rounds(len(output["items"]), scope.batch_of(step))
    return counted
