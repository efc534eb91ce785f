"""Conversations held against a list of answers."""

from collections.abc import Mapping
from typing import Any

from connectors import wire
from connectors.errors import ConnectorError
from connectors.spec import Account, Context, Conversation, Request, Response


def answer(json: Any = None, status: int = 200, **headers: str) -> Response:
    """As the client would hand it over."""
    body = b"" if json is None else wire.encode(json).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, body, wire.decode(body) if body else None)


def page(status: int = 200) -> Response:
    return Response(status, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title>")


def talk(conversation: Conversation[Any], *answers: Response | ConnectorError) -> tuple[Any, list[Request]]:
    """The result and the requests it took; every answer must have been used."""
    left, asked = list(answers), []
    try:
        request = next(conversation)
        while True:
            asked.append(request)
            given = left.pop(0)
            request = conversation.throw(given) if isinstance(given, Exception) else conversation.send(given)
    except StopIteration as end:
        assert not left
        return end.value, asked


def make_context(marker: str = "", linked: str = "", **settings: str) -> Context:
    return Context(make_account(settings={"location_id": "loc1", **settings}), marker, linked, "EUR")


def make_account(
    base_url: str = "https://service.example",
    headers: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Account:
    return Account(base_url, headers or {"Authorization": "Bearer t0ken"}, ("t0ken",), settings or {})
