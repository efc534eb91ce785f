from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework import serializers

from builder.actions import guarding, handing, portable, publishing, recipes, runs
from builder.actions.actor import Actor
from builder.api import limits, problems
from builder.api.doors import Room, door, the
from builder.api.folders import FolderShape
from builder.api.shape import (
    AT,
    ID,
    Found,
    Shape,
    given,
    moment,
    name_of,
    one_of,
    text,
    words,
)
from builder.models import Brake, Folder, Recipe, RecipeState, Run, RunStatus
from builder.models import Capability as C

TREE = {
    "format": 1,
    "trigger": {"id": "trigger", "operation": "ghl.opportunity.won", "connection": ID, "inputs": {}},
    "steps": [
        {
            "id": "s8f2ca",
            "kind": "action",
            "operation": "invoice_ninja.clients.find_or_create",
            "connection": ID,
            "inputs": {"name": "{{ trigger.contact.name }}", "email": "{{ trigger.contact.email }}"},
        }
    ],
}


def maybe(kind: type[serializers.Field[Any, Any, Any, Any]], help: str, **more: Any) -> Any:
    """A limit; left out or null there is none."""
    return kind(help_text=help, required=False, allow_null=True, default=None, **more)


class RecipeRow(Shape):
    example = {
        "id": ID,
        "name": "Won deal to draft invoice",
        "folder": FolderShape.example,
        "state": "live",
        "paused_because": "",
        "paused_by": "",
        "never_pause": False,
        "live_version": 2,
        "live_trigger": "ghl.opportunity.won",
        "draft_rev": 14,
        "draft_at": AT,
        "on_hold": 0,
        "template": "won-deal-to-draft-invoice",
        "created_at": AT,
        "created_by": "Olive Owner",
    }

    id = text(source="public_id")
    name = text()
    folder = FolderShape(allow_null=True)
    state = one_of(RecipeState.values)
    paused_because = text()
    paused_by = one_of(["", *Brake.values], "What Recette paused it for by itself; empty: a person did, or it isn't.")
    never_pause = serializers.BooleanField(help_text="Recette doesn't pause it by itself.")
    live_version = serializers.IntegerField(allow_null=True, help_text="Number of the version that runs.")
    live_trigger = text("Key of what starts it.")
    draft_rev = serializers.IntegerField(help_text="Grows with every edit of the draft.")
    draft_at = moment("When the draft was last edited.")
    on_hold = serializers.IntegerField(help_text="Runs that wait for a person.")
    template = text("Key of the template it was started from.")
    created_at = moment()
    created_by = name_of()


class RecipeShape(RecipeRow):
    example = {**RecipeRow.example, "address": ""}

    address = text(
        "Where other apps call a recipe that starts from an incoming webhook; whoever knows it may call. Empty for "
        "other recipes, and for tokens without the scope `edit`."
    )


class RecipesAsked(Found):
    state = one_of(RecipeState.values, required=False)
    folder = given("Id of a folder.", 24)


class RecipeNew(Shape):
    example = {"name": "Won deal to draft invoice"}

    name = given("Left out: “New recipe”.", 120)
    folder = given("Id of a folder.", 24)


class RecipeChange(Shape):
    example = {"name": "Won deal to invoice"}

    name = text(max_length=120, required=False)
    folder = serializers.CharField(
        max_length=24, required=False, allow_null=True, help_text="Id of a folder; null takes it out."
    )


class Resumed(Shape):
    example = {"kept": "run"}

    kept = one_of(["run", "leave"], "What becomes of the events that came while it was paused.", required=False)


class Pausing(Shape):
    example = {"never": True}

    never = serializers.BooleanField()


class Guards(Shape):
    example = {"first": None, "writes": 100, "customers": None, "money_run": None, "money_day": "5000.50"}

    first = maybe(serializers.IntegerField, "The next so many runs that write wait for a look; each look lowers it.")
    writes = maybe(serializers.IntegerField, "Of an hour, at most.")
    customers = maybe(serializers.IntegerField, "Of an hour, at most, by the client or contact that a step names.")
    money_run = maybe(serializers.CharField, "Of one run, at most, before tax.", max_length=20)
    money_day = maybe(serializers.CharField, "Of all its runs of a day, at most, before tax.", max_length=20)


