"""Which inputs a step has, and whether a value may be put there. What a value means is `recipe.values`' business."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from builder.actions.errors import Invalid
from builder.recipe import shape, wrong
from connectors import catalogue
from connectors.fields import Field
from connectors.spec import Operation, Output, Trigger

NESTED = frozenset({"lines", "object", "json", "choices", "tags"})
PLAIN = frozenset({"id", "kind", "name", "note", "skip", "options", "steps", "paths", "otherwise", "conditions"})
"""Parts of a step that have an edit of their own."""
LONGEST = 65_536
IF_WRONG = (
    Output(wrong.WENT, "boolean", "It went wrong", False),
    Output(wrong.WHY, "text", "Why it went wrong", ""),
)


def check(step: dict[str, Any], name: str, inside: Sequence[str | int], value: Any) -> list[str | int]:
    """Where in the step the value goes. Raises Invalid for a field the operation doesn't have."""
    _fits(value, name)
    if value == "" and not inside and _is_lost(step, name):
        return ["inputs", name]  # taking out what no field is there for any more
    known = _fields(step)
    if known is None or (name in _parts(step) and not known.field(name)):
        return _part(step, name, inside)
    found = known.field(name)
    if found is None:
        message = _("“%(operation)s” has no field “%(field)s”.")
        raise Invalid(message % {"operation": known.label, "field": str(name)[:60]}, str(name)[:60])
    if found.type in ("object", "json"):
        inside = [str(part) for part in inside]
    _within(found, inside, value, name)
    return ["inputs", name, *inside]


def kept(step: dict[str, Any], name: str, value: Any) -> None:
    """Whether a value of a file may stay. What this version has no operation or field for stays as it is: Checks names
    it. Raises Invalid."""
    _fits(value, name)
    found = known(str(step["operation"]))
    if found and (field := found.field(name)):
        _shaped(field, [], value, name)


def _is_lost(step: dict[str, Any], name: str) -> bool:
    """There is a value, and the operation has no such field (any more)."""
    found = known(str(step.get("operation") or ""))
    return name in step.get("inputs", {}) and (found is None or found.field(name) is None)


def known(key: str) -> Operation | Trigger | None:
    """What the recipe language asks as its catalogue."""
    return catalogue.operation(key) or catalogue.trigger(key)


def operation(key: Any) -> Operation:
    found = catalogue.operation(key) if isinstance(key, str) else None
    if found is None:
        raise Invalid(
            _("There is no operation “%(key)s”. Choose one from the list.") % {"key": str(key)[:80]}, "operation"
        )
    return found


def trigger(key: Any) -> Trigger:
    found = catalogue.trigger(key) if isinstance(key, str) else None
    if found is None:
        raise Invalid(
            _("There is no trigger “%(key)s”. Choose one from the list.") % {"key": str(key)[:80]}, "operation"
        )
    return found


def awaited(key: Any) -> Trigger:
    """One that a run can wait for."""
    found = trigger(key)
    if not catalogue.can_wait(found):
        raise Invalid(
            _("A run can't wait for “%(trigger)s”. Choose another event.") % {"trigger": found.label}, "trigger"
        )
    return found


def named_in(step: dict[str, Any]) -> str:
    """The part of the step that names what is done, what starts the recipe, or what it waits for."""
    return "trigger" if step.get("kind") == "wait" else "operation"


def outputs_of(step: dict[str, Any]) -> tuple[Output, ...]:
    """What it gives to later steps, of its operation's and of what the runner adds."""
    found = known(key) if (key := key_of(step)) else None
    given = tuple(found.outputs) if found else ()
    return (*given, *IF_WRONG) if wrong.is_told(step) else given


def key_of(step: dict[str, Any]) -> str:
    """The operation or trigger it names, if it is to name one."""
    waits = step.get("kind") == "wait"
    return str(step.get(named_in(step)) or "") if not waits or step["mode"] == "event" else ""


def differs(text: str, was: str) -> bool:
    """Not by blanks and line ends alone: forms send those in a way of their own."""
    return text.split() != was.split()


def short(text: Any, field: str, limit: int = 120) -> str:
    if not isinstance(text, str):
        raise Invalid(_("This must be text."), field)
    if len(text) > limit:
        raise Invalid(_("This is longer than %(limit)d characters. Shorten it.") % {"limit": limit}, field)
    return text


def _fields(step: dict[str, Any]) -> Operation | Trigger | None:
    """What declares the step's inputs; None when only its own parts can be set."""
    if step.get("id") == "trigger":
        return trigger(step["operation"])
    if step.get("kind") == "action":
        return operation(step["operation"])
    if step.get("kind") == "wait" and key_of(step):
        return trigger(key_of(step))
    return None


def _parts(step: dict[str, Any]) -> frozenset[str]:
    if step.get("kind") in (None, "action"):
        return frozenset()
    return frozenset(shape.KINDS[step["kind"]]) - PLAIN


def _part(step: dict[str, Any], name: str, inside: Sequence[str | int]) -> list[str | int]:
    if name in _parts(step):
        return [name, *inside]
    if step.get("kind") == "call":
        return ["inputs", name, *inside]
    raise Invalid(_("This step has no field “%(field)s”.") % {"field": str(name)[:60]}, str(name)[:60])


def _within(field: Field, inside: Sequence[str | int], value: Any, name: str) -> None:
    """Names inside lines and objects are checked where the declaration knows them."""
    _shaped(field, inside, value, name)
    known = {member.name for member in field.fields}
    if field.type not in ("lines", "object") or not known:
        return
    for given in _names(field, inside, value):
        if given not in known and given.split(".")[0] not in known:
            message = _("“%(field)s” has no part “%(part)s”.")
            raise Invalid(message % {"field": field.label, "part": given[:60]}, name)


def _shaped(field: Field, inside: Sequence[str | int], value: Any, name: str) -> None:
    if isinstance(value, dict | list) and not inside and field.type not in NESTED:
        raise Invalid(_("“%(field)s” takes one value, not a list.") % {"field": field.label}, name)
    if inside and field.type not in NESTED:
        raise Invalid(_("“%(field)s” has nothing inside it.") % {"field": field.label}, name)


def _names(field: Field, inside: Sequence[str | int], value: Any) -> list[str]:
    """The member names an edit speaks of, whatever its depth."""
    steps = list(inside)
    if field.type == "lines":
        if steps[:1] == ["each"] or (not steps and isinstance(value, dict) and "each" in value):
            return [] if steps else _keys(value.get("line"))
        if not steps:
            return [name for line in value or [] for name in _keys(line)] if isinstance(value, list) else []
        steps = steps[1:]
    return [str(steps[0])] if steps else _keys(value)


def _keys(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, dict) else []


def _fits(value: Any, name: str) -> None:
    if isinstance(value, str) and len(value) > LONGEST:
        message = _("This text is longer than %(limit)d characters. Shorten it.")
        raise Invalid(message % {"limit": LONGEST}, str(name)[:60])
