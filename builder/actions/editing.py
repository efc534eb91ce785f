"""What started a run, changed by a person and sent in anew: another run, with the values it should have had."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import audit, events, inputs, starting
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Event, Run, StepRun, StepStatus
from builder.runner import bodies
from connectors.fields import label_of
from connectors.spec import Output

MOST = 200
"""Values that can be changed; the rest stays as it is."""
DEEPEST, ITEMS = 6, 20
LONG = 80
"""Characters from which a text gets a box of several lines."""
DIGITS = 40
NUMBERS = ("number", "integer", "money")
AN_ID = re.compile(r"(^|[._])id$|Id$")
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One text, number or yes-or-no of what the run was given."""

    path: Path
    label: str
    """Of the trigger's outputs; else the names down to it."""
    was: Any
    known: bool = False
    """The trigger tells of it, and it is no ID: people know it by this label."""
    type: str = ""
    """The trigger's word for what is empty here."""

    @property
    def name(self) -> str:
        """`contact.email`, `lines[0].cost`"""
        return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path).removeprefix(".")

    @property
    def kind(self) -> str:
        """boolean, number, note or text"""
        if isinstance(self.was, bool):
            return "boolean"
        if isinstance(self.was, int | float | Decimal) or (self.was is None and self.type in NUMBERS):
            return "number"
        return "note" if isinstance(self.was, str) and ("\n" in self.was or len(self.was) > LONG) else "text"

    @property
    def text(self) -> str:
        if isinstance(self.was, bool):
            return "true" if self.was else "false"
        return "" if self.was is None else str(self.was)


def changeable(run: Run) -> list[Value]:
    """In the order in which its trigger tells them, then the others."""
    trigger = inputs.known(run.version.tree["trigger"]["operation"])
    told = {output.path: (at, output) for at, output in enumerate(trigger.outputs if trigger else ())}
    found = (_value(path, was, told) for path, was in _walk(_data(run)))
    return sorted(found, key=lambda value: told[value.name][0] if value.name in told else len(told))[:MOST]


@action(Capability.RUN, atomic=False)
def run_with(by: Actor, run: Run, given: Mapping[str, str], key: str = "") -> Event:
    """A new event with these values in the place of the run's, by the names of `changeable`; what isn't given stays as
    it was. Of two clicks with one `key` the first counts. Raises Invalid with the value that is none, or when the
    recipe doesn't start from such an event (any more)."""
    recipe = run.recipe
    if not starting.ready(recipe):
        raise Invalid(_("“%(name)s” is not live. Publish it, or resume it, first.") % {"name": recipe.name})
    own = events.id_of(by, recipe, key, f"run {run.pk}")
    if own and (before := Event.objects.filter(public_id=own).first()):
        return before
    if recipe.live_trigger != run.version.tree["trigger"]["operation"]:
        message = _("“%(name)s” starts from something else by now. Choose “Run now” there.")
        raise Invalid(message % {"name": recipe.name})
    known = {value.name: value for value in changeable(run)}
    changed = {name: text for name, text in given.items() if name in known and inputs.differs(text, known[name].text)}
    if not changed:
        raise Invalid(_("No value is another one yet. To repeat it as it was, choose “Run again”."))
    data, wrong = copy.deepcopy(_data(run)), {}
    for name, text in changed.items():
        try:
            _put(data, known[name].path, _typed(known[name], text))
        except Invalid as trouble:
            wrong[name] = [trouble.message]
    if wrong:
        raise Invalid(errors=wrong)
    try:
        bodies.insist_sound(data)
    except bodies.Unreadable as problem:
        raise Invalid(str(problem)) from problem
    event = events.send(by, recipe, data, public_id=own)
    audit.write(by, "run.edited", run, run.title or recipe.name, event=event.public_id, fields=", ".join(changed))
    return event


def _data(run: Run) -> dict[str, Any]:
    """As the run had it: read again at its beginning, where the event told a part."""
    read = StepRun.objects.filter(run=run, step_id="trigger", status=StepStatus.DONE).order_by("pk").last()
    data = read.output if read and read.output else run.event.data
    return data if isinstance(data, dict) else {}


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if len(path) >= DEEPEST and isinstance(value, dict | list):
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if not set(".[") & set(name):  # they tell the names apart
                yield from _walk(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value[:ITEMS]):
            yield from _walk(inner, (*path, at))
    else:
        yield path, value


def _value(path: Path, was: Any, outputs: Mapping[str, tuple[int, Output]]) -> Value:
    plain = Value(path, "", was)
    _at, told = outputs.get(plain.name, (0, None))
    words = (_("no. %(n)d") % {"n": key + 1} if isinstance(key, int) else _word(key) for key in path)
    plainly = told is not None and not AN_ID.search(plain.name)
    return Value(path, told.label if told else ", ".join(words), was, plainly, told.type if told else "")


def _word(key: str) -> str:
    return label_of(key) if key.strip("_ ") else key


def _typed(value: Value, text: str) -> Any:
    if value.kind == "boolean":
        if text not in ("true", "false"):
            raise Invalid(_("Choose yes or no."))
        return text == "true"
    if value.was is None and not text.strip():
        return None
    if value.kind != "number":
        return "\n".join(text.splitlines())
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or len(text.strip()) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise Invalid(_("This is a number, with a point before its fractions: 1250.50"))
    return int(number) if isinstance(value.was, int) and number == int(number) else number


def _put(data: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value
