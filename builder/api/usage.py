"""The figures of the team's overview, for a program's own dashboard."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from builder.actions import overview, usages, worth
from builder.actions.actor import Actor
from builder.api.doors import Room, door
from builder.api.shape import AT, ID, Shape, maybe_moment, name_of, number, one_of, text
from builder.models import Capability as C
from builder.models import Recipe
from connectors.spec import Flow


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
    writes = number("Steps that changed something, sent a message or made a request that changes.")


class MoneyDayShape(Shape):
    day = serializers.DateField()
    amount = serializers.DecimalField(max_digits=24, decimal_places=4)


class MoneyShape(Shape):
    flow = one_of([flow.value for flow in Flow])
    currency = text("ISO 4217. Currencies are never added up.")
    total = serializers.DecimalField(max_digits=24, decimal_places=4, help_text="As the services answered.")
    documents = number("Invoices, payments and so on that were made.")
    days = serializers.SerializerMethodField(help_text="Days on which nothing moved are left out.")

    @extend_schema_field(MoneyDayShape(many=True))
    def get_days(self, flow: worth.Flowing) -> list[dict[str, Any]]:
        rows = [{"day": day, "amount": amount} for day, amount in sorted(flow.by_day.items())]
        return [dict(row) for row in MoneyDayShape(rows, many=True).data]


class SummedShape(Shape):
    runs = number(source="sums.runs")
    failed = number(source="sums.failed")
    held = number(source="sums.held")
    calls = number(source="sums.calls")
    writes = number(source="sums.writes")


class OfMemberShape(SummedShape):
    member = name_of("Whom recipes belong to; null: to somebody who is gone.", source="user")
    email = text(source="user.email", allow_null=True, default=None)
    recipes = number("That belong to them.")


class OfConnectionShape(Shape):
    connection = text(source="connection.public_id")
    name = text(source="connection.name")
    calls = number("By recipes.")
    recipes = number("That asked over it.")


class StoredShape(Shape):
    runs = number()
    events = number()
    exchanges = number("Requests and answers.")
    oldest = maybe_moment("When the oldest run came.")
    bytes = serializers.IntegerField(allow_null=True, help_text="Of the whole installation's database.")


class KindShape(Shape):
    because = text("The sentence of the newest of them; names and figures differ from run to run.")
    runs = number()
    recipes = serializers.SerializerMethodField(help_text="How many have such runs.")
    newest = text("Id of the newest run.", source="public_id")
    connector = text("Of the service at whose step they stopped; empty for a step of Recette's own.", source="app")

    def get_recipes(self, kind: overview.Kind) -> int:
        return len(kind.recipes)


class UsedShape(SummedShape):
    recipe = text(source="recipe.public_id")
    name = text(source="recipe.name")
    done = number(source="sums.done")


class AskerShape(Shape):
    recipe = text(source="public_id")
    name = text()
    calls = number()


class SpentShape(Shape):
    connection = text(source="connection.public_id")
    name = text(source="connection.name")
    used_today = number("Calls, by all connections that the service counts together.", source="spending.used_today")
    peak_today = number("The most calls in one window.", source="spending.peak_today")
    allowed = number("Calls in one window.", source="spending.allowed")
    seconds = serializers.FloatField(help_text="Length of the window.", source="spending.seconds")
    by = AskerShape(many=True, help_text="The recipes that asked most.")


class UsageShape(Shape):
    example = {
        "days": [
            {
                "day": "2026-11-12",
                "runs": 412,
                "done": 398,
                "filtered": 11,
                "failed": 2,
                "held": 1,
                "calls": 1240,
                "writes": 610,
            },
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
                "writes": 610,
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
                "by": [{"recipe": ID, "name": "Won deal to draft invoice", "calls": 1100}],
            }
        ],
        "minutes_saved": 1830,
        "money": [
            {
                "flow": "invoiced",
                "currency": "USD",
                "total": "48000.0000",
                "documents": 23,
                "days": [{"day": "2026-11-12", "amount": "48000.0000"}],
            }
        ],
        "members": [
            {
                "member": "Camille Roux",
                "email": "camille@example.com",
                "recipes": 4,
                "runs": 412,
                "failed": 2,
                "held": 1,
                "calls": 1240,
                "writes": 610,
            }
        ],
        "connections": [{"connection": ID, "name": "Invoice Ninja: Lumen Studio", "calls": 1240, "recipes": 2}],
        "stored": {"runs": 12040, "events": 13100, "exchanges": 40210, "oldest": AT, "bytes": 48234496},
    }

    days = DayShape(many=True, help_text="The oldest first.")
    errors = KindShape(
        many=True, help_text="Why runs failed or stand on hold, the most common first: of the newest 2,000."
    )
    recipes = UsedShape(many=True, help_text="Those in trouble first, then those that run most.")
    requests = SpentShape(many=True, help_text="Since midnight UTC, the busiest connection first.")
    minutes_saved = number("That people would have needed for the changes, as the workspace reckons.")
    money = MoneyShape(many=True, help_text="What was invoiced, received and so on, by currency.")
    members = OfMemberShape(many=True, help_text="By the recipes that belong to them, most runs first.")
    connections = OfConnectionShape(many=True, help_text="The busiest first.")
    stored = StoredShape(help_text="What is kept now.")


class Usage(Room):
    @door(C.MEMBERS, "Read the team's figures", asks=UsageAsked, gives=UsageShape)
    def show(self, by: Actor, given: Mapping[str, Any]) -> SimpleNamespace:
        """What the overview of the team shows, of up to 90 days."""
        number = given["days"]
        days = overview.days(by, number)
        return SimpleNamespace(
            days=days,
            errors=overview.errors(by, number, most=20).kinds,
            recipes=overview.recipes(by, number, most=50),
            requests=[
                SimpleNamespace(connection=row, spending=one.spending, by=[_asker(*each) for each in one.by_recipe])
                for one in overview.requests(by, most=100)
                for row in one.connections
            ],
            minutes_saved=worth.minutes(by, days),
            money=worth.money(by, number),
            members=usages.members(by, number),
            connections=usages.connections(by, number),
            stored=usages.stored(by),
        )


def _asker(recipe: Recipe, calls: int) -> SimpleNamespace:
    return SimpleNamespace(public_id=recipe.public_id, name=recipe.name, calls=calls)
