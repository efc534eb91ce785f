import hashlib
import re
import zlib
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from builder.models.access import current, hidden, seen
from builder.models.columns import JsonText, PackedJson, PublicId
from builder.models.connection import Connection
from builder.models.recipe import Recipe
from builder.models.workspace import Workspace


class Subscription(models.Model):
    """What we watch: an object of a connection, whatever the ways in; or one recipe's own hook or schedule."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True, related_name="subscriptions")
    recipe = models.ForeignKey(Recipe, models.CASCADE, null=True, related_name="subscriptions")
    object = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    cursor = JsonText(default=dict)
    poll_seconds = models.PositiveIntegerField(default=120)
    poll_at = models.DateTimeField(null=True)
    """When the next poll (or the schedule's next tick) is due; None: never."""
    polled_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)
    remote_hooks = JsonText(default=list)
    """Ids of the webhooks that stand for us at the service."""
    hooks_checked_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(null=True)

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "object"], condition=Q(recipe=None), name="one_subscription_per_object"
            ),
            models.UniqueConstraint(
                fields=["recipe", "object"], condition=Q(connection=None), name="one_subscription_per_recipe"
            ),
        ]
        indexes = [models.Index(fields=["poll_at"], condition=Q(active=True), name="subscription_due")]


class Hook(models.Model):
    """An address the world may post to. The key is looked up by its hash alone."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True, related_name="hooks")
    subscription = models.ForeignKey(Subscription, models.CASCADE, null=True, related_name="hooks")
    key_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    """The key and the secrets deliveries are checked with, sealed."""
    refused = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(seen("subscription__recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection"], name="one_hook_per_connection"),
            models.UniqueConstraint(fields=["subscription"], name="one_hook_per_subscription"),
        ]


class StrayDelivery(models.Model):
    """What came to an address we don't know: kept for a day's worth, then only counted."""

    day = models.DateField()
    key_hash = models.CharField(max_length=64)
    headers = JsonText(default=dict)
    raw = models.BinaryField()
    at = models.DateTimeField()


class StrayCount(models.Model):
    day = models.DateField(unique=True)
    deliveries = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)


class Source(models.TextChoices):
    HOOK = "hook", _("Webhook")
    POLL = "poll", _("Polling")
    SCHEDULE = "schedule", _("Schedule")
    PERSON = "person", _("A person")
    API = "api", _("API")
    CALL = "call", _("Another recipe")


class Fate(models.TextChoices):
    WAITING = "", _("Being read")
    RAN = "ran", _("Ran")
    FILTERED = "filtered", _("Filtered out")
    DUPLICATE = "duplicate", _("Duplicate")
    AWAITED = "awaited", _("A run waited for it")
    ECHO = "echo", _("Echo of our own change")
    PAUSED = "paused", _("Kept while paused")
    NO_RECIPE = "no_recipe", _("No recipe listens")
    UNREADABLE = "unreadable", _("Unreadable")


ERASED = {"erased": "yes"}
"""Headers of an event whose payload is gone for good."""


def _of_others(rows: "models.QuerySet[Any]", folders: frozenset[int]) -> "models.QuerySet[Any]":
    """Events without those that belong to closed folders: to a recipe's own address, or with runs there alone."""
    runs = Event._meta.get_field("runs").related_model._base_manager.filter(event=OuterRef("pk"))
    alone = Exists(runs.filter(recipe__folder__in=folders)) & ~Exists(runs.exclude(recipe__folder__in=folders))
    return rows.exclude(Q(subscription__recipe__folder__in=folders) | Q(alone))


class SeenEvents(models.Manager["Event"]):
    def get_queryset(self) -> "models.QuerySet[Event]":
        rows = super().get_queryset()
        return _of_others(rows, hidden()) if hidden() else rows


class SeenKeys(models.Manager["EventKey"]):
    def get_queryset(self) -> "models.QuerySet[EventKey]":
        rows = super().get_queryset()
        return rows.filter(event__in=_of_others(Event._base_manager.all(), hidden())) if hidden() else rows


