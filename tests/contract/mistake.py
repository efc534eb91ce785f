"""What a mistake of a document is, as a pattern of findings."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

IN, GHL = "invoice_ninja", "ghl"


@dataclass(frozen=True, slots=True)
class Mistake:
    service: str
    operation: str
    side: str
    place: str
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.service} {self.operation}, {self.side} {self.place}: {self.kind}: {self.reason}"

    def covers(self, found: Any) -> bool:
        names = ("service", "operation", "side", "place", "kind")
        return all(fnmatchcase(getattr(found, name), getattr(self, name)) for name in names)


def answers(service: str, operation: str, place: str, kind: str, reason: str) -> Mistake:
    return Mistake(service, operation, "answer", place, kind, reason)


def unknown(service: str, operation: str, where: str, names: str, reason: str) -> list[Mistake]:
    """Names that the document doesn't have and the service takes."""
    return [Mistake(service, operation, "request", f"{where}{name}", "unknown", reason) for name in names.split()]
