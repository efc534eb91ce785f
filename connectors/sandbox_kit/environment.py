"""A module-level ASGI application that is made at its first call, from the environment."""

import json
import os
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any


def lazily(make: Callable[..., Any], name: str) -> Callable[..., Awaitable[None]]:
    """SANDBOX_STATE/<name> is the folder of its state; SANDBOX_SETTINGS, or SANDBOX_<NAME>_SETTINGS, its settings."""

    @cache
    def made() -> Any:
        folder = os.environ.get("SANDBOX_STATE", "")
        settings = os.environ.get(f"SANDBOX_{name.upper()}_SETTINGS") or "{}"
        return make(Path(folder) / name if folder else None, **json.loads(settings))

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await made()(scope, receive, send)

    return app
