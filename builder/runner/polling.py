"""Asks a service what changed since last time. One poll serves every recipe that watches the object.

Many are asked at once, on one loop; what each brings is written down by a journal, together with others.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import Error
from django.db import connection as database

from builder.models import Connection, Exchange, Snapshot, Source, Subscription
from builder.models.columns import write_json
from builder.runner import accounts, calls, circuits, doorbell, failpoints, intake, limits, reading
from builder.runner.clock import now
from builder.runner.journal import Closed, Journal
from builder.runner.ledger import Rank
from connectors import catalogue
from connectors.auth import dated
from connectors.errors import ConnectorError, SignedOut, Unavailable
from connectors.spec import Page, Sighting

log = logging.getLogger(__name__)

PAGES = 50
"""At most, in one poll; the cursor goes on from there next time."""
CLAIM = timedelta(minutes=5)
AT_ONCE = 50
GLANCE = 1.0
"""Seconds between two looks for what has become due, while slow services are still asked."""
FASTEST, SLOWEST = 60, 900
"""Seconds between two polls: after news, and when nothing has happened for long."""
SLOWER = 1.25
SPREAD = 0.1
"""So much earlier or later, by chance, that many don't fall on one second."""
AGREE = timedelta(seconds=2)
"""Two clocks that differ by less are taken for one: the service tells whole seconds, and its answer travels."""
SCARCE = 0.1
"""With less than this of the day's calls left, news are asked for as seldom as possible."""
MISTAKE = "That was a mistake of Recette's own ({}): tell whoever looks after this server."


def due() -> list[int]:
    """Ids of the subscriptions whose poll is due, the one that waits longest first."""
    rows = Subscription.objects.filter(active=True, poll_at__lte=now(), connection__isnull=False)
    return list(rows.order_by("poll_at").values_list("pk", flat=True)[:AT_ONCE])


def poll(subscription_id: int) -> int:
    """The number of new events of one subscription. Nothing happens when another process has the poll."""
    return work([subscription_id])


def work(only: list[int] | None = None) -> int:
    """Polls what is due until nothing is, or only what is named; the number of new events."""
    journal = Journal()
    try:
        return asyncio.run(Round(journal, only).run())
    finally:
        journal.close()


class Round:
    def __init__(self, journal: Journal, only: list[int] | None) -> None:
        self.journal, self.only = journal, only
        self.active: set[asyncio.Task[int]] = set()
        self.found = 0
        self.services = circuits.Circuits()

    async def run(self) -> int:
        self.http = calls.make_client()
        self.lines = limits.Limits(self.journal.do)
        try:
            while not stopping.is_set() and (await self._take() or self.active):
                await self._breathe()
            while self.active:
                await self._breathe()
        finally:
            await self.lines.close()
            await self.http.close()
        return self.found

    async def _take(self) -> int:
        room = AT_ONCE - len(self.active)
        if room < AT_ONCE // 2:
            return 0
        claimed = await self.journal.do(lambda: claim(room, self.only))
        for subscription in claimed:
            self.active.add(asyncio.create_task(self._poll(subscription)))
        return len(claimed)

    async def _breathe(self) -> None:
        if self.active:
            first = asyncio.FIRST_COMPLETED
            done, self.active = await asyncio.wait(self.active, timeout=GLANCE, return_when=first)
            self.found += sum(task.result() for task in done)

    async def _poll(self, subscription: Subscription) -> int:
        try:
            return await self._pages(subscription)
        except ConnectorError as problem:
            said = problem
        except (Error, Closed):  # left to its claim: it is due again in a while
            log.exception("a poll was not written", extra={"action": "poll_unwritten"})
            return 0
        except Exception as mistake:  # said where people look, not only in the log
            log.exception("a poll failed", extra={"action": "poll_mistake"})
            said = ConnectorError(MISTAKE.format(type(mistake).__name__))
        await self.journal.do(lambda: _trouble(subscription, said))
        return 0

    async def _line(self, opened: accounts.Opened) -> calls.Line:
        """Raises Unavailable while the service is left alone."""
        circuit = self.services.of(opened)
        if circuit and (seconds := await circuit.rests(self.journal.do)):
            raise Unavailable(f"{opened.connector.label} is not answering.", retry_after=seconds)
        return calls.Line(
            client=self.http,
            opened=opened,
            turnstile=self.lines.of(opened),
            workspace_id=0,
            do=self.journal.do,
            errand=limits.Errand(Rank.POLL),
            circuit=circuit,
            refresh=calls.Refresher(self.http, self.journal.do) if opened.id else None,
        )

    async def _pages(self, subscription: Subscription) -> int:
        opened = accounts.open(_connection(subscription))
        watched = opened.connector.watched[subscription.object]
        line = await self._line(opened)
        found = 0
        for _ in range(PAGES):
            page = await line.hold(lambda: watched.poll(_cursor(subscription), calls.context(line.opened)))
            opened_as, ahead = line.opened.mark, _ahead(line.exchanges)
            news = await self.journal.do(partial(_store, subscription, opened_as, page, found, ahead))
            if news is None:
                break
            found += news
            failpoints.reach("poll.after_commit", subscription.pk)
            line.exchanges.clear()
            if not page.more:
                break
        return found


def _cursor(subscription: Subscription) -> dict[str, Any]:
    """Where the last one ended; with what its recipe asks for, where that has a poll of its own."""
    recipe = subscription.recipe
    if recipe is None or recipe.live is None:
        return subscription.cursor
    return {**subscription.cursor, "asked": recipe.live.tree["trigger"].get("inputs") or {}}


