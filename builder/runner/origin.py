"""What started a run, read again where the delivery alone is not to be relied on."""

from typing import Any

from builder.models import RunStatus, StepStatus
from builder.models.columns import storable
from builder.recipe.errors import TooMuch
from builder.runner import attempt, calls, keys, outputs
from builder.runner.desk import Desk
from builder.runner.outcome import End, Go, Outcome, Rest
from connectors import catalogue
from connectors.errors import ConnectorError, NotFound
from connectors.spec import Operation, Retry, Sighting, Trigger, Watched

READ_AGAIN = "Read the record again"


async def make_sure(desk: Desk) -> Outcome:
    """Go when the record is as the trigger wants it, with its values in the scope."""
    step = {**desk.claimed.tree["trigger"], "id": "trigger", "kind": "trigger"}
    if desk.claimed.event.complete:
        return Go()
    trigger = catalogue.trigger(step.get("operation", ""))
    home = catalogue.connector(trigger.connector) if trigger else None
    if trigger is None or home is None:
        return End(RunStatus.FAILED, "This version of Recette doesn't know what starts this recipe.")
    return await _reread(desk, step, trigger, home.watched[trigger.object])


async def _reread(desk: Desk, step: dict[str, Any], trigger: Trigger, watched: Watched) -> Outcome:
    try:
        opened = desk.opened(step, trigger.connector)
    except ConnectorError as problem:
        error = {"code": problem.code, "message": problem.message, "field": ""}
        desk.new_row(step, "", StepStatus.FAILED, error=error)
        return attempt.settled(desk, {}, problem.message)
    permit = await desk.admit(opened)
    if isinstance(permit, Rest):
        return permit
    row = desk.new_row(step, "", StepStatus.STARTED)
    await desk.flush()
    line = desk.line(opened, row.step_id, purpose="read", permit=permit)
    record_id = desk.claimed.event.record_id
    try:
        sighting = await line.hold(lambda: watched.reread(record_id, calls.context(line.opened)))
    except NotFound:
        desk.keep(line, row)
        desk.close(row, StepStatus.FILTERED)
        record = (trigger.about or trigger.object).replace("_", " ")
        return End(RunStatus.FILTERED, f"The {record} was deleted in {opened.connector.label} meanwhile.")
    except ConnectorError as problem:
        desk.keep(line, row)
        return await attempt.failed(desk, {}, row, _reading(trigger), opened, problem)
    desk.keep(line, row)
    return _accept(desk, step, row, trigger, sighting)


def _accept(desk: Desk, step: dict[str, Any], row: Any, trigger: Trigger, sighting: Sighting) -> Outcome:
    try:
        data = outputs.kept(dict(sighting.data))
    except TooMuch as problem:
        desk.close(row, StepStatus.FAILED, error=outputs.error(problem))
        return attempt.settled(desk, {}, problem.message)
    desk.run.title = storable(keys.title(data, trigger.object))[:200] or desk.run.title
    because = trigger.why_not(step.get("inputs", {}), sighting)
    desk.close(row, StepStatus.FILTERED if because else StepStatus.DONE, output=data, note=because)
    return End(RunStatus.FILTERED, because) if because else Go()


def _reading(trigger: Trigger) -> Operation:
    """The re-reading as an operation, for the retry rules."""
    return Operation(key=trigger.key, label=READ_AGAIN, kind="lookup", retry=Retry.READ, perform=_never)


def _never(inputs: dict[str, Any], context: Any) -> Any:
    raise AssertionError("reading again is not performed as an operation")
