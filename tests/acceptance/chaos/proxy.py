"""A network that misbehaves: stands in front of a sandbox and does to chosen calls what a fault says.

What the sandboxes' own fault table can do (statuses, delays, half a body) is left to them.
"""

import asyncio
import json
import random
import re
import socket
import struct
import threading
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from urllib.parse import urlsplit

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


@dataclass
class Call:
    """One request on its way, and the way back."""

    method: str
    path: str
    raw: bytes
    writer: Writer
    upstream: tuple[str, int]

    async def forward(self) -> tuple[bytes, bytes]:
        """The head and the body of the service's own answer; the effect has happened when it is there."""
        reader, writer = await asyncio.open_connection(*self.upstream)
        writer.write(self.raw)
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return head, body

    async def say(self, body: bytes, status: str = "200 OK", **headers: str) -> None:
        named = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
        self.writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
        await self.writer.drain()

    def reset(self) -> None:
        """The connection is torn, as by a machine that fell."""
        link = self.writer.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Act = Callable[[Call], Awaitable[None]]


async def through(call: Call) -> None:
    head, body = await call.forward()
    call.writer.write(head + b"\r\n\r\n" + body)
    await call.writer.drain()


async def away(call: Call) -> None:
    await call.say(b'{"message": "Down for maintenance"}', "503 Service Unavailable")


async def reset_before(call: Call) -> None:
    call.reset()


async def reset_after(call: Call) -> None:
    await call.forward()
    call.reset()


async def hang_up_after(call: Call) -> None:
    await call.forward()


async def silent(call: Call) -> None:
    await asyncio.sleep(5)


async def silent_after(call: Call) -> None:
    await call.forward()
    await asyncio.sleep(5)


