"""What people write into forms and surveys: no webhook tells of it, so the list of it is read, day by day."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from connectors import fields as f
from connectors.auth import sent_at
from connectors.errors import NotFound
from connectors.frozen import Frozen
from connectors.ghl import odd, records
from connectors.ghl.answers import explain
from connectors.ghl.base import declared
from connectors.pages import ask
from connectors.spec import Context, Conversation, Page, Request, Response, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
SIZE, PAGES = 100, 10
BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
"""The list is asked for by whole days, of a clock that the documents don't name."""
OVERLAP = timedelta(minutes=5)
"""What was sent so shortly before the newest one known may have come to the list after it."""
CUSTOM = re.compile(r"(?=.*[A-Z])[A-Za-z\d]{20}")
"""The id of a custom field, among names such as full_name."""
OURS = ("eventData", "fieldsOriSequance")
LOOKED_FOR = "No webhook tells of it: Recette asks every 1 to 15 minutes."


class Kind(Frozen, eq=False):
    one: str
    """form or survey"""

    @property
    def object(self) -> str:
        return f"{self.one}_submission"

    @property
    def path(self) -> str:
        return f"/{self.one}s/submissions"

    def shape(self, row: Mapping[str, Any]) -> Record:
        others = _part(row, "others")
        told = {name: value for name, value in others.items() if name not in OURS}
        event = _part(others, "eventData")
        page = _part(event, "page")
        who = {"id": str(row.get("contactId") or ""), "name": row.get("name") or "", "email": row.get("email") or ""}
        return {
            "id": str(row["id"]),
            f"{self.one}_id": str(row.get(f"{self.one}Id") or ""),
            "submitted_at": records.moment(row.get("createdAt")),
            "contact": who,
            "answers": {name: value for name, value in told.items() if not CUSTOM.fullmatch(name)},
            "custom": {name: value for name, value in told.items() if CUSTOM.fullmatch(name)},
            "page": {"url": page.get("url") or "", "title": page.get("title") or ""},
            "source": event.get("source") or "",
            "referrer": event.get("referrer") or "",
        }

    def sighting(self, row: Mapping[str, Any]) -> Sighting:
        told = self.shape(row)
        at = told["submitted_at"]
        return Sighting(self.object, told["id"], {self.one: told[f"{self.one}_id"]}, told, stamp=at, created=at)

    def page(self, context: Context, **query: Any) -> Conversation[Response]:
        asked = {"locationId": odd.location(context), **query}
        request = Request("GET", self.path, query=asked, headers=odd.VERSION)
        return (yield from ask(request, explain, f"watch the {self.one}s' submissions"))

    def poll(self, cursor: Record, context: Context) -> Conversation[Page]:
        """Since the day before the newest one known; where that is more than one poll reads, the next goes on."""
        if "since" not in cursor:
            response = yield from self.page(context, page=1, limit=10)
            now = records.moment(sent_at(response).isoformat())
            times = [records.moment(row.get("createdAt")) for row in _rows(response)]
            return Page([], {"since": max([now, *times]), "asked": now})
        first = {"startAt": _day(cursor["since"], -BEFORE), "endAt": _day(cursor["asked"], AFTER)}
        start = records.moment((datetime.fromisoformat(cursor["since"]) - OVERLAP).isoformat())
        number, found = int(cursor.get("page", 1)), dict[str, Sighting]()
        total, again = int(cursor.get("total", 0)), bool(cursor.get("again"))
        for _ in range(PAGES):
            response = yield from self.page(context, page=number, limit=SIZE, **first)
            seen = (self.sighting(row) for row in _rows(response))
            found |= {one.record_id: one for one in seen if not one.stamp or one.stamp >= start}
            total, before = _total(response), total
            if 0 < total < before and not again:  # what went has moved the others up, past the page that was asked for
                number, again = 1, True
                continue
            number += 1
            if not _goes_on(response):
                return self._read(cursor, list(found.values()), records.moment(sent_at(response).isoformat()))
        newest = _newest(cursor.get("newest", ""), found.values())
        walk = {"page": number, "total": total, "again": again, "newest": newest}
        return Page(list(found.values()), {**cursor, **walk}, more=True)

    def _read(self, cursor: Record, found: list[Sighting], now: str) -> Page:
        """Who was away for days asked until a day that is over, and asks once more."""
        since = max(cursor["since"], _newest(cursor.get("newest", ""), found))
        return Page(found, {"since": since, "asked": now}, more=_day(now, timedelta()) >= _day(cursor["asked"], AFTER))

    def reread(self, record_id: str, context: Context) -> Conversation[Sighting]:
        """Of the last month, as the list has it when it isn't told otherwise."""
        for number in range(1, PAGES + 1):
            response = yield from self.page(context, page=number, limit=SIZE)
            for row in _rows(response):
                if str(row["id"]) == record_id:
                    return self.sighting(row)
            if not _goes_on(response):
                break
        raise NotFound(f"What was written into this {self.one} is no longer in HighLevel's list of the last month.")

    def latest(self, inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        only = {f"{self.one}Id": inputs[self.one]} if inputs.get(self.one) else {}
        response = yield from self.page(context, page=1, limit=SIZE, **only)
        found = [self.sighting(row) for row in _rows(response)]
        return sorted(found, key=lambda one: one.created, reverse=True)[:10]

    def elsewhere(self, inputs: Record, now: Sighting) -> str:
        wanted, got = str(inputs.get(self.one) or ""), str(now.values.get(self.one) or "")
        if wanted in ("", got):
            return ""
        return f"It is of the {self.one} {got or 'that is not known'}, this recipe takes only {wanted}."


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = record.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _rows(response: Response) -> list[Record]:
    rows = (response.json or {}).get("submissions") or []
    return [row for row in rows if isinstance(row, dict) and row.get("id")]


def _newest(known: str, found: Iterable[Sighting]) -> str:
    return max([known, *(one.stamp for one in found)])


def _total(response: Response) -> int:
    """0 where it isn't told."""
    return int(((response.json or {}).get("meta") or {}).get("total") or 0)


def _goes_on(response: Response) -> bool:
    rows, meta = _rows(response), (response.json or {}).get("meta") or {}
    return bool(rows and (meta["nextPage"] if "nextPage" in meta else len(rows) >= SIZE))


def _day(moment: str, later: timedelta) -> str:
    return (date.fromisoformat(moment[:10]) + later).isoformat()


def submitted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return before is None and records.is_since(now.created, since)


FORM, SURVEY = Kind("form"), Kind("survey")
WATCHED = tuple(
    Watched(
        kind.object, f"What is written into {kind.one}s", (), lambda body, event: None, kind.reread, kind.poll,
        f"{kind.one}s.readonly",
    )
    for kind in (FORM, SURVEY)
)  # fmt: skip
SAMPLE = {
    "submitted_at": "2026-11-20T16:41:11.285Z",
    "contact": {"id": "seD4PfOuKoVMLkEZqohJ", "name": "Mara Lindqvist", "email": "mara@harbour-studio.example"},
    "answers": {"full_name": "Mara Lindqvist", "email": "mara@harbour-studio.example", "phone": "+4915112345678"},
    "custom": {"MgobCB14YMVKuE4Ka8p1": "DE123456789"},
    "page": {"url": "https://harbour-studio.example/contact", "title": "Write to us"},
    "source": "Direct traffic",
    "referrer": "https://harbour-studio.example/",
}
OWN = {"custom": "custom_fields"}


def _trigger(kind: Kind, sample: Record, *words: str) -> Trigger:
    return Trigger(
        f"ghl.{kind.object}.created", f"A {kind.one} is filled in", kind.object, submitted, kind.elsewhere,
        fields=(f.choice(kind.one, f"Only this {kind.one}; empty: any.", source=f"{kind.one}s"),),
        outputs=declared(sample, OWN), sample=sample, own=OWN, latest=kind.latest, about=kind.one, help=LOOKED_FOR,
        words=("new", "submitted", "submission", "sent", "entry", *words),
    )  # fmt: skip


TRIGGERS = (
    _trigger(FORM, {"id": "38303ec7-629a-49e2-888a-cf8bf0b1f97e", "form_id": "YSWdvS4Is98wtIDGnpmI", **SAMPLE}, "lead"),
    _trigger(SURVEY, {"id": "be759b9a-c3ec-4b29-ba07-fc3c89c77673", "survey_id": "jjusM6EOngDExnbo2DbU", **SAMPLE}),
)
