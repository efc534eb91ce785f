"""A team's room: who is in it, what each may do, and what was done."""

import enum
from dataclasses import dataclass

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
    """Whether its members need a second factor to come in."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def keeping(self) -> Keeping:
        days = self.keep_days or settings.KEEP_DAYS
        exchanges = self.keep_exchanges_days or settings.KEEP_EXCHANGES_DAYS
        return Keeping(days, min(days, exchanges), self.keep_runs or settings.KEEP_RUNS)


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


class AuditEvent(models.Model):
    """Who did what to which thing, and from where. Never changed, never deleted by hand."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_events")
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True)
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True)
    verb = models.CharField(max_length=40)
    """`recipe.published`, `member.invited`: stable words; pages put them into sentences."""
    object_kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=24, blank=True)
    label = models.CharField(max_length=200, blank=True)
    details = JsonText(default=dict)
    address = models.GenericIPAddressField(null=True)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="audit_newest")]
