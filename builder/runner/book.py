"""The audit log as a chain: each line carries a hash over what it says and over the hash of the line before.

The hashes are keyed with this installation's own key, so nobody who can only write to the database can make one that
fits. The database itself holds no triggers against it: they would be in the way of deleting a workspace, and on SQLite
each later change of the table would drop them without a word. The log is never pruned.
"""

import hashlib
import hmac
import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db.models import Max, Q, Subquery
from django.db.models.query import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scopes_disabled

from builder.models import AuditEvent, AuditHead
from builder.models.columns import write_json
from builder.runner import turn
from builder.runner.clock import now

FIELDS = (
    *("number", "at", "user_id", "token_id", "author", "verb", "object_kind", "object_id", "address", "way"),
    *("label", "details", "erased", "content", "hash", "pk"),
)
ERASES = "person.erased"
"""Its details name under `lines` the lines that words were taken out of."""
AT_ONCE = 1000
MOST = 20
"""Of what is wrong, so many are told."""
EVERY = timedelta(days=1)


@dataclass
class Checked:
    """What became of a look at the whole chain."""

    lines: int = 0
    head: str = ""
    waiting: int = 0
    """Lines of an older version that the next one written takes along."""
    wrong: list[str] = field(default_factory=list)

    @property
    def trouble(self) -> str:
        more = len(self.wrong) - MOST
        said = self.wrong[:MOST]
        return " ".join(
            [*said, ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}] if more > 0 else said
        )


def enter(row: AuditEvent) -> AuditEvent:
    """Adds a line; its place in the chain is found when its transaction is about to end."""
    with turn.writing():
        row.save(force_insert=True)
        turn.at_last(_bind, row.workspace_id, row.pk)
    return row


def _bind(workspace_id: int, ids: list[int]) -> None:
    with scopes_disabled():
        head = _held(workspace_id)
        wanted = Q(pk__in=ids)
        if head.adopts_until and head.adopts_until > now():
            wanted = Q()
        lines = _rows(workspace_id).filter(wanted, number=None).order_by("pk")
        number, last = max(head.number, head.top or 0), head.hash  # type: ignore[attr-defined]
        for line in lines.values(*FIELDS):
            number += 1
            content = content_of(line["label"], line["details"])
            last = hash_of(workspace_id, line | {"number": number, "content": content}, last)
            _rows(workspace_id).filter(pk=line["pk"]).update(number=number, content=content, hash=last)
        AuditHead.objects.filter(pk=head.pk).update(number=number, hash=last)


def _held(workspace_id: int) -> AuditHead:
    """The end of the chain, nobody else's until the transaction ends; `top` is the last number there is. Who tampers
    with one or the other is found by the check, and keeps nobody from working."""
    newest = _rows(workspace_id).exclude(number=None).order_by("-number").values("number")[:1]
    rows = AuditHead.objects.filter(workspace_id=workspace_id).annotate(top=Subquery(newest))
    rows = rows.select_for_update(of=("self",)) if database.features.has_select_for_update else rows
    if (found := rows.first()) is None:
        AuditHead.objects.bulk_create([AuditHead(workspace_id=workspace_id)], ignore_conflicts=True)
        found = rows.get()
    return found


def _rows(workspace_id: int) -> "QuerySet[AuditEvent]":
    """As only the chain may write to them."""
    return QuerySet(AuditEvent).filter(workspace_id=workspace_id)


def content_of(label: str, details: Any, key: bytes = b"") -> str:
    return _hash([label, write_json(details)], key or keys()[0])


def hash_of(workspace_id: int, line: Mapping[str, Any], before: str, key: bytes = b"") -> str:
    at = line["at"].astimezone(UTC).isoformat()
    said = [workspace_id, at, *(line[name] for name in FIELDS[:10] if name != "at"), line["content"], before]
    return _hash(said, key or keys()[0])


def _hash(said: list[Any], key: bytes) -> str:
    """It begins with the mark of its key: keys come and go."""
    text = json.dumps(said, separators=(",", ":"))
    return _mark(key) + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[8:]


@lru_cache(maxsize=16)
def _mark(key: bytes) -> str:
    return hmac.new(key, b"mark", hashlib.sha256).hexdigest()[:8]


def keys() -> list[bytes]:
    """The one to write with first: the oldest of the ring, which stays when newer ones come."""
    return _keys(tuple(settings.SEAL_KEYS))


@lru_cache(maxsize=4)
def _keys(ring: tuple[str, ...]) -> list[bytes]:
    return [hashlib.sha256(b"audit|" + key.encode()).digest() for key in reversed(ring)]


def blank(workspace_id: int, ids: list[int]) -> list[int | None]:
    """Takes the words out of these lines; returns their numbers, which a line `ERASES` has to name."""
    rows = _rows(workspace_id).filter(pk__in=ids, erased=False).exclude(number=None)
    numbers = list(rows.order_by("number").values_list("number", flat=True))
    rows.filter(number__in=numbers).update(label="", details={}, erased=True)
    return numbers


