from django.db import models
from django_scopes import ScopedManager

from builder.models.access import seen
from builder.models.recipe import Recipe
from builder.models.run import Run
from builder.models.workspace import Workspace


class GuardedWrite(models.Model):
    """Something that a guarded recipe changed or was about to: what its limits are counted by."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, models.CASCADE, related_name="+")
    step_id = models.CharField(max_length=10)
    iteration = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    customer = models.CharField(max_length=100, blank=True)
    """ID or address of whom it is about; empty where it names nobody."""
    amount = models.BigIntegerField(null=True)
    """Money that it moves, in ten-thousandths, whatever the currency."""

    objects = ScopedManager(seen("recipe__folder"), workspace="workspace")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step_id", "iteration"], name="one_guarded_write_each")]
        indexes = [models.Index(fields=["recipe", "at"], name="guarded_of_recipe")]
