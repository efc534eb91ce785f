"""The dialog that adds a step, or chooses what starts the recipe."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from builder.models import Capability, Health, Workspace
from builder.web.editor import forks, kinds, labels, panel
from builder.web.editor.desk import TRIGGER, Desk, desk_for
from builder.web.room import room
from connectors import catalogue
from connectors.fields import SPELT, label_of
from connectors.spec import Operation, Trigger

KINDS = {"trigger": lazy("Starts a recipe"), "lookup": lazy("Look-up"), "action": lazy("Action")}
MOST = 60
"""Rows shown before the search has to narrow."""
ABOUTS = 14
"""Kinds of record to narrow down to: those first that most was declared for by hand."""
SAMPLES = 3
PARTS = ("found", "detail")


@dataclass(frozen=True, slots=True)
class Entry:
    item: Operation | Trigger
    kind: str
    label: SafeString
    vals: str
    """What is sent when it is chosen, as JSON."""
    off: bool
    """A trigger among steps: shown where it was searched for, but it can't be chosen here."""

    @property
    def kind_word(self) -> str:
        return "" if self.kind == "action" else str(KINDS[self.kind])

    @property
    def detail(self) -> str:
        if self.item.help:
            return self.item.help
        names = [field.label for field in self.item.fields if field.required][:SAMPLES]
        return _("Needs %(names)s") % {"names": ", ".join(names)} if names else ""


@dataclass(frozen=True, slots=True)
class ToolEntry:
    tool: kinds.Tool
    sent: dict[str, Any]

    @property
    def fields(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self.sent.items() if name != "operation"]

    @property
    def vals(self) -> str:
        return json.dumps(dict(self.fields))


