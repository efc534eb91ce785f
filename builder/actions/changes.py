"""An edit as what it changes: values and places, before and after. Applied forwards it is the edit, backwards its undo.

A state is plain JSON:
    {"values": [{"of": "s8f2ca", "keys": ["inputs", "email"], "value": "…"}],       None: the value is absent
     "places": [{"step": "s8f2ca", "spot": None | {"after", "path", "body"}},       None: the step is not there
                {"path": "pa1b2c", "spot": None | {"of", "index", "body"}}]}
`of` is a step, a path, `trigger`, `recipe` for the recipe's own name, or `*` for all the steps at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder.recipe import tree as trees

State = dict[str, list[dict[str, Any]]]
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    before: State
    after: State
    touched: list[str]
    """`step.field` for each value, `step` for a step that came or went, `step.place` for one that moved."""
    claims: list[str] = field(default_factory=list)
    """Those of them that nobody else may have changed since the revision the editor saw."""

    @property
    def structural(self) -> bool:
        return bool(self.after["places"])

    @property
    def empty(self) -> bool:
        return self.before == self.after


def key(of: str, keys: Sequence[str | int]) -> str:
    return ".".join((of, *map(str, keys)))


def overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def any_overlap(ones: Iterable[str], others: Iterable[str]) -> bool:
    others = list(others)
    return any(overlap(one, other) for one in ones for other in others)


def values(tree: Tree, *wanted: tuple[str, Sequence[str | int], Any], claim: bool = True) -> Change:
    """Each (of, keys, new value) against what stands there now."""
    before = [{"of": of, "keys": list(keys), "value": look(tree, of, keys)} for of, keys, _ in wanted]
    after = [{"of": of, "keys": list(keys), "value": value} for of, keys, value in wanted]
    touched = [key(of, keys) for of, keys, _ in wanted]
    return Change(_state(before), _state(after), touched, touched if claim else [])


def joined(*them: Change) -> Change:
    """As one edit, undone as one. None of them may rest on what an earlier one changed."""
    return Change(
        _state([v for one in them for v in one.before["values"]], [p for one in them for p in one.before["places"]]),
        _state([v for one in them for v in one.after["values"]], [p for one in them for p in one.after["places"]]),
        [name for one in them for name in one.touched],
        [name for one in them for name in one.claims],
    )


def step_comes(tree: Tree, body: dict[str, Any], after: str | None, path: str | None) -> Change:
    place = {"step": body["id"], "spot": {"after": after, "path": path, "body": body}}
    return Change(_state((), [{**place, "spot": None}]), _state((), [place]), ids_in(body))


def steps_come(tree: Tree, bodies: Sequence[dict[str, Any]], after: str | None, path: str | None) -> Change:
    """One after another."""
    spots: list[dict[str, Any]] = []
    for body in bodies:
        spots.append({"step": body["id"], "spot": {"after": after, "path": path, "body": body}})
        after, path = body["id"], path
    gone = [{**spot, "spot": None} for spot in reversed(spots)]
    return Change(_state((), gone), _state((), spots), [found for body in bodies for found in ids_in(body)])


def step_goes(tree: Tree, step_id: str) -> Change:
    body = trees.find(tree, step_id) or {}
    place = {"step": step_id, "spot": {**spot(tree, step_id), "body": body}}
    touched = ids_in(body)
    return Change(_state((), [place]), _state((), [{**place, "spot": None}]), touched, touched)


def step_moves(tree: Tree, step_id: str, after: str | None, path: str | None) -> Change:
    body = trees.find(tree, step_id)
    was = {"step": step_id, "spot": {**spot(tree, step_id), "body": body}}
    now = {"step": step_id, "spot": {"after": after, "path": path, "body": body}}
    touched = [f"{step_id}.place"]
    return Change(_state((), [was]), _state((), [now]), touched, touched)


def path_comes(of: str, index: int, body: dict[str, Any]) -> Change:
    now = {"path": body["id"], "spot": {"of": of, "index": index, "body": body}}
    return Change(_state((), [{**now, "spot": None}]), _state((), [now]), [body["id"]])


def path_goes(tree: Tree, path_id: str) -> Change:
    found = path_spot(tree, path_id)
    was = {"path": path_id, "spot": found}
    touched = [path_id, *(one for step in found["body"]["steps"] for one in ids_in(step))]
    return Change(_state((), [was]), _state((), [{**was, "spot": None}]), touched, touched)


def path_moves(tree: Tree, path_id: str, index: int) -> Change:
    was = path_spot(tree, path_id)
    places = [{"path": path_id, "spot": was}], [{"path": path_id, "spot": {**was, "index": index}}]
    touched = [f"{path_id}.place"]
    return Change(_state((), places[0]), _state((), places[1]), touched, touched)


def apply(tree: Tree, state: State) -> Tree:
    """A new tree. Raises TreeError when a place is gone or the outcome is no recipe."""
    for place in state["places"]:
        tree = _put_step(tree, place) if "step" in place else _put_path(tree, place)
    for value in state["values"]:
        if value["of"] == "*":
            tree = trees.parse(value["value"])
        elif value["of"] != "recipe":
            tree = trees.set_value(tree, value["of"], value["keys"], value["value"])
    return tree


def look(tree: Tree, of: str, keys: Sequence[str | int]) -> Any:
    """The value there now, None when there is none."""
    held: Any = holder(tree, of)
    for name in keys:
        held = _member(held, name)
    return held


def holder(tree: Tree, of: str) -> dict[str, Any] | None:
    """The step or path of that id."""
    return trees.find(tree, of) or next((path for _, path in paths(tree) if path["id"] == of), None)


def paths(tree: Tree) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every path with the id of the step it belongs to."""
    for row in trees.steps(tree):
        yield from ((row.step["id"], path) for path in row.step.get("paths", ()))


