"""Whether what a step would be tested with is real: got by tests of the steps as they are now, about one record."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs
from builder.models import Recipe, StepTest
from builder.models.columns import write_json
from builder.recipe import summary, values
from builder.recipe import tree as trees

TRIGGER = "trigger"


@dataclass(frozen=True, slots=True)
class Gap:
    """A step that has to be tested first."""

    step_id: str
    message: str


def basis(step: dict[str, Any]) -> str:
    """What a test of the step stands on: another account or another input, and it says nothing any more."""
    told = write_json([step.get("operation"), step.get("connection"), step.get("inputs")])
    return hashlib.sha256(told.encode()).hexdigest()[:24]


class Evidence:
    def __init__(self, recipe: Recipe) -> None:
        self.tests = {test.step_id: test for test in StepTest.objects.filter(recipe=recipe)}
        trigger = self.tests.get(TRIGGER)
        self.sampled = trigger is not None and trigger.operation == recipe.draft["trigger"]["operation"]
        """Whether a record was chosen for the trigger: else its values are the catalogue's."""
        self.above: dict[str, Source] = {}
        """What is known of each step, told from those above it."""
        for row in trees.steps(recipe.draft):
            self.above[row.step["id"]] = self._told(row.step)

    def gap(self, step: dict[str, Any]) -> Gap | None:
        """The first of the steps it takes values from that was not tested, or before one that it takes values from
        itself. None: all it would be carried out with is real."""
        return next((source.gap for source in self._sources(step) if source.gap), None)

    def _told(self, step: dict[str, Any]) -> "Source":
        newest = max((source.at for source in self._sources(step) if source.at), default=None)
        if step["kind"] != "action":
            return Source(step, self.gap(step), newest)
        test = self.tests.get(step["id"])
        return Source(step, self.gap(step) or _judged(step, test, newest), test.at if test else None)

    def _sources(self, step: dict[str, Any]) -> "list[Source]":
        """The steps above that it takes values from; of those that remember, the ones that set the name."""
        refs = values.refs_of(step)
        remembered = {path.split(".")[0] for root, path in refs if root == "remembered"}
        roots = {root for root, _path in refs}
        trigger = [Source({}, None, self.tests[TRIGGER].at)] if TRIGGER in roots and self.sampled else []
        passed_on = (
            s for s in self.above.values() if s.step["id"] in roots or remembered & s.step.get("values", {}).keys()
        )
        return [*trigger, *passed_on]


@dataclass(frozen=True, slots=True)
class Source:
    """A step that others take values from."""

    step: dict[str, Any]
    gap: Gap | None
    at: datetime | None
    """When its values were got; of a control step those it passes on."""


def _judged(step: dict[str, Any], test: StepTest | None, newest: datetime | None) -> Gap | None:
    """`newest`: when the last of what it takes values from was tested."""
    named = {"step": summary.title(step, inputs.known)}
    if test is None or test.output is None or test.operation != step["operation"]:
        return Gap(step["id"], _("Test “%(step)s” first: until then its values are invented ones.") % named)
    if test.basis and test.basis != basis(step):
        return Gap(step["id"], _("Test “%(step)s” again first: it was changed since its last test.") % named)
    if newest and newest > test.at:
        text = _("Test “%(step)s” again first: its values belong to another record than the one chosen since.")
        return Gap(step["id"], text % named)
    return None
