"""The ASGI shell around a service: reads a call, lets faults have their way, answers."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from connectors.sandbox_kit import control
from connectors.sandbox_kit.effects import Effects
from connectors.sandbox_kit.faults import Fault, Faults
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.routes import Routes
from connectors.sandbox_kit.sender import Sender
from connectors.sandbox_kit.store import Store

Clock = Callable[[], float]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


COMMON = {"speed": 0.0, "ahead": 0.0}
"""Of every sandbox: seconds each answer takes, and seconds its clock is ahead of ours."""


class Sandbox:
    """One service. A subclass brings `routes`, `defaults`, `kept`, `seed`, `respond` and what the pages show."""

    service = ""
    version = ""
    routes: Routes
    defaults: dict[str, Any] = {}
    """Settings and what they are when nobody says otherwise."""
    kept: tuple[str, ...] = ()
    """Tables that a reset leaves alone."""

    def __init__(
        self,
        state_dir: Path | str | None = None,
        *,
        clock: Clock = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
        seeded: bool = True,
        **settings: Any,
    ) -> None:
        self.folder = Path(state_dir) if state_dir else None
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        self.seeded = seeded
        self._given = settings
        self.settings: dict[str, Any] = self.defaults | COMMON
        self.configure(settings)
        self.clock = lambda: clock() + self.settings["ahead"]
        self.store = Store(self.folder / "journal.jsonl" if self.folder else None)
        self.effects = Effects(self.folder / "effects.jsonl" if self.folder else None)
        self.faults = Faults()
        self.sender = Sender(transport)
        self.calls: deque[dict[str, Any]] = deque(maxlen=500)
        self.by = "api"
        """Who is at work: the API, or a person in the sandbox's own pages."""
        self._awake = False
        fresh = self.store.empty
        self.prepare()
        if seeded and fresh:
            self.seed()

    def configure(self, settings: dict[str, Any]) -> None:
        """Raises ValueError for a setting that isn't there or is of another type."""
        for name, value in settings.items():
            if name not in self.settings:
                raise ValueError(f"There is no setting {name!r}; there are {', '.join(sorted(self.settings))}.")
            self.settings[name] = _like(self.settings[name], value, name)

    def effect(self, kind: str, record_id: str, payload: Any) -> None:
        self.effects.add(self.clock(), kind, record_id, payload, self.by)

    def reset(self, **settings: Any) -> None:
        """Back to the first day, but for what lets connections go on working (`kept`), with settings of its own."""
        self.store.clear(self.kept)
        self.effects.clear()
        self.faults.clear()
        self.calls.clear()
        self.settings = self.defaults | COMMON
        self.configure(self._given | settings)
        if self.seeded:
            self.seed()

    async def quiet(self) -> None:
        """Returns when no webhook is on its way any more."""
        await self.sender.quiet()

    # What a service brings -------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Called once, with the records read back and before any seed."""

    def seed(self) -> None:
        """Puts the sample records."""

    def wake(self) -> None:
        """Called once inside the event loop: takes up deliveries that a restart broke off."""

    async def respond(self, call: Call) -> Answer:
        raise NotImplementedError

    # ASGI ------------------------------------------------------------------------------------------------------------

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(await _read(scope, receive), send)

    async def _http(self, call: Call, send: Send) -> None:
        if not self._awake:
            self._awake = True
            self.wake()
        if call.path.startswith(control.CONTROL):
            return await _write(await control.respond(self, call), send)
        fault = self.faults.take(call.method, call.path)
        answer = await self._with(fault, call)
        self.calls.append({"time": self.clock(), "method": call.method, "path": call.path, "status": answer.status})
        await _write(answer, send, cut=bool(fault and fault.cut))

    async def _with(self, fault: Fault | None, call: Call) -> Answer:
        if self.settings["speed"]:
            await asyncio.sleep(self.settings["speed"])
        if fault is None:
            return await self.respond(call)
        if fault.when == "before":
            await asyncio.sleep(fault.delay)
            return fault.answer() if fault.status else await self.respond(call)
        answer = await self.respond(call)
        await asyncio.sleep(fault.delay)
        return fault.answer() if fault.status else answer

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.close()
                return await send({"type": "lifespan.shutdown.complete"})
            self._awake = True
            self.wake()
            await send({"type": "lifespan.startup.complete"})

    async def close(self) -> None:
        await self.sender.stop()
        self.store.close()
        self.effects.close()


async def _read(scope: dict[str, Any], receive: Receive) -> Call:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    path = scope["path"].removeprefix(scope.get("root_path") or "") or "/"
    client = (scope.get("client") or ("",))[0]
    return Call(scope["method"], path, query, headers, body, client)


async def _write(answer: Answer, send: Send, cut: bool = False) -> None:
    content = answer.content()
    headers = {"content-type": answer.kind, **{k.lower(): v for k, v in answer.headers.items()}}
    headers.setdefault("content-length", str(len(content)))
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if not cut:
        return await send({"type": "http.response.body", "body": content})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
    # A server breaks the connection over it; a client in memory sees what a client over the wire would.
    raise httpx.RemoteProtocolError("The answer was cut in half, as a fault asked for.")


def _like(model: Any, value: Any, name: str) -> Any:
    if isinstance(model, bool):
        return str(value).lower() in ("1", "true", "yes", "on")
    if model is None or isinstance(model, str):
        return value if value is None else str(value)
    try:
        return type(model)(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, not {value!r}.") from None
