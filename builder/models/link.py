from django.db import models
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText
from builder.models.connection import Connection
from builder.models.run import Run
from builder.models.workspace import Workspace


class OwnWrite(models.Model):
    """The newest change of a record that a run of ours made: by it, its echo is known."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE)
    object = models.CharField(max_length=40)
    record_id = models.CharField(max_length=100)
    values = JsonText(default=dict)
    """As a sighting has them, as far as the answer told."""
    run = models.ForeignKey(Run, models.CASCADE)
    at = models.DateTimeField()

    objects = ScopedManager(seen("run__recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "object", "record_id"], name="one_own_write_per_record")
        ]


class RecordLink(models.Model):
    """This record there is that record here: `HighLevel contact q81… = Invoice Ninja client Vol…`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE)
    kind = models.CharField(max_length=40)
    """Kind of the record in the connection's service: `client`."""
    local_key = models.CharField(max_length=200)
    """The other side's id, as the recipe gave it."""
    remote_id = models.CharField(max_length=100, blank=True)
    """Empty while the run in `claimed_by` is still finding or making it."""
    marker = models.CharField(max_length=24, blank=True)
    agreed = JsonText(default=dict)
    claimed_by = models.ForeignKey(Run, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "local_key"], name="one_link_per_record")]
        indexes = [
            models.Index(fields=["workspace", "kind", "remote_id"], name="link_by_remote"),
            models.Index(fields=["workspace", "kind", "local_key"], name="link_by_local"),
        ]
