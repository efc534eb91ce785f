"""One edit, one POST: what a form sends becomes an action's arguments, what changed becomes parts of the page."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from builder.actions import drafts
from builder.actions.drafts import Edited
from builder.actions.errors import ActionError, Conflict, Gone, Invalid
from builder.models import Capability, Workspace
from builder.web.editor import answers, clipboard, given, rules
from builder.web.editor.desk import TRIGGER, Desk, desk_for
from builder.web.room import room

PLAIN = (
    "step",
    "field",
    "operation",
    "connection",
    "kind",
    "after",
    "path",
    "index",
    "name",
    "note",
    "option",
    "match",
    "where",
)
SEVERAL = ("delete_steps", "duplicate_steps", "toggle_steps")
ROWS = ("at", "rule")
"""Positions, sent as JSON."""


@require_POST
@room(Capability.EDIT)
def commands(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    post = request.POST
    try:
        op, args = asked(desk)
        edited = drafts.edit(
            request.actor, desk.recipe, op, args, given.whole(post.get("rev", "")), post.get("key", "")
        )
    except Conflict as clash:
        return answers.conflict(desk, clash)
    except (Invalid, Gone) as trouble:
        return answers.refusal(desk, trouble)
    return answers.edited(Desk(request, workspace, edited.recipe), op, args, edited)


@require_POST
@room(Capability.EDIT)
def undo(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    return _turn(request, workspace, rid, drafts.undo)


@require_POST
@room(Capability.EDIT)
def redo(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    return _turn(request, workspace, rid, drafts.redo)


def _turn(request: HttpRequest, workspace: Workspace, rid: str, turn: Callable[..., Edited]) -> HttpResponse:
    desk = desk_for(request, workspace, rid)
    try:
        edited = turn(request.actor, desk.recipe)
    except ActionError as trouble:
        return answers.said(desk, trouble.message, trouble.status)
    fresh = desk_for(request, workspace, rid)
    fresh.recipe = edited.recipe
    return answers.changed(fresh, edited)


@room()
def pulse(request: HttpRequest, workspace: Workspace, rid: str) -> HttpResponse:
    """304 while nobody else changed anything since the revision the page has; else the parts that changed."""
    desk = desk_for(request, workspace, rid)
    seen = given.whole(request.headers.get("HX-PTag", "") or request.GET.get("rev", ""))
    edited = drafts.since(request.actor, desk.recipe, seen)
    if seen >= desk.rev or edited.equal:
        return HttpResponse(status=304)
    return answers.changed(desk, edited, editing=request.GET.get("editing", ""))


def asked(desk: Desk) -> tuple[str, dict[str, Any]]:
    """The edit's name and arguments. `move_up`, `move_down` and parts of conditions are put in the action's words."""
    post = desk.request.POST
    op = post.get("op", "")
    args: dict[str, Any] = {name: post[name] for name in PLAIN if name in post}
    args.update({name: given.loaded(post[name]) for name in ROWS if post.get(name)})
    if op == "paste_steps":
        args["steps"] = clipboard.steps_in(post.get("steps", ""))
    if op in SEVERAL:
        return op, {"steps": post.get("steps", "").split()}
    if op in ("move_up", "move_down"):
        return "move_step", {"step": args.get("step", ""), **beside(desk, args.get("step", ""), op)}
    if op == "move_step" and "to" in post:
        after, _sep, path = post["to"].partition("|")
        args.update(after=after, path=path)
    if op == "set_field" and "new" in post:
        return op, {**args, "at": [new_name(desk, args, post["new"])], "value": ""}
    if op == "set_condition":
        args.update(condition(desk, args))
    elif "json" in post:
        args["value"] = given.loaded(post["json"])
    elif "list" in post:
        args["value"] = [one for one in post.getlist("value") if one]
    elif "value" in post:
        args["value"] = post["value"].replace("\r\n", "\n")
    return op, args


def new_name(desk: Desk, args: dict[str, Any], typed: str) -> str:
    """“Due date” as pills can name it: `due_date`."""
    plain = unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
    if not name or name[0].isdigit():
        raise Invalid(_("Give the value a name that begins with a letter, such as “due date”."))
    if name in ((desk.step(str(args.get("step", ""))) or {}).get(str(args.get("field", ""))) or {}):
        raise Invalid(_("“%(name)s” is here already. Choose another name.") % {"name": typed.strip()})
    return name


def condition(desk: Desk, args: dict[str, Any]) -> dict[str, Any]:
    """A rule's part; what else has to change with it goes along."""
    post = desk.request.POST
    if "json" in post:
        return {"value": given.loaded(post["json"])}
    if "remove" in post:
        return {"value": None}
    part, value = post.get("part", ""), post.get("value", "").strip()
    body = held(desk, str(args.get("step", "")), args.get("rule") or [], post.get("where", ""))
    if part == "field" and body is not None:
        return {"value": rules.refitted(desk, body, value)}
    if part == "value" and "side" in post and body is not None:
        pair = [*body["value"], "", ""][:2] if isinstance(body["value"], list) else [body["value"], ""]
        pair[1 if post["side"] == "1" else 0] = value
        return {"part": "value", "value": pair}
    return {"part": part, "value": value} if part else {}


def held(desk: Desk, step_id: str, at: list[Any], where: str) -> dict[str, Any] | None:
    """The rule of a step or path at these positions."""
    group = rules.group_of(desk, step_id, where)
    body: Any = group.body if group else None
    for i in at:
        rows = body.get("rules") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not isinstance(i, int) or not 0 <= i < len(rows):
            return None
        body = rows[i]
    return body if isinstance(body, dict) and "field" in body else None


def beside(desk: Desk, step_id: str, op: str) -> dict[str, str]:
    """One place up or down among its neighbours; at an end it stays where it is."""
    if step_id not in desk.rows:
        raise Gone(_("This step is no longer in the recipe."), "step")
    parents, ids = desk.rows[step_id].parents, desk.siblings(step_id)
    at, path = ids.index(step_id), parents[-1] if parents else ""
    if (op == "move_up" and at == 0) or (op == "move_down" and at == len(ids) - 1):
        raise Invalid(_("It is first here already.") if op == "move_up" else _("It is last here already."))
    after = ids[at + 1] if op == "move_down" else ids[at - 2] if at > 1 else "" if path else TRIGGER
    return {"after": after, "path": path}
