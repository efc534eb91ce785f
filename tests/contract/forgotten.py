"""What Invoice Ninja can do and its document doesn't know: a document of our own, from the service's list of routes."""

from pathlib import Path
from typing import Any

API = "/api/v1/"
FILE = Path(__file__).parent / "forgotten.txt"
ANYTHING = {"description": "", "content": {"application/json": {"schema": {}}}}
ANSWER = {"200": ANYTHING, "default": ANYTHING}


def paths() -> dict[str, Any]:
    """As an OpenAPI document has them. A body is open but for its names; an answer may be anything."""
    found: dict[str, Any] = {}
    for line in FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            method, path, *names = line.split()
            found.setdefault(API + path, {})[method.lower()] = _entry(names)
    return found


def _entry(names: list[str]) -> dict[str, Any]:
    if not names:
        return {"responses": ANSWER}
    schema = {"type": "object", "properties": {name: {} for name in names}}
    return {"responses": ANSWER, "requestBody": {"content": {"application/json": {"schema": schema}}}}
