from django.db import models
from django_scopes import ScopedManager

from builder.models.columns import JsonText, PublicId
from builder.models.user import User
from builder.models.workspace import Workspace


class Agency(models.Model):
    """An agency's consent at a service: connections of its locations get tokens by it. Itself it opens none of them."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="agencies")
    connector = models.CharField(max_length=40)
    record_id = models.CharField(max_length=100)
    """The agency's own id there."""
    app = models.CharField(max_length=120)
    """The client id of the app it was given to."""
    settings = JsonText(default=dict)
    """Public fields: `base_url`, `client_id`, when the token ends."""
    sealed = models.TextField(blank=True)
    """The secret fields as sealed JSON; empty once the service refused them."""
    refreshing_until = models.DateTimeField(null=True)
    """Somebody is fetching new tokens; refresh tokens are good for one use."""
    consented_at = models.DateTimeField(null=True)
    """When a person let the app in last."""
    trouble = models.TextField(blank=True)
    """The sentence behind tokens that are refused or don't reach."""
    tested_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)
    """When it is asked next by itself; None: a day after its last test."""
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "connector", "record_id", "app"], name="one_agency_per_app"),
        ]

    def __str__(self) -> str:
        return self.record_id
