"""What the page gets back after an edit: the parts that changed, or where the edit stands against another one."""

import json
import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy as several

from builder.actions.drafts import Edited
from builder.actions.errors import ActionError, Conflict
from builder.web.editor import cards, fields, given, kinds, pages, panel, rules
from builder.web.editor.desk import Desk

COMING = frozenset(("add_step", "add_error_path"))
"""Edits whose new step is opened."""
GOING = frozenset(("delete_step", "delete_steps"))
ADDED = several("%(n)d step added.", "%(n)d steps added.", "n")
DELETED = several("%(n)d step deleted.", "%(n)d steps deleted.", "n")
SKIPPED = several("%(n)d step is skipped: runs pass it by.", "%(n)d steps are skipped: runs pass them by.", "n")
USED = several("%(n)d step is used again.", "%(n)d steps are used again.", "n")
PATH_OPS = frozenset(("add_path", "delete_path", "move_path"))


def edited(desk: Desk, op: str, args: dict[str, Any], done: Edited) -> HttpResponse:
    """After an edit of one's own."""
    if not desk.request.htmx:
        return _back(desk, done, op)
    if done.equal:
        return _with_rev(HttpResponse(status=204), desk)
    within = _within(desk, op, args, done)  # first: it says which card is open now
    context = {**_parts(desk, done), **within}
    return _sent(desk, context, _said(desk, op, args, done), _deleted(args) if op in GOING else "")


def changed(desk: Desk, done: Edited, editing: str = "") -> HttpResponse:
    """After undo and redo, and when somebody else edited: everything that may look different now. `editing` is the
    control under the person's hands, which stays as it is."""
    if not desk.request.htmx:
        return HttpResponseRedirect(desk.request.META.get("HTTP_REFERER") or desk.page_url)
    context = _parts(desk, done)
    if desk.open and (desk.open in done.changed or done.structural):
        shown = panel.panel_for(desk, desk.open, desk.tab)
        if editing and shown.tab == "fields":
            context["slots"] = [s for s in [*shown.slots, *shown.more] if not editing.startswith(s.id)]
        elif not editing:
            context["panel"] = shown
    elif not desk.open and _was_open(desk):
        context["gone"] = True
    response = _sent(desk, context, {})
    response["HX-PTag"] = str(desk.rev)
    return response


def conflict(desk: Desk, clash: Conflict) -> HttpResponse:
    """409 with both values, beside the control when it is one; the flow as it is now when the step is gone."""
    post = desk.request.POST
    if not desk.request.htmx:
        messages.warning(desk.request, f"{clash.message} {_kept(clash)}", extra_tags="arrows-diff")
        return HttpResponseRedirect(desk.page_url)
    step = desk.step(post.get("step", "")) or desk.owner(post.get("step", ""))
    slot = _slot(desk, step, post) if step and post.get("op") == "set_field" else None
    again = {name: value for name, value in post.items() if name not in ("rev", "key", "csrfmiddlewaretoken")}
    context = {
        "desk": desk, "clash": clash, "slot": slot, "again": again, "key": secrets.token_urlsafe(12),
        "mine": _words(clash.mine), "theirs": _words(clash.theirs), "flow": None if step else cards.flow(desk),
        "kept": _kept(clash),
    }  # fmt: skip
    return render(desk.request, "editor/conflict.html", context, status=409)


def refusal(desk: Desk, trouble: ActionError) -> HttpResponse:
    """422 beside the control it is about, else as a message."""
    post = desk.request.POST
    step = desk.step(post.get("step", ""))
    slot = _slot(desk, step, post) if step else None
    if not desk.request.htmx or not slot or post.get("op") != "set_field":
        return said(desk, trouble.message, trouble.status)
    context = {"desk": desk, "slot": slot, "refused": trouble.message}
    return render(desk.request, "editor/refused.html", context, status=trouble.status)


def said(desk: Desk, text: str, status: int = 200) -> HttpResponse:
    """A message and nothing else."""
    if desk.request.htmx:
        return render(desk.request, "editor/said.html", {"text": text}, status=status)
    messages.warning(desk.request, text, extra_tags="alert-triangle")
    return HttpResponseRedirect(desk.request.META.get("HTTP_REFERER") or desk.page_url)


def _parts(desk: Desk, done: Edited) -> dict[str, Any]:
    """The column of cards or the cards in question, and the bar."""
    context = {"desk": desk, "bar": pages.bar(desk)}
    steps = [step for step_id in sorted(done.changed) if (step := desk.step(step_id))]
    if done.structural or any("paths" in step for step in steps):  # names of paths stand between the cards
        return {**context, "flow": cards.flow(desk)}
    return {**context, "cards": [cards.card(desk, step) for step in steps]}