# looking at it


def check(workspace_id: int) -> Checked:
    """Goes through the whole chain, and notes on its head what was found."""
    looking = checking(workspace_id)
    while True:
        try:
            next(looking)
        except StopIteration as done:
            return done.value


def due(workspace_id: int) -> bool:
    """Whether its last check is a day old."""
    with scopes_disabled():
        return not AuditHead.objects.filter(workspace_id=workspace_id, checked_at__gt=now() - EVERY).exists()


def checking(workspace_id: int) -> Generator[None, None, Checked]:
    """The same a thousand lines at a time."""
    with scopes_disabled():
        top = _rows(workspace_id).aggregate(top=Max("number"))["top"] or 0  # before the head: it may be written to
        head = AuditHead.objects.filter(workspace_id=workspace_id).first()
    found, end = Checked(), head.number if head else 0
    walk = _Walk(workspace_id, found)
    while lines := _after(workspace_id, walk.number, end):
        for line in lines:
            walk.see(line)
        yield
    with scopes_disabled():
        loose = list(_rows(workspace_id).filter(number=None).values_list("pk", flat=True)[: MOST + 1])
        if head and head.adopts_until and head.adopts_until > now():
            found.waiting, loose = len(loose), []
        walk.end(top, end, head.hash if head else "", loose)
        if head:
            told = {"checked_at": now(), "checked": found.lines, "trouble": found.trouble}
            AuditHead.objects.filter(pk=head.pk).update(**told)
    return found


def _after(workspace_id: int, number: int, end: int) -> list[dict[str, Any]]:
    with scopes_disabled():
        rows = _rows(workspace_id).filter(number__gt=number, number__lte=end).order_by("number")
        return list(rows.values(*FIELDS)[:AT_ONCE])


class _Walk:
    """Along a chain, from line to line."""

    def __init__(self, workspace_id: int, found: Checked) -> None:
        self.workspace_id, self.found = workspace_id, found
        self.number, self.last = 0, ""
        self.erased: set[int] = set()
        self.named: set[int] = set()

    def see(self, line: dict[str, Any]) -> None:
        number = line["number"]
        follows = number == self.number + 1
        if not follows:
            self._removed(self.number + 1, number - 1)
        self.found.lines += 1
        if problem := self._problem(line, follows):
            self.found.wrong.append(problem % {"n": number})
        elif line["verb"] == ERASES:
            self.named.update((line["details"] or {}).get("lines", ()))
        if line["erased"]:
            self.erased.add(number)
        self.number, self.last = number, line["hash"]

    def _problem(self, line: dict[str, Any], follows: bool) -> str:
        key = next((key for key in keys() if line["hash"].startswith(_mark(key))), None)
        if key is None:
            return _("Line %(n)d can’t be checked: its key is not among this server’s SEAL_KEYS.")
        told = line["erased"] or hmac.compare_digest(content_of(line["label"], line["details"], key), line["content"])
        fits = not follows or hmac.compare_digest(hash_of(self.workspace_id, line, self.last, key), line["hash"])
        if told and fits:
            return ""
        if not told:
            return _("Line %(n)d was changed.")
        return _("Line %(n)d was changed, or another one was put in its place.")

    def _removed(self, first: int, last: int) -> None:
        said = ngettext("Line %(first)d is missing.", "Lines %(first)d to %(last)d are missing.", last - first + 1)
        self.found.wrong.append(said % {"first": first, "last": last})

    def end(self, top: int, end: int, head: str, loose: list[int]) -> None:
        self.found.head = self.last
        if end > self.number:
            self._removed(self.number + 1, end)
        elif self.last != head:
            self.found.wrong.append(_("The chain does not end as it was noted: its last line was exchanged."))
        if top > end:
            said = _("Lines %(first)d to %(last)d stand behind the end of the chain: they were put in.")
            self.found.wrong.append(said % {"first": end + 1, "last": top})
        for pk in loose[:MOST]:
            self.found.wrong.append(
                _("A line that is not in the chain was put in (its ID in the table: %(id)d).") % {"id": pk}
            )
        for number in sorted(self.erased - self.named):
            self.found.wrong.append(_("The words of line %(n)d were taken out, and no line says so.") % {"n": number})


def hash_at(workspace_id: int, number: int) -> str:
    """Of one line; empty where there is none."""
    with scopes_disabled():
        return _rows(workspace_id).filter(number=number).values_list("hash", flat=True).first() or ""


def each(rows: "QuerySet[AuditEvent]", at_once: int = 500) -> Iterator[AuditEvent]:
    """All of them, the oldest first, a few at a time: who reads slowly holds nobody up."""
    seen = 0
    while True:
        with scopes_disabled():
            batch = list(rows.filter(pk__gt=seen).order_by("pk")[:at_once])
        yield from batch
        if len(batch) < at_once:
            return
        seen = batch[-1].pk
