"""Lists that come in pages, walked as conversations."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.errors import Refused
from connectors.spec import Conversation, Request, Response

Explain = Callable[[Request, Response, str], None]
Items = Callable[[Response], list[Any]]
Following = Callable[[Request, Response, list[Any]], Request | None]


def ask(request: Request, explain: Explain, what: str) -> Conversation[Response]:
    """One question; its answer, or the error that `explain` makes of a bad one. Use it with `yield from`."""
    response = yield request
    explain(request, response, what)
    return response


def walk(
    request: Request,
    explain: Explain,
    what: str,
    items: Items,
    following: Following,
    cap: int = 50,
    whole: bool = False,
) -> Conversation[list[Any]]:
    """Every item of a list, at most `cap` pages of it. `whole`: raises Refused when there are more."""
    found: list[Any] = []
    for _ in range(cap):
        response = yield from ask(request, explain, what)
        page = items(response)
        found += page
        after = following(request, response, page)
        if after is None:
            break
        request = after
    else:
        if whole:
            raise Refused(f"there are more than {len(found):,}, and Recette looks no further. Look there yourself.")
    return found


def by_number(size: int, name: str = "page") -> Following:
    """The next page by counting, in the query or the JSON body; a short page is the last."""

    def following(request: Request, response: Response, page: list[Any]) -> Request | None:
        return None if len(page) < size else changed(request, {name: int(_spoken(request).get(name, 1)) + 1})

    return following


def by_offset(size: int, name: str = "skip") -> Following:
    def following(request: Request, response: Response, page: list[Any]) -> Request | None:
        return None if len(page) < size else changed(request, {name: int(_spoken(request).get(name, 0)) + len(page)})

    return following


def changed(request: Request, values: Mapping[str, Any]) -> Request:
    """The same request with other paging values, where it carries its values."""
    if request.json is not None:
        return replace(request, json={**request.json, **values})
    return replace(request, query={**request.query, **values})


def _spoken(request: Request) -> Mapping[str, Any]:
    return request.json if request.json is not None else request.query


def listed(key: str) -> Items:
    """Reads the list below a key of the answer; an answer without it is an empty list."""
    return lambda response: list((response.json or {}).get(key) or []) if isinstance(response.json, dict) else []
