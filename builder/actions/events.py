"""Events sent in by a person or a program, as if they had come from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from builder.actions import audit, drafts, inputs
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Connection, Event, Recipe, Source, Subscription
from builder.models.columns import ALPHABET, write_json
from builder.runner import intake, listening
from connectors import catalogue
from connectors.spec import Sighting, Trigger, Watched

LARGEST = 1_048_576
Payload = Mapping[str, Any]


@action(Capability.RUN)
def send(by: Actor, to: Recipe | Connection, payload: Payload, name: str = "", public_id: str = "") -> Event:
    """To a recipe with an address of its own: any JSON object. To another recipe: a record as its trigger gives it. To
    a connection: a delivery as the service sends it, `name` being the service's word for the event. With a `public_id`
    of the caller's what is sent to a recipe twice is one event: the first."""
    _insist_plain(payload)
    if public_id and isinstance(to, Recipe):
        drafts.locked(to)
        if before := Event.objects.filter(public_id=public_id).first():
            return before
    subscription, value = _to_recipe(to, payload) if isinstance(to, Recipe) else _to_connection(to, payload, name)
    event = intake.accept_value(
        value,
        workspace_id=by.workspace.pk,
        connection=subscription.connection,
        subscription=subscription,
        source=Source.API if by.token else Source.PERSON,
        name=name[:80],
    )
    if public_id:
        event.public_id = public_id
        event.save(update_fields=["public_id"])
    audit.write(by, "event.sent", event, str(to))
    return event


def id_of(by: Actor, recipe: Recipe, key: str, about: str = "") -> str:
    """For `send`: the event's own, which a key gives in no other hands, nor to another recipe, nor about another
    record; empty without a key."""
    if not key:
        return ""
    text = f"{by.user and by.user.pk}|{recipe.pk}|{key}|{about}"
    digest = salted_hmac("starting", text, algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:16])


def _to_recipe(recipe: Recipe, payload: Payload) -> tuple[Subscription, dict[str, Any]]:
    if recipe.live is None or recipe.deleted_at:
        raise Invalid(_("“%(name)s” has no live version. Publish it first.") % {"name": recipe.name})
    trigger = inputs.trigger(recipe.live_trigger)
    subscription = _watching(recipe, trigger)
    if subscription.recipe_id and not subscription.connection_id:
        return subscription, dict(payload)
    return subscription, {**asdict(_fired(recipe, trigger, subscription, payload)), "only": recipe.public_id}


def _watching(recipe: Recipe, trigger: Trigger) -> Subscription:
    shared = Subscription.objects.filter(connection=recipe.live_connection, recipe=None, active=True)
    own = Subscription.objects.filter(recipe=recipe, active=True)
    rows = shared if recipe.live_connection_id and not trigger.per_recipe else own
    found = rows.select_related("connection").filter(object=trigger.object).first() or listening.listen(recipe)
    if found is None:
        raise Invalid(_("“%(name)s” starts from nothing that can be sent.") % {"name": recipe.name})
    return found


def _fired(recipe: Recipe, trigger: Trigger, subscription: Subscription, record: Payload) -> Sighting:
    """The record seen in a way that the trigger takes for news. Raises Invalid when there is none, or the recipe's own
    choice leaves it out."""
    chosen = recipe.live.tree["trigger"]["inputs"] if recipe.live else {}
    home = catalogue.connector(trigger.connector)
    watched = home.watched[trigger.object] if home else None
    since = subscription.began_at.isoformat()
    for sighting in _looks(trigger.object, record, watched, subscription.began_at):
        if trigger.fired(None, sighting, since, chosen):
            if because := trigger.why_not(chosen, sighting):
                raise Invalid(because, "payload")
            return sighting
    message = _("This record doesn't start the recipe, which waits for: %(trigger)s. Look at the trigger's sample.")
    raise Invalid(message % {"trigger": trigger.label}, "payload")


def _looks(object_: str, record: Payload, watched: Watched | None, began: datetime) -> Iterator[Sighting]:
    """As if polled, then as if brought by each of the service's events. The beginning is told by the service's clock,
    which may be ahead of ours."""
    now = max(timezone.now(), began).isoformat()
    plain = Sighting(object_, str(record.get("id", "")), _values(record, now), dict(record), created=now)
    yield plain
    for hint in watched.events if watched else ():
        yield replace(plain, hint=hint)
        yield replace(plain, hint=hint, created="")


def _values(record: Payload, now: str) -> dict[str, Any]:
    """What two looks are compared by: ids in the place of objects, and when each was set."""
    found = {name: held.get("id") if isinstance(held, Mapping) else held for name, held in record.items()}
    plain = {name: held for name, held in found.items() if isinstance(held, str | int | bool | list)}
    return {**{f"{name}_at": now for name in plain}, **plain}


def _to_connection(connection: Connection, payload: Payload, name: str) -> tuple[Subscription, dict[str, Any]]:
    home = catalogue.connector(connection.connector)
    word = home.event_of(payload, name) or name if home else ""
    read = (w.read(payload, word) for w in (home.watched.values() if home else ()) if word in w.events)
    sighting = next((seen for seen in read if seen), None)
    if sighting is None:
        message = _("“%(name)s” is no event that recipes can start from. Send it as the service does.")
        raise Invalid(message % {"name": word[:40]}, "name")
    rows = Subscription.objects.filter(connection=connection, object=sighting.object, active=True)
    subscription = rows.select_related("connection").first()
    if subscription is None:
        raise Invalid(_("No recipe watches these records of “%(name)s”.") % {"name": connection.name})
    return subscription, asdict(sighting)


def _insist_plain(payload: Any) -> None:
    if not isinstance(payload, Mapping):
        raise Invalid(_("An event is a JSON object."), "payload")
    try:
        size = len(write_json(dict(payload)))
    except (TypeError, ValueError, RecursionError):
        raise Invalid(_("This is not plain JSON."), "payload") from None
    if size > LARGEST:
        raise Invalid(_("The event is larger than 1 MB. Send less of it."), "payload")
