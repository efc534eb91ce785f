"""A recipe calls another one: a run of that begins, and where it is wished this one rests until it is over."""

from typing import Any

from django.conf import settings

from builder.models import Recipe, RecipeState, Run, RunStatus, StepRun, StepStatus
from builder.models.columns import plain
from builder.recipe import values
from builder.runner import attempt, called, durations, outputs
from builder.runner.desk import Desk, Step
from builder.runner.outcome import Go, Hold, Outcome, Rest
from connectors.tools import hook

Place = tuple[int, ...]
MOST = 3600.0
"""Seconds between two looks how the run that was called stands; its end wakes this one anyway."""
CALLED = "called"
"""Code of the error of a step whose called run failed."""
NOT_LIVE = "The recipe it calls isn't live. Publish or resume it, then retry."
TOO_DEEP = (
    "Recipes call each other {} deep here: {}. That looks like a loop. Let one of them do the work itself, then retry."
)


async def take(desk: Desk, step: Step, place: Place) -> Outcome:
    last = desk.claimed.last.get((step["id"], desk.round_of(place)))
    if last is None:
        return await _begin(desk, step, place)
    if last.status in (StepStatus.DONE, StepStatus.SKIPPED):
        return Go()
    if last.status == StepStatus.WAITING or await _goes_on(desk, last):
        return await _look(desk, step, last)
    return await _begin(desk, step, place)


async def _goes_on(desk: Desk, row: StepRun) -> bool:
    """Whether the run that it called and that had failed was retried since: then its end counts, and no second one is
    called."""
    if (row.error or {}).get("code") != CALLED:
        return False
    child = await desk.do(lambda: _child(row.pk))
    return child is not None and child.status not in (RunStatus.FAILED, RunStatus.CANCELLED)


async def _begin(desk: Desk, step: Step, place: Place) -> Outcome:
    """The call is written together with the caller's rest, or with its next step: never without it, and once."""
    round_ = desk.round_of(place)
    recipe = await desk.do(lambda: _live(desk.run.workspace_id, step["recipe"]))
    if recipe is None:
        return _failed(desk, step, round_, NOT_LIVE, "not_live")
    chain = [*desk.run.chain, (await desk.do(lambda: _name(desk.run)))]
    if settings.LOOP_HOPS and len(chain) > settings.LOOP_HOPS:
        names = " → ".join(f"“{name}”" for name in [*chain, recipe.name])
        sentence = TOO_DEEP.format(len(chain), names)
        desk.new_row(step, round_, StepStatus.FAILED, error={"code": "loop", "message": sentence, "field": ""})
        return Hold(sentence)
    scope, reading = desk.scope(place), desk.reading()
    body = plain({name: values.render(text, scope, **reading) for name, text in step["inputs"].items()})
    status = StepStatus.WAITING if step["wait"] else StepStatus.DONE
    row = desk.new_row(step, round_, status, input=body, note=f"Called the recipe “{recipe.name}”.")
    call = called.make(desk.run, row, recipe, body, chain)
    desk.pending.calls.append(call)
    if step["wait"]:
        return _rest(row, recipe.name)
    desk.close(row, StepStatus.DONE, output={"run": call.run.public_id, "status": "", "message": "", "values": {}})
    return Go()


def _live(workspace_id: int, public_id: str) -> Recipe | None:
    """The recipe when it can be called now: live, and begun by whatever it is sent."""
    wanted = {"public_id": public_id, "state": RecipeState.LIVE, "live_trigger": hook.RECEIVED.key}
    found = Recipe.objects.filter(workspace=workspace_id, deleted_at=None, live__isnull=False, **wanted)
    return found.select_related("live").first()


def _name(run: Run) -> str:
    return str(Recipe.objects.values_list("name", flat=True).get(pk=run.recipe_id))


async def _look(desk: Desk, step: Step, row: StepRun) -> Outcome:
    child = await desk.do(lambda: _child(row.pk))
    if child is None:
        return _over(desk, step, row, "The run that it called is no longer there.")
    if child.status not in RunStatus.ended():
        if row.status != StepStatus.WAITING:
            desk.close(row, StepStatus.WAITING, error=None)
        desk.pending.rests_on = row.pk
        return _rest(row, child.recipe.name)
    if child.status in (RunStatus.FAILED, RunStatus.CANCELLED):
        word = "failed" if child.status == RunStatus.FAILED else "was cancelled"
        because = f": {child.because}" if child.because else "."
        return _over(desk, step, row, f"The run of “{child.recipe.name}” that it called {word}{because}")
    remembered = await desk.do(lambda: _remembered(child))
    output = {"run": child.public_id, "status": child.status, "message": child.because, "values": remembered}
    desk.close(row, StepStatus.DONE, output=outputs.kept(output), error=None)
    return Go()


def _child(step_run_id: int) -> Run | None:
    return Run.objects.select_related("recipe").filter(parent=step_run_id).first()


def _remembered(run: Run) -> dict[str, Any]:
    """What its *remember* steps kept; of two with one name the later one."""
    kept: dict[str, Any] = {}
    for row in StepRun.objects.filter(run=run, kind="remember", status=StepStatus.DONE).order_by("pk"):
        kept |= row.output if isinstance(row.output, dict) else {}
    return kept


def _rest(row: StepRun, name: str) -> Rest:
    until = durations.next_look(row.started_at, MOST)
    return Rest(until, f"It waits for the recipe “{name}” that it called.", wanted=True)


def _over(desk: Desk, step: Step, row: StepRun, sentence: str) -> Outcome:
    desk.close(row, StepStatus.FAILED, error={"code": CALLED, "message": sentence, "field": ""})
    return attempt.settled(desk, step, sentence, CALLED)


def _failed(desk: Desk, step: Step, round_: str, sentence: str, code: str) -> Outcome:
    desk.new_row(step, round_, StepStatus.FAILED, error={"code": code, "message": sentence, "field": ""})
    return attempt.settled(desk, step, sentence)
