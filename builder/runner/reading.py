"""An event is read once: parsed, compared with what was seen before, keyed for searching, given its runs or its fate.

Many are read in one transaction. Subscriptions are locked first: two readers never judge one record at the same time.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, Error, IntegrityError, transaction

from builder.models import (
    Connection,
    Event,
    EventKey,
    Fate,
    Kept,
    OwnWrite,
    Recipe,
    RecipeState,
    Run,
    RunStatus,
    Snapshot,
    Source,
    Subscription,
    Version,
)
from builder.models.columns import plain, write_json
from builder.runner import awaited, bodies, brakes, counts, echoes, erased, forms, keys, revoking, rows, siblings
from builder.runner.clock import now
from builder.runner.intake import unpack
from builder.runner.money import Moved
from connectors import catalogue
from connectors.spec import Connector, Sighting, Trigger

log = logging.getLogger(__name__)


LATELY = timedelta(seconds=1)
"""Between two notes of when a subscription last had an event."""
VERSIONS = 60.0
"""Seconds for which a version that was loaded is kept. Nothing changes one, but it may go with its recipe."""
VERSIONS_SIZE = 3_000_000
"""Characters of trees that are kept, and up to as many again: in memory they are five times as large."""


def known_versions() -> rows.Known[Version]:
    return rows.Known(Version, VERSIONS, VERSIONS_SIZE, lambda version: len(write_json(version.tree)))


def read(events: list[Event], versions: rows.Known[Version] | None = None, again: bool = True) -> list[Run]:
    """The runs that begin. Inside a transaction; the events are saved with their fates. `versions`: of whoever reads
    often.

    One that trips us up is put aside, so that it keeps none of the others waiting."""
    versions = versions or known_versions()
    try:
        with transaction.atomic():
            return _read(events, versions)
    except IntegrityError as clash:  # another reader came first: now it is seen
        return read(_as_stored(events), versions, again=False) if again else _each(events, clash)
    except Exception as mistake:
        if isinstance(mistake, Error) and not isinstance(mistake, DataError):
            raise
        return _each(events, mistake)


def _each(events: list[Event], mistake: Exception) -> list[Run]:
    """One at a time; the one it was about goes aside."""
    if len(events) > 1:
        return [run for event in _as_stored(events) for run in read([event])]
    _put_aside(events[0], mistake)
    return []


def _as_stored(events: list[Event]) -> list[Event]:
    return list(Event.objects.filter(pk__in=[e.pk for e in events]).order_by("pk"))


def _put_aside(event: Event, mistake: Exception) -> None:
    log.error("an event was put aside", exc_info=mistake, extra={"action": "event_put_aside", "event": event.public_id})
    because = f"Recette could not make sense of it ({type(mistake).__name__}): tell whoever looks after this server."
    details = [{"recipe": "", "because": because}]
    Event.objects.filter(pk=event.pk).update(fate=Fate.UNREADABLE, fate_details=details, read_at=now())


def _read(events: list[Event], versions: rows.Known[Version]) -> list[Run]:
    siblings.readdress(events)
    desk = Desk(events, versions)
    for event in events:
        desk.read(event)
    return desk.put_away()


@dataclass
class Desk:
    """What one batch of events needs, loaded together and written together."""

    events: list[Event]
    versions: rows.Known[Version]
    runs: list[Run] = field(default_factory=list)
    begun: Counter[int] = field(default_factory=Counter)
    """Of them, by recipe."""
    found: list[EventKey] = field(default_factory=list)
    touched: dict[tuple[int, str], Snapshot] = field(default_factory=dict)
    heard: dict[int, Subscription] = field(default_factory=dict)
    """That had an event."""
    kept: list[Kept] = field(default_factory=list)
    outdated: list[OwnWrite] = field(default_factory=list)
    """Changes of ours that somebody else's came after."""
    only: dict[int, str] = field(default_factory=dict)
    """The recipe that an event was sent to by hand: no other starts from it."""

    def __post_init__(self) -> None:
        self.connections = rows.by_id(Connection, {e.connection_id for e in self.events if e.connection_id})
        self.subscriptions = _subscriptions(self.events)
        own = {s.recipe_id for s in self.subscriptions.values() if s.recipe_id}
        listening = _listening(self.connections, own, self.versions)
        self.recipes = {r.pk: r for r in listening}
        self.hearing: dict[int | None, list[Recipe]] = {}
        for recipe in listening:
            self.hearing.setdefault(recipe.live_connection_id, []).append(recipe)
        self.sightings = {e.pk: self._look(e) for e in self.events}
        self.snapshots = _snapshots(self._places())
        self.delivered = _delivered(self.events)
        self.writes = echoes.recent(self._ours())
        self.board = awaited.Board(self.connections.keys())

    def read(self, event: Event) -> None:
        event.read_at = now()
        if self._delivered_before(event):  # first of all: its key is taken, whatever becomes of it
            return self._close(event, Fate.DUPLICATE, "The same delivery came before.")
        if event.fate:
            return
        sighting = self.sightings[event.pk]
        if sighting and self._of_another(event, sighting):
            return self._close(event, Fate.NO_RECIPE, "It belongs to another location of the same app.")
        if not event.connection_id and event.subscription_id and event.subscription_id not in self.subscriptions:
            return self._close(event, Fate.NO_RECIPE, "The recipe it was for had been stopped when it was read.")
        if sighting is None:
            return self._close(event, Fate.NO_RECIPE, "This kind of event is not one that recipes can start from.")
        subscription = self._subscription(event, sighting)
        if subscription is None:
            return self._close(event, Fate.NO_RECIPE, "No recipe listens to this connection's records of this kind.")
        event.subscription = subscription
        event.object, event.record_id = sighting.object, sighting.record_id[:100]
        event.data, event.complete = plain(dict(sighting.data)), sighting.complete
        self.found += [rows.new(EventKey, workspace_id=event.workspace_id, event=event, **k) for k in keys.of(sighting)]
        self._hear(subscription, event)
        before, news = self._compare(event, subscription, sighting)
        if not news:
            return self._close(event, Fate.DUPLICATE, self._seen_by(event, subscription, sighting))
        self._start(event, subscription, sighting, before)
        self.board.note(event, subscription, sighting, before)
        if before is None and event.source == Source.HOOK and event.fate == Fate.NO_RECIPE:
            self._forget(event, subscription, sighting)

    def put_away(self) -> list[Run]:
        self.board.tell()
        revoking.notice(((e, self.sightings[e.pk]) for e in self.events), self.connections)
        rows.update(Event, _EVENT_COLUMNS, self.events)
        rows.insert(EventKey, self.found)
        new = [s for s in self.touched.values() if s.pk is None]
        rows.insert(Snapshot, new)
        old = [s for s in self.touched.values() if s not in new]
        rows.update(Snapshot, ("values", "stamp", "serial", "seen_at", "pace"), old)
        rows.update(Subscription, ("last_event_at",), self.heard.values())
        rows.insert(Run, self.runs)
        if hits := sum(e.fate == Fate.DUPLICATE for e in self.events):
            counts.happened("dedupe_hits", hits)
        Kept.objects.bulk_create(self.kept, ignore_conflicts=True)
        if self.outdated:
            OwnWrite.objects.filter(pk__in=[w.pk for w in self.outdated]).delete()
        counts.add([_Held(r) for r in self.runs if r.status == RunStatus.HELD])
        return self.runs

    def _hear(self, subscription: Subscription, event: Event) -> None:
        """A busy one would be written with each."""
        before = subscription.last_event_at
        if before is None or event.received_at - before >= LATELY:
            subscription.last_event_at = event.received_at
            self.heard[subscription.pk] = subscription

    def _look(self, event: Event) -> Sighting | None:
        """What the event shows; an unreadable one gets its fate here."""
        try:
            return self._sighting(event, self._body(event))
        except bodies.Unreadable as problem:
            self._close(event, Fate.UNREADABLE, str(problem), self._addressed(event))
            return None

    def _addressed(self, event: Event) -> Recipe | None:
        """The recipe whose own address it was sent to."""
        subscription = self.subscriptions.get(event.subscription_id or 0)
        return self.recipes.get(subscription.recipe_id or 0) if subscription else None

    def _body(self, event: Event) -> Any:
        subscription = self.subscriptions.get(event.subscription_id or 0)
        if subscription and subscription.recipe_id and event.source == Source.HOOK:
            return forms.called(unpack(event.raw), event.headers.get("content-type", ""), bytes(event.query))
        return bodies.parse(unpack(event.raw))

    def _sighting(self, event: Event, body: Any) -> Sighting | None:
        if event.source == Source.POLL:
            return Sighting(**body)
        subscription = self.subscriptions.get(event.subscription_id or 0)
        if subscription and subscription.recipe_id and not subscription.connection_id:
            return _own(subscription, body)
        if event.source in (Source.PERSON, Source.API):
            self.only[event.pk] = body.pop("only", "")
            return Sighting(**body)
        connection = self.connections.get(event.connection_id or 0)
        home = catalogue.connector(connection.connector) if connection else None
        return _delivery(home, event, body) if home else None

    def _places(self) -> set[tuple[int, str]]:
        pairs = ((self._subscription(e, s), s) for e in self.events if (s := self.sightings[e.pk]) and s.values)
        return {(subscription.pk, s.record_id) for subscription, s in pairs if subscription}

    def _ours(self) -> set[echoes.Place]:
        """Records that may have been changed by ourselves."""
        pairs = ((e, s) for e in self.events if e.connection_id and (s := self.sightings[e.pk]) and s.values)
        return {(e.connection_id or 0, s.object, s.record_id) for e, s in pairs}

    def _of_another(self, event: Event, sighting: Sighting) -> bool:
        """An app hears of all its locations at one address."""
        connection = self.connections.get(event.connection_id or 0)
        ours = connection.identity.get("record_id") if connection else None
        return bool(sighting.owner and ours and sighting.owner != ours)

    def _subscription(self, event: Event, sighting: Sighting) -> Subscription | None:
        if event.subscription_id:
            return self.subscriptions.get(event.subscription_id)
        known = self.subscriptions.values()
        return next((s for s in known if (s.connection_id, s.object) == (event.connection_id, sighting.object)), None)

    def _delivered_before(self, event: Event) -> bool:
        if event.delivery_key is None:
            return False
        key = (event.connection_id, event.delivery_key)
        if key in self.delivered:
            event.delivery_key = None
            return True
        self.delivered.add(key)
        return False

    def _compare(
        self, event: Event, subscription: Subscription, sighting: Sighting
    ) -> tuple[Mapping[str, Any] | None, bool]:
        """(values seen before, whether this is news). A sighting without values is always news."""
        if not sighting.values or event.source in (Source.PERSON, Source.API):
            return None, True
        place = (subscription.pk, sighting.record_id)
        seen = self.snapshots.get(place)
        before = erased.recognised(seen.values, sighting.values) if seen else None
        if not is_news(seen, sighting):
            return before, False
        seen = seen or rows.new(Snapshot, subscription=subscription, record_id=sighting.record_id, serial=0)
        seen.values, seen.stamp, seen.seen_at = merged(before, sighting), sighting.stamp, now()
        seen.serial += 1
        self.snapshots[place] = self.touched[place] = seen
        event.change_key = _change_key(sighting, seen)
        return before, True

    def _seen_by(self, event: Event, subscription: Subscription, sighting: Sighting) -> str:
        """The sentence for a change that is no news: what told of it first."""
        key = _change_key(sighting, self.snapshots[subscription.pk, sighting.record_id])
        here = (e.source for e in self.events if (e.subscription_id, e.change_key) == (subscription.pk, key))
        before = Event.objects.filter(subscription=subscription, change_key=key).values_list("source", flat=True)
        source = next(here, "") or before.first()
        if not source:
            return "This change was seen before."
        return f"This change was seen before, by another {'delivery' if source == event.source else 'way in'}."

    def _forget(self, event: Event, subscription: Subscription, sighting: Sighting) -> None:
        """One change often comes as several deliveries, the telling one not always first: what was seen for the first
        time and started nothing is judged afresh when the next one names it."""
        event.change_key = None
        place = (subscription.pk, sighting.record_id)
        self.touched.pop(place, None)
        self.snapshots.pop(place, None)

    def _start(
        self, event: Event, subscription: Subscription, sighting: Sighting, before: Mapping[str, Any] | None
    ) -> None:
        write = self._cause(event, sighting, before)
        fates = [
            self._try(r, event, subscription, sighting, before, write) for r in self._listeners(event, subscription)
        ]
        event.fate_details = [details for _, details in fates]
        event.fate = next((fate for fate in _WEIGHT if any(fate == f for f, _ in fates)), Fate.NO_RECIPE)

    def _cause(self, event: Event, sighting: Sighting, before: Mapping[str, Any] | None) -> OwnWrite | None:
        """The change of our own that this event tells of. Another change ends that one's time."""
        place = (event.connection_id or 0, sighting.object, sighting.record_id)
        write = self.writes.get(place)
        if write is None or event.source in (Source.PERSON, Source.API):
            return None
        if echoes.explains(write, before, sighting):
            return write
        self.outdated.append(self.writes.pop(place))
        return None

    def _listeners(self, event: Event, subscription: Subscription) -> list[Recipe]:
        if subscription.recipe_id:
            own = self.recipes.get(subscription.recipe_id)
            return [own] if own else []
        only = self.only.get(event.pk)
        return [r for r in self.hearing.get(event.connection_id, ()) if not only or r.public_id == only]

    def _try(
        self,
        recipe: Recipe,
        event: Event,
        subscription: Subscription,
        sighting: Sighting,
        before: Mapping[str, Any] | None,
        write: OwnWrite | None,
    ) -> tuple[str, dict[str, str]]:
        trigger = catalogue.trigger(recipe.live_trigger)
        fate, because = _judge(recipe, trigger, subscription, sighting, before)
        if fate in (Fate.RAN, Fate.PAUSED) and write and write.run.recipe_id == recipe.pk:
            fate, because = Fate.ECHO, echoes.sentence(write)
        if fate == Fate.RAN:
            because = brakes.on_event(recipe, self._snapshot(subscription, sighting), self.begun[recipe.pk])
            fate = Fate.PAUSED if because else fate
        if fate == Fate.RAN:
            self.runs.append(_run(recipe, event, sighting, echoes.chain(write) if write else []))
            self.begun[recipe.pk] += 1
        elif fate == Fate.PAUSED:
            self.kept.append(Kept(workspace_id=event.workspace_id, recipe=recipe, event=event))
        return fate, {"recipe": recipe.public_id, "name": recipe.name, "fate": fate, "because": because}

    def _snapshot(self, subscription: Subscription, sighting: Sighting) -> Snapshot | None:
        return self.touched.get((subscription.pk, sighting.record_id))

    def _close(self, event: Event, fate: str, because: str, recipe: Recipe | None = None) -> None:
        told = {"recipe": recipe.public_id, "name": recipe.name, "fate": fate} if recipe else {"recipe": ""}
        event.fate, event.fate_details = fate, [{**told, "because": because}]


