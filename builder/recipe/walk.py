"""Where a run goes next. A place is a tuple of ints: (2,) the third step; (2, branch, i) inside its paths, with
`len(paths)` for *otherwise*; (2, round, i) inside an each. Skipped steps are passed over; None is the end of the run.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from builder.recipe.tree import Recipe, Step, lists

Place = tuple[int, ...]
Rounds = int | Mapping[Place, int] | None


def first(tree: Recipe) -> Place | None:
    index = _unskipped(tree["steps"], 0)
    return None if index is None else (index,)


def step_at(tree: Recipe, place: Place) -> Step:
    return _trail(tree, place)[-1][1]


def after(
    tree: Recipe, place: Place, branch: int | None = None, items: Rounds = None, leave: bool = False
) -> Place | None:
    """The next place, once the step at `place` is done.

    `branch`: which of a step's paths to take. `items`: how many rounds an each has; a number is for the each at `place`
    or, inside one, for the innermost; nested ones need a mapping of places to numbers. `leave`: give up what is left of
    the innermost round, or of the run (a false *only if*).
    """
    trail = _trail(tree, place)
    step = trail[-1][1]
    if step["kind"] == "stop":
        return None
    if leave:
        return _end_of_round(trail, place, items)
    inside = _inside(step, place, branch, items)
    return inside or _onward(trail, place, None if step["kind"] == "each" and isinstance(items, int) else items)


def iteration(tree: Recipe, place: Place) -> tuple[int, ...]:
    """The number of the round in every each around the place, outermost first; part of a step run's key."""
    trail = _trail(tree, place)
    return tuple(place[2 * i + 1] for i, (_, step) in enumerate(trail[:-1]) if step["kind"] == "each")


def rounds(count: int, batch: int) -> int:
    """How often an each goes round for `count` items, `batch` at a time."""
    return -(-count // batch)


def portion(items: Sequence[Any], batch: int, number: int) -> Any:
    """What a round works on: one item, or a list of up to `batch` of them when batch is more than 1."""
    return items[number] if batch == 1 else list(items[number * batch : (number + 1) * batch])


def _trail(tree: Recipe, place: Place) -> list[tuple[list[Step], Step]]:
    """The list and the step at every level down to the place."""
    if len(place) % 2 == 0:
        raise LookupError(f"{place} is no place in this recipe")
    siblings: list[Step] = tree["steps"]
    trail: list[tuple[list[Step], Step]] = []
    for level in range(0, len(place), 2):
        if level:
            inner = lists(trail[-1][1])
            chosen = 0 if trail[-1][1]["kind"] == "each" else place[level - 1]
            siblings = inner[chosen][1] if chosen < len(inner) else []
        if not 0 <= place[level] < len(siblings):
            raise LookupError(f"{place} is no place in this recipe")
        trail.append((siblings, siblings[place[level]]))
    return trail


def _inside(step: Step, place: Place, branch: int | None, items: Rounds) -> Place | None:
    if step["kind"] == "paths" and branch is not None:
        index = _unskipped(lists(step)[branch][1], 0)
        return None if index is None else (*place, branch, index)
    if step["kind"] == "each":
        index = _unskipped(step["steps"], 0)
        return None if index is None or _count(items, place, place) < 1 else (*place, 0, index)
    return None


def _onward(trail: list[tuple[list[Step], Step]], place: Place, items: Rounds) -> Place | None:
    siblings, _ = trail[-1]
    index = _unskipped(siblings, place[-1] + 1)
    if index is not None:
        return (*place[:-1], index)
    if len(trail) == 1:
        return None
    if trail[-2][1]["kind"] == "each":
        return _end_of_round(trail, place, items)
    return _onward(trail[:-1], place[:-2], items)


def _end_of_round(trail: list[tuple[list[Step], Step]], place: Place, items: Rounds) -> Place | None:
    while len(trail) > 1 and trail[-2][1]["kind"] != "each":
        trail, place = trail[:-1], place[:-2]
    if len(trail) == 1:
        return None
    around, number = place[:-2], place[-2]
    if number + 1 < _count(items, around, place):
        return (*around, number + 1, _unskipped(trail[-2][1]["steps"], 0) or 0)
    return _onward(trail[:-1], around, items if isinstance(items, Mapping) else None)


def _count(items: Rounds, each: Place, place: Place) -> int:
    count = items.get(each) if isinstance(items, Mapping) else items
    if count is None:
        raise ValueError(f"How many rounds the each at {each} has must be given to go on from {place}.")
    return count


def _unskipped(siblings: list[Step], index: int) -> int | None:
    return next((i for i in range(index, len(siblings)) if not siblings[i]["skip"]), None)
