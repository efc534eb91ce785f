from typing import Any

from rest_framework import serializers

from builder.actions import workspaces
from builder.actions.actor import Actor
from builder.api.doors import Room, door
from builder.api.shape import ID, Shape, maybe_moment, number, text
from builder.models import Capability as C
from builder.models import Workspace


class WorkspaceShape(Shape):
    example = {
        "slug": "lumen-studio",
        "name": "Lumen Studio",
        "zone": "Europe/Berlin",
        "currency": "EUR",
        "language": "en",
        "minutes_by_hand": 3,
        "demo": False,
    }

    slug = text("Its name in the address of pages.")
    name = text()
    zone = text("Time zone in which dates in recipes are read.")
    currency = text("Of sums that don't name one.")
    language = text()
    minutes_by_hand = number("That one change takes a person; the time saved is reckoned by it.")
    demo = serializers.BooleanField(help_text="Made with sample data.")


class WorkspaceChange(Shape):
    example = {"zone": "Europe/Berlin"}

    name = text(required=False)
    zone = text("Such as Europe/Berlin.", required=False)
    currency = text("Three letters, ISO 4217.", required=False)
    minutes_by_hand = serializers.IntegerField(required=False, help_text="From 1 to 480.")


class TokenOfMine(Shape):
    id = text(source="public_id")
    name = text()
    ending = text("Its last four characters.")
    expires_at = maybe_moment("Null: never.")


class Person(Shape):
    name = text()
    email = text()


class MeShape(Shape):
    example = {
        "token": {"id": ID, "name": "Nightly job", "ending": "4f2A", "expires_at": None},
        "user": {"name": "Olive Owner", "email": "olive@example.com"},
        "role": "owner",
        "scopes": ["view", "run"],
        "workspace": WorkspaceShape.example,
    }

    token = TokenOfMine(allow_null=True)
    user = Person(help_text="The member who made the token: what it does is in their name.")
    role = text("The member's role.", source="membership.role")
    scopes = serializers.SerializerMethodField(
        help_text="What the token may do: its own scopes, as far as the member's role reaches."
    )
    workspace = WorkspaceShape()

    def get_scopes(self, by: Actor) -> list[str]:
        return [str(each) for each in C if by.may(each)]


class Me(Room):
    @door(None, "Who am I?", gives=MeShape)
    def show(self, by: Actor) -> Actor:
        """Every token may ask this."""
        return by

    @door(C.VIEW, "Show the workspace", gives=WorkspaceShape)
    def workspace(self, by: Actor) -> Workspace:
        return by.workspace

    @door(C.MEMBERS, "Change the workspace", takes=WorkspaceChange, gives=WorkspaceShape)
    def change(self, by: Actor, given: dict[str, Any]) -> Workspace:
        """What is left out stays."""
        now = by.workspace
        kept = (given.get(name, getattr(now, name)) for name in ("name", "zone", "currency"))
        return workspaces.change_settings(by, *kept, str(given.get("minutes_by_hand", now.minutes_by_hand)))
