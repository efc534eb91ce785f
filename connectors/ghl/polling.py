"""What changed, asked by search, for connections that no webhook reaches and for webhooks that got lost.

Each poll reads the window since the newest change it knows, five minutes wider because the search index lags, and
moves the lower bound along as it reads (keyset), so a record that changes meanwhile is not skipped.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.auth import sent_at
from connectors.frozen import Frozen
from connectors.ghl import odd, records, sightings
from connectors.ghl.answers import explain
from connectors.pages import ask
from connectors.spec import Context, Conversation, Page, Request, Response, Sighting

OVERLAP = timedelta(minutes=5)

Record = dict[str, Any]


class Position(Frozen):
    """Where a walk is: so many pages from a time on or, where pages reach no further, behind a record."""

    bound: str = ""
    page: int = 1
    after: tuple[Any, ...] = ()
    """As the service gives it with each record."""

    @property
    def kept(self) -> list[Any]:
        """As a cursor holds it."""
        return [self.bound, self.page, list(self.after)] if self.after else [self.bound, self.page]


class Search(Frozen):
    """One of the two searches, and how it spells things."""

    plural: str
    changed: str
    """The filter's name for the time of the last change."""
    added: str
    stamp: Callable[[Record], str]
    request: Callable[[Context, int, Record], Request]
    """(context, page size, {filters, sort, page}) to the request."""
    sighted: Callable[[Record], Sighting]
    size: int = 100
    sweep: int = 500
    """Page size where all records are read in turn."""
    pages: int = 10
    """At most so many in one poll; then it asks to be called again."""
    reach: int = 10_000
    """How many records the service counts by pages; behind them it goes on from a record that is named."""


class Walked(Frozen, eq=False):
    found: dict[str, Record]
    position: Position
    ended: bool


def poll(search: Search, sweeps: bool) -> Callable[[Record, Context], Conversation[Page]]:
    """A `Watched.poll`. With `sweeps` a page of all records is read in turn as well: the first round tells where
    things stand, later ones notice what leaves the time of the last change untouched, as tags may."""

    def conversation(cursor: Record, context: Context) -> Conversation[Page]:
        if "since" not in cursor:
            return (yield from _begin(search, sweeps, context))
        if cursor.get("baseline"):
            return (yield from _baseline(search, cursor, context))
        return (yield from _changes(search, sweeps, cursor, context))

    return conversation


def _begin(search: Search, sweeps: bool, context: Context) -> Conversation[Page]:
    """Reports nothing: the service's own clock is the beginning."""
    newest = {"sort": [{"field": search.changed, "direction": "desc"}]}
    response = yield from _page(search, context, 1, newest)
    since = max([_iso(sent_at(response)), *map(search.stamp, _items(search, response))])
    return Page([], {"since": since, **({"baseline": True} if sweeps else {})}, more=sweeps)


def _baseline(search: Search, cursor: Record, context: Context) -> Conversation[Page]:
    """What changed just before the beginning is left to the first window, which may find that it is new."""
    walked = yield from _walk(search, search.added, _position(cursor, "sweep"), context, search.sweep, search.pages)
    old = [r for r in walked.found.values() if search.stamp(r) < _earlier(cursor["since"])]
    after = {"since": cursor["since"]} if walked.ended else {**cursor, "sweep": walked.position.kept}
    return Page([search.sighted(r) for r in old], after, more=not walked.ended, baseline=True)


def _changes(search: Search, sweeps: bool, cursor: Record, context: Context) -> Conversation[Page]:
    start = _position(cursor, "window") if "window" in cursor else Position(_earlier(cursor["since"]))
    walked = yield from _walk(search, search.changed, start, context, search.size, search.pages)
    newest = max([cursor["since"], *map(search.stamp, walked.found.values())])
    after: Record = {"since": newest} if walked.ended else {"since": newest, "window": walked.position.kept}
    swept = (yield from _swept(search, cursor, context, after)) if sweeps else {}
    found = {**swept, **walked.found}
    return Page([search.sighted(r) for r in found.values()], after, more=not walked.ended)


