from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from builder.actions import connections
from builder.actions.actor import Actor
from builder.api import limits
from builder.api.catalogue import ChoiceShape
from builder.api.doors import Room, door, the
from builder.api.shape import (
    AT,
    ID,
    Listed,
    Plain,
    Shape,
    given,
    maybe_moment,
    moment,
    name_of,
    number,
    one_of,
    text,
    words,
)
from builder.models import Capability as C
from builder.models import Connection, Health
from connectors.spec import Choice, Identity


class ConnectionRow(Shape):
    example = {
        "id": ID,
        "connector": "invoice_ninja",
        "method": "token",
        "name": "Invoice Ninja: Lumen Studio",
        "health": "well",
        "trouble": "",
        "resting_until": None,
        "identity": {"name": "Lumen Studio", "detail": "84 clients", "version": "5.12.0", "record_id": "lumen"},
        "settings": {"base_url": "https://invoices.example.com", "currency": "EUR"},
        "endings": {"token": "9c1d"},
        "refused": 0,
        "refused_at": None,
        "tested_at": AT,
        "used_at": AT,
        "created_at": AT,
        "created_by": "Olive Owner",
    }

    id = text(source="public_id")
    connector = text()
    method = text()
    name = text()
    health = one_of(Health.values)
    trouble = text("The sentence behind a health that is not well.")
    resting_until = maybe_moment("The service does not answer: runs wait until it is tried again then.")
    identity = Plain(help_text="Who it turned out to be at the last test.")
    settings = Plain(help_text="Public facts: address, location, currency.")
    endings = Plain(help_text="Last four characters of each secret. The secrets themselves are never shown.")
    refused = serializers.IntegerField(help_text="Webhook deliveries refused: signature missing or wrong.")
    refused_at = maybe_moment("When the newest of them came.")
    tested_at = maybe_moment()
    used_at = maybe_moment()
    created_at = moment()
    created_by = name_of()


class UsedBy(Shape):
    id = text(source="public_id")
    name = text()
    state = text()


class SpendingShape(Shape):
    example = {"allowed": 100, "seconds": 10.0, "used_today": 1840, "peak_today": 97, "left_today": 198160}

    allowed = number("Calls in a window.")
    seconds = serializers.FloatField(help_text="How long a window is.")
    used_today = number("Calls of this server since midnight UTC, over all connections the service counts together.")
    peak_today = number("The most calls in one window.")
    left_today = number("As the service said last.", allow_null=True)


class ConnectionShape(ConnectionRow):
    example = {
        **ConnectionRow.example,
        "budget": SpendingShape.example,
        "ways": ["webhook", "poll"],
        "address": "",
        "used_by": [{"id": ID, "name": "Won deal to draft invoice", "state": "live"}],
    }

    budget = SpendingShape(source="spending", help_text="How often the service may be asked, and was.")
    ways = words("How changes reach us over it, the fastest first: webhook, poll.")
    address = text(
        "Webhook address to paste into the app's settings at the service. Empty where Recette sets webhooks up by "
        "itself or there are none, and for tokens without the scope `connect`."
    )
    used_by = UsedBy(many=True, help_text="Recipes whose draft or live version names it.")


class ConnectionsAsked(Listed):
    connector = given("Key of a connector.", 40)
    health = one_of(Health.values, required=False)


class ConnectionNew(Shape):
    example = {
        "connector": "invoice_ninja",
        "method": "token",
        "fields": {"base_url": "https://invoices.example.com", "token": "…"},
    }

    connector = text(max_length=40)
    method = text("One of the connector's methods.", max_length=20)
    name = given("Left out: the service's and the account's name.", 120)
    fields = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="The method's fields.")


class ConnectionChange(Shape):
    example = {"fields": {"token": "…"}}

    name = text(max_length=120, required=False)
    fields = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="Those that change. A secret left out stays, unless the address changes.",
    )
    other = serializers.BooleanField(default=False, help_text="Confirms that it may be another account than before.")


class IdentityShape(Shape):
    example = {
        "name": "Lumen Studio",
        "detail": "84 clients",
        "version": "5.12.0",
        "record_id": "lumen",
        "missing": [],
    }

    name = text("Company or location.")
    detail = text()
    version = text()
    record_id = text()
    missing = words("Permissions the token lacks, as the service spells them.")


