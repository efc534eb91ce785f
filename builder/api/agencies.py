from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from builder.actions import agencies
from builder.actions.actor import Actor
from builder.api import limits
from builder.api.connections import ConnectionRow, shown
from builder.api.doors import Room, door, the
from builder.api.shape import AT, ID, Listed, Shape, given, maybe_moment, moment, name_of, text, words
from builder.models import Agency
from builder.models import Capability as C


class AgencyShape(Shape):
    example = {
        "id": ID,
        "connector": "ghl",
        "record_id": "5DP4iH6HLkQsiKESj6rh",
        "app": "6578278e879ad2646715ba9c-lr4k1x2p",
        "signed_out": False,
        "trouble": "",
        "tested_at": AT,
        "created_at": AT,
        "created_by": "Olive Owner",
    }

    id = text(source="public_id")
    connector = text()
    record_id = text("The agency's own id at the service.")
    app = text("Client id of the app it let in.")
    signed_out = serializers.SerializerMethodField(help_text="The service refused its token: sign in there again.")
    trouble = text("What is wrong with its consent, and what to do; empty while it is good.")
    tested_at = maybe_moment("When it was asked last: once a day, or when a person let the app in.")
    created_at = moment()
    created_by = name_of()

    def get_signed_out(self, row: Agency) -> bool:
        return not row.sealed


class LocationShape(Shape):
    id = text(source="place.id")
    name = text(source="place.name")
    detail = text("Its address, where the service tells one.", source="place.detail")
    connection = text(
        "The connection of it, where there is one.", source="connection.public_id", default=None, allow_null=True
    )


class LocationsShape(Shape):
    example = {
        "rows": [
            {"id": "ve9EPM428h8vShlRW1KT", "name": "Lumen Portraits", "detail": "Astoria, OR", "connection": None}
        ],
        "more": False,
    }

    rows = LocationShape(many=True)
    more = serializers.BooleanField(help_text="There are others: ask again with `skip`.")


class LocationsAsked(Shape):
    q = given("Words of its name.", 100)
    skip = serializers.IntegerField(default=0, min_value=0, max_value=999_999, help_text="Leave out so many.")


class TakenShape(Shape):
    example = {"made": [ConnectionRow.example], "wrong": {"ve9EPM428h8vShlRW1KT": "It is not there."}, "left": []}

    made = ConnectionRow(many=True, help_text="A connection of each; one that was there is signed in again.")
    wrong = serializers.DictField(child=serializers.CharField(), help_text="Why not, by location.")
    left = words("Locations there was no time for: send them again.")


class LocationsPicked(Shape):
    example = {"locations": ["ve9EPM428h8vShlRW1KT"]}

    locations = words("Ids of locations, at most 100.", max_length=agencies.SHOWN)


class Agencies(Room):
    @door(C.VIEW, "List agencies", gives=AgencyShape, listed=True, asks=Listed)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Agency]:
        """Each was let in on the service's own page, by a person."""
        return Agency.objects.select_related("created_by")

    @door(C.CONNECT, "List an agency's locations", asks=LocationsAsked, gives=LocationsShape, cost=limits.DEAR)
    def locations(self, by: Actor, given: Mapping[str, Any], id: str) -> agencies.Listed:
        """Those that the app is installed in."""
        return agencies.locations(by, _one(id), given["q"], given["skip"])

    @door(C.CONNECT, "Connect an agency's locations", takes=LocationsPicked, gives=TakenShape, cost=limits.DEAR)
    def connect(self, by: Actor, given: Mapping[str, Any], id: str) -> dict[str, Any]:
        taken = agencies.take_in(by, _one(id), given["locations"])
        made = shown().filter(pk__in=[row.pk for row in taken.made]).order_by("pk")
        return {"made": made, "wrong": taken.wrong, "left": taken.left}

    @door(C.CONNECT, "Forget an agency")
    def remove(self, by: Actor, id: str) -> None:
        """Its token is erased. Connections of its locations stay."""
        agencies.forget(by, _one(id))


def _one(id: str) -> Agency:
    found: Agency = the(Agency.objects.all(), public_id=id)
    return found
