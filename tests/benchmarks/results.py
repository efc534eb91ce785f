"""Figures as a table, and the record of them with machine and date."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parent / "RESULTS.md"
COLUMNS = "| experiment | on | figure | value |\n| --- | --- | --- | --- |\n"


def table(lines: list[dict[str, Any]]) -> str:
    rows = [(line["experiment"], line["on"], name, value) for line in lines for name, value in _flat(line)]
    widths = [max(len(str(row[i])) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join(str(cell).ljust(width) for cell, width in zip(row[:3], widths, strict=True)) + f"  {row[3]}"
        for row in rows
    )


def write(lines: list[dict[str, Any]]) -> None:
    """Adds a section; what was measured before stays."""
    head = f"\n## {datetime.now(UTC).date()}: {_machine()}\n\n{COLUMNS}"
    rows = [
        f"| {line['experiment']} | {line['on']} | {name} | {value} |" for line in lines for name, value in _flat(line)
    ]
    if not RECORD.exists():
        RECORD.write_text("# Figures\n\nWhat `python -m tests.benchmarks --write` saw, the newest last.\n", "utf-8")
    with RECORD.open("a", encoding="utf-8") as record:
        record.write(head + "\n".join(rows) + "\n")


def _flat(line: dict[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for name, value in line.items():
        if isinstance(value, dict):
            found += [(f"{name}.{inner}", each) for inner, each in value.items()]
        elif name not in ("experiment", "on"):
            found.append((name, value))
    return found


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
