"""Times as HighLevel writes them, ids as it makes them."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def iso(at: float) -> str:
    """`2026-11-22T09:30:00.123Z`"""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def millis(text: object) -> int:
    """Milliseconds since 1970, from ISO 8601 or milliseconds. Raises ValueError."""
    if isinstance(text, (int, float, Decimal)) or str(text).lstrip("-").isdigit():
        return int(str(text).partition(".")[0])
    when = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def identity(*parts: object) -> str:
    """Twenty letters and digits, the same for the same parts."""
    number = int.from_bytes(hashlib.sha256("|".join(map(str, parts)).encode()).digest()[:16])
    text = ""
    while len(text) < 20:
        number, rest = divmod(number, len(LETTERS))
        text += LETTERS[rest]
    return text
