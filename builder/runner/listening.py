"""Makes the world reach a live recipe: subscriptions, addresses, remote webhooks, and what to call when."""

import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django_scopes import scopes_disabled

from builder import seal
from builder.models import (
    Connection,
    Event,
    Fate,
    Hook,
    OwnWrite,
    Recipe,
    RecipeState,
    RecordLink,
    Snapshot,
    Subscription,
)
from builder.runner import accounts, awaited, deliveries, doorbell, offline, replay, siblings
from builder.runner.clock import now
from builder.runner.ledger import Rank
from connectors import catalogue, lookups
from connectors.errors import ConnectorError
from connectors.spec import Connector, Trigger
from connectors.tools import schedule

log = logging.getLogger(__name__)

CHECK_EVERY = timedelta(hours=1)
POLL, SWEEP = 120, 900
"""Seconds between polls where nothing else comes, and where webhooks do and polling only finds what was missed."""


def listen(recipe: Recipe) -> Subscription | None:
    """After a recipe went live: what starts it, and what its runs may wait for, is watched from now on. Gives what
    starts it. Inside the publishing transaction."""
    found, gone = awaited.prepare(recipe)
    for connection, trigger in found:
        _watch(connection, trigger)
    started = _start(recipe)
    for connection in gone:
        retire(connection)
    return started


def _start(recipe: Recipe) -> Subscription | None:
    trigger = catalogue.trigger(recipe.live_trigger)
    own = Subscription.objects.filter(recipe=recipe)
    (own.exclude(object=trigger.object) if trigger else own).update(active=False, poll_at=None)
    if trigger is None:
        return None
    if recipe.live_connection is None:
        return _own(recipe, trigger.object)
    if trigger.per_recipe:
        return _asking(recipe, recipe.live_connection, trigger)
    return _watch(recipe.live_connection, trigger)


def _watch(connection: Connection, trigger: Trigger) -> Subscription:
    subscription = _shared(connection, trigger)
    transaction.on_commit(lambda: doorbell.send("recette.subscribe", subscription.pk))
    return subscription


def unlisten(recipe: Recipe) -> None:
    """After a recipe stopped for good. A paused one goes on listening: its events are kept."""
    Subscription.objects.filter(recipe=recipe).update(active=False, poll_at=None)
    homes = {home.pk: home for home in (*awaited.drop(recipe), recipe.live_connection) if home}
    for home in homes.values():
        retire(home)


def retire(connection: Connection) -> None:
    """Stops watching objects that no recipe of the connection starts from or waits for any more, and calls off their
    webhooks."""
    objects = {trigger.object for trigger in _triggers(connection.pk)}
    watching = Subscription.objects.filter(connection=connection, active=True)
    watching.exclude(object__in=objects).update(active=False, poll_at=None)
    for row in Subscription.objects.filter(connection=connection):
        if row.remote_hooks:
            transaction.on_commit(partial(doorbell.send, "recette.subscribe", row.pk))


def _shared(connection: Connection, trigger: Trigger) -> Subscription:
    found, made = Subscription.objects.get_or_create(
        connection=connection,
        object=trigger.object,
        recipe=None,
        defaults={"workspace_id": connection.workspace_id, "began_at": now(), "poll_at": now()},
    )
    if not made and not found.active:
        found.active, found.began_at, found.poll_at, found.cursor = True, now(), now(), {}
        Snapshot.objects.filter(subscription=found).delete()  # where things stood then says nothing of now
    watched = [trigger, *(other for other in _triggers(connection.pk) if other.object == trigger.object)]
    by_hook = all("webhook" in ways(connection, each) for each in watched)
    by_hook = by_hook and connection.pk not in siblings.unheard(connection.workspace_id)
    found.poll_seconds = SWEEP if by_hook else POLL
    soon = now() + timedelta(seconds=found.poll_seconds / settings.TIME_SCALE)
    found.poll_at = min(found.poll_at or soon, soon)
    found.save()
    return found


def _asking(recipe: Recipe, connection: Connection, trigger: Trigger) -> Subscription:
    """A poll of the recipe's own. With other inputs than before, it begins anew."""
    Subscription.objects.filter(recipe=recipe).exclude(connection=connection).update(active=False, poll_at=None)
    found, made = Subscription.objects.get_or_create(
        recipe=recipe,
        object=trigger.object,
        connection=connection,
        defaults={"workspace_id": recipe.workspace_id, "began_at": now()},
    )
    asked = recipe.live.tree["trigger"].get("inputs", {}) if recipe.live else {}
    if made or not found.active or found.cursor.get("of") != lookups.digest(asked):
        found.active, found.began_at, found.cursor, found.poll_seconds = True, now(), {}, POLL
        Snapshot.objects.filter(subscription=found).delete()
    found.poll_at = now()
    found.save()
    return found


