from django.db import models
from django_scopes import ScopedManager

from builder.models.columns import PackedJson
from builder.models.workspace import Workspace


class DigestEntry(models.Model):
    """What a step added to a digest. It gathers until somebody releases it, and is kept a while after."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=80)
    marker = models.CharField(max_length=24)
    """Of the step that added it, the same for each of its attempts."""
    once = models.CharField(max_length=200, blank=True)
    """Of entries with the same, only the newest counts. Empty: it stands for itself."""
    value = PackedJson()
    added_at = models.DateTimeField()
    released_by = models.CharField(max_length=24, blank=True)
    """Marker of the step that released it."""
    released_at = models.DateTimeField(null=True)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "marker"], name="one_digest_entry_per_step")]
        indexes = [
            models.Index(fields=["workspace", "name", "released_by"], name="digest_gathered"),
            models.Index(fields=["released_at"], name="digest_released"),
        ]