def spot(tree: Tree, step_id: str) -> dict[str, str | None]:
    """What stands before the step, and which list it is in (None: the recipe's own)."""
    for path, siblings in lists(tree):
        ids = [step["id"] for step in siblings]
        if step_id in ids:
            index = ids.index(step_id)
            return {"after": ids[index - 1] if index else None, "path": path}
    raise trees.TreeError(step_id, "This step is no longer in the recipe. Reload the page.")


def path_spot(tree: Tree, path_id: str) -> dict[str, Any]:
    for row in trees.steps(tree):
        for index, path in enumerate(row.step.get("paths", ())):
            if path["id"] == path_id:
                return {"of": row.step["id"], "index": index, "body": path}
    raise trees.TreeError(path_id, "This path is no longer in the recipe. Reload the page.")


def ids_in(body: dict[str, Any]) -> list[str]:
    """The ids of a step, of its paths and of all steps inside it."""
    found = [body["id"], *(path["id"] for path in body.get("paths", ()))]
    for _, inner in trees.lists(body):
        found += [one for step in inner for one in ids_in(step)]
    return found


def _put_step(tree: Tree, place: dict[str, Any]) -> Tree:
    step_id, wanted = place["step"], place["spot"]
    present = trees.find(tree, step_id) is not None
    if wanted is None:
        return trees.remove(tree, step_id) if present else tree
    after = wanted["after"] if wanted["after"] and trees.find(tree, wanted["after"]) else None
    if present:
        return trees.move(tree, step_id, after, wanted["path"])
    return trees.insert(tree, wanted["body"], after, wanted["path"])


def _put_path(tree: Tree, place: dict[str, Any]) -> Tree:
    tree = trees.parse(tree)
    wanted = place["spot"]
    owner = next((of for of, path in paths(tree) if path["id"] == place["path"]), wanted["of"] if wanted else "")
    step = trees.find(tree, owner) if owner else None
    if step is None:
        return tree
    body = next((path for path in step["paths"] if path["id"] == place["path"]), None)
    step["paths"] = [path for path in step["paths"] if path["id"] != place["path"]]
    if wanted:
        step["paths"].insert(wanted["index"], body or wanted["body"])
    return trees.parse(tree)


def lists(tree: Tree) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
    """Every list of steps with its id; None for the recipe's own."""
    yield None, tree["steps"]
    for row in trees.steps(tree):
        yield from trees.lists(row.step)


def _member(held: Any, name: str | int) -> Any:
    if isinstance(held, dict):
        return held.get(name)
    if isinstance(held, list) and isinstance(name, int) and 0 <= name < len(held):
        return held[name]
    return None


def _state(values: Iterable[dict[str, Any]] = (), places: Iterable[dict[str, Any]] = ()) -> State:
    return {"values": list(values), "places": list(places)}
