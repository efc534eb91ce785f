"""A sandbox in memory with a clock that a test moves and a receiver of its webhooks."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx

from connectors.ghl.sandbox import LOCATION
from connectors.ghl.sandbox import make_app as make_ghl
from connectors.invoice_ninja.sandbox import make_app as make_invoice_ninja

START = 1_795_348_800.0
"""2026-11-22, 12:00 UTC"""
HOOK = "http://us.test/hook"
PLACE = {"locationId": LOCATION}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Receiver:
    """Answers webhooks with the statuses it was told, then with 200."""

    def __init__(self) -> None:
        self.got: list[httpx.Request] = []
        self.statuses: list[int] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.got.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200, text="ok")

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(one.content) for one in self.got]


class Bench:
    """Calls one after the other on a loop of its own, so that tests read from top to bottom."""

    def __init__(self, make: Any, headers: dict[str, str], folder: Any = None, **settings: Any) -> None:
        self.clock = Clock()
        self.receiver = Receiver()
        self.loop = asyncio.new_event_loop()
        self.app = make(folder, clock=self.clock, transport=httpx.MockTransport(self.receiver), **settings)
        self.headers = headers

    def call(self, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        headers = {k: v for k, v in headers.items() if v is not None}
        return self.loop.run_until_complete(self._call(method, path, json, headers, more))

    async def _call(self, method: str, path: str, data: Any, headers: dict[str, str], more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 4321))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
            return await client.request(method, path, json=data, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return _good(self.call("GET", path, **more))

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        return _good(self.call("POST", path, data, **more))

    def put(self, path: str, data: Any, **more: Any) -> Any:
        return _good(self.call("PUT", path, data, **more))

    def do(self, what: str, **inputs: Any) -> Any:
        return self.post("/_sandbox/do", {"do": what, **inputs})

    def quiet(self) -> None:
        self.loop.run_until_complete(self.app.quiet())

    def effects(self) -> list[str]:
        return [line["kind"] for line in self.app.effects.lines]

    def close(self) -> None:
        self.loop.run_until_complete(self.app.close())
        self.loop.close()


def _good(response: httpx.Response) -> Any:
    assert response.status_code < 300, response.text
    return response.json() if response.content else None


def ghl(folder: Any = None, **settings: Any) -> Iterator[Bench]:
    settings = {"rate_max": 0, "search_lag": 0.0, "webhook_url": HOOK, "retry_base": 0.0, **settings}
    bench = Bench(make_ghl, {}, folder, **settings)
    bench.headers = {"Authorization": f"Bearer {bench.app.settings['token']}", "Version": "2021-07-28"}
    yield bench
    bench.close()


def invoice_ninja(folder: Any = None, **settings: Any) -> Iterator[Bench]:
    bench = Bench(make_invoice_ninja, {"X-Requested-With": "XMLHttpRequest"}, folder, **settings)
    bench.headers["X-API-TOKEN"] = bench.app.settings["token"]
    yield bench
    bench.close()
