"""What can be done to a draft, each a function from the tree and its arguments to a Change. Names are fixed: pages,
the API and the edit log use them.

    add_step         kind, after, path · operation, connection, inputs, and a control step's own parts
                     `after` is a step or "trigger"; `path` a list of steps, to be first in it
    paste_steps      steps, after, path
    delete_step duplicate_step   step
    delete_steps duplicate_steps   steps, by their ids
    move_step        step, after, path
    toggle_step      step · skip      toggle_steps   steps, by their ids · skip
    rename_step      step (or a path), name
    set_note         step, note
    set_operation    step, operation
    set_connection   step, connection
    set_field        step, field, value · at
                     an input, or a control step's own part; `at` reaches inside it: [0, "cost"] or "0.cost"
    add_line         step, field · line
    remove_line      step, field, index
    set_condition    step (or a path) · conditions | rule, part, value | match · where
    set_policy       step, option, value
    add_error_path   step
    add_path         step · name      delete_path   path      move_path   path, index
    rename_recipe    name
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import changes, inputs
from builder.actions.changes import Change, Tree
from builder.actions.errors import Gone, Invalid
from builder.recipe import shape, wrong
from builder.recipe import tree as trees

Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an edit works on."""

    tree: Tree
    name: str
    """The recipe's."""
    connections: Mapping[str, str]
    """Public ids of the workspace's connections, and the connector of each."""


def add_step(desk: Desk, kind: str = "action", after: str = "trigger", path: str = "", **given: Any) -> Change:
    step = _blank(kind)
    operation, connection = given.pop("operation", ""), given.pop("connection", "")
    if kind == "action" and operation:
        step["operation"] = inputs.operation(operation).key
        step["connection"] = _connection(desk, step["operation"], connection)
    for name, value in given.pop("inputs", {}).items():
        inputs.check(step, name, [], value)
        step["inputs"][name] = value
    if unknown := given.keys() - step.keys():
        raise Invalid(_("A step has no part “%(part)s”.") % {"part": min(unknown)[:40]}, "args")
    step.update({name: value for name, value in given.items() if name not in ("id", "kind")})
    return changes.step_comes(desk.tree, step, *_anchor(desk, after, path))


def paste_steps(desk: Desk, steps: Any, after: str = "trigger", path: str = "") -> Change:
    """They keep the ids that are free: what was cut is found again by whatever looked at it. A connection that isn't
    this workspace's is left empty."""
    bodies = trees.renewed(_steps(steps), secrets.randbelow, trees.ids_of(desk.tree))
    for row in trees.steps({"format": 1, "trigger": {}, "steps": bodies}):
        if "connection" in row.step and row.step["connection"] not in desk.connections:
            row.step["connection"] = ""
        if row.step["kind"] == "action" and row.step["operation"]:
            inputs.operation(row.step["operation"])
    return changes.steps_come(desk.tree, bodies, *_anchor(desk, after, path))


def duplicate_step(desk: Desk, step: str) -> Change:
    return duplicate_steps(desk, [_step(desk, step)["id"]])


def duplicate_steps(desk: Desk, steps: list[str]) -> Change:
    """Copies of all of them after the last."""
    chosen = _chosen(desk, steps)
    bodies = trees.renewed(chosen, secrets.randbelow, trees.ids_of(desk.tree))
    return changes.steps_come(desk.tree, bodies, chosen[-1]["id"], None)


def delete_step(desk: Desk, step: str) -> Change:
    _step(desk, step)
    return changes.step_goes(desk.tree, step)


def delete_steps(desk: Desk, steps: list[str]) -> Change:
    return changes.joined(*(changes.step_goes(desk.tree, step["id"]) for step in _chosen(desk, steps)))


def move_step(desk: Desk, step: str, after: str = "", path: str = "") -> Change:
    _step(desk, step)
    return changes.step_moves(desk.tree, step, *_anchor(desk, after, path))


def toggle_step(desk: Desk, step: str, skip: bool | None = None) -> Change:
    found = _step(desk, step)
    return changes.values(desk.tree, (step, ["skip"], not found["skip"] if skip is None else skip))


