"""Runs that wait for something to happen: what live recipes may wait for, which run waits for what, and what came.

An event may come before the run has got as far as to wait for it, so each that is of an awaited kind is noted; a run
looks among those first. Who writes a new wait and who reads events lock the same subscriptions: neither misses what the
other writes.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db.models import Exists, OuterRef

from builder.models import (
    Arrival,
    Awaited,
    Connection,
    Event,
    EventKey,
    Expectation,
    Fate,
    Recipe,
    Run,
    RunStatus,
    Subscription,
)
from builder.recipe import tree as trees
from builder.runner import keys, rows
from builder.runner.clock import now
from connectors import catalogue
from connectors.spec import Sighting, Trigger

PHONE = re.compile(r"\+?[\d\s()/.-]{7,}")
AT_ONCE = 400
Wanted = dict[str, tuple[int, str, dict[str, Any]]]


def sign(connection_id: int, trigger: str, inputs: Mapping[str, Any]) -> str:
    given = {name: value for name, value in inputs.items() if value not in ("", None, [], {})}
    text = json.dumps([connection_id, trigger, given], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def hashed(about: str) -> str:
    """As the keys of events are, whichever kind it is."""
    return EventKey.hashed("phone" if PHONE.fullmatch(about.strip()) else "id", about)


# What live recipes wait for


def prepare(recipe: Recipe) -> tuple[list[tuple[Connection, Trigger]], list[Connection]]:
    """What the live version may wait for, to be listened to; and the connections over which it no longer does. Inside
    the publishing transaction."""
    wanted = _wanted(recipe)
    gone = drop(recipe, keep=wanted)
    for signature, (connection_id, key, inputs) in wanted.items():
        told = {"workspace_id": recipe.workspace_id, "connection_id": connection_id, "trigger": key, "inputs": inputs}
        Awaited.objects.update_or_create(recipe=recipe, signature=signature, defaults={**told, "current": True})
    homes = Connection.objects.in_bulk({connection_id for connection_id, _, _ in wanted.values()})
    pairs = ((homes[connection_id], catalogue.trigger(key)) for connection_id, key, _ in wanted.values())
    return [(home, trigger) for home, trigger in pairs if trigger], gone


def drop(recipe: Recipe, keep: Collection[str] = ()) -> list[Connection]:
    """The recipe no longer waits for the others; runs that do already go on waiting. The connections it was over."""
    gone = Awaited.objects.filter(recipe=recipe).exclude(signature__in=keep)
    homes = list(Connection.objects.filter(pk__in=gone.values("connection")))
    gone.filter(Exists(_open_for(OuterRef("signature")))).update(current=False)
    gone.filter(~Exists(_open_for(OuterRef("signature")))).delete()
    return homes


def _wanted(recipe: Recipe) -> Wanted:
    found: Wanted = {}
    tree = recipe.live.tree if recipe.live else {"steps": []}
    ids = dict(Connection.objects.filter(workspace=recipe.workspace_id, deleted_at=None).values_list("public_id", "pk"))
    for step in waits_in(tree):
        connection_id = ids.get(step["connection"])
        if connection_id and catalogue.trigger(step["trigger"]):
            signature = sign(connection_id, step["trigger"], step["inputs"])
            found[signature] = (connection_id, step["trigger"], step["inputs"])
    return found


def waits_in(tree: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its steps that wait for an event; skipped ones don't."""
    for row in trees.steps(dict(tree)):
        step = row.step
        if step["kind"] == "wait" and step["mode"] == "event" and step["trigger"] and not step["skip"]:
            yield step


def triggers(connection_id: int | None) -> list[Trigger]:
    """What is waited for over a connection, by live and paused recipes and by runs under way."""
    found = Awaited.objects.filter(connection=connection_id).values_list("trigger", flat=True).distinct()
    return [trigger for key in found if (trigger := catalogue.trigger(key))]


def tidy() -> list[int]:
    """What nobody waits for any more is forgotten. Ids of connections that may have less to listen to by now."""
    over = Expectation.objects.filter(over=False, run__status__in=RunStatus.ended())
    Expectation.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:500])).update(over=True)
    idle = Awaited.objects.filter(~Exists(_open_for(OuterRef("signature"))), current=False)
    found = list(idle.values_list("pk", "connection")[:500])
    Awaited.objects.filter(pk__in=[pk for pk, _ in found]).delete()
    return sorted({connection_id for _, connection_id in found})


def _open_for(signature: Any) -> Any:
    return Expectation.objects.filter(signature=signature, over=False)


# What comes


@dataclass(frozen=True, slots=True)
class Came:
    """An event of an awaited kind."""

    event: Event
    sighting: Sighting
    signatures: tuple[str, ...]


