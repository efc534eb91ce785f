"""What Recette knows by itself: services, operations, triggers. Declared in `connectors`, the same for everybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from builder.actions.actor import Actor
from builder.actions.errors import not_found
from builder.api.doors import Room, door
from builder.api.shape import Anything, Found, Listed, Plain, Shape, given, one_of, text, words
from builder.models import Capability as C
from connectors import catalogue
from connectors.spec import Connector

KINDS = ("trigger", "lookup", "action")
FIELD = {
    "name": "email",
    "type": "email",
    "label": "Email",
    "help": "",
    "required": False,
    "choices": [],
    "source": "",
    "depends": [],
    "default": None,
    "example": "ada@example.com",
    "more": False,
    "fields": [],
}


class ChoiceShape(Shape):
    """A value and what people call it."""

    example = {"value": "pipe_1", "label": "Sales", "hint": ""}

    value = text()
    label = text()
    hint = text()


class FieldShape(Shape):
    """An input. `fields` are the columns of a `lines` input, the members of an `object`."""

    name = text("What the draft calls it.")
    type = text("text, note, email, phone, url, number, integer, money, date, datetime, boolean, choice, choices, "
                "tags, json, lines or object.")  # fmt: skip
    label = text()
    help = text()
    required = serializers.BooleanField()
    choices = serializers.SerializerMethodField(help_text="Fixed values and their labels.")
    source = text("Key of the live list to choose from, see a connection's choices.")
    depends = words("Inputs that the live list needs.")
    default = Anything()
    example = Anything()
    more = serializers.BooleanField(help_text="Rarely needed: folded away on pages.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "fields": FieldShape(many=True)}

    def get_choices(self, field: Any) -> list[dict[str, str]]:
        return [{"value": value, "label": str(label)} for value, label in field.choices]


class MethodShape(Shape):
    key = text("token or app.")
    label = text()
    help = text()
    webhooks = serializers.BooleanField(help_text="Whether the service can call us; else changes come by polling.")
    secret = words("Fields that are sealed and never shown again.", source="sealed")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "fields": FieldShape(many=True)}


class ConnectorShape(Shape):
    example = {
        "key": "invoice_ninja",
        "label": "Invoice Ninja",
        "methods": [
            {
                "key": "token",
                "label": "API token",
                "help": "Settings › Account management › Integrations",
                "webhooks": True,
                "secret": ["token"],
                "fields": [{**FIELD, "name": "token", "type": "text", "label": "Token", "required": True}],
            }
        ],
        "choices": ["clients", "products"],
    }

    key = text()
    label = text()
    methods = MethodShape(many=True, help_text="Ways to connect; none where no account is needed.")
    choices = words("Keys of its live lists.")


class OperationRow(Shape):
    example = {
        "key": "invoice_ninja.clients.find_or_create",
        "kind": "action",
        "connector": "invoice_ninja",
        "label": "Find or create a client",
        "object": "client",
        "help": "",
        "permission": "",
        "retry": "reconcile",
    }

    key = text("Stored in recipes, never renamed.", source="item.key")
    kind = one_of(KINDS)
    connector = text(source="item.connector")
    label = text(source="item.label")
    object = text("Kind of record it is about.", source="item.object")
    help = text(source="item.help")
    permission = text("What the service's token must be allowed.", source="item.permission", default="")
    retry = text("read, idempotent, keyed, reconcile or once: what is done when a call's outcome is unknown. Empty for "
                 "triggers.", source="item.retry", default="")  # fmt: skip


class OutputShape(Shape):
    path = text("Behind the step's id in a pill: `{{ s8f2ca.client.id }}`.")
    type = text()
    label = text()
    example = Anything()


class OperationShape(OperationRow):
    example = {
        **OperationRow.example,
        "outputs": [{"path": "client.id", "type": "text", "label": "Client › ID", "example": "Vol1"}],
        "sample": {"client": {"id": "Vol1", "name": "Ada Nowak"}, "found": "email"},
        "fields": [FIELD],
    }

    outputs = OutputShape(many=True, source="item.outputs")
    sample = Plain(source="item.sample", help_text="A whole output; pills show it until the step was tested.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "fields": FieldShape(many=True, source="item.fields")}


class OperationsAsked(Found):
    kind = one_of(KINDS, required=False)
    connector = given("Key of a connector.", 40)


class Connectors(Room):
    @door(C.VIEW, "List the services", gives=ConnectorShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> Sequence[Connector]:
        return catalogue.ALL

    @door(C.VIEW, "Show a service", gives=ConnectorShape)
    def show(self, by: Actor, key: str) -> Connector:
        found = catalogue.connector(key)
        if found is None:
            raise not_found()
        return found


class Operations(Room):
    @door(C.VIEW, "Search operations and triggers", gives=OperationRow, asks=OperationsAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> Sequence[catalogue.Hit]:
        """The best first; without words all, in the chooser's order. Synonyms are known: *deal* finds opportunities."""
        return catalogue.search(given["q"], given.get("kind"), given["connector"] or None).hits

    @door(C.VIEW, "Show an operation or trigger", gives=OperationShape)
    def show(self, by: Actor, key: str) -> catalogue.Hit:
        """With its fields and outputs."""
        if operation := catalogue.operation(key):
            return catalogue.Hit(operation, operation.kind, 1)
        if trigger := catalogue.trigger(key):
            return catalogue.Hit(trigger, "trigger", 1)
        raise not_found()
