"""One customer: all that came in about them, from every service, and what recipes did about it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from builder.models import Event, EventKey, Run, StepRun, StepStatus, Version, Workspace
from builder.recipe import tree as trees
from builder.web import events, run_record
from builder.web.request import Request
from builder.web.room import room
from builder.web.runs_filters import before
from connectors import catalogue

AT_ONCE = 30
MOST = 5
"""What one customer is looked for by at once."""
OFFERED = 8
MOST_WROTE = 10
"""Lines of what one run did."""
LOOKED_AT = 200
"""Newest events whose other names, addresses and numbers are offered."""
TELLING = ("email", "phone", "number", "name")
"""What people know a customer by, the surest first."""


@dataclass
class Entry(events.Row):
    """An event, with the runs it started."""

    did: list["Did"] = field(default_factory=list)


@dataclass
class Did:
    run: Run
    wrote: list["Wrote"]


@dataclass(frozen=True, slots=True)
class Wrote:
    step_id: str
    app: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    kind: str
    value: str
    query: str
    """The page with it, or without it when it is chosen."""


@require_GET
@room()
def customer(request: Request, workspace: Workspace) -> HttpResponse:
    asked = _asked(request.GET)
    found, last = before(_about(asked), request.GET.get("before", ""))
    entries, more = _entries(found, workspace, last)
    context = {
        "workspace": workspace,
        "entries": entries,
        "asked": [Name("", value, _query(one for one in asked if one != value)) for value in asked],
        "others": list(_others(asked)),
        "query": _query(asked),
        "title": asked[0] if asked else "",
        "earlier": entries[-1].event.public_id if more else "",
        "first_page": last is None,
    }
    back = request.htmx and request.htmx.history_restore_request
    part = "" if not request.htmx or back else "#earlier" if request.GET.get("before") else "#customer"
    return render(request, f"events/customer.html{part}", context)


def known_by(event: Event) -> str:
    """The e-mail address of the event's contact or client, else the name; empty when it tells of none."""
    data = event.data if isinstance(event.data, dict) else {}
    people = [person for person in (data.get("contact"), data.get("client"), data) if isinstance(person, dict)]
    each = [one for person in people for one in (person, *_contacts(person))]
    mails = (text for one in each if "@" in (text := str(one.get("email") or "")))
    names = (str(one["name"]) for one in people[:-1] if one.get("name"))
    return next(mails, "") or next(names, "")


def _contacts(person: dict[str, Any]) -> list[dict[str, Any]]:
    rows = person.get("contacts")
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _asked(query: QueryDict) -> list[str]:
    told = (value.replace("\x00", "").strip()[:200] for value in query.getlist("q"))
    return list(dict.fromkeys(value for value in told if value))[:MOST]


def _about(asked: Iterable[str]) -> "QuerySet[Event]":
    """Events that name any of it, the newest first."""
    ids: QuerySet[Any] = EventKey.objects.none().values("event_id")
    for value in asked:
        ids = ids | EventKey.matching(value).values("event_id")
    return Event.objects.filter(pk__in=ids).order_by("-pk")


def _others(asked: list[str]) -> "Iterable[Name]":
    """What else the newest of them name, the commonest first, to be looked for as well."""
    if not asked or len(asked) >= MOST:
        return
    newest = list(_about(asked).values_list("pk", flat=True)[:LOOKED_AT])
    keys = EventKey.objects.filter(event__in=newest, kind__in=TELLING)
    counted = (
        keys.values("kind", "value_hash", "value").annotate(n=Count("event", distinct=True)).order_by("-n", "value")
    )
    known = {(kind, EventKey.hashed(kind, value)) for value in asked for kind in TELLING}
    for row in counted[: OFFERED + 2 * MOST]:
        if (row["kind"], row["value_hash"]) not in known:
            known.add((row["kind"], row["value_hash"]))
            yield Name(str(events.KINDS[row["kind"]]), row["value"], _query([*asked, row["value"]]))


def _query(values: Iterable[str]) -> str:
    return urlencode([("q", value) for value in values])


def _entries(found: "QuerySet[Event]", workspace: Workspace, last: Event | None) -> tuple[list[Entry], bool]:
    rows, more = events.rows_of(found, workspace.currency, last, AT_ONCE, Entry)
    begun = Run.objects.filter(event__in=[row.event.pk for row in rows]).order_by("pk")
    runs = list(begun.select_related("recipe").defer("recipe__draft"))
    by_event: dict[int, list[Did]] = defaultdict(list)
    wrote = _wrote(runs)
    for run in runs:
        by_event[run.event_id].append(Did(run, wrote[run.pk]))
    for row in rows:
        row.did = by_event[row.event.pk]
    return rows, more


def _wrote(runs: list[Run]) -> dict[int, list[Wrote]]:
    """What each of them changed, in words, in the order of its steps; of long loops the beginning."""
    done = StepRun.objects.filter(run__in=runs, status=StepStatus.DONE).exclude(operation="").order_by("pk")
    steps: dict[int, list[int]] = defaultdict(list)
    for pk, run_id, operation in done.values_list("pk", "run_id", "operation"):
        if (known := catalogue.operation(operation)) and known.kind == "action":
            steps[run_id].append(pk)
    shown = [pk for of_run in steps.values() for pk in of_run[:MOST_WROTE]]
    names = _names(runs)
    found: dict[int, list[Wrote]] = defaultdict(list)
    for step in StepRun.objects.filter(pk__in=shown).only("run_id", "step_id", "operation", "output").order_by("pk"):
        known = catalogue.operation(step.operation)
        assert known
        said = run_record.sentence(known, step.output) or names[step.run_id].get(step.step_id) or f"{known.label}."
        found[step.run_id].append(Wrote(step.step_id, known.connector, said))
    for run_id, of_run in steps.items():
        if (more := len(of_run) - MOST_WROTE) > 0:
            found[run_id].append(Wrote("", "", ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}))
    return found


def _names(runs: list[Run]) -> dict[int, dict[str, str]]:
    """What people called their steps."""
    versions = Version.objects.in_bulk({run.version_id for run in runs})
    named = {
        pk: {row.step["id"]: row.step.get("name", "") for row in trees.steps(v.tree)} for pk, v in versions.items()
    }
    return {run.pk: named.get(run.version_id, {}) for run in runs}


urlpatterns = [path("w/<slug:slug>/customer/", customer, name="customer")]
