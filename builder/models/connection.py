from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.agency import Agency
from builder.models.columns import JsonText, PublicId
from builder.models.user import User
from builder.models.workspace import Workspace


class Health(models.TextChoices):
    UNTESTED = "untested", _("Not tested yet")
    WELL = "well", _("Connected")
    SIGNED_OUT = "signed_out", _("Signed out")
    TROUBLE = "trouble", _("In trouble")


class Connection(models.Model):
    """An account at a service: where it is, how we sign in (sealed), and how it fares."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="connections")
    connector = models.CharField(max_length=40)
    method = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    settings = JsonText(default=dict)
    """Public fields and facts (`base_url`, `location_id`, `currency`): shown, exported without ids, never secret."""
    sealed = models.TextField(blank=True)
    """The secret fields as sealed JSON, opened by `builder.seal` only where a request is built."""
    endings = JsonText(default=dict)
    """Last four characters of each secret, to recognise it by."""
    health = models.CharField(max_length=12, choices=Health.choices, default=Health.UNTESTED)
    trouble = models.TextField(blank=True)
    """The sentence behind a health that is not well."""
    identity = JsonText(default=dict)
    """`name`, `detail`, `version`, `record_id`, `missing` as the last test found them; `lacking`: permissions that a
    call was refused for since."""
    waiting = JsonText(null=True)
    """A new secret that was tested and waits to be switched to: `sealed`, `endings`, `name`, `missing`, `at`."""
    former = JsonText(null=True)
    """The secret before the last switch, for as long as it may be gone back to: `sealed`, `endings`, `secret_at`,
    `until`."""
    secret_at = models.DateTimeField(null=True)
    """Since when the secret in use is."""
    budget = JsonText(default=dict)
    """What the service's rate headers said last: `remaining`, `reset_at`, `daily_remaining`."""
    resting_until = models.DateTimeField(null=True)
    """The service does not answer: runs wait until it is tried again then."""
    rests = models.PositiveSmallIntegerField(default=0)
    """How often in a row it was found away; the pauses grow with it."""
    refreshing_until = models.DateTimeField(null=True)
    """Somebody is fetching new tokens; refresh tokens are good for one use."""
    agency = models.ForeignKey(Agency, models.SET_NULL, null=True, related_name="connections")
    """Whose consent its tokens came from: when its own can't be renewed, that gives new ones."""
    tested_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)
    """When it is asked next by itself; None: a day after its last test."""
    used_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return self.name
