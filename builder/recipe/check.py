"""What keeps a draft from being published, in the order of reading, each with the step, the field and the way out."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from builder.recipe import coerce, conditions, summary, template, tree, values, wrong
from builder.recipe.errors import BadTemplate, CantRender
from builder.recipe.tree import TreeError
from builder.recipe.values import EACH_NAMES, empty, has_pill

BUILT_IN_CONNECTOR = "tools"
"""Its operations need no connection."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

NEVER_WRONG = (
    "“%(field)s” looks whether %(target)s went wrong, but a run doesn't go on when it does. Choose “Go on without it” "
    "in that step's options."
)
Catalogue = Callable[[str], Any]
Connections = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    step_id: str
    field: str
    """Name of the input (`line_items.0.cost`) or part (`conditions`); empty when it is about the whole step."""
    code: str
    message: str
    """English with %(name)s places, for gettext."""
    params: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class Look:
    """One step, and what can be seen from it."""

    step: dict[str, Any]
    title: str
    catalogue: Catalogue
    connections: Connections
    numbers: Mapping[str, str]
    titles: Mapping[str, str]
    skipped: frozenset[str]
    visible: frozenset[str]
    """First names its pills may have."""
    told: frozenset[str] = frozenset()
    """Steps whose going wrong is a value."""

    def problem(self, code: str, message: str, place: str = "", /, **params: str) -> Problem:
        return Problem(self.step["id"], place, code, f"%(step)s: {message}", {"step": self.title, **params})


def problems(recipe: Any, catalogue: Catalogue, *, connections: Connections) -> list[Problem]:
    """`catalogue(key)` gives the operation or trigger, or None; `connections` has by id `connector`, `healthy`,
    `called` (whether its service can call us over it) and `lacks` (an operation or trigger and its inputs to the
    permissions that are known to be missing for it)."""
    try:
        recipe = tree.parse(recipe)
    except TreeError as error:
        return [Problem(error.step_id, "", "shape", "%(reason)s", {"reason": error.message})]
    rows = list(tree.steps(recipe))
    titles = {row.step["id"]: f"{row.number} {summary.title(row.step, catalogue)}" for row in rows}
    look = Look(
        step=recipe["trigger"],
        title=f"1 {summary.title(recipe['trigger'], catalogue)}",
        catalogue=catalogue,
        connections=connections,
        numbers={row.step["id"]: row.number for row in rows},
        titles={**titles, "trigger": "1"},
        skipped=frozenset(row.step["id"] for row in rows if row.step["skip"]),
        visible=template.BUILT_IN,
        told=frozenset(wrong.told_in(recipe)),
    )
    found = [*_trigger(look)]
    if not rows:
        found.append(Problem("", "", "no_steps", "The recipe has no steps. Add one below the trigger.", {}))
    return [*found, *_list(recipe["steps"], replace(look, visible=look.visible | {"trigger"}))]


def _list(steps: list[dict[str, Any]], look: Look) -> Iterator[Problem]:
    for step in steps:
        here = replace(look, step=step, title=look.titles[step["id"]])
        if not step["skip"]:
            yield from KINDS[step["kind"]](here)
            yield from _run_only_if(here)
            inside = here.visible | ({step["id"]} if step["kind"] == "each" else set())
            for _, inner in tree.lists(step):
                yield from _list(inner, replace(here, visible=inside))
        look = replace(look, visible=look.visible | {step["id"]})


def _trigger(look: Look) -> Iterator[Problem]:
    if not look.step["operation"]:
        yield Problem("trigger", "operation", "no_trigger", "The recipe has no trigger. Choose what starts it.", {})
    else:
        yield from _operation(look, look.step["operation"], "operation")


def _operation(look: Look, key: str, part: str) -> Iterator[Problem]:
    """A step's operation (or the trigger's), its connection and its inputs."""
    operation = look.catalogue(key)
    if operation is None:
        yield look.problem("unknown_operation", "“%(key)s” isn't known here. Choose another operation.", part, key=key)
        return
    yield from _connection(look, operation)
    for each in operation.fields:
        yield from _input(look, each, look.step["inputs"].get(each.name), each.name)
    yield from _lost(look, operation.fields, look.step["inputs"], "")


