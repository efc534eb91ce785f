"""The audit log: read with filters, taken along, and checked."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import audit as actions
from builder.models import AuditEvent, AuditHead, Capability, User, Way, Workspace
from builder.models.columns import write_json
from builder.web import audit_words, days, reply
from builder.web.request import Request
from builder.web.room import room
from builder.web.team import PLACE, tab

PAGE = 50
COLUMNS = (
    *("line", "at", "who", "token", "verb", "what_happened", "object", "label", "before", "after", "details"),
    *("way", "address", "hash"),
)
HARMFUL = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines somebody wants to see, as the address says it."""

    person: str = ""
    kind: str = ""
    way: str = ""
    since: str = ""
    until: str = ""
    """Days of the workspace's zone, both of them included: `2026-11-20`."""
    q: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """What is unknown counts as not asked for."""
        given = {name: query.get(name, "").replace("\x00", "").strip()[:100] for name in cls.__slots__}
        given["person"] = given["person"] if is_id(given["person"]) else ""
        given["kind"] = given["kind"] if given["kind"] in audit_words.KINDS else ""
        given["way"] = given["way"] if given["way"] in Way.values else ""
        return cls(**given)

    def query(self) -> str:
        return urlencode({name: value for name in self.__slots__ if (value := getattr(self, name))})

    @property
    def wrong(self) -> str:
        """The sentence about what can't be looked for; the rest is."""
        for text in (self.since, self.until):
            if text and not days.read(text):
                return _("“%(text)s” is no day. Give it as year-month-day, such as 2026-11-20.") % {"text": text}
        since, until = days.read(self.since), days.read(self.until)
        return _("The period ends before it begins.") if since and until and until < since else ""

    def rows(self) -> "QuerySet[AuditEvent]":
        """The newest first."""
        rows = AuditEvent.objects.select_related("user", "token")
        exact = {"object_kind": self.kind, "user_id": self.person, "way": self.way}
        rows = rows.filter(**{name: value for name, value in exact.items() if value})
        if since := days.read(self.since):
            rows = rows.filter(at__gte=days.midnight(since))
        if until := days.read(self.until):
            rows = rows.filter(at__lt=days.midnight(until + timedelta(days=1)))
        return actions.saying(rows, self.q) if self.q else rows


def is_id(text: str) -> bool:
    """Whether the database can look for it: `²` is a digit too, and thirty of them are no number it knows."""
    return text.isdecimal() and text.isascii() and len(text) < 19


@require_GET
@room(Capability.MEMBERS)
def audit(request: Request, workspace: Workspace) -> HttpResponse:
    """Newest first; `before` is the id where the page above ended."""
    return _page(request)


@require_POST
@room(Capability.MEMBERS)
def check(request: Request, workspace: Workspace) -> HttpResponse:
    """Goes through the whole chain; the page says what was found."""
    actions.check(request.actor)
    return _page(request) if request.htmx else reply.go(request, "web:audit", workspace.slug)


@require_GET
@room(Capability.MEMBERS)
def export(request: Request, workspace: Workspace, form: str) -> HttpResponse | StreamingHttpResponse:
    """The lines that fit the filters, all of them, the oldest first."""
    if form not in FORMS:
        raise Http404
    filters = Filters.read(request.GET)
    if filters.wrong:
        return _page(request, status=422)
    rows = filters.rows().filter(pk__lt=actions.export(request.actor, form, filters.query()).pk)
    kind, write = FORMS[form]
    name = f"audit-{workspace.slug}-{timezone.localdate().isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    lines = write(actions.each(rows), ZoneInfo(workspace.zone), translation.get_language() or "en")
    return StreamingHttpResponse(lines, content_type=kind, headers=headers)


def _page(request: Request, status: int = 200) -> HttpResponse:
    filters, before = Filters.read(request.GET), request.GET.get("before", "")
    rows = AuditEvent.objects.none() if filters.wrong else filters.rows()
    if is_id(before):
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    page, more = found[:PAGE], len(found) > PAGE
    query = filters.query()
    people = User.objects.filter(memberships__workspace=request.actor.workspace)
    context = {
        "filters": filters,
        "lines": [
            (row, audit_words.sentence(row), audit_words.aside(row), audit_words.changes(row), audit_words.place(row))
            for row in page
        ],
        "earlier": f"?{urlencode({'before': page[-1].pk})}&{query}".rstrip("&") if more else "",
        "kinds": [(key, label, key == filters.kind) for key, label in audit_words.KINDS.items()],
        "ways": [(way.value, way.label, way.value == filters.way) for way in Way],
        "people": [(user, str(user.pk) == filters.person) for user in people],
        "query": query,
        "head": AuditHead.objects.first(),
        "filtered": bool(query),
        "paged": bool(before),
    }
    return tab(request, "audit", context, status)


def facts(row: AuditEvent, zone: ZoneInfo) -> dict[str, Any]:
    """A line as it is taken along, by COLUMNS."""
    changed = [one for one in audit_words.changes(row) if one.before]
    return {
        "line": row.number,
        "at": row.at.astimezone(zone).isoformat(timespec="seconds"),
        "who": audit_words.author(row),
        "token": row.token.name if row.token else "",
        "verb": row.verb,
        "what_happened": audit_words.sentence(row),
        "object": row.object_id,
        "label": row.label,
        "before": "; ".join(f"{one.name}: {one.before}" for one in changed),
        "after": "; ".join(f"{one.name}: {one.after}" for one in changed),
        "details": row.details,
        "way": row.way,
        "address": row.address or "",
        "hash": row.hash,
    }


def as_csv(rows: Iterator[AuditEvent], zone: ZoneInfo, language: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)  # Excel takes it for UTF-8 by this
    with translation.override(language):
        for row in rows:
            told = facts(row, zone) | {"details": write_json(row.details)}
            yield writer.writerow(harmless(str(told[name] if told[name] is not None else "")) for name in COLUMNS)


def as_jsonl(rows: Iterator[AuditEvent], zone: ZoneInfo, language: str) -> Iterator[str]:
    with translation.override(language):
        for row in rows:
            yield write_json(facts(row, zone)) + "\n"


def harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would reckon with; it shows none."""
    return f"'{cell}" if cell.startswith(HARMFUL) else cell


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


Writer = Callable[[Iterator[AuditEvent], ZoneInfo, str], Iterator[str]]
FORMS: dict[str, tuple[str, Writer]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", as_jsonl),
}

urlpatterns = [
    path(f"{PLACE}audit/", audit, name="audit"),
    path(f"{PLACE}audit/check/", check, name="audit-check"),
    path(f"{PLACE}audit/audit.<slug:form>", export, name="audit-export"),
]
