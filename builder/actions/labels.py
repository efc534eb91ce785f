"""Edits in words, for "Undo: …" and the list of what changed."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from builder.actions import changes
from builder.models import DraftEdit
from connectors import catalogue

WORDS = {
    "add_step": gettext_lazy("add %(step)s"),
    "paste_steps": gettext_lazy("paste steps"),
    "delete_step": gettext_lazy("delete %(step)s"),
    "duplicate_step": gettext_lazy("duplicate %(step)s"),
    "move_step": gettext_lazy("move %(step)s"),
    "toggle_step": gettext_lazy("skip or use %(step)s"),
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
    "rename_recipe": gettext_lazy("rename the recipe"),
}
KINDS = {
    "only_if": gettext_lazy("Only if"),
    "paths": gettext_lazy("Choose a path"),
    "each": gettext_lazy("For each"),
    "wait": gettext_lazy("Wait"),
    "approval": gettext_lazy("Ask for approval"),
    "remember": gettext_lazy("Remember"),
    "call": gettext_lazy("Call a recipe"),
    "stop": gettext_lazy("Stop"),
}


def of(row: DraftEdit, tree: dict[str, Any]) -> str:
    step = _step(row, tree)
    names = {"step": title(step), "field": _field(step, str(row.args.get("field", "")))}
    return str(WORDS.get(row.op, "")) % names


def title(step: dict[str, Any] | None) -> str:
    """A step's own name, else what it does."""
    if not step:
        return _("a step")
    if step.get("name"):
        return str(step["name"])
    key = step.get("operation", "")
    found = catalogue.operation(key) or catalogue.trigger(key) if key else None
    return (
        found.label if found else str(KINDS.get(step.get("kind", ""), _("the trigger") if "kind" not in step else ""))
    )


def _step(row: DraftEdit, tree: dict[str, Any]) -> dict[str, Any] | None:
    """As it is, or as it was when the edit made or deleted it."""
    places = [*(row.after or {}).get("places", ()), *(row.before or {}).get("places", ())]
    bodies = [place["spot"]["body"] for place in places if place["spot"] and place.get("step")]
    return bodies[0] if bodies else changes.holder(tree, str(row.args.get("step", "")))


def _field(step: dict[str, Any] | None, name: str) -> str:
    key = (step or {}).get("operation", "")
    found = catalogue.operation(key) or catalogue.trigger(key) if key else None
    field = found.field(name) if found else None
    return field.label if field else name.replace("_", " ")