def _own(recipe: Recipe, object_: str) -> Subscription:
    """A recipe's own address or schedule."""
    found, _ = Subscription.objects.get_or_create(
        recipe=recipe,
        object=object_,
        connection=None,
        defaults={"workspace_id": recipe.workspace_id, "began_at": now()},
    )
    found.active = True
    if object_ == "schedule" and recipe.live:
        inputs, moment = recipe.live.tree["trigger"].get("inputs", {}), now()
        owed = found.poll_at and found.poll_at <= moment  # came due just before, by the rule there was
        found.poll_at = found.poll_at if owed else schedule.next_due(inputs, moment, recipe.workspace.zone)
    elif object_ == "hook":
        hook_for(recipe.workspace_id, subscription=found)
    found.save()
    return found


def set_clocks(workspace_id: int) -> None:
    """After the workspace moved to another time zone: its schedules go by that from their next time on."""
    rows = Recipe.objects.filter(workspace=workspace_id, subscriptions__object="schedule", subscriptions__active=True)
    for recipe in rows.select_related("live", "workspace"):
        listen(recipe)


def ways(connection: Connection, trigger: Trigger | None = None) -> list[str]:
    """How changes (or this one) reach us over this connection, the fastest first: webhook, poll."""
    method = catalogue.method(connection.connector, connection.method)
    called = bool(method and method.webhooks and reachable(connection))
    if trigger is None:
        return ["webhook", "poll"] if called else ["poll"]
    by_hook = called and catalogue.is_told(trigger)
    return [way for way, there in (("webhook", by_hook), ("poll", not trigger.needs_webhook)) if there]


def reachable(connection: Connection) -> bool:
    """Whether the service can call us: over PUBLIC_URL, or because it runs on this very machine."""
    return bool(settings.PUBLIC_URL) or is_sandbox(connection)


def is_sandbox(connection: Connection) -> bool:
    base = str(connection.settings.get("base_url", "")).rstrip("/")
    known = {settings.SANDBOX_GHL_URL.rstrip("/"), settings.SANDBOX_INVOICE_NINJA_URL.rstrip("/")} - {""}
    return any(base.startswith(url) for url in known)


def address(hook: Hook) -> str:
    """The whole address of a hook, for whoever is to call it."""
    key = seal.unseal(hook.sealed, deliveries.place(hook))["key"]
    return f"{our_address(hook.connection)}/hooks/{key}/"


def secret_of(hook: Hook) -> str:
    """What its calls are checked with."""
    return seal.unseal(hook.sealed, deliveries.place(hook)).get("secret", "")


def set_secret(hook: Hook, secret: str) -> None:
    values = {**seal.unseal(hook.sealed, deliveries.place(hook)), "secret": secret}
    Hook.objects.filter(pk=hook.pk).update(sealed=seal.seal(values, deliveries.place(hook)))


def our_address(connection: Connection | None) -> str:
    if connection and is_sandbox(connection):
        return settings.LOCAL_URL
    return settings.PUBLIC_URL or settings.LOCAL_URL


def hook_for(
    workspace_id: int,
    *,
    connection: Connection | None = None,
    subscription: Subscription | None = None,
    with_secrets: dict[str, str] | None = None,
) -> Hook:
    """The one hook of a connection or of a recipe's own subscription, made when it is first wanted."""
    owner = {"connection": connection, "subscription": subscription}
    found = Hook.objects.filter(workspace_id=workspace_id, **owner).first()
    if found:
        return found
    key = secrets.token_urlsafe(32)
    hook = Hook(workspace_id=workspace_id, key_hash=seal.key_hash(key), **owner)
    hook.sealed = seal.seal(
        {"key": key, "secret": secrets.token_urlsafe(32), **(with_secrets or {})}, deliveries.place(hook)
    )
    Hook.objects.bulk_create([hook], ignore_conflicts=True)  # another process may have been quicker
    return Hook.objects.get(workspace_id=workspace_id, **owner)


def unchecked() -> list[int]:
    """Subscriptions whose remote webhooks were not looked after for an hour."""
    stale = Q(hooks_checked_at=None) | Q(hooks_checked_at__lt=now() - CHECK_EVERY)
    rows = Subscription.objects.filter(stale, connection__deleted_at=None, connection__isnull=False)
    left_over = rows.filter(active=False).exclude(remote_hooks=[])  # a calling-off that failed
    return [*rows.filter(active=True).values_list("pk", flat=True)[:50], *left_over.values_list("pk", flat=True)[:50]]


