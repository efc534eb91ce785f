import secrets
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from builder.actions import drafts, edits
from builder.actions.actor import Actor
from builder.actions.drafts import Edited
from builder.api.doors import Room, door
from builder.api.recipes import TREE, one
from builder.api.shape import AT, Plain, Shape, given, moment, one_of, text
from builder.models import Capability as C

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The edit's key, in the place of `key` in the body."
)


class DraftShape(Shape):
    example = {"name": "Won deal to draft invoice", "rev": 14, "at": AT, "undo": "", "redo": "", "tree": TREE}

    name = text("The recipe's, which is edited with the draft.", source="recipe.name")
    rev = serializers.IntegerField(help_text="To be sent with the next edit.", source="recipe.draft_rev")
    at = moment("When it was last edited.", source="recipe.draft_at")
    undo = text("What *undo* would take back, in words; empty: nothing of yours.", source="history.undo")
    redo = text(source="history.redo")
    tree = Plain(help_text="Trigger and steps, format 1.", source="recipe.draft")


class EditShape(Shape):
    example = {
        "op": "set_field",
        "args": {"step": "s8f2ca", "field": "email", "value": "{{ trigger.contact.email }}"},
        "rev": 14,
        "key": "import-2026-11-12-0001",
    }

    op = one_of(edits.OPS)
    args = serializers.DictField(default=dict, help_text="What the edit is about: see the list above.")
    rev = serializers.IntegerField(min_value=0, help_text="Of the draft as you saw it.")
    key = given(
        "Your own name for this edit: sent twice, done once. At most 40 characters. Left out: done each time "
        "it is sent.",
        40,
    )


class EditedShape(Shape):
    example = {
        "rev": 15,
        "changed": ["s8f2ca"],
        "structural": False,
        "merged": False,
        "focus": "",
        "equal": False,
        "tree": TREE,
    }

    rev = serializers.IntegerField()
    changed = serializers.SerializerMethodField(
        help_text="Ids of steps that differ from your revision, other people's changes among them."
    )
    structural = serializers.BooleanField(help_text="Steps came, went or moved.")
    merged = serializers.BooleanField(help_text="Somebody else's edit went in between.")
    focus = text("Id of the step that came into being.")
    equal = serializers.BooleanField(help_text="The value was there already.")
    tree = Plain(source="recipe.draft")

    def get_changed(self, edited: Edited) -> list[str]:
        return sorted(edited.changed)


class Drafts(Room):
    @door(C.VIEW, "Show a draft", gives=DraftShape)
    def show(self, by: Actor, id: str) -> dict[str, Any]:
        return {"recipe": (recipe := one(id)), "history": drafts.history(by, recipe)}

    @door(C.EDIT, "Edit a draft", takes=EditShape, gives=EditedShape, fails=("conflict", "gone"), more=(KEY,))
    def edit(self, by: Actor, given: Mapping[str, Any], id: str) -> Edited:
        """One change, named by `op`, with its `args`. The trigger is the step `trigger`; what is in brackets may be
        left out. An older `rev` is merged when nobody else changed the same value since; else 409 has both values.

        - `add_step`: kind, after (a step or `trigger`) or path, [operation, connection, inputs, and a control step's
          own parts]
        - `paste_steps`: steps, after or path
        - `delete_step`, `duplicate_step`: step
        - `delete_steps`, `duplicate_steps`: steps, a list of their ids
        - `move_step`: step, after or path
        - `toggle_step`: step, [skip]; `toggle_steps`: steps, [skip]
        - `rename_step`: step or path, name
        - `set_note`: step, note
        - `set_operation`: step, operation
        - `set_connection`: step, connection
        - `set_field`: step, field, value, [at: where inside it, `0.cost`]
        - `add_line`: step, field, [line]
        - `remove_line`: step, field, index
        - `set_condition`: step or path, conditions; or rule, [part], value; or [rule], match; [where: `only_if` for the
          condition of a step's own]
        - `set_policy`: step, option, value
        - `add_path`: step, [name]
        - `delete_path`: path
        - `move_path`: path, index
        - `rename_recipe`: name
        """
        key = given["key"] or self.request.headers.get("Idempotency-Key", "") or f"api-{secrets.token_hex(16)}"
        return drafts.edit(by, one(id), given["op"], given["args"], given["rev"], key)

    @door(C.EDIT, "Undo", gives=EditedShape, fails=("conflict", "gone"))
    def undo(self, by: Actor, id: str) -> Edited:
        """Takes back the newest edit of the token's member."""
        return drafts.undo(by, one(id))

    @door(C.EDIT, "Redo", gives=EditedShape, fails=("conflict", "gone"))
    def redo(self, by: Actor, id: str) -> Edited:
        return drafts.redo(by, one(id))
