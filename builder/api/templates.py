from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from builder.actions import gallery
from builder.actions.actor import Actor
from builder.actions.gallery import Template
from builder.api.doors import Room, door
from builder.api.recipes import RecipeShape, whole
from builder.api.shape import Found, Shape, given, text, words
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


class Templates(Room):
    @door(C.VIEW, "List templates", gives=TemplateRow, asks=Found, listed=True)
    def list(self, by: Actor, given: Mapping[str, Any]) -> Sequence[Template]:
        return gallery.search(given["q"])

    @door(C.VIEW, "Show a template", gives=TemplateShape)
    def show(self, by: Actor, key: str) -> Template:
        """With its questions."""
        return gallery.template(key)

    @door(C.EDIT, "Start a recipe from a template", takes=Start, gives=RecipeShape, status=201)
    def start(self, by: Actor, given: Mapping[str, Any], key: str) -> Recipe:
        """A draft with the answers in their places. What is wrong is named by question."""
        return whole(by, gallery.start(by, key, given["answers"], given["name"]))
