"""Run now: a live recipe started by hand, with records of its trigger, its form, or a call's body."""

import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from builder.actions import inputs, starting, testing
from builder.actions.errors import ActionError, Invalid
from builder.models import Capability, Event, Recipe, Workspace
from builder.web import reply
from builder.web.editor import trials
from builder.web.recipes import recipe_or_404
from builder.web.room import room
from connectors.spec import Sighting


@require_http_methods(["GET", "POST"])
@room(Capability.RUN)
def run(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    recipe = recipe_or_404(rid)
    if request.method == "GET":
        return _page(request, recipe, *_found(request, recipe))
    if before := starting.begun(request.actor, recipe, _key(request), request.POST.getlist("record") or ("",)):
        said = _("This was started already. To run it once more, choose “Run now” again.")
        return _on(request, workspace, recipe, before, said)
    try:
        begun = _start(request, recipe)
    except ActionError as trouble:
        errors = getattr(trouble, "errors", {"": [trouble.message]})
        return _page(request, recipe, _found(request, recipe)[0], errors, status=422)
    text = ngettext(
        "“%(name)s” is started. Its run is here in a moment.",
        "“%(name)s” is started for %(n)d records. Their runs are here in a moment.",
        len(begun),
    )
    return _on(request, workspace, recipe, begun, text % {"name": recipe.name, "n": len(begun)})


def _start(request: HttpRequest, recipe: Recipe) -> list[Event]:
    kind, key = starting.kind(recipe), _key(request)
    if kind == "records":
        return starting.with_records(request.actor, recipe, request.POST.getlist("record"), key)
    if kind == "call":
        return [starting.by_hand(request.actor, recipe, _body(request), key)]
    names = [name for name, _hint in starting.asked(recipe)] if kind == "form" else []
    given = {name: request.POST.get(f"value-{number}", "") for number, name in enumerate(names)}
    return [starting.by_hand(request.actor, recipe, given, key)]


def _on(request: HttpRequest, workspace: Workspace, recipe: Recipe, begun: list[Event], said: str) -> HttpResponse:
    """To the one event, or where the runs of several come."""
    if len(begun) == 1:
        return reply.go(request, "web:event", workspace.slug, begun[0].public_id, said=said)
    return reply.go(request, f"{reverse('web:runs', args=[workspace.slug])}?recipe={recipe.public_id}", said=said)


def _key(request: HttpRequest) -> str:
    """Of the form that was sent: its second click bears it, too."""
    return request.POST.get("key", "")[:40]


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.POST.get("body", ""))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(_('This is no JSON object. It looks like {"email": "mara@example.com"}.'), "body")
    return found


def _found(request: HttpRequest, recipe: Recipe) -> tuple[list[Sighting], dict[str, list[str]]]:
    """The records to choose from, or why there are none."""
    try:
        return starting.records(request.actor, recipe), {}
    except ActionError as trouble:
        return [], {"": [trouble.message]}


def _page(
    request: HttpRequest,
    recipe: Recipe,
    found: list[Sighting],
    errors: dict[str, list[str]],
    status: int = 200,
) -> HttpResponse:
    known = inputs.known(recipe.live_trigger) if recipe.live else None
    kind = starting.kind(recipe) if recipe.live else ""
    form = starting.asked(recipe) if kind == "form" and not errors.get("") else []
    chosen = request.POST.getlist("record") or [sighting.record_id for sighting in found[:1]]
    context = {
        "recipe": recipe,
        "ready": starting.ready(recipe),
        "key": _key(request) or secrets.token_urlsafe(12),
        "kind": kind,
        "trigger": known,
        "records": [(s.record_id, testing.known_by(s.data), _detail(s), s.record_id in chosen) for s in found],
        "fields": [
            (f"value-{n}", name, hint, request.POST.get(f"value-{n}", ""), errors.get(name, []))
            for n, (name, hint) in enumerate(form)
        ],
        "body": request.POST.get("body") or (trials.as_json(dict(known.sample)) if known and kind == "call" else ""),
        "body_errors": errors.get("body", []),
        "refused": errors.get("", []) + errors.get("payload", []),
    }
    return reply.page(request, "recipes/run.html", "run", context, status=status)


def _detail(sighting: Sighting) -> str:
    data = sighting.data
    contact = data.get("contact") if isinstance(data.get("contact"), dict) else {}
    parts = [contact.get("name") or data.get("email"), (sighting.stamp or sighting.created or "")[:10]]
    return " · ".join(str(part) for part in parts if part)


urlpatterns = [path("w/<slug:slug>/recipes/<str:rid>/run/", run, name="recipe-run")]
