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
from builder.models import Connection, Event, Hook, Source, StrayCount, StrayDelivery, Version
from builder.runner import ear, intake, rowforms, rows
from builder.runner.clock import clock, now
from connectors import catalogue
from connectors.tools import hook as own_hook

STRAYS, STRAY_BYTES = 1000, 10 * 1024 * 1024
"""What is kept in a day of deliveries to addresses nobody knows."""
HOOKS = f"""
    SELECT recipe.live_id, {rows.columns(Hook, "hook")} FROM builder_hook AS hook
    LEFT JOIN builder_subscription AS own ON own.id = hook.subscription_id
    LEFT JOIN builder_recipe AS recipe ON recipe.id = own.recipe_id
"""


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
    version: int
    """The one whose trigger that is, or 0."""


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
        with rows.asking() as cursor:
            cursor.execute(
                f'UPDATE "builder_hook" SET last_at = %s WHERE {rows.one_of("id", due)}', [rowforms.moment(now()), *due]
            )
        transaction.on_commit(lambda: self._note(due, at))

    def _note(self, touched: set[int], at: float) -> None:
        recent = {pk: then for pk, then in self._touched.items() if at - then < self.TOUCH}
        self._touched = recent | dict.fromkeys(touched, at)

    def _load(self, hashes: set[str]) -> None:
        if not hashes:
            return
        before = {key_hash: self.known.pop(key_hash, None) for key_hash in hashes}
        found = _hooks(hashes)
        connections = rows.by_id(Connection, {hook.connection_id for hook, _ in found if hook.connection_id})
        kept = {known.version: known.inputs for known in before.values() if known and known.usable}
        inputs = _wanted({version for _, version in found if version and version not in kept}) | kept
        for hook, version in found:
            connection = connections.get(hook.connection_id or 0)
            secrets = _secrets(hook, before[hook.key_hash])
            if hook.connection_id:
                there = connection is not None and connection.deleted_at is None
            else:
                there = not version or version in inputs
            usable, told = there and bool(secrets), inputs.get(version, {})
            self.known[hook.key_hash] = Known(hook, connection, secrets, usable, time.monotonic(), told, version)


def _hooks(hashes: set[str]) -> list[tuple[Hook, int]]:
    """With the live version of the recipe whose own hook it is, or 0."""
    with rows.asking() as cursor:
        cursor.execute(f"{HOOKS} WHERE {rows.one_of('hook.key_hash', hashes)}", [*hashes])
        found = cursor.fetchall()
    hooks = rowforms.fetched(Hook, [row[1:] for row in found])
    return [(hook, 0 if hook.connection_id else row[0] or 0) for hook, row in zip(hooks, found, strict=True)]


def _wanted(versions: set[int]) -> dict[int, Mapping[str, Any]]:
    """What the triggers of versions are set to."""
    return {pk: v.tree["trigger"].get("inputs") or {} for pk, v in rows.by_id(Version, versions).items()}


def _secrets(hook: Hook, before: Known | None) -> dict[str, str]:
    if before and before.secrets and before.hook.sealed == hook.sealed:
        return before.secrets
    try:
        return seal.unseal(hook.sealed, place(hook))
    except seal.Unreadable:
        return {}


def place(hook: Hook) -> str:
    return f"{hook.workspace_id}|hook|{hook.key_hash}"


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
