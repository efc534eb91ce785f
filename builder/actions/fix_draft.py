"""A value that mended a run, written to its recipe's draft too by ordinary edits, where nobody was before."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from builder.actions import audit, drafts, fix_values
from builder.actions.actor import Actor
from builder.actions.errors import ActionError, Conflict
from builder.models import Recipe, Run
from builder.recipe import tree as trees
from builder.recipe import values
from connectors.fields import Field

At = tuple[str | int, ...]
"""Inside an input: `(0, "cost")`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of the recipe's draft."""

    changed: bool
    note: str
    """In a sentence: what still runs, or why it stays as it is."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave an input, and what the run had there; both as `fix_values` shows them."""

    field: Field
    was: Any
    now: Any

    def cells(self, recipe: Any) -> list[tuple[At, Any]]:
        """Where in the recipe's input which value goes: what is beside it keeps its pills. Empty where nobody can tell,
        because an earlier step fills it whole or line by line."""
        if not isinstance(self.now, list | dict) or self.field.type in fix_values.SEVERAL or values.empty(recipe):
            return [((), self.now)]
        if isinstance(self.now, dict) and isinstance(recipe, dict):
            return list(_differing(self.was, self.now))
        rows = recipe if isinstance(self.now, list) and isinstance(recipe, list) else []
        if rows and len(rows) == len(self.was) == len(self.now):
            pairs = enumerate(zip(self.was, self.now, strict=True))
            return [((at, *inner), value) for at, pair in pairs for inner, value in _differing(*pair)]
        return [] if values.refs(recipe) or not rows else [((), self.now)]


def write(by: Actor, run: Run, step_id: str, given: Sequence[Given]) -> Draft:
    """Inside the actor's scope and transaction, before the run is locked. All of the values or none; the draft stays
    as it is where it says something else by now than what ran."""
    recipe = Recipe.objects.get(pk=run.recipe_id)
    try:
        with transaction.atomic():
            drafts.locked(recipe)
            for name, at, value in _edits(run, recipe, step_id, given):
                args = {"step": step_id, "field": name, "at": at, "value": value}
                drafts.edit(by, recipe, "set_field", args, recipe.draft_rev, f"fix-{secrets.token_hex(12)}")
    except ActionError as refused:
        return Draft(False, _alone(refused.message))
    names = ", ".join(one.field.name for one in given)
    audit.write(by, "recipe.fixed", recipe, step=step_id, fields=names, run=run.public_id)
    return Draft(True, _told(recipe))


def ahead(run: Run, step_id: str) -> str:
    """What to know where the draft has what mended the run at this step, and the live version hasn't; else empty.
    Inside the workspace's scope."""
    fixes = [given for key, given in (run.fixes or {}).items() if key.split(".")[0] == step_id]
    recipe = run.recipe
    if not fixes or recipe.live is None or recipe.deleted_at:
        return ""
    live, draft = (trees.find(tree, step_id) or {} for tree in (recipe.live.tree, recipe.draft))
    runs, comes = live.get("inputs", {}), draft.get("inputs", {})
    cells = [cell for given in fixes for cell in _cells(given)]
    return _told(recipe) if any(_look(comes, at) == value != _look(runs, at) for at, value in cells) else ""


def _edits(run: Run, recipe: Recipe, step_id: str, given: Sequence[Given]) -> Iterator[tuple[str, At, Any]]:
    """Raises Conflict where the draft isn't what it was any more, or the value has no place in it."""
    ran, now = trees.find(run.version.tree, step_id), trees.find(recipe.draft, step_id)
    if now is None or ran is None:
        raise Conflict(_("This step is no longer in it."))
    if now.get("operation") != ran.get("operation"):
        raise Conflict(_("This step does something else there by now."))
    for one in given:
        was, stands = (step.get("inputs", {}).get(one.field.name) for step in (ran, now))
        cells = one.cells(was)
        if not cells:
            message = _("“%(field)s” is filled by earlier steps there. Change it in the recipe itself.")
            raise Conflict(message % {"field": one.field.label})
        if not all(_stays(was, stands, at, value) for at, value in cells):
            raise Conflict(_("“%(field)s” has another value there meanwhile.") % {"field": one.field.label})
        yield from ((one.field.name, at, value) for at, value in cells)


def _stays(was: Any, stands: Any, at: At, value: Any) -> bool:
    """Whether there still is what ran, or already what is to come."""
    alike = not isinstance(was, list) or (isinstance(stands, list) and len(stands) == len(was))
    return _look(stands, at) == value or (alike and _look(stands, at) == _look(was, at))


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[At, Any]]:
    for name in sorted({*was, *now}):
        if not fix_values.same(was.get(name, ""), now.get(name, "")):
            yield (name,), now.get(name, "")


def _cells(value: Any, at: At = ()) -> Iterator[tuple[At, Any]]:
    """Each text inside, or list of texts, with its place."""
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
        inside = enumerate(value)
    else:
        yield at, value
    for key, inner in inside:
        yield from _cells(inner, (*at, key))


def _look(value: Any, at: At) -> Any:
    for key in at:
        if isinstance(value, dict):
            value = value.get(str(key))
        else:
            value = value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None
    return value


def _alone(because: str) -> str:
    return _("The run goes on, but the recipe’s draft stays as it is: %(because)s") % {"because": because}


def _told(recipe: Recipe) -> str:
    if recipe.live is None:
        return _("The recipe’s draft has the value too. It counts for other runs once the draft is published.")
    message = _(
        "The recipe’s draft has the value too. The live version %(n)d still runs the old one until the draft is "
        "published."
    )
    return message % {"n": recipe.live.number}
