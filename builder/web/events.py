"""What came in, and what became of it: the answer to "why did it not run?"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from builder.models import Event, EventKey, Fate, Recipe, Run, Source, Workspace
from builder.web import kept, run_values, runs_rows
from builder.web.request import Request
from builder.web.room import room
from builder.web.runs_filters import before
from connectors import catalogue

AT_ONCE = 50
LOOKS = {
    Fate.WAITING: "queued", Fate.RAN: "done", Fate.FILTERED: "filtered", Fate.DUPLICATE: "skipped",
    Fate.AWAITED: "done", Fate.ECHO: "skipped", Fate.PAUSED: "paused", Fate.NO_RECIPE: "skipped",
    Fate.UNREADABLE: "failed",
}  # fmt: skip
"""The state in whose shape and colour a fate is shown."""
KINDS = {
    "email": lazy("E-mail"),
    "phone": lazy("Phone"),
    "name": lazy("Name"),
    "number": lazy("Number"),
    "id": lazy("Record id"),
}


@dataclass
class Row:
    event: Event
    names: dict[str, str]
    """Recipes by their public id."""
    currency: str = ""
    day: date | None = None

    @property
    def look(self) -> str:
        return LOOKS[Fate(self.event.fate)]

    @property
    def fate(self) -> str:
        return str(Fate(self.event.fate).label)

    @property
    def because(self) -> str:
        """Why, in one line; with several recipes, for each."""
        told = [self._told(detail) for detail in self._details()]
        return " ".join(text for text in told if text)

    def _details(self) -> list[dict[str, str]]:
        """What decided: of many recipes that only said it isn't theirs, nothing is worth a line."""
        details = self.event.told
        if self.event.fate == Fate.RAN:
            return [detail for detail in details if not detail.get("because")]
        return details[:3]

    def _told(self, detail: dict[str, str]) -> str:
        name, because = self.name(detail), detail.get("because", "")
        if self.event.fate == Fate.RAN:
            return _("Started “%(recipe)s”.") % {"recipe": name} if name else ""
        return f"{name}: {because}" if name and because else because

    def name(self, detail: dict[str, str]) -> str:
        return self.names.get(detail.get("recipe", ""), "") or detail.get("name", "")

    @property
    def title(self) -> str:
        data = self.event.data if isinstance(self.event.data, dict) else {}
        named = next((str(data[key]) for key in ("name", "title", "number", "email") if data.get(key)), "")
        return named or self.kind

    @property
    def about(self) -> str:
        return runs_rows.subject(self.event.data, self.title, self.currency)

    @property
    def kind(self) -> str:
        return self.event.name or self.event.object.replace("_", " ").capitalize() or _("Something unread")

    @property
    def source(self) -> str:
        return str(Source(self.event.source).label)

    @property
    def app(self) -> str:
        return self.event.connection.connector if self.event.connection else "tools"

    @property
    def service(self) -> str:
        home = catalogue.connector(self.app)
        return self.event.connection.name if self.event.connection else home.label if home else ""


Made = TypeVar("Made", bound=Row)


@require_GET
@room()
def events(request: Request, workspace: Workspace) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    asked = request.GET.get("fate", "")
    fate = asked if asked in Fate.values else ""
    found: QuerySet[Event] = Event.objects.order_by("-pk")
    found = found.filter(fate=fate) if fate else found
    found = found.filter(pk__in=EventKey.matching(q).values("event_id")) if q else found
    found, last = before(found, request.GET.get("before", ""))
    rows, more = rows_of(found, workspace.currency, last, AT_ONCE, Row)
    context = {
        "workspace": workspace,
        "rows": rows,
        "q": q,
        "fate": fate,
        "query": urlencode({name: value for name, value in (("q", q), ("fate", fate)) if value}),
        "fates": [(value, label, LOOKS[Fate(value)]) for value, label in Fate.choices if value],
        "earlier": rows[-1].event.public_id if more else "",
        "first_page": last is None,
    }
    return render(request, f"events/page.html{_part(request)}", context)


@require_GET
@room()
def event(request: Request, workspace: Workspace, eid: str) -> HttpResponse:
    found = Event.objects.select_related("connection", "subscription").filter(public_id=eid).first()
    if found is None:
        raise kept.no_more(workspace, "event")
    runs = list(Run.objects.filter(event=found).select_related("recipe").defer("recipe__draft").order_by("pk"))
    row = Row(found, _names([found]))
    details = [
        {"name": row.name(detail), "because": detail.get("because") or _("It started a run.")} for detail in found.told
    ]
    text = found.text
    context = {
        "workspace": workspace,
        "event": found,
        "row": row,
        "details": details,
        "runs": runs,
        "none": "" if runs else kept.runs_went(workspace, found),
        "keys": [(KINDS.get(k.kind, k.kind), k.value, k.kind != "id") for k in found.keys.order_by("pk")],
        "data": run_values.listing(found.data),
        "headers": run_values.header_lines(found.headers or {}),
        "raw": run_values.shown(text),
        "raw_cut": run_values.is_cut(text),
    }
    return render(request, "events/event.html", context)


def _part(request: Request) -> str:
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    return "#earlier" if request.GET.get("before") else "#events"


def rows_of(found: Any, currency: str, last: Event | None, most: int, made: type[Made]) -> tuple[list[Made], bool]:
    """Up to `most` of them and whether there are more. `last` is the event shown before."""
    events = list(found.select_related("connection").defer("raw", "query", "headers")[: most + 1])
    names = _names(events[:most])
    rows, day = [], timezone.localdate(last.received_at) if last else None
    for each in events[:most]:
        row = made(each, names, currency)
        if (its := timezone.localdate(each.received_at)) != day:
            row.day = day = its
        rows.append(row)
    return rows, len(events) > most


def _names(events: Iterable[Event]) -> dict[str, str]:
    """Today's names of the recipes that listened."""
    ids = {detail.get("recipe", "") for event in events for detail in event.told}
    return dict(Recipe.objects.filter(public_id__in=ids).values_list("public_id", "name"))


urlpatterns = [
    path("w/<slug:slug>/events/", events, name="events"),
    path("w/<slug:slug>/events/<slug:eid>/", event, name="event"),
]
