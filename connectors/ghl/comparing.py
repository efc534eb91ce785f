"""Poll and compare, for lists that tell neither what changed nor when: all that is there is read each time, and what is
new, other or gone is told from the time before."""

from collections.abc import Callable
from typing import Any

from connectors.errors import NotFound, Refused
from connectors.frozen import Frozen
from connectors.spec import Context, Conversation, Page, Sighting

Record = dict[str, Any]
ALWAYS = "9999"
MOST = 5000
"""Records whose going is noticed at most: their ids are kept in the cursor."""
ASKED = 20
"""So many that left the list are asked for in one poll; the others wait for the next."""


class Look(Frozen, eq=False):
    """What one reading of a list showed."""

    found: list[Sighting]
    since: str = ""
    """What was to be seen until before this (ISO) has left the window, and is not gone."""
    cut: bool = False
    """There was more than could be read: what isn't here may be there all the same."""


def poll(
    object: str,
    look: Callable[[Context], Conversation[Look]],
    reread: Callable[[str, Context], Conversation[Sighting]],
    until: Callable[[Sighting], str] = lambda seen: ALWAYS,
) -> Callable[[Record, Context], Conversation[Page]]:
    """A `Watched.poll`. `until`: the ISO time up to which a record can be seen in the list at all. One that left the
    list is read by its id before it is taken for deleted: it may only have moved out of sight."""

    def conversation(cursor: Record, context: Context) -> Conversation[Page]:
        seen = yield from look(context)
        kept = {one.record_id: until(one) for one in seen.found}
        missing = {k: last for k, last in cursor.get("held", {}).items() if k not in kept and last > seen.since}
        lost: list[Sighting] = []
        for key in list(missing) if not seen.cut else ():
            if len(lost) == ASKED:
                break
            lost.append((yield from asked(object, key, reread, context)))
            del missing[key]
        held = dict(list({**missing, **kept}.items())[:MOST])
        return Page([*seen.found, *lost], {"held": held}, baseline="held" not in cursor)

    return conversation


def asked(
    object: str, key: str, reread: Callable[[str, Context], Conversation[Sighting]], context: Context
) -> Conversation[Sighting]:
    """A record that left its list, as it is now, or as gone."""
    try:
        found = yield from reread(key, context)
    except NotFound:
        return gone(object, key, {"id": key})
    except Refused as problem:
        if not _unknown(problem):
            raise
        return gone(object, key, {"id": key})
    return found


def _unknown(problem: Refused) -> bool:
    """Some calls answer 400 where there is no such record."""
    response = problem.response
    return response is not None and response.status == 400 and "not found" in str(problem).lower()


def gone(object: str, record_id: str, data: Record, **more: Any) -> Sighting:
    """A record that was deleted: nothing is left to be read again."""
    return Sighting(object, record_id, {"gone": True}, data, gone=True, **more)
