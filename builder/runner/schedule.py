"""What is due by the clock. Any number of schedulers may tick; the database decides who was first."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import QuerySet
from django_scopes import scopes_disabled

from builder.models import Event, Recipe, Source, Subscription
from builder.models.columns import write_json
from builder.runner import (
    alerts,
    brakes,
    doorbell,
    erasing,
    failpoints,
    intake,
    leases,
    letters,
    listening,
    makeup,
    messengers,
    polling,
    presence,
    prune,
    turn,
    upkeep,
)
from builder.runner.clock import clock, now
from connectors.errors import ConnectorError
from connectors.tools import schedule

log = logging.getLogger(__name__)

AGAIN = 30.0 / settings.TIME_SCALE
AT_ONCE = 500
"""Schedules in one tick; the others are due in the next."""
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
        presence.note("scheduler")
        leases.sweep()
        for subscription_id in polling.due()[:1]:  # the worker polls all that are due
            _send("recette.poll", subscription_id)
        for subscription_id in listening.unchecked():
            _send("recette.subscribe", subscription_id)
        for connection_id in upkeep.due():
            _send("recette.look_after", connection_id)
        for agency_id in upkeep.due_agencies():
            _send("recette.look_after_agency", agency_id)
        for subscription in _schedules():
            _fire_or_say(subscription)
        brakes.weigh()
        for recipe_id in letters.due():
            _send("recette.tell", recipe_id)
        for question_id in letters.questions():
            _send("recette.ask", question_id)
        alerts.look()
        messengers.post()
        for route_id in messengers.due():
            _send("recette.alert", route_id)
        for recipe_id in makeup.waiting():
            _send(makeup.TASK, recipe_id)
        prune.hourly()
        erasing.work()


def _send(task: str, row_id: int) -> None:
    """Not twice within half a minute: with no worker there, messages would only heap up."""
    errand, moment = (task, row_id), time.monotonic()
    while _sent and next(iter(_sent.values())) < moment - AGAIN:  # the first were sent first
        _sent.pop(next(iter(_sent)))
    if errand not in _sent and doorbell.send(task, row_id):
        _sent[errand] = moment


def _schedules() -> list[Subscription]:
    rows = Subscription.objects.filter(active=True, object="schedule", poll_at__lte=now(), recipe__isnull=False)
    return list(rows.select_related("workspace").order_by("poll_at")[:AT_ONCE])


def _fire_or_say(subscription: Subscription) -> None:
    """A schedule that can't be read keeps none of the others waiting; it is tried again in an hour."""
    try:
        fire(subscription)
    except (ConnectorError, ValueError) as problem:
        later = now() + timedelta(hours=1)
        _still(subscription).update(trouble=str(problem), poll_at=later)


def fire(subscription: Subscription) -> int:
    """Events for the due time, and for missed ones as the recipe wants it, by whoever comes first; then the next due
    time. How many came of it."""
    with turn.writing():
        if not _take(subscription):
            return 0
        recipe = Recipe.objects.select_related("live").get(subscriptions=subscription.pk)  # as it is under the lock
        made = [_event(subscription, due) for due in _to_run(recipe, subscription)]
        Event.objects.bulk_create(made, ignore_conflicts=True)
        after = max(subscription.poll_at or now(), now())
        _still(subscription).update(poll_at=next_due(recipe, subscription, after), trouble="")
        failpoints.reach("scheduler.before_insert", subscription.pk)
    failpoints.reach("scheduler.after_insert", subscription.pk)
    if made:
        doorbell.ring_now()
    return len(made)


def _still(subscription: Subscription) -> QuerySet[Subscription]:
    """The row, as long as it waits for the due time it was found with."""
    return Subscription.objects.filter(pk=subscription.pk, poll_at=subscription.poll_at, active=True)


def _take(subscription: Subscription) -> bool:
    rows = _still(subscription)
    return bool(rows.select_for_update() if connection.features.has_select_for_update else rows)


def _event(subscription: Subscription, due: datetime) -> Event:
    raw = write_json(schedule.moment(due, subscription.workspace.zone)).encode()
    event = intake.build(subscription.workspace_id, Source.SCHEDULE, raw, name="due", headers={})
    event.subscription, event.change_key = subscription, f"due:{due.astimezone(UTC).isoformat()}"
    return event


def _to_run(recipe: Recipe, subscription: Subscription) -> list[datetime]:
    assert subscription.poll_at
    return schedule.to_run(_rule(recipe), subscription.poll_at, now(), subscription.workspace.zone)


def next_due(recipe: Recipe, subscription: Subscription, after: datetime) -> datetime:
    """By the rule of the version that is live."""
    return schedule.next_due(_rule(recipe), after, subscription.workspace.zone)


def _rule(recipe: Recipe) -> dict[str, Any]:
    return dict(recipe.live.tree["trigger"].get("inputs", {})) if recipe.live else {}