async def torn_chunks(call: Call) -> None:
    _, body = await call.forward()
    half = body[: len(body) // 2]
    await call.say(b"%x\r\n%s\r\n" % (len(half), half), Transfer_Encoding="chunked", Content_Length="")


async def broken_gzip(call: Call) -> None:
    _, body = await call.forward()
    await call.say(b"\x1f\x8b\x08\x00" + body, Content_Encoding="gzip")


async def wrong_type(call: Call) -> None:
    """The right answer under a name that nobody may trust."""
    _, body = await call.forward()
    await call.say(body, Content_Type="text/plain")


async def a_list(call: Call) -> None:
    await call.forward()
    await call.say(b"[]", "201 Created")


async def without_id(call: Call) -> None:
    await call.forward()
    await call.say(b'{"data": {"name": "Harbor Dental"}}')


async def login_page(call: Call) -> None:
    await call.forward()
    await call.say(b"<!doctype html><h1>Sign in</h1>", Content_Type="text/html")


async def nothing(call: Call) -> None:
    await call.forward()
    await call.say(b"", "204 No Content")


async def drip(call: Call) -> None:
    """A byte every tenth of a second."""
    _, body = await call.forward()
    await call.say(b"", Content_Length=str(len(body)))
    for byte in body:
        call.writer.write(bytes([byte]))
        await call.writer.drain()
        await asyncio.sleep(0.1)


async def endless(call: Call) -> None:
    await call.forward()
    await call.say(b"", Content_Length="", Transfer_Encoding="chunked")
    while True:
        call.writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await call.writer.drain()


async def five_gigabytes(call: Call) -> None:
    await call.forward()
    await call.say(b" " * 65536, Content_Length=str(5 * 2**30))
    while True:
        call.writer.write(b" " * 65536)
        await call.writer.drain()


async def nobody(call: Call) -> None:
    """HighLevel's search for a duplicate, that does not see yet who is there."""
    await call.say(b'{"contact": null}')


def unfiltered(*names: str) -> Act:
    """The service passes over these parameters of the question, as Invoice Ninja does with those it does not know."""
    gone = re.compile(rf"\b(?:{'|'.join(names)})=[^& ]*&?".encode())

    async def act(call: Call) -> None:
        first, _, rest = call.raw.partition(b"\r\n")
        call.raw = gone.sub(b"", first) + b"\r\n" + rest
        await through(call)

    return act


def saying(body: object) -> Act:
    async def act(call: Call) -> None:
        await call.say(json.dumps(body).encode())

    return act


async def huge(call: Call) -> None:
    """200 MB."""
    await call.forward()
    await call.say(b"", Content_Length=str(200 * 2**20))
    for _ in range(200):
        call.writer.write(b" " * 2**20)
        await call.writer.drain()


async def bomb(call: Call) -> None:
    """200 MB that fit into 200 kB on the way."""
    await call.forward()
    await call.say(packed(), Content_Encoding="gzip")


@cache
def packed() -> bytes:
    pack = zlib.compressobj(wbits=31)
    return b"".join([*(pack.compress(b" " * 2**20) for _ in range(200)), pack.flush()])


def late(before: float, after: float, chance: random.Random) -> Act:
    """The effect comes late and the answer later, by up to as many seconds; whoever hung up meanwhile stops nothing."""

    async def act(call: Call) -> None:
        await asyncio.sleep(chance.uniform(before * 0.6, before))
        head, body = await call.forward()
        await asyncio.sleep(chance.uniform(after * 0.6, after))
        call.writer.write(head + b"\r\n\r\n" + body)

    return act


def brown_out(share: float, chance: random.Random) -> Act:
    """A share of the calls is answered with a 5xx, half of them after the work was done."""

    async def act(call: Call) -> None:
        if chance.random() > share:
            return await through(call)
        if chance.random() < 0.5:
            await call.forward()
        status = chance.choice(("500 Internal Server Error", "502 Bad Gateway", "503 Unavailable", "504 Time-out"))
        await call.say(b'{"message": "Server Error"}', status)

    return act


def lossy(share: float, chance: random.Random, lost: list[str]) -> Act:
    """A share of the calls never arrives; their paths are noted."""

    async def act(call: Call) -> None:
        if chance.random() > share:
            return await through(call)
        lost.append(call.path)
        call.reset()

    return act


@dataclass
class Fault:
    act: Act
    method: str = "*"
    path: str = "*"
    times: int = 1


@dataclass
class Proxy:
    """Runs on a thread of its own until it is closed."""

    upstream: str
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """Of each call, by the monotonic clock."""

    def __enter__(self) -> "Proxy":
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: Any) -> None:
        self.loop.call_soon_threadsafe(self._over.set)
        self.thread.join(10)

    def fail(self, act: Act, method: str = "*", path: str = "*", times: int = 1) -> None:
        self.faults.append(Fault(act, method, path, times))

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve(ready))
        self.loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._over, self._tasks = asyncio.Event(), set[asyncio.Task[Any]]()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        ready.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            if call := await self._read(reader, writer):
                await self._choose(call)(call)
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever called has gone
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _read(self, reader: Reader, writer: Writer) -> Call | None:
        """One request a connection: the answer says `Connection: close`."""
        first = await reader.readexactly(1)
        if first == b"\x16":  # somebody wants to speak TLS
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return None
        lines = (first + await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        method, path, _ = lines[0].decode().split(" ", 2)
        kept = [line for line in lines[:-2] if not line.lower().startswith(b"connection:")]
        length = next((int(line.split(b":")[1]) for line in kept if line.lower().startswith(b"content-length:")), 0)
        raw = b"\r\n".join([*kept, b"Connection: close", b"", b""]) + await reader.readexactly(length)
        parts = urlsplit(self.upstream)
        return Call(method, path.partition("?")[0], raw, writer, (parts.hostname or "", parts.port or 80))

    def _choose(self, call: Call) -> Act:
        self.calls.append((call.method, call.path))
        self.times.append(time.monotonic())
        for fault in self.faults:
            if fault.method in ("*", call.method) and fnmatchcase(call.path, fault.path) and fault.times:
                fault.times -= 1
                return fault.act
        return through