def toggle_steps(desk: Desk, steps: list[str], skip: bool | None = None) -> Change:
    """All skipped, or all used again when they were."""
    chosen = _chosen(desk, steps)
    skip = any(not step["skip"] for step in chosen) if skip is None else skip
    return changes.values(desk.tree, *((step["id"], ["skip"], skip) for step in chosen))


def rename_step(desk: Desk, step: str, name: str) -> Change:
    _held(desk, step)
    return changes.values(desk.tree, (step, ["name"], inputs.short(name, "name")))


def set_note(desk: Desk, step: str, note: str) -> Change:
    _held(desk, step)
    return changes.values(desk.tree, (step, ["note"], inputs.short(note, "note", 5000)))


def set_operation(desk: Desk, step: str, operation: str) -> Change:
    """Of a step, what starts the recipe, or what a run waits for. Inputs that the new one knows too are kept."""
    found = _held(desk, step)
    part = inputs.named_in(found)
    find = inputs.awaited if part == "trigger" else inputs.trigger if step == "trigger" else inputs.operation
    new = find(operation)
    kept = {name: value for name, value in _inputs(found).items() if new.field(name)}
    connection = _connection(desk, operation, "") if _other_service(desk, found, operation) else found["connection"]
    return changes.values(
        desk.tree, (step, [part], new.key), (step, ["connection"], connection), (step, ["inputs"], kept)
    )


def set_connection(desk: Desk, step: str, connection: str) -> Change:
    found = _held(desk, step)
    key = found.get("operation") or found.get("trigger") or ""
    return changes.values(desk.tree, (step, ["connection"], _connection(desk, key, connection, choose=False)))


def set_field(desk: Desk, step: str, field: str, value: Any, at: Any = ()) -> Change:
    found = _held(desk, step)
    inside = _at(at)
    keys = inputs.check(found, field, inside, value)
    wanted = [(step, keys, value)]
    if inside and not isinstance(changes.look(desk.tree, step, keys[:-1]), dict | list):
        wanted = [_grown(desk.tree, step, keys, value)]
    return changes.values(desk.tree, *wanted)


def add_line(desk: Desk, step: str, field: str, line: Any = None) -> Change:
    found = _held(desk, step)
    line = {} if line is None else line
    keys = inputs.check(found, field, [0], line)[:-1]
    lines = changes.look(desk.tree, step, keys)
    return changes.values(desk.tree, (step, keys, [*(lines if isinstance(lines, list) else []), line]), claim=False)


def remove_line(desk: Desk, step: str, field: str, index: int | str) -> Change:
    keys = inputs.check(_held(desk, step), field, [], [])
    lines, number = changes.look(desk.tree, step, keys), _number(index, "index")
    if not isinstance(lines, list) or not 0 <= number < len(lines):
        raise Invalid(_("There is no such line any more. Reload the page."), "index")
    return changes.values(desk.tree, (step, keys, [line for i, line in enumerate(lines) if i != number]))


def set_condition(desk: Desk, step: str, **given: Any) -> Change:
    """The whole group (`conditions`); or at `rule`, a list of positions, the rule or its `part` (None removes it); or
    a group's `match`. `where`: "only_if" for the condition that any step may have among its options."""
    found = _held(desk, step)
    root: list[str | int] = ["options", "only_if"] if given.pop("where", "") == "only_if" else ["conditions"]
    if root[0] not in found:
        raise Invalid(_("This step has no conditions."), "step")
    if "conditions" in given:
        return changes.values(desk.tree, (step, root, given["conditions"]))
    if root[0] == "options" and changes.look(desk.tree, step, root) is None:
        return changes.values(desk.tree, (step, root, {"match": "all", "rules": [given["value"]]}))
    keys = [*root]
    for position in _at(given.pop("rule", ())):
        keys += ["rules", _number(position, "rule")]
    if "match" in given:
        return changes.values(desk.tree, (step, [*keys, "match"], given["match"]))
    if len(keys) == len(root):
        raise Invalid(_("Say which condition: “rule” is a list of positions."), "rule")
    return _rule(desk.tree, step, keys, given)


