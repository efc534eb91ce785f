"""Closed folders: who may come in, and how far."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django_scopes import ScopedManager, scopes_disabled

from builder.models.access import LEVELS, Level, Sight
from builder.models.recipe import Folder
from builder.models.workspace import Membership, Role, Workspace


class FolderAccess(models.Model):
    """How far one member, or all with a role, come in a closed folder."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="access")
    member = models.ForeignKey(Membership, models.CASCADE, null=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    """Of all who have it; empty: for the one member."""
    level = models.CharField(max_length=8, choices=Level.choices)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "member"], condition=~Q(member=None), name="one_access_each"),
            models.UniqueConstraint(fields=["folder", "role"], condition=~Q(role=""), name="one_access_per_role"),
        ]


def any_closed() -> Exists:
    """Whether a membership's workspace has a closed folder: asked for with the membership itself, under this name."""
    with scopes_disabled():
        return Exists(Folder.every.filter(workspace=OuterRef("workspace"), closed=True))


def sight_of(member: Membership | None) -> Sight:
    """What this member sees. One query; none for owners and admins, who see everything, nor where no folder is closed
    and the membership says so."""
    if member is None or member.role in (Role.OWNER, Role.ADMIN) or not getattr(member, "any_closed", True):
        return Sight(member.pk if member else 0)
    levels: dict[int, str] = {}
    with scopes_disabled():
        rows = Folder.every.filter(workspace=member.workspace_id, closed=True).order_by("pk")
        for pk, one, role, level in rows.values_list("pk", "access__member", "access__role", "access__level"):
            fits = level and (one == member.pk or role == member.role)
            levels[pk] = max(levels.get(pk, ""), level if fits else "", key=lambda each: len(LEVELS[each]))
    return Sight(member.pk, levels)
