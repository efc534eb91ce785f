"""A live recipe started by a person: with records they chose, with what its form asks for, or just so."""

from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.actions import events, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid, NotFound
from builder.models import Capability, Event, Recipe, RecipeState
from builder.recipe import values
from builder.runner import trying
from connectors.errors import ConnectorError
from connectors.errors import NotFound as ConnectorNotFound
from connectors.spec import Sighting
from connectors.tools import hook, manual, schedule

GONE = lazy("There is no such record among the newest any more. Look again.")


@action(Capability.RUN, atomic=False)
def records(by: Actor, recipe: Recipe) -> list[Sighting]:
    """The newest real records that fit the live trigger. Raises Invalid when the service can't be asked."""
    trigger = _trigger(recipe)
    if recipe.live_connection is None:
        return []
    given = {name: value for name, value in trigger["inputs"].items() if not values.empty(value)}
    try:
        return trying.latest(recipe.live_connection, trigger["operation"], given)
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem


@action(Capability.RUN, atomic=False)
def with_records(by: Actor, recipe: Recipe, record_ids: Collection[str], key: str = "") -> list[Event]:
    """One event for each of those, the oldest first, as whole as the trigger gives it; when one is gone or can't be
    read, none is begun. Of two clicks with one `key` the first counts."""
    trigger = _trigger(recipe)
    if not record_ids:
        raise Invalid(_("Choose the record it is to run for."))
    found = {sighting.record_id: sighting for sighting in records(by, recipe)}
    if not recipe.live_connection or not found.keys() >= set(record_ids):
        raise NotFound(GONE)
    chosen = [found[record_id] for record_id in reversed(found) if record_id in record_ids]
    try:
        whole = [trying.whole(recipe.live_connection, trigger["operation"], one) for one in chosen]
    except ConnectorNotFound as problem:
        raise NotFound(GONE) from problem
    except ConnectorError as problem:
        raise Invalid(problem.message) from problem
    with transaction.atomic():
        return [
            events.send(by, recipe, dict(one.data), public_id=events.id_of(by, recipe, key, one.record_id))
            for one in whole
        ]


@action(Capability.RUN)
def by_hand(by: Actor, recipe: Recipe, given: Mapping[str, Any], key: str = "") -> Event:
    """Of a recipe that no service starts: with the form's values, the body of a call, or at this moment. Of two clicks
    with one `key` the first counts."""
    trigger = _trigger(recipe)
    zone, own = ZoneInfo(by.workspace.zone), events.id_of(by, recipe, key)
    if trigger["operation"] == manual.STARTED.key:
        missing = [name for name, _help in manual.asked(trigger["inputs"]) if not str(given.get(name) or "").strip()]
        if missing:
            raise Invalid(errors={name: [_("Fill this in.")] for name in missing})
        moment = timezone.now().astimezone(zone)
        return events.send(by, recipe, manual.start(trigger["inputs"], str(by.user), moment, given), public_id=own)
    if trigger["operation"] == schedule.DUE.key:
        return events.send(by, recipe, schedule.moment(timezone.now(), by.workspace.zone), public_id=own)
    if trigger["operation"] == hook.RECEIVED.key:
        return events.send(by, recipe, given, public_id=own)
    raise Invalid(_("“%(name)s” starts from a record: choose one.") % {"name": recipe.name})


@action(Capability.RUN, atomic=False)
def begun(by: Actor, recipe: Recipe, key: str, record_ids: Collection[str] = ("",)) -> list[Event]:
    """What this person started with this key before: all of it, or nothing."""
    ids = {events.id_of(by, recipe, key, record_id) for record_id in record_ids} if key else set()
    found = list(Event.objects.filter(public_id__in=ids).order_by("pk"))
    return found if len(found) == len(ids) else []


def ready(recipe: Recipe) -> bool:
    return recipe.live is not None and not recipe.deleted_at and recipe.state == RecipeState.LIVE


def kind(recipe: Recipe) -> str:
    """What a person chooses to start it: `records`, `form`, `call`, or `now`: nothing."""
    own = {manual.STARTED.key: "form", schedule.DUE.key: "now", hook.RECEIVED.key: "call"}
    return own.get(recipe.live_trigger, "records")


def asked(recipe: Recipe) -> list[tuple[str, str]]:
    """(name, hint) of each field of its form."""
    return manual.asked(_trigger(recipe)["inputs"])


def _trigger(recipe: Recipe) -> dict[str, Any]:
    if recipe.live is None or not ready(recipe):
        raise Invalid(_("“%(name)s” is not live. Publish it, or resume it, first.") % {"name": recipe.name})
    inputs.trigger(recipe.live_trigger)
    return dict(recipe.live.tree["trigger"])
