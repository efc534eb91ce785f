"""Days that come by themselves: an invoice falls due, a quote expires. Nothing in the record changes and the service
tells nobody (its own webhooks for this come wrongly or never), so the open ones are listed when a day or one of them
has changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors import fields as f
from connectors.auth import sent_at
from connectors.frozen import Frozen
from connectors.invoice_ninja.answers import explain
from connectors.invoice_ninja.events import KINDS, iso, status
from connectors.invoice_ninja.service import API, Record, one, rows, unwrap
from connectors.pages import ask
from connectors.spec import Context, Conversation, Output, Page, Request, Sighting, Trigger, Watched

STEPS = (-30, -14, -7, -3, -1, 0, 1, 3, 7, 14, 30, 60, 90)
"""Days after the due date at which something may be wanted; before it they are below zero."""
FAR = -1000
DAYS = "days_past_due"
"""What is told besides the record."""
LISTED = 500
MOST = 50
"""Pages of open ones that are listed at most."""
Seen = Mapping[str, Any] | None


class Paper(Frozen):
    object: str
    open: str
    """Status ids of those whose day still matters."""
    over: str
    """What it is called when it no longer does."""

    @property
    def key(self) -> str:
        return f"{self.object}_due"

    def is_open(self, row: Record) -> bool:
        dated = row.get("due_date") and status(row) in self.open.split(",")
        owed = self.object == "quote" or float(row.get("balance") or 0) > 0
        return bool(dated and owed and not row.get("is_deleted") and not row.get("archived_at"))


INVOICE = Paper("invoice", "2,3", "It is paid, cancelled or deleted by now.")
QUOTE = Paper("quote", "2", "It is approved, turned into an invoice or deleted by now.")


def days_past(row: Mapping[str, Any], today: date) -> int | None:
    """Below zero before the day; None without one."""
    due = str(row.get("due_date") or "")[:10]
    return (today - date.fromisoformat(due)).days if due else None


def step_of(days: int) -> int:
    """The last of the steps that is reached."""
    return max((step for step in STEPS if step <= days), default=FAR)


def sighting(paper: Paper, row: Record, today: date) -> Sighting:
    days = days_past(row, today) or 0
    values = {"due": str(row["due_date"]), "step": step_of(days)}
    data = row | {DAYS: days}
    return Sighting(paper.key, str(row["id"]), values, data, created=iso(row.get("created_at")), complete=False)


def today_of(at: datetime, context: Context) -> date:
    """The day it is where the company is; in Greenwich, when it doesn't tell its time zone."""
    try:
        return at.astimezone(ZoneInfo(context.account.settings.get("timezone") or "UTC")).date()
    except (ZoneInfoNotFoundError, ValueError):
        return at.date()


def _poller(paper: Paper) -> Callable[[dict[str, Any], Context], Conversation[Page]]:
    """One small question, unless the day or the newest change is another than last time."""
    kind = KINDS[paper.object]

    def poll(cursor: dict[str, Any], context: Context) -> Conversation[Page]:
        query = {"per_page": 1, "sort": "updated_at|desc", "status": "active"}
        request = Request("GET", f"{API}/{kind.plural}", query=query)
        response = yield from ask(request, explain, f"look for {kind.plural} that fall due")
        newest = unwrap(response.json) or [{}]
        today = today_of(sent_at(response), context)
        after = {"day": today.isoformat(), "newest": int(newest[0].get("updated_at") or 0)}
        if cursor == after:
            return Page([], after)
        found = yield from _open(paper)
        return Page([sighting(paper, row, today) for row in found], after, baseline=not cursor)

    return poll


def _open(paper: Paper) -> Conversation[list[Record]]:
    kind, found = KINDS[paper.object], dict[str, Record]()
    for page in range(1, MOST + 1):
        query = {"status_id": paper.open, "status": "active", "include": "client", "sort": "id|asc"}
        listed = yield from rows(kind.plural, f"list the open {kind.plural}", per_page=LISTED, page=page, **query)
        found |= {str(row["id"]): row for row in listed if paper.is_open(row)}
        if len(listed) < LISTED:
            break
    return list(found.values())


