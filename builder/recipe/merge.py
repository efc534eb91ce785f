"""A newer version of what a recipe was made of, with the recipe's own changes put into it where they fit."""

from typing import Any, NamedTuple

from builder.recipe import diff, shape, tree
from builder.recipe.diff import Change
from builder.recipe.tree import Recipe

KEPT, CLASH, LOST = "kept", "clash", "lost"


class Own(NamedTuple):
    """A change that the recipe made since, and what becomes of it."""

    change: Change
    fate: str
    """kept; clash: both changed the same, and one has to be chosen; lost: its place is gone."""

    @property
    def key(self) -> str:
        return f"{self.change.step_id}|{self.change.kind}|{self.change.field}"


def merged(base: Recipe, mine: Recipe, new: Recipe, prefer: frozenset[str] = frozenset()) -> tuple[Recipe, list[Own]]:
    """`base` is what `mine` was made of. `prefer`: keys of the clashes where mine is taken, else the newer version's.
    Which account a step uses is no change: the newer version comes with the recipe's."""
    theirs = {(change.step_id, change.kind, change.field): change for change in diff.changes(base, new)}
    touched = {change.step_id for change in theirs.values() if change.kind != "removed"}
    found, owns = tree.parse(new), []
    mine_rows = {row.step["id"]: row for row in tree.steps(mine)}
    for change in diff.changes(base, mine):
        if change.field == "connection" or _came_along(change, mine_rows, base):
            continue
        rival = theirs.get((change.step_id, change.kind, change.field))
        if rival and rival.after == change.after:
            continue
        clash = rival is not None or (change.kind == "removed" and change.step_id in touched)
        if change.kind == "removed" and not tree.find(found, change.step_id):
            continue
        own = Own(change, CLASH if clash else KEPT)
        if clash and own.key not in prefer:
            owns.append(own)
            continue
        try:
            found = _put(found, change, mine)
            owns.append(own)
        except (shape.TreeError, KeyError, TypeError, AttributeError):
            owns.append(Own(change, LOST))
    return found, owns


def _came_along(change: Change, mine: dict[str, tree.Row], base: Recipe) -> bool:
    """An added step inside an added step."""
    if change.kind != "added":
        return False
    lists = {name for row in tree.steps(base) for name, _steps in shape.lists(row.step)}
    return any(parent not in lists for parent in mine[change.step_id].parents)


def _put(found: Recipe, change: Change, mine: Recipe) -> Recipe:
    """Raises TreeError or KeyError where there is no place for it."""
    if change.kind == "removed":
        return tree.remove(found, change.step_id)
    if change.kind == "added":
        row = next(row for row in tree.steps(mine) if row.step["id"] == change.step_id)
        return tree.insert(found, change.after, **_spot(diff.behind(mine, row)))
    if change.kind == "moved":
        return tree.move(found, change.step_id, **_spot(change.after))
    return _set(found, change)


def _spot(behind: str) -> dict[str, str]:
    """`diff` says the step it comes after, or the list it is first in."""
    return {"path": behind} if behind.startswith("p") or "-" in behind else {"after": behind}


def _set(found: Recipe, change: Change) -> Recipe:
    found = tree.parse(found)
    held: Any = tree.find(found, change.step_id)
    name = change.field
    head, _dot, rest = name.partition(".")
    if head == "paths":
        path_id, _dot, name = rest.partition(".")
        held = next((path for path in held["paths"] if path["id"] == path_id), None)
        if held is None or change.after is None:
            raise KeyError(path_id)
    elif rest:
        held, name = held[head], rest
    if change.after is None:
        held.pop(name, None)
    else:
        held[name] = change.after
    return tree.parse(found)
