"""Asks a service what changed since last time. One poll serves every recipe that watches the object."""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import Error
from django_scopes import scopes_disabled

from builder.models import Connection, Snapshot, Source, Subscription
from builder.models.columns import write_json
from builder.runner import accounts, doorbell, intake, reading, turn
from builder.runner.clock import now
from builder.runner.ledger import Rank
from builder.runner.offline import hold
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Page, Sighting

log = logging.getLogger(__name__)

PAGES = 50
"""At most, in one poll; the cursor goes on from there next time."""
CLAIM = timedelta(minutes=5)
MISTAKE = "That was a mistake of Recette's own ({}): tell whoever looks after this server."


def due() -> list[int]:
    """Ids of the subscriptions whose poll is due."""
    rows = Subscription.objects.filter(active=True, poll_at__lte=now(), connection__isnull=False)
    return list(rows.order_by("poll_at").values_list("pk", flat=True)[:100])


def poll(subscription_id: int) -> int:
    """The number of new events. Nothing happens when another process has the poll."""
    with scopes_disabled():
        subscription = _claim(subscription_id)
        if subscription is None:
            return 0
        try:
            return _pages(subscription)
        except ConnectorError as problem:
            _trouble(subscription, problem)
        except Error:
            raise
        except Exception as mistake:  # said where people look, not only in the log
            log.exception("a poll failed", extra={"action": "poll_mistake"})
            _trouble(subscription, ConnectorError(MISTAKE.format(type(mistake).__name__)))
        return 0


def _claim(subscription_id: int) -> Subscription | None:
    """Moves the due time on by a conditional update; losing the race is normal."""
    moment = now()
    rows = Subscription.objects.filter(pk=subscription_id, active=True, poll_at__lte=moment)
    if not rows.update(poll_at=moment + CLAIM):
        return None
    return Subscription.objects.select_related("connection").get(pk=subscription_id)


def _pages(subscription: Subscription) -> int:
    opened = accounts.open(_connection(subscription))
    watched = opened.connector.watched[subscription.object]
    found = 0
    for _ in range(PAGES):
        page = hold(opened, partial(watched.poll, subscription.cursor), rank=Rank.POLL)
        found += _store(subscription, page)
        if not page.more:
            break
    return found


def _store(subscription: Subscription, page: Page) -> int:
    """News become events and the cursor moves, in one transaction."""
    with turn.writing():
        news = _news(subscription, page.sightings)
        if page.baseline:
            _remember(subscription, news)
            news = []
        for sighting in news:
            event = intake.build(subscription.workspace_id, Source.POLL, _raw(sighting), name="", headers={})
            event.connection_id, event.subscription_id = subscription.connection_id, subscription.pk
            event.save()
        _done(subscription, page)
    if news:
        doorbell.ring_now()
    return len(news)


def _raw(sighting: Sighting) -> bytes:
    return write_json(asdict(sighting)).encode()


def _news(subscription: Subscription, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Without what a webhook or the overlap of two polls has shown already."""
    found = list({s.record_id: s for s in sightings}.values())
    rows = Snapshot.objects.filter(subscription=subscription, record_id__in=[s.record_id for s in found])
    seen = {s.record_id: s for s in rows}
    return [s for s in found if reading.is_news(seen.get(s.record_id), s)]


def _remember(subscription: Subscription, sightings: Iterable[Sighting]) -> None:
    """Where things stood when the watching began: kept, never reported."""
    rows = [
        Snapshot(
            subscription=subscription,
            record_id=s.record_id,
            values=reading.merged(None, s),
            stamp=s.stamp,
            serial=0,
            seen_at=now(),
        )
        for s in sightings
    ]
    Snapshot.objects.bulk_create(rows, ignore_conflicts=True)


def _done(subscription: Subscription, page: Page) -> None:
    subscription.cursor = page.cursor
    subscription.polled_at = now()
    subscription.poll_at = now() + timedelta(seconds=subscription.poll_seconds / settings.TIME_SCALE)
    subscription.trouble = ""
    subscription.save(update_fields=["cursor", "polled_at", "poll_at", "trouble"])


def _trouble(subscription: Subscription, problem: ConnectorError) -> None:
    """The sentence is kept; the next try comes later, and the cursor stays."""
    pause = max(subscription.poll_seconds, problem.retry_after or 0, 60) / settings.TIME_SCALE
    Subscription.objects.filter(pk=subscription.pk).update(
        trouble=problem.message, poll_at=now() + timedelta(seconds=pause)
    )
    if isinstance(problem, SignedOut):
        accounts.signed_out(_connection(subscription).pk, problem.message)
    log.warning("poll failed: %s", problem.message, extra={"action": "poll_failed"})


def _connection(subscription: Subscription) -> Connection:
    assert subscription.connection
    return subscription.connection
