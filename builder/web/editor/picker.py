"""The data picker: what earlier steps give, formulas, and a list's own values."""

import re
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from builder.models import Workspace
from builder.web.editor import fields, formatting, panel, pills
from builder.web.editor.desk import Desk, desk_for
from builder.web.room import room
from connectors.spec import Choice

FIRST_ROWS = 40
LIKELY = 3
LISTS = ("list", "lines", "tags", "choices")
DATES = (
    "{{ today }}", "{{ today | plus_days: 1 }}", "{{ today | plus_days: 7 }}", "{{ today | plus_days: 14 }}",
    "{{ today | plus_days: 30 }}", "{{ today | end_of_month }}", "{{ today | plus_months: 1 | start_of_month }}",
)  # fmt: skip
TABS = (("data", lazy("Data")), ("formulas", lazy("Formulas")))


@require_GET
@room()
def picker(request: HttpRequest, workspace: Workspace, rid: str, sid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    step = desk.step_or_404(sid)
    if "pill" in request.GET:
        return _formatters(request, desk, sid)
    wanted = request.GET.get("q", "").strip().lower()
    context = {
        "desk": desk, "sid": sid, "q": request.GET.get("q", ""), "field": request.GET.get("field", ""),
        "at": request.GET.get("at", ""), "everything": "all" in request.GET,
    }  # fmt: skip
    context |= shown(desk, step, wanted, context["everything"])
    template = "editor/picker.html#picker-list" if "list" in request.GET else "editor/picker.html"
    return render(request, template, context)


def _formatters(request: HttpRequest, desk: Desk, sid: str) -> HttpResponse:
    """For the pill that was chosen in a text, instead of values."""
    asked = {name: request.GET.get(name, "") for name in ("pill", "q", "with")}
    context = {"desk": desk, "sid": sid, "data_url": desk.url("recipe-data", sid), **asked}
    if name := request.GET.get("format", ""):
        given = request.GET.getlist("told") if "told" in request.GET else None
        form = formatting.form(desk, sid, asked["pill"][:2000], name, given)
        if form is None:
            raise Http404
        context |= {"form": form, "apply": "apply" in request.GET, "opened": given is None}
        return render(request, "editor/format.html", context)
    groups = formatting.offers(desk, sid, asked["pill"][:2000], asked["q"], asked["with"])
    template = "editor/formats.html#picker-list" if "list" in request.GET else "editor/formats.html"
    return render(request, template, {**context, "groups": groups})


def shown(desk: Desk, step: dict[str, Any], wanted: str, everything: bool) -> dict[str, Any]:
    sources = pills.sources(desk, step["id"])
    slot = _slot(desk, step)
    if slot and step.get("kind") == "each" and slot.owner == "list":
        sources = only_lists(sources)
    total = sum(len(source.values) for source in sources)
    found = [replace(source, values=[v for v in source.values if fits(v, source, wanted)]) for source in sources]
    found = [source for source in found if source.values]
    count = sum(len(source.values) for source in found)
    cut = not everything and not wanted and count > FIRST_ROWS
    return {
        "sources": shared_out(found) if cut else found,
        "likely": likely(sources, slot) if not wanted else [],
        "total": total,
        "steps": len(sources),
        "count": count,
        "cut": cut,
        "dates": _dates(desk, step, wanted, slot),
        "choices": _choices(slot, wanted),
        "list_name": slot.desk.connector_label(step) if slot else "",
        "numeric": slot.field.type in fields.NUMERIC if slot else False,
    }


def only_lists(sources: list[pills.Source]) -> list[pills.Source]:
    """What a loop can go through; where no sample shows a list, everything."""
    found = [replace(one, values=[value for value in one.values if value.type in LISTS]) for one in sources]
    return [one for one in found if one.values] or sources


def fits(value: pills.Value, source: pills.Source, wanted: str) -> bool:
    text = f"{value.label} {value.sample} {value.path} {source.title}".lower()
    return all(word in text for word in wanted.split())


def shared_out(sources: list[pills.Source]) -> list[pills.Source]:
    """The first rows of each step, so that none is out of sight."""
    each = max(6, FIRST_ROWS // max(1, len(sources)))
    return [replace(source, values=source.values[:each]) for source in sources]


def likely(sources: list[pills.Source], slot: fields.Slot | None) -> list[pills.Value]:
    """Values named like the field: `contactId` and `contact.id`."""
    if slot is None:
        return []
    wanted = words(slot.field.name) or words(slot.field.label)
    found = [value for source in sources for value in source.values if wanted <= words(value.path)]
    return sorted(found, key=lambda value: len(words(value.path)))[:LIKELY]


def words(name: str) -> set[str]:
    """`contactId`, `contact.id` → {"contact", "id"}."""
    return set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r" \1", name).lower()))


def _slot(desk: Desk, step: dict[str, Any]) -> fields.Slot | None:
    query = desk.request.GET
    name = query.get("field", "")
    return fields.find(desk, step, name, panel.fields_at(query.get("at", ""))) if name else None


def _dates(desk: Desk, step: dict[str, Any], wanted: str, slot: fields.Slot | None) -> list[tuple[Any, str]]:
    """Formulas for dates: offered everywhere, first where a date is asked for."""
    made = [pills.pill(desk, text, step["id"]) for text in DATES]
    fitting = [one for one in made if isinstance(one, pills.Pill) and wanted in one.label.lower()]
    is_date = bool(slot and slot.field.type in ("date", "datetime"))
    return [(one, pills.reads(desk, one.ref, "date")[0]) for one in fitting] if is_date or wanted else []


def _choices(slot: fields.Slot | None, wanted: str) -> list[Choice]:
    """The values of the field's own list, for text that takes them: tags, product names."""
    if slot is None or slot.field.type == "choice" or not slot.may_list:
        return []
    found = slot.fetch().options if slot.live else slot.options
    typed = {part.strip() for part in slot.text.split(",")}
    return [c for c in found if c.value not in typed and wanted in f"{c.label} {c.hint}".lower()][:FIRST_ROWS]
