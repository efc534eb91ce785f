"""Poll and compare, for lists that tell neither what changed nor when: all that is there is read each time, and what is
new, other or gone is told from the time before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.spec import Context, Conversation, Page, Sighting

Record = dict[str, Any]
ALWAYS = "9999"
MOST = 5000
"""Records whose going is noticed at most: their ids are kept in the cursor."""


@dataclass(frozen=True, slots=True)
class Look:
    found: list[Sighting]
    since: str = ""
    """What was to be seen until before this (ISO) has left the window, and is not gone."""


def poll(
    object: str,
    look: Callable[[Context], Conversation[Look]],
    until: Callable[[Sighting], str] = lambda seen: ALWAYS,
) -> Callable[[Record, Context], Conversation[Page]]:
    """A `Watched.poll`. `until`: the ISO time up to which a record can be seen in the list at all."""

    def conversation(cursor: Record, context: Context) -> Conversation[Page]:
        seen = yield from look(context)
        there = {one.record_id: until(one) for one in seen.found}
        held = cursor.get("held", {})
        lost = [gone(object, key, {"id": key}) for key, last in held.items() if key not in there and last > seen.since]
        kept = dict(list(there.items())[:MOST])
        return Page([*seen.found, *lost], {"held": kept}, baseline="held" not in cursor)

    return conversation


def gone(object: str, record_id: str, data: Record, **more: Any) -> Sighting:
    """A record that was deleted: nothing is left to be read again."""
    return Sighting(object, record_id, {"gone": True}, data, gone=True, **more)
