"""Many queued writes against a service that counts: how much of its budget is used, and who waits for whom.

    python -m tests.benchmarks.budget [--on sqlite|postgres] [--workers 2] [--only 0|1|2]

Prints one JSON line for each: 1,000 writes at 100 a second, 300 at HighLevel's own 100 in 10 seconds, and how long the
recipes with little to do wait behind one with much (`starved`: the longest of their waits by the median). Real workers,
real sandboxes; the sandbox's own log is the judge. `used` leaves the first window out, in which a whole one may leave
at once. While it lasts, an event of another recipe comes now and then over the same connection, and one over another.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

PY = sys.executable
WORKER = (PY, "-m", "celery", "--quiet", "-A", "builder", "worker", "--pool", "threads", "--concurrency", "4")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "error")
CASES = ((1000, 100, 1.0), (300, 100, 10.0))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.budget")
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, choices=range(len(CASES) + 1), help="one of the three")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recette-budget-") as folder, contextlib.ExitStack() as stack:
        os.environ |= {"VAR_DIR": folder, "RECETTE_ENV": "development", "DJANGO_SETTINGS_MODULE": "builder.settings"}
        if given.on == "postgres":
            from tests import services  # noqa: PLC0415

            found = stack.enter_context(services.servers())
            os.environ |= {"DATABASE_URL": found["TEST_POSTGRES"], "BROKER_URL": found["TEST_REDIS"] + "/0"}
        subprocess.run((PY, "manage.py", "migrate", "--verbosity", "0"), check=True)
        import django  # noqa: PLC0415

        django.setup()
        for number in range(len(CASES) + 1) if given.only is None else [given.only]:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                case = CASES[number : number + 1]
                found = measure(Path(place), given.workers, *case[0]) if case else fair(Path(place), given.workers)
                print(json.dumps({"on": given.on, **found}), flush=True)


def measure(folder: Path, workers: int, writes: int, most: int, seconds: float) -> dict[str, Any]:
    from django_scopes import scopes_disabled  # noqa: PLC0415

    from tests.runner import conftest  # noqa: PLC0415

    with (
        scopes_disabled(),
        conftest.running("ghl", folder / "counting") as counting,
        conftest.running("ghl", folder / "other") as other,
        running(workers),
    ):
        counting.set(rate_max=most, rate_interval_ms=int(seconds * 1000))
        other.set(rate_max=0)
        scene = Scene(counting, other)
        scene.warm()
        scene.queue(writes)
        watched = scene.watch(writes, patience=60 + 2 * writes * seconds / most)
        return {
            "writes": writes,
            "allowed": f"{most} in {seconds:g} s",
            "workers": workers,
            **judged(scene, watched, most, seconds),
        }


def fair(folder: Path, workers: int) -> dict[str, Any]:
    """One recipe with 600 writes at 50 a second, and nine with ten each that came right after."""
    from django_scopes import scopes_disabled  # noqa: PLC0415

    from builder.runner import turn  # noqa: PLC0415
    from tests.runner import conftest  # noqa: PLC0415

    with (
        scopes_disabled(),
        conftest.running("ghl", folder / "counting") as counting,
        conftest.running("ghl", folder / "other") as other,
        running(workers),
    ):
        counting.set(rate_max=50, rate_interval_ms=1000)
        scene = Scene(counting, other)
        small = scene.more(9)
        scene.warm()
        before = counting.get("/_sandbox/effects?since=1000000000")["total"]
        scene.queue(600)
        with turn.writing():
            for number in range(10):
                for name in small:
                    scene.send(name, number)
        end = time.monotonic() + 60
        while counting.get("/_sandbox/effects?since=1000000000")["total"] < before + 690 and time.monotonic() < end:
            time.sleep(0.5)
        done = scene.done("many")
        waits = [max(done[f"{name} {n}"] - scene.sent[f"{name} {n}"] for n in range(10)) for name in small]
    middle = statistics.median(waits)
    return {
        "recipes": len(small) + 1,
        "median_wait_s": round(middle, 2),
        "longest_wait_s": round(max(waits), 2),
        "starved": round(max(waits) / middle, 2),
        "busy_one_took_s": round(max(done.values()) - min(scene.sent.values()), 2),
    }


class Scene:
    """One recipe with much to write, one with little over the same connection, one over another."""

    def __init__(self, counting: Any, other: Any) -> None:
        from tests.runner.make import make_ghl  # noqa: PLC0415

        self.boxes = {"many": counting, "live": counting, "other": other}
        self.recipes = {}
        at = make_ghl(counting)
        elsewhere = make_ghl(other, workspace=at.workspace)
        for name, connection in (("many", at), ("live", at), ("other", elsewhere)):
            self.recipe(name, connection)
        self.at = at
        self.sent: dict[str, float] = {}

    def recipe(self, name: str, connection: Any) -> None:
        from tests.runner.make import action, make_hooked  # noqa: PLC0415

        contact = self.boxes[name].records("contacts")[0]["id"]
        inputs = {"contactId": contact, "body": f"{name} {{{{ trigger.n }}}}"}
        step = action("snotes", "ghl.contacts.add_note", connection, **inputs)
        self.recipes[name] = make_hooked(step, workspace=connection.workspace)

    def more(self, count: int) -> list[str]:
        """Recipes over the counting connection."""
        names = [f"small{n}" for n in range(count)]
        for name in names:
            self.boxes[name] = self.boxes["many"]
            self.recipe(name, self.at)
        return names

    def warm(self) -> None:
        """Once over each connection: the workers are there."""
        for name in ("live", "other"):
            self.send(name, -1)
        end = time.monotonic() + 60
        while not (self.done("live") and self.done("other")):
            assert time.monotonic() < end, "the workers did not come"
            time.sleep(0.2)
        self.sent.clear()
        time.sleep(1)

    def queue(self, writes: int) -> None:
        """All of them at one moment."""
        from builder.runner import turn  # noqa: PLC0415

        with turn.writing():
            for number in range(writes):
                self.send("many", number)

    def send(self, name: str, number: int) -> None:
        from tests.runner.make import send  # noqa: PLC0415

        self.sent[f"{name} {number}"] = time.time()
        send(self.recipes[name], {"n": number})

    def watch(self, writes: int, patience: float) -> list[dict[str, Any]]:
        """Every call that came, by the counting sandbox's log, once all writes are done there."""
        end, number, calls = time.monotonic() + patience, 0, dict[tuple[float, str], dict[str, Any]]()
        while sum(text.startswith("many") for text in self.done("many")) < writes and time.monotonic() < end:
            number += 1
            time.sleep(1)
            for name in ("live", "other"):
                self.send(name, number)
            time.sleep(1.5)
            calls |= {(call["time"], call["path"]): call for call in self.boxes["many"].calls()}
        time.sleep(2)
        calls |= {(call["time"], call["path"]): call for call in self.boxes["many"].calls()}
        return sorted(calls.values(), key=lambda call: call["time"])

    def done(self, name: str) -> dict[str, float]:
        """When each note was written there."""
        at = {row["id"]: datetime.fromisoformat(row["time"]) for row in self.boxes[name].effects("note.created")}
        notes = self.boxes[name].records("notes")
        return {_text(note["body"]): at[note["id"]].timestamp() for note in notes if note["id"] in at}