class Period(Shape):
    example = {"since": AT, "until": "2026-11-13T09:30:00Z", "preview": True}

    since = moment("Received at or after this time.")
    until = moment("Received before this time.")
    only_missing = serializers.BooleanField(default=True, help_text="Only events without a run of the recipe.")
    preview = serializers.BooleanField(default=False, help_text="Count only, and run nothing.")


class Replayed(Shape):
    example = {"runs": 12}

    runs = serializers.IntegerField(help_text="Runs that begin, or would.")


class RecipeFile(Shape):
    example = {
        "format": 1,
        "kind": "recette.recipe",
        "name": "Won deal to draft invoice",
        "apps": ["ghl", "invoice_ninja"],
        "recipe": {**TREE, "trigger": {**TREE["trigger"], "connection": ""}},  # type: ignore[dict-item]
    }

    format = serializers.IntegerField()
    kind = text()
    name = given("", 120)
    apps = words("Connectors it needs a connection of.", required=False)
    recipe = serializers.DictField(help_text="The tree: trigger and steps.")


class DraftProblem(Shape):
    example = {
        "step": "s8f2ca",
        "field": "connection",
        "code": "no_connection",
        "message": "2 Find or create a client: no account is chosen. Choose or add a connection.",
    }

    step = text("Id of the step; empty when it is about the whole recipe.")
    field = text()
    code = text()
    message = text()


class Problems(Shape):
    example = {"ready": False, "problems": [DraftProblem.example]}

    ready = serializers.BooleanField(help_text="Whether it can be published.")
    problems = DraftProblem(many=True)


class Owner(Shape):
    example = {"to": "camille@example.com"}

    to = text("E-mail address of a member who may change recipes.", max_length=254)


