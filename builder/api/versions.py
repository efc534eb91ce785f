from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from builder.actions import publishing
from builder.actions.actor import Actor
from builder.api.doors import Room, door, the
from builder.api.recipes import TREE, one
from builder.api.shape import AT, Listed, Plain, Shape, given, moment, name_of, text
from builder.models import Capability as C
from builder.models import Version


class VersionRow(Shape):
    example = {"number": 2, "note": "Sends the invoice too", "published_at": AT, "published_by": "Olive Owner"}

    number = serializers.IntegerField()
    note = text()
    published_at = moment()
    published_by = name_of()


class VersionShape(VersionRow):
    example = {**VersionRow.example, "tree": TREE}

    tree = Plain(help_text="Trigger and steps, format 1.")


class Publishing(Shape):
    example = {"rev": 15, "note": "Sends the invoice too"}

    rev = serializers.IntegerField(min_value=0, help_text="Of the draft you looked at.")
    note = given("What is new in it.", 200)


class Versions(Room):
    @door(C.VIEW, "List versions", gives=VersionRow, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any], id: str) -> QuerySet[Version]:
        return one(id).versions.select_related("published_by").defer("tree")

    @door(C.PUBLISH, "Publish the draft", takes=Publishing, gives=VersionShape, status=201,
          fails=("conflict", "unready"))  # fmt: skip
    def publish(self, by: Actor, given: Mapping[str, Any], id: str) -> Version:
        """The new version, which is live. The same draft twice is one version. 409 when the draft moved on."""
        return publishing.publish(by, one(id), given["rev"], given["note"])

    @door(C.VIEW, "Show a version", gives=VersionShape)
    def show(self, by: Actor, id: str, number: int) -> Version:
        return the(one(id).versions.select_related("published_by"), number=number)

    @door(C.PUBLISH, "Roll back", gives=VersionShape, status=201, fails=("unready",))
    def roll_back(self, by: Actor, id: str, number: int) -> Version:
        """A new version equal to that one; the draft becomes it too."""
        return publishing.roll_back(by, one(id), number)
