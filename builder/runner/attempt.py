"""One attempt at one action: values in, `started` committed, request out, answer in."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import Error

from builder.models import RunStatus, StepRun, StepStatus
from builder.models.columns import plain
from builder.recipe import values, wrong
from builder.recipe.errors import TooMuch
from builder.runner import (
    accounts,
    calls,
    echoes,
    failpoints,
    guards,
    handlers,
    kept,
    limits,
    links,
    money,
    outputs,
    retry,
    scope,
    sealing,
    unfit,
)
from builder.runner.clock import now
from builder.runner.desk import Desk, Sheet, Step
from builder.runner.journal import Closed, Fenced, Unwritten
from builder.runner.outcome import End, Go, Hold, Outcome, Rest
from connectors.errors import ConnectorError, Lacking, RateLimited, SignedOut, Unknown
from connectors.spec import Operation, Retry, dig

log = logging.getLogger(__name__)

Place = tuple[int, ...]
SOON = 5.0
"""Seconds until a run goes on with a connection that seems to have been mended: one that is not must not spin."""
USUAL = "30"
"""The choice that leaves it to the installation how long an answer is waited for."""


async def make(
    desk: Desk, step: Step, place: Place, operation: Operation, inputs: dict[str, Any] | None = None
) -> Outcome:
    """`inputs` of an earlier attempt are used again as they were; else they are read from the recipe now."""
    round_, again = desk.round_of(place), inputs is not None
    if inputs is None:
        inputs, troubles = desk.resolved(step, operation, place)
        if troubles:
            return _unfit(desk, step, round_, operation, handlers.shown(operation, plain(inputs)), troubles)
    inputs = plain(inputs)
    try:
        opened = desk.opened(step, operation.connector, handlers.account(operation, inputs))
    except ConnectorError as problem:
        return _unconnected(desk, step, round_, problem)
    place_kept, output = await kept.recall(operation, opened, inputs)
    if output and not desk.run.replay:
        row = desk.new_row(step, round_, StepStatus.STARTED, input=inputs)
        return finish(desk, row, operation, opened, output, None, kept.NOTE)
    permit = None if operation.key in handlers.HANDLERS else await desk.admit(opened)
    if isinstance(permit, Rest):
        return permit
    marker = scope.marker(desk.claimed, step["id"], round_)
    row = desk.new_row(step, round_, StepStatus.STARTED, input=inputs, marker=marker)
    sealing.hide(row, handlers.shown(operation, inputs))
    wish = wish_of(operation, opened, inputs)
    if wish:
        desk.pending.wishes.append(wish)
    asked = desk.pending.guarded = _guarded(desk, row, operation, inputs, again)
    using = desk.pending.using = accounts.Use(opened)
    failpoints.reach("step.before_started", row.step_id)
    answer = await desk.flush(place=list(place), status=RunStatus.RUNNING)
    failpoints.reach("step.after_started", row.step_id)
    if asked and asked.because:
        return _stopped(desk, opened, asked, permit)
    if using.outdated:
        return _outdated(desk, row, opened, permit)
    answer = answer if wish else None
    if answer and answer.busy:
        if permit:
            desk.spare(opened, permit)
        desk.close(row, StepStatus.WAITING, note="Another run is working on the same record.")
        return Rest(
            retry.after(min(60.0, 2.0 ** min(row.attempt - 1, 6))),
            "Another run is working on the same record. This one goes on after it.",
        )
    linked = answer.remote_id if answer else ""
    return await _perform(desk, step, row, operation, opened, inputs, linked, wish, permit, place_kept)


def _guarded(desk: Desk, row: StepRun, operation: Operation, inputs: dict[str, Any], again: bool) -> guards.Ask | None:
    if handlers.retry_class(operation, inputs) is Retry.READ:
        return None
    return guards.ask(row, desk.claimed.workspace, inputs, again)


def _outdated(desk: Desk, row: StepRun, opened: accounts.Opened, permit: limits.Permit | None) -> Outcome:
    """Nothing was sent: the next claim opens the connection as it is now."""
    if permit:
        desk.spare(opened, permit)
    told = "Its connection was changed just now."
    desk.close(row, StepStatus.WAITING, note=told)
    return Rest(now(), f"{told} The run goes on with it as it is.")


def _stopped(desk: Desk, opened: accounts.Opened, asked: guards.Ask, permit: limits.Permit | None) -> Outcome:
    """By a guard, or because its recipe was deleted, before anything was sent; its row says so already."""
    if permit:
        desk.spare(opened, permit)
    return Hold(asked.because, guarded=asked.which != guards.DELETED)


async def _perform(
    desk: Desk,
    step: Step,
    row: StepRun,
    operation: Operation,
    opened: accounts.Opened,
    inputs: dict[str, Any],
    linked: str,
    wish: links.Wish | None,
    permit: limits.Permit | None,
    place_kept: str,
) -> Outcome:
    chosen = desk.option(step, "timeout", USUAL)
    seconds = 0 if chosen == USUAL else float(chosen)
    line = desk.line(
        opened, row.step_id, permit=permit, shared=handlers.freely(operation, inputs) and not seconds, seconds=seconds
    )
    context = calls.context(opened, row.marker, linked, desk.claimed.workspace.currency, desk.since(row))
    try:
        if operation.key in handlers.HANDLERS:  # a line asks by itself
            await desk.sure()
        try:
            output = await handlers.perform(line, operation, inputs, context)
        finally:
            if line.sent_effect:
                await kept.outdate(operation, opened)
    except ConnectorError as problem:
        desk.keep(line, row)
        done_in_part = line.sent_effect and problem.again  # repeated from the start, what came before would be doubled
        doubtful = (line.broke_down or done_in_part) and not handlers.freely(operation, inputs)
        return await failed(desk, step, row, operation, line.opened, _doubted(problem) if doubtful else problem)
    except (Fenced, Closed, Unwritten, Error):  # whoever has the run looks whether it was done
        raise
    except Exception as mistake:  # a mistake of ours must not lose the run
        log.exception("step failed", extra={"action": "step_mistake", "run": desk.run.public_id, "step": row.step_id})
        desk.keep(line, row)
        return await failed(desk, step, row, operation, line.opened, _ours(mistake, line))
    desk.keep(line, row)
    try:
        given = outputs.kept(output)
    except TooMuch as problem:
        done = line.sent_effect and not handlers.freely(operation, inputs)
        return _too_large(desk, step, row, operation, problem, done)
    await kept.remember(place_kept, operation, given)
    return finish(desk, row, operation, opened, given, wish, _shared(line.others))


def _count(desk: Desk, row: StepRun, operation: Operation, output: Mapping[str, Any]) -> None:
    """What was changed, and the money in it."""
    given = row.input or {}
    if handlers.retry_class(operation, given) is Retry.READ:
        return
    desk.pending.counted["writes"] += 1
    if moved := money.of(operation, given, output, desk.claimed.workspace.currency):
        desk.pending.money.append(moved)


def _too_large(desk: Desk, step: Step, row: StepRun, operation: Operation, problem: TooMuch, done: bool) -> Outcome:
    """`done`: it had its effect, so nobody may repeat it without having said so."""
    if not done:
        desk.close(row, StepStatus.FAILED, error=outputs.error(problem))
        return settled(desk, step, problem.message)
    told = f"It was done, but its answer can't be kept. {problem.message}"
    _count(desk, row, operation, {})
    if desk.option(step, "on_error", "hold") == "go_on":  # it didn't go wrong: an error path would do it twice
        desk.close(row, StepStatus.DONE, output={}, note=told)
        return Go()
    desk.close(row, StepStatus.HELD, error=outputs.error(problem))
    return settled(desk, step, told)


def finish(
    desk: Desk,
    row: StepRun,
    operation: Operation,
    opened: accounts.Opened,
    output: dict[str, Any],
    wish: links.Wish | None,
    note: str = "",
) -> Outcome:
    """`done`, what it gave and whom it tied together: written with the next place."""
    desk.close(row, StepStatus.DONE, output=output, error=None, note=note or _how(output))
    _count(desk, row, operation, output)
    if stamp := echoes.of(operation, opened.id, desk.run, row.input, output):
        desk.pending.written.append(stamp)
    remote = dig(output, operation.link.id) if operation.link else ""
    if wish and remote:
        found = links.Wish(wish.connection_id, wish.kind, wish.local_key, row.marker, str(remote))
        desk.pending.wishes.append(found)
    return Go()


async def failed(
    desk: Desk, step: Step, row: StepRun, operation: Operation, opened: accounts.Opened, problem: ConnectorError
) -> Outcome:
    key = (row.step_id, row.iteration)
    first = desk.claimed.firsts[key].started_at
    patience = desk.option(step, "retry", "day")
    decision = retry.decide(problem, desk.claimed.attempts.get(key, 1), first, desk.tools.chance, patience)
    error = {"code": problem.code, "message": problem.message, "field": problem.field}
    if decision.next == retry.Next.SETTLE and decision.at:
        desk.close(row, StepStatus.UNKNOWN, error=error)
        return Rest(decision.at, f"{problem.message} Recette looks first whether it was done.")
    if decision.next == retry.Next.AGAIN and decision.at:
        waits = isinstance(problem, RateLimited)
        desk.close(row, StepStatus.WAITING if waits else StepStatus.FAILED, error=error)
        return Rest(decision.at, f"{problem.message} The run goes on by itself.")
    desk.close(row, StepStatus.FAILED, error=error)
    if isinstance(problem, Lacking) and opened.id and operation.permission:
        await desk.do(lambda: accounts.lacks(opened, operation.permission))
    if await mended(desk, opened, problem):
        return Rest(retry.after(SOON), "The connection was mended meanwhile. The run goes on with it.")
    return settled(desk, step, problem.message, problem.code)


async def mended(desk: Desk, opened: accounts.Opened, problem: ConnectorError) -> bool:
    """A refused token is noted on its connection; True when that has another one by now."""
    if not isinstance(problem, SignedOut) or not opened.id:
        return False
    return not await desk.do(lambda: accounts.refused(opened, problem.message))


OF_ITEM = ("refused", "duplicate", "not_found", "inputs", "too_large", "called")
"""Codes of what is wrong with one record, not with the account or the service."""


def settled(desk: Sheet, step: Step, sentence: str, code: str = "") -> Outcome:
    """What the recipe wants done about a step that failed for good."""
    choice = desk.option(step, "on_error", "hold")
    if choice == "go_on":
        if step["id"] in desk.claimed.told:
            desk.claimed.outputs[step["id"]] = wrong.gave(sentence)
        return Go()
    if choice == "stop":
        return End(RunStatus.FAILED, sentence)
    return Hold(sentence, of_item=code in OF_ITEM)


def _unfit(
    desk: Desk,
    step: Step,
    round_: str,
    operation: Operation,
    inputs: dict[str, Any],
    troubles: list[values.Trouble],
) -> Outcome:
    sentence = unfit.told(desk.claimed.tree, operation, troubles)
    error = {"code": "inputs", "message": sentence, "field": troubles[0].field}
    desk.new_row(step, round_, StepStatus.FAILED, input=inputs, error=error)
    return settled(desk, step, sentence, "inputs")


def _unconnected(desk: Desk, step: Step, round_: str, problem: ConnectorError) -> Outcome:
    error = {"code": problem.code, "message": problem.message, "field": problem.field}
    desk.new_row(step, round_, StepStatus.FAILED, error=error)
    return settled(desk, step, problem.message)


def wish_of(operation: Operation, opened: accounts.Opened, inputs: dict[str, Any]) -> links.Wish | None:
    if operation.link is None or not (local := inputs.get(operation.link.key)):
        return None
    return links.Wish(opened.id, operation.link.kind, str(local)[:200])


FOUND = {
    "link": "Known from an earlier run.",
    "id_number": "Found by its ID number.",
    "email": "Found by its e-mail address.",
    "created": "None was found, so it was created.",
}


def _how(output: dict[str, Any]) -> str:
    """For operations that look first: what they found, and whether there were several."""
    sentence = FOUND.get(str(output.get("found", "")), "")
    several = output.get("several")
    if sentence and isinstance(several, int) and several > 1:
        return f"{sentence} {several} fit; the first was taken."
    return sentence


def _shared(others: int) -> str:
    if not others:
        return ""
    return f"Sent in one call with {others} other{'' if others == 1 else 's'} that waited for the same."


def _doubted(problem: ConnectorError) -> ConnectorError:
    """A 5xx to a write, whichever and whoever spoke it, may come after the work."""
    unknown = Unknown(problem.message, field=problem.field)
    unknown.response = problem.response
    return unknown


def _ours(mistake: Exception, line: calls.Line) -> ConnectorError:
    sentence = f"That was a mistake of Recette's own ({type(mistake).__name__})."
    if line.sent_effect:
        return Unknown(f"{sentence} The request had left by then.")
    return ConnectorError(f"{sentence} Nothing was changed. Retry, or tell whoever looks after this server.")
