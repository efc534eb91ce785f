"""Every connector, and the search of the chooser."""

import gc
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from connectors.frozen import Frozen
from connectors.spec import Connector, Method, Operation, Trigger

_collects = gc.isenabled()
gc.disable()  # what is declared comes to stay: going through it again and again, now or later, finds nothing
from connectors import ghl, invoice_ninja, tools  # noqa: E402

gc.freeze()
if _collects:
    gc.enable()

ALL: tuple[Connector, ...] = (ghl.CONNECTOR, invoice_ninja.CONNECTOR, tools.CONNECTOR)
CONNECTORS = {connector.key: connector for connector in ALL}

SYNONYMS = {
    "deal": "opportunity", "lead": "contact", "person": "contact", "customer": "client contact", "bill": "invoice",
    "estimate": "quote", "offer": "quote", "proposal": "quote", "label": "tag", "todo": "task", "comment": "note",
    "add": "create", "create": "add", "new": "create created", "make": "create", "book": "create", "insert": "create",
    "edit": "update", "change": "update", "modify": "update", "update": "set", "remove": "delete", "fetch": "get",
    "read": "get", "lookup": "find search", "get": "list find", "find": "get search", "list": "search list",
    "win": "won", "all": "every",
    "sale": "won", "pay": "payment paid", "mail": "email", "send": "email sent",
    "crm": "highlevel", "ghl": "highlevel", "gohighlevel": "highlevel", "in": "invoice ninja", "item": "product",
    "staff": "user", "owner": "user", "column": "stage", "board": "pipeline",
}  # fmt: skip

LITTLE = frozenset(
    ("a", "an", "the", "is", "are", "was", "be", "to", "of", "for", "with", "and", "my", "when", "into", "from", "it")
) | {"by", "id"}


DERIVED = 0.6
"""What nobody declared by hand comes after what somebody did."""


class Hit(Frozen, eq=False):
    item: Operation | Trigger
    kind: str
    """`trigger`, `action` or `lookup`."""
    score: float


class Found(Frozen, eq=False):
    hits: tuple[Hit, ...]
    did_you_mean: str = ""
    """The query as it was understood, when words had to be corrected."""
    partly: bool = False
    """Nothing has all the words: these have most of them."""

    def __iter__(self) -> Iterator[Operation | Trigger]:
        return (hit.item for hit in self.hits)

    def __len__(self) -> int:
        return len(self.hits)


def connector(key: str) -> Connector | None:
    return CONNECTORS.get(key)


def method(of: str, key: str) -> Method | None:
    """A connector's way to connect."""
    home = connector(of)
    return next((way for way in home.methods if way.key == key), None) if home else None


def operation(key: str) -> Operation | None:
    home = connector(key.split(".")[0])
    return home.operations.get(key) if home else None


def trigger(key: str) -> Trigger | None:
    home = connector(key.split(".")[0])
    return home.triggers.get(key) if home else None


def can_wait(found: Trigger) -> bool:
    """Whether a run can wait for it: it comes from an account, and every recipe sees it alike."""
    home = connector(found.connector)
    return bool(home and home.methods) and not found.per_recipe


def is_told(trigger: Trigger) -> bool:
    """Whether any webhook of its service tells of it."""
    if trigger.events is not None:
        return bool(trigger.events)
    home = connector(trigger.connector)
    return bool(home and home.watched[trigger.object].events)


def search(query: str, kind: str | None = None, connector: str | None = None) -> Found:
    """What the chooser shows for a query, the best first; everything, in order, for an empty one. `kind` is trigger,
    action or lookup."""
    pool = list(_pool(kind, connector))
    words = _telling(_words(query))
    hits = _ranked(pool, words)
    if hits or not words:
        return Found(hits)
    meant = _corrected(pool, words)
    if meant != words and (hits := _ranked(pool, meant)):
        return Found(hits, " ".join(meant))
    return Found(_ranked(pool, meant, most=True), partly=True)


def _pool(kind: str | None, only: str | None) -> Iterator[tuple[str, Operation | Trigger, Connector]]:
    for home in CONNECTORS.values():
        if only in (None, home.key):
            yield from (("trigger", t, home) for t in home.triggers.values() if kind in (None, "trigger"))
            yield from ((o.kind, o, home) for o in home.operations.values() if kind in (None, o.kind))


def _ranked(
    pool: Iterable[tuple[str, Operation | Trigger, Connector]], words: list[str], most: bool = False
) -> tuple[Hit, ...]:
    scored = ((item, kind, _score(item, home, words, most)) for kind, item, home in pool)
    return tuple(sorted((Hit(*one) for one in scored if one[-1] > 0), key=lambda h: -h.score))


def _score(item: Operation | Trigger, home: Connector, words: list[str], most: bool = False) -> float:
    """Every word must be found somewhere, or with `most` half of them; a word of the label counts most."""
    known = DERIVED if isinstance(item, Operation) and item.derived else 1
    if not words:
        return known
    label = [word for word in _words(item.label) if len(word) > 2]
    aside = _words(f"{item.key} {item.object} {' '.join(item.words)} {home.label} {' '.join(home.words)}")
    points = [max(_points(word, label) * 3, _points(word, aside)) for word in words]
    found = sum(map(bool, points))
    if found < len(points) and not (most and 2 * found >= len(points)):
        return 0
    asked = sum(1 for word in label if _points(word, words)) / len(label)
    return (sum(points) / len(words) + asked) * known


def _points(word: str, among: list[str]) -> float:
    """3 for the word itself, 2 for its beginning, 1 for a synonym."""
    if word in among:
        return 3
    if any(_same_stem(word, other) for other in among):
        return 2
    return 1 if any(s in among for s in _words(SYNONYMS.get(word, ""))) else 0


def _same_stem(word: str, other: str) -> bool:
    return other.startswith(word) or (len(other) > 3 and word.rstrip("s") == other.rstrip("s"))


def _corrected(pool: Iterable[tuple[str, Operation | Trigger, Connector]], words: list[str]) -> list[str]:
    known = {
        w for _, item, home in pool for w in _words(f"{item.label} {item.key} {' '.join(item.words)} {home.label}")
    }
    known = {word for word in known | SYNONYMS.keys() if len(word) > 2}
    return [w if w in known else next(iter(get_close_matches(w, known, 1, 0.6)), w) for w in words]


def _telling(words: list[str]) -> list[str]:
    """A sentence without its little words, unless it has no others."""
    return [word for word in words if word not in LITTLE] or words


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
