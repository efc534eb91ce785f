"""A run that stopped over a value goes on with another one: for this run alone, its recipe stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Conflict, Invalid
from builder.models import Capability, Run, RunStatus, StepRun, StepStatus
from builder.recipe import tree as trees
from builder.recipe import values
from builder.runner import replay
from connectors.fields import Field
from connectors.spec import Operation
from connectors.tools import http

SIMPLE = ("text", "note", "email", "phone", "url", "number", "integer", "money", "date", "datetime", "choice")
"""Types that one line can hold."""
LONGEST = 5000
CODES = ("inputs", "refused", "duplicate", "not_found")
"""Of errors that are about what the step was given."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One input of the step that stopped the run."""

    field: Field
    value: str
    wrong: bool = False
    """The error is about it."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The one it has among them, so that nothing else is chosen unless somebody chooses."""
        known = self.field.choices
        return known if not known or self.value in dict(known) else ((self.value, self.value or "…"), *known)


def fixable(run: Run) -> list[Fix]:
    """The inputs that may be given another value, the one that is wrong first; empty where that wouldn't help: the
    outcome of the step is open, or it isn't a value that it stopped over."""
    row = _row(run)
    operation = _operation(run, row)
    if row is None or operation is None:
        return []
    wrong = str((row.error or {}).get("field", "")).split(".")[0]
    filled = {**_step(run, row).get("inputs", {}), **(row.input or {})}
    simple = [field for field in operation.fields if field.type in SIMPLE]
    chosen = (f for f in simple if f.name == wrong or f.required or not values.empty(filled.get(f.name)))
    found = [Fix(field, _text((row.input or {}).get(field.name)), field.name == wrong) for field in chosen]
    return sorted(found, key=lambda fix: not fix.wrong)


@action(Capability.RUN)
def fix(by: Actor, run: Run, given: Mapping[str, str]) -> Run:
    """Goes on at the step that stopped it, with these values for this run; those that are as they were don't count.
    Raises Invalid with the field, Conflict when the run isn't waiting for anybody any more."""
    if run.status not in (RunStatus.HELD, RunStatus.FAILED):
        raise Conflict(_("The run is not waiting for anybody any more."))
    known = {one.field.name: one for one in fixable(run)}
    changed = {
        name: text.strip() for name, text in given.items() if name in known and inputs.differs(text, known[name].value)
    }
    if not changed:
        raise Invalid(_("No value is another one yet: correct what is wrong, then go on."))
    for name, text in changed.items():
        _check(run, known[name].field, text)
    try:
        resumed = replay.resume(run, fixes=changed)
    except replay.Late as late:
        raise Conflict(str(late)) from late
    audit.write(by, "run.fixed", run, run.title or run.recipe.name, step=run.stopped_at, fields=", ".join(changed))
    return resumed


def _check(run: Run, field: Field, text: str) -> None:
    if values.has_pill(text):
        raise Invalid(_("Give the value itself: nothing is looked up here."), field.name)
    if len(text) > LONGEST:
        raise Invalid(_("That is too long: %(n)d characters at most.") % {"n": LONGEST}, field.name)
    moment, zone, currency = timezone.now(), run.workspace.zone, run.workspace.currency
    _found, troubles = values.resolve({field.name: text}, [field], {}, now=moment, zone=zone, currency=currency)
    if troubles:
        raise Invalid(troubles[0].message, field.name)


def _row(run: Run) -> StepRun | None:
    """The attempt that stopped it, where another value may help."""
    if run.status not in (RunStatus.HELD, RunStatus.FAILED):
        return None
    last = replay.newest_attempt(run)
    if last is None or last.kind != "action" or last.status != StepStatus.FAILED:
        return None
    return last if str((last.error or {}).get("code")) in CODES else None


def _operation(run: Run, row: StepRun | None) -> Operation | None:
    """None where the values may be secrets."""
    known = inputs.known(row.operation) if row else None
    return known if isinstance(known, Operation) and known.key != http.REQUEST.key else None


def _step(run: Run, row: StepRun) -> dict[str, Any]:
    return trees.find(run.version.tree, row.step_id) or {}


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