_EVENT_COLUMNS = [
    "name",
    "subscription",
    "delivery_key",
    "change_key",
    "object",
    "record_id",
    "data",
    "complete",
    "fate",
    "fate_details",
    "read_at",
]
_WEIGHT = (Fate.RAN, Fate.PAUSED, Fate.AWAITED, Fate.ECHO, Fate.FILTERED, Fate.NO_RECIPE)


def _judge(
    recipe: Recipe,
    trigger: Trigger | None,
    subscription: Subscription,
    sighting: Sighting,
    before: Mapping[str, Any] | None,
) -> tuple[str, str]:
    """(fate, sentence) of one event for one recipe that listens."""
    if trigger is None or trigger.object != sighting.object or recipe.live is None:
        return Fate.NO_RECIPE, "It listens to something else."
    inputs = recipe.live.tree["trigger"].get("inputs", {})
    since = subscription.began_at.isoformat()
    if not trigger.fired(before, sighting, since, inputs):
        return Fate.NO_RECIPE, f"It starts when: {trigger.label}. That is not what happened."
    if because := trigger.why_not(inputs, sighting):
        return Fate.FILTERED, because
    if recipe.state == RecipeState.PAUSED:
        return Fate.PAUSED, "The recipe is paused. The event is kept."
    return Fate.RAN, ""