def subscribe(subscription_id: int) -> None:
    """Makes, heals and cleans the remote webhooks of a subscription, also of one that nobody needs any more; where
    there can be none it is polled oftener."""
    with scopes_disabled():
        rows = Subscription.objects.filter(pk=subscription_id, connection__deleted_at=None, connection__isnull=False)
        subscription = rows.select_related("connection").first()
        if subscription is None:
            return
        Subscription.objects.filter(pk=subscription_id).update(hooks_checked_at=now())
        _subscribe(subscription, subscription.connection)


def _subscribe(subscription: Subscription, connection: Connection | None) -> None:
    home = catalogue.connector(connection.connector) if connection else None
    if connection is None or home is None or "webhook" not in ways(connection):
        return
    hook = hook_for(connection.workspace_id, connection=connection)
    if home.subscribe is None or not home.watched[subscription.object].events:
        return
    try:
        opened = accounts.open(connection)
        ids = _ask(home, hook, subscription, opened)
    except ConnectorError as problem:
        Subscription.objects.filter(pk=subscription.pk).update(trouble=problem.message, poll_seconds=POLL)
        return
    with transaction.atomic():
        rows = Connection.objects.filter(pk=connection.pk)
        fresh = (rows.select_for_update(no_key=True) if database.features.has_select_for_update else rows).get()
        same = accounts.mark(fresh) == opened.mark
        if same:
            Subscription.objects.filter(pk=subscription.pk).update(remote_hooks=ids, trouble="")
    if not same:  # it was changed or deleted while its service was asked
        call_off(opened, ids)


def call_off(opened: accounts.Opened, hook_ids: Iterable[str]) -> None:
    """Our webhooks at a service go, as well as it can be done: one that is away, or a token that is dead, keeps nobody
    from going on."""
    if (unsubscribe := opened.connector.unsubscribe) is None:
        return
    try:
        for hook_id in hook_ids:
            offline.hold(opened, partial(unsubscribe, hook_id))
    except ConnectorError as problem:
        log.info("webhooks were left behind: %s", problem, extra={"action": "unsubscribe_failed"})


def begin_anew(connection: Connection) -> None:
    """It is another account by now: what was known of the old one's records says nothing of the new one's, even where
    they have the same ids. Runs on their way that have been over there stop. Inside a transaction."""
    replay.hold_moved(connection)  # first of all, as who writes a run's links
    told = [{"recipe": "", "because": "The connection was another account by the time it was to be read."}]
    unread = Event.objects.filter(connection=connection, read_at=None)
    unread.update(read_at=now(), fate=Fate.NO_RECIPE, fate_details=told)
    home = catalogue.connector(connection.connector)
    if home and home.subscribe:  # what the old account still calls is nobody's address; the next is made with a new one
        Hook.objects.filter(connection=connection).delete()
    Subscription.objects.filter(connection=connection).update(cursor={}, began_at=now(), poll_at=now(), remote_hooks=[])
    Snapshot.objects.filter(subscription__connection=connection).delete()
    RecordLink.objects.filter(connection=connection).delete()
    OwnWrite.objects.filter(connection=connection).delete()
    for row in Subscription.objects.filter(connection=connection, active=True):
        transaction.on_commit(partial(doorbell.send, "recette.subscribe", row.pk))


def _ask(home: Connector, hook: Hook, subscription: Subscription, opened: accounts.Opened) -> list[str]:
    assert home.subscribe
    subscribe_ = home.subscribe
    wanted = _wanted(home, subscription)
    unwanted = tuple(event for event in home.watched[subscription.object].events if event not in wanted)
    secret = seal.unseal(hook.sealed, deliveries.place(hook))["secret"]
    url = address(hook)
    return offline.hold(opened, lambda context: subscribe_(wanted, unwanted, url, secret, context), rank=Rank.POLL)


def _wanted(home: Connector, subscription: Subscription) -> tuple[str, ...]:
    """The events that tell of what recipes start from, in the order of the declaration."""
    events = home.watched[subscription.object].events
    wanted: set[str] = set()
    for trigger in _triggers(subscription.connection_id):
        if trigger.object == subscription.object:
            wanted |= set(events if trigger.events is None else trigger.events)
    return tuple(event for event in events if event in wanted)


def _triggers(connection_id: int | None) -> list[Trigger]:
    """Those of the connection's recipes that run or are paused, and what runs wait for."""
    keys = Recipe.objects.filter(
        live_connection=connection_id, deleted_at=None, state__in=(RecipeState.LIVE, RecipeState.PAUSED)
    ).values_list("live_trigger", flat=True)
    return [*(found for key in keys if (found := catalogue.trigger(key))), *awaited.triggers(connection_id)]
