"""Answers that hardly ever change (users, pipelines, taxes), kept for a moment across processes, so that a thousand
runs that look up the same list cost one call."""

import asyncio
import functools
import hashlib
import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from builder.models.columns import read_json, write_json
from builder.runner.accounts import Opened
from connectors import catalogue
from connectors.spec import Operation

log = logging.getLogger(__name__)

LASTS = 24 * 3600
"""Seconds; no answer is kept for longer."""
NOTE = "From what was read a moment ago: this list hardly ever changes."


async def recall(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Where the answer is kept, empty where it may not be; and the answer, if there is one."""
    if not operation.cache or not opened.id:
        return "", None
    found: tuple[str, str | None] = await _there(_recalled, operation, opened, inputs) or ("", None)
    place, text = found
    return place, read_json(text) if text else None


async def remember(place: str, operation: Operation, output: dict[str, Any]) -> None:
    """In the place that `recall` gave before the service was asked: what was written meanwhile made it an old one."""
    if place:
        await _there(cache.set, place, write_json(output), operation.cache)


async def outdate(operation: Operation, opened: Opened) -> None:
    """After one of our own writes nothing is believed that was read of its kind of record before."""
    if opened.id and operation.object in _objects(opened.connector.key):
        await _there(cache.set, _age(opened, operation.object), secrets.token_hex(6), LASTS)


async def _there(work: Callable[..., Any], *given: Any) -> Any:
    """Where the cache is; one that is away changes nothing about a step."""
    try:
        return await asyncio.to_thread(work, *given)
    except Exception as problem:
        log.warning("what hardly ever changes could not be kept: %s", problem, extra={"action": "kept_away"})
        return None


@functools.cache
def _objects(connector: str) -> frozenset[str]:
    """Kinds of records of which answers are kept."""
    home = catalogue.connector(connector)
    return frozenset(one.object for one in home.operations.values() if one.cache) if home else frozenset()


def _age(opened: Opened, kind: str) -> str:
    return f"kept-age:{opened.id}:{kind.replace(' ', '-')}"


def _recalled(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> tuple[str, str | None]:
    name = _name(operation, opened, inputs)
    return name, cache.get(name)


def _name(operation: Operation, opened: Opened, inputs: dict[str, Any]) -> str:
    """By connection and secret: one with fewer permissions sees fewer. And by the last write of ours."""
    age = cache.get(_age(opened, operation.object), "")
    told = f"{age}|{write_json(inputs)}|{'|'.join(opened.account.secrets)}|{opened.account.base_url}"
    return f"kept:{opened.id}:{operation.key}:{hashlib.sha256(told.encode()).hexdigest()[:24]}"
