"""The tags that the location knows, in small letters."""

from collections.abc import Iterable
from typing import Any

from connectors.ghl.sandbox.times import identity

Record = dict[str, Any]


def kept(box: Any, names: Iterable[str]) -> list[str]:
    """The tags as they are stored; unknown ones become tags of the location."""
    done = list(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
    known = {row["name"] for row in box.store.tables["tags"].values()}
    for name in done:
        if name not in known:
            make(box, name)
    return done


def make(box: Any, name: str) -> Record:
    return box.store.put("tags", {"id": identity("tag", name), "name": name, "locationId": box.location()})
