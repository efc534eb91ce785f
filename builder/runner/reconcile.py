"""After an outcome nobody knows: look in the other system first, then adopt, repeat, or ask a person."""

from typing import Any

from django.conf import settings

from builder.models import StepRun, StepStatus
from builder.runner import accounts, attempt, calls, handlers, outputs, retry, sealing
from builder.runner.clock import now
from builder.runner.desk import Desk, Step
from builder.runner.outcome import Go, Hold, Outcome, Rest
from connectors import catalogue
from connectors.errors import ConnectorError, TooLarge, Unclear
from connectors.spec import Operation, Retry

Place = tuple[int, ...]
LOOK_AGAIN = 30.0
NO_ANSWER = {"code": "unavailable", "field": ""}
FOUND = ("reconciles_not_found", "reconciles_found", "reconciles_ambiguous")
"""What a look came to, as it is counted."""


async def recover(desk: Desk, step: Step, place: Place, operation: Operation, last: StepRun) -> Outcome:
    """`last` was sent, or may have been, and nothing was recorded of its answer."""
    if handlers.freely(operation, last.input or {}) and not _too_large(last):
        if _tried_for_a_day(desk, last):
            return _given_up(desk, step, last, "Doing it once more does no harm: retry when it answers again.")
        _close(desk, last, "No answer was recorded. This call may be repeated, so it was.")
        return await attempt.make(desk, step, place, operation, sealing.sent(last))
    if operation.find is None:
        return await _unknown(desk, step, place, operation, last)
    return await _look(desk, step, place, operation, last)


async def _look(desk: Desk, step: Step, place: Place, operation: Operation, last: StepRun) -> Outcome:
    assert operation.find
    find = operation.find
    try:
        opened = desk.opened(step, operation.connector)
    except ConnectorError as problem:
        return await _blind(desk, last, problem)
    permit = await desk.admit(opened)
    if isinstance(permit, Rest):
        return permit
    line = desk.line(opened, last.step_id, purpose="look", permit=permit)
    context = calls.context(opened, last.marker, "", desk.claimed.workspace.currency, desk.since(last))
    doubt = ""
    try:
        hits = await line.hold(lambda: find(sealing.sent(last), context))
    except Unclear as seen:
        hits, doubt = [], seen.message
    except ConnectorError as problem:
        desk.keep(line, last)
        return await _blind(desk, last, problem, opened)
    desk.keep(line, last)
    return await _judge(desk, step, place, operation, last, hits, opened.connector.label, doubt)


async def _judge(
    desk: Desk,
    step: Step,
    place: Place,
    operation: Operation,
    last: StepRun,
    hits: list[dict[str, Any]],
    service: str,
    doubt: str,
) -> Outcome:
    lagging = not hits and operation.lag and _looks(last) == 0
    if not lagging:
        desk.pending.counted[FOUND[min(len(hits), 2)]] += 1
    if len(hits) == 1:
        note = f"The answer had got lost. Recette looked in {service}, found that it was done, and did not repeat it."
        opened = desk.opened(step, operation.connector)
        wish = attempt.wish_of(operation, opened, last.input or {})
        return attempt.finish(desk, last, operation, opened, outputs.kept(hits[0]), wish, note)
    if len(hits) > 1:
        desk.close(last, StepStatus.HELD, output=outputs.kept({"found": hits}))
        return Hold(f"{service} holds {len(hits)} records that this step may have made. Look there, then choose one.")
    if lagging:
        _count_look(desk, last)
        pause = max(operation.lag, LOOK_AGAIN) / settings.TIME_SCALE
        return Rest(retry.after(pause), f"Nothing found in {service} yet. Its search lags, so Recette looks once more.")
    if operation.retry == Retry.RECONCILE and not doubt and not _too_large(last):
        if _tried_for_a_day(desk, last):
            return _given_up(desk, step, last, f"Recette looked in {service}: it was not done. Retry when it answers.")
        _close(desk, last, f"The answer had got lost. Recette looked in {service}: it was not done.")
        return await attempt.make(desk, step, place, operation, sealing.sent(last))
    return await _unknown(desk, step, place, operation, last, doubt)


async def _unknown(
    desk: Desk, step: Step, place: Place, operation: Operation, last: StepRun, doubt: str = ""
) -> Outcome:
    """Nobody can look: the recipe's own rule, and without one a person. What is too large would be so each time, and
    what was sent five times may have been done five times."""
    choice = desk.option(step, "on_unknown", "ask")
    tries = desk.claimed.attempts.get((last.step_id, last.iteration), 1)
    if choice == "again" and tries < retry.QUICK and not _too_large(last):
        _close(desk, last, "Nobody knows whether it was done. The recipe says: do it again.")
        return await attempt.make(desk, step, place, operation, sealing.sent(last))
    if choice == "skip":
        desk.close(last, StepStatus.SKIPPED, note="Nobody knows whether it was done. The recipe says: skip it.")
        return Go()
    desk.close(last, StepStatus.HELD)
    why = _too_large_of(operation) if _too_large(last) else "the answer got lost"
    look = doubt or "Look there, then tell Recette."
    return Hold(f"Nobody knows whether “{operation.label}” was done: {why}. {look}")


async def _blind(desk: Desk, last: StepRun, problem: ConnectorError, opened: accounts.Opened | None = None) -> Outcome:
    """The look itself failed."""
    mended = opened is not None and await attempt.mended(desk, opened, problem)
    if not mended and (not problem.again or now() - last.started_at > retry.GIVE_UP):
        desk.close(last, StepStatus.HELD, error={"code": problem.code, "message": problem.message, "field": ""})
        return Hold(f"Recette can't look whether it was done: {problem.message}")
    _count_look(desk, last, by=0)
    pause = retry.asked_to_wait(problem) or LOOK_AGAIN / settings.TIME_SCALE
    return Rest(retry.after(pause), f"Recette can't look yet: {problem.message}")


def _tried_for_a_day(desk: Desk, last: StepRun) -> bool:
    """Without an answer to the last try either; one that a lost worker broke off is made again."""
    first = desk.claimed.firsts[last.step_id, last.iteration]
    return last.status == StepStatus.UNKNOWN and now() - first.started_at > retry.GIVE_UP


def _given_up(desk: Desk, step: Step, last: StepRun, way_out: str) -> Outcome:
    """As every other trouble that doesn't pass within a day: a person, or what the recipe says."""
    sentence = f"Each try for a day ended without an answer. {way_out}"
    _close(desk, last, "No answer was recorded, for a day.", {**(last.error or NO_ANSWER), "message": sentence})
    return attempt.settled(desk, step, sentence)


def _too_large(last: StepRun) -> bool:
    """Its answer will be so again, however often the call is made."""
    return (last.error or {}).get("code") == TooLarge.code


def _too_large_of(operation: Operation) -> str:
    home = catalogue.connector(operation.connector)
    service = home.label if home and home.methods else "the service"  # a request of one's own may go to any
    return f"the answer of {service} is larger than we read"


def _looks(last: StepRun) -> int:
    return int((last.error or {}).get("looks", 0))


def _count_look(desk: Desk, last: StepRun, by: int = 1) -> None:
    error = last.error or {"code": "unknown", "message": "The answer got lost.", "field": ""}
    desk.close(last, StepStatus.UNKNOWN, error={**error, "looks": _looks(last) + by})


def _close(desk: Desk, last: StepRun, note: str, error: dict[str, Any] | None = None) -> None:
    desk.close(last, StepStatus.FAILED, note=note, **({"error": error} if error else {}))
