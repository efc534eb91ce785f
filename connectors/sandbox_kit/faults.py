"""Trouble on demand: an answer that is late, wrong, cut in half, or comes though nothing (or everything) happened."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from connectors.sandbox_kit.http import Answer


class WrongFault(ValueError):
    """A fault that can't be; the message says why."""


@dataclass(slots=True)
class Fault:
    method: str = "*"
    path: str = "*"
    """A pattern with `*` and `?`, matched against the path without the query."""
    status: int | None = None
    """None: the true answer."""
    delay: float = 0.0
    when: str = "before"
    """`before`: wait, then answer `status` and nothing happens (without a status: it happens late).
    `after`: it happens, then wait, then answer."""
    times: int | None = 1
    """How many calls it meets; None for ever."""
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Half of the body goes out, then the connection breaks."""

    def meets(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and fnmatchcase(path, self.path)

    def answer(self) -> Answer:
        kind = next((v for k, v in self.headers.items() if k.lower() == "content-type"), "")
        if not kind:
            kind = "text/plain" if isinstance(self.body, str) else "application/json"
        return Answer(self.status or 200, self.body, dict(self.headers), kind)


def fault(data: Mapping[str, Any]) -> Fault:
    unknown = set(data) - set(Fault.__slots__)
    if unknown:
        raise WrongFault(f"A fault has no {sorted(unknown)[0]!r}; it has {', '.join(Fault.__slots__)}.")
    made = Fault(**data)
    made.method = made.method.upper()
    made.delay = float(made.delay)
    if made.when not in ("before", "after"):
        raise WrongFault("`when` is before or after.")
    return made


class Faults:
    def __init__(self) -> None:
        self.table: list[Fault] = []

    def add(self, data: Any) -> None:
        self.table += [fault(one) for one in (data if isinstance(data, list) else [data])]

    def clear(self) -> None:
        self.table.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first that meets this call; it counts as used."""
        for one in self.table:
            if one.meets(method, path):
                self._use(one)
                return one
        return None

    def shown(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.table]

    def _use(self, one: Fault) -> None:
        if one.times is not None:
            one.times -= 1
            if one.times <= 0:
                self.table.remove(one)
