from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.columns import JsonText
from builder.models.connection import Connection
from builder.models.event import Event
from builder.models.recipe import Recipe
from builder.models.run import Run, StepRun
from builder.models.workspace import Workspace


class Awaited(models.Model):
    """A kind of event that a live recipe's step waits for, once a run comes there."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE)
    trigger = models.CharField(max_length=80)
    inputs = JsonText(default=dict)
    signature = models.CharField(max_length=32)
    """Of connection, trigger and inputs: whoever waits for the same has the same one."""
    current = models.BooleanField(default=True)
    """False: only runs of an earlier version still wait for it."""

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "signature"], name="one_awaited_each")]


class Expectation(models.Model):
    """A run rests until an event about one record comes, or its time is over; whichever is first."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    run = models.ForeignKey(Run, models.CASCADE, related_name="expectations")
    step_run = models.OneToOneField(StepRun, models.CASCADE, related_name="expectation")
    connection = models.ForeignKey(Connection, models.CASCADE)
    signature = models.CharField(max_length=32)
    about = models.CharField(max_length=200)
    """What the event must name: an id, an e-mail address, a number."""
    about_hash = models.CharField(max_length=32)
    since = models.DateTimeField()
    """Events from then on count: it may come before the run has got as far as to wait for it."""
    until = models.DateTimeField()
    event = models.ForeignKey(Event, models.SET_NULL, null=True)
    over = models.BooleanField(default=False)
    """It came, or nobody waits any more."""

    objects = ScopedManager(seen("run__recipe__folder"), workspace="workspace")

    class Meta:
        indexes = [
            models.Index(fields=["signature", "about_hash"], condition=Q(over=False), name="expectation_open"),
            models.Index(fields=["connection"], condition=Q(over=False), name="expectation_of_connection"),
        ]

    def __str__(self) -> str:
        return self.about


class Arrival(models.Model):
    """An event that was of an awaited kind, and what it named."""

    event = models.ForeignKey(Event, models.CASCADE)
    signature = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "event"], name="one_arrival_each")]
