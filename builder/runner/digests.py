"""Digests: each entry is added once and released once, however often the steps are tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db.models import Count, Q, QuerySet

from builder.models import DigestEntry
from builder.models.columns import write_json
from builder.runner.clock import now
from connectors.errors import Refused
from connectors.tools import digest

LONGEST = 65_536
MOST, WHOLE = 1000, 524_288
"""Entries, and characters of them, that one release gives: a step keeps no more."""
GATHERED = 10_000
"""Entries that one digest holds at most."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """By which step of which workspace."""

    workspace_id: int
    marker: str


def add(asked: Asked, inputs: Values) -> Values:
    """Inside a transaction. Raises Refused."""
    name, entry = digest.name_of(inputs), digest.entry_of(inputs)
    if (size := len(write_json(entry))) > LONGEST:
        raise Refused(
            f"An entry has at most 64 KB; this one has {size // 1024} KB. Keep less of the record.", field="record"
        )
    row = DigestEntry(workspace_id=asked.workspace_id, name=name, marker=asked.marker, value=entry, added_at=now())
    row.once = str(inputs.get("once") or "").strip()[:200]
    _take_turns(asked, name)
    if _gathered(asked, name).exclude(marker=asked.marker).count() >= GATHERED:
        sentence = f"This digest holds {GATHERED:,} entries that no recipe has released. Release them, then retry."
        raise Refused(sentence, field="name")
    DigestEntry.objects.bulk_create([row], ignore_conflicts=True)
    at = int(inputs.get("at") or 0)
    given = released(asked) or (_take(asked, name, at) if at > 0 else [])
    left = _count(_gathered(asked, name))
    return {"count": len(given) or left, "released": bool(given), "entries": [r.value for r in given], "left": left}


def release(asked: Asked, inputs: Values) -> Values:
    """The same again for a step that is tried again. Inside a transaction. Raises Refused."""
    name = digest.name_of(inputs)
    _take_turns(asked, name)
    given = released(asked) or _take(asked, name, int(inputs.get("least") or 0))
    return {
        "count": len(given),
        "entries": [row.value for row in given],
        "left": _count(_gathered(asked, name)),
        "first_at": given[0].added_at.isoformat() if given else None,
        "last_at": given[-1].added_at.isoformat() if given else None,
    }


def released(asked: Asked) -> list[DigestEntry]:
    """What an earlier attempt of the step gave."""
    rows = DigestEntry.objects.filter(workspace=asked.workspace_id, released_by=asked.marker)
    return _newest(rows.order_by("pk"))


def _take(asked: Asked, name: str, least: int) -> list[DigestEntry]:
    """Nobody else gets what this step takes; nothing when there are fewer than `least`."""
    rows = _gathered(asked, name)
    if _count(rows) < max(least, 1):
        return []
    ids: list[int] = []
    size = 0
    for row in rows[:MOST]:
        size += len(write_json(row.value))
        if ids and size > WHOLE:
            break
        ids.append(row.pk)
    mine = DigestEntry.objects.filter(pk__in=ids, released_by="")
    mine.update(released_by=asked.marker, released_at=now())
    return released(asked)


def _gathered(asked: Asked, name: str) -> QuerySet[DigestEntry]:
    return DigestEntry.objects.filter(workspace=asked.workspace_id, name=name, released_by="").order_by("pk")


def _take_turns(asked: Asked, name: str) -> None:
    """Until the end of the transaction, one at a time at one digest: what others add meanwhile would not be counted.
    Of SQLite's writers there is one anyway."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{asked.workspace_id} {name}"])


def _newest(rows: Iterable[DigestEntry]) -> list[DigestEntry]:
    """Of those that are to count once, the newest, in its place."""
    found: dict[str, DigestEntry] = {}
    for row in rows:
        key = f"once {row.once}" if row.once else row.marker
        found.pop(key, None)
        found[key] = row
    return list(found.values())


def _count(rows: QuerySet[DigestEntry]) -> int:
    """As `_newest` would give them."""
    alone, once = Count("pk", filter=Q(once="")), Count("once", filter=~Q(once=""), distinct=True)
    told = rows.order_by().aggregate(alone=alone, once=once)
    return int(told["alone"] + told["once"])