TOO_LONG = (
    "This change came about through {} recipes in a row: {}. That looks like a loop. Look at what each of them "
    "changes; resume the run when all is well."
)


@dataclass
class _Held:
    """A run that is put on hold before it begins, for the counts."""

    run: Run
    counted: Counter[str] = field(default_factory=lambda: Counter(held=1))
    calls_over: Counter[int] = field(default_factory=Counter)
    money: list[Moved] = field(default_factory=list)


def _run(recipe: Recipe, event: Event, sighting: Sighting, chain: list[str]) -> Run:
    run = _new(recipe, event, sighting)
    run.chain = chain
    if settings.LOOP_HOPS and len(chain) > settings.LOOP_HOPS:
        names = " → ".join(f"“{name}”" for name in [*chain, recipe.name])
        run.status, run.wake_at, run.because = RunStatus.HELD, None, TOO_LONG.format(len(chain), names)
    return run


def _new(recipe: Recipe, event: Event, sighting: Sighting) -> Run:
    assert recipe.live
    return rows.new(
        Run,
        workspace_id=event.workspace_id,
        recipe=recipe,
        version=recipe.live,
        event=event,
        status=RunStatus.QUEUED,
        lane=lane_of(recipe, sighting.object, sighting.record_id),
        title=keys.title(sighting.data, sighting.object)[:200],
        wake_at=event.received_at,
        created_at=now(),
    )