def set_policy(desk: Desk, step: str, option: str, value: str) -> Change:
    _step(desk, step)
    if option not in shape.OPTIONS:
        raise Invalid(_("There is no option “%(option)s”.") % {"option": str(option)[:40]}, "option")
    return changes.values(desk.tree, (step, ["options", option], value))


def add_error_path(desk: Desk, step: str) -> Change:
    """The run goes on without the step, and paths come behind it: the first when it went wrong, the other when not."""
    if _step(desk, step)["kind"] != "action":
        raise Invalid(_("Only a step that does something can go wrong."), "step")
    fork = _blank("paths")
    fork["paths"] = [{**_new_path(_("It went wrong")), "conditions": wrong.is_so(step)}]
    return changes.joined(
        changes.values(desk.tree, (step, ["options", "on_error"], "go_on")),
        changes.step_comes(desk.tree, fork, step, None),
    )


def add_path(desk: Desk, step: str, name: str = "") -> Change:
    """Last, before *otherwise*."""
    found = _step(desk, step)
    if found["kind"] != "paths":
        raise Invalid(_("Only a step that chooses a path has paths."), "step")
    name = name or _("Path %(number)d") % {"number": len(found["paths"]) + 1}
    return changes.path_comes(step, len(found["paths"]), _new_path(inputs.short(name, "name")))


def delete_path(desk: Desk, path: str) -> Change:
    _path(desk, path)
    return changes.path_goes(desk.tree, path)


def move_path(desk: Desk, path: str, index: int | str) -> Change:
    _path(desk, path)
    return changes.path_moves(desk.tree, path, max(0, _number(index, "index")))


def rename_recipe(desk: Desk, name: str) -> Change:
    name = inputs.short(name, "name").strip()
    if not name:
        raise Invalid(_("Give the recipe a name."), "name")
    value = {"of": "recipe", "keys": ["name"]}
    before, after = ([{**value, "value": text}] for text in (desk.name, name))
    touched = ["recipe.name"]
    return Change({"values": before, "places": []}, {"values": after, "places": []}, touched, touched)


OPS: dict[str, Callable[..., Change]] = {
    do.__name__: do
    for do in (
        add_step, paste_steps, delete_step, delete_steps, duplicate_step, duplicate_steps, move_step, toggle_step,
        toggle_steps, rename_step, set_note,
        set_operation, set_connection, set_field, add_line, remove_line, set_condition, set_policy,
        add_error_path, add_path, delete_path, move_path, rename_recipe,
    )
}  # fmt: skip


def change(desk: Desk, op: str, args: Mapping[str, Any]) -> Change:
    """Raises Invalid, Gone or TreeError."""
    if op not in OPS:
        raise Invalid(_("There is no edit “%(op)s”.") % {"op": str(op)[:40]}, "op")
    try:
        return OPS[op](desk, **args)
    except (TypeError, AttributeError, KeyError) as problem:
        message = _("The edit “%(op)s” was sent with the wrong parts: %(problem)s")
        raise Invalid(message % {"op": op, "problem": problem}, "args") from problem


def _held(desk: Desk, of: Any) -> dict[str, Any]:
    """A step, the trigger or a path."""
    found = changes.holder(desk.tree, of) if isinstance(of, str) else None
    if found is None:
        raise Gone(_("This step is no longer in the recipe."), "step")
    return found


def _step(desk: Desk, step_id: Any) -> Step:
    found = _held(desk, step_id)
    if "kind" not in found:
        raise Invalid(_("This can be done to a step only, not to the trigger or a path."), "step")
    return found


def _path(desk: Desk, path_id: str) -> None:
    if not any(path["id"] == path_id for _of, path in changes.paths(desk.tree)):
        raise Gone(_("This path is no longer in the recipe."), "path")