def _connection(look: Look, operation: Any) -> Iterator[Problem]:
    chosen, needed = look.step["connection"], operation.connector
    if needed == BUILT_IN_CONNECTOR:
        return
    known = look.connections.get(chosen)
    if not chosen:
        yield look.problem("no_connection", "no account is chosen. Choose or add a connection.", "connection")
    elif known is None:
        yield look.problem("unknown_connection", "its connection no longer exists. Choose another one.", "connection")
    elif known["connector"] != needed:
        yield look.problem("wrong_connection", "its connection is to another app. Choose one that fits.", "connection")
    elif not known["healthy"]:
        message = "its connection doesn't work at the moment. Open it under Connections and test it."
        yield look.problem("unhealthy_connection", message, "connection")
    elif getattr(operation, "needs_webhook", False) and not known["called"]:
        message = (
            "its app tells of this by webhook alone, and can't call us over this connection: it would never start. "
            "Choose one that is connected by the app, or another trigger."
        )
        yield look.problem("needs_webhook", message, "connection")
    elif lacking := known["lacks"](operation, look.step["inputs"]):
        message = (
            "its account lacks the permission %(permission)s, so the service will refuse it. Grant it there, then test "
            "the connection; or choose another account."
        )
        yield look.problem("no_permission", message, "connection", permission=", ".join(lacking))


def _input(look: Look, field: Any, given: Any, place: str) -> Iterator[Problem]:
    given = field.default if empty(given) else given
    if empty(given):
        if field.required:
            message = "“%(field)s” is empty. Fill it in, or choose a value from an earlier step."
            yield look.problem("required", message, place, field=field.label)
    elif field.type == "lines" and isinstance(given, dict):
        yield from _pills(look, given.get("each"), f"{place}.each", field.label)
        inside = replace(look, visible=look.visible | EACH_NAMES)
        yield from _inputs(inside, field.fields, given.get("line") or {}, f"{place}.line")
    elif field.type == "lines" and isinstance(given, list):
        for number, row in enumerate(given):
            row = row if isinstance(row, dict) else {}
            yield from _inputs(look, field.fields, row, f"{place}.{number}")
    elif field.type == "object" and isinstance(given, dict) and field.fields:
        yield from _inputs(look, field.fields, given, place)
    elif _any_pill(given):
        yield from _pills(look, given, place, field.label)
    else:
        yield from _literal(look, field, given, place)


def _inputs(look: Look, fields: Iterable[Any], given: Mapping[str, Any], place: str) -> Iterator[Problem]:
    fields = tuple(fields)
    for field in fields:
        yield from _input(look, field, given.get(field.name), f"{place}.{field.name}")
    yield from _lost(look, fields, given, f"{place}.")


