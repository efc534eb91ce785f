"""The paths of a fork as the panel shows them, each with its conditions."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from builder.actions import testing
from builder.recipe import conditions, summary
from builder.web.editor import rules
from builder.web.editor.desk import Desk


@dataclass(frozen=True, slots=True)
class Path:
    desk: Desk
    step: dict[str, Any]
    index: int

    @property
    def body(self) -> dict[str, Any]:
        return dict(self.step["paths"][self.index])

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def group(self) -> rules.Group:
        return rules.path_group(self.desk, self.step, self.index)

    @property
    def first(self) -> bool:
        return self.index == 0

    @property
    def last(self) -> bool:
        return self.index == len(self.step["paths"]) - 1

    @property
    def before(self) -> int:
        return self.index - 1

    @property
    def after(self) -> int:
        return self.index + 1

    @property
    def aim(self) -> str:
        return f"path-{self.id}-name"

    @property
    def steps_word(self) -> str:
        return steps_word(len(self.body["steps"]))


def of(desk: Desk, step: dict[str, Any]) -> list[Path]:
    return [Path(desk, step, index) for index in range(len(step["paths"]))]


def named(desk: Desk, path: dict[str, Any], number: int) -> str:
    told = summary.conditions(path["conditions"], desk.names) if path["conditions"]["rules"] else ""
    return path["name"] or told or _("Path %(number)d") % {"number": number}


def lane(desk: Desk, list_id: str) -> str:
    """What a list of steps inside another step is called."""
    owner = desk.owner(list_id)
    for number, path in enumerate(owner["paths"] if owner else (), 1):
        if path["id"] == list_id:
            return named(desk, path, number)
    step = desk.step(list_id.partition("-")[0])
    return desk.title(step) if step and step["kind"] == "each" else _("Anything else")


def steps_word(count: int) -> str:
    return ngettext("%(n)d step", "%(n)d steps", count) % {"n": count} if count else _("no steps yet")


@dataclass(frozen=True, slots=True)
class Taken:
    """Which way a run with the sample data would go."""

    name: str
    because: str


def taken(desk: Desk, step: dict[str, Any]) -> Taken | None:
    """None as long as no path has a condition."""
    if not any(path["conditions"]["rules"] for path in step["paths"]):
        return None
    reading = testing.reading(desk.recipe)
    for number, path in enumerate(step["paths"], 1):
        verdict = conditions.judge(path["conditions"], desk.scope, labels=desk.names, **reading)
        if verdict.passed:
            return Taken(named(desk, path, number), verdict.because)
    return Taken(_("Anything else"), _("none of the conditions fits"))
