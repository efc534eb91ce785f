"""What a step was given and can't use, in sentences that call fields and values as the editor does."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from builder.recipe import tree as trees
from builder.recipe.values import Trouble
from connectors import catalogue
from connectors.fields import Field, label_of
from connectors.spec import Operation

LONE = re.compile(r"\{\{-?\s*(\w[\w.\[\]-]*?)\s*-?\}\}")


def told(tree: Mapping[str, Any], operation: Operation, troubles: Iterable[Trouble]) -> str:
    return " ".join(_sentence(tree, operation, trouble) for trouble in troubles)


def _sentence(tree: Mapping[str, Any], operation: Operation, trouble: Trouble) -> str:
    """`line_items.0.cost` begins with "Line items › 1 › Cost"; no name is said twice."""
    said = LONE.sub(lambda pill: _called(tree, pill[1]), trouble.message)
    if trouble.path and said.startswith(f"{trouble.path} "):
        said = _called(tree, trouble.path) + said.removeprefix(trouble.path)
    where = list(_labels(operation.fields, trouble.field.split(".")))
    if where and trouble.message.startswith(f"“{where[-1]}”"):
        where.pop()
    return f"{' › '.join(where)}: {said}" if where else said


def _labels(fields: Iterable[Field], names: list[str]) -> Iterator[str]:
    """A field's own name may have dots, so the longest that fits is taken."""
    for length in range(len(names), 0, -1):
        found = next((field for field in fields if field.name == ".".join(names[:length])), None)
        if found:
            rest = names[length:]
            yield found.label
            if rest and rest[0].isdigit():
                yield str(int(rest.pop(0)) + 1)
            yield from _labels(found.fields, rest)
            return


def _called(tree: Mapping[str, Any], path: str) -> str:
    """`trigger.contact.email` as "“Contact e-mail” of step 1"; what no step of this recipe gives stays a path."""
    root, _dot, rest = path.partition(".")
    number = {"trigger": "1", **{row.step["id"]: row.number for row in trees.steps(dict(tree))}}.get(root)
    if not number:
        return path
    return f"“{_label(_operation(tree, root), rest)}” of step {number}" if rest else f"What step {number} gives"


def _operation(tree: Mapping[str, Any], step_id: str) -> Any:
    step = trees.find(dict(tree), step_id) or {}
    key = step.get("operation", "")
    return catalogue.operation(key) or catalogue.trigger(key)


def _label(known: Any, path: str) -> str:
    declared = next((output.label for output in getattr(known, "outputs", ()) if output.path == path), "")
    parts = [label_of(part) for part in re.split(r"[.\[\]]+", path) if part and not part.isdigit()]
    return declared or " › ".join(parts[-2:])
