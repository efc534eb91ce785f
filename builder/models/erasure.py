from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.columns import JsonText, PublicId
from builder.models.user import User
from builder.models.workspace import Workspace


class ErasureState(models.TextChoices):
    WORKING = "working", _("Being erased")
    WAITING = "waiting", _("Waiting for runs under way")
    DONE = "done", _("Done")


class Erasure(models.Model):
    """An owner's wish that nothing is known of one person any more, and the report of what became of it."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="erasures")
    sealed = models.TextField(blank=True)
    """What the person is known by, sealed: `{"0": "ada@example.com"}`; empty once it is done."""
    state = models.CharField(max_length=8, choices=ErasureState.choices, default=ErasureState.WORKING)
    place = JsonText(default=list)
    """How far it is: `[table, last id]`; [] before the first."""
    removed = JsonText(default=dict)
    """Kind of thing to how many were emptied, deleted or made unreadable."""
    stays = JsonText(default=dict)
    """What was left as it is: `{"recipes": [names], "runs": 2, "members": 1}`."""
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)
    """When somebody should go on with it; None: it is done."""
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        indexes = [models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="erasure_due")]
