"""Small recipes for tests, with defaults that surprise nobody."""

from itertools import count
from typing import Any

from builder.recipe import tree


def make_step(step_id: str = "saaaaa", kind: str = "action", **parts: Any) -> dict[str, Any]:
    if kind == "action":
        parts = {"operation": "ghl.contacts.create", "connection": "c1", **parts}
    return {"id": step_id, "kind": kind, **parts}


def make_tree(*steps: dict[str, Any], **trigger: Any) -> tree.Recipe:
    start = {"id": "trigger", "operation": "ghl.opportunity.won", "connection": "c1"}
    return tree.parse({"format": 1, "trigger": {**start, **trigger}, "steps": list(steps)})


def make_paths(step_id: str, *branches: list[dict[str, Any]], otherwise: Any = (), ids: Any = None) -> dict[str, Any]:
    names = ids or [f"p{step_id[1:]}{i}" for i in range(len(branches))]
    paths = [
        {"id": name, "conditions": make_group(), "steps": inner} for name, inner in zip(names, branches, strict=True)
    ]
    return make_step(step_id, "paths", paths=paths, otherwise={"steps": list(otherwise)})


def make_group(
    field: str = "{{ trigger.value }}", op: str = "gt", value: Any = "0", match: str = "all"
) -> dict[str, Any]:
    return {"match": match, "rules": [{"field": field, "op": op, "value": value}]}


def counting() -> Any:
    """A stand-in for randomness: 0, 1, 2, … below n."""
    numbers = count()
    return lambda n: next(numbers) % n
