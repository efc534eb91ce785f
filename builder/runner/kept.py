"""Answers that hardly ever change (users, pipelines, taxes), kept for a moment across processes, so that a thousand
runs that look up the same list cost one call."""

import asyncio
import functools
import hashlib
import secrets
from typing import Any, cast

from django.core.cache import cache

from builder.models.columns import read_json, write_json
from builder.runner.accounts import Opened
from connectors import catalogue
from connectors.spec import Operation

LASTS = 24 * 3600
"""Seconds; no answer is kept for longer."""
NOTE = "From what was read a moment ago: this list hardly ever changes."


async def recall(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """None where nothing is kept, or nothing may be."""
    if not operation.cache or not opened.id:
        return None
    text = await asyncio.to_thread(_recalled, operation, opened, inputs)
    return read_json(text) if text else None


async def remember(operation: Operation, opened: Opened, inputs: dict[str, Any], output: dict[str, Any]) -> None:
    if operation.cache and opened.id:
        await asyncio.to_thread(_remembered, operation, opened, inputs, write_json(output))


async def outdate(operation: Operation, opened: Opened) -> None:
    """After one of our own writes nothing is believed that was read of its kind of record before."""
    if opened.id and operation.object in _objects(opened.connector.key):
        name = _age(opened, operation.object)
        await asyncio.to_thread(cache.set, name, secrets.token_hex(6), LASTS)


@functools.cache
def _objects(connector: str) -> frozenset[str]:
    """Kinds of records of which answers are kept."""
    home = catalogue.connector(connector)
    return frozenset(one.object for one in home.operations.values() if one.cache) if home else frozenset()


def _age(opened: Opened, kind: str) -> str:
    return f"kept-age:{opened.id}:{kind.replace(' ', '-')}"


def _recalled(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> str | None:
    return cast("str | None", cache.get(_name(operation, opened, inputs)))


def _remembered(operation: Operation, opened: Opened, inputs: dict[str, Any], text: str) -> None:
    cache.set(_name(operation, opened, inputs), text, operation.cache)


def _name(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> str:
    """By connection and secret: one with fewer permissions sees fewer. And by the last write of ours."""
    age = cache.get(_age(opened, operation.object), "")
    told = f"{age}|{write_json(inputs)}|{'|'.join(opened.account.secrets)}|{opened.account.base_url}"
    return f"kept:{opened.id}:{operation.key}:{hashlib.sha256(told.encode()).hexdigest()[:24]}"
