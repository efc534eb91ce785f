"""Webhooks on their way out: one httpx client per event loop, and the tasks that still run."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    """None: nothing answered."""
    detail: str = ""


class Sender:
    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, timeout: float = 30.0) -> None:
        self._transport = transport
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, method: str, url: str, content: bytes, headers: dict[str, str], follow: bool) -> Outcome:
        """What the receiver said; never raises."""
        try:
            response = await self._http().request(
                method, url, content=content, headers=headers, follow_redirects=follow
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Outcome(None, f"{type(error).__name__}: {error}"[:300])
        return Outcome(response.status_code, response.text[:300])

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def quiet(self) -> None:
        """Returns when nothing is on its way any more."""
        here = asyncio.get_running_loop()
        while busy := [task for task in self._tasks if task.get_loop() is here]:
            await asyncio.wait(busy)

    async def stop(self) -> None:
        here = asyncio.get_running_loop()
        for task in [task for task in self._tasks if task.get_loop() is here]:
            task.cancel()
        if self._client and self._loop is here:
            await self._client.aclose()
        self._client = None

    def _http(self) -> httpx.AsyncClient:
        here = asyncio.get_running_loop()
        if self._client is None or self._loop is not here:
            self._loop = here
            self._client = httpx.AsyncClient(transport=self._transport, timeout=self._timeout)
        return self._client
