"""What a step that a run goes on without gives to later ones: whether it went wrong, and why. A path that looks at the
first is the recipe's error path."""

from collections.abc import Mapping
from typing import Any

from builder.recipe import tree as trees

WENT, WHY = "went_wrong", "why_wrong"
WELL = {WENT: False, WHY: ""}


def is_told(step: Mapping[str, Any]) -> bool:
    """Whether its failure is a value of later steps."""
    return bool(step.get("kind") == "action" and step.get("options", {}).get("on_error") == "go_on")


def told_in(tree: dict[str, Any]) -> tuple[str, ...]:
    """The steps of a tree whose failure is told."""
    return tuple(row.step["id"] for row in trees.steps(tree) if is_told(row.step))


def gave(sentence: str) -> dict[str, Any]:
    return {WENT: True, WHY: sentence}


def is_so(step_id: str) -> dict[str, Any]:
    """The condition that it did."""
    return {"match": "all", "rules": [{"field": f"{{{{ {step_id}.{WENT} }}}}", "op": "yes", "value": ""}]}
