from collections.abc import Mapping
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from rest_framework import serializers

from builder.actions import events
from builder.actions.actor import Actor
from builder.api.doors import Room, door, the
from builder.api.recipes import one as recipe_of
from builder.api.shape import AT, ID, Listed, Plain, Shape, given, maybe_moment, moment, one_of, text
from builder.models import Capability as C
from builder.models import Connection, Event, EventKey, Fate, Run, RunStatus, Source

WAITING = "waiting"
"""How an empty fate is written."""
FATES = [fate or WAITING for fate in Fate.values]
RECORD = {"id": "opp_1", "name": "Autumn campaign", "status": "won", "value": 1210}


class FateField(serializers.ChoiceField):
    def to_representation(self, value: str) -> str:
        return value or WAITING


class Because(Shape):
    recipe = text("Id of the recipe that listened; empty: none did.")
    because = text()


class EventRow(Shape):
    example = {
        "id": ID,
        "source": "hook",
        "name": "OpportunityStatusUpdate",
        "connection": ID,
        "object": "opportunity",
        "record_id": "opp_1",
        "received_at": AT,
        "read_at": AT,
        "fate": "ran",
        "because": [{"recipe": ID, "because": "Autumn campaign was won."}],
    }

    id = text(source="public_id")
    source = one_of(Source.values)
    name = text("The service's own word for it.")
    connection = text("Id of the connection it came by.", source="connection_id_public", allow_null=True)
    object = text()
    record_id = text()
    received_at = moment()
    read_at = maybe_moment()
    fate = FateField(choices=FATES, help_text="What became of it; waiting: it is about to be read.")
    because = Because(many=True, source="told")


class RunOfEvent(Shape):
    id = text(source="public_id")
    recipe = text(source="recipe_id_public")
    status = one_of(RunStatus.values)


class EventShape(EventRow):
    example = {
        **EventRow.example,
        "data": RECORD,
        "runs": [{"id": ID, "recipe": ID, "status": "done"}],
    }

    data = Plain(allow_null=True, help_text="What it gave to recipes; null until it was read.")
    runs = RunOfEvent(many=True)


class EventsAsked(Listed):
    fate = one_of(FATES, required=False)
    key = given("An e-mail address, phone number, name, number or id that is in it, whole.")
    connection = given("Id of a connection.", 24)
    since = moment("Received at or after this time.", required=False)
    until = moment("Received before this time.", required=False)


class Sent(Shape):
    example = {"payload": RECORD}

    payload = serializers.DictField(help_text="A JSON object.")
    name = given("The service's word for the event.", 80)


class Events(Room):
    @door(C.VIEW, "List events", gives=EventRow, asks=EventsAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Event]:
        rows = period(shown().defer("raw", "query", "headers", "data"), "received_at", given)
        if "fate" in given:
            rows = rows.filter(fate="" if given["fate"] == WAITING else given["fate"])
        if given["connection"]:
            rows = rows.filter(connection__public_id=given["connection"])
        return rows.filter(pk__in=EventKey.matching(given["key"]).values("event")) if given["key"] else rows

    @door(C.VIEW, "Show an event", gives=EventShape)
    def show(self, by: Actor, id: str) -> Event:
        """With its data, and the runs it began."""
        runs = Run.objects.annotate(recipe_id_public=F("recipe__public_id")).order_by("pk")
        return the(shown().prefetch_related(Prefetch("runs", runs)), public_id=id)

    @door(C.RUN, "Send an event to a recipe", takes=Sent, gives=EventShape, status=202)
    def to_recipe(self, by: Actor, given: Mapping[str, Any], id: str) -> Event:
        """A recipe with an address of its own takes any object, others a record as their trigger gives it. It is
        stored when this is answered, and read in a moment: look at its fate then."""
        return _kept(events.send(by, recipe_of(id), given["payload"], given["name"]))

    @door(C.RUN, "Send an event to a connection", takes=Sent, gives=EventShape, status=202)
    def to_connection(self, by: Actor, given: Mapping[str, Any], id: str) -> Event:
        """A delivery as the service would send it."""
        connection = the(Connection.objects, public_id=id, deleted_at=None)
        return _kept(events.send(by, connection, given["payload"], given["name"]))


def period(rows: QuerySet[Any], column: str, given: Mapping[str, Any]) -> QuerySet[Any]:
    ends = {f"{column}__gte": given.get("since"), f"{column}__lt": given.get("until")}
    return rows.filter(**{name: value for name, value in ends.items() if value})


def shown() -> QuerySet[Event]:
    return Event.objects.annotate(connection_id_public=F("connection__public_id"))


def _kept(event: Event) -> Event:
    runs = Run.objects.annotate(recipe_id_public=F("recipe__public_id"))
    return the(shown().prefetch_related(Prefetch("runs", runs)), pk=event.pk)
