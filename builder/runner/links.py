"""This record there is that record here. Asked under lock before a create, so that two runs for one person agree."""

from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db.models import Q, QuerySet

from builder.models import RecordLink, Run, RunStatus
from builder.runner import erased
from connectors.errors import NotFound


@dataclass(frozen=True, slots=True)
class Wish:
    """What a step needs of the link table before it starts; after it ended, with `remote_id`, what it found."""

    connection_id: int
    kind: str
    local_key: str
    marker: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    remote_id: str = ""
    busy: bool = False
    """Another run is finding or making the same record right now."""


def wish(wish: Wish, run: Run) -> Answer:
    """Inside a transaction."""
    row = _row(wish, run)
    if wish.remote_id:
        RecordLink.objects.filter(pk=row.pk).update(remote_id=wish.remote_id, marker=wish.marker, claimed_by=None)
        return Answer(wish.remote_id)
    if row.remote_id:
        return Answer(row.remote_id)
    if row.claimed_by and row.claimed_by != run and row.claimed_by.status in RunStatus.open():
        return Answer(busy=True)
    RecordLink.objects.filter(pk=row.pk).update(claimed_by=run)
    return Answer()


def _row(wish: Wish, run: Run) -> RecordLink:
    key = {"connection_id": wish.connection_id, "kind": wish.kind, "local_key": wish.local_key}
    new = RecordLink(workspace_id=run.workspace_id, claimed_by=run, **key)
    RecordLink.objects.bulk_create([new], ignore_conflicts=True)
    rows = RecordLink.objects.filter(**key) | hidden_too(wish)
    if database.features.has_select_for_update:
        rows = rows.select_for_update()
    found = list(rows.order_by("pk")[:2])
    if len(found) > 1:  # it was linked before the person's data were erased: that link counts
        RecordLink.objects.filter(pk=found[1].pk).delete()
    return found[0]


def hidden_too(wish: Wish) -> QuerySet[RecordLink]:
    """The link of somebody whose data were erased, and who is there again."""
    hidden = erased.hidden(wish.local_key)
    return RecordLink.objects.filter(connection_id=wish.connection_id, kind=wish.kind, local_key=hidden)


def known(workspace_id: int, inputs: dict[str, Any]) -> dict[str, Any]:
    """The record that is linked with the one whose id is given, whichever side that is of; the newest link first.
    Raises NotFound when it is to be there."""
    given, kind = str(inputs.get("id") or "").strip(), str(inputs.get("kind") or "")
    open_ = Q(remote_id=given) & ~Q(local_key__startswith=erased.MARK)
    either = Q(local_key__in=(given, erased.hidden(given))) | open_
    rows = RecordLink.objects.filter(either, workspace=workspace_id, kind=kind).exclude(remote_id="")
    found = list(rows.filter(connection__deleted_at=None).select_related("connection").order_by("-changed_at")[:100])
    if not found:
        if inputs.get("otherwise") == "stop":
            raise NotFound(
                f"No link of {given} is known: no recipe has made or found the other record yet.", field="id"
            )
        return {"found": False, "id": None, "other_id": None, "kind": kind, "account": None, "count": 0}
    first = found[0]
    other = first.local_key if first.remote_id == given else first.remote_id
    told = {"kind": kind, "account": first.connection.name, "count": len(found)}
    return {"found": True, "id": other, "other_id": given, **told}