def _within(desk: Desk, op: str, args: dict[str, Any], done: Edited) -> dict[str, Any]:
    """What changes inside the panel."""
    if op in COMING and done.focus:
        desk.open = done.focus
        step = desk.step_or_404(done.focus)
        return {"panel": panel.panel_for(desk, done.focus, aim=fields.first_empty(desk, step)), "opened": True}
    if op == "toggle_steps" and desk.open in args["steps"]:
        return {"panel": panel.panel_for(desk, desk.open, desk.tab)}
    step = _about(desk, op, args)
    if not desk.open:
        return {"gone": True} if _was_open(desk) else {}
    if step is None or step["id"] != desk.open:
        return {"heading": panel.panel_for(desk, desk.open, desk.tab)} if done.structural else {}
    if op == "set_field":
        return _field(desk, step, args)
    if op in ("add_line", "remove_line"):
        return _lines(desk, step, op, args)
    if op == "set_condition":
        return _condition(desk)
    if op == "rename_step" and args["step"] != desk.open:  # who types a path's name goes on in the panel as it is
        shown = panel.panel_for(desk, desk.open, desk.tab)
        return {"heading": shown, "judged": shown}
    if op in PATH_OPS:
        return {"panel": panel.panel_for(desk, desk.open, desk.tab, aim=_path_aim(desk, step, op, args))}
    aim = fields.first_empty(desk, step) if op == "set_operation" else ""
    return {"panel": panel.panel_for(desk, desk.open, "" if aim else desk.tab, aim=aim)}


def _about(desk: Desk, op: str, args: dict[str, Any]) -> dict[str, Any] | None:
    """The step that was edited, in itself or in one of its paths; a deleted path was one of the open step's."""
    of = str(args.get("path" if op in PATH_OPS and op != "add_path" else "step", ""))
    return desk.step(of) or desk.owner(of) or (desk.step(desk.open) if op == "delete_path" and desk.open else None)


def _path_aim(desk: Desk, step: dict[str, Any], op: str, args: dict[str, Any]) -> str:
    """The name of a new or moved path; after a deletion the button that adds one."""
    if op == "delete_path":
        return "add-path"
    path = step["paths"][-1]["id"] if op == "add_path" else args.get("path" if op == "move_path" else "", "")
    return f"path-{path}-name" if path else ""


