"""A run rests on a question: who is asked, who answers first, and what the run makes of the answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from builder.models import Approval, Decision, Run, RunStatus, StepRun, StepStatus, User
from builder.recipe import values
from builder.runner import doorbell, durations
from builder.runner.clock import now
from builder.runner.desk import Desk, Step
from builder.runner.outcome import End, Go, Hold, Outcome, Rest

Place = tuple[int, ...]
ASSUMED = {"approved": True, "decision": "approved", "by": "Robin Weber", "email": "", "note": "Go ahead", "at": ""}
"""What an approval gives, as later steps see it while building."""


async def take(desk: Desk, step: Step, place: Place) -> Outcome:
    round_ = desk.round_of(place)
    last = desk.claimed.last.get((step["id"], round_))
    if last and last.status in (StepStatus.DONE, StepStatus.SKIPPED):
        return Go()
    if last is None or last.status != StepStatus.WAITING:
        return _ask(desk, step, place, round_)
    found = await desk.do(lambda: _as_it_stands(last.pk))
    return _answered(desk, step, last, found) if found.decision else _rest(found, again=True)


def _ask(desk: Desk, step: Step, place: Place, round_: str) -> Outcome:
    """The question and the run's rest are written together: nobody can answer what no run waits for."""
    scope, reading = desk.scope(place), desk.reading()
    people = addresses(values.render(one, scope, **reading) for one in step["people"])
    if not people:
        row_error = {"code": "inputs", "message": "Nobody is named who could approve this.", "field": "people"}
        desk.new_row(step, round_, StepStatus.FAILED, error=row_error)
        return Hold("Nobody is named who could approve this. Name somebody in the recipe, then run it again.", True)
    until = now() + durations.of(step["timeout"], scope, reading)
    row = desk.new_row(step, round_, StepStatus.WAITING, output={"people": people, "until": until.isoformat()})
    question = Approval(
        workspace_id=desk.run.workspace_id,
        run=desk.run,
        step_run=row,
        people=people,
        message=str(values.render(step["message"], scope, **reading) or "")[:5000],
        until=until,
        created_at=now(),
    )
    desk.pending.asked.append(question)
    return _rest(question)


def addresses(given: Iterable[Any]) -> list[str]:
    """A pill may bring several, with commas between them."""
    texts = [part for one in given for part in (one if isinstance(one, list) else str(one or "").split(","))]
    return list(dict.fromkeys(address for text in texts if (address := str(text).strip().lower())))


def _rest(question: Approval, again: bool = False) -> Rest:
    until = min(question.until, durations.next_look(question.created_at)) if again else question.until
    return Rest(until, f"It waits for a decision by {' or '.join(question.people)}.", wanted=True)


def _as_it_stands(step_run_id: int) -> Approval:
    """Past its time and not answered, it is closed: who answers afterwards comes too late."""
    rows = Approval.objects.select_related("decided_by").filter(step_run_id=step_run_id)
    late = {"decision": Decision.TIMED_OUT, "decided_at": now(), "mail_due": False}
    rows.filter(decision="", until__lte=now()).update(**late)
    return rows.get()


def decide(question: Approval, by: User, approve: bool, note: str) -> bool:
    """Whether this answer counts; False when there was one already. Wakes the run. Inside a transaction."""
    answer = Decision.APPROVED if approve else Decision.DECLINED
    told = {"decided_by": by, "decided_name": str(by)[:150], "decided_at": now(), "note": note, "mail_due": False}
    counts = bool(_open(question).update(decision=answer, **told))
    question.refresh_from_db()
    if counts:
        _wake(question)
    return counts


def ask_others(question: Approval, people: list[str], tell: bool) -> bool:
    """Whether it was still open, and now asks these; `tell` has them told by mail. Wakes the run, which says then whom
    it waits for. Inside a transaction."""
    counts = bool(_open(question).update(people=people, **({"mail_due": True} if tell else {})))
    question.refresh_from_db()
    if counts:
        _wake(question)
    return counts


def _wake(question: Approval) -> None:
    resting = Run.objects.filter(pk=question.run_id, status=RunStatus.WAITING, wake_at__gt=now())
    resting.update(wake_at=now())
    doorbell.ring()


def _open(question: Approval) -> Any:
    return Approval.objects.filter(pk=question.pk, decision="")


def _answered(desk: Desk, step: Step, row: StepRun, found: Approval) -> Outcome:
    told = said(found)
    late = found.decision == Decision.TIMED_OUT
    wish = step["on_timeout"] if late else "approve" if found.decision == Decision.APPROVED else "decline"
    if wish == "hold":
        desk.close(row, StepStatus.FAILED, error={"code": "undecided", "message": told, "field": ""})
        return Hold(f"{told} Retry to ask once more.")
    if wish == "decline" and step["on_decline"] == "stop":
        desk.close(row, StepStatus.FILTERED, note=told)
        return Go(leave=True) if row.iteration else End(RunStatus.FILTERED, told)
    desk.close(row, StepStatus.DONE, output=_output(found, wish == "approve"), note=told)
    return Go()


def _output(found: Approval, approved: bool) -> dict[str, Any]:
    return {
        "approved": approved,
        "decision": found.decision,
        "by": found.decided_name,
        "email": found.decided_by.email if found.decided_by else "",
        "note": found.note,
        "at": _iso(found.decided_at),
    }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def said(found: Approval) -> str:
    """ "Declined by Anna Keller: too expensive." """
    if found.decision == Decision.TIMED_OUT:
        return f"Nobody decided in time: {' and '.join(found.people)} had been asked."
    word = "Approved" if found.decision == Decision.APPROVED else "Declined"
    note = f": {found.note.rstrip('.')}" if found.note else ""
    return f"{word} by {found.decided_name}{note}."
