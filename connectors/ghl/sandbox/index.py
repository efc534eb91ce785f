"""The search index: it sees a change some seconds after it happened."""

from typing import Any

Record = dict[str, Any]


class Index:
    def __init__(self, box: Any, table: str) -> None:
        self._box = box
        self._table = table
        self._rows: dict[str, Record] = {}
        self._waiting: list[tuple[float, str, Record | None]] = []
        box.store.watchers.append(self._saw)
        box.store.cleared.append(self.reload)
        self.reload()

    def reload(self) -> None:
        """Sees everything at once."""
        self._rows = dict(self._box.store.tables[self._table])
        self._waiting = []

    def rows(self) -> list[Record]:
        """What a search finds now."""
        now = self._box.clock()
        due = [one for one in self._waiting if one[0] <= now]
        if due:
            self._waiting = [one for one in self._waiting if one[0] > now]
        for _, key, record in due:
            self._apply(key, record)
        return list(self._rows.values())

    def _saw(self, table: str, before: Record | None, after: Record | None) -> None:
        if table == self._table:
            lag = self._box.settings["search_lag"]
            self._waiting.append((self._box.clock() + lag, (after or before or {})["id"], after))

    def _apply(self, key: str, record: Record | None) -> None:
        if record is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = record
