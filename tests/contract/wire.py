"""A sandbox in memory, and everything that went to and fro."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from connectors.wire import decode
from tests.contract import check, made_up
from tests.contract.check import Finding
from tests.contract.documents import Operation, Service

BASE = "http://sandbox.test"
REFUSED_ALWAYS = {"absent", "agency", "company"}
"""What a sandbox says of calls that it only refuses, a location's token at least."""


@dataclass
class Wire:
    service: Service
    app: Any
    headers: dict[str, str]
    findings: list[Finding] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Method and path of the sandbox's routes that were called."""
    asked: set[str] = field(default_factory=set)
    """Names of the document's operations that our operations called."""
    count: int = 0
    made_up: int = 0
    """Answers that came from the document."""
    last: Operation | None = None
    """What the last of them was to."""

    def hold(self, sample: Mapping[str, Any]) -> None:
        """Against the document, where the answer came from it; elsewhere the sandbox's answer is held against it."""
        if self.last:
            self.findings += check.sample(self.service, self.last, sample)

    def again(self) -> "Wire":
        """Another sandbox with the same records, and nothing asked of it yet: planting one takes 20 times as long."""
        app = type(self.app)(seeded=False)
        app.settings = dict(self.app.settings)
        app.store.tables.update({table: dict(rows) for table, rows in self.app.store.tables.items()})
        app.store.counts.update(self.app.store.counts)
        for index_anew in app.store.cleared:
            index_anew()
        return Wire(self.service, app, self.headers)

    async def go(self, method: str, path: str, want: int = 200, json: Any = None, **more: Any) -> Any:
        """Calls the sandbox by hand, checks the answer, and demands its status; returns the decoded body."""
        headers = {**self.headers, **more.pop("headers", {})}
        request = httpx.Request(method, BASE + path, json=json, headers=headers, **more)
        response = await self.send(request, outgoing=False)
        if response.status_code != want:
            raise AssertionError(f"{method} {path} answered {response.status_code}, not {want}: {response.text[:300]}")
        return response.json() if "json" in response.headers.get("content-type", "") and response.content else None

    async def send(self, request: httpx.Request, *, outgoing: bool) -> httpx.Response:
        """Sends a request and checks its answer; an outgoing one, built by our operations, is checked itself."""
        self.count += 1
        path = request.url.raw_path.decode().partition("?")[0]
        if outgoing:
            self.findings += check.request(self.service, request, "")
            self.asked |= {one.name for one in [self.service.find(request.method, path)] if one}
        route = self.app.routes.find(request.method, path)
        if outgoing and route and not REFUSED_ALWAYS.isdisjoint(route[0].facts):
            self.made_up += 1
            self.last = check.known(self.service, request.method, path)
            return made_up.answer(self.last, self.service.key)
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport) as client:
            response = await client.send(request)
        if route:
            self.seen.add((route[0].method, route[0].template))
        if "json" in response.headers.get("content-type", ""):
            body = decode(response.content) if response.content else None
            self.findings += check.answer(self.service, request.method, path, response.status_code, _plain(body))
        return response


def _plain(value: Any) -> Any:
    """Decimals as floats: what a validator calls a number."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return float(value) if type(value).__name__ == "Decimal" else value
