"""A conversation outside a drain: for pages, polls and set-up, from ordinary synchronous code."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync, sync_to_async

from builder.models import Exchange
from builder.runner import accounts, calls, limits
from builder.runner.clock import clock
from connectors import client
from connectors.spec import Context, Conversation

T = TypeVar("T")

BUCKETS = limits.Limits()


def hold(
    opened: accounts.Opened,
    make: Callable[[Context], Conversation[T]],
    *,
    marker: str = "",
    currency: str = "",
    kept: list[Exchange] | None = None,
) -> T:
    """The conversation's result. Raises connectors.errors. Exchanges are added to `kept`, unsaved."""
    clock.ask()  # the loop must not
    return async_to_sync(_hold)(opened, make, marker, currency, kept if kept is not None else [])


async def _hold(
    opened: accounts.Opened,
    make: Callable[[Context], Conversation[T]],
    marker: str,
    currency: str,
    kept: list[Exchange],
) -> T:
    http = calls.make_client()
    talk = line(http, opened, _in_thread, kept)
    try:
        return await talk.hold(lambda: make(calls.context(talk.opened, marker, "", currency)))
    finally:
        await http.close()


def line(http: client.Client, opened: accounts.Opened, do: calls.Do, kept: list[Exchange] | None = None) -> calls.Line:
    """The way out for a conversation that belongs to no run. `do` runs a query where queries are allowed."""
    return calls.Line(
        client=http,
        opened=opened,
        bucket=BUCKETS.of(opened),
        workspace_id=0,
        refresh=calls.Refresher(http, do) if opened.id else None,
        exchanges=kept if kept is not None else [],
    )


async def _in_thread(work: Callable[[], Any]) -> Any:
    """The query runs on the thread that asked, where its connection and scope are."""
    return await sync_to_async(work, thread_sensitive=True)()


def run(work: Awaitable[T]) -> T:
    async def wait() -> T:
        return await work

    return async_to_sync(wait)()
