"""What comes to a hook's address: known or not, genuine or not, stored or only counted."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from builder import seal
from builder.models import Connection, Event, Hook, Source, StrayCount, StrayDelivery
from builder.runner import ear, intake, rows
from builder.runner.clock import clock, now
from connectors import catalogue
from connectors.tools import hook as own_hook

STRAYS, STRAY_BYTES = 1000, 10 * 1024 * 1024
"""What is kept in a day of deliveries to addresses nobody knows."""


@dataclass(frozen=True, slots=True)
class Delivery:
    key: str
    tail: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    query: bytes = b""


@dataclass(frozen=True, slots=True)
class Known:
    """A hook with its secrets opened."""

    hook: Hook
    connection: Connection | None
    secrets: dict[str, str]
    usable: bool
    loaded: float
    inputs: Mapping[str, Any]
    """Of the live trigger, where the hook is a recipe's own: how its calls are checked."""


class Registrar:
    """Looks hooks up by the hash of their whole key and remembers them for a moment."""

    KEEP = 2.0
    TOUCH = 1.0
    """Seconds between two notes of when a hook was last called: a busy one would be written at each commit."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self._touched: dict[int, float] = {}

    def register(self, deliveries: list[Delivery]) -> list[int]:
        """An HTTP status each. Inside a transaction, which is durable once it ends."""
        clock.ask()
        hashes = [seal.key_hash(d.key) for d in deliveries]
        self._load({h for h in hashes if not self._fresh(h)})
        pairs, statuses = self._judged(deliveries, hashes)
        if wrong := {h for h, status in zip(hashes, statuses, strict=True) if status == 401}:
            self._load(wrong)  # the secret may be another one by now
            pairs, statuses = self._judged(deliveries, hashes)
        stored = [(d, k) for (d, k), status in zip(pairs, statuses, strict=True) if status == 200 and k]
        rows.insert(Event, [_event(d, k) for d, k in stored])
        if stored:
            ear.tell()
        self._touch({k.hook.pk for _, k in stored})
        _count_refused([k for (_, k), status in zip(pairs, statuses, strict=True) if status == 401 and k])
        for (d, _), h, status in zip(pairs, hashes, statuses, strict=True):
            if status == 202:
                _keep_stray(d, h)
        return statuses

    def _judged(
        self, deliveries: list[Delivery], hashes: list[str]
    ) -> tuple[list[tuple[Delivery, Known | None]], list[int]]:
        pairs = [(d, self.known.get(h)) for d, h in zip(deliveries, hashes, strict=True)]
        return pairs, [_judge(d, known) for d, known in pairs]

    def _fresh(self, key_hash: str) -> bool:
        known = self.known.get(key_hash)
        return known is not None and time.monotonic() - known.loaded < self.KEEP

    def _touch(self, hooks: set[int]) -> None:
        at = time.monotonic()
        due = {pk for pk in hooks if at - self._touched.get(pk, -self.TOUCH) >= self.TOUCH}
        if not due:
            return
        Hook.objects.filter(pk__in=due).update(last_at=now())
        transaction.on_commit(lambda: self._note(due, at))

    def _note(self, touched: set[int], at: float) -> None:
        recent = {pk: then for pk, then in self._touched.items() if at - then < self.TOUCH}
        self._touched = recent | dict.fromkeys(touched, at)

    def _load(self, hashes: set[str]) -> None:
        if not hashes:
            return
        for key_hash in hashes:
            self.known.pop(key_hash, None)
        rows = Hook.objects.filter(key_hash__in=hashes).select_related("connection", "subscription__recipe__live")
        for hook in rows:
            self.known[hook.key_hash] = _opened(hook)


def place(hook: Hook) -> str:
    return f"{hook.workspace_id}|hook|{hook.key_hash}"


def _opened(hook: Hook) -> Known:
    try:
        secrets = seal.unseal(hook.sealed, place(hook))
    except seal.Unreadable:
        secrets = {}
    gone = bool(hook.connection and hook.connection.deleted_at)
    return Known(hook, hook.connection, secrets, bool(secrets) and not gone, time.monotonic(), _wanted(hook))


def _wanted(hook: Hook) -> Mapping[str, Any]:
    recipe = hook.subscription.recipe if hook.subscription else None
    trigger = recipe.live.tree["trigger"] if recipe and recipe.live else {}
    return trigger.get("inputs") or {}


def _judge(delivery: Delivery, known: Known | None) -> int:
    if known is None or not known.usable:
        return 202
    return 200 if _genuine(delivery, known) else 401


def _genuine(delivery: Delivery, known: Known) -> bool:
    if known.connection is None:
        return own_hook.genuine(known.inputs, delivery.headers, delivery.body, known.secrets.get("secret", ""))
    home = catalogue.connector(known.connection.connector)
    if home is None:
        return False
    given = {
        "public_key": settings.GHL_PUBLIC_KEY,
        "old_signature": "yes" if settings.GHL_OLD_SIGNATURE else "",
    }
    return home.verify(delivery.headers, delivery.body, {**given, **known.secrets})


def _event(delivery: Delivery, known: Known) -> Event:
    event = intake.build(
        known.hook.workspace_id, Source.HOOK, delivery.body, name=delivery.tail, headers=delivery.headers
    )
    event.connection_id, event.subscription_id = known.hook.connection_id, known.hook.subscription_id
    if known.connection is None:
        event.query = delivery.query
    return event


def _count_refused(refused: list[Known]) -> None:
    for known in refused:
        Hook.objects.filter(pk=known.hook.pk).update(refused=F("refused") + 1, refused_at=now())


def _keep_stray(delivery: Delivery, key_hash: str) -> None:
    moment = now()
    count = _stray_count(moment)
    StrayCount.objects.filter(pk=count.pk).update(deliveries=F("deliveries") + 1, bytes=F("bytes") + len(delivery.body))
    if count.deliveries < STRAYS and count.bytes + len(delivery.body) <= STRAY_BYTES:
        kept = {k: v for k, v in delivery.headers.items() if k in intake.KEPT_HEADERS}
        StrayDelivery.objects.create(
            day=moment.date(), key_hash=key_hash, headers=kept, raw=intake.pack(delivery.body), at=moment
        )


def _stray_count(moment: datetime) -> StrayCount:
    StrayCount.objects.bulk_create([StrayCount(day=moment.date())], ignore_conflicts=True)
    return StrayCount.objects.get(day=moment.date())
