"""How a whole draft would go on one record, with nothing changed."""

import time
from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions import inputs, testing
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Preview, Recipe
from builder.models.columns import plain, storable
from builder.runner import preview


@action(Capability.EDIT, atomic=False)
def run(by: Actor, recipe: Recipe) -> Preview:
    """With the sample that was chosen for the trigger, else with the catalogue's. Kept until the next one. What goes
    wrong on the way stands in it. Raises Invalid where there is nothing to go through."""
    if not inputs.known(recipe.draft["trigger"]["operation"]):
        raise Invalid(_("Choose what starts the recipe first."))
    if not recipe.draft["steps"]:
        raise Invalid(_("Add a step first: there is nothing to go through yet."))
    data, chosen = testing.trigger_sample(recipe)
    tick, began = time.monotonic(), timezone.now()
    shown = preview.of(recipe, data)
    row, _new = Preview.objects.update_or_create(
        workspace=by.workspace,
        recipe=recipe,
        defaults={
            "rev": recipe.draft_rev,
            "sample": storable(testing.known_by(data))[:200] if chosen else "",
            "at": began,
            "by": by.user,
            "status": shown.status,
            "because": storable(shown.because),
            "stopped_at": shown.stopped_at,
            "taken": plain([asdict(taken) for taken in shown.taken]),
            "took_ms": int((time.monotonic() - tick) * 1000),
        },
    )
    return row


def newest(recipe: Recipe) -> Preview | None:
    return Preview.objects.filter(recipe=recipe).select_related("by").first()


def is_stale(recipe: Recipe, row: Preview) -> bool:
    """Whether what it tells of is the draft, and the record, no longer: another one is due."""
    test = testing.trigger_sample(recipe)[1]
    return row.rev != recipe.draft_rev or bool(row.sample) != bool(test) or bool(test and test.at > row.at)
