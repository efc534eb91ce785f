"""Edits in words, for "Undo: …" and the list of what changed."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from builder.actions import changes, inputs
from builder.models import DraftEdit
from builder.recipe import summary

WORDS = {
    "add_step": gettext_lazy("add %(step)s"),
    "paste_steps": gettext_lazy("paste %(steps)s"),
    "delete_step": gettext_lazy("delete %(step)s"),
    "delete_steps": gettext_lazy("delete %(steps)s"),
    "duplicate_step": gettext_lazy("duplicate %(step)s"),
    "duplicate_steps": gettext_lazy("duplicate %(steps)s"),
    "move_step": gettext_lazy("move %(step)s"),
    "toggle_step": gettext_lazy("skip or use %(step)s"),
    "toggle_steps": gettext_lazy("skip or use %(steps)s"),
    "rename_step": gettext_lazy("rename %(step)s"),
    "set_note": gettext_lazy("note on %(step)s"),
    "set_operation": gettext_lazy("choose what %(step)s does"),
    "set_connection": gettext_lazy("choose the account of %(step)s"),
    "set_field": gettext_lazy("fill in %(field)s"),
    "add_line": gettext_lazy("add a line to %(field)s"),
    "remove_line": gettext_lazy("remove a line of %(field)s"),
    "set_condition": gettext_lazy("change the conditions"),
    "set_policy": gettext_lazy("change the options of %(step)s"),
    "add_path": gettext_lazy("add a path"),
    "delete_path": gettext_lazy("delete a path"),
    "move_path": gettext_lazy("move a path"),
    "bring": gettext_lazy("replace the draft by a file’s"),
    "take_over": gettext_lazy("take over the newer template"),
    "rename_recipe": gettext_lazy("rename the recipe"),
}


def of(row: DraftEdit, tree: dict[str, Any]) -> str:
    step = _step(row, tree)
    names = {
        "step": f"“{summary.title(step, inputs.known)}”" if step else _("a step"),
        "steps": how_many(len(row.args.get("steps", ()))),
        "field": _field(step, str(row.args.get("field", ""))),
    }
    return str(WORDS.get(row.op, "")) % names


def how_many(steps: int) -> str:
    return ngettext("%(n)d step", "%(n)d steps", steps) % {"n": steps}


def _step(row: DraftEdit, tree: dict[str, Any]) -> dict[str, Any] | None:
    """As it is, or as it was when the edit made or deleted it."""
    places = [*(row.after or {}).get("places", ()), *(row.before or {}).get("places", ())]
    bodies = [place["spot"]["body"] for place in places if place["spot"] and place.get("step")]
    return bodies[0] if bodies else changes.holder(tree, str(row.args.get("step", "")))


def _field(step: dict[str, Any] | None, name: str) -> str:
    found = inputs.known((step or {}).get("operation", ""))
    field = found.field(name) if found else None
    return f"“{field.label if field else name.replace('_', ' ')}”"
