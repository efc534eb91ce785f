"""A run that stopped over a value goes on with another one: for this run and, if wanted, in its recipe's draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import audit, fix_draft, fix_values, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Conflict, Invalid
from builder.actions.fix_draft import Draft, Given
from builder.models import Capability, Connection, Run, RunStatus, StepRun, StepStatus
from builder.recipe import tree as trees
from builder.recipe import values
from builder.runner import replay
from connectors.fields import Field
from connectors.spec import Operation
from connectors.tools import http

CODES = ("inputs", "refused", "duplicate", "not_found")
"""Of errors that are about what the step was given."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One input of the step that stopped the run."""

    field: Field
    value: Any
    """As `fix_values` shows it: a text, a list of texts, a dict, a list of dicts."""
    place: str = ""
    """What the error is about, when it is this one or something inside it: `line_items.0.cost`."""
    unseen: tuple[str, ...] = ()
    """Names inside it that have no control: they are lost to who changes the rest."""

    @property
    def wrong(self) -> bool:
        return bool(self.place)


@dataclass(frozen=True, slots=True)
class Fixed:
    run: Run
    draft: Draft | None = None
    """What became of the recipe's draft, if it was to have the values too."""


def fixable(run: Run) -> list[Fix]:
    """The inputs that may be given another value, the one that is wrong first; empty where that wouldn't help: the
    outcome of the step is open, or it isn't a value that it stopped over."""
    row = _row(run)
    operation = _operation(run, row)
    if row is None or operation is None:
        return []
    place = str((row.error or {}).get("field", ""))
    filled = given(run)
    found = []
    for field in operation.fields:
        about = _is_about(place, field.name)
        if about or field.required or not values.empty(filled.get(field.name)):
            was = (row.input or {}).get(field.name)
            unseen = fix_values.unseen(field, was)
            found.append(Fix(field, fix_values.shown(field, was), place if about else "", unseen))
    return sorted(found, key=lambda fix: not fix.wrong)


def given(run: Run) -> dict[str, Any]:
    """What the step that stopped it was given; what could not be filled in, as its recipe has it."""
    row = _row(run)
    return {**_step(run, row).get("inputs", {}), **(row.input or {})} if row else {}


def connection(run: Run) -> Connection | None:
    """The account that step works with, where it is still there."""
    row = _row(run)
    public_id = _step(run, row).get("connection", "") if row else ""
    return Connection.objects.filter(public_id=public_id, deleted_at=None).first() if public_id else None


@action(Capability.RUN)
def fix(by: Actor, run: Run, given: Mapping[str, Any], draft_too: bool = False) -> Fixed:
    """Goes on at the step that stopped it, with these values for this run; those that are as they were don't count.
    With `draft_too` its recipe's draft gets them too, which only who may edit can ask for. Raises Invalid with the
    fields, Conflict when the run isn't waiting for anybody any more."""
    if draft_too:
        by.require(Capability.EDIT)
    if run.status not in (RunStatus.HELD, RunStatus.FAILED):
        raise Conflict(_("The run is not waiting for anybody any more."))
    known = {one.field.name: one for one in fixable(run)}
    asked = {name: fix_values.taken(known[name].field, value) for name, value in given.items() if name in known}
    changed = {name: value for name, value in asked.items() if not fix_values.same(value, known[name].value)}
    if not changed:
        raise Invalid(_("No value is another one yet: correct what is wrong, then go on."))
    _check(run, {name: known[name].field for name in changed}, changed)
    row = _row(run)
    news = [Given(known[name].field, known[name].value, value) for name, value in changed.items()]
    draft = fix_draft.write(by, run, row.step_id, news) if draft_too and row else None
    try:
        resumed = replay.resume(run, fixes=changed)
    except replay.Late as late:
        raise Conflict(str(late)) from late
    audit.write(by, "run.fixed", run, run.title or run.recipe.name, step=run.stopped_at, fields=", ".join(changed))
    return Fixed(resumed, draft)


def _check(run: Run, fields: Mapping[str, Field], given: Mapping[str, Any]) -> None:
    """Raises Invalid with every place that is wrong."""
    wrong: dict[str, list[str]] = {}
    for name, value in given.items():
        for place, field, text in fix_values.leaves(fields[name], value):
            if values.has_pill(text):
                wrong[place] = [_("Give the value itself: nothing is looked up here.")]
            elif len(text) > (most := fix_values.longest(field)):
                wrong[place] = [_("That is too long: %(n)d characters at most.") % {"n": most}]
    moment, zone, currency = timezone.now(), run.workspace.zone, run.workspace.currency
    sound = {name: value for name, value in given.items() if not any(_is_about(place, name) for place in wrong)}
    tried = [fields[name] for name in sound]
    _found, troubles = values.resolve(sound, tried, {}, now=moment, zone=zone, currency=currency)
    for trouble in troubles:
        wrong.setdefault(trouble.field, [trouble.message])
    if wrong:
        raise Invalid(errors=wrong)


def _is_about(place: str, name: str) -> bool:
    return place == name or place.startswith(f"{name}.")


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
