"""Lists that come in pages, walked as conversations."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.errors import Refused
from connectors.spec import Conversation, Request, Response

Explain = Callable[[Request, Response, str], None]
Items = Callable[[Response], list[Any]]
Following = Callable[[Request, Response, list[Any]], Request | None]
LAP = 10
"""Rows that a page by offset shares with the one before: as many may leave the list meanwhile, and none is skipped."""


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
            raise _too_many(found)
    return found


def lapping(
    page: Callable[[int], Conversation[tuple[list[Any], bool]]], key: Callable[[Any], str], pages: int
) -> Conversation[tuple[list[Any], bool]]:
    """(the rows of a list that people go on changing, each once; whether there were more). `page`: the rows from an
    offset on, and whether more follow. Pages lap over, and where they no longer meet, it goes back until they do. A
    service that counts whole pages only gives the same one again: then they are taken one after the other."""
    found: dict[str, Any] = {}
    at = size = 0
    laps, back = True, False
    for _ in range(pages):
        rows, more = yield from page(at)
        size = max(size, len(rows))
        known = sum(key(row) in found for row in rows)
        if laps and at and not known:
            at, back = max(at - size, 0), True
            continue
        found |= {key(row): row for row in rows}
        if not more:
            return list(found.values()), False
        laps, back = laps and (not at or back or known < len(rows)), False
        at = at + max(len(rows) - min(LAP, 1 + len(rows) // 10), 1) if laps else len(found)
    return list(found.values()), True


def whole(
    page: Callable[[int], Conversation[tuple[list[Any], bool]]], key: Callable[[Any], str], pages: int
) -> Conversation[list[Any]]:
    """The same, but all of it. Raises Refused when there are more."""
    found, more = yield from lapping(page, key, pages)
    if more:
        raise _too_many(found)
    return found


def _too_many(found: list[Any]) -> Refused:
    return Refused(f"there are more than {len(found):,}, and Recette looks no further. Look there yourself.")


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
