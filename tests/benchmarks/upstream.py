"""The other system of the benchmark: answers every POST at once and remembers when each number came.

    python -m tests.benchmarks.upstream PORT

GET /times gives {"number": seconds since the epoch}. Written on bare asyncio, so that it measures us and not itself.
"""

import asyncio
import json
import re
import sys
import time

NUMBER = re.compile(rb'"n":\s*(\d+)')
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class Upstream(asyncio.Protocol):
    times: dict[int, float] = {}

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
        body = b'{"ok":true}'
        if request.startswith(b"GET"):
            body = json.dumps(self.times).encode()
        elif found := NUMBER.search(request):
            self.times.setdefault(int(found[1]), time.time())
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