@dataclass
class Chooser:
    desk: Desk
    after: str
    path: str
    starts: bool
    """What starts the recipe is chosen, not a step."""
    q: str
    app: str
    about: str
    op: str
    change: str = ""
    """A step that is to do something else."""
    kind: str = ""
    alone: bool = False
    """A page of its own, not the editor's dialog: what is chosen goes out as a form and leads back to the editor."""

    @property
    def waits(self) -> bool:
        """What a step waits for is chosen."""
        return self.starts and bool(self.change)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What every address in here takes along."""
        starts = TRIGGER if self.starts else ""
        pairs = {"after": self.after, "path": self.path, "for": starts, "change": self.change}
        pairs["alone"] = "1" if self.alone else ""
        return [(name, value) for name, value in pairs.items() if value]

    @property
    def url(self) -> str:
        return f"{self.desk.chooser_url}?{urlencode(self.carried)}"

    def sent(self, operation: str = "", kind: str = "action") -> dict[str, str]:
        """The edit that a choice is."""
        if self.starts or self.change:  # of the trigger, of a step, or what a step waits for
            return {"op": "set_operation", "step": self.change or TRIGGER, "operation": operation}
        return {"op": "add_step", "kind": kind, "operation": operation, "after": self.after, "path": self.path}

    def vals(self, operation: str = "", kind: str = "action") -> str:
        return json.dumps({**self.sent(operation, kind), "rev": self.desk.rev})

    @property
    def detail_fields(self) -> list[tuple[str, str]]:
        return list(self.sent(self.op).items())

    @property
    def detail_off(self) -> bool:
        return not self.starts and catalogue.trigger(self.op) is not None

    @property
    def everything(self) -> int:
        """What there is to search in: for a step no triggers, but the built-in kinds, where they are offered."""
        wanted = ("trigger",) if self.starts else ("action", "lookup")
        built_in = 0 if self.starts or self.change else len(kinds.TOOLS)
        return sum(len(catalogue.search("", kind)) for kind in wanted) + built_in

    @property
    def partly(self) -> bool:
        return self.found.partly and bool(self.found.hits)

    @property
    def meant(self) -> str:
        return self.found.did_you_mean

    @property
    def subtitle(self) -> str:
        if self.starts and not self.change:
            return _("What starts this recipe?")
        if self.change:
            step = self.desk.step(self.change) or {}
            return f"{self.desk.number(self.change)} · {self.desk.title(step)}" if step else ""
        if self.path and not self.after:
            return _("In “%(path)s”") % {"path": forks.lane(self.desk, self.path)}
        step = self.desk.step(self.after or TRIGGER) or self.desk.tree["trigger"]
        return _("After %(number)s · %(title)s") % {
            "number": self.desk.number(step["id"]),
            "title": self.desk.title(step),
        }

    @cached_property
    def found(self) -> catalogue.Found:
        return catalogue.search(self.q, kind="trigger" if self.starts else None)

    @cached_property
    def hits(self) -> list[catalogue.Hit]:
        """Triggers are shown among steps only to who looks for one, and after what can be chosen there."""
        hits = self.found.hits
        if self.waits:
            return [hit for hit in hits if isinstance(hit.item, Trigger) and catalogue.can_wait(hit.item)]
        if self.starts:
            return list(hits)
        steps = [hit for hit in hits if hit.kind != "trigger"]
        return [*steps, *(hit for hit in hits if self.q and hit.kind == "trigger")]

    @cached_property
    def narrowed(self) -> list[catalogue.Hit]:
        return [h for h in self.hits if self.app in ("", h.item.connector) and self.about in ("", about_of(h.item))]

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Entry]]]:
        """(connector, heading, entries) in the order of the best hit."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for hit in self.narrowed[:MOST]:
            groups.setdefault((hit.item.connector, about_of(hit.item)), []).append(self._entry(hit))
        return [(app, heading(app, about), rows) for (app, about), rows in groups.items()]

    @property
    def cut(self) -> int:
        return max(0, len(self.narrowed) - MOST)

    @cached_property
    def tools(self) -> "list[ToolEntry]":
        """The kinds of step that are nobody's operation."""
        if self.starts or self.change or self.about or self.app not in ("", "tools"):
            return []
        return [ToolEntry(tool, {**self.sent(kind=tool.kind), "rev": self.desk.rev}) for tool in kinds.offered(self.q)]

    @property
    def total(self) -> int:
        return len(self.hits) + len(self.tools)

    @property
    def apps(self) -> list[tuple[str, str, int]]:
        counts = Counter(hit.item.connector for hit in self.hits)
        return [(key, home.label, counts[key]) for key, home in catalogue.CONNECTORS.items() if counts[key]]

    @property
    def abouts(self) -> list[tuple[str, str, int]]:
        inside = [hit for hit in self.hits if self.app in ("", hit.item.connector)]
        counts, handmade = Counter[str](), Counter[str]()
        for hit in inside:
            about = about_of(hit.item)
            counts[about] += 1
            handmade[about] += not getattr(hit.item, "derived", False)
        most = sorted(filter(None, counts), key=lambda about: (-handmade[about], -counts[about]))
        return [(about, plural(about), counts[about]) for about in most[:ABOUTS]]

    def _entry(self, hit: catalogue.Hit) -> Entry:
        off = hit.kind == "trigger" and not self.starts
        return Entry(hit.item, hit.kind, marked(hit.item.label, self.q), self.vals(hit.item.key), off)

    @property
    def detail(self) -> "Detail | None":
        item = catalogue.operation(self.op) or catalogue.trigger(self.op) if self.op else None
        return Detail(self.desk, item) if item else None


