"""A value that mended a run, written to its recipe's draft too by ordinary edits, where nobody was before."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from builder.actions import audit, drafts, inputs
from builder.actions.actor import Actor
from builder.actions.errors import ActionError
from builder.models import Recipe, Run
from builder.recipe import tree as trees


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of the recipe's draft."""

    changed: bool
    note: str
    """In a sentence: what still runs, or why it stays as it is."""


def write(by: Actor, run: Run, step_id: str, values: Mapping[str, Any]) -> Draft:
    """Inside the actor's scope and transaction, before the run is locked. All of the values or none; the draft stays
    as it is where it says something else by now than what ran."""
    recipe = Recipe.objects.get(pk=run.recipe_id)
    try:
        with transaction.atomic():
            drafts.locked(recipe)
            if because := _in_the_way(run, recipe, step_id, values):
                return Draft(False, because)
            for name, value in values.items():
                _edit(by, recipe, step_id, name, value)
    except ActionError as refused:
        return Draft(False, _alone(refused.message))
    audit.write(by, "recipe.fixed", recipe, step=step_id, fields=", ".join(values), run=run.public_id)
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
    found = (comes.get(name) == value != runs.get(name) for given in fixes for name, value in given.items())
    return _told(recipe) if any(found) else ""


def _edit(by: Actor, recipe: Recipe, step_id: str, name: str, value: Any) -> None:
    args = {"step": step_id, "field": name, "value": value}
    drafts.edit(by, recipe, "set_field", args, recipe.draft_rev, f"fix-{secrets.token_hex(12)}")


def _in_the_way(run: Run, recipe: Recipe, step_id: str, values: Mapping[str, Any]) -> str:
    ran, now = trees.find(run.version.tree, step_id), trees.find(recipe.draft, step_id)
    if now is None or ran is None:
        return _alone(_("This step is no longer in it."))
    if now.get("operation") != ran.get("operation"):
        return _alone(_("This step does something else there by now."))
    was, stands = ran.get("inputs", {}), now.get("inputs", {})
    for name in values:
        if stands.get(name) not in (was.get(name), values[name]):
            known = inputs.known(now["operation"])
            field = known.field(name) if known else None
            message = _("“%(field)s” has another value there meanwhile.")
            return _alone(message % {"field": field.label if field else name})
    return ""


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
