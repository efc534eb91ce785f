"""Which handler answers a method and a path. A slash at the end counts."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    handler: Handler
    facts: dict[str, Any]
    """What the gate wants to know: `scope`, `password` …"""

    def args(self, parts: list[str]) -> dict[str, str] | None:
        found = {}
        for want, have in zip(self.template.split("/"), parts, strict=True):
            if want.startswith("{"):
                if not have:
                    return None
                found[want[1:-1]] = have
            elif want != have:
                return None
        return found


class Routes:
    def __init__(self) -> None:
        self._tables: dict[tuple[str, int], list[Route]] = defaultdict(list)

    def __iter__(self) -> Iterator[Route]:
        return (route for table in self._tables.values() for route in table)

    def on(self, method: str, template: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Registers the decorated handler; a path in full letters beats one with a hole."""

        def add(handler: Handler) -> Handler:
            table = self._tables[method, template.count("/")]
            table.append(Route(method, template, handler, facts))
            table.sort(key=lambda route: route.template.count("{"))
            return handler

        return add

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        parts = path.split("/")
        for route in self._tables.get((method, len(parts) - 1), ()):
            args = route.args(parts)
            if args is not None:
                return route, args
        return None

    def methods(self, path: str) -> set[str]:
        return {method for method, _ in list(self._tables) if self.find(method, path)}


async def run(route: Route, box: Any, call: Any) -> Any:
    """What the route's handler returns, awaited if it must be."""
    result = route.handler(box, call)
    return await result if inspect.isawaitable(result) else result
