from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from builder.actions import gallery, team_templates, template_file, template_saving, template_updates, yaml_file
from builder.actions import template_values as values
from builder.actions.actor import Actor
from builder.actions.gallery import Template
from builder.api.doors import Room, door
from builder.api.recipes import RecipeShape, one, whole
from builder.api.shape import Found, Shape, given, number, one_of, text, words
from builder.models import Capability as C
from builder.models import Recipe


class TemplateRow(Shape):
    example = {
        "key": "won-deal-to-draft-invoice",
        "title": "Won deal to draft invoice",
        "summary": "A won opportunity becomes a client and a draft invoice.",
        "sentence": ["When an opportunity is won", "find or create the client", "create a draft invoice"],
        "apps": ["ghl", "invoice_ninja"],
    }

    key = text()
    title = text()
    summary = text()
    sentence = words("How it reads, in lines.")
    apps = words("Connectors it needs a connection of.")


class QuestionShape(Shape):
    key = text("Name of its answer.")
    label = text()
    help = text()
    type = text("text, money, integer, boolean or choice.")
    source = text("Live list to choose from: `ghl.pipelines`.")
    depends = words("Questions that the live list depends on.")
    choices = serializers.SerializerMethodField()
    required = serializers.BooleanField()
    default = text()
    example = text()

    def get_choices(self, question: Any) -> list[dict[str, str]]:
        return [{"value": value, "label": label} for value, label in question.choices]


class TemplateShape(TemplateRow):
    example = {
        **TemplateRow.example,
        "questions": [
            {
                "key": "pipeline",
                "label": "Which pipeline?",
                "help": "",
                "type": "text",
                "source": "ghl.pipelines",
                "depends": [],
                "choices": [],
                "required": False,
                "default": "",
                "example": "Sales",
            }
        ],
    }

    questions = QuestionShape(many=True)


class Start(Shape):
    example = {"answers": {"pipeline": "pipe_1", "connection_ghl": "k7mq2xw9ehtd"}}

    answers = serializers.DictField(
        default=dict,
        help_text="By question; `connection_<connector>` chooses a connection where there are several.",
    )
    name = given("Left out: the template's title.", 120)


class TemplateFile(Shape):
    example = {"yaml": "format: 1\nkey: bill-what-was-won\ntitle: Bill what was won\n", "replaces": False}

    yaml = text("What stands in its file.")
    replaces = serializers.BooleanField(
        default=False, help_text="A template of your team with the same key gets a newer version."
    )


class ValueShape(Shape):
    example = {
        "id": "3f9a1c0b",
        "label": "Pipeline",
        "value": "pipe_1",
        "where": ["1 An opportunity is won"],
        "proposed": True,
    }

    id = text()
    label = text()
    value = text()
    where = words("Steps in which it stands.")
    proposed = serializers.BooleanField(help_text="Only this team has it, so it is better asked.")


class Askable(Shape):
    example = {"values": [ValueShape.example]}

    values = ValueShape(many=True)


class TemplateNew(Shape):
    example = {
        "title": "Bill what was won",
        "summary": "A won deal becomes a draft invoice.",
        "which": "live",
        "questions": {"3f9a1c0b": "Which pipeline?"},
    }

    title = text(max_length=120)
    summary = text("What it does, in a sentence.", max_length=400)
    who = given("Whom it is for.", 400)
    which = one_of(["draft", "live"], "Which of the recipe's it is made of.", default="draft")
    questions = serializers.DictField(
        child=serializers.CharField(max_length=200),
        default=dict,
        help_text="By the id of a value, the words in which it is asked. Other values stay in the template.",
    )
    into = given("Key of a template of your team: this is a newer version of it.", 60)


class Newer(Shape):
    example = {
        "newer": True,
        "template": "own-k7mq2xw9ehtd",
        "version": "9c1f0b2a77de",
        "silenced": False,
        "draft_rev": 14,
        "missing": ["approver"],
    }

    newer = serializers.BooleanField(help_text="The template it was made of has another version by now.")
    template = text("Key of the template.")
    version = text("Of the newer version.")
    silenced = serializers.BooleanField(help_text="Somebody said to leave this version.")
    draft_rev = number()
    missing = words("Questions that nobody answered yet.")


