"""What differs between two versions of a recipe, for "Publish shows what changes"."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from builder.recipe import tree
from builder.recipe.tree import Recipe, Row


class Change(NamedTuple):
    kind: str
    """added, removed, moved or changed"""
    step_id: str
    field: str
    """What was changed: `inputs.email`, `skip`, `paths.pa1.conditions`; empty for a whole step."""
    before: Any
    after: Any


def changes(old: Recipe, new: Recipe) -> list[Change]:
    """The trigger first, then in the new version's order; what was removed comes last. For added and removed steps
    the value is the step, for moved ones the id of the step or list it came or comes after."""
    before, after = ({row.step["id"]: row for row in tree.steps(version)} for version in (old, new))
    moved = _moved(before, after)
    found = list(_changed("trigger", old["trigger"], new["trigger"]))
    for step_id, row in after.items():
        if step_id not in before:
            found.append(Change("added", step_id, "", None, row.step))
            continue
        if step_id in moved:
            found.append(Change("moved", step_id, "", behind(old, before[step_id]), behind(new, row)))
        found += _changed(step_id, before[step_id].step, row.step)
    found += [Change("removed", gone, "", row.step, None) for gone, row in before.items() if gone not in after]
    return found


def _changed(step_id: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before, after = dict(_parts(old)), dict(_parts(new))
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield Change("changed", step_id, name, before.get(name), after.get(name))


def _parts(step: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every part that can change by itself, without the steps inside."""
    for name, value in step.items():
        if name in ("inputs", "values", "options", "timeout"):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        elif name == "paths":
            for path in value:
                yield f"paths.{path['id']}.name", path["name"]
                yield f"paths.{path['id']}.conditions", path["conditions"]
        elif name not in ("id", "steps", "otherwise"):
            yield name, value


def _moved(before: dict[str, Row], after: dict[str, Row]) -> set[str]:
    """As few steps as explain the new order: those in another list, and those out of the longest order kept."""
    staying = [step_id for step_id in after if step_id in before and before[step_id].parents == after[step_id].parents]
    elsewhere = {step_id for step_id in after if step_id in before} - set(staying)
    inside = {step_id for step_id in elsewhere if _came_along(step_id, before, after)}
    moved = elsewhere - inside
    for parents in {after[step_id].parents for step_id in staying}:
        siblings = [step_id for step_id in staying if after[step_id].parents == parents]
        old_order = {step_id: i for i, step_id in enumerate(s for s in before if s in set(siblings))}
        kept = _longest([old_order[step_id] for step_id in siblings])
        moved |= {step_id for step_id in siblings if old_order[step_id] not in kept}
    return moved


def _came_along(step_id: str, before: dict[str, Row], after: dict[str, Row]) -> bool:
    """Whether the step is still in its own list, which moved with the step around it."""
    old, new = before[step_id].parents, after[step_id].parents
    return bool(old and new and old[-1] == new[-1])


def _longest(order: list[int]) -> set[int]:
    """The longest increasing run of numbers."""
    ends: list[int] = []
    chains: list[list[int]] = []
    for number in order:
        at = bisect_left(ends, number)
        chain = [*(chains[at - 1] if at else []), number]
        ends[at : at + 1], chains[at : at + 1] = [number], [chain]
    return set(chains[-1]) if chains else set()


def behind(version: Recipe, row: Row) -> str:
    """Id of the step before it, or of the list it is first in; `trigger` at the very start."""
    previous = "trigger"
    for other in tree.steps(version):
        if other.step["id"] == row.step["id"]:
            break
        if other.parents == row.parents:
            previous = other.step["id"]
    first_in_list = row.parents[-1] if row.parents and previous == "trigger" else previous
    return first_in_list