stopping = threading.Event()
"""Set when the worker was told to stop."""


def claim(room: int, only: list[int] | None = None) -> list[Subscription]:
    """Moves the due time on; losing the race is normal. Inside a transaction."""
    rows = Subscription.objects.filter(active=True, poll_at__lte=now(), connection__isnull=False)
    rows = (rows if only is None else rows.filter(pk__in=only)).order_by("poll_at")
    if database.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows.select_related("connection", "recipe__live")[:room])
    Subscription.objects.filter(pk__in=[s.pk for s in found]).update(poll_at=now() + CLAIM)
    return found


def _ahead(exchanges: Iterable[Exchange]) -> timedelta:
    """By how much the service's clock is ahead of ours (below zero: behind), as its answers tell; nothing when they
    don't."""
    told = (
        sent - one.at - timedelta(milliseconds=one.took_ms)
        for one in exchanges
        if one.status and (sent := dated(one.response_headers))
    )
    ahead = max(told, default=timedelta())  # seconds are cut off and the way back takes time, so all are too low
    return ahead if abs(ahead) > AGREE else timedelta()


def _by_their_clock(subscription: Subscription, ahead: timedelta) -> None:
    """The beginning is a time of ours, and what is polled is judged by the service's times against it: so the first
    answer moves it to where the service's clock stood then, to the beginning of that second, since times of services
    often are whole ones. Rather a second early, which shows what was there just before, than late, which loses what
    came just after."""
    ours = subscription.began_at
    subscription.began_at = (ours + ahead).replace(microsecond=0)
    Subscription.objects.filter(pk=subscription.pk, began_at=ours).update(began_at=subscription.began_at)


def _store(
    subscription: Subscription, opened_as: tuple[object, ...], page: Page, before: int, ahead: timedelta
) -> int | None:
    """News become events and the cursor moves, in one transaction. None: nobody listens there any more, or the
    connection was changed since it was opened. `before`: the news of earlier pages. `ahead`: see `_ahead`."""
    if not _stands(subscription, opened_as):
        return None
    if ahead and not subscription.cursor:
        _by_their_clock(subscription, ahead)
    news = _news(subscription, page.sightings)
    if page.baseline:
        began = subscription.began_at.isoformat()
        _remember(subscription, [s for s in news if s.stamp < began])
        news = [s for s in news if s.stamp >= began]
    for sighting in news:
        event = intake.build(subscription.workspace_id, Source.POLL, _raw(sighting), name="", headers={})
        event.connection_id, event.subscription_id = subscription.connection_id, subscription.pk
        event.save()
    _done(subscription, page, bool(news or before))
    failpoints.reach("poll.before_commit", subscription.pk)
    if news:
        doorbell.ring()
    return len(news)


def _stands(subscription: Subscription, opened_as: tuple[object, ...]) -> bool:
    rows = Subscription.objects.filter(pk=subscription.pk, active=True).select_related("connection")
    fresh = (rows.select_for_update(of=("self",)) if database.features.has_select_for_update else rows).first()
    return fresh is not None and fresh.connection is not None and accounts.mark(fresh.connection) == opened_as


def _raw(sighting: Sighting) -> bytes:
    return write_json(asdict(sighting)).encode()


def _news(subscription: Subscription, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Without what a webhook or the overlap of two polls has shown already."""
    found = list({s.record_id: s for s in sightings}.values())
    if not found:
        return []
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


def _done(subscription: Subscription, page: Page, news: bool) -> None:
    subscription.cursor = page.cursor
    subscription.polled_at = now()
    subscription.poll_seconds = pace(subscription, news)
    subscription.poll_at = now() + _soon(subscription.poll_seconds)
    subscription.trouble = ""
    Subscription.objects.filter(pk=subscription.pk).update(
        **{name: getattr(subscription, name) for name in ("cursor", "polled_at", "poll_seconds", "poll_at", "trouble")}
    )


def pace(subscription: Subscription, news: bool) -> int:
    """Seconds to the next poll: soon after news, later the longer nothing happens, seldom when the day's calls run
    out."""
    if _is_scarce(_connection(subscription)):
        return SLOWEST
    if news:
        return FASTEST
    return min(SLOWEST, max(FASTEST, round(subscription.poll_seconds * SLOWER)))


def _is_scarce(connection: Connection) -> bool:
    home = catalogue.connector(connection.connector)
    left = connection.budget.get("daily_remaining")
    return bool(home and home.budget.daily and left is not None and left < SCARCE * home.budget.daily)


def _soon(seconds: float) -> timedelta:
    return timedelta(seconds=seconds * random.uniform(1 - SPREAD, 1 + SPREAD) / settings.TIME_SCALE)


def _trouble(subscription: Subscription, problem: ConnectorError) -> None:
    """The sentence is kept; the next try comes later, and the cursor stays."""
    pause = max(subscription.poll_seconds, problem.retry_after or 0, FASTEST)
    Subscription.objects.filter(pk=subscription.pk).update(trouble=problem.message, poll_at=now() + _soon(pause))
    if isinstance(problem, SignedOut):
        accounts.given_up(_connection(subscription), problem.message)
    log.warning("poll failed: %s", problem.message, extra={"action": "poll_failed"})


def _connection(subscription: Subscription) -> Connection:
    assert subscription.connection
    return subscription.connection