def _lost(look: Look, fields: Iterable[Any], given: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Values that no field is there for: the service dropped it, or the recipe is another version's."""
    for name in sorted(given.keys() - {field.name for field in fields}):
        if not empty(given[name]):
            message = "there is no field “%(field)s” any more; its value is kept, but never sent. Take it out."
            if where:
                message = (
                    "there is no “%(field)s” any more in a line; its value is kept, but never sent. Add the line anew."
                )
            yield look.problem("lost_field", message, f"{where}{name}", field=name)


def _literal(look: Look, field: Any, given: Any, place: str) -> Iterator[Problem]:
    _, troubles = values.resolve({field.name: given}, [field], {}, now=None)
    for trouble in troubles:
        message = "“%(field)s”: %(reason)s"
        yield look.problem("wrong_value", message, place, field=field.label, reason=trouble.message)


def _any_pill(given: Any) -> bool:
    if isinstance(given, dict):
        return any(map(_any_pill, given.values()))
    return any(map(_any_pill, given)) if isinstance(given, list) else has_pill(given)


def _pills(look: Look, given: Any, place: str, label: str) -> Iterator[Problem]:
    if isinstance(given, dict | list):
        for inner in given.values() if isinstance(given, dict) else given:
            yield from _pills(look, inner, place, label)
    elif has_pill(given):
        try:
            pills = template.parse(given).pills
        except BadTemplate as error:
            message = "“%(field)s”: %(reason)s"
            yield look.problem("bad_template", message, place, field=label, reason=error.message)
            return
        for root in dict.fromkeys(root for root, _ in pills):
            yield from _pill(look, root, place, label)
        for root in dict.fromkeys(root for root, rest in pills if rest in (wrong.WENT, wrong.WHY)):
            if root in look.visible and root not in look.told:
                yield look.problem("never_wrong", NEVER_WRONG, place, field=label, target=look.titles.get(root, root))


def _pill(look: Look, root: str, place: str, label: str) -> Iterator[Problem]:
    target = look.titles.get(root, root)
    if root in look.visible:
        if root in look.skipped:
            message = "“%(field)s” uses a value of %(target)s, which is skipped. Choose another value, or switch it on."
            yield look.problem("skipped_step", message, place, field=label, target=target)
    elif root not in look.numbers:
        message = "“%(field)s” uses “%(target)s”, which isn't in the recipe. Choose the value again."
        yield look.problem("unknown_step", message, place, field=label, target=target)
    elif int(look.numbers[root]) >= int(look.numbers.get(look.step["id"], 1)):
        message = (
            "“%(field)s” uses a value of %(target)s, which comes later. Move that step up, or choose another value."
        )
        yield look.problem("later_step", message, place, field=label, target=target)
    else:
        message = (
            "“%(field)s” uses a value of %(target)s, which not every run passes. Choose another value, or move it."
        )
        yield look.problem("other_path", message, place, field=label, target=target)


def _action(look: Look) -> Iterator[Problem]:
    if not look.step["operation"]:
        yield look.problem("no_operation", "nothing is chosen to do. Choose an operation.", "operation")
    else:
        yield from _operation(look, look.step["operation"], "operation")
        yield from _one_of(look, look.catalogue(look.step["operation"]))


def _one_of(look: Look, operation: Any) -> Iterator[Problem]:
    if operation and operation.one_of and all(empty(look.step["inputs"].get(name)) for name in operation.one_of):
        message = "fill in at least one of %(fields)s."
        named = values.labels_of(operation.fields, operation.one_of)
        yield look.problem("required", message, operation.one_of[0], fields=named)


def _only_if(look: Look) -> Iterator[Problem]:
    yield from _conditions(look, look.step["conditions"], "conditions")


def _run_only_if(look: Look) -> Iterator[Problem]:
    """The condition of a step of its own; none is none."""
    group = look.step["options"].get("only_if")
    if group and group["rules"]:
        yield from _conditions(look, group, "options.only_if")


def _paths(look: Look) -> Iterator[Problem]:
    if not look.step["paths"]:
        yield look.problem("no_paths", "there is no path to choose. Add one, or delete the step.", "paths")
    for number, path in enumerate(look.step["paths"]):
        yield from _conditions(look, path["conditions"], f"paths.{number}.conditions")


def _conditions(look: Look, group: dict[str, Any], place: str) -> Iterator[Problem]:
    if not group["rules"]:
        way_out = "Add one, or delete the path." if place.startswith("paths.") else "Add one, or delete the step."
        yield look.problem("no_conditions", f"there is no condition. {way_out}", place)
    for number, rule in enumerate(group["rules"]):
        inner = f"{place}.rules.{number}"
        yield from _conditions(look, rule, inner) if "rules" in rule else _rule(look, rule, inner)


def _rule(look: Look, rule: dict[str, Any], place: str) -> Iterator[Problem]:
    needs = conditions.arity(rule["op"])
    if not has_pill(rule["field"]):
        yield look.problem("bad_condition", "a condition has no field. Choose what to look at.", f"{place}.field")
        return
    name = conditions.field_name(rule["field"])
    yield from _pills(look, rule["field"], f"{place}.field", name)
    if needs is None:
        message = "the condition on “%(field)s” has no comparison. Choose one."
        yield look.problem("bad_condition", message, f"{place}.op", field=name)
    elif needs and _unfilled(rule["value"], needs):
        message = "the condition on “%(field)s” has nothing to compare with. Fill it in."
        yield look.problem("bad_condition", message, f"{place}.value", field=name)
    elif needs:
        yield from _pills(look, rule["value"], f"{place}.value", name)
        yield from _right_side(look, rule, name, f"{place}.value")


def _unfilled(value: Any, needs: int) -> bool:
    if needs == 2 and isinstance(value, list):
        return len(value) != 2 or any(map(empty, value))
    return empty(value)


def _right_side(look: Look, rule: dict[str, Any], name: str, place: str) -> Iterator[Problem]:
    """A typed-in value has to be of the operator's type."""
    wanted = "number" if rule["op"] in conditions.NUMBER_OPS else "date" if rule["op"] in conditions.DATE_OPS else ""
    given = rule["value"] if isinstance(rule["value"], list) else [rule["value"]]
    for value in given if wanted and not (rule["op"] == "between" and len(given) == 1) else ():
        try:
            if not has_pill(value):
                coerce.coerce(value, wanted)
        except CantRender as error:
            message = "the condition on “%(field)s”: %(reason)s"
            yield look.problem("bad_condition", message, place, field=name, reason=error.message)


def _each(look: Look) -> Iterator[Problem]:
    if not has_pill(look.step["list"]):
        yield look.problem("required", "no list is chosen. Choose one from an earlier step.", "list")
    yield from _pills(look, look.step["list"], "list", "List")
    if not look.step["steps"]:
        yield look.problem("no_inner_steps", "nothing is done for each item. Add a step inside.", "steps")


def _wait(look: Look) -> Iterator[Problem]:
    step = look.step
    if step["mode"] == "for":
        yield from _typed(look, "amount", "How long", "number", required=True)
    elif step["mode"] == "until":
        yield from _typed(look, "at", "Until", "datetime", required=True)
    else:
        yield from _awaited(look) if step["trigger"] else _no_event(look)
        if empty(step["about"]):
            message = (
                "it isn't said what the event must be about. Choose a value that it names, such as the invoice's ID or "
                "an e-mail address."
            )
            yield look.problem("required", message, "about")
        yield from _pills(look, step["about"], "about", "About")
        yield from _timeout(look)


def _no_event(look: Look) -> Iterator[Problem]:
    yield look.problem("required", "no event is chosen to wait for. Choose one.", "trigger")


def _awaited(look: Look) -> Iterator[Problem]:
    step, trigger = look.step, look.catalogue(look.step["trigger"])
    tells = trigger and not hasattr(trigger, "perform") and not getattr(trigger, "per_recipe", False)
    if trigger and (not tells or trigger.connector == BUILT_IN_CONNECTOR):
        yield look.problem("cannot_wait", "a run can't wait for this event. Choose another one.", "trigger")
        return
    yield from _operation(look, step["trigger"], "trigger")
    for name, value in step["inputs"].items():
        if _any_pill(value):
            message = (
                "“%(field)s” is the same for all runs: no value of an earlier step can stand there. Type or choose it."
            )
            field = trigger.field(name) if trigger else None
            yield look.problem("fixed", message, name, field=field.label if field else name)


def _approval(look: Look) -> Iterator[Problem]:
    if not look.step["people"]:
        yield look.problem("required", "nobody is asked. Add at least one person.", "people")
    for number, person in enumerate(look.step["people"]):
        yield from _typed(look, f"people.{number}", "Person", "email", given=person, required=True)
    yield from _pills(look, look.step["message"], "message", "Message")
    yield from _timeout(look)


def _timeout(look: Look) -> Iterator[Problem]:
    timeout = look.step["timeout"]
    yield from _typed(look, "timeout.amount", "Wait at most", "number", given=timeout["amount"], required=True)
    if timeout["amount"] and not timeout["unit"]:
        yield look.problem(
            "required", "“Wait at most” has no unit. Choose minutes, hours, days or weeks.", "timeout.unit"
        )


def _typed(
    look: Look, place: str, label: str, type: str, *, given: Any = None, required: bool = False
) -> Iterator[Problem]:
    given = look.step.get(place) if given is None else given
    if empty(given):
        if required:
            yield look.problem("required", "“%(field)s” is empty. Fill it in.", place, field=label)
    elif has_pill(given):
        yield from _pills(look, given, place, label)
    else:
        try:
            coerce.coerce(given, type)
        except CantRender as error:
            yield look.problem("wrong_value", "“%(field)s”: %(reason)s", place, field=label, reason=error.message)


def _remember(look: Look) -> Iterator[Problem]:
    if not look.step["values"]:
        yield look.problem("required", "nothing is remembered. Add a name and a value.", "values")
    for name, given in look.step["values"].items():
        if not NAME.fullmatch(name):
            message = "“%(name)s” can't be a name. Use letters, digits and underscores, such as due_date."
            yield look.problem("bad_name", message, f"values.{name}", name=name)
        yield from _pills(look, given, f"values.{name}", name)


def _call(look: Look) -> Iterator[Problem]:
    if not look.step["recipe"]:
        yield look.problem("required", "no recipe is chosen to call. Choose one.", "recipe")
    for name, given in look.step["inputs"].items():
        yield from _pills(look, given, f"inputs.{name}", name)


def _stop(look: Look) -> Iterator[Problem]:
    yield from _pills(look, look.step["message"], "message", "Message")


KINDS: dict[str, Callable[[Look], Iterator[Problem]]] = {
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