def lane_of(recipe: Recipe, object_: str, record_id: str) -> str:
    return f"{recipe.pk}:{object_}:{record_id}"[:120] if record_id else ""


def _own(subscription: Subscription, body: Any) -> Sighting | None:
    """A recipe's own hook or schedule."""
    home = catalogue.connector("tools")
    watched = home.watched.get(subscription.object) if home else None
    return watched.read(body if isinstance(body, dict) else {"body": body}, "") if watched else None


def _delivery(home: Connector, event: Event, body: Any) -> Sighting | None:
    if not isinstance(body, dict):
        raise bodies.Unreadable("A JSON object was expected, and it is something else.")
    event.name = (home.event_of(body, event.name) or event.name)[:80]
    event.delivery_key = home.delivery_of(body)[:100] or None
    fitting = (w for w in home.watched.values() if event.name in w.events)
    return next((s for w in fitting if (s := w.read(body, event.name))), None)


def _change_key(sighting: Sighting, seen: Snapshot) -> str:
    return f"{sighting.object}:{sighting.record_id}:{seen.serial}"[:200]


def merged(before: Mapping[str, Any] | None, sighting: Sighting) -> dict[str, Any]:
    """The values known after a sighting: what one way in doesn't show stays as another one showed it."""
    return {**(before or {}), **plain(dict(sighting.values))}


