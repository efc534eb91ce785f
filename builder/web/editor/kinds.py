"""The control steps as the editor has them: how the chooser offers each, and its own parts as fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.web.editor.desk import Desk
from connectors import fields as f
from connectors.fields import Field

GLYPHS = {
    "only_if": "filter", "paths": "arrows-split", "each": "repeat", "wait": "clock", "approval": "hand-stop",
    "remember": "variable", "call": "corner-down-right", "stop": "square-rounded-x", "action": "circle-dashed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tool:
    """A kind of step, as it is offered."""

    kind: str
    title: Any
    sub: Any
    words: str
    """What it is looked for by, besides."""

    @property
    def glyph(self) -> str:
        return GLYPHS[self.kind]

    def fits(self, q: str) -> bool:
        known = f"{self.title} {self.sub} {self.words}".lower()
        return all(word in known for word in q.lower().split())


TOOLS = (
    Tool("only_if", lazy("Only if"), lazy("Stop unless it fits"), "filter condition check unless when stop continue"),
    Tool("paths", lazy("Choose a path"), lazy("This way or that"), "branch split switch condition if else router"),
    Tool("each", lazy("For each"), lazy("Item by item"), "loop repeat list iterate every line items batch"),
    Tool(
        "wait",
        lazy("Wait"),
        lazy("For a time, or until"),
        "delay pause sleep hours days date until later schedule event happens paid reply",
    ),
    Tool(
        "approval",
        lazy("Ask for approval"),
        lazy("Somebody decides"),
        "approve decline human review confirm person",
    ),
    Tool("remember", lazy("Remember"), lazy("Keep a value"), "variable set value store calculate save"),
    Tool("call", lazy("Call a recipe"), lazy("Use another one"), "sub recipe subroutine reuse nested run another"),
    Tool("stop", lazy("Stop"), lazy("End the run here"), "end finish exit fail message"),
)
UNITS = (
    ("minutes", lazy("minutes")), ("hours", lazy("hours")), ("days", lazy("days")), ("weeks", lazy("weeks")),
)  # fmt: skip


NAMED = {"remember": "values", "call": "inputs"}
"""Parts that hold values under names of one's own."""
SHAPING = ("mode",)
"""Parts that say which others there are."""


def offered(q: str) -> list[Tool]:
    return [tool for tool in TOOLS if tool.fits(q)]


def own_fields(desk: Desk, step: dict[str, Any]) -> tuple[Field, ...]:
    """The parts of a control step that are filled in like the inputs of an operation."""
    make = FIELDS.get(step.get("kind", ""))
    return tuple(make(desk, step)) if make else ()


def _each(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    yield f.text("list", _("A list that an earlier step gives."), label=_("List"), required=True)
    batch = _("1 goes through the list one by one; with more, each round has a list of so many.")
    yield f.integer("batch", batch, label=_("Items at a time"))
    ways = (("stop", _("Do what the step says")), ("go_on", _("Pass this item over, go on with the next")))
    yield f.choice("on_error", label=_("If a step inside fails"), choices=ways, required=True)


def _wait(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    modes = (("for", _("For a time")), ("until", _("Until a date or time")), ("event", _("Until something happens")))
    yield f.choice("mode", label=_("Wait"), choices=modes, required=True)
    if step["mode"] == "for":
        yield f.number("amount", label=_("How long"), required=True, example="3")
        yield f.choice("unit", label=_("Unit"), choices=_units(), required=True)
    elif step["mode"] == "until":
        yield f.datetime("at", _("What is past by then goes on at once."), label=_("Until"), required=True)
    else:
        yield from _until(step)


def _until(step: dict[str, Any]) -> Iterator[Field]:
    named = _(
        "The run goes on with the first event that names this: the ID of an invoice or a contact, an e-mail address."
    )
    yield f.text("about", named, label=_("About"), required=True)
    yield _limit()
    late = (
        ("go_on", _("It goes on: later steps can ask whether it happened")),
        ("stop", _("The run ends here")),
        ("hold", _("Hold the run")),
    )
    yield f.choice("on_timeout", label=_("If it doesn’t happen in time"), choices=late, required=True)


def _stop(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    ends = (
        ("done", _("Done: all went well")),
        ("filtered", _("Filtered out: it was not meant for this")),
        ("failed", _("Failed: somebody should look")),
    )
    yield f.choice("outcome", label=_("The run counts as"), choices=ends, required=True)
    yield f.note("message", _("Stands in the list of runs."), label=_("Message"))


def _limit() -> Field:
    parts = (
        f.number("amount", label=_("Wait at most"), required=True),
        f.choice("unit", label=_("Unit"), choices=_units(), required=True),
    )
    return f.object_("timeout", label=_("Time limit"), fields=parts)


def _units() -> tuple[tuple[str, str], ...]:
    return tuple((unit, str(word)) for unit, word in UNITS)


def _remember(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    kept = tuple(f.text(name, label=name.replace("_", " ")) for name in step["values"])
    what = _("What is kept here can be used by every later step, under its name.")
    yield f.object_("values", what, label=_("Values"), fields=kept)


def _approval(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    who = _("Whoever of them is first decides. Owners and admins may, too.")
    yield f.choices("people", who, label=_("Who is asked"), choices=_people(desk, step["people"]), required=True)
    yield f.note("message", _("Stands in the mail and on the page where they decide."), label=_("What it is about"))
    yield _limit()
    late = (
        ("decline", _("As if it was declined")), ("approve", _("As if it was approved")), ("hold", _("Hold the run")),
    )  # fmt: skip
    yield f.choice("on_timeout", label=_("If nobody decides in time"), choices=late, required=True)
    ways = (("stop", _("The run ends here")), ("go_on", _("It goes on: later steps can ask what was decided")))
    yield f.choice("on_decline", label=_("If it is declined"), choices=ways, required=True)


def _people(desk: Desk, asked: list[str]) -> tuple[tuple[str, str], ...]:
    """Members, each under the address as it stands in the step, whatever its case; before them who is asked besides."""
    written = {one.strip().lower(): one for one in asked}
    members = {email.lower(): name for email, name in desk.members}
    others = [(one, _stranger(one)) for plain, one in written.items() if plain not in members]
    return (*others, *((written.get(email.lower(), email), name) for email, name in desk.members))


def _stranger(one: str) -> str:
    """What a text brings is known only when it runs."""
    return one if "{{" in one else _("%(email)s, not in this workspace") % {"email": one}


def _call(desk: Desk, step: dict[str, Any]) -> Iterator[Field]:
    which = _("One that starts when a webhook comes in; what is given below stands in its trigger.")
    none = _("There is none yet: make one that starts when a webhook comes in")
    yield f.choice("recipe", which, label=_("Recipe"), choices=tuple(desk.callable) or (("", none),), required=True)
    ways = (("true", _("Wait until it is over, and use what it remembers")), ("false", _("Go on at once")))
    yield f.choice("wait", label=_("After the call"), choices=ways, required=True)
    given = tuple(f.text(name, label=name.replace("_", " ")) for name in step["inputs"])
    yield f.object_(
        "inputs",
        _("The called recipe finds each of them in its trigger, under its name."),
        label=_("Values it is given"),
        fields=given,
    )


FIELDS = {"each": _each, "wait": _wait, "stop": _stop, "remember": _remember, "approval": _approval, "call": _call}