class Board:
    """What is waited for over the connections of one batch of events."""

    def __init__(self, connections: Collection[int]) -> None:
        self.came: list[Came] = []
        self._awaited: dict[int, dict[str, Awaited]] = defaultdict(dict)
        if connections:
            for row in rows.fetch(Awaited, rows.one_of("connection_id", connections), [*connections]):
                self._awaited[row.connection_id][row.signature] = row

    def note(
        self, event: Event, subscription: Subscription, sighting: Sighting, before: Mapping[str, Any] | None
    ) -> None:
        since = subscription.began_at.isoformat()
        told = self._awaited.get(event.connection_id or 0, {}).items()
        fitting = tuple(signature for signature, row in told if _fits(row, sighting, since, before))
        if fitting:
            self.came.append(Came(event, sighting, fitting))

    def tell(self) -> None:
        """The runs that wait for what came go on; their events know it. Inside the transaction that writes these."""
        if not self.came:
            return
        made = [Arrival(event=one.event, signature=signature) for one in self.came for signature in one.signatures]
        Arrival.objects.bulk_create(made, ignore_conflicts=True)
        named = {
            (signature, value): one.event
            for one in reversed(self.came)  # the first that came counts
            for signature in one.signatures
            for value in keys.hashes(one.sighting)
        }
        met = [(one, event) for one in _open(named) if (event := named.get((one.signature, one.about_hash)))]
        met = [(one, event) for one, event in met if event.received_at > one.since]
        for one, event in met:
            Expectation.objects.filter(pk=one.pk, over=False).update(event=event, over=True)
            _explain(event, one.run)
        _wake([one.run_id for one, _ in met])


def _fits(row: Awaited, sighting: Sighting, since: str, before: Mapping[str, Any] | None) -> bool:
    trigger = catalogue.trigger(row.trigger)
    if trigger is None or trigger.object != sighting.object:
        return False
    return trigger.fired(before, sighting, since, row.inputs) and not trigger.why_not(row.inputs, sighting)


def _open(named: Mapping[tuple[str, str], Event]) -> Iterator[Expectation]:
    signatures, values = {signature for signature, _ in named}, sorted({value for _, value in named})
    for start in range(0, len(values), AT_ONCE):
        found = Expectation.objects.filter(signature__in=signatures, about_hash__in=values[start : start + AT_ONCE])
        yield from found.filter(over=False).select_related("run__recipe").order_by("pk")


def _explain(event: Event, run: Run) -> None:
    because = f"A run of this recipe waited for it: {run.title or run.public_id}. It goes on."
    told = {"recipe": run.recipe.public_id, "name": run.recipe.name, "fate": Fate.AWAITED, "because": because}
    event.fate_details = [*(d for d in event.fate_details if d.get("recipe")), told]
    if event.fate in (Fate.NO_RECIPE, Fate.FILTERED):
        event.fate = Fate.AWAITED


def _wake(run_ids: list[int]) -> None:
    """One that somebody has in hand looks for itself."""
    resting = Run.objects.filter(pk__in=run_ids, status=RunStatus.WAITING).order_by("pk")
    if database.features.has_select_for_update_skip_locked:
        resting = resting.select_for_update(skip_locked=True, of=("self",))
    Run.objects.filter(pk__in=[run.pk for run in resting]).update(wake_at=now())


# Who waits


def write(made: Iterable[Expectation]) -> list[Expectation]:
    """New waits, inside the transaction that writes their runs' rest; those for which it had come already."""
    waiting = sorted(made, key=lambda one: one.connection_id)  # in one order: two who write never wait for each other
    for one in waiting:
        _lock(one)
        came = Arrival.objects.filter(signature=one.signature, event__received_at__gt=one.since)
        first = came.filter(event__keys__value_hash=one.about_hash).order_by("event").first()
        if first:
            one.event_id, one.over = first.event_id, True
        one.save()
    return [one for one in waiting if one.over]


def _lock(one: Expectation) -> None:
    """Nobody reads an event of this connection until the transaction is over."""
    if database.features.has_select_for_update:
        mine = Subscription.objects.select_for_update().filter(connection=one.connection_id, active=True)
        list(mine.order_by("pk").values_list("pk"))


def as_it_stands(step_run_id: int) -> Expectation:
    """Past its time and nothing come, it is closed."""
    mine = Expectation.objects.filter(step_run=step_run_id)
    mine.filter(over=False, until__lte=now()).update(over=True)
    return mine.select_related("event", "connection").get()


def before(run_id: int, step_id: str, iteration: str) -> Expectation | None:
    """The last that the run had at the same place: what came since then counts for the next one."""
    mine = Expectation.objects.filter(run=run_id, step_run__step_id=step_id, step_run__iteration=iteration)
    return mine.order_by("-pk").first()