def is_news(seen: Snapshot | None, sighting: Sighting) -> bool:
    """Neither what was seen already nor an older version of it."""
    if seen is None:
        return True
    older = sighting.stamp and seen.stamp and sighting.stamp < seen.stamp
    known = erased.recognised(seen.values, sighting.values)
    return not older and known != merged(known, sighting)


def _subscriptions(events: Iterable[Event]) -> dict[int, Subscription]:
    connections = {e.connection_id for e in events if e.connection_id}
    own = {e.subscription_id for e in events if e.subscription_id}
    wanted = f"active AND {rows.any_of(connection_id=connections, id=own)}"
    found = rows.fetch(Subscription, wanted, [*connections, *own], f"ORDER BY id {rows.locked()}")
    return {s.pk: s for s in found}


def _snapshots(places: set[tuple[int, str]]) -> dict[tuple[int, str], Snapshot]:
    if not places:
        return {}
    subscriptions, records = {s for s, _ in places}, {record_id for _, record_id in places}
    wanted = f"{rows.one_of('subscription_id', subscriptions)} AND {rows.one_of('record_id', records)}"
    found = rows.fetch(Snapshot, wanted, [*subscriptions, *records])
    return {(s.subscription_id, s.record_id): s for s in found}


def _delivered(events: Iterable[Event]) -> set[tuple[int | None, str | None]]:
    wanted = [e for e in events if e.delivery_key]
    if not wanted:
        return set()
    # By both columns: the index begins with the connection, and the table holds every payload there ever was.
    found = Event.objects.filter(
        connection_id__in={e.connection_id for e in wanted}, delivery_key__in={e.delivery_key for e in wanted}
    )
    return set(found.values_list("connection_id", "delivery_key"))


def _listening(connections: Collection[int], own: Collection[int], versions: rows.Known[Version]) -> list[Recipe]:
    """Recipes with a live version that listen to one of the connections, or are among those that have a way in of their
    own."""
    wanted = f"live_id IS NOT NULL AND deleted_at IS NULL AND {rows.any_of(live_connection_id=connections, id=own)}"
    recipes = rows.fetch(Recipe, wanted, [*connections, *own], "ORDER BY id", without=("draft",))
    live = versions.get({r.live_id for r in recipes if r.live_id})
    for recipe in recipes:
        recipe.live = live[recipe.live_id or 0]
    return recipes
