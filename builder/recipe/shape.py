"""The shape of a recipe tree, format 1: what `tree.parse` lets through.

A tree is plain JSON. Every part is written out with its defaults, values are text (a number becomes its text, so that
no float is ever kept), and an unknown part is an error: nothing in a stored recipe is there by accident.

What pills may name: `trigger`, an earlier step's id and its output; inside an each its `<id>.item` and `<id>.number`
(from 1); of a remember step `<id>.<name>`; in the line of a `lines` field with `each` also `item` and `number`; `now`
and `today` everywhere.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MAX_STEPS = 500
MAX_DEPTH = 10
MAX_BYTES = 512 * 1024
MAX_VALUE_DEPTH = 12
MAX_GROUP_DEPTH = 5

STEP_ID = re.compile(r"s[a-z0-9]{5}", re.ASCII)
PATH_ID = re.compile(r"p[a-z0-9]{1,11}", re.ASCII)
BAD_TEXT = re.compile("[\x00\ud800-\udfff]")


class TreeError(Exception):
    """A tree that can't be kept. `step_id` is empty when it is about the whole recipe."""

    def __init__(self, step_id: str, message: str):
        super().__init__(message)
        self.step_id = step_id
        self.message = message


class Unreadable(TreeError):
    """No JSON. `at` is the line and the character where it stops being one, None where that can't be said."""

    def __init__(self, problem: Exception):
        super().__init__("", f"The recipe isn't readable JSON: {problem}.")
        self.at = (problem.lineno, problem.colno) if isinstance(problem, json.JSONDecodeError) else None


Check = Callable[[str, str, Any], Any]
"""(step id, name of the part, value) to the value as it is kept. Raises TreeError."""


def shaped(data: Any) -> dict[str, Any]:
    """The tree with every default written out, sharing nothing with `data`."""
    tree = _members("", "The recipe", data, {"format": 1, "trigger": {}, "steps": []})
    if tree["format"] != 1 or tree["format"] is True:
        raise TreeError("", f"The recipe has format {tree['format']!r}; this version of Recette reads format 1.")
    tree["trigger"] = _trigger(tree["trigger"])
    tree["steps"] = _steps("", tree["steps"], 1)
    _unique_ids(tree)
    return tree


def blank(kind: str, step_id: str) -> dict[str, Any]:
    """A new step of that kind with nothing filled in."""
    return _step({"id": step_id, "kind": kind}, 1)


