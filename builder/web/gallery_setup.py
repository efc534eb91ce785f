"""Setting a template up: which accounts take part, then a few questions, then there is a draft.

The answers travel in the address while one goes back and forth, so nothing is kept anywhere until the recipe is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from builder.actions import connections, gallery
from builder.actions.errors import ActionError, Invalid
from builder.actions.gallery import Question, Template
from builder.models import Capability, Connection, Health, Workspace
from builder.templatetags import look
from builder.web.request import Request
from builder.web.room import room
from connectors import catalogue
from connectors.spec import Choice

STEPS = ("connect", "answers")


@dataclass
class Need:
    """An app a template needs, and the connections there are."""

    app: str
    connections: list[Connection]
    chosen: str = ""
    errors: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        home = catalogue.connector(self.app)
        return home.label if home else self.app

    @property
    def well(self) -> bool:
        return any(row.health in (Health.WELL, Health.UNTESTED) for row in self.connections)

    @property
    def picked(self) -> str:
        """The one that is chosen, else the first that is well."""
        known = [row.public_id for row in self.connections]
        if self.chosen in known:
            return self.chosen
        fit = [row.public_id for row in self.connections if row.health == Health.WELL]
        return next(iter(fit + known), "")

    @property
    def connection(self) -> Connection | None:
        return next((row for row in self.connections if row.public_id == self.picked), None)


@dataclass
class Asked:
    """A question with what was answered so far."""

    question: Question
    value: str
    errors: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    trouble: str = ""
    """Why the live list is not there."""
    feeds: bool = False
    """Another question's list depends on the answer."""
    waits: str = ""
    """The question that has to be answered before this list is known."""

    @property
    def shape(self) -> str:
        if self.question.type in ("boolean", "table"):
            return self.question.type
        if self.question.choices:
            return "choice"
        return ("choice" if self.question.type == "choice" else "suggest") if self.choices else "text"

    @property
    def mode(self) -> str:
        return {"money": "decimal", "integer": "numeric"}.get(self.question.type, "text")

    @property
    def options(self) -> list[tuple[str, str]]:
        given = list(self.question.choices) or [(choice.value, choice.label) for choice in self.choices]
        known = {value for value, _label in given}
        return given if not self.value or self.value in known else [*given, (self.value, self.value)]

    @property
    def said(self) -> str:
        return dict(self.options).get(self.value, self.value) if self.shape == "choice" else self.value


@require_http_methods(["GET", "POST"])
@room(Capability.EDIT)
def set_up(request: Request, workspace: Workspace, key: str) -> HttpResponse:
    """A wizard whose steps are addresses. A POST makes the recipe."""
    found = gallery.template(key)
    if request.method == "GET":
        return render(request, f"gallery/setup.html{_part(request)}", _wizard(request, workspace, found, request.GET))
    given = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    if "go" in given:
        return _onward(request, workspace, found, given)
    for question in found.questions:
        if question.type == "boolean":
            given.setdefault(question.key, "")
    try:
        recipe = gallery.start(request.actor, found, given, name=given.get("name", "").strip())
    except Invalid as wrong:
        context = _wizard(request, workspace, found, request.POST, wrong.errors)
        return render(request, f"gallery/setup.html{_part(request)}", context, status=422)
    address = reverse("web:template-done", args=[workspace.slug, key, recipe.public_id])
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


def _onward(request: Request, workspace: Workspace, found: Template, given: dict[str, str]) -> HttpResponse:
    """To another step, or to the same with a list loaded again: `connect`, `answers`, `fresh:pipeline`."""
    go, _colon, fresh = given.pop("go").partition(":")
    given = {**given, "step": "connect" if go == "connect" else "answers", **({"fresh": fresh} if fresh else {})}
    if not request.htmx:
        here = reverse("web:template-set-up", args=[workspace.slug, found.key])
        return redirect(f"{here}?{urlencode(given)}")
    return render(request, "gallery/setup.html#setup", _wizard(request, workspace, found, given))


def _part(request: Request) -> str:
    return "#setup" if request.htmx and not request.htmx.history_restore_request else ""


def _wizard(
    request: Request,
    workspace: Workspace,
    found: Template,
    given: Mapping[str, str],
    errors: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    errors = errors or {}
    needs = [
        Need(app, rows, given.get(f"connection_{app}", ""), errors.get(f"connection_{app}", []))
        for app, rows in gallery.offered(found.key).items()
    ]
    step = given.get("step", "")
    step = step if step in STEPS else "answers" if "answered" in given else "connect"
    if errors and all(name.startswith("connection_") for name in errors):
        step = "connect"
    asked = asked_of(request, found, needs, given, errors) if step == "answers" else []
    return {
        "workspace": workspace,
        "template": found,
        "step": step,
        "needs": needs,
        "asked": asked,
        "missing": [need for need in needs if not need.connections],
        "name": given.get("name", "") or _(found.title),
        "name_errors": errors.get("name", []),
        "carried": _carried(found, given),
        "again": _again(workspace, found, needs, given),
        "whole": errors.get("", []),
        "may_connect": request.actor.may(Capability.CONNECT),
    }


def _carried(found: Template, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was answered already, for the form of another step."""
    keys = ["name", *(question.key for question in found.questions), "answered"]
    return [(key, given[key]) for key in keys if key in given]


def _again(workspace: Workspace, found: Template, needs: list[Need], given: Mapping[str, str]) -> str:
    """The address of the first step with all that was answered, for who goes away to connect an account."""
    chosen = [(f"connection_{need.app}", need.picked) for need in needs if need.picked]
    here = reverse("web:template-set-up", args=[workspace.slug, found.key])
    return f"{here}?{urlencode([('step', 'connect'), *chosen, *_carried(found, given)])}"


def asked_of(
    request: Request,
    found: Template,
    needs: list[Need],
    given: Mapping[str, str],
    errors: Mapping[str, list[str]],
) -> list[Asked]:
    """`answered` in the form tells an unticked box from one that was never shown."""
    rows = []
    for question in found.questions:
        kept = question.default if "answered" not in given or question.type != "boolean" else ""
        asked = Asked(question, given.get(question.key, kept), list(errors.get(question.key, [])))
        asked.feeds = any(question.key in other.feeding.values() for other in found.questions)
        if question.source:
            _load(request, asked, needs, given, {q.key: q for q in found.questions})
        rows.append(asked)
    return rows


def _load(
    request: Request,
    asked: Asked,
    needs: list[Need],
    given: Mapping[str, str],
    questions: Mapping[str, Question],
) -> None:
    """The live list, or why there is none: then the answer is typed."""
    app, _dot, key = asked.question.source.partition(".")
    connection = next((need.connection for need in needs if need.app == app), None)
    open_ = [key for key in asked.question.feeding.values() if not given.get(key)]
    if open_:
        asked.waits = questions[open_[0]].label if open_[0] in questions else open_[0]
        return
    if connection is None:
        asked.trouble = _("%(app)s isn’t connected yet, so its list can’t be shown.") % {"app": look.app_name(app)}
        return
    try:
        depends = {name: given.get(key, "") for name, key in asked.question.feeding.items()}
        fresh = given.get("fresh") == asked.question.key
        asked.choices = connections.choices(request.actor, connection, key, depends, fresh=fresh)
    except ActionError as problem:
        asked.trouble = problem.message
