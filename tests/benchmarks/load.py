"""Posts numbered webhooks over kept connections, as fast as they are answered or at a steady rate."""

import asyncio
import json
import time


class Sender:
    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.sent: dict[int, float] = {}
        self.answered: dict[int, float] = {}

    async def send_all(self, numbers: range, at_once: int, rate: float = 0) -> None:
        """`rate` per second, or 0 for as fast as possible."""
        todo, began = iter(numbers), time.monotonic()

        async def one() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for number in todo:
                if rate:
                    await asyncio.sleep(max(0, began + (number - numbers.start) / rate - time.monotonic()))
                await self._post(reader, writer, number)
            writer.close()

        await asyncio.gather(*(one() for _ in range(at_once)))

    async def _post(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        body = json.dumps({"n": number, "contact": {"name": f"Person {number}", "email": f"p{number}@example.com"}})
        head = f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        self.sent[number] = time.time()
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        status = await reader.readline()
        length = 0
        while (line := await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)
        assert b" 200 " in status, status
        self.answered[number] = time.time()
