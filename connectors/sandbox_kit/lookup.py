"""Records by a value they hold, so that looking for one doesn't mean looking at all."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from connectors.sandbox_kit.store import Record, Store


class Lookup:
    def __init__(self, store: Store, table: str, values: Callable[[Record], Iterable[Hashable]]) -> None:
        self._store = store
        self._table = table
        self._values = values
        self._ids: dict[Hashable, dict[str, None]] = defaultdict(dict)
        store.watchers.append(self._saw)
        store.cleared.append(self.reload)
        self.reload()

    def find(self, value: Hashable) -> list[Record]:
        """The records that hold the value, the one that held it first leading."""
        rows = self._store.tables[self._table]
        return [rows[one] for one in self._ids.get(value, ())]

    def reload(self) -> None:
        self._ids.clear()
        for record in self._store.tables[self._table].values():
            self._add(record)

    def _saw(self, table: str, before: Any, after: Any) -> None:
        if table != self._table:
            return
        stays = set(self._values(after)) if after else set()
        for value in self._values(before) if before else ():
            if value not in stays:
                self._ids[value].pop(before["id"], None)
        if after:
            self._add(after)

    def _add(self, record: Record) -> None:
        for value in self._values(record):
            self._ids[value].setdefault(record["id"])
