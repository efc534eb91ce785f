"""Webhook → one action, history kept, on this machine.

    python -m tests.benchmarks [--runs 3000] [--on sqlite|postgres]

Prints runs a second, webhook → upstream at three quarters of that rate, bell → claim at rest, idle processor time and
memory. Load generator and upstream share the machine with what they measure.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from typing import Any

from tests import services
from tests.benchmarks import processes
from tests.benchmarks.load import Sender


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recette-benchmark-") as folder:
        if given.on == "sqlite":
            measure(given.runs, given.on, {"VAR_DIR": folder})
            return
        with services.servers() as found:
            addresses = {"DATABASE_URL": found["TEST_POSTGRES"], "BROKER_URL": found["TEST_REDIS"] + "/0"}
            measure(given.runs, given.on, {"VAR_DIR": folder, **addresses})


def measure(runs: int, on: str, settings: dict[str, str]) -> None:
    environ = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "builder.settings", "RECETTE_ENV": "development"}
    with processes.Bench(environ) as bench:
        result: dict[str, Any] = {"on": on, "runs": runs}
        result |= at_full_speed(bench, runs)
        result |= at_three_quarters(bench, runs, result["runs_per_second"])
        result |= at_rest(bench)
        result |= {"memory_mb": bench.memory()}
        print(json.dumps(result, indent=1))


def at_full_speed(bench: "processes.Bench", runs: int) -> dict[str, Any]:
    asyncio.run(send(bench, range(200), 8))
    bench.wait_for(range(200))
    before = bench.cpu()
    sender = asyncio.run(send(bench, range(1000, 1000 + runs), 32))
    arrived = bench.wait_for(range(1000, 1000 + runs))
    seconds = max(arrived.values()) - min(sender.sent.values())
    used = {name: round(1000 * (at - before[name]) / runs, 2) for name, at in bench.cpu().items()}
    intake = max(sender.answered.values()) - min(sender.sent.values())
    return {"runs_per_second": round(runs / seconds), "intake_per_second": round(runs / intake), "cpu_ms_per_run": used}


def at_three_quarters(bench: "processes.Bench", runs: int, rate: float) -> dict[str, Any]:
    numbers = range(100_000, 100_000 + runs)
    sender = asyncio.run(send(bench, numbers, 32, rate * 0.75))
    arrived = bench.wait_for(numbers)
    took = sorted((arrived[n] - sender.sent[n]) * 1000 for n in numbers)
    return {f"webhook_to_upstream_p{p}_ms": round(percentile(took, p), 1) for p in (50, 95, 99)}


def at_rest(bench: "processes.Bench") -> dict[str, Any]:
    time.sleep(3)
    for number in range(200_000, 200_020):
        asyncio.run(send(bench, range(number, number + 1), 1))
        bench.wait_for(range(number, number + 1))
        time.sleep(1.6)
    took = bench.bell_to_claim(20)
    return {
        "bell_to_claim_p50_ms": round(statistics.median(took), 1),
        "bell_to_claim_max_ms": round(max(took), 1),
        "idle_percent_of_a_core": bench.idle(10),
    }


async def send(bench: "processes.Bench", numbers: range, at_once: int, rate: float = 0) -> Sender:
    sender = Sender(bench.web_port, bench.path)
    await sender.send_all(numbers, at_once, rate)
    return sender


def percentile(ordered: list[float], p: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * p // 100)]


if __name__ == "__main__":
    main()
