"""A run rests for a time, until one, or until something happens."""

from datetime import datetime
from typing import Any

from django.conf import settings

from builder.models import Event, Expectation, RunStatus, StepRun, StepStatus
from builder.recipe import values
from builder.recipe.errors import CantRender
from builder.runner import attempt, awaited, calls, durations, outputs, retry
from builder.runner.clock import now
from builder.runner.desk import Desk, Sheet, Step
from builder.runner.outcome import End, Go, Hold, Outcome, Rest
from connectors import catalogue
from connectors.errors import ConnectorError, NotFound
from connectors.spec import Sighting, Trigger

Place = tuple[int, ...]
LOOK_AGAIN = 30.0
RESTS = ("wait", "approval", "call")
WAITS = "It waits, as the recipe says."


async def take(desk: Desk, step: Step, place: Place) -> Outcome:
    round_ = desk.round_of(place)
    last = desk.claimed.last.get((step["id"], round_))
    if last and last.status in (StepStatus.DONE, StepStatus.SKIPPED):
        return Go()
    waiting = last if last and last.status == StepStatus.WAITING else None
    if step["mode"] == "event":
        return await (_look(desk, step, waiting) if waiting else _begin(desk, step, place, round_))
    if waiting and waiting.output:
        return _woken(desk, waiting, waiting.output["until"])
    until = until_when(desk, step, place)
    desk.new_row(step, round_, StepStatus.WAITING, output={"until": until.isoformat()})
    return Rest(until, WAITS, wanted=True)


def _woken(desk: Desk, row: StepRun, until: str) -> Outcome:
    moment = values.coerce(until, "datetime", zone=desk.reading()["zone"], currency=desk.claimed.workspace.currency)
    if moment > now():
        return Rest(moment, WAITS, wanted=True)
    desk.close(row, StepStatus.DONE)
    return Go()


def until_when(desk: Sheet, step: Step, place: Place) -> Any:
    reading = desk.reading()
    """The moment that a wait for a time, or until one, ends. Raises CantRender."""
    if step["mode"] == "for":
        return now() + durations.of(step, desk.scope(place), reading)
    found = values.render(step["at"], desk.scope(place), **reading)
    return values.coerce(found, "datetime", zone=reading["zone"], currency=reading["currency"])


# Until something happens


async def _begin(desk: Desk, step: Step, place: Place, round_: str) -> Outcome:
    """What it waits for is written together with its rest: an event that comes meanwhile finds it."""
    trigger = catalogue.trigger(step["trigger"])
    if trigger is None or not catalogue.can_wait(trigger):
        return Hold(f"This version of Recette can't wait for {step['trigger'] or 'an event'}: choose another one.")
    try:
        opened = desk.opened(step, trigger.connector)
    except ConnectorError as problem:
        error = {"code": problem.code, "message": problem.message, "field": ""}
        desk.new_row(step, round_, StepStatus.FAILED, error=error)
        return attempt.settled(desk, step, problem.message, problem.code)
    scope, reading = desk.scope(place), desk.reading()
    about = str(values.render(step["about"], scope, **reading) or "").strip()[:200]
    if not about:
        raise CantRender("What the event must be about is empty. Look at the step that gives it.")
    until = now() + durations.of(step["timeout"], scope, reading)
    again = await desk.do(lambda: awaited.before(desk.run.pk, step["id"], round_))
    row = desk.new_row(step, round_, StepStatus.WAITING, output={"about": about, "until": until.isoformat()})
    made = Expectation(
        workspace_id=desk.run.workspace_id,
        run=desk.run,
        step_run=row,
        connection_id=opened.id,
        signature=awaited.sign(opened.id, trigger.key, step["inputs"]),
        about=about,
        about_hash=awaited.hashed(about),
        since=again.since if again and not again.event_id else _since(desk),
        until=until,
    )
    desk.pending.awaited.append(made)
    return Rest(until, _sentence(trigger, about), wanted=True)


def _since(desk: Desk) -> datetime:
    """What came before the run rested last was no answer to what it did since. A run begins with what started it; one
    that is run again, with that."""
    again = desk.run.replay or desk.run.backfill
    began = desk.run.created_at if again else desk.claimed.event.received_at
    rested = [row.finished_at for row in desk.claimed.last.values() if row.kind in RESTS and row.finished_at]
    return max([began, *rested])


def _sentence(trigger: Trigger, about: str) -> str:
    return f"It waits until {in_words(trigger)} (about {about})."


def in_words(trigger: Trigger) -> str:
    """The label inside a sentence."""
    return f"{trigger.label[:1].lower()}{trigger.label[1:]}"


async def _look(desk: Desk, step: Step, row: StepRun) -> Outcome:
    found = await desk.do(lambda: awaited.as_it_stands(row.pk))
    trigger = catalogue.trigger(step["trigger"])
    if trigger is None:
        return Hold(f"This version of Recette doesn't know {step['trigger']}: choose another event to wait for.")
    if found.event:
        return await _came(desk, step, row, trigger, found.event)
    if found.over:
        return _too_late(desk, step, row, trigger, found)
    return Rest(min(found.until, durations.next_look(row.started_at)), _sentence(trigger, found.about), wanted=True)


async def _came(desk: Desk, step: Step, row: StepRun, trigger: Trigger, event: Event) -> Outcome:
    data = dict(event.data or {})
    if not event.complete:
        told = await _reread(desk, step, row, trigger, event.record_id)
        if not isinstance(told, dict):
            return told
        data = told or data
    given = {**data, "happened": True, "happened_at": event.received_at.isoformat()}
    desk.close(row, StepStatus.DONE, output=outputs.kept(given), note=f"It happened: {trigger.label}.")
    return Go()


async def _reread(desk: Desk, step: Step, row: StepRun, trigger: Trigger, record_id: str) -> dict[str, Any] | Outcome:
    """The whole record, where the event told a part; nothing when it is gone by now."""
    home = catalogue.connector(trigger.connector)
    assert home
    try:
        opened = desk.opened(step, trigger.connector)
    except ConnectorError as problem:
        return Hold(problem.message)
    permit = await desk.admit(opened)
    if isinstance(permit, Rest):
        return permit
    line = desk.line(opened, row.step_id, purpose="read", permit=permit)
    watched = home.watched[trigger.object]
    try:
        sighting: Sighting = await line.hold(lambda: watched.reread(record_id, calls.context(line.opened)))
    except NotFound:
        desk.keep(line, row)
        return {}
    except ConnectorError as problem:
        desk.keep(line, row)
        if not problem.again and not await attempt.mended(desk, opened, problem):
            return Hold(f"What it waited for happened, but can't be read: {problem.message}")
        pause = retry.asked_to_wait(problem) or LOOK_AGAIN / settings.TIME_SCALE
        return Rest(retry.after(pause), f"{problem.message} The run goes on by itself.")
    desk.keep(line, row)
    return dict(sighting.data)


def _too_late(desk: Desk, step: Step, row: StepRun, trigger: Trigger, found: Expectation) -> Outcome:
    told = f"It did not happen in time that {in_words(trigger)} (about {found.about})."
    if step["on_timeout"] == "hold":
        desk.close(row, StepStatus.FAILED, error={"code": "not_in_time", "message": told, "field": ""})
        return Hold(f"{told} Retry to wait once more.")
    if step["on_timeout"] == "stop":
        desk.close(row, StepStatus.FILTERED, note=told)
        return Go(leave=True) if row.iteration else End(RunStatus.FILTERED, told)
    desk.close(row, StepStatus.DONE, output={"happened": False, "happened_at": None}, note=told)
    return Go()
