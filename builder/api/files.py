from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from builder.actions import archive, bundle, bundle_in
from builder.actions.actor import Actor
from builder.actions.errors import Invalid
from builder.api import limits
from builder.api.doors import Room, door, the
from builder.api.shape import Shape, given, one_of, text
from builder.models import Capability as C
from builder.models import Folder

PATH = "recipes/billing/won-deal-to-draft-invoice.yaml"
HEAD = "format: 1\nkind: recette.workspace\nfolders:\n- Billing\n"


class FilesAsked(Shape):
    folder = given("Id of a folder: only its recipes.", 24)


class FilesShape(Shape):
    example = {"files": {"recette.yaml": HEAD, PATH: "format: 1\nkind: recette.recipe\nname: Won deal…\n"}}

    files = serializers.DictField(child=serializers.CharField(), help_text="The YAML text of each, by path.")


class FilesBrought(Shape):
    example = {
        "files": {"recette.yaml": HEAD},
        "choices": {PATH: "replace"},
        "accounts": {"ghl:Lumen": "k7mq2xw9ehtd"},
        "preview": True,
    }

    files = serializers.DictField(child=serializers.CharField(), help_text="As `GET /files` gave them.")
    choices = serializers.DictField(
        child=serializers.CharField(),
        default=dict,
        help_text="By path: add, skip, replace (the draft of the recipe of that name) or copy. Left out: what is new "
        "is added, what is there is left alone.",
    )
    accounts = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        default=dict,
        help_text="By `app:name` of an account in the files, the id of a connection here.",
    )
    preview = serializers.BooleanField(default=False, help_text="Only tell; change nothing.")


class FileShape(Shape):
    example = {"path": PATH, "name": "Won deal to draft invoice", "status": "different"}

    path = text()
    name = text()
    status = one_of([bundle_in.NEW, bundle_in.SAME, bundle_in.DIFFERENT])


class BroughtShape(Shape):
    example = {"recipes": 1, "templates": 0, "files": [FileShape.example], "problems": []}

    recipes = serializers.IntegerField(help_text="Made or replaced.")
    templates = serializers.IntegerField()
    files = FileShape(many=True)
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Of a preview; else they are the sentences of a 422."
    )


class Files(Room):
    @door(C.EDIT, "Export as files", gives=FilesShape, asks=FilesAsked, cost=limits.DEAR)
    def export(self, by: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
        """The workspace, or a folder of it, as readable YAML: the same texts as long as nothing changes. Without
        secrets; where alerts go is told to tokens with the scope `members`."""
        folder = the(Folder.objects, public_id=given["folder"]) if given["folder"] else None
        return {"files": archive.opened(bundle.export(by, folder))}

    @door(C.PUBLISH, "Import files", takes=FilesBrought, gives=BroughtShape, cost=limits.DEAR)
    def bring(self, by: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
        """All of it or nothing. Recipes come as drafts, and what was live in the files paused."""
        data = bundle.packed(given["files"])
        if given["preview"]:
            found = bundle_in.look(by, archive.opened(data), given["accounts"])
            return {"recipes": 0, "templates": 0, "files": _told(found), "problems": found.problems}
        brought = bundle_in.bring(by, data)
        found = bundle_in.look(by, brought.files, given["accounts"])
        try:
            recipes, templates = bundle_in.carry_out(by, brought, given["choices"], given["accounts"])
        except Invalid:
            brought.delete()
            raise
        return {"recipes": recipes, "templates": templates, "files": _told(found), "problems": []}


def _told(found: bundle_in.Look) -> list[bundle_in.Item]:
    return [*found.recipes, *found.templates]
