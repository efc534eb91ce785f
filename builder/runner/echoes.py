"""Which changes are our own: what a step wrote comes back as an event, and is no news to the recipe that wrote it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q

from builder.models import OwnWrite, Run
from builder.models.columns import plain
from builder.runner import erased
from builder.runner.clock import now
from connectors import catalogue
from connectors.spec import ANY, Operation, Sighting

WINDOW = timedelta(minutes=30)
"""Twice the longest pause between two polls."""
Place = tuple[int, str, str]
"""Connection, object, record."""
Before = Mapping[str, Any] | None


def of(operation: Operation, connection_id: int, run: Run, given: Any, output: Mapping[str, Any]) -> OwnWrite | None:
    """The stamp of a finished step; None for one that changed no record that could come back."""
    home = catalogue.connector(operation.connector)
    watched = home.watched.get(operation.object) if home and operation.kind == "action" else None
    told = watched.told(given or {}, output) if watched and watched.told else None
    if told is None or not connection_id:
        return None
    return OwnWrite(
        workspace_id=run.workspace_id,
        connection_id=connection_id,
        object=operation.object,
        record_id=told[0][:100],
        values=plain(told[1]),
        run=run,
        at=now(),
    )


def note(writes: Iterable[OwnWrite]) -> None:
    """The newest write of each record counts. Inside a transaction."""
    newest = {(w.connection_id, w.object, w.record_id): w for w in writes}
    if newest:
        OwnWrite.objects.bulk_create(
            [newest[place] for place in sorted(newest)],
            update_conflicts=True,
            unique_fields=["connection", "object", "record_id"],
            update_fields=["values", "run", "at"],
        )


def recent(places: set[Place]) -> dict[Place, OwnWrite]:
    if not places:
        return {}
    by_place = Q()
    for connection_id, object_ in {place[:2] for place in places}:
        ids = [record_id for c, o, record_id in places if (c, o) == (connection_id, object_)]
        by_place |= Q(connection=connection_id, object=object_, record_id__in=ids)
    found = OwnWrite.objects.filter(by_place, at__gt=now() - WINDOW).select_related("run__recipe")
    return {(w.connection_id, w.object, w.record_id): w for w in found}


_NEVER = object()


def explains(write: OwnWrite, before: Before, sighting: Sighting) -> bool:
    """Whether all that is new about the record is what we wrote: a person's change made meanwhile is not."""
    changed = {name: value for name, value in plain(dict(sighting.values)).items() if not name.endswith("_at")}
    if before is not None:
        changed = {name: value for name, value in changed.items() if before.get(name) != value}
    known = erased.recognised(write.values, changed)
    return bool(changed) and all(known.get(name, _NEVER) in (v, ANY) for name, v in changed.items())


def sentence(write: OwnWrite) -> str:
    return f"This is Recette's own change of the {write.object}: this recipe's run {write.run.public_id} made it."


def chain(write: OwnWrite) -> list[str]:
    """Of a run that its change starts."""
    return [*write.run.chain, write.run.recipe.name]
