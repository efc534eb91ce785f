"""What Invoice Ninja has and this stand-in has not: it says so, instead of acting as if there were no such call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from connectors.invoice_ninja.sandbox import refusals
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.words import words

FILE = Path(__file__).parent / "absent.txt"
"""The beginning of the sentence after a `#`, then method and path of each call, below /api/v1."""


def _refusing(subject: str) -> Callable[..., Any]:
    def refuse(box: Any, call: Any) -> Any:
        raise refusals.bad(f"{subject} not in this sandbox; Invoice Ninja itself has this call")

    return refuse


def _register(subject: str, calls: str) -> None:
    found = words(calls)
    for method, path in zip(found[::2], found[1::2], strict=True):
        ROUTES.on(method, f"/api/v1{path}", absent=True)(_refusing(subject))


for part in FILE.read_text("utf-8").split("# ")[1:]:
    _register(*part.split("\n", 1))
