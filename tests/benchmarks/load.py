"""Posts numbered webhooks over kept connections, as fast as they are answered or at a steady rate."""

import asyncio
import json
import time
from collections import Counter


class Sender:
    def __init__(self, port: int, paths: list[str]) -> None:
        self.port, self.paths = port, paths
        self.sent: dict[int, float] = {}
        self.answered: dict[int, float] = {}
        """When a number was accepted; a refused one (429) is not here."""
        self.statuses: Counter[int] = Counter()

    def run(self, numbers: range, at_once: int, rate: float = 0, seconds: float = 0) -> None:
        asyncio.run(self.send_all(numbers, at_once, rate, seconds))

    async def send_all(self, numbers: range, at_once: int, rate: float = 0, seconds: float = 0) -> None:
        """`rate` per second, or 0 for as fast as possible; `seconds` 0 for all of them."""
        todo, began = iter(numbers), time.monotonic()

        async def one() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for number in todo:
                if rate:
                    await asyncio.sleep(max(0, began + (number - numbers.start) / rate - time.monotonic()))
                if seconds and time.monotonic() - began > seconds:
                    break
                await self._post(reader, writer, number)
            writer.close()

        await asyncio.gather(*(one() for _ in range(at_once)))

    async def _post(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        body = json.dumps({"n": number, "contact": {"name": f"Person {number}", "email": f"p{number}@example.com"}})
        path = self.paths[number % len(self.paths)]
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        self.sent[number] = time.time()
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)
        self.statuses[status] += 1
        if status == 200:
            self.answered[number] = time.time()


def percentile(values: list[float], p: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * p // 100)]
