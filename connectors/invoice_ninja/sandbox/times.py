"""Times as Invoice Ninja writes them."""

from datetime import UTC, datetime


def day_of(at: float) -> str:
    """`2026-11-22`"""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def moment_of(at: float) -> str:
    """`2026-11-22 09:30:00`"""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
