"""The page on which a whole draft is gone through with one record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from builder.actions import previewing, testing
from builder.actions.errors import ActionError
from builder.models import Capability, Preview, RunStatus, StepStatus, Workspace
from builder.web.editor import cards, labels, pages, pills, trials
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room

WOULD = {"action": lazy("Would write"), "approval": lazy("Would ask"), "call": lazy("Would call")}
MADE_UP = re.compile(r"recette-new-(s[a-z0-9]{5})[a-z0-9]*")
"""The ID of a record that isn't there yet, as the runner writes it; the step that would make it."""
TONES = {
    RunStatus.DONE: ("green", "circle-check"),
    RunStatus.FILTERED: ("blue", "filter"),
    RunStatus.HELD: ("amber", "hand-stop"),
    RunStatus.FAILED: ("red", "alert-octagon"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """An exchange, or a request that was not sent."""

    method: str
    address: str
    url: str
    sent: bool
    status: int | None
    body: str
    answer: str
    trouble: str
    took_ms: int
    live: bool
    """The record that it would change was read."""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """(label, as it is, as it would be)"""


@dataclass
class Row:
    """One step as it went."""

    id: str
    card: cards.Card
    state: str
    icon: str
    word: str
    round: str
    note: str
    error: str
    way: str
    """Where its error is mended, as a query of the editor's address."""
    values: list[tuple[str, str]]
    calls: list[Call]
    leans: str

    @property
    def unsent(self) -> list[Call]:
        return [call for call in self.calls if not call.sent]

    @property
    def asked(self) -> list[Call]:
        return [call for call in self.calls if call.sent]


@dataclass
class View:
    desk: Desk
    row: Preview

    @property
    def tone(self) -> str:
        return TONES.get(self.row.status, ("amber", ""))[0]

    @property
    def icon(self) -> str:
        return TONES.get(self.row.status, ("", "alert-triangle"))[1]

    @property
    def headline(self) -> str:
        number = self.desk.number(self.row.stopped_at)
        if self.row.status == RunStatus.DONE:
            return _("A run would go through to its end.")
        if self.row.status == RunStatus.FILTERED:
            return _("A run would end at step %(n)s, without an error.") % {"n": number}
        if self.row.status == RunStatus.FAILED:
            return _("A run would fail at step %(n)s.") % {"n": number}
        if self.row.status == RunStatus.HELD:
            return _("A run would wait for a person at step %(n)s.") % {"n": number}
        return _("The preview was cut.")

    @property
    def because(self) -> str:
        """Where the row of the step doesn't say it already."""
        told = self.row.taken[-1] if self.row.taken else {}
        return "" if self.row.because in (told.get("error"), told.get("note")) else self._said(self.row.because)

    @property
    def counted(self) -> str:
        calls = [call for taken in self.row.taken for call in taken["calls"]]
        writes = sum(not call["sent"] for call in calls) + sum(map(_here, self.row.taken))
        reads = len(calls) - sum(not call["sent"] for call in calls)
        written = ngettext("%(n)d thing would be changed or sent", "%(n)d things would be changed or sent", writes)
        read = ngettext("%(n)d call only read", "%(n)d calls only read", reads)
        return f"{written % {'n': writes}}, {read % {'n': reads}}."

    @cached_property
    def stale(self) -> bool:
        return previewing.is_stale(self.desk.recipe, self.row)

    @cached_property
    def rows(self) -> list[Row]:
        return [row for taken in self.row.taken if (row := self._row(taken))]

    def _row(self, taken: dict[str, Any]) -> Row | None:
        step = self.desk.step(taken["step"])
        if step is None:  # it was deleted since
            return None
        state, icon, word = _stand(taken)
        numbers = ", ".join(self.desk.number(each) for each in taken["leans"])
        leans = _("It takes values that only a real run learns, from step %(n)s.") % {"n": numbers} if numbers else ""
        aim = f"&tab=fields&focus=f-{taken['about'].replace('.', '-')}" if taken["about"] else ""
        round_ = " · ".join(str(int(one) + 1) for one in taken["round"].split(".") if one)
        return Row(
            taken["step"], cards.card(self.desk, step), state, icon, word,
            _("item %(n)s") % {"n": round_} if round_ else "",
            self._said(taken["note"]), self._said(taken["error"]), f"?step={taken['step']}{aim}",
            list(self._values(step, taken["input"])),
            [self._call(step, call) for call in taken["calls"]], leans,
        )  # fmt: skip

    def _values(self, step: dict[str, Any], given: dict[str, Any]) -> Iterator[tuple[str, str]]:
        known = self.desk.operation(step)
        for name, value in given.items():
            found = known.field(name) if known else None
            shown = labels.sample(value, found.type if found else "", pills.currency(self.desk))
            named = labels.chosen(self.desk.connection(step), found.source, str(value)) if found else ""
            yield found.label if found else name, named or self._said(shown)

    def _call(self, step: dict[str, Any], call: dict[str, Any]) -> Call:
        parts = urlsplit(call["url"])
        address = unquote(f"{parts.path}{'?' if parts.query else ''}{parts.query}")
        known = self.desk.operation(step)
        changes = [
            (self._named(known, one["name"]), _shown(one["before"]), self._said(_shown(one["after"])))
            for one in call.get("changes", ())
        ]
        return Call(
            call["method"], self._said(address), self._said(call["url"]), call["sent"], call.get("status"),
            self._said(trials.pretty(call["body"])), trials.pretty(call.get("answer") or ""), call.get("trouble", ""),
            call.get("took_ms", 0), call.get("live", False), changes,
        )  # fmt: skip

    def _named(self, known: Any, name: str) -> str:
        found = known.field(name) if known else None
        return found.label if found else labels.label_of(name)

    def _said(self, text: str) -> str:
        """With the IDs that only a run would learn told as such."""
        return MADE_UP.sub(lambda found: _("‹ID from step %(n)s›") % {"n": self.desk.number(found[1]) or "?"}, text)


def _here(taken: dict[str, Any]) -> bool:
    """Whether the step would do something of Recette's own: a mail, a question, a call, an entry."""
    return taken["writes"] and not taken["calls"]


def _stand(taken: dict[str, Any]) -> tuple[str, str, str]:
    """(state, icon, word)"""
    if taken["status"] == StepStatus.FAILED:
        return "failed", "alert-octagon", _("Can’t go on")
    if taken["status"] == StepStatus.FILTERED:
        return "filtered", "filter", _("Ends here")
    if taken["status"] == StepStatus.SKIPPED:
        return "skipped", "circle-dashed", _("Left out")
    if taken["writes"]:
        return "waiting", "pencil", str(WOULD.get(taken["kind"], WOULD["action"]))
    if taken["calls"]:
        return "done", "eye-check", _("Read")
    return "done", "circle-check-filled", _("Fine")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return trials.as_json(value)
    return labels.sample(value) or _("(empty)")


def fresh(desk: Desk) -> View | None:
    """The newest one, where it still tells of the draft."""
    newest = previewing.newest(desk.recipe)
    return View(desk, newest) if newest and not previewing.is_stale(desk.recipe, newest) else None


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def preview(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """GET shows the newest one, POST makes another."""
    desk = desk_for(request, workspace, rid)
    if request.method == "GET":
        return _page(desk)
    try:
        previewing.run(request.actor, desk.recipe)
    except ActionError as trouble:
        return _page(desk, refused=trouble.message, status=trouble.status)
    return _page(desk) if request.htmx else redirect(desk.preview_url)


@require_GET
@room(Capability.EDIT)
def records(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """The newest real records, to choose from."""
    desk = desk_for(request, workspace, rid)
    try:
        found = trials.records(desk, testing.latest(request.actor, desk.recipe))
    except ActionError as trouble:
        return _page(desk, refused=trouble.message)
    return _page(desk, records=found)


@require_POST
@room(Capability.EDIT)
def sample(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """One of the records, a pasted one, or the catalogue's; gone through at once."""
    desk = desk_for(request, workspace, rid)
    index, text = request.POST.get("index", ""), request.POST.get("text")
    try:
        if index.isdecimal() and len(index) < 4:
            testing.sample_trigger(request.actor, desk.recipe, int(index))
        elif text is not None:
            testing.paste_sample(request.actor, desk.recipe, text)
        else:
            testing.forget_sample(request.actor, desk.recipe)
        previewing.run(request.actor, desk.recipe)
    except ActionError as trouble:
        return _page(desk, refused=trouble.message, text=text, status=trouble.status)
    return _page(desk) if request.htmx else redirect(desk.preview_url)


def _page(
    desk: Desk,
    refused: str = "",
    records: list[trials.Record] | None = None,
    text: str | None = None,
    status: int = 200,
) -> HttpResponse:
    data, chosen = testing.trigger_sample(desk.recipe)
    newest = previewing.newest(desk.recipe)
    context = {
        "desk": desk, "recipe": desk.recipe, "bar": pages.bar(desk), "view": View(desk, newest) if newest else None,
        "chosen": chosen, "sample": testing.known_by(data) if chosen else "", "refused": refused, "records": records,
        "text": text, "pasted": trials.as_json(data) if text is None else text,
        "looks_back": bool(desk.tree["trigger"]["operation"]),
    }  # fmt: skip
    template = "editor/preview.html#preview" if desk.request.htmx else "editor/preview.html"
    return render(desk.request, template, context, status=status)
