"""Answers that hardly ever change (users, pipelines, taxes), kept for a moment across processes, so that a thousand
runs that look up the same list cost one call."""

import asyncio
import hashlib
from typing import Any

from django.core.cache import cache

from builder.models.columns import read_json, write_json
from builder.runner.accounts import Opened
from connectors.spec import Operation

NOTE = "From what was read a moment ago: this list hardly ever changes."


async def recall(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """None where nothing is kept, or nothing may be."""
    if not operation.cache or not opened.id:
        return None
    text = await asyncio.to_thread(cache.get, _name(operation, opened, inputs))
    return read_json(text) if text else None


async def remember(operation: Operation, opened: Opened, inputs: dict[str, Any], output: dict[str, Any]) -> None:
    if operation.cache and opened.id:
        name = _name(operation, opened, inputs)
        await asyncio.to_thread(cache.set, name, write_json(output), operation.cache)


def _name(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> str:
    """By connection and secret: one with fewer permissions sees fewer."""
    told = f"{write_json(inputs)}|{'|'.join(opened.account.secrets)}|{opened.account.base_url}"
    return f"kept:{opened.id}:{operation.key}:{hashlib.sha256(told.encode()).hexdigest()[:24]}"
