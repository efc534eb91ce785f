"""A live recipe started by a person: with a record they chose, with what its form asks for, or just so."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.actions import events, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid, NotFound
from builder.models import Capability, Event, Recipe, RecipeState
from builder.recipe import values
from builder.runner import preview
from connectors.errors import ConnectorError
from connectors.errors import NotFound as ConnectorNotFound
from connectors.spec import Sighting
from connectors.tools import hook, manual, schedule

GONE = lazy("There is no such record any more. Look again.")


@action(Capability.RUN, atomic=False)
def records(by: Actor, recipe: Recipe) -> list[Sighting]:
    """The newest real records that fit the live trigger. Raises Invalid when the service can't be asked."""
    trigger = _trigger(recipe)
    if recipe.live_connection is None:
        return []
    given = {name: value for name, value in trigger["inputs"].items() if not values.empty(value)}
    try:
        return preview.latest(recipe.live_connection, trigger["operation"], given)
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem


@action(Capability.RUN, atomic=False)
def with_record(by: Actor, recipe: Recipe, record_id: str) -> Event:
    """With one of those, as whole as the trigger gives it."""
    trigger = _trigger(recipe)
    found = next((s for s in records(by, recipe) if s.record_id == record_id), None)
    if found is None or recipe.live_connection is None:
        raise NotFound(GONE)
    try:
        whole = preview.whole(recipe.live_connection, trigger["operation"], found)
    except ConnectorNotFound as problem:
        raise NotFound(GONE) from problem
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem
    return events.send(by, recipe, dict(whole.data))


@action(Capability.RUN)
def by_hand(by: Actor, recipe: Recipe, given: Mapping[str, Any]) -> Event:
    """Of a recipe that no service starts: with the form's values, the body of a call, or at this moment."""
    trigger = _trigger(recipe)
    zone = ZoneInfo(by.workspace.zone)
    if trigger["operation"] == manual.STARTED.key:
        missing = [name for name, _help in manual.asked(trigger["inputs"]) if not str(given.get(name) or "").strip()]
        if missing:
            raise Invalid(errors={name: [_("Fill this in.")] for name in missing})
        moment = timezone.now().astimezone(zone)
        return events.send(by, recipe, manual.start(trigger["inputs"], str(by.user), moment, given))
    if trigger["operation"] == schedule.DUE.key:
        return events.send(by, recipe, schedule.moment(timezone.now(), by.workspace.zone))
    if trigger["operation"] == hook.RECEIVED.key:
        return events.send(by, recipe, given)
    raise Invalid(_("“%(name)s” starts from a record: choose one.") % {"name": recipe.name})


def kind(recipe: Recipe) -> str:
    """What a person chooses to start it: `records`, `form`, `call`, or `now`: nothing."""
    own = {manual.STARTED.key: "form", schedule.DUE.key: "now", hook.RECEIVED.key: "call"}
    return own.get(recipe.live_trigger, "records")


def asked(recipe: Recipe) -> list[tuple[str, str]]:
    """(name, hint) of each field of its form."""
    return manual.asked(_trigger(recipe)["inputs"])


def _trigger(recipe: Recipe) -> dict[str, Any]:
    if recipe.live is None or recipe.deleted_at or recipe.state != RecipeState.LIVE:
        raise Invalid(_("“%(name)s” is not live. Publish it, or resume it, first.") % {"name": recipe.name})
    inputs.trigger(recipe.live_trigger)
    return dict(recipe.live.tree["trigger"])
