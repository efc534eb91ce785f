"""Live lists in *Fix and go on*: what the other service offers for a field, to who may ask; to all, names of IDs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import connections, fixing
from builder.actions.actor import Actor
from builder.actions.errors import ActionError
from builder.models import Capability, Connection, Run
from builder.recipe.values import empty
from builder.web.editor import labels
from builder.web.editor.fields import LONG_LIST, TOO_MANY
from connectors.fields import Field
from connectors.spec import Choice

LINES = 20
"""Of a table with more lines, no cell asks for a list."""
TYPES = ("choice", "choices")


@dataclass(frozen=True, slots=True)
class Found:
    choices: list[Choice] | None = None
    """None as long as nobody asked."""
    trouble: str = ""


@dataclass
class Lists:
    """Of the step that stopped a run."""

    actor: Actor
    run: Run
    now: bool = False
    """Ask for them at once; else the page does, one by one."""
    fresh: bool = False
    wanted: str = ""
    """What is typed above a long list to narrow it."""
    typed: dict[str, Any] = field(default_factory=dict)
    """Other values than the step had, by now."""
    _found: dict[str, Found] = field(default_factory=dict)

    @cached_property
    def connection(self) -> Connection | None:
        return fixing.connection(self.run)

    @cached_property
    def had(self) -> dict[str, Any]:
        return fixing.given(self.run)

    @property
    def filled(self) -> dict[str, Any]:
        """What the step is given by now: some lists depend on it."""
        return {**self.had, **self.typed}

    @cached_property
    def edits(self) -> bool:
        return self.actor.may(Capability.EDIT)

    @cached_property
    def may(self) -> bool:
        return self.edits and self.connection is not None

    def name(self, each: Field, value: str) -> str:
        """What an ID is called; empty where nobody has seen it in a list yet."""
        return labels.chosen(self.connection, each.source, value) if each.source else ""

    def of(self, each: Field, given: Mapping[str, Any]) -> Found:
        if not self.now or self.connection is None:
            return Found()
        key = f"{each.source} {sorted(given.items(), key=str)}"
        if key not in self._found:
            self._found[key] = self._ask(self.connection, each, given)
        return self._found[key]

    def _ask(self, connection: Connection, each: Field, given: Mapping[str, Any]) -> Found:
        try:
            choices = connections.choices(self.actor, connection, each.source, given, fresh=self.fresh)
        except ActionError as problem:
            return Found([], problem.message)
        labels.remember(connection, each.source, choices)
        return Found(choices)


def listed(each: Field) -> bool:
    """Whether the service has a list of what may stand in it: some fields that people made have one, too."""
    return (
        bool(each.source) and not each.choices and (each.type in TYPES or (each.type == "text" and bool(each.depends)))
    )


@dataclass(frozen=True)
class Live:
    """The list of one control."""

    lists: Lists
    field: Field
    value: Any
    beside: Mapping[str, Any]
    """What else stands in its line."""
    labels: Mapping[str, str]
    """Of the fields it may depend on."""

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.beside.get(name, self.lists.filled.get(name, "")) for name in self.field.depends}

    @property
    def missing(self) -> str:
        """A choice that must be made before this list can be asked for."""
        name = next((name for name, value in self.given.items() if empty(value)), "")
        return _("Choose “%(field)s” first.") % {"field": self.labels.get(name, name)} if name else ""

    @cached_property
    def found(self) -> Found:
        return Found() if self.missing else self.lists.of(self.field, self.given)

    @property
    def waiting(self) -> bool:
        return self.found.choices is None and not self.missing

    @property
    def again(self) -> bool:
        """Whether it can be asked for once more: not where there was none for what people made."""
        return not self.missing and (self.field.type in TYPES or bool(self.found.choices or self.found.trouble))

    @property
    def long(self) -> bool:
        return len(self.found.choices or ()) > LONG_LIST or bool(self.lists.wanted)

    @property
    def kind(self) -> str:
        """list (one of it), checks (several), or empty: it is typed."""
        choices = self.found.choices
        if self.field.type == "choice":
            return "" if self.found.trouble else "list"
        if not choices or self.missing:
            return ""
        several = self.field.type == "choices"
        return "checks" if several else "" if any(one.several for one in choices) else "list"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Those that fit what was typed above them; what is in it already is always among them."""
        known = self.found.choices or []
        wanted = self.lists.wanted.lower()
        fitting = [one for one in known if wanted in f"{one.label} {one.hint}".lower()][:TOO_MANY]
        shown = [(one.value, f"{one.label} ({one.hint})" if one.hint else one.label) for one in fitting]
        held = self.value if isinstance(self.value, list) else [self.value or ""]
        lost = [one for one in held if one not in {value for value, _label in shown}]
        return [*((one, self._called(one)) for one in lost), *shown]

    def _called(self, value: str) -> str:
        if not value:
            return _("Loading the list") if self.waiting else _("No choice")
        return self.lists.name(self.field, value) or value


def hint(lists: Lists, each: Field, value: Any, short: bool = False) -> str:
    """For who may not ask for the list: what the ID in it is called; `short` where there is no room for more."""
    name = lists.name(each, value) if isinstance(value, str) else ""
    told = _("This is the ID of “%(name)s”.") % {"name": name} if name else ""
    if lists.edits or short:
        return told
    told = told or _("This takes an ID of the other service.")
    return f"{told} " + _("Somebody who edits recipes can choose from the list here.")