def _field(desk: Desk, step: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    name, at = str(args["field"]), tuple(args.get("at") or ())
    found = fields.find(desk, step, name, at)
    if name == kinds.NAMED.get(step.get("kind", "")) and {"new", "json"} & desk.request.POST.keys():
        return {"panel": panel.panel_for(desk, desk.open, desk.tab, aim=found.id if found else "new-value")}
    if name in kinds.SHAPING and step.get("kind") not in (None, "action"):
        return {"panel": panel.panel_for(desk, desk.open, desk.tab, aim=found.id if found else "")}
    if "json" in desk.request.POST:
        return {"slots": [fields.find(desk, step, name)]}
    context: dict[str, Any] = {"notes": [found] if found else [], "heading": panel.panel_for(desk, desk.open, desk.tab)}
    if at:
        context["totals"] = [fields.find(desk, step, name)]
    context["slots"] = fields.dependents(desk, step, name, at)
    return context


def _lines(desk: Desk, step: dict[str, Any], op: str, args: dict[str, Any]) -> dict[str, Any]:
    """The person goes on in the new line; after a removal, in the one that took its place."""
    found = fields.find(desk, step, str(args["field"]))
    if found is None:
        return {}
    last = len(found.lines) - 1
    at = last if op == "add_line" else min(given.whole(str(args["index"])), last)
    return {"slots": [found], "aim": found.lines[at].main[0].id if found.lines else found.id}


def _condition(desk: Desk) -> dict[str, Any]:
    """While a value is typed only its remarks change; else the whole builder is drawn again."""
    shown, post = panel.panel_for(desk, desk.open, desk.tab), desk.request.POST
    group = rules.group_of(desk, post.get("step", ""), post.get("where", ""))
    context: dict[str, Any] = {"heading": shown, "judged": shown if not post.get("where") else None}
    if group and post.get("part") == "value":
        return {**context, "rule": rules.Rule(desk, group.place, _rule_body(group, post), _rule_at(post))}
    return {**context, "conditions": group, "aim": post.get("aim", ""), "swap": _swap(desk)}


def _swap(desk: Desk) -> str:
    """Who goes through the comparisons with arrow keys or first letters stays in that list, as it was."""
    return "outerMorph" if desk.request.POST.get("part") == "op" else "outerHTML"


def _rule_at(post: Any) -> tuple[int, ...]:
    return tuple(given.loaded(post.get("rule") or "[]"))


def _rule_body(group: rules.Group, post: Any) -> dict[str, Any]:
    body = group.body
    for i in _rule_at(post):
        body = body["rules"][i]
    return dict(body)


def _said(desk: Desk, op: str, args: dict[str, Any], done: Edited) -> dict[str, Any]:
    """Events for scripts: what screen readers hear, where the focus goes."""
    events: dict[str, Any] = {}
    step = desk.step(done.focus or str(args.get("step", "")))
    words = {"number": desk.number(step["id"]), "title": desk.title(step), "of": len(desk.rows) + 1} if step else {}
    if op in COMING and words:
        events |= {"dialog:close": True, "say": _("Step %(number)s, %(title)s, added.") % words}
    elif op == "move_step" and words:
        events |= {"say": _("%(title)s moved. %(number)s of %(of)d.") % words, "flow:focus": args.get("step")}
        events["dialog:close"] = True
    elif op in GOING:
        events |= {"say": _deleted(args), "flow:focus": _neighbour(desk, args)}
    elif op == "toggle_steps":
        skipped = all(step["skip"] for each in args["steps"] if (step := desk.step(each)))
        events["say"] = str((SKIPPED if skipped else USED) % {"n": len(args["steps"])})
    elif op == "set_operation":
        events["dialog:close"] = True
    elif op in ("duplicate_steps", "paste_steps") and done.focus and len(args["steps"]) > 1:
        at = (ids := desk.siblings(done.focus)).index(done.focus)
        came = ids[at : at + len(args["steps"])]
        events |= {"flow:choose": " ".join(came), "flow:focus": done.focus, "say": str(ADDED % {"n": len(came)})}
    elif op in ("duplicate_step", "duplicate_steps", "paste_steps") and done.focus:
        events |= {"say": _("Step %(number)s, %(title)s, added.") % words, "flow:focus": done.focus}
    return events


def _deleted(args: dict[str, Any]) -> str:
    count = len(args["steps"]) if "steps" in args else 1
    return str(DELETED % {"n": count}) if count > 1 else _("Step deleted.")


def _neighbour(desk: Desk, args: dict[str, Any]) -> str:
    """The step that comes after the deleted one, else the last."""
    at = int(desk.request.POST.get("number", "0") or 0)
    ids = ["trigger", *desk.rows]
    return ids[min(max(at - 1, 0), len(ids) - 1)]


def _sent(desk: Desk, context: dict[str, Any], events: dict[str, Any], deleted: str = "") -> HttpResponse:
    if deleted:
        context["toast"], context["undo_url"] = deleted, desk.url("recipe-undo")
    response = render(desk.request, "editor/answer.html", context)
    if context.get("opened"):
        response["HX-Push-Url"] = f"{desk.page_url}?step={desk.open}"
    if context.get("gone"):
        response["HX-Push-Url"] = desk.page_url
    return _with_rev(response, desk, events)


def _with_rev(response: HttpResponse, desk: Desk, events: dict[str, Any] | None = None) -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"draft:rev": desk.rev, **(events or {})})
    return response


def _was_open(desk: Desk) -> bool:
    return "step=" in (desk.request.htmx.current_url or "")


def _slot(desk: Desk, step: dict[str, Any], post: Any) -> fields.Slot | None:
    try:
        at = tuple(json.loads(post.get("at") or "[]"))
    except ValueError:
        return None
    return fields.find(desk, step, post.get("field", ""), at)


def _kept(clash: Conflict) -> str:
    return _("Your text: %(mine)s") % {"mine": clash.mine} if isinstance(clash.mine, str) and clash.mine else ""


def _words(value: Any) -> str:
    if value in (None, "", [], {}):
        return _("empty")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _back(desk: Desk, done: Edited, op: str) -> HttpResponse:
    """Without script: the page again, where one was."""
    referer = desk.request.META.get("HTTP_REFERER", "")
    if op in COMING and done.focus:
        return HttpResponseRedirect(f"{desk.page_url}?step={done.focus}")
    if op == "set_operation":
        return HttpResponseRedirect(f"{desk.page_url}?step={desk.request.POST.get('step', '')}")
    here = desk.page_url in referer and op not in GOING
    return HttpResponseRedirect(referer if here else desk.page_url)