def _swept(search: Search, cursor: Record, context: Context, after: Record) -> Conversation[dict[str, Record]]:
    walked = yield from _walk(search, search.added, _position(cursor, "sweep"), context, search.sweep, 1)
    if not walked.ended:
        after["sweep"] = walked.position.kept
    return walked.found


def _walk(
    search: Search, field: str, position: Position, context: Context, size: int, pages: int
) -> Conversation[Walked]:
    """Records by one of their times, from a position on, oldest first."""
    found: dict[str, Record] = {}
    for _ in range(pages):
        if position.page * size > search.reach and not position.after:  # noted before there was another way
            position = Position(position.bound)
        items = _items(search, (yield from _page(search, context, size, _asked(field, position))))
        found |= {str(r["id"]): r for r in items}
        if len(items) < size:
            return Walked(found, position, True)
        position = _behind(search, field, position, items[-1], size)
    return Walked(found, position, False)


def _asked(field: str, position: Position) -> Record:
    body: Record = {"sort": [{"field": field, "direction": "asc"}], "filters": []}
    if position.bound:
        body["filters"] = [{"field": field, "operator": "range", "value": {"gte": position.bound}}]
    return body | ({"searchAfter": list(position.after)} if position.after else {"page": position.page})


def _behind(search: Search, field: str, position: Position, last: Record, size: int) -> Position:
    """After a whole page. When all of it has one and the same time, only counting pages gets past it, as far as they
    reach, and naming the last record further on."""
    at = records.created(last) if field == search.added else search.stamp(last)
    if at > position.bound:
        return Position(at)
    further = position.after or (position.page + 1) * size > search.reach
    after = tuple(last.get("searchAfter") or ()) if further else ()
    return Position(position.bound, position.page + 1, after)


def _page(search: Search, context: Context, size: int, body: Record) -> Conversation[Response]:
    return (yield from ask(search.request(context, size, body), explain, f"watch {search.plural}"))


def _items(search: Search, response: Response) -> list[Record]:
    listed = (response.json or {}).get(search.plural) or []
    return [r for r in listed if isinstance(r, dict) and r.get("id")]


def _position(cursor: Record, name: str) -> Position:
    bound, page, after = (*(cursor.get(name) or ("", 1)), ())[:3]
    return Position(bound, page, tuple(after))


def _iso(at: datetime) -> str:
    return records.moment(at.isoformat())


def _earlier(since: str) -> str:
    return _iso(datetime.fromisoformat(since) - OVERLAP)


def contact_search(context: Context, size: int, body: Record) -> Request:
    sent = {"locationId": odd.location(context), "pageLimit": size, **body}
    return Request("POST", "/contacts/search", json=sent, headers=odd.VERSION, reads=True)


def opportunity_search(context: Context, size: int, body: Record) -> Request:
    sent = {**odd.opportunity_search(context, size), **body}
    if "searchAfter" in body:  # refused beside a page
        del sent["page"]
    return Request("POST", "/opportunities/search", json=sent, headers=odd.VERSION, reads=True)


CONTACTS = Search("contacts", "dateUpdated", "dateAdded", sightings.contact_stamp, contact_search, sightings.contact)
OPPORTUNITIES = Search(
    "opportunities",
    "date_updated",
    "date_added",
    sightings.opportunity_stamp,
    opportunity_search,
    sightings.opportunity,
)


def newest(search: Search, sort: str, filters: list[Record], context: Context) -> Conversation[list[Sighting]]:
    """At most ten records, the newest by one of their times first."""
    body = {"sort": [{"field": sort, "direction": "desc"}], "page": 1, "filters": filters}
    response = yield from _page(search, context, 10, body)
    return [search.sighted(r) for r in _items(search, response)[:10]]