def _rereader(paper: Paper) -> Callable[[str, Context], Conversation[Sighting]]:
    def reread(record_id: str, context: Context) -> Conversation[Sighting]:
        request = Request("GET", API + one(KINDS[paper.object].plural, record_id), query={"include": "client"})
        response = yield from ask(request, explain, f"read the {paper.object}")
        record = dict(unwrap(response.json))
        values = {"due": str(record.get("due_date") or ""), "open": paper.is_open(record)}
        data = record | {DAYS: days_past(record, today_of(sent_at(response), context))}
        return Sighting(paper.key, record_id, values, data, gone=bool(record.get("is_deleted")))

    return reread


def _no_event(body: Mapping[str, Any], event: str) -> None:
    return None


PAPERS = (INVOICE, QUOTE)
WATCHED = {
    paper.key: Watched(
        object=paper.key,
        label=f"Due dates of {KINDS[paper.object].plural}",
        events=(),
        read=_no_event,
        reread=_rereader(paper),
        poll=_poller(paper),
    )
    for paper in PAPERS
}


# Triggers


def _said(step: int) -> str:
    if not step:
        return "On the day itself"
    days = f"{abs(step)} {'day' if abs(step) == 1 else 'days'}"
    return f"{days} {'after' if step > 0 else 'before'} it"


WHEN = f.choice(
    "when", "Days are counted where the company is.", choices=tuple((str(step), _said(step)) for step in STEPS),
    required=True,
)  # fmt: skip


def reached(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """The step lies between the two looks. One first seen is new or was sent only now: the very day counts."""
    wanted = int(inputs.get("when") or 0)
    if seen is not None and "step" in seen:
        return bool(seen["step"] < wanted <= now.values.get("step", FAR))
    return now.data.get(DAYS) == wanted


def overdue(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """The first day after; one first seen may be long overdue already."""
    step = now.values.get("step", FAR)
    return step >= 1 and not (seen is not None and seen.get("step", FAR) >= 1)


def _over(paper: Paper) -> Callable[[dict[str, Any], Sighting], str]:
    return lambda inputs, now: "" if now.values.get("open", True) else paper.over


def _latest(paper: Paper, late: bool) -> Callable[[dict[str, Any], Context], Conversation[list[Sighting]]]:
    """Those whose day is nearest; for *overdue* those that are."""
    kind = KINDS[paper.object]

    def latest(inputs: dict[str, Any], context: Context) -> Conversation[list[Sighting]]:
        query = {"status_id": paper.open, "status": "active", "include": "client", "sort": "due_date|desc"}
        request = Request("GET", f"{API}/{kind.plural}", query={**query, "per_page": 50})
        response = yield from ask(request, explain, f"list the open {kind.plural}")
        today = today_of(sent_at(response), context)
        found = [sighting(paper, row, today) for row in unwrap(response.json) or () if paper.is_open(row)]
        return [seen for seen in found if not late or seen.values["step"] >= 1][:10]

    return latest


def triggers(samples: Mapping[str, Record], outputs: Mapping[str, Sequence[Output]]) -> tuple[Trigger, ...]:
    def made(paper: Paper, name: str, label: str, fired: Any, late: bool, **more: Any) -> Trigger:
        told = {n: v for n, v in samples[paper.object].items() if n != "payments"} | {DAYS: 1}
        known = tuple(out for out in outputs[paper.object] if not out.path.startswith("payments"))
        shown = (*known, Output(DAYS, "number", "Days past due", 1))
        return Trigger(
            f"invoice_ninja.{paper.object}.{name}", label, paper.key, fired, _over(paper), outputs=shown, sample=told,
            latest=_latest(paper, late), about=paper.object, events=(), **more,
        )  # fmt: skip

    return (
        made(
            INVOICE, "overdue", "An invoice is overdue", overdue, True, words=("late", "unpaid", "past due", "dunning"),
            help="On the first day after its due date, while something of it is still owed.",
        ),
        made(
            INVOICE, "due", "An invoice's due date comes near or is past", reached, False, fields=(WHEN,),
            words=("days before", "days after", "reminder", "due soon"),
        ),
        made(
            QUOTE, "expired", "A quote expires", overdue, True, words=("estimate", "offer", "lapsed", "valid until"),
            help="On the first day after it was valid, while nobody has approved it.",
        ),
        made(
            QUOTE, "due", "A quote's last day comes near or is past", reached, False, fields=(WHEN,),
            words=("estimate", "offer", "valid until", "expires soon"),
        ),
    )  # fmt: skip
