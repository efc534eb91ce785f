"""Keeps a handful of processes alive and stops them all: one thread, one loop over their output and our signals.

`manage.py up` ends by becoming this file, run by itself: it needs nothing but the standard library and stays small.
"""

import contextlib
import ctypes
import http.client
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

STOP_WITHIN = 30.0
"""Longer than a worker waits for the requests it has on their way."""
STEADY_AFTER = 60.0
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Say = Callable[[str, str], None]


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    """When to start it, by the monotonic clock."""
    falls: int = 0
    """How often in a row it ended soon after its start."""
    rest: bytes = field(default=b"", repr=False)
    """Output after the last line end."""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    def __init__(self, children: Sequence[Child], say: Say, on_tick: Callable[[], None] = lambda: None) -> None:
        self.children = children
        self.say = say
        self.on_tick = on_tick
        self.asked_to_stop = 0
        self.selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Returns when asked to stop (SIGINT, SIGTERM, SIGHUP) and every child has ended."""
        handlers = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            while not self.asked_to_stop:
                self._start_due()
                self._read(0.1)
                self._bury()
                self.on_tick()
        finally:
            self.stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """The last started goes first. Who is still there after STOP_WITHIN, or at a second Ctrl-C, is killed."""
        asked, until = self.asked_to_stop, time.monotonic() + STOP_WITHIN
        for child in reversed(self.children):
            self._signal(child, signal.SIGTERM)
        while any(child.running for child in self.children):
            if time.monotonic() > until or self.asked_to_stop > max(asked, 1):
                for child in self.children:
                    self._signal(child, signal.SIGKILL)
            self._read(0.05)
        for child in self.children:
            self._sweep(child)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _start_due(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=dict(child.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()),
        )
        child.started = time.monotonic()
        assert child.process.stdout
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, timeout: float) -> None:
        if not self.selector.get_map():
            time.sleep(timeout)
        for key, _ in self.selector.select(timeout):
            self._pass_on(key.data, key.fileobj)  # type: ignore[arg-type]

    def _pass_on(self, child: Child, pipe: IO[bytes]) -> None:
        data = os.read(pipe.fileno(), 65536)
        *lines, child.rest = (child.rest + data).split(b"\n")
        for line in lines if data else [child.rest]:
            if line.strip():
                self.say(child.name, line.decode("utf-8", "replace").rstrip())
        if not data:
            child.rest = b""
            self.selector.unregister(pipe)
            pipe.close()

    def _bury(self) -> None:
        for child in self.children:
            if child.process is not None and not child.running:
                self._plan_return(child, child.process.returncode)

    def _plan_return(self, child: Child, code: int) -> None:
        self._sweep(child)
        child.falls = 1 if time.monotonic() - child.started > STEADY_AFTER else child.falls + 1
        pause = min(2.0 ** (child.falls - 1), LONGEST_PAUSE)
        how = f"signal {-code}" if code < 0 else f"exit {code}"
        self.say("recette", f"{child.name} ended ({how}); starting it again in {pause:.0f} s")
        child.process, child.start_at = None, time.monotonic() + pause

    def _sweep(self, child: Child) -> None:
        """Whatever the child left behind in its group goes too; its last words are read."""
        self._signal(child, signal.SIGKILL)
        for key in [key for key in self.selector.get_map().values() if key.data is child]:
            with contextlib.suppress(BlockingIOError):
                self._pass_on(child, key.fileobj)  # type: ignore[arg-type]

    def _signal(self, child: Child, number: int) -> None:
        if child.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, number)


def _end_with(parent: int) -> Callable[[], None]:
    """For a new child: it gets SIGTERM when the supervisor is gone, however that died (Linux)."""

    def prepare() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)

    return prepare


@dataclass
class Announcement:
    """Prints the address once, when a page comes back from it."""

    host: str
    port: int
    named: str
    address: str
    began: float
    done: bool = False

    def __call__(self) -> None:
        if self.done or not self._answers():
            return
        self.done = True
        took = time.monotonic() - self.began
        _write(f"\n  Recette is ready: {self.address}   ({took:.1f} s, Ctrl-C stops it)\n\n")

    def _answers(self) -> bool:
        link = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            link.request("GET", "/", headers={"Host": self.named or self.host})
            return link.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()


def say(name: str, line: str) -> None:
    _write(f"{name:>21} | {line}\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main(plan: str) -> None:
    found = json.loads(plan)
    children = [Child(name, command, os.environ) for name, command in found["commands"].items()]
    announce = Announcement(*found["web"], found["address"], found["began"])
    Supervisor(children, say, announce).run()
    say("recette", "stopped")


if __name__ == "__main__":
    main(sys.argv[1])
