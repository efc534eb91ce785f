"""A step in a few words, for its card and for lists: `("Only if", "value is more than 0")`."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from builder.recipe.conditions import LABELS, field_name
from builder.recipe.values import empty, has_pill

KINDS = {
    "action": "Do something", "only_if": "Only if", "paths": "Choose a path", "each": "For each", "wait": "Wait",
    "approval": "Ask for approval", "remember": "Remember", "call": "Call a recipe", "stop": "Stop",
}  # fmt: skip
PILL = re.compile(r"\{\{.*?\}\}", re.DOTALL)

Catalogue = Callable[[str], Any]
Labels = Mapping[str, str]


def title(step: Mapping[str, Any], catalogue: Catalogue) -> str:
    """The step's own name, else its operation's label, else its kind."""
    operation = catalogue(step["operation"]) if step.get("operation") else None
    kind = KINDS[step["kind"]] if "kind" in step else "Trigger"
    return step.get("name") or (operation.label if operation else kind)


def sentence(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels | None = None) -> tuple[str, str]:
    """Two pieces for a card. `labels` names pills: `{"trigger.value": "deal value"}`."""
    if "kind" not in step:
        return "When", _label(step["operation"], catalogue, "something happens")
    return SENTENCES[step["kind"]](step, catalogue, labels or {})


def reads_as(text: Any, labels: Labels | None = None) -> str:
    """A text with every pill replaced by its name in brackets: `Deal [name]`."""
    return PILL.sub(lambda pill: f"[{field_name(pill[0], labels)}]", text) if isinstance(text, str) else ""


def conditions(group: Mapping[str, Any], labels: Labels | None = None) -> str:
    """`value is more than 0 and tags doesn't include “internal”`"""
    between = " or " if group["match"] == "any" else " and "
    parts = [_rule(rule, labels) if "rules" not in rule else f"({conditions(rule, labels)})" for rule in group["rules"]]
    return between.join(parts) or "no condition is set yet"


def _rule(rule: Mapping[str, Any], labels: Labels | None) -> str:
    name = field_name(rule["field"], labels) if rule["field"] else "…"
    label, days, _ = LABELS.get(rule["op"], "…").partition(" (days)")
    value = rule["value"]
    shown = " and ".join(map(str, value)) if isinstance(value, list) and rule["op"] == "between" else value
    shown = ", ".join(map(str, shown)) if isinstance(shown, list) else str(shown)
    if empty(value) or rule["op"] in ("empty", "not_empty", "yes", "no"):
        return f"{name} {label}"
    shown = reads_as(shown, labels) if has_pill(shown) else shown
    bare = has_pill(value) or days or re.fullmatch(r"[\d.,:\s-]+( and [\d.,]+)?", shown)
    return f"{name} {label} {shown if bare else f'“{shown}”'}{' days' if days else ''}"


def _label(key: str, catalogue: Catalogue, otherwise: str) -> str:
    operation = catalogue(key) if key else None
    return operation.label[:1].lower() + operation.label[1:] if operation else otherwise


def _action(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    return "Then", step["name"] or _label(step["operation"], catalogue, "choose what to do")


def _only_if(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    return "Only if", conditions(step["conditions"], labels)


def _paths(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    names = [path["name"] or conditions(path["conditions"], labels) for path in step["paths"]]
    return "Choose a path", step["name"] or ", ".join([*names, "or anything else"])


def _each(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    what = field_name(step["list"], labels) if step["list"] else "a list that isn't chosen yet"
    return "For each", f"of {what}" if step["batch"] == 1 else f"{step['batch']} of {what}"


def _wait(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    if step["mode"] == "until":
        return "Wait until", reads_as(step["at"], labels) or "a time that isn't set yet"
    if step["mode"] == "event":
        return "Wait until", _label(step["trigger"], catalogue, "something happens")
    unit = step["unit"][:-1] if step["amount"] == "1" else step["unit"]
    return "Wait", f"{reads_as(step['amount'], labels) or '…'} {unit}"


def _approval(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    return "Ask", ", ".join(reads_as(person, labels) for person in step["people"]) or "somebody to approve"


def _remember(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    return "Remember", ", ".join(name.replace("_", " ") for name in step["values"]) or "a value"


def _call(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    return "Call", step["name"] or labels.get(step["recipe"], "another recipe")


def _stop(step: Mapping[str, Any], catalogue: Catalogue, labels: Labels) -> tuple[str, str]:
    ends = {"done": "the run ends here", "failed": "the run fails here", "filtered": "the run is left out here"}
    return "Stop", reads_as(step["message"], labels) or ends[step["outcome"]]


SENTENCES: dict[str, Callable[[Mapping[str, Any], Catalogue, Labels], tuple[str, str]]] = {
    "action": _action,
    "only_if": _only_if,
    "paths": _paths,
    "each": _each,
    "wait": _wait,
    "approval": _approval,
    "remember": _remember,
    "call": _call,
    "stop": _stop,
}
