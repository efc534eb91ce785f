"""A recipe as a tree of plain dicts: read, look around, edit. Every edit gives a new tree."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any, NamedTuple

from builder.recipe import shape
from builder.recipe.shape import TreeError, blank, lists

__all__ = [
    "Recipe",
    "Row",
    "TreeError",
    "blank",
    "chosen",
    "dump",
    "duplicate",
    "empty",
    "find",
    "ids_of",
    "insert",
    "lists",
    "move",
    "new_id",
    "new_path_id",
    "parse",
    "remove",
    "renewed",
    "replace",
    "set_value",
    "steps",
]

Recipe = dict[str, Any]
Step = dict[str, Any]
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
WORD = re.compile(r"\w+")


class Row(NamedTuple):
    step: Step
    depth: int
    """0 for the recipe's own steps."""
    number: str
    """As on the card; the trigger is 1, the first step 2."""
    parents: tuple[str, ...]
    """Ids of the lists the step is in, outermost first: `pa1`, `s8f2ca-otherwise`, `s8f2ca-each`."""


def parse(source: str | bytes | dict[str, Any]) -> Recipe:
    """A recipe with every default written out, sharing nothing with `source`. Raises TreeError."""
    return shape.shaped(shape.read(source))


def dump(tree: Recipe) -> str:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def empty() -> Recipe:
    return shape.shaped({})


def new_id(random: Callable[[int], int]) -> str:
    """A step id. `random(n)` gives an int below n, such as `secrets.randbelow`."""
    return "s" + "".join(ALPHABET[random(len(ALPHABET))] for _ in range(5))


def new_path_id(random: Callable[[int], int]) -> str:
    return "p" + new_id(random)[1:]


def steps(tree: Recipe) -> Iterator[Row]:
    """Every step in reading order; the trigger is not one of them."""
    number = 1
    pending: list[tuple[Step, tuple[str, ...]]] = [(step, ()) for step in reversed(tree["steps"])]
    while pending:
        step, parents = pending.pop()
        number += 1
        yield Row(step, len(parents), str(number), parents)
        for path_id, inner in reversed(lists(step)):
            pending.extend((child, (*parents, path_id)) for child in reversed(inner))


def find(tree: Recipe, step_id: str) -> Step | None:
    """The step (or the trigger) as it stands in the tree."""
    if step_id == "trigger":
        return tree["trigger"]
    return next((row.step for row in steps(tree) if row.step["id"] == step_id), None)


def chosen(tree: Recipe, ids: Set[str]) -> list[Step]:
    """The steps of these ids in reading order, without those inside another one of them."""
    found: list[Step] = []
    covered: set[str] = set()
    for row in steps(tree):
        if row.step["id"] in ids - covered:
            found.append(row.step)
            covered.update(each for each, _maker in _ids(row.step))
    return found


def insert(tree: Recipe, step: Step, after: str | None = None, path: str | None = None) -> Recipe:
    """`step` put after another one, or first in a path; with neither (or after the trigger), first of all."""
    tree = parse(tree)
    siblings, index = _spot(tree, after, path)
    siblings.insert(index, step)
    return parse(tree)


def remove(tree: Recipe, step_id: str) -> Recipe:
    tree = parse(tree)
    siblings, index = _home(tree, step_id)
    del siblings[index]
    return tree


def move(tree: Recipe, step_id: str, after: str | None = None, path: str | None = None) -> Recipe:
    """The step, with all that is inside it, put elsewhere."""
    tree = parse(tree)
    if after == step_id:
        return tree
    siblings, index = _home(tree, step_id)
    step = siblings.pop(index)
    if _spot_or_none({**tree, "steps": [step]}, after, path):
        raise TreeError(step_id, "A step can't be moved into itself.")
    return insert(tree, step, after, path)


def duplicate(tree: Recipe, step_id: str, random: Callable[[int], int]) -> Recipe:
    """A copy right after the step, with new ids all through it; pills inside follow them."""
    siblings, index = _home(tree, step_id)
    [copied] = renewed([siblings[index]], random, ids_of(tree))
    return insert(tree, copied, after=step_id)


