"""How a web request turns pages until it has the whole list."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from connectors import fields as f
from connectors.errors import Refused

WAYS = (
    ("one", "One page is all"),
    ("link", "The answer names the next page’s address"),
    ("cursor", "The answer gives a mark to ask on from"),
    ("number", "Pages have numbers"),
    ("offset", "Entries are counted"),
)
USUAL = {"cursor": "cursor", "number": "page", "offset": "offset"}
USUALLY, MOST = 10, 100
LARGEST = 10 * 1024 * 1024
NEXT = re.compile(r"<([^>]*)>[^,]*;\s*rel=[\"']?next[\"']?", re.IGNORECASE)
FIELDS = (
    f.choice("pages", "Only for GET.", label="Further pages", choices=WAYS, default="one", more=True),
    f.text("items_at", "Its names with dots, such as data or result.rows. Empty: the answer is the list itself.",
           label="Where the list stands", more=True),
    f.text(
        "next_at", "Such as meta.next. Empty: the header Link tells it.", label="Where the next page is told", more=True
    ),
    f.text("page_name", "Empty: page, cursor or offset.", label="Parameter for the page", more=True),
    f.integer("pages_most", f"At most {MOST}.", label="Pages at most", default=USUALLY, more=True),
)  # fmt: skip


class Book:
    """The pages so far, and where the next one is."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self.inputs = inputs
        self.way = str(inputs.get("pages") or "one")
        if self.way not in dict(WAYS):
            raise Refused(f"“{self.way}” is no way to turn pages: choose one of the list.", field="pages")
        self.most = min(max(int(inputs.get("pages_most") or USUALLY), 1), MOST)
        self.name = str(inputs.get("page_name") or "").strip() or USUAL.get(self.way, "")
        self.items: list[Any] = []
        self.pages, self.size, self.more = 0, 0, False
        self.seen: set[str] = set()

    def turned(self, body: Any, headers: Mapping[str, str], size: int = 0) -> dict[str, Any] | None:
        """What changes in the inputs for the next page; None when this was the last, or enough. `size`: the answer's,
        in bytes; all pages together may have as many as a single one."""
        found = _at(body, self.inputs.get("items_at"))
        items = found if isinstance(found, list) else []
        self.items += items
        self.pages, self.size = self.pages + 1, self.size + size
        after = self._after(body, headers, items)
        self.more = after is not None and (self.pages >= self.most or self.size >= LARGEST)
        return None if self.more else after

    def told(self) -> dict[str, Any]:
        return {"items": self.items, "pages": self.pages, "more": self.more}

    def _after(self, body: Any, headers: Mapping[str, str], items: list[Any]) -> dict[str, Any] | None:
        if self.way == "link":
            return self._linked(body, headers)
        if self.way == "cursor":
            mark = _at(body, self.inputs.get("next_at") or "next")
            return self._once(mark) if isinstance(mark, str | int) and mark not in ("", False) else None
        if self.way in ("number", "offset") and items:
            return self._once(self._first() + (self.pages if self.way == "number" else len(self.items)))
        return None

    def _once(self, value: Any) -> dict[str, Any] | None:
        """A mark that was given before leads round in a circle."""
        if str(value) in self.seen:
            return None
        self.seen.add(str(value))
        return {"page": {self.name: str(value)}}

    def _linked(self, body: Any, headers: Mapping[str, str]) -> dict[str, Any] | None:
        place = self.inputs.get("next_at")
        match = NEXT.search(headers.get("link", ""))
        told = _at(body, place) if place else match[1] if match else None
        if not isinstance(told, str) or not told:
            return None
        here = str(self.inputs["url"])
        url = urljoin(here, told)
        if _place(url) != _place(here):
            host = urlsplit(url).hostname
            raise Refused(
                f"The next page is at another address ({host}): ask there in a step of its own.", field="pages"
            )
        if url in self.seen:
            return None
        self.seen.add(url)
        return {"url": url, "turned": "link"}

    def _first(self) -> int:
        """Where the first page began, as the parameters or the address name it."""
        rows = [(row.get("name"), str(row.get("value"))) for row in self.inputs.get("query") or ()]
        rows += parse_qsl(urlsplit(str(self.inputs.get("url") or "")).query)
        usual = 1 if self.way == "number" else 0
        told = next((value for name, value in rows if name == self.name), "")
        return int(told) if told.isascii() and told.isdecimal() else usual


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _at(body: Any, path: Any) -> Any:
    for name in str(path or "").split("."):
        if name:
            body = body.get(name) if isinstance(body, Mapping) else None
    return body
