"""Folders, and who comes into those that are closed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from builder.actions import folders, recipes
from builder.actions.actor import Actor
from builder.api.doors import Room, door, the
from builder.api.shape import ID, Listed, Shape, key_of, one_of, text
from builder.models import Capability as C
from builder.models import Folder, Level


class FolderShape(Shape):
    example = {"id": ID, "name": "Billing"}

    id = text(source="public_id")
    name = text()


class FolderName(Shape):
    example = {"name": "Billing"}

    name = text(max_length=80)


class MemberLevel(Shape):
    example = {"member": "7", "level": "see"}

    member = text("Id of a member.")
    level = one_of(Level.values)


class RoleLevel(Shape):
    example = {"role": "operator", "level": "edit"}

    role = one_of(["editor", "operator", "viewer"])
    level = one_of(Level.values)


class FolderAccessShape(Shape):
    example = {"closed": True, "roles": [RoleLevel.example], "members": [MemberLevel.example]}

    closed = serializers.BooleanField(help_text="False: open to all members, as far as their role reaches.")
    roles = RoleLevel(many=True, help_text="Of all with a role. Owners and admins come in everywhere.")
    members = MemberLevel(many=True, help_text="Of single members; what reaches further counts.")


class Folders(Room):
    @door(C.VIEW, "List folders", gives=FolderShape, asks=Listed, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Folder]:
        return Folder.objects.all()

    @door(C.EDIT, "Make a folder", takes=FolderName, gives=FolderShape, status=201)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Folder:
        """The one of that name when there is one."""
        return recipes.create_folder(by, given["name"])

    @door(C.EDIT, "Rename a folder", takes=FolderName, gives=FolderShape)
    def change(self, by: Actor, given: Mapping[str, Any], id: str) -> Folder:
        return recipes.rename_folder(by, the(Folder.objects, public_id=id), given["name"])

    @door(C.EDIT, "Delete a folder")
    def remove(self, by: Actor, id: str) -> None:
        """Its recipes stay, outside of any folder."""
        recipes.delete_folder(by, the(Folder.objects, public_id=id))

    @door(C.MEMBERS, "Show who comes into a folder", gives=FolderAccessShape)
    def access(self, by: Actor, id: str) -> dict[str, Any]:
        return told_access(folders.access_of(the(Folder.objects, public_id=id)))

    @door(C.MEMBERS, "Say who comes into a folder", takes=FolderAccessShape, gives=FolderAccessShape)
    def set_access(self, by: Actor, given: Mapping[str, Any], id: str) -> dict[str, Any]:
        """All of it at once: who isn't named doesn't come in, owners and admins aside. A role stays the ceiling."""
        roles = {one["role"]: one["level"] for one in given["roles"]}
        people = {key_of(one["member"]): one["level"] for one in given["members"]}
        found = folders.set_access(by, the(Folder.objects, public_id=id), given["closed"], roles, people)
        return told_access(folders.access_of(found))


def told_access(found: folders.Access) -> dict[str, Any]:
    return {
        "closed": found.closed,
        "roles": [{"role": role, "level": level} for role, level in found.roles.items()],
        "members": [{"member": str(pk), "level": level} for pk, level in found.members.items()],
    }
