"""Writes of one kind that wait for the same budget go together, where the service takes several records in one call."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from builder.models import Exchange
from connectors.errors import ConnectorError
from connectors.spec import Account, Request, Response

SEATS = 20
"""Records in one call: as many as Invoice Ninja's answer shows without a second page."""


@dataclass(frozen=True, slots=True)
class Ride:
    """What the call for all came to. All empty: it was refused, perhaps for one of them, or never made, so each goes by
    itself."""

    response: Response | None = None
    problem: ConnectorError | None = None
    record: Exchange | None = None
    others: int = 0
    """Steps that it was made for besides each one."""


@dataclass
class Wagon:
    """Open until its driver has a permit."""

    close: Callable[[], object]
    """Nobody gets on any more."""
    requests: list[Request] = field(default_factory=list)
    arrived: "asyncio.Future[Ride]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def together(self) -> Request:
        """One request with the records of all, each named once; the only one's as it is."""
        if len(self.requests) == 1:
            return self.requests[0]
        first, *others = map(shared_form, self.requests)
        name = first.together
        records = [record for request in (first, *others) for record in request.json[name]]
        return replace(first, json={**first.json, name: list(dict.fromkeys(records))})

    def settle(self, ride: Ride) -> None:
        """For those who ride along."""
        if not self.arrived.done():
            self.arrived.set_result(ride)


class Wagons:
    """Those of one event loop that are still open."""

    def __init__(self) -> None:
        self.open: dict[str, Wagon] = {}

    def board(self, connection_id: int, account: Account, request: Request) -> tuple[Wagon, bool]:
        """A wagon with room for it, and whether it is a new one, which the caller drives. Only what goes with the same
        address and secret goes together: a connection may have got others meanwhile."""
        name = _name(connection_id, account, shared_form(request))
        wagon = self.open.get(name)
        if drives := wagon is None or len(wagon.requests) >= SEATS:
            wagon = self.open[name] = Wagon(lambda: self._close(name, wagon))
        assert wagon
        wagon.requests.append(request)
        return wagon, drives

    def _close(self, name: str, wagon: Wagon | None) -> None:
        if self.open.get(name) is wagon:
            del self.open[name]


def shared_form(request: Request) -> Request:
    """As it is sent when it is for several."""
    return request.many or request


def refused(response: Response) -> bool:
    """Whether the service did nothing of it, for the sake of one record maybe."""
    return 400 <= response.status < 500 and response.status not in (401, 429)


def copied(record: Exchange, workspace_id: int, position: int) -> Exchange:
    """The call as it was sent, for another step that it was made for."""
    told = {name: getattr(record, name) for name in _COLUMNS}
    return Exchange(**told, workspace_id=workspace_id, position=position)


_COLUMNS = (
    *("connection_id", "purpose", "method", "url", "request_headers", "request_body"),
    *("status", "response_headers", "response_body", "trouble", "took_ms", "at"),
)


def _name(connection_id: int, account: Account, request: Request) -> str:
    """Alike but for the records."""
    others: dict[str, Any] = {name: value for name, value in request.json.items() if name != request.together}
    over = f"{connection_id} {account.base_url} {sorted(account.headers.items())} {account.secrets}"
    return f"{over} {request.method} {request.path} {sorted(request.query.items())} {sorted(others.items())}"
