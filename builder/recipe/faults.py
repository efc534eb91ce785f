"""All that keeps a tree from being read, where `tree.parse` stops at the first."""

from collections.abc import Iterator
from typing import Any

from builder.recipe import shape
from builder.recipe.shape import TreeError

STAND_IN = "s00000"
"""An id for a step that has none that will do."""
MAX_FOUND = 50


def faults(data: Any) -> list[TreeError]:
    """In reading order, at most MAX_FOUND; none where `tree.parse` takes it. Each part of each step is looked at by
    itself."""
    found: dict[tuple[str, str], TreeError] = {}
    for trouble in _each(data):
        found.setdefault((trouble.step_id, trouble.message), trouble)
        if len(found) == MAX_FOUND:
            break
    return list(found.values())


def _each(data: Any) -> Iterator[TreeError]:
    if not isinstance(data, dict):
        yield from _of(data)
        return
    yield from _of({**data, "trigger": {}, "steps": []})
    yield from _of({"trigger": data.get("trigger", {})})
    steps = data.get("steps", [])
    if not isinstance(steps, list):
        yield from _of({"steps": steps})
        return
    pending: list[tuple[Any, int, Any]] = [(step, 1, "") for step in reversed(steps)]
    seen: set[str] = set()
    while pending:
        step, depth, parent = pending.pop()
        if depth > shape.MAX_DEPTH:
            yield from (TreeError(parent, trouble.message) for trouble in _of({"steps": [_nested(depth)]}))
            continue
        yield from _step(step)
        if isinstance(step, dict):
            yield from _twice(step, seen)
            pending.extend((child, depth + 1, step.get("id")) for child in reversed(list(_inside(step))))
    yield from _of(data)


def _of(tree: Any) -> Iterator[TreeError]:
    try:
        shape.shaped(tree)
    except TreeError as trouble:
        yield trouble


def _step(step: Any) -> Iterator[TreeError]:
    """Of its own parts, one after the other; what stands in its lists comes later."""
    if not isinstance(step, dict):
        yield from _of({"steps": [step]})
        return
    known = {"id": step.get("id"), "kind": step.get("kind")}
    yield from _of({"steps": [{**known, "kind": "stop"}]})
    if not isinstance(known["id"], str) or not shape.STEP_ID.fullmatch(known["id"]):
        known["id"] = STAND_IN
    wrong = list(_of({"steps": [known]}))
    if wrong:
        yield from wrong if known["id"] != STAND_IN else map(_unnamed, wrong)
        return
    for name, value in step.items():
        if name not in known:
            for trouble in _of({"steps": [{**known, name: _emptied(name, value)}]}):
                yield _unnamed(trouble) if known["id"] == STAND_IN else trouble


def _unnamed(trouble: TreeError) -> TreeError:
    return TreeError("", trouble.message.replace(f"Step {STAND_IN}", "A step without a proper id"))


def _emptied(name: str, value: Any) -> Any:
    """A part without the steps inside it."""
    if name == "steps":
        return [] if isinstance(value, list) else value
    if name == "otherwise" and isinstance(value, dict):
        return {**value, "steps": _emptied("steps", value.get("steps", []))}
    if name == "paths" and isinstance(value, list):
        return [_emptied("otherwise", path) for path in value]
    return value


def _inside(step: dict[str, Any]) -> Iterator[Any]:
    paths = step.get("paths")
    for holder in (*(paths if isinstance(paths, list) else ()), step.get("otherwise"), step):
        steps = holder.get("steps") if isinstance(holder, dict) else None
        yield from steps if isinstance(steps, list) else ()


def _twice(step: dict[str, Any], seen: set[str]) -> Iterator[TreeError]:
    name = step.get("id")
    if isinstance(name, str) and shape.STEP_ID.fullmatch(name):
        if name in seen:
            yield from _of({"steps": [{"id": name, "kind": "stop"}, {"id": name, "kind": "stop"}]})
        seen.add(name)


def _nested(depth: int) -> dict[str, Any]:
    inner: list[Any] = [{"id": STAND_IN, "kind": "stop"}]
    for _ in range(depth - 1):
        inner = [{"id": STAND_IN, "kind": "each", "steps": inner}]
    return inner[0]
