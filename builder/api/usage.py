"""The figures of the team's overview, for a program's own dashboard."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from rest_framework import serializers

from builder.actions import overview
from builder.actions.actor import Actor
from builder.api.doors import Room, door
from builder.api.shape import ID, Shape, number, text
from builder.models import Capability as C


class UsageAsked(Shape):
    days = serializers.IntegerField(min_value=1, max_value=90, default=30, help_text="So many, today included.")


class DayShape(Shape):
    day = serializers.DateField(help_text="In the workspace's time zone.")
    runs = number("Begun.")
    done = number()
    filtered = number()
    failed = number("How often one failed.")
    held = number("How often one was put on hold, but for those that a guard of its recipe stopped.")
    calls = number("To all services.")


class KindShape(Shape):
    because = text("The sentence of the newest of them; names and figures differ from run to run.")
    runs = number()
    recipes = serializers.SerializerMethodField(help_text="How many have such runs.")
    newest = text("Id of the newest run.", source="newest.public_id")
    connector = text("Of the service at whose step they stopped; empty for a step of Recette's own.", source="app")

    def get_recipes(self, kind: overview.Kind) -> int:
        return len(kind.recipes)


class UsedShape(Shape):
    recipe = text(source="recipe.public_id")
    name = text(source="recipe.name")
    runs = number()
    done = number()
    failed = number()
    held = number()
    calls = number()


class SpentShape(Shape):
    connection = text(source="connection.public_id")
    name = text(source="connection.name")
    used_today = number("Calls, by all connections that the service counts together.", source="spending.used_today")
    peak_today = number("The most calls in one window.", source="spending.peak_today")
    allowed = number("Calls in one window.", source="spending.allowed")
    seconds = serializers.FloatField(help_text="Length of the window.", source="spending.seconds")


class UsageShape(Shape):
    example = {
        "days": [
            {"day": "2026-11-12", "runs": 412, "done": 398, "filtered": 11, "failed": 2, "held": 1, "calls": 1240},
        ],
        "errors": [
            {
                "because": "The invoice number “INV-0042” is taken.",
                "runs": 7,
                "recipes": 1,
                "newest": ID,
                "connector": "invoice_ninja",
            }
        ],
        "recipes": [
            {
                "recipe": ID,
                "name": "Won deal to draft invoice",
                "runs": 412,
                "done": 398,
                "failed": 2,
                "held": 1,
                "calls": 1240,
            }
        ],
        "requests": [
            {
                "connection": ID,
                "name": "Invoice Ninja: Lumen Studio",
                "used_today": 1240,
                "peak_today": 97,
                "allowed": 2000,
                "seconds": 10.0,
            }
        ],
    }

    days = DayShape(many=True, help_text="The oldest first.")
    errors = KindShape(
        many=True, help_text="Why runs failed or stand on hold, the most common first: of the newest 2,000."
    )
    recipes = UsedShape(many=True, help_text="Those in trouble first, then those that run most.")
    requests = SpentShape(many=True, help_text="Since midnight UTC, the busiest connection first.")


class Usage(Room):
    @door(C.MEMBERS, "Read the team's figures", asks=UsageAsked, gives=UsageShape)
    def show(self, by: Actor, given: Mapping[str, Any]) -> SimpleNamespace:
        """What the overview of the team shows, of up to 90 days."""
        days = given["days"]
        return SimpleNamespace(
            days=overview.days(by, days),
            errors=overview.errors(by, days, most=20).kinds,
            recipes=overview.recipes(by, days, most=50),
            requests=[
                SimpleNamespace(connection=row, spending=one.spending)
                for one in overview.requests(by, most=100)
                for row in one.connections
            ],
        )