@dataclass(frozen=True, slots=True)
class Detail:
    desk: Desk
    item: Operation | Trigger

    @property
    def kind_word(self) -> str:
        return kind_of(self.item)

    @property
    def heading(self) -> str:
        return heading_of(self.item)

    @property
    def needs(self) -> str:
        return ", ".join(field.label for field in self.item.fields if field.required) or _("Nothing")

    @property
    def gives(self) -> str:
        outputs = self.item.outputs
        names = [labels.spoken(output.path, output.label) for output in outputs[:SAMPLES]]
        said = ngettext("%(n)d value: %(names)s", "%(n)d values, such as %(names)s", len(outputs))
        return said % {"n": len(outputs), "names": ", ".join(names)} if outputs else ""

    @property
    def retry(self) -> str:
        return retry_of(self.item)

    @property
    def connection(self) -> tuple[str, str, str]:
        """(state, sentence, permission that is missing)"""
        home = catalogue.connector(self.item.connector)
        rows = self.desk.fitting(self.item.connector)
        if home and not home.methods:
            return "well", _("None needed"), ""
        if not rows:
            return "untested", _("None yet. You can add one afterwards."), ""
        if len(rows) > 1:
            return "well", _("%(n)d to choose from") % {"n": len(rows)}, ""
        row = rows[0]
        wanted = getattr(self.item, "permission", "")
        if wanted and wanted in (row.identity or {}).get("missing", []):
            return "problem", _("%(name)s lacks one permission") % {"name": row.name}, wanted
        if row.health in (Health.WELL, Health.UNTESTED):
            return "well", _("Ready: %(name)s") % {"name": row.name}, ""
        return row.health, row.name, ""


@require_GET
@room(Capability.EDIT)
def choose(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """The page or dialog; `#ops` while searching; `#detail` of one entry."""
    desk = desk_for(request, workspace, rid)
    chooser = asked(desk)
    context: dict[str, Any] = {"desk": desk, "chooser": chooser}
    if not request.htmx:
        return render(request, "editor/choose.html", context)
    part = request.GET.get("part", "")
    return render(request, f"editor/chooser.html{'#' + part if part in PARTS else ''}", context)


def asked(desk: Desk) -> Chooser:
    query = desk.request.GET
    before = query.get("before", "")
    after, path = place_before(desk, before) if before else (query.get("after", ""), query.get("path", ""))
    return Chooser(
        desk, after, path, query.get("for") == TRIGGER, query.get("q", "").strip()[:80], query.get("app", ""),
        query.get("about", ""), query.get("op", ""), query.get("change", ""), query.get("kind", ""),
        alone="alone" in query or not desk.request.htmx,
    )  # fmt: skip


def place_before(desk: Desk, step_id: str) -> tuple[str, str]:
    """Where a step goes that is to come before this one."""
    if step_id not in desk.rows:
        return TRIGGER, ""
    parents = desk.rows[step_id].parents
    siblings = desk.siblings(step_id)
    at = siblings.index(step_id)
    path = parents[-1] if parents else ""
    return (siblings[at - 1] if at else "" if path else TRIGGER), path


def kind_of(item: Operation | Trigger) -> str:
    return str(KINDS[getattr(item, "kind", TRIGGER)])


def heading_of(item: Operation | Trigger) -> str:
    return heading(item.connector, about_of(item))


def retry_of(item: Operation | Trigger) -> str:
    return panel.retry_word(item) if isinstance(item, Operation) else ""


def about_of(item: Operation | Trigger) -> str:
    """The kind of record that people look for it under."""
    return getattr(item, "about", "") or item.object


def heading(app: str, about: str) -> str:
    home = catalogue.connector(app)
    words = plural(about)
    named = words.split(" ")[0] in SPELT.values()  # a name keeps its capital inside a sentence
    small = words if named else words[:1].lower() + words[1:]
    return ", ".join(filter(None, [home.label if home else app, small]))


def plural(about: str) -> str:
    word = label_of(about)
    return f"{word[:-1]}ies" if word.endswith("y") else word if word.endswith("s") or not word else f"{word}s"


def marked(label: str, q: str) -> SafeString:
    """The label with what was searched for marked."""
    words = [re.escape(word) for word in q.split() if len(word) > 1]
    parts = list(_split(label, words)) if words else [(label, False)]
    made = "".join(f"<mark>{escape(text)}</mark>" if hit else str(escape(text)) for text, hit in parts)
    return mark_safe(made)


def _split(label: str, words: list[str]) -> Iterator[tuple[str, bool]]:
    for i, text in enumerate(re.split(f"({'|'.join(words)})", label, flags=re.IGNORECASE)):
        if text:
            yield text, i % 2 == 1
