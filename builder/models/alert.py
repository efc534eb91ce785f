from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText, PublicId
from builder.models.connection import Connection
from builder.models.recipe import Recipe
from builder.models.run import Run
from builder.models.user import User
from builder.models.workspace import Workspace


class AlertKind(models.TextChoices):
    FAILED = "failed", _("A run failed")
    HELD = "held", _("A run is on hold")
    UNKNOWN = "unknown", _("Nobody knows whether a step was done")
    CONNECTION = "connection", _("A connection is in trouble")
    PAUSED = "paused", _("Recette paused a recipe by itself")
    QUIET = "quiet", _("A recipe that usually runs by now has not")
    BUDGET = "budget", _("Four fifths of a service's calls of the day are used")
    AUDIT = "audit", _("The audit log was changed past Recette")


class Alert(models.Model):
    """Something that somebody should know of. While its cause lasts, more of the same is counted in it."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    recipe = models.ForeignKey(Recipe, models.CASCADE, null=True)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True)
    run = models.ForeignKey(Run, models.SET_NULL, null=True)
    """The newest it happened to."""
    sentence = models.TextField(blank=True)
    """Why, for a person; of several the newest."""
    number = models.PositiveIntegerField(default=1)
    """How often it happened."""
    began_at = models.DateTimeField()
    newest_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    open_key = models.CharField(max_length=60, null=True, unique=True)
    """`held:recipe:12` as long as it is not over: there is one at a time."""
    due = models.BooleanField(default=True, db_default=True)
    """Its newest is not on its way to anybody yet."""

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-newest_at"], name="alert_newest"),
            models.Index(fields=["id"], condition=Q(due=True), name="alert_due"),
        ]

    def __str__(self) -> str:
        return str(AlertKind(self.kind).label)


class AlertWay(models.TextChoices):
    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")
    SLACK = "slack", _("Slack")


class AlertRoute(models.Model):
    """Where a workspace's alerts go."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    way = models.CharField(max_length=8, choices=AlertWay.choices)
    people = JsonText(default=list)
    """E-mail addresses, in small letters, of members; empty: owners and admins."""
    host = models.CharField(max_length=200, blank=True)
    """Of the address it is sent to, to recognise it by."""
    sealed = models.TextField(blank=True)
    """`url`, and `secret` that messages are signed with."""
    kinds = JsonText(default=list)
    quiet_from = models.TimeField(null=True)
    """In the workspace's time zone: from then to `quiet_to` nothing is sent; it comes afterwards."""
    quiet_to = models.TimeField(null=True)
    active = models.BooleanField(default=True)
    trouble = models.TextField(blank=True)
    """Why the last message did not arrive."""
    told_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return f"{AlertWay(self.way).label}: {self.host}" if self.host else str(AlertWay(self.way).label)


class AlertLetter(models.Model):
    """An alert on its way over a route."""

    alert = models.ForeignKey(Alert, models.CASCADE)
    route = models.ForeignKey(AlertRoute, models.CASCADE)
    due_at = models.DateTimeField(null=True)
    """None: all that happened so far was told, or is no longer worth telling."""
    told_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0)
    """How many of it were told."""
    tries = models.PositiveSmallIntegerField(default=0)
    """Since it last arrived."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "route"], name="one_letter_each")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="letter_due")]
