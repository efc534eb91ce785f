"""Folders that are closed: whom they let in, and how far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Folder, FolderAccess, Level, Membership, Role

Who = TypeVar("Who", int, str)
ROLES = (Role.EDITOR, Role.OPERATOR, Role.VIEWER)
"""Whom a folder can be closed to: owners and admins come in everywhere."""


@dataclass
class Access:
    closed: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    """Level by role."""
    members: dict[int, str] = field(default_factory=dict)
    """Level by membership; of role and member what reaches further counts."""


def access_of(folder: Folder) -> Access:
    found = Access(folder.closed)
    for row in FolderAccess.objects.filter(folder=folder).order_by("pk"):
        if row.member_id:
            found.members[row.member_id] = row.level
        else:
            found.roles[row.role] = row.level
    return found


@action(Capability.MEMBERS)
def set_access(by: Actor, folder: Folder, closed: bool, roles: Mapping[str, str], members: Mapping[int, str]) -> Folder:
    """All of it at once; who isn't named, or has an empty level, doesn't come in. An open folder forgets its list."""
    folder = Folder.objects.select_for_update().get(pk=folder.pk)
    before = _words(by, access_of(folder))
    wanted = Access(closed, _given(roles), _given(members)) if closed else Access()
    _insist(by, wanted)
    FolderAccess.objects.filter(folder=folder).delete()
    place = {"workspace": by.workspace, "folder": folder}
    rows = [FolderAccess(role=role, level=level, **place) for role, level in wanted.roles.items()]
    rows += [FolderAccess(member_id=pk, level=level, **place) for pk, level in wanted.members.items()]
    FolderAccess.objects.bulk_create(rows)
    folder.closed = closed
    folder.save(update_fields=["closed"])
    after = _words(by, wanted)
    if before != after:
        audit.write(by, "folder.access_changed", folder, folder.name, before=before, after=after)
    return folder


def _given(levels: Mapping[Who, str]) -> dict[Who, str]:
    return {who: level for who, level in levels.items() if level}


def _insist(by: Actor, wanted: Access) -> None:
    wrong = [level for level in (*wanted.roles.values(), *wanted.members.values()) if level not in Level.values]
    if wrong or not wanted.roles.keys() <= {str(role) for role in ROLES}:
        raise Invalid(_("Choose from the list how far each of them may go."))
    known = set(Membership.objects.filter(workspace=by.workspace, pk__in=wanted.members).values_list("pk", flat=True))
    if wanted.members.keys() - known:
        raise Invalid(_("One of those named is no longer a member. Look at the list again."))


def _words(by: Actor, access: Access) -> dict[str, object]:
    """For the audit log: levels by role, and by the members' addresses."""
    rows = Membership.objects.filter(workspace=by.workspace, pk__in=access.members).select_related("user")
    people = {row.user.email: access.members[row.pk] for row in rows}
    return {"closed": access.closed, **access.roles, **people}
