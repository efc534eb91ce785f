"""What the experiments came to, as a table; `--write` adds it to RESULTS.md with machine and date.

python -m tests.acceptance.chaos.record lines.jsonl [more.jsonl] [--write]
"""

import argparse
import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parent / "RESULTS.md"
COUNTED = ("lost", "doubled", "held", "stuck", "resume_p95_s", "secs", "seed")
HEAD = ("experiment", "on", *COUNTED, "besides")
ABOUT = """# What the experiments came to

Each line is one experiment of `make chaos` as it ended, the judge being the sandbox's own log of what it did: `lost`
effects that had to happen and did not, `doubled` ones that happened more often than once, `held` runs that were put to
a person, `stuck` ones that were neither over nor held in the end.
"""


def table(lines: Iterable[dict[str, Any]]) -> str:
    rows = [HEAD, ("---",) * len(HEAD), *map(_row, lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    known = [str(line.get(name)) if line.get(name) is not None else "" for name in ("experiment", "on", *COUNTED)]
    besides = {name: value for name, value in line.items() if name not in ("experiment", "on", *COUNTED)}
    return (*known, ", ".join(f"{name} {value}" for name, value in besides.items()))


def write(lines: list[dict[str, Any]]) -> None:
    """Adds a section; what came before stays."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    scale = os.environ.get("CHAOS_SCALE", "1")
    head = f"\n## {datetime.now(UTC).date()}: {machine}, scale {scale}\n\n"
    before = RECORD.read_text("utf-8") if RECORD.exists() else ABOUT
    RECORD.write_text(before + head + table(lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.chaos.record")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    lines = [json.loads(line) for file in given.files for line in file.read_text("utf-8").splitlines()]
    print(table(lines), end="")
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
