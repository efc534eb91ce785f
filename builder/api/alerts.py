"""What somebody should know of, and where it is sent."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from builder.actions import alerts
from builder.actions.actor import Actor
from builder.api.doors import Room, door, the
from builder.api.shape import AT, ID, Listed, Shape, maybe_moment, moment, number, one_of, text, words
from builder.models import Alert, AlertKind, AlertRoute, AlertWay
from builder.models import Capability as C


class AlertShape(Shape):
    example = {
        "id": ID,
        "kind": "held",
        "title": "Won deal to draft invoice: 3 runs were put on hold",
        "because": "The invoice number “INV-0042” is taken.",
        "number": 3,
        "recipe": ID,
        "connection": None,
        "url": "https://recipes.example.com/w/lumen-studio/runs/?state=held",
        "began_at": AT,
        "newest_at": AT,
        "over_at": None,
    }

    id = text(source="public_id")
    kind = one_of(AlertKind.values)
    title = serializers.SerializerMethodField(help_text="In words, with what it is about.")
    because = text("Why; of several the newest.", source="sentence")
    number = number("How often it happened.")
    recipe = text(source="recipe.public_id", default=None, allow_null=True)
    connection = text(source="connection.public_id", default=None, allow_null=True)
    url = serializers.SerializerMethodField(help_text="Where it is mended.")
    began_at = moment()
    newest_at = moment()
    over_at = maybe_moment("Null as long as its cause lasts.")

    def get_title(self, row: Alert) -> str:
        return alerts.line(row).title

    def get_url(self, row: Alert) -> str:
        return alerts.line(row).url


class AlertsAsked(Listed):
    over = serializers.BooleanField(default=False, help_text="Those whose cause is gone, instead of those that last.")


class RouteShape(Shape):
    example = {
        "id": ID,
        "way": "webhook",
        "people": [],
        "host": "hooks.example.com",
        "kinds": ["failed", "held"],
        "quiet_from": "22:00",
        "quiet_to": "07:00",
        "active": True,
        "trouble": "",
        "told_at": AT,
    }

    id = text(source="public_id")
    way = one_of(AlertWay.values)
    people = words("Addresses of members, for e-mail. Empty: owners and admins.")
    host = text("Of the address it is sent to, which is told to nobody.")
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=AlertKind.values))
    quiet_from = serializers.TimeField(format="%H:%M", allow_null=True, help_text="In the workspace's time zone.")
    quiet_to = serializers.TimeField(format="%H:%M", allow_null=True)
    active = serializers.BooleanField()
    trouble = text("Why the last message did not arrive.")
    told_at = maybe_moment()


class RouteMade(RouteShape):
    example = {**RouteShape.example, "told_at": None, "secret": "whsec_…"}

    secret = text("What messages to a webhook are signed with (Standard Webhooks): nobody sees it again. Else empty.")


class RouteChange(Shape):
    example = {"kinds": ["failed", "held"], "quiet_from": "22:00", "quiet_to": "07:00"}

    kinds = serializers.ListField(child=serializers.ChoiceField(choices=AlertKind.values), max_length=len(AlertKind))
    people = serializers.ListField(child=serializers.CharField(max_length=254), max_length=100, default=list)
    url = text("For a webhook or Slack. Empty: as it is.", max_length=2000, default="", allow_blank=True)
    quiet_from = text("Such as 22:00.", max_length=5, default="", allow_blank=True)
    quiet_to = text(max_length=5, default="", allow_blank=True)


class RouteNew(RouteChange):
    example = {"way": "webhook", "url": "https://hooks.example.com/recette", **RouteChange.example}

    way = one_of(AlertWay.values)


class Alerts(Room):
    @door(C.VIEW, "List alerts", gives=AlertShape, asks=AlertsAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Alert]:
        rows = Alert.objects.select_related("recipe", "connection", "run", "workspace")
        return rows.filter(over_at__isnull=not given["over"])


class Routes(Room):
    @door(C.MEMBERS, "List where alerts are sent", gives=RouteShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[AlertRoute]:
        return AlertRoute.objects.all()

    @door(C.MEMBERS, "Have alerts sent somewhere", takes=RouteNew, gives=RouteMade, status=201)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Any:
        made: Any
        made, made.secret = alerts.add(by, given["way"], given)
        return made

    @door(C.MEMBERS, "Change what is sent", takes=RouteChange, gives=RouteShape)
    def change(self, by: Actor, given: Mapping[str, Any], id: str) -> AlertRoute:
        """The whole of it: what is left out is empty then, but for the address."""
        return alerts.change(by, the(AlertRoute.objects.all(), public_id=id), given)

    @door(C.MEMBERS, "Send alerts there no more")
    def remove(self, by: Actor, id: str) -> None:
        alerts.remove(by, the(AlertRoute.objects.all(), public_id=id))
