"""A team's room: who is in it, what each may do, and what was done."""

import enum
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.columns import JsonText, PublicId
from builder.models.user import User


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what has come to its end is kept."""

    days: int
    exchanges_days: int
    """For the requests and answers of a run's steps; never longer than the run."""
    runs: int
    """The newest so many, and as many events."""


class Workspace(models.Model):
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    language = models.CharField(max_length=12, default="en")
    demo = models.BooleanField(default=False)
    keep_days = models.PositiveIntegerField(null=True)
    """How long events and runs that are over are kept; None: as the installation says."""
    keep_exchanges_days = models.PositiveIntegerField(null=True)
    keep_runs = models.PositiveIntegerField(null=True)
    two_factor = models.BooleanField(default=False)
    minutes_by_hand = models.PositiveSmallIntegerField(default=3, db_default=3)
    """That a person would take for one change that a recipe makes: what the time saved is reckoned by."""
    """Whether its members need a second factor to come in."""
    logo = models.CharField(max_length=24, blank=True, db_default="")
    """What its address ends with: `3f9c1b….png`; another picture, another name. Empty: none."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def keeping(self) -> Keeping:
        days = self.keep_days or settings.KEEP_DAYS
        exchanges = self.keep_exchanges_days or settings.KEEP_EXCHANGES_DAYS
        return Keeping(days, min(days, exchanges), self.keep_runs or settings.KEEP_RUNS)


class Logo(models.Model):
    """The picture itself. It is small, so that it lies in the database, and a backup has it."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="+")
    data = models.BinaryField()

    objects = ScopedManager(workspace="workspace")


class Capability(enum.StrEnum):
    """What code asks for. A role is a set of these."""

    VIEW = "view"
    RUN = "run"
    """Retry, run again, answer what is on hold, cancel."""
    EDIT = "edit"
    """Change drafts and test steps."""
    PUBLISH = "publish"
    """Publish, pause, roll back, delete."""
    CONNECT = "connect"
    """Add, change and remove connections."""
    MEMBERS = "members"
    """Invite, change roles, remove; settings of the workspace; tokens; the audit log."""
    OWN = "own"
    """Make owners, delete the workspace."""


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    EDITOR = "editor", _("Editor")
    OPERATOR = "operator", _("Operator")
    VIEWER = "viewer", _("Viewer")

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES[self]


_C = Capability
CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.OWNER: frozenset(_C),
    Role.ADMIN: frozenset(_C) - {_C.OWN},
    Role.EDITOR: frozenset({_C.VIEW, _C.RUN, _C.EDIT, _C.PUBLISH, _C.CONNECT}),
    Role.OPERATOR: frozenset({_C.VIEW, _C.RUN}),
    Role.VIEWER: frozenset({_C.VIEW}),
}


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each")]

    def may(self, capability: Capability) -> bool:
        return capability in CAPABILITIES[self.role]


class Invitation(models.Model):
    """A link that lets one person in, once, within a week."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ScopedManager(workspace="workspace")


class ApiToken(models.Model):
    """A key for programs. Only its hash is kept; `scopes` are capabilities."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    scopes = JsonText(default=list)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ScopedManager(workspace="workspace")


class Way(models.TextChoices):
    """What somebody used to do it."""

    PAGE = "page", _("Page")
    API = "api", _("API")
    COMMAND = "command", _("Command at the server")
    RECETTE = "recette", _("Recette by itself")


class NotChangeable(TypeError):
    """The audit log is only added to."""


class Added(models.QuerySet["AuditEvent"]):
    """Rows that are never changed and never deleted; what erases a person takes words out of them by another door."""

    def update(self, **values: Any) -> int:
        raise NotChangeable("Lines of the audit log are not changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotChangeable("Lines of the audit log are not deleted.")


class AuditEvent(models.Model):
    """Who did what to which thing, and from where: a line that is never changed and never deleted. It is bound to the
    one before it by its hash; `builder.runner.book` writes and checks them."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_events")
    number = models.PositiveBigIntegerField(null=True)
    """Its place in the workspace's chain, from 1 on; None until its transaction is about to end."""
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False)
    """Who is gone from the table by now is still named by `author`: the line stays as it was written."""
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True)
    author = models.CharField(max_length=150, blank=True, db_default="")
    """What the person was called then."""
    verb = models.CharField(max_length=40)
    """`recipe.published`, `member.invited`: stable words; pages put them into sentences."""
    object_kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=24, blank=True)
    label = models.CharField(max_length=200, blank=True)
    details = JsonText(default=dict)
    address = models.GenericIPAddressField(null=True)
    way = models.CharField(max_length=8, choices=Way.choices, blank=True, db_default="")
    erased = models.BooleanField(default=False, db_default=False)
    """Label and details were about somebody whose data were erased: a later line says so."""
    content = models.CharField(max_length=64, blank=True, db_default="")
    """Hash of label and details as they were written."""
    hash = models.CharField(max_length=64, blank=True, db_default="")
    """Of all the rest, of `content` and of the hash of the line before."""

    objects = ScopedManager(workspace="workspace", _manager_class=models.Manager.from_queryset(Added))

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="audit_newest"),
            models.Index(fields=["workspace"], condition=models.Q(number=None), name="audit_unbound"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="one_audit_line_each")]

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk:
            raise NotChangeable("Lines of the audit log are not changed.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise NotChangeable("Lines of the audit log are not deleted.")


class AuditHead(models.Model):
    """Where a workspace's chain ends, so that a cut tail is missed; and what the last check found. Whoever adds a line
    holds this row until the transaction ends."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="audit_head")
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    adopts_until = models.DateTimeField(null=True)
    """Until then lines without a number are those of an older version that still ran while it was replaced."""
    checked_at = models.DateTimeField(null=True)
    checked = models.PositiveBigIntegerField(default=0)
    """Lines that were looked at then."""
    trouble = models.TextField(blank=True)
    """What was wrong; empty: it was unbroken."""

    objects = ScopedManager(workspace="workspace")