class Event(models.Model):
    """Something that happened outside, with the bytes it came in."""

    public_id = PublicId()
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True)
    subscription = models.ForeignKey(Subscription, models.CASCADE, null=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    name = models.CharField(max_length=80, blank=True)
    """The service's own word for it (`OpportunityStatusUpdate`), or what followed the key in the address."""
    headers = JsonText(default=dict)
    raw = models.BinaryField()
    query = models.BinaryField(default=b"")
    """What stood behind the question mark, raw; kept for a recipe's own hook alone: elsewhere it may be secret."""
    received_at = models.DateTimeField()
    delivery_key = models.CharField(max_length=100, null=True)
    change_key = models.CharField(max_length=200, null=True)
    object = models.CharField(max_length=40, blank=True)
    record_id = models.CharField(max_length=100, blank=True)
    data = PackedJson(null=True)
    """What the trigger gives to recipes; None until read."""
    complete = models.BooleanField(default=True)
    """False: the first thing a run does is to read the record again."""
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.WAITING)
    fate_details = JsonText(default=list)
    """One `{"recipe": public id or "", "because": sentence}` for each recipe that listened."""
    read_at = models.DateTimeField(null=True)

    objects = ScopedManager(SeenEvents, workspace="workspace")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "delivery_key"], name="one_event_per_delivery"),
            models.UniqueConstraint(fields=["subscription", "change_key"], name="one_event_per_change"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(read_at=None), name="event_unread"),
            models.Index(fields=["workspace", "-id"], name="event_newest"),
        ]

    @property
    def erased(self) -> bool:
        """Whom it was about had their data erased: only when it came, and what became of it, is left."""
        return bool(self.headers == ERASED)

    @property
    def told(self) -> list[dict[str, str]]:
        """`fate_details` without recipes that whoever looks can't see."""
        sight = current()
        unseen = sight.unseen if sight and hidden() else ()
        return [detail for detail in self.fate_details or [] if detail.get("recipe") not in unseen]

    @property
    def text(self) -> str:
        """The bytes it came in, as text; what is no UTF-8 shows as �."""
        return unpack(self.raw).decode("utf-8", "replace")

    @property
    def query_text(self) -> str:
        return bytes(self.query).decode("utf-8", "replace")


def unpack(stored: bytes | memoryview) -> bytes:
    """Raw bytes as they came in: `Event.raw` is stored compressed, or as it was behind a `=`."""
    stored = bytes(stored)
    if stored[:1] == b"=":
        return stored[1:]
    try:
        return zlib.decompress(stored)
    except zlib.error:
        return stored


class EventKey(models.Model):
    """What an event can be found by: an e-mail address, a phone number, a name, a record's id, a number."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=12)
    value_hash = models.CharField(max_length=32)
    value = models.CharField(max_length=200)
    event = models.ForeignKey(Event, models.CASCADE, related_name="keys")

    objects = ScopedManager(SeenKeys, workspace="workspace")

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind", "value_hash"], name="eventkey_search")]

    @staticmethod
    def hashed(kind: str, value: str) -> str:
        return hashlib.sha256(normal(kind, value).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @classmethod
    def matching(cls, text: str) -> "models.QuerySet[EventKey]":
        """Those that say what was typed, whatever it is: an address, a number, a whole name, an id."""
        found = Q()
        for kind in ("email", "phone", "name", "number", "id"):
            found |= Q(kind=kind, value_hash=cls.hashed(kind, text)) if normal(kind, text) else Q()
        return cls.objects.filter(found) if found else cls.objects.none()


def normal(kind: str, value: str) -> str:
    """The form in which two spellings of one thing are equal."""
    if kind == "phone":
        return re.sub(r"\D", "", value)
    return " ".join(value.lower().split())


class Snapshot(models.Model):
    """A watched record as it was seen last: what the next sighting is compared with."""

    subscription = models.ForeignKey(Subscription, models.CASCADE)
    record_id = models.CharField(max_length=100)
    values = JsonText()
    stamp = models.CharField(max_length=40, blank=True)
    serial = models.PositiveIntegerField(default=1)
    """Counts the changes; part of the event's change key."""
    seen_at = models.DateTimeField()
    pace = JsonText(default=dict)
    """Recipe (its key) to `[seconds since the epoch, runs since then]`: how fast it comes back to this record."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "record_id"], name="one_snapshot_per_record")]


class Kept(models.Model):
    """An event that a paused recipe would have run for."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="kept")
    event = models.ForeignKey(Event, models.CASCADE)
    wanted = models.BooleanField(default=False, db_default=False)
    """Somebody said that it is to be run; it will be soon."""

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "event"], name="one_kept_each")]
        indexes = [models.Index(fields=["recipe"], condition=models.Q(wanted=True), name="kept_wanted")]