def _text(body: str) -> str:
    """Without the reference that Recette adds to find it again."""
    return body.splitlines()[0].strip()


def judged(scene: Scene, calls: list[dict[str, Any]], most: int, seconds: float) -> dict[str, Any]:
    done = {text: at for text, at in scene.done("many").items() if text.startswith("many")}
    begin, last = min(done.values()), max(done.values())
    steady = [call for call in calls if begin + seconds < call["time"] <= last]
    return {
        "done": len(done),
        "refused_429": sum(call["status"] == 429 for call in calls),
        "seconds": round(last - begin, 2),
        "used": round(len(steady) / (most / seconds * (last - begin - seconds)), 3),
        "live_event_slowest_s": slowest(scene, "live"),
        "other_connection_slowest_s": slowest(scene, "other"),
    }


def slowest(scene: Scene, name: str) -> float:
    done = scene.done(name)
    sent = [text for text in scene.sent if text.startswith(name)]
    return round(max(done.get(text, float("inf")) - scene.sent[text] for text in sent), 2)


@contextlib.contextmanager
def running(workers: int) -> Iterator[None]:
    commands = [(*WORKER, *QUIET, "--hostname", f"worker{n}@%h") for n in range(workers)]
    started = [subprocess.Popen(c, start_new_session=True) for c in (*commands, (PY, "manage.py", "scheduler"))]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(30)


if __name__ == "__main__":
    main()
