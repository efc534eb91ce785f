"""The column of cards of one run: the version it has, with what became of each step."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from builder.actions import inputs
from builder.models import Run, RunStatus, StepRun, StepStatus
from builder.recipe import summary
from builder.recipe import tree as trees
from builder.templatetags import look
from builder.web import run_steps
from builder.web.editor.cards import within
from builder.web.run_steps import Story

TRIGGER = "trigger"
AMISS = ("failed", "held", "unknown", "filtered", "cancelled")
"""States that the line below a card tells the reason of, not the word."""


@dataclass
class Lane:
    id: str
    word: str
    label: str
    taken: bool
    cards: "list[Card]"


@dataclass
class Card:
    id: str
    number: str
    word: str
    title: str
    app: str
    glyph: str
    kind: str = ""
    state: str = ""
    summary: str = ""
    foot: str = ""
    took: timedelta | None = None
    selected: bool = False
    lanes: list[Lane] = field(default_factory=list)
    hides: ClassVar = (
        ("failed", "alert-octagon", lazy("failed")),
        ("held", "player-pause-filled", lazy("on hold")),
        ("waiting", "clock", lazy("waiting")),
        ("started", "loader-2", lazy("running")),
    )
    """What a folded card counts inside: (state, sign, word)."""

    @property
    def logic(self) -> bool:
        return self.kind not in ("", "action")

    @property
    def inside(self) -> int:
        return within(self)

    @property
    def icon(self) -> str:
        return look.STATES.get(self.state, ("circle-dashed", ""))[0]

    @property
    def voice(self) -> str:
        said = _("Step %(number)s: %(word)s %(title)s") % {
            "number": self.number,
            "word": self.word,
            "title": self.title,
        }
        told, state = self.foot or self.summary, look.state_word(self.state) if self.state in AMISS else ""
        return ". ".join(filter(None, [said, state if state != told else "", told]))


@dataclass
class Flow:
    run: Run
    stories: dict[str, Story]
    outputs: dict[str, Any]
    """What forks and loops gave, by step id."""
    requests: dict[int, int]
    """HTTP requests by the id of the attempt."""
    selected: str = ""

    def __post_init__(self) -> None:
        self.tree = self.run.version.tree
        self.numbers = run_steps.numbers(self.tree)
        self.names = run_steps.names(self.tree, self.run.event.connection)

    def cards(self) -> list[Card]:
        return [self.trigger(), *(self.card(step) for step in self.tree["steps"])]

    def trigger(self) -> Card:
        card = self._plain(self.tree["trigger"])
        story = self.stories.get(TRIGGER)
        card.state = run_steps.state_of(self.run, TRIGGER, story) or "done"
        card.summary = self.run.title
        card.foot = self._foot(card, story) if story or card.state != "done" else _("Arrived")
        card.took = _span(story)
        return card

    def card(self, step: dict[str, Any], barred: str = "") -> Card:
        """`barred`: why nothing came here, when a path before it was not taken."""
        card, story = self._plain(step), self.stories.get(step["id"])
        card.state = run_steps.state_of(self.run, step["id"], story) or "unreached"
        if story is None and card.state == "unreached":
            card.state = "skipped" if step["skip"] or barred else "unreached"
            card.summary = _("Switched off") if step["skip"] else barred or self._not_reached()
        else:
            card.foot, card.took = self._foot(card, story), _span(story)
            card.summary = _note(story)
        card.lanes = self._lanes(step, barred)
        return card

    def _plain(self, step: dict[str, Any]) -> Card:
        word, title = summary.sentence(step, inputs.known, self.names)
        app, glyph = run_steps.face(step)
        number = self.numbers[step.get("id", TRIGGER)]
        selected = step.get("id", TRIGGER) == self.selected
        return Card(
            step.get("id", TRIGGER), number, _(word), step.get("name") or title, app, glyph,
            kind=step.get("kind", ""), selected=selected,
        )  # fmt: skip

    def _not_reached(self) -> str:
        return _("Not reached yet") if self.run.status in RunStatus.open() else _("Not reached")

    def _foot(self, card: Card, story: Story | None) -> str:
        if card.state in ("held", "failed", "filtered") and self.run.stopped_at == card.id:
            return _first(self.run.because) or look.state_word(card.state)
        if card.state == "waiting":
            return run_steps.waits_word(self.run)
        if story is None:
            return look.state_word(card.state)
        return self._ended(card, story)

    def _ended(self, card: Card, story: Story) -> str:
        row = story.latest
        if card.state == "started":
            return _("Running, try %(n)d") % {"n": row.attempt} if row.attempt > 1 else _("Running")
        if card.kind == "paths" and card.id in self.outputs:
            return _("Took “%(path)s”") % {
                "path": self._branches(trees.find(self.tree, card.id) or {})[self._taken(card.id)]
            }
        if card.state == "done":
            return self._done(card, story)
        return _first((row.error or {}).get("message", "")) or look.state_word(card.state)

    def _done(self, card: Card, story: Story) -> str:
        if card.kind == "only_if":
            return _("Passed")
        if card.kind == "each" and card.id in self.outputs:
            count = int((self.outputs[card.id] or {}).get("count", 0))
            return ngettext("%(n)d item", "%(n)d items", count) % {"n": count}
        if len(story.rounds) > 1:
            return ngettext("Done %(n)d time", "Done %(n)d times", len(story.rounds)) % {"n": len(story.rounds)}
        words, asked = run_steps.done_word(story.tries), sum(self.requests.get(row.pk, 0) for row in story.rows)
        if not asked or story.tries > 1:
            return words
        return _("%(done)s, %(requests)s") % {
            "done": words,
            "requests": ngettext("%(n)d request", "%(n)d requests", asked) % {"n": asked},
        }

    def _taken(self, step_id: str) -> int:
        return int((self.outputs.get(step_id) or {}).get("path", 0))

    def _branches(self, step: dict[str, Any]) -> list[str]:
        named = [path["name"] or summary.conditions(path["conditions"], self.names) for path in step.get("paths", ())]
        return [*named, _("Anything else")]

    def _lanes(self, step: dict[str, Any], barred: str) -> list[Lane]:
        if step["kind"] == "each":
            [(lane_id, steps)] = trees.lists(step)
            return [Lane(lane_id, _("Each"), _("item"), True, [self.card(each, barred) for each in steps])]
        if step["kind"] != "paths":
            return []
        taken = self._taken(step["id"]) if step["id"] in self.outputs else None
        lanes = []
        for index, (lane_id, inside) in enumerate(trees.lists(step)):
            out = barred or (_("Path not taken") if taken not in (None, index) else "")
            word = _("If") if index < len(step["paths"]) else _("Or")
            cards = [self.card(inner, out) for inner in inside]
            lanes.append(Lane(lane_id, word, self._branches(step)[index], not out, cards))
        return lanes


def _span(story: Story | None) -> timedelta | None:
    """From the first attempt's beginning to the last one's end."""
    if story is None:
        return None
    rows = story.rounds[story.latest.iteration]
    end = rows[-1].finished_at
    return end - rows[0].started_at if end and end >= rows[0].started_at else None


def _note(story: Story | None) -> str:
    return _first(story.latest.note) if story else ""


def _first(text: str) -> str:
    """The first sentence, without its stop: a card has one line."""
    head = text.split(". ")[0].strip()
    return head.removesuffix(".")


def outputs_of(rows: Iterable[StepRun]) -> dict[str, Any]:
    return {row.step_id: row.output for row in rows if row.status == StepStatus.DONE}
