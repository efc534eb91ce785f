from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText, PublicId
from builder.models.run import Run, StepRun
from builder.models.user import User
from builder.models.workspace import Workspace


class Decision(models.TextChoices):
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    TIMED_OUT = "timed_out", _("Nobody decided in time")


class Approval(models.Model):
    """A question that a run rests on. It is decided once; who was quicker counts."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    run = models.ForeignKey(Run, models.CASCADE, related_name="approvals")
    step_run = models.OneToOneField(StepRun, models.CASCADE, related_name="approval")
    people = JsonText(default=list)
    """E-mail addresses, in small letters, of those who may decide; owners and admins may besides."""
    message = models.TextField(blank=True)
    until = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    """Empty as long as nobody decided."""
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True)
    decided_name = models.CharField(max_length=150, blank=True)
    """What they were called then; empty when time did it."""
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    mail_due = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = ScopedManager(seen("run__recipe__folder"), workspace="workspace")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(mail_due=True), name="approval_mail_due"),
            models.Index(fields=["workspace", "id"], condition=Q(decision=""), name="approval_open"),
        ]

    def __str__(self) -> str:
        return self.message