def ids_of(tree: Recipe) -> set[str]:
    """Of all steps and paths."""
    return {found for step in tree["steps"] for found, _maker in _ids(step)}


def renewed(steps: list[Step], random: Callable[[int], int], taken: Set[str]) -> list[Step]:
    """Copies in which no id is a taken one; pills inside, and from one to the other, follow those that got new ones."""
    own = {found: maker for step in steps for found, maker in _ids(step)}
    fresh: dict[str, str] = {}
    for old in filter(taken.__contains__, own):
        while (new := own[old](random)) in taken | own.keys() | set(fresh.values()):
            pass
        fresh[old] = new
    return [_renamed(step, fresh) for step in steps] if fresh else copy.deepcopy(steps)


def _renamed(value: Any, fresh: dict[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, fresh, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, fresh) for inner in value]
    if not isinstance(value, str):
        return value
    if name == "id":
        value = fresh.get(value, value)
    return MARKUP.sub(lambda markup: WORD.sub(lambda word: fresh.get(word[0], word[0]), markup[0]), value)


def replace(tree: Recipe, step_id: str, step: Step) -> Recipe:
    tree = parse(tree)
    if step_id == "trigger":
        return parse({**tree, "trigger": step})
    siblings, index = _home(tree, step_id)
    siblings[index] = step
    return parse(tree)


def set_value(tree: Recipe, step_id: str, keys: Sequence[str | int], value: Any) -> Recipe:
    """One value of a step or path changed: `("inputs", "email")`. None takes it out."""
    tree = parse(tree)
    holder: Any = find(tree, step_id) or _path(tree, step_id)
    if holder is None:
        raise TreeError(step_id, "This step is no longer in the recipe. Reload the page.")
    try:
        for key in keys[:-1]:
            holder = holder.setdefault(key, {}) if isinstance(holder, dict) else holder[key]
        _put(holder, keys[-1], value)
    except (IndexError, TypeError, AttributeError):
        raise TreeError(step_id, f"There is no {'.'.join(map(str, keys))} here to change. Reload the page.") from None
    return parse(tree)


def _put(holder: Any, key: Any, value: Any) -> None:
    if value is not None:
        holder[key] = value
    elif isinstance(holder, list):
        del holder[key]
    else:
        holder.pop(key, None)


def _ids(step: Step) -> Iterator[tuple[str, Callable[..., str]]]:
    yield step["id"], new_id
    yield from ((path["id"], new_path_id) for path in step.get("paths", ()))
    for _, inner in lists(step):
        for child in inner:
            yield from _ids(child)


def _home(tree: Recipe, step_id: str) -> tuple[list[Step], int]:
    for _, siblings in _all_lists(tree):
        for index, step in enumerate(siblings):
            if step["id"] == step_id:
                return siblings, index
    raise TreeError(step_id, "This step is no longer in the recipe. Reload the page.")


def _spot(tree: Recipe, after: str | None, path: str | None) -> tuple[list[Step], int]:
    if spot := _spot_or_none(tree, after, path):
        return spot
    if (after and after != "trigger") or path:
        raise TreeError(after or path or "", "The place for this step is no longer in the recipe. Reload the page.")
    return tree["steps"], 0


def _spot_or_none(tree: Recipe, after: str | None, path: str | None) -> tuple[list[Step], int] | None:
    for path_id, siblings in _all_lists(tree):
        if not after and path and path == path_id:
            return siblings, 0
        for index, step in enumerate(siblings):
            if after == step["id"]:
                return siblings, index + 1
    return None


def _all_lists(tree: Recipe) -> Iterator[tuple[str, list[Step]]]:
    yield "", tree["steps"]
    for row in steps(tree):
        yield from lists(row.step)


def _path(tree: Recipe, path_id: str) -> dict[str, Any] | None:
    paths = (path for row in steps(tree) for path in row.step.get("paths", ()))
    return next((path for path in paths if path["id"] == path_id), None)
