"""What it costs to load all declarations: CPU and memory of fresh processes, from compiled files.

    python -m tests.benchmarks.declarations [--repeat 25]

Twice: of a bare interpreter, whatever libraries it takes, and of one that has the libraries already, as the web server
and the workers have. The least of the repeats is what it takes, the median what it took beside everything else.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

from connectors.catalogue import CONNECTORS

LIBRARIES = "import asyncio, csv, email.utils, hashlib, json, ssl, uuid, zoneinfo, aiohttp, connectors.public_keys\n"
MEASURED = """
import resource, time
def pages():
    return int(open("/proc/self/statm").read().split()[1])
before, began = pages(), time.process_time()
import connectors.catalogue
took = time.process_time() - began
print(took * 1000, (pages() - before) * resource.getpagesize() / 2**20)
"""
LIMITS = {"cpu_ms": 100, "memory_mb": 30}
"""The issue's own."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.declarations")
    parser.add_argument("--repeat", type=int, default=25)
    repeat = parser.parse_args().repeat
    operations = sum(len(one.operations) for one in CONNECTORS.values())
    triggers = sum(len(one.triggers) for one in CONNECTORS.values())
    print(f"{operations} operations, {triggers} triggers; limits {json.dumps(LIMITS)}")
    with tempfile.TemporaryDirectory(prefix="recette-compiled-") as compiled:
        for name, before in (("bare interpreter", ""), ("libraries loaded", LIBRARIES)):
            _measured(before, compiled)  # compiles the files
            rows = [_measured(before, compiled) for _ in range(repeat)]
            cpu, memory = sorted(cpu for cpu, _ in rows), statistics.median(memory for _, memory in rows)
            print(
                f"{name}: {cpu[0]:.0f} ms of CPU at least, {statistics.median(cpu):.0f} in the middle, {memory:.1f} MB"
            )


def _measured(before: str, compiled: str) -> tuple[float, float]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    asked = [sys.executable, "-c", before + MEASURED]
    done = subprocess.run(
        asked, env=env | {"PYTHONPYCACHEPREFIX": compiled}, capture_output=True, check=True, text=True
    )
    cpu, memory = map(float, done.stdout.split())
    return cpu, memory


if __name__ == "__main__":
    main()
