"""Raw bytes in, durable before anybody is told "thank you". Nothing is parsed here."""

import zlib
from collections.abc import Mapping
from typing import Any

from builder.models import Connection, Event, Source, Subscription
from builder.models.columns import write_json
from builder.models.event import unpack
from builder.runner import doorbell, rows
from builder.runner.clock import now

__all__ = ["accept", "accept_value", "build", "pack", "unpack"]

KEPT_HEADERS = frozenset(["content-type", "content-length", "user-agent", "x-request-id", "x-forwarded-for", "date"])


def accept(
    *,
    workspace_id: int,
    source: str,
    raw: bytes,
    connection: Connection | None = None,
    subscription: Subscription | None = None,
    name: str = "",
    headers: Mapping[str, str] | None = None,
) -> Event:
    """The stored event; it is read, and its runs begin, after the commit."""
    event = build(workspace_id, source, raw, name=name, headers=headers or {})
    event.connection, event.subscription = connection, subscription
    event.save()
    doorbell.ring()
    return event


def accept_value(value: Any, **where: Any) -> Event:
    """An event a person or a program sends in."""
    return accept(raw=write_json(value).encode(), **{"source": Source.PERSON, **where})


def build(workspace_id: int, source: str, raw: bytes, *, name: str, headers: Mapping[str, str]) -> Event:
    kept = {key: value for key, value in headers.items() if key in KEPT_HEADERS}
    return rows.new(
        Event,
        workspace_id=workspace_id,
        source=source,
        name=name.replace("\x00", "")[:80],
        headers=kept,
        raw=pack(raw),
        received_at=now(),
    )


def pack(raw: bytes) -> bytes:
    return zlib.compress(raw, 1) if len(raw) > 400 else b"=" + raw
