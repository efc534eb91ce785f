"""Whether what a step would be tested with is real: got by tests, all of them about the same record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs
from builder.models import Recipe, StepTest
from builder.recipe import summary, values
from builder.recipe import tree as trees

INSIDE = ("steps", "paths", "otherwise")
"""Parts of a control step that hold other steps."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A step that has to be tested first."""

    step_id: str
    message: str


class Evidence:
    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.tests = {test.step_id: test for test in StepTest.objects.filter(recipe=recipe)}
        self.steps = {row.step["id"]: row.step for row in trees.steps(recipe.draft)}

    @property
    def sampled(self) -> bool:
        """Whether a record was chosen for the trigger: else its values are the catalogue's."""
        return self._test(self.recipe.draft["trigger"]) is not None

    def gap(self, step: dict[str, Any]) -> Gap | None:
        """The first of the steps it takes values from that was not tested, or before one that it takes values from
        itself. None: all it would be carried out with is real."""
        return next((gap for root in self._roots(step) if (gap := self._gap(root))), None)

    def _gap(self, step_id: str) -> Gap | None:
        step = self.steps.get(step_id)
        if step is None:
            return None
        if gap := self.gap(step):
            return gap
        if step["kind"] != "action":
            return None
        test, name = self._test(step), summary.title(step, inputs.known)
        if test is None:
            return Gap(step_id, _("Test “%(step)s” first: until then its values are invented ones.") % {"step": name})
        if any(newer > test.at for newer in self._moments(step)):
            text = _("Test “%(step)s” again first: its values belong to another record than the one chosen since.")
            return Gap(step_id, text % {"step": name})
        return None

    def _moments(self, step: dict[str, Any]) -> Iterator[datetime]:
        """When what it takes values from was tested."""
        for root in self._roots(step):
            source = self.recipe.draft["trigger"] if root == "trigger" else self.steps.get(root, {})
            if test := self._test(source):
                yield test.at
            elif source.get("kind") not in (None, "action"):
                yield from self._moments(source)

    def _roots(self, step: dict[str, Any]) -> list[str]:
        """The steps it takes values from; what is remembered comes from all that remember."""
        own = {name: part for name, part in step.items() if name not in INSIDE}
        paths = [path["conditions"] for path in step.get("paths", ())]
        found = {root for root, _path in values.refs([own, paths])}
        if "remembered" in found:
            found |= {step_id for step_id, each in self.steps.items() if each["kind"] == "remember"}
        return sorted(found - {"remembered", step.get("id", "trigger")})

    def _test(self, step: dict[str, Any]) -> StepTest | None:
        """Its newest test, where that brought something and was of what it does now."""
        test = self.tests.get(step.get("id", "trigger"))
        return test if test and test.output is not None and test.operation == step.get("operation", "") else None