def _anchor(desk: Desk, after: str, path: str) -> tuple[str | None, str | None]:
    if after:
        _held(desk, after)
    elif path and path not in {found for found, _steps in changes.lists(desk.tree)}:
        raise Gone(_("This path is no longer in the recipe."), "path")
    return after or None, path or None


def _steps(given: Any) -> list[Step]:
    if not isinstance(given, list) or not given:
        raise Invalid(_("There are no steps on the clipboard."), "steps")
    return trees.parse({"format": 1, "trigger": {}, "steps": given})["steps"]


def _chosen(desk: Desk, ids: Any) -> list[Step]:
    """The steps of these ids in reading order, each with all that is inside it."""
    if not isinstance(ids, list) or not ids:
        raise Invalid(_("Choose the steps first."), "steps")
    return trees.chosen(desk.tree, {_step(desk, each)["id"] for each in ids})


def _blank(kind: str) -> Step:
    if kind not in shape.KINDS:
        raise Invalid(_("There is no step of the kind “%(kind)s”.") % {"kind": str(kind)[:40]}, "kind")
    step = trees.blank(kind, trees.new_id(secrets.randbelow))
    if kind in ("approval", "wait"):
        step["timeout"] = {"amount": "7", "unit": "days"}
    if kind == "paths":
        step["paths"] = [_new_path(_("Path %(number)d") % {"number": 1})]
    return step


def _new_path(name: str) -> dict[str, Any]:
    conditions: dict[str, Any] = {"match": "all", "rules": []}
    return {"id": trees.new_path_id(secrets.randbelow), "name": name, "conditions": conditions, "steps": []}


def _connection(desk: Desk, key: str, given: str, choose: bool = True) -> str:
    """The connection asked for, or the only one there is for this operation's service."""
    connector = key.split(".")[0]
    if given:
        if desk.connections.get(given) != connector:
            raise Invalid(_("This connection is not there, or belongs to another service. Choose one."), "connection")
        return given
    fitting = [public_id for public_id, theirs in desk.connections.items() if theirs == connector]
    return fitting[0] if choose and len(fitting) == 1 else ""


def _other_service(desk: Desk, step: Step, operation: str) -> bool:
    return desk.connections.get(step["connection"]) != operation.split(".")[0]


def _inputs(step: Step) -> dict[str, Any]:
    if inputs.named_in(step) not in step:
        raise Invalid(_("This step has no operation to choose."), "step")
    return step["inputs"]


def _at(given: Any) -> list[str | int]:
    parts = [p for p in given.split(".") if p] if isinstance(given, str) else list(given)
    return [int(p) if isinstance(p, str) and p.isdecimal() else p for p in parts]


def _grown(tree: Tree, step: str, keys: list[str | int], value: Any) -> tuple[str, list[str | int], Any]:
    """A value inside something that isn't there yet: the outermost missing part is set, with the value in it."""
    depth = len(keys) - 1
    while depth > 1 and not isinstance(changes.look(tree, step, keys[:depth]), dict | list):
        depth -= 1
    for name in reversed(keys[depth + 1 :]):
        value = [value] if name == 0 else {name: value}
    return step, keys[: depth + 1], value


def _rule(tree: Tree, step: str, keys: list[str | int], given: dict[str, Any]) -> Change:
    held = changes.look(tree, step, keys)
    rules = changes.look(tree, step, keys[:-1])
    index = keys[-1]
    if not isinstance(rules, list) or not isinstance(index, int) or index > len(rules):
        raise Gone(_("This condition is no longer in the recipe."), "rule")
    value = {**(held or {}), given["part"]: given["value"]} if "part" in given else given["value"]
    if held is not None and value is not None:
        part = [given["part"]] if "part" in given else []
        return changes.values(tree, (step, [*keys, *part], given["value"]))
    rest = [rule for i, rule in enumerate(rules) if i != index]
    return changes.values(tree, (step, keys[:-1], rest if value is None else [*rest, value]), claim=value is None)


def _number(given: Any, field: str) -> int:
    try:
        return int(given)
    except (TypeError, ValueError):
        raise Invalid(_("This must be a position: 0, 1, 2 …"), field) from None
