"""Records in memory, with every change appended to a journal that is replayed at the next start."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from connectors.sandbox_kit.http import BadJson, journal, loads

Record = dict[str, Any]


class Store:
    """Records are never changed in place: whoever changes one puts a new dict, so an older one may be kept."""

    def __init__(self, path: Path | None = None) -> None:
        self.tables: dict[str, dict[str, Record]] = defaultdict(dict)
        self.counts: dict[str, int] = defaultdict(int)
        self.watchers: list[Callable[[str, Record | None, Record | None], None]] = []
        self.cleared: list[Callable[[], None]] = []
        self._path = path
        self._file: BinaryIO | None = None
        if path:
            self._replay(path)
            self._compact(path)

    @property
    def empty(self) -> bool:
        return not any(self.tables.values())

    def next(self, table: str) -> int:
        """The number of a new record; never given twice."""
        self.counts[table] += 1
        return self.counts[table]

    def get(self, table: str, key: str) -> Record | None:
        return self.tables[table].get(key)

    def rows(self, table: str) -> list[Record]:
        return list(self.tables[table].values())

    def put(self, table: str, record: Record, key: str = "id") -> Record:
        name = record[key]
        before = self.tables[table].get(name)
        self.tables[table][name] = record
        self._write({"t": table, "k": name, "r": record, "n": self.counts[table]})
        for watch in self.watchers:
            watch(table, before, record)
        return record

    def drop(self, table: str, name: str) -> Record | None:
        before = self.tables[table].pop(name, None)
        if before is not None:
            self._write({"t": table, "k": name, "r": None, "n": self.counts[table]})
            for watch in self.watchers:
                watch(table, before, None)
        return before

    def clear(self, keep: tuple[str, ...] = ()) -> None:
        """Forgets all records but those of the tables in `keep`."""
        for table in [name for name in self.tables if name not in keep]:
            del self.tables[table]
            self.counts.pop(table, None)
        if self._path:
            self._compact(self._path)
        for forget in self.cleared:
            forget()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _write(self, line: Record) -> None:
        if self._file:
            self._file.write(journal(line) + b"\n")

    def _replay(self, path: Path) -> None:
        for raw in path.read_bytes().split(b"\n") if path.exists() else ():
            try:
                line = loads(raw) if raw else None
            except BadJson:
                continue  # the line that a power cut tore
            if line:
                self._apply(line)

    def _apply(self, line: Record) -> None:
        table = line["t"]
        self.counts[table] = max(self.counts[table], line["n"])
        if line["r"] is None:
            self.tables[table].pop(line["k"], None)
        else:
            self.tables[table][line["k"]] = line["r"]

    def _compact(self, path: Path) -> None:
        """Writes the journal anew with one line per record, so that it doesn't grow for ever."""
        self.close()
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            for table, rows in self.tables.items():
                for name, record in rows.items():
                    file.write(journal({"t": table, "k": name, "r": record, "n": self.counts[table]}) + b"\n")
        fresh.replace(path)
        self._file = path.open("ab", buffering=0)