class DeleteAsked(Shape):
    pause = serializers.BooleanField(default=False, help_text="Delete it even if live recipes use it: they are paused.")


class Deleted(Shape):
    example = {"paused": [{"id": ID, "name": "Won deal to draft invoice", "state": "paused"}]}

    paused = UsedBy(many=True)


class ChoicesAsked(Listed):
    """Any other name is an input that the list depends on."""

    fresh = serializers.BooleanField(default=False, help_text="Ask the service again.")

    def to_internal_value(self, data: Any) -> Any:
        own = {name: value for name, value in data.items() if name in self.fields}
        inputs = {name: value for name, value in data.items() if name not in self.fields}
        return {**super().to_internal_value(own), "inputs": inputs}


INPUTS = OpenApiParameter(
    "inputs",
    {"type": "object", "additionalProperties": {"type": "string"}},
    description="The inputs the list depends on, each by its own name: `?pipeline=pipe_1`.",
    style="form",
    explode=True,
)


class Connections(Room):
    @door(C.VIEW, "List connections", gives=ConnectionRow, asks=ConnectionsAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Connection]:
        wanted = {name: given[name] for name in ("connector", "health") if given.get(name)}
        return shown().filter(**wanted)

    @door(C.CONNECT, "Connect a service", takes=ConnectionNew, gives=ConnectionShape, status=201, cost=limits.DEAR)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Connection:
        """Tested first: what doesn't work is not kept, and `errors` has the reason beside the field."""
        made = connections.create(by, given["connector"], given["method"], given["name"], given["fields"])
        return _whole(by, made)

    @door(C.VIEW, "Show a connection", gives=ConnectionShape)
    def show(self, by: Actor, id: str) -> Connection:
        return _whole(by, _one(id))

    @door(C.CONNECT, "Change a connection", takes=ConnectionChange, gives=ConnectionShape, cost=limits.DEAR)
    def change(self, by: Actor, given: Mapping[str, Any], id: str) -> Connection:
        """Its name, or its fields, which are tested before they are kept."""
        changed = connections.update(by, _one(id), given.get("name"), given.get("fields"), given["other"])
        return _whole(by, changed)

    @door(C.CONNECT, "Delete a connection", asks=DeleteAsked, gives=Deleted, cost=limits.DEAR)
    def remove(self, by: Actor, given: Mapping[str, Any], id: str) -> dict[str, Any]:
        """Its secrets are gone at once, and our webhooks at the service where it lets us."""
        paused = connections.delete(by, _one(id), given["pause"])
        for recipe in paused:
            recipe.refresh_from_db(fields=["state"])
        return {"paused": paused}

    @door(C.CONNECT, "Test a connection", gives=IdentityShape, cost=limits.DEAR)
    def test(self, by: Actor, id: str) -> Identity:
        """Who it is now; the outcome is kept as its health."""
        return connections.test(by, _one(id))

    @door(C.EDIT, "Show a live list", gives=ChoiceShape, asks=ChoicesAsked, listed=True, more=(INPUTS,),
          cost=limits.DEAR)  # fmt: skip
    def choices(self, by: Actor, given: Mapping[str, Any], id: str, key: str) -> "list[Choice]":
        """What a form field offers: pipelines, tags, products. Kept for some minutes."""
        return connections.choices(by, _one(id), key, given["inputs"], given["fresh"])


def shown() -> QuerySet[Connection]:
    """A connection has one hook at most, so each is one row."""
    rows = Connection.objects.filter(deleted_at=None).select_related("created_by")
    return rows.annotate(refused=Coalesce(F("hooks__refused"), 0), refused_at=F("hooks__refused_at"))


def _one(id: str) -> Connection:
    return the(shown(), public_id=id)


def _whole(by: Actor, row: Any) -> Any:
    address = connections.address(by, row)
    row = the(shown(), pk=row.pk)
    row.address, row.spending = address, connections.spending(by, row)
    row.ways, row.used_by = connections.ways(by, row), connections.used_by(row)
    return row
