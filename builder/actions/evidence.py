"""Whether what a step would be tested with is real: got by tests of the steps as they are now, about one record."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs
from builder.models import Recipe, StepTest
from builder.models.columns import write_json
from builder.recipe import summary, values
from builder.recipe import tree as trees

INSIDE = ("steps", "paths", "otherwise")
"""Parts of a control step that hold other steps."""
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
        self.trigger = recipe.draft["trigger"]
        self.tests = {test.step_id: test for test in StepTest.objects.filter(recipe=recipe)}
        self.steps = {row.step["id"]: row.step for row in trees.steps(recipe.draft)}
        self.order = {step_id: number for number, step_id in enumerate(self.steps)}
        self.gaps: dict[str, Gap | None] = {}
        self.moments: dict[str, datetime | None] = {}

    @property
    def sampled(self) -> bool:
        """Whether a record was chosen for the trigger: else its values are the catalogue's."""
        test = self.tests.get(TRIGGER)
        return test is not None and test.operation == self.trigger["operation"]

    def gap(self, step: dict[str, Any]) -> Gap | None:
        """The first of the steps it takes values from that was not tested, or before one that it takes values from
        itself. None: all it would be carried out with is real."""
        return next((gap for source in self._sources(step) if (gap := self._gap(source))), None)

    def _gap(self, step_id: str) -> Gap | None:
        if step_id not in self.gaps:
            self.gaps[step_id] = self._judged(self.steps[step_id])
        return self.gaps[step_id]

    def _judged(self, step: dict[str, Any]) -> Gap | None:
        if (gap := self.gap(step)) or step["kind"] != "action":
            return gap
        test, named = self.tests.get(step["id"]), {"step": summary.title(step, inputs.known)}
        if test is None or test.output is None or test.operation != step["operation"]:
            return Gap(step["id"], _("Test “%(step)s” first: until then its values are invented ones.") % named)
        if test.basis and test.basis != basis(step):
            return Gap(step["id"], _("Test “%(step)s” again first: it was changed since its last test.") % named)
        if any(newer > test.at for newer in self._before(step)):
            text = _("Test “%(step)s” again first: its values belong to another record than the one chosen since.")
            return Gap(step["id"], text % named)
        return None

    def _before(self, step: dict[str, Any]) -> Iterator[datetime]:
        """When what it takes values from was tested."""
        if self._uses_trigger(step) and self.sampled:
            yield self.tests[TRIGGER].at
        for source in self._sources(step):
            if source not in self.moments:
                self.moments[source] = self._moment(self.steps[source])
            if moment := self.moments[source]:
                yield moment

    def _moment(self, step: dict[str, Any]) -> datetime | None:
        """When its values were got; of a control step those it passes on."""
        test = self.tests.get(step["id"])
        if step["kind"] == "action":
            return test.at if test else None
        return max(self._before(step), default=None)

    def _uses_trigger(self, step: dict[str, Any]) -> bool:
        return any(root == TRIGGER for root, _path in _refs(step))

    def _sources(self, step: dict[str, Any]) -> list[str]:
        """The steps above that it takes values from; of those that remember, the ones that set the name."""
        found = set()
        for root, path in _refs(step):
            if root == "remembered":
                found |= {s for s, each in self.steps.items() if path.split(".")[0] in each.get("values", {})}
            else:
                found.add(root)
        here = self.order.get(step["id"], len(self.order)) if "id" in step else 0
        return sorted(s for s in found if self.order.get(s, here) < here)


def _refs(step: dict[str, Any]) -> set[tuple[str, str]]:
    own = {name: part for name, part in step.items() if name not in INSIDE}
    return values.refs([own, [path["conditions"] for path in step.get("paths", ())]])
