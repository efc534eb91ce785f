"""Everything a recipe can start with or do, to look around in: what it takes, gives and needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from builder.models import Workspace
from builder.models.columns import write_json
from builder.web.editor.chooser import KINDS, heading_of, kind_of, retry_of
from builder.web.editor.trials import pretty
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue
from connectors.fields import Field
from connectors.spec import Operation, Trigger

AT_ONCE = 50
TYPES = {
    "text": lazy("Text"), "note": lazy("Long text"), "email": lazy("E-mail"), "phone": lazy("Phone"),
    "url": lazy("Web address"), "number": lazy("Number"), "integer": lazy("Whole number"), "money": lazy("Money"),
    "date": lazy("Day"), "datetime": lazy("Moment"), "boolean": lazy("Yes or no"), "choice": lazy("Choice"),
    "choices": lazy("Several"), "tags": lazy("Tags"), "json": lazy("JSON"), "lines": lazy("Lines"),
    "object": lazy("Parts"), "list": lazy("List"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    field: Field
    depth: int = 0
    """0, or 1 for a column of lines or a part."""

    @property
    def kind(self) -> str:
        words = str(TYPES.get(self.field.type, self.field.type))
        if self.field.source:
            return _("%(type)s, from the account's own list") % {"type": words}
        named = ", ".join(label for _value, label in self.field.choices[:8])
        more = " …" if len(self.field.choices) > 8 else ""
        return f"{words}: {named}{more}" if named else words


@dataclass(frozen=True, slots=True)
class Entry:
    item: Operation | Trigger

    @property
    def kind(self) -> str:
        return kind_of(self.item)

    @property
    def heading(self) -> str:
        return heading_of(self.item)

    @property
    def retry(self) -> str:
        return retry_of(self.item)

    @property
    def permission(self) -> str:
        if isinstance(self.item, Operation):
            return self.item.permission
        home = catalogue.connector(self.item.connector)
        return home.watched[self.item.object].permission if home else ""

    @property
    def unnamed(self) -> str:
        """The service whose documents name permissions, but none for this."""
        home = catalogue.connector(self.item.connector)
        others = home.operations.values() if home and isinstance(self.item, Operation) else ()
        named = any(one.permission for one in others)
        return home.label if home and named and not self.permission else ""

    @property
    def source(self) -> str:
        return getattr(self.item, "source", "")

    @property
    def derived(self) -> bool:
        return getattr(self.item, "derived", False)

    @property
    def arrival(self) -> str:
        """How a trigger hears of it."""
        if isinstance(self.item, Operation) or self.item.connector == "tools":
            return ""
        if self.item.needs_webhook:
            return _("By webhook alone")
        return (
            _("By webhook, and by looking") if catalogue.is_told(self.item) else _("By looking, every 1 to 15 minutes")
        )

    @property
    def inputs(self) -> list[Input]:
        return [Input(one, depth) for field in self.item.fields for one, depth in _with_columns(field)]

    @property
    def sample(self) -> str:
        return pretty(write_json(dict(self.item.sample)))


def _with_columns(field: Field) -> Iterable[tuple[Field, int]]:
    return [(field, 0), *((column, 1) for column in field.fields)]


@require_GET
@room()
def listing(request: Request, workspace: Workspace) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    app = request.GET.get("app", "") if request.GET.get("app") in catalogue.CONNECTORS else ""
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    found = catalogue.search(q, kind or None, app or None)
    pages = Paginator(list(found), AT_ONCE)
    page = pages.get_page(request.GET.get("page"))
    asked = {name: value for name, value in (("q", q), ("app", app), ("kind", kind)) if value}
    context = {
        "workspace": workspace,
        "page": page,
        "rows": [Entry(item) for item in page],
        "q": q,
        "app": app,
        "kind": kind,
        "meant": found.did_you_mean,
        "partly": found.partly and bool(found.hits),
        "query": urlencode(asked),
        "counted": ngettext("%(n)d entry", "%(n)d entries", pages.count) % {"n": pages.count},
        "apps": [(key, home.label) for key, home in catalogue.CONNECTORS.items()],
        "kinds": list(KINDS.items()),
    }
    part = "#found" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"catalogue/page.html{part}", context)


@require_GET
@room()
def item(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    found: Any = catalogue.operation(key) or catalogue.trigger(key)
    if found is None:
        raise Http404
    return render(request, "catalogue/item.html", {"workspace": workspace, "entry": Entry(found), "item": found})


urlpatterns = [
    path("w/<slug:slug>/catalogue/", listing, name="catalogue"),
    path("w/<slug:slug>/catalogue/<str:key>/", item, name="catalogue-item"),
]
