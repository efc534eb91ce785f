"""A request as it leaves, without the libraries that carry it: whoever only plans or records one doesn't load them."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from connectors.errors import ConnectorError
from connectors.spec import Account, Conversation, Request, Response

T = TypeVar("T")
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "Recette"}


async def converse(conversation: Conversation[T], send: Callable[[Request], Awaitable[Response]]) -> T:
    """Drives a conversation to its result; an error of `send` is raised inside it first."""
    try:
        request = next(conversation)
        while True:
            try:
                response = await send(request)
            except ConnectorError as problem:
                request = conversation.throw(problem)
            else:
                request = conversation.send(response)
    except StopIteration as end:
        return end.value
    finally:
        conversation.close()


def headers_of(account: Account, request: Request) -> dict[str, str]:
    """Without those that the body brings along."""
    own = {} if request.url else {**account.headers, **(account.proof if request.proof else {})}
    return {**HEADERS, **request.headers, **own}


def elsewhere(request: Request) -> Account:
    """The place of a file as an account: it has no token, and no base path."""
    parts = urlsplit(request.url)
    return Account(f"{parts.scheme}://{parts.netloc}", {})


def url_of(account: Account, request: Request) -> str:
    if request.url:
        return request.url
    query = urlencode([pair for name, value in request.query.items() for pair in _pairs(name, value)])
    return account.base_url.rstrip("/") + request.path + (f"?{query}" if query else "")


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [(name, _plain(v)) for v in value]
    return [(name, _plain(value))]


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
