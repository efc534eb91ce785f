"""What is due by the clock. Any number of schedulers may tick; the database decides who was first."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django_scopes import scopes_disabled

from builder.models import Source, Subscription
from builder.models.columns import write_json
from builder.runner import doorbell, failpoints, intake, leases, listening, polling, prune
from builder.runner.clock import clock, now
from connectors.errors import ConnectorError
from connectors.tools import schedule

log = logging.getLogger(__name__)

AGAIN = 30.0 / settings.TIME_SCALE
_sent: dict[tuple[str, int], float] = {}


def run_forever(stop: Callable[[], bool]) -> None:
    """Ticks every SWEEP_EVERY seconds until told to stop; a failing tick is said and tried again."""
    while not stop():
        began = time.monotonic()
        try:
            tick()
        except Exception:
            log.exception("a tick failed", extra={"action": "tick_failed"})
            connection.close()
        time.sleep(max(0.05, settings.SWEEP_EVERY / 2 - (time.monotonic() - began)))


def tick() -> None:
    close_old_connections()
    clock.ask()
    with scopes_disabled():
        leases.sweep()
        for subscription_id in polling.due():
            _send("recette.poll", subscription_id)
        for subscription_id in listening.unchecked():
            _send("recette.subscribe", subscription_id)
        for subscription in _schedules():
            _fire_or_say(subscription)
        prune.hourly()


def _send(task: str, subscription_id: int) -> None:
    """Not twice within half a minute: with no worker there, messages would only heap up."""
    errand, moment = (task, subscription_id), time.monotonic()
    if moment - _sent.get(errand, 0.0) > AGAIN and doorbell.send(task, subscription_id):
        _sent[errand] = moment


def _schedules() -> list[Subscription]:
    rows = Subscription.objects.filter(active=True, object="schedule", poll_at__lte=now(), recipe__isnull=False)
    return list(rows.select_related("recipe__live", "workspace")[:100])


def _fire_or_say(subscription: Subscription) -> None:
    """A schedule that can't be read keeps none of the others waiting; it is tried again in an hour."""
    try:
        fire(subscription)
    except (ConnectorError, ValueError) as problem:
        later = now() + timedelta(hours=1)
        Subscription.objects.filter(pk=subscription.pk).update(trouble=str(problem), poll_at=later)


def fire(subscription: Subscription) -> bool:
    """One event for one due time, whoever comes first; then the next due time."""
    due = subscription.poll_at
    assert due
    raw = write_json(schedule.moment(due, subscription.workspace.zone)).encode()
    event = intake.build(subscription.workspace_id, Source.SCHEDULE, raw, name="due", headers={})
    event.subscription, event.change_key = subscription, f"due:{due.isoformat()}"
    try:
        with transaction.atomic():
            event.save()
            Subscription.objects.filter(pk=subscription.pk).update(poll_at=next_due(subscription))
            failpoints.reach("scheduler.before_insert", subscription.pk)
    except IntegrityError:
        return False
    failpoints.reach("scheduler.after_insert", subscription.pk)
    doorbell.ring_now()
    return True


def next_due(subscription: Subscription) -> datetime:
    """The next moment the recipe's own rule names, after now: missed ones are not caught up."""
    recipe = subscription.recipe
    assert recipe and recipe.live
    inputs = recipe.live.tree["trigger"].get("inputs", {})
    return schedule.next_due(inputs, now(), subscription.workspace.zone)
