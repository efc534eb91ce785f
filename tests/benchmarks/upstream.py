"""The other system of the benchmarks: answers every request, at once or after a pause, and remembers each number.

    python -m tests.benchmarks.upstream PORT

`/take` and `/look` answer at once, `/slow/…` after 50 ms. `/times` gives {"number": seconds since the epoch} of the
POSTs, `/doubled` how many came twice. Written on bare asyncio, so that it measures us and not itself.
"""

import asyncio
import json
import re
import sys
import time

NUMBER = re.compile(rb'"n":\s*(\d+)')
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
PAUSE = 0.05


class Upstream(asyncio.Protocol):
    times: dict[int, float] = {}
    doubled = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self.buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < whole:
                return
            request, self.buffer = self.buffer[:whole], self.buffer[whole:]
            self.answer(request)

    def answer(self, request: bytes) -> None:
        path = request.split(b" ", 2)[1]
        if path == b"/times":
            self.say(json.dumps(self.times).encode())
        elif path == b"/doubled":
            self.say(str(Upstream.doubled).encode())
        elif path.startswith(b"/slow/"):
            self.note(request)
            asyncio.get_running_loop().call_later(PAUSE, self.say, b'{"ok":true,"level":"gold"}')
        else:
            self.note(request)
            self.say(b'{"ok":true}')

    def note(self, request: bytes) -> None:
        if not request.startswith(b"POST") or not (found := NUMBER.search(request)):
            return
        Upstream.doubled += int(found[1]) in self.times
        self.times.setdefault(int(found[1]), time.time())

    def say(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