class TakenOver(Shape):
    example = {"draft_rev": 14, "version": "9c1f0b2a77de", "answers": {"approver": "kim@example.com"}, "mine": []}

    draft_rev = number("As it was told: with another one the draft has moved on.")
    version = text()
    answers = serializers.DictField(default=dict, help_text="To what is asked anew.")
    mine = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text="Of values that both changed, `step|changed|field` of those that stay as they are here.",
    )


class Templates(Room):
    @door(C.VIEW, "List templates", gives=TemplateRow, asks=Found, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> Sequence[Template]:
        """Your team's own come first; their keys begin with `own-`."""
        return [*gallery.search_own(given["q"]), *gallery.search(given["q"])]

    @door(C.VIEW, "Show a template", gives=TemplateShape)
    def show(self, by: Actor, key: str) -> Template:
        """With its questions."""
        return gallery.template(key)

    @door(C.EDIT, "Start a recipe from a template", takes=Start, gives=RecipeShape, status=201)
    def start(self, by: Actor, given: Mapping[str, Any], key: str) -> Recipe:
        """A draft with the answers in their places. What is wrong is named by question."""
        return whole(by, gallery.start(by, key, given["answers"], given["name"]))

    @door(C.VIEW, "Export a template", gives=TemplateFile)
    def file(self, by: Actor, key: str) -> dict[str, Any]:
        """As YAML, to be imported elsewhere; without accounts and secrets."""
        if team_templates.is_own(key):
            return {"yaml": template_saving.export(by, team_templates.row(key)), "replaces": False}
        return {"yaml": yaml_file.write(template_file.content(gallery.template(key))), "replaces": False}

    @door(C.EDIT, "Import a template", takes=TemplateFile, gives=TemplateShape, status=201)
    def import_(self, by: Actor, given: Mapping[str, Any]) -> Template:
        """Refused with every problem of the file; then nothing was kept."""
        return team_templates.of(template_saving.import_(by, given["yaml"], replaces=given["replaces"]))

    @door(C.PUBLISH, "Delete a template of your team")
    def remove(self, by: Actor, key: str) -> None:
        """Recipes made of it stay."""
        template_saving.delete(by, team_templates.row(key))

    @door(C.EDIT, "List what a template would ask", gives=Askable)
    def values(self, by: Actor, id: str) -> dict[str, Any]:
        """The values of a recipe's draft that may become questions."""
        recipe = one(id)
        template_saving.insist(by, recipe)
        return {"values": values.literals(recipe.draft)}

    @door(C.EDIT, "Save a recipe as a template", takes=TemplateNew, gives=TemplateShape, status=201)
    def save(self, by: Actor, given: Mapping[str, Any], id: str) -> Template:
        """Which account does it is always asked; what looks like a secret is left out."""
        into = team_templates.row(given["into"]) if given["into"] else None
        return team_templates.of(template_saving.save(by, one(id), given["which"], given, given["questions"], into))

    @door(C.VIEW, "Ask for a newer version of a recipe's template", gives=Newer)
    def newer(self, by: Actor, id: str) -> dict[str, Any]:
        recipe = one(id)
        found = template_updates.news(recipe)
        told = {"newer": found is not None, "template": recipe.template, "draft_rev": recipe.draft_rev}
        if found is None:
            return {**told, "version": "", "silenced": False, "missing": []}
        missing = [q.key for q in found.template.questions if q.key not in found.use.answers]
        return {**told, "version": found.template.version, "silenced": found.silenced, "missing": missing}

    @door(
        C.EDIT,
        "Take a newer version of a template over",
        takes=TakenOver,
        gives=RecipeShape,
        fails=("conflict", "gone"),
    )
    def take_over(self, by: Actor, given: Mapping[str, Any], id: str) -> Recipe:
        """Into the draft, as one edit that can be undone. Nothing is published."""
        recipe = one(id)
        asked = (given["draft_rev"], given["version"], given["answers"], given["mine"])
        return whole(by, template_updates.take_over(by, recipe, *asked))
