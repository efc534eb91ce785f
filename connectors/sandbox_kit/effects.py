"""The log of what really happened here: the judge of every test for lost or doubled work."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from connectors.sandbox_kit.http import BadJson, dumps, loads

MARKER = re.compile(rb"wf-[A-Za-z0-9]{20}")


class Effects:
    def __init__(self, path: Path | None = None) -> None:
        self.lines: list[dict[str, Any]] = []
        self._path = path
        self._file: BinaryIO | None = None
        if path:
            self.lines = [line for raw in _raw(path) if (line := _read(raw))]
            self._file = path.open("ab", buffering=0)

    def add(self, at: float, kind: str, record_id: str, payload: Any, by: str) -> None:
        """One effect; `by` is `api`, or `person` for what was done by hand in the sandbox."""
        raw = dumps(payload)
        line = {
            "time": datetime.fromtimestamp(at, UTC).isoformat(),
            "kind": kind,
            "id": record_id,
            "by": by,
            "markers": sorted({m.decode() for m in MARKER.findall(raw)}),
            "hash": hashlib.sha256(raw).hexdigest()[:16],
        }
        self.lines.append(line)
        if self._file:
            self._file.write(dumps(line) + b"\n")

    def clear(self) -> None:
        self.lines.clear()
        if self._path and self._file:
            self._file.close()
            self._file = self._path.open("wb", buffering=0)

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def _raw(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n") if path.exists() else []


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        return loads(raw) if raw else None
    except BadJson:
        return None
