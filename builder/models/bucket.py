from django.db import models

from builder.models.columns import JsonText


class Bucket(models.Model):
    """What may still be asked of one account at a service. Every process draws from it, so it belongs to no workspace:
    two of them may hold connections to one location."""

    key = models.CharField(max_length=200, unique=True)
    """Whom the service counts: `ghl|services.leadconnectorhq.com|<location>|<app>`."""
    ledger = JsonText(default=dict)
    """What is lent out and when it comes back, as `runner.ledger` keeps it."""
    most = models.PositiveIntegerField()
    """Calls in a window, as declared or as the service's answers say."""
    seconds = models.FloatField()
    shut_until = models.DateTimeField(null=True)
    """The service asked for a pause."""
    day = models.DateField(null=True)
    """UTC; the two counts are of this day."""
    used_today = models.PositiveIntegerField(default=0)
    peak_today = models.PositiveIntegerField(default=0)
    """The most calls in one window."""
