"""The embedded broker: Celery messages as files, and a bell instead of polling.

kombu's filesystem transport looks into its folder once a second; here a consumer sleeps on a local datagram socket and
every publisher rings it, so a message is taken within a millisecond or two and a worker at rest costs nothing. A lost
ring is harmless: the folder is looked into every two seconds anyway, and the database is the truth.
"""

import contextlib
import hashlib
import os
import socket
import tempfile
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads
from kombu.utils.objects import cached_property

LOOK_EVERY = 2.0


class Channel(filesystem.Channel):
    """Messages are written aside and renamed into place, so a reader never sees half of one."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        name = f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        aside = self.taken / name
        aside.write_text(dumps(payload))
        aside.rename(self.folder / name)
        ring(self.transport_options["folder"])

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        ending = f".{queue}.msg"
        for name in sorted(n for n in os.listdir(self.folder) if n.endswith(ending)):
            mine = self.taken / name
            try:
                (self.folder / name).rename(mine)
            except FileNotFoundError:
                continue
            text = mine.read_text()
            mine.unlink()
            return loads(text)
        raise Empty

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """A consumer that had its hands full may take the next one."""
        super().basic_ack(delivery_tag, multiple)
        if bell := self.connection.bell:
            bell.ring()

    @cached_property
    def folder(self) -> Path:
        return _made(Path(self.transport_options["folder"]) / "queue")

    @cached_property
    def taken(self) -> Path:
        return _made(Path(self.transport_options["folder"]) / "taken")

    @cached_property
    def control_folder(self) -> Path:
        return _made(Path(self.transport_options["folder"]) / "control")

    @property
    def data_folder_in(self) -> str:
        return str(self.folder)

    data_folder_out = data_folder_in


class Transport(filesystem.Transport):
    Channel = Channel
    driver_type = driver_name = "recette"
    implements = virtual.Transport.implements
    global_state = virtual.BrokerState()
    bell: "Bell | None" = None

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        self.bell = self.bell or Bell(connection.client.transport_options["folder"])
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = LOOK_EVERY if end is None else end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.bell.wait(min(left, LOOK_EVERY))

    def close_connection(self, connection: Any) -> None:
        if self.bell:
            self.bell.close()
            self.bell = None
        super().close_connection(connection)


class Bell:
    """One consumer's socket; every publisher knows where to find it."""

    def __init__(self, folder: str) -> None:
        self.path = _bells(folder) / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))

    def wait(self, seconds: float) -> None:
        self.socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self.socket.recv(1)

    def ring(self) -> None:
        """From whatever thread."""
        with contextlib.suppress(OSError):
            self.socket.sendto(b"!", socket.MSG_DONTWAIT, str(self.path))

    def close(self) -> None:
        self.socket.close()
        self.path.unlink(missing_ok=True)


def ring(folder: str) -> None:
    """Wakes every consumer; forgets those that died."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.setblocking(False)
        for path in _bells(folder).iterdir():
            try:
                mouth.sendto(b"!", str(path))
            except (ConnectionRefusedError, FileNotFoundError):
                path.unlink(missing_ok=True)
            except OSError:
                continue


def _bells(folder: str) -> Path:
    """A short path, because a socket's address holds about a hundred characters."""
    name = hashlib.sha256(str(Path(folder).absolute()).encode()).hexdigest()[:12]
    return _made(Path(tempfile.gettempdir()) / f"recette-{os.getuid()}-{name}")


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
