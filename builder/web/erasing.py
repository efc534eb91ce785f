"""Erasing one customer on request: what is held, the order, and the report of what became of it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from builder.actions import erasing as actions
from builder.actions.errors import Invalid
from builder.models import Capability, Erasure, ErasureState, Workspace
from builder.web import reply
from builder.web.audit import harmless
from builder.web.confirmed import confirmed_for
from builder.web.request import Request
from builder.web.room import room

SHOWN = 20
REMOVED = {
    "events": lazy("Events emptied: what came in, and what one could find it by"),
    "keys": lazy("Search words of events deleted"),
    "kept": lazy("Events that a paused recipe kept: they will not be run"),
    "runs": lazy("Runs emptied: title, sentences, corrected values"),
    "steps": lazy("Steps emptied: what went in and came out"),
    "exchanges": lazy("Requests and answers deleted"),
    "approvals": lazy("Questions and notes of approvals emptied"),
    "awaited": lazy("Waits for an event emptied"),
    "alerts": lazy("Sentences of alerts taken away"),
    "seen": lazy("Records as they were seen last, made unreadable"),
    "links": lazy("Links between records made unreadable"),
    "digests": lazy("Lines of digests deleted"),
    "samples": lazy("Samples in drafts deleted"),
    "previews": lazy("Previews deleted"),
    "brought": lazy("Files deleted that somebody was about to bring"),
    "edits": lazy("Steps of undo deleted"),
    "strays": lazy("Deliveries to unknown addresses deleted"),
    "audit": lazy("Lines of the audit log without their words now"),
}


@dataclass(frozen=True, slots=True)
class Report:
    removed: list[tuple[str, int]]
    stays: list[str]
    outside: list[str]


@require_http_methods(["GET", "POST"])
@room(Capability.OWN)
@confirmed_for("web:erase", reads=True, list_=True)
def erase(request: Request, workspace: Workspace) -> HttpResponse:
    """What is typed stands in no address: addresses are kept in many places. Nothing is erased that was not looked at
    before."""
    given = [value for value in request.POST.getlist("q") if value.strip()]
    if request.method == "GET":
        return _page(request)
    try:
        if request.POST.get("do") == "erase" and given == request.POST.getlist("seen"):
            row = actions.erase(request.actor, given)
            said = _("It is being erased. This page tells when it is done.")
            return reply.go(request, "web:erasure", workspace.slug, row.public_id, said=said)
        held = actions.look(request.actor, given)
    except Invalid as trouble:
        return _page(request, given=given, trouble=trouble.message, status=422)
    return _page(request, given=held.values, held=held)


@require_GET
@room(Capability.OWN)
def erasure(request: Request, workspace: Workspace, public_id: str) -> HttpResponse:
    row = _row(public_id)
    context = {"row": row, "report": report(row), "working": row.state == ErasureState.WORKING}
    return reply.page(request, "settings/erasure.html", "erasure", context)


@require_GET
@room(Capability.OWN)
def file(request: Request, workspace: Workspace, public_id: str, form: str) -> HttpResponse:
    row = _row(public_id)
    if form not in FORMS:
        raise Http404
    kind, write = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="erasure-{row.public_id}.{form}"'}
    return HttpResponse(write(row), content_type=f"{kind}; charset=utf-8", headers=headers)


def report(row: Erasure) -> Report:
    removed = [(str(words), row.removed[name]) for name, words in REMOVED.items() if row.removed.get(name)]
    return Report(removed, list(_stays(row)), list(_outside()))


def _stays(row: Erasure) -> Iterator[str]:
    if waiting := row.stays.get("waiting"):
        yield ngettext(
            "%(n)d run or event is still under way and is left alone. It is erased within the hour after it has ended; "
            "until then this request stays open. End or answer what is on hold, if you don’t want to wait.",
            "%(n)d runs or events are still under way and are left alone. They are erased within the hour after they "
            "have ended; until then this request stays open. End or answer what is on hold, if you don’t want to wait.",
            waiting,
        ) % {"n": waiting}
    if names := row.stays.get("named"):
        yield _(
            "Recipes name the person: %(names)s. What people wrote into them is not changed by itself. Take it out and "
            "publish again; earlier versions keep it as long as they are there."
        ) % {"names": ", ".join(f"“{name}”" for name in names)}
    if members := row.stays.get("members"):
        yield ngettext(
            "%(n)d member of this workspace is known by that address. Their account and membership stay: remove them "
            "under Team.",
            "%(n)d members of this workspace are known by that address. Their accounts and memberships stay: remove "
            "them under Team.",
            members,
        ) % {"n": members}
    if trouble := row.stays.get("trouble"):
        yield _("It can’t go on: %(trouble)s") % {"trouble": trouble}
    yield _(
        "That there were events and runs, when, of which recipe and how they ended: numbers of the past stay true, and "
        "nobody can tell from them who it was."
    )
    yield _(
        "IDs that HighLevel and Invoice Ninja gave to records, and keyed hashes in the place of addresses: by them "
        "Recette knows that something was done already, and makes no second client or invoice."
    )
    yield _("The lines of the audit log, without their words where these named the person. Its chain stays unbroken.")


def _outside() -> Iterator[str]:
    yield _(
        "HighLevel and Invoice Ninja have the person’s records still. Delete them there: otherwise the next change of "
        "one brings the data in again."
    )
    yield _("Backups from before hold the data until you delete them. After restoring one, ask for this erasure again.")
    yield _("E-mails and messages that were sent, and files that people downloaded.")


def as_text(row: Erasure) -> str:
    told = report(row)
    lines = [_("Report of an erasure"), "", *(f"{name}: {value}" for name, value in _head(row))]
    for title, rows in (
        (_("Removed"), [f"{words}: {number}" for words, number in told.removed] or [_("Nothing was held.")]),
        (_("What stays, and why"), told.stays),
        (_("What lies outside of Recette"), told.outside),
    ):
        lines += ["", title, *(f"- {line}" for line in rows)]
    return "\n".join(lines) + "\n"


def as_csv(row: Erasure) -> str:
    told, out = report(row), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("part", "what", "number"))
    rows = [("request", f"{name}: {value}", "") for name, value in _head(row)]
    rows += [("removed", words, str(number)) for words, number in told.removed]
    rows += [("stays", line, "") for line in told.stays] + [("outside", line, "") for line in told.outside]
    writer.writerows([harmless(cell) for cell in line] for line in rows)
    return "\ufeff" + out.getvalue()


def _head(row: Erasure) -> list[tuple[str, str]]:
    ended = row.finished_at.isoformat(timespec="seconds") if row.finished_at else "—"
    return [
        (_("Workspace"), row.workspace.name),
        (_("Request"), row.public_id),
        (_("State"), str(row.get_state_display())),
        (_("Asked by"), str(row.asked_by or _("Somebody who has left"))),
        (_("Asked at"), row.created_at.isoformat(timespec="seconds")),
        (_("Done at"), ended),
    ]


FORMS = {"txt": ("text/plain", as_text), "csv": ("text/csv", as_csv)}


def _row(public_id: str) -> Erasure:
    row = Erasure.objects.select_related("asked_by", "workspace").filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: Request,
    given: list[str] | None = None,
    held: actions.Held | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = Erasure.objects.select_related("asked_by").order_by("-pk")[:SHOWN]
    context = {"given": given or [], "held": held, "trouble": trouble, "rows": rows}
    return reply.page(request, "settings/erase.html", "erase", context, status=status)


PLACE = "w/<slug:slug>/settings/erase/"

urlpatterns = [
    path(PLACE, erase, name="erase"),
    path(f"{PLACE}<slug:public_id>/", erasure, name="erasure"),
    path(f"{PLACE}<slug:public_id>/report.<slug:form>", file, name="erasure-file"),
]