def lists(step: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The lists of steps inside a step, in reading order, each with its id; in runs a branch is an index into it."""
    if step["kind"] == "paths":
        inner = [(path["id"], path["steps"]) for path in step["paths"]]
        return [*inner, (f"{step['id']}-otherwise", step["otherwise"]["steps"])]
    if step["kind"] == "each":
        return [(f"{step['id']}-each", step["steps"])]
    return []


def value(step_id: str, name: str, given: Any, depth: int = 1) -> Any:
    """Text, a boolean, or a list or dict of them."""
    if depth > MAX_VALUE_DEPTH:
        raise TreeError(step_id, f"“{name}” is nested too deep; the limit is {MAX_VALUE_DEPTH} levels.")
    if isinstance(given, dict):
        return {text(step_id, name, k): value(step_id, str(k), v, depth + 1) for k, v in given.items()}
    if isinstance(given, list | tuple):
        return [value(step_id, name, v, depth + 1) for v in given]
    return given if isinstance(given, bool) else text(step_id, name, given)


def text(step_id: str, name: str, given: Any) -> str:
    if given is None:
        return ""
    if isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        return str(given)
    if not isinstance(given, str):
        raise TreeError(step_id, f"“{name}” must be text, not {_kind_of(given)}.")
    if BAD_TEXT.search(given):
        raise TreeError(step_id, f"“{name}” contains a character that can't be stored. Delete it and type it again.")
    return given


def _trigger(given: Any) -> dict[str, Any]:
    parts: dict[str, Check] = {"operation": text, "connection": text, "inputs": _inputs, "name": text, "note": text}
    start = {"id": "trigger", "operation": "", "connection": "", "inputs": {}, "name": "", "note": ""}
    trigger = _members("trigger", "The trigger", given, start)
    if trigger["id"] != "trigger":
        raise TreeError("trigger", "The trigger's id must be “trigger”.")
    return {"id": "trigger", **{name: check("trigger", name, trigger[name]) for name, check in parts.items()}}


def _steps(step_id: str, given: Any, depth: int) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise TreeError(step_id, f"“steps” must be a list, not {_kind_of(given)}.")
    if given and depth > MAX_DEPTH:
        raise TreeError(step_id, f"Steps are nested too deep; the limit is {MAX_DEPTH} levels. Call another recipe.")
    return [_step(step, depth) for step in given]


def _step(given: Any, depth: int) -> dict[str, Any]:
    step_id = given.get("id") if isinstance(given, dict) else None
    if not isinstance(step_id, str) or not STEP_ID.fullmatch(step_id):
        raise TreeError("", f"A step has the id {step_id!r}; it must be “s” and five lower-case letters or digits.")
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise TreeError(step_id, f"Step {step_id} is of kind {kind!r}; there are {', '.join(KINDS)}.")
    parts = {**COMMON, **KINDS[kind]}
    start = {name: default for name, (default, _) in parts.items()}
    step = _members(step_id, f"Step {step_id}", given, {"id": step_id, "kind": kind, **start})
    for name, (_, check) in parts.items():
        step[name] = check(step_id, name, step[name])
    if kind == "each":
        step["steps"] = _steps(step_id, step["steps"], depth + 1)
    if kind == "paths":
        otherwise = _members(step_id, "“otherwise”", step["otherwise"], {"steps": []})
        step["paths"] = _paths(step_id, step["paths"], depth)
        step["otherwise"] = {"steps": _steps(step_id, otherwise["steps"], depth + 1)}
    return step


def _paths(step_id: str, given: Any, depth: int) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise TreeError(step_id, f"“paths” must be a list, not {_kind_of(given)}.")
    return [_path(step_id, path, depth) for path in given]


def _path(step_id: str, given: Any, depth: int) -> dict[str, Any]:
    path = _members(step_id, "A path", given, {"id": "", "name": "", "conditions": {}, "steps": []})
    if not isinstance(path["id"], str) or not PATH_ID.fullmatch(path["id"]):
        raise TreeError(step_id, f"A path has the id {path['id']!r}; it must be “p” and lower-case letters or digits.")
    return {
        "id": path["id"],
        "name": text(step_id, "name", path["name"]),
        "conditions": _group(step_id, "conditions", path["conditions"]),
        "steps": _steps(step_id, path["steps"], depth + 1),
    }


def _group(step_id: str, name: str, given: Any, depth: int = 1) -> dict[str, Any]:
    if depth > MAX_GROUP_DEPTH:
        raise TreeError(step_id, f"Groups of conditions are nested too deep; the limit is {MAX_GROUP_DEPTH} levels.")
    group = _members(step_id, "A group of conditions", given, {"match": "all", "rules": []})
    if not isinstance(group["rules"], list):
        raise TreeError(step_id, f"“rules” must be a list, not {_kind_of(group['rules'])}.")
    rules = [_rule(step_id, name, rule, depth) for rule in group["rules"]]
    return {"match": one_of("all", "any")(step_id, "match", group["match"]), "rules": rules}


def _rule(step_id: str, name: str, given: Any, depth: int) -> dict[str, Any]:
    if isinstance(given, dict) and "rules" in given:
        return _group(step_id, name, given, depth + 1)
    rule = _members(step_id, "A condition", given, {"field": "", "op": "", "value": ""})
    return {
        "field": text(step_id, "field", rule["field"]),
        "op": text(step_id, "op", rule["op"]),
        "value": value(step_id, "value", rule["value"]),
    }


def _inputs(step_id: str, name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TreeError(step_id, f"“{name}” must be an object of names and values, not {_kind_of(given)}.")
    return value(step_id, name, given)


def _options(step_id: str, name: str, given: Any) -> dict[str, Any]:
    options = _inputs(step_id, name, given)
    for key, allowed in OPTIONS.items():
        if key in options:
            one_of(*allowed)(step_id, key, options[key])
    if "only_if" in options:
        options["only_if"] = _group(step_id, "only_if", options["only_if"])
    return options


def _duration(step_id: str, name: str, given: Any) -> dict[str, Any]:
    parts = _members(step_id, f"“{name}”", given, {"amount": "", "unit": ""})
    unit = one_of("", *UNITS)(step_id, "unit", parts["unit"])
    return {"amount": text(step_id, "amount", parts["amount"]), "unit": unit}


def _people(step_id: str, name: str, given: Any) -> list[str]:
    if not isinstance(given, list):
        raise TreeError(step_id, f"“{name}” must be a list of e-mail addresses, not {_kind_of(given)}.")
    return [text(step_id, name, person) for person in given]


def _flag(step_id: str, name: str, given: Any) -> bool:
    if given in ("true", "false"):
        return bool(given == "true")
    if not isinstance(given, bool):
        raise TreeError(step_id, f"“{name}” must be true or false, not {_kind_of(given)}.")
    return given


def _batch(step_id: str, name: str, given: Any) -> int:
    if isinstance(given, str) and given.strip().isdecimal() and len(given) < 9:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 1000:
        raise TreeError(step_id, f"“{name}” must be a whole number from 1 to 1000, not {given!r:.40}.")
    return given


def _as_given(step_id: str, name: str, given: Any) -> Any:
    return given


def one_of(*allowed: str) -> Check:
    def check(step_id: str, name: str, given: Any) -> str:
        if not isinstance(given, str) or given not in allowed:
            raise TreeError(
                step_id, f"“{name}” is {given!r:.40}; it must be one of {', '.join(filter(None, allowed))}."
            )
        return given

    return check


UNITS = ("minutes", "hours", "days", "weeks")
OPTIONS = {
    "on_error": ("hold", "go_on", "stop"),
    "on_unknown": ("ask", "skip", "again"),
    "retry": ("day", "hour", "quick", "never"),
    "timeout": ("30", "10", "60", "120"),
}
COMMON: dict[str, tuple[Any, Check]] = {
    "name": ("", text),
    "note": ("", text),
    "skip": (False, _flag),
    "options": ({}, _options),
}
KINDS: dict[str, dict[str, tuple[Any, Check]]] = {
    "action": {"operation": ("", text), "connection": ("", text), "inputs": ({}, _inputs)},
    "only_if": {"conditions": ({}, _group)},
    "paths": {"paths": ([], _as_given), "otherwise": ({}, _as_given)},
    "each": {
        "list": ("", text),
        "batch": (1, _batch),
        "on_error": ("stop", one_of("stop", "go_on")),
        "steps": ([], _as_given),
    },
    "wait": {
        "mode": ("for", one_of("for", "until", "event")),
        "amount": ("", text),
        "unit": ("days", one_of(*UNITS)),
        "at": ("", text),
        "trigger": ("", text),
        "connection": ("", text),
        "inputs": ({}, _inputs),
        "about": ("", text),
        "timeout": ({}, _duration),
        "on_timeout": ("go_on", one_of("go_on", "stop", "hold")),
    },
    "approval": {
        "people": ([], _people),
        "message": ("", text),
        "timeout": ({}, _duration),
        "on_timeout": ("decline", one_of("decline", "approve", "hold")),
        "on_decline": ("stop", one_of("stop", "go_on")),
    },
    "remember": {"values": ({}, _inputs)},
    "call": {"recipe": ("", text), "inputs": ({}, _inputs), "wait": (True, _flag)},
    "stop": {"message": ("", text), "outcome": ("done", one_of("done", "failed", "filtered"))},
}


def _members(step_id: str, what: str, given: Any, start: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TreeError(step_id, f"{what} must be an object, not {_kind_of(given)}.")
    if unknown := sorted(str(name) for name in given.keys() - start.keys()):
        raise TreeError(step_id, f"{what} has an unknown part: “{unknown[0]:.40}”.")
    return {**start, **given}


def _unique_ids(tree: dict[str, Any]) -> None:
    seen: set[str] = set()
    pending = list(reversed(tree["steps"]))
    while pending:
        step = pending.pop()
        for found in (step["id"], *(path["id"] for path in step.get("paths", ()))):
            if found in seen:
                raise TreeError(step["id"], f"The id {found} is used twice. Duplicate a step by its menu.")
            seen.add(found)
        for _, inner in reversed(lists(step)):
            pending.extend(reversed(inner))
    if sum(found[0] == "s" for found in seen) > MAX_STEPS:
        raise TreeError("", f"The recipe has more than {MAX_STEPS} steps. Move some into a recipe that it calls.")


def _kind_of(given: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(given), f"{given!r:.40}")


def read(source: str | bytes | dict[str, Any]) -> Any:
    """JSON, already decoded or not, within the size limit."""
    try:
        if isinstance(source, dict):
            source = json.dumps(source, ensure_ascii=False, default=str)
        if len(source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise TreeError(
                "", f"The recipe is larger than {MAX_BYTES // 1024} KB. Move some steps into another recipe."
            )
        return json.loads(source, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError, TypeError) as error:
        raise Unreadable(error) from None