class Recipes(Room):
    @door(C.VIEW, "List recipes", gives=RecipeRow, asks=RecipesAsked, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> QuerySet[Recipe]:
        rows = shown().filter(deleted_at=None, name__icontains=given["q"])
        if given["folder"]:
            rows = rows.filter(folder__public_id=given["folder"])
        return rows.filter(state=given["state"]) if "state" in given else rows

    @door(C.EDIT, "Start an empty recipe", takes=RecipeNew, gives=RecipeShape, status=201)
    def create(self, by: Actor, given: Mapping[str, Any]) -> Recipe:
        """From a template: see Templates. From a file: see import."""
        return whole(by, recipes.create(by, given["name"], folder(given["folder"])))

    @door(C.VIEW, "Show a recipe", gives=RecipeShape)
    def show(self, by: Actor, id: str) -> Recipe:
        return whole(by, one(id))

    @door(C.EDIT, "Rename or file a recipe", takes=RecipeChange, gives=RecipeShape)
    def change(self, by: Actor, given: Mapping[str, Any], id: str) -> Recipe:
        recipe, to = one(id), folder(given.get("folder"))
        if "folder" in given:
            recipes.move_to_folder(by, recipe, to)
        if "name" in given:
            recipes.rename(by, recipe, given["name"])
        return whole(by, recipe)

    @door(C.PUBLISH, "Delete a recipe", gives=RecipeShape)
    def remove(self, by: Actor, id: str) -> Recipe:
        """Nothing runs any more; its runs stay readable. `restore` brings it back."""
        return whole(by, publishing.delete(by, one(id)))

    @door(C.PUBLISH, "Bring a deleted recipe back", gives=RecipeShape)
    def restore(self, by: Actor, id: str) -> Recipe:
        """As it was, when that was a moment ago; later a live recipe comes back paused."""
        return whole(by, publishing.restore(by, the(Recipe.objects, public_id=id)))

    @door(C.EDIT, "Copy a recipe", gives=RecipeShape, status=201)
    def duplicate(self, by: Actor, id: str) -> Recipe:
        """A draft of its own, with the same connections and guards."""
        return whole(by, recipes.duplicate(by, one(id)))

    @door(C.VIEW, "Export a recipe", gives=RecipeFile, cost=limits.DEAR)
    def export(self, by: Actor, id: str) -> dict[str, Any]:
        """Without connections, addresses and secrets, to be imported elsewhere. The export is in the audit log."""
        return portable.export(by, one(id))

    @door(C.EDIT, "Import a recipe", takes=RecipeFile, gives=RecipeShape, status=201)
    def import_(self, by: Actor, given: Mapping[str, Any]) -> Recipe:
        """A new draft. Where a service has just one connection it is chosen, else the place stays empty."""
        return whole(by, portable.import_(by, dict(given)))

    @door(C.VIEW, "Validate a draft", gives=Problems)
    def problems(self, by: Actor, id: str) -> dict[str, Any]:
        """What keeps it from being published, in reading order."""
        found = [problems.told(each) for each in publishing.problems(one(id))]
        return {"ready": not found, "problems": found}

    @door(C.PUBLISH, "Pause a recipe", gives=RecipeShape)
    def pause(self, by: Actor, id: str) -> Recipe:
        """What happens meanwhile is kept, and nothing runs."""
        return whole(by, publishing.pause(by, one(id)))

    @door(C.PUBLISH, "Resume a recipe", takes=Resumed, gives=RecipeShape, fails=("unready",))
    def resume(self, by: Actor, given: Mapping[str, Any], id: str) -> Recipe:
        """With an answer for the events that were kept meanwhile: run them all, or leave them."""
        return whole(by, publishing.resume(by, one(id), given.get("kept", "")))

    @door(C.PUBLISH, "Allow or forbid pausing", takes=Pausing, gives=RecipeShape)
    def pausing(self, by: Actor, given: Mapping[str, Any], id: str) -> Recipe:
        """Whether Recette may pause the recipe by itself when it fails, loops or is flooded."""
        return whole(by, publishing.set_pausing(by, one(id), given["never"]))

    @door(C.PUBLISH, "Give a recipe another owner", takes=Owner, gives=RecipeShape)
    def owner(self, by: Actor, given: Mapping[str, Any], id: str) -> Recipe:
        """Who is told when something is wrong with it. It goes on running."""
        recipe = one(id)
        return whole(by, handing.hand_over(by, recipe, handing.heir_at(by.workspace.pk, given["to"])))

    @door(C.PUBLISH, "Set a recipe's guards", takes=Guards, gives=Guards)
    def guards(self, by: Actor, given: Mapping[str, Any], id: str) -> dict[str, Any]:
        """All of them at once: past a limit its runs wait for a person before they write. What is left out or null is
        no limit. The answer is what holds from now on."""
        found = guarding.change(by, one(id), {name: value for name, value in given.items() if value is not None})
        return {**dict.fromkeys(guarding.NAMES), **(found.guards or {})}

    @door(C.RUN, "Run a period again", takes=Period, gives=Replayed, cost=limits.DEAR)
    def replay(self, by: Actor, given: Mapping[str, Any], id: str) -> dict[str, int]:
        """Events between two moments that the recipe ran for or kept, with the live version. First with `preview`."""
        when = given["since"], given["until"]
        return {"runs": runs.replay_period(by, one(id), *when, given["only_missing"], given["preview"])}


def shown() -> QuerySet[Recipe]:
    held = Run.objects.filter(recipe=OuterRef("pk"), status=RunStatus.HELD).order_by().values("recipe")
    count = Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0)
    rows = Recipe.objects.select_related("folder", "created_by").defer("draft")
    return rows.annotate(live_version=F("live__number"), on_hold=count)


def one(id: str) -> Recipe:
    return the(Recipe.objects, public_id=id, deleted_at=None)


def whole(by: Actor, recipe: Recipe) -> Any:
    """As it is now, with what a Recipe shows."""
    row = the(shown(), pk=recipe.pk)
    row.address = publishing.own_address(by, recipe)
    return row


def folder(id: str | None) -> Folder | None:
    return the(Folder.objects, public_id=id) if id else None
