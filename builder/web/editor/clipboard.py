"""Steps as text: copied from one recipe, pasted into any."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from builder.actions.errors import Invalid
from builder.models import Capability, Workspace
from builder.recipe import tree as trees
from builder.web.editor.desk import desk_for
from builder.web.room import room

KIND = "recette.steps"


@require_GET
@room(Capability.EDIT)
def copied(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """`{"format": 1, "kind": "recette.steps", "steps": [STEP]}` of those that `?step=` names, with all inside them."""
    desk = desk_for(request, workspace, rid)
    steps = trees.chosen(desk.tree, {*request.GET.getlist("step")})
    if not steps:
        raise Http404
    text = json.dumps({"format": 1, "kind": KIND, "steps": steps}, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def steps_in(text: str) -> Any:
    """What `copied` gave, or the list of steps alone. Raises Invalid for any other text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and found.get("kind") == KIND and found.get("format") == 1:
        found = found.get("steps")
    if not isinstance(found, list):
        raise Invalid(_("There is no step on the clipboard. Copy one by its menu first, then paste it here."), "steps")
    return found
