"""The column of cards: each step as a sentence, with its line of detail, its problem and its neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from builder.actions import connections, inputs
from builder.models import Subscription
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.recipe.values import empty
from builder.web.connection_facts import POLL, interval
from builder.web.editor import forks, labels, pills
from builder.web.editor.desk import TRIGGER, Desk

LOGIC = ("only_if", "paths", "each", "wait", "approval", "remember", "call", "stop")
SHORT = 60


@dataclass
class Lane:
    """A path of a fork, or the inside of a loop."""

    id: str
    word: str
    label: str
    cards: list["Card"] = field(default_factory=list)


@dataclass
class Card:
    id: str
    number: str
    word: str
    title: str
    app: str
    glyph: str
    details: list[tuple[str, str]] = field(default_factory=list)
    """(plain words, the mapped thing) of the line below the title."""
    kind: str = ""
    skip: bool = False
    problem: str = ""
    selected: bool = False
    first: bool = False
    last: bool = False
    lanes: list[Lane] = field(default_factory=list)
    hides: ClassVar = (("problem", "alert-triangle", lazy("to fix")),)
    """What a folded card counts inside: (state, sign, word)."""

    @property
    def logic(self) -> bool:
        return self.kind in LOGIC

    @property
    def tried(self) -> bool:
        """Whether it can be tested by itself."""
        return self.kind in ("", "action", "only_if")

    @property
    def inside(self) -> int:
        return within(self)

    @property
    def voice(self) -> str:
        """The card read aloud."""
        said = _("Step %(number)s: %(word)s %(title)s") % {
            "number": self.number,
            "word": self.word,
            "title": self.title,
        }
        return ". ".join(filter(None, [said, _("Skipped") if self.skip else "", self.problem]))


def within(card: Any) -> int:
    """How many steps a card's lanes hold, those in lanes of their own among them."""
    return sum(1 + within(each) for lane in card.lanes for each in lane.cards)


def flow(desk: Desk) -> list[Card]:
    """The trigger, then the recipe's own steps, with lanes inside."""
    return [card(desk, desk.tree["trigger"]), *_cards(desk, desk.tree["steps"])]


def _cards(desk: Desk, steps: list[dict[str, Any]]) -> list[Card]:
    return [card(desk, step) for step in steps]


def card(desk: Desk, step: dict[str, Any]) -> Card:
    word, title = summary.sentence(step, inputs.known, desk.names)
    app, glyph = pills.face(desk, step)
    problems = desk.problems_of(step["id"])
    made = Card(
        step["id"], desk.number(step["id"]), _(word), title, app, glyph, kind=step.get("kind", ""),
        skip=step.get("skip", False), selected=step["id"] == desk.open,
    )  # fmt: skip
    if made.kind:
        siblings = desk.siblings(made.id)
        made.first, made.last = siblings[0] == made.id, siblings[-1] == made.id
    made.problem = problem_words(problems) if not made.skip else ""
    if step.get("name") and step["name"] != title:
        made.title = step["name"]
        made.details = [(title, "")] if made.logic else []
    made.details += list(_details(desk, step))
    if (group := step.get("options", {}).get("only_if")) and group["rules"]:
        made.details.append((_("only if %(condition)s") % {"condition": summary.conditions(group, desk.names)}, ""))
    made.lanes = [_lane(desk, step, *inner) for inner in trees.lists(step)] if "kind" in step else []
    return made


def _lane(desk: Desk, step: dict[str, Any], lane_id: str, steps: list[dict[str, Any]]) -> Lane:
    for number, path in enumerate(step.get("paths", ()), 1):
        if path["id"] == lane_id:
            return Lane(lane_id, _("If"), forks.named(desk, path, number), _cards(desk, steps))
    word, label = (_("Or"), _("Anything else")) if step["kind"] == "paths" else (_("Each"), _("item"))
    return Lane(lane_id, word, label, _cards(desk, steps))


def problem_words(problems: list[Any]) -> str:
    """The first problem without the step's name in front, and how many more."""
    if not problems:
        return ""
    text = short_text(problems[0])
    more = len(problems) - 1
    return _("%(text)s And %(n)d more.") % {"text": text, "n": more} if more else text


def short_text(problem: Any) -> str:
    """The sentence alone, where the place already says which step."""
    message = _(problem.message)
    text = message.removeprefix("%(step)s: ") % problem.params
    return text[:1].upper() + text[1:]


def _details(desk: Desk, step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    known = desk.operation(step)
    if not known:
        return
    shown = 0
    connection = desk.connections.get(step["connection"])
    for each in known.fields:
        given = step["inputs"].get(each.name)
        if shown == 2 or each.more or empty(given) or isinstance(given, dict):
            continue
        if words := _said(desk, each, given, connection):
            shown += 1
            yield each.label, words
    if step["id"] == TRIGGER and connection:
        yield arrival(desk, step, connection), ""


def arrival(desk: Desk, step: dict[str, Any], connection: Any) -> str:
    known = ways(desk, step, connection)
    if "webhook" in known:
        return _("at once")
    if not known:
        return _("not over this account")
    return _("checked %(often)s") % {"often": often(step, connection)}


def often(step: dict[str, Any], connection: Any) -> str:
    """How long the pause between two looks is by now: they come sooner after news."""
    known = inputs.known(step["operation"])
    rows = Subscription.objects.filter(connection=connection, object=getattr(known, "object", ""), active=True)
    return interval(rows.values_list("poll_seconds", flat=True).first() or POLL)


def _said(desk: Desk, field_: Any, given: Any, connection: Any) -> str:
    if isinstance(given, list):
        count = len(given)
        return (_("%(n)d line") if count == 1 else _("%(n)d lines")) % {"n": count} if field_.type == "lines" else ""
    if "{{" in str(given):
        return shortened(pills_named(desk, given))
    if name := dict(field_.choices).get(given) or labels.chosen(connection, field_.source, given):
        return name
    return "" if field_.source else shortened(str(given))


def pills_named(desk: Desk, text: str) -> str:
    """A lone pill by its name, a longer text with the names in place."""
    parts = pills.pieces(desk, text, TRIGGER)
    return "".join(part if isinstance(part, str) else part.label for part in parts)


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[: SHORT - 1]}…" if len(text) > SHORT else text


def ways(desk: Desk, step: dict[str, Any], connection: Any) -> list[str]:
    return connections.ways(desk.request.actor, connection, step["operation"])
