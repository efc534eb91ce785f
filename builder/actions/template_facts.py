"""What a template does, told from its tree (as `gallery.shown` gives it) and from what the connectors declare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from builder.actions.permissions import of
from builder.actions.template_file import Template
from builder.recipe import tree as trees
from builder.recipe.values import empty
from connectors import catalogue
from connectors.spec import Operation, Retry, Trigger

MONEY = re.compile(r"invoice_ninja\.(invoices|quotes|credits|payments|recurring_invoices)\.")
LETTER = re.compile(r"(\.email|\.messages\.send|tools\.email\.send|invoice_ninja\.emails\.send)$")
WRITTEN = ("ghl", "invoice_ninja")
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing it does at a service, and the fields it fills there."""

    app: str
    does: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    key: str
    label: str
    icon: str


def permissions(template: Template, tree: Tree) -> dict[str, list[str]]:
    """By app, what its connection has to be allowed, as the service spells it."""
    found: dict[str, set[str]] = {app: set() for app in template.apps}
    for item, step in _items(tree):
        found.setdefault(item.connector, set()).update(of(item, step.get("inputs", {})))
    return {app: sorted(found[app]) for app in template.apps}


def touched(tree: Tree) -> list[Touched]:
    """Everything it may write, in the order of its steps."""
    rows = [
        Touched(item.connector, item.label, _filled(item, step["inputs"]))
        for item, step in _items(tree)
        if isinstance(item, Operation) and writes(item)
    ]
    return list(dict.fromkeys(rows))


def badges(tree: Tree) -> list[Badge]:
    """What whoever sets it up should know at first glance; of steps that an answer leaves out, too."""
    done = [item for item, _step in _items(tree) if isinstance(item, Operation) and writes(item)]
    found = []
    if any(LETTER.search(item.key) for item in done):
        found.append(Badge("email", _("Can send e-mail"), "mail"))
    if any(MONEY.match(item.key) for item in done):
        found.append(Badge("money", _("Makes or changes bills"), "receipt"))
    if {item.connector for item in done}.issuperset(WRITTEN):
        found.append(Badge("both", _("Writes to both apps"), "arrows-left-right"))
    return found


def writes(operation: Operation) -> bool:
    """Whether anything outside is another than before; what the built-in tools work out is not."""
    outside = operation.connector != "tools" or bool(LETTER.search(operation.key))
    return outside and operation.kind == "action" and operation.retry != Retry.READ


def _items(tree: Tree) -> Iterator[tuple[Operation | Trigger, dict[str, Any]]]:
    if trigger := catalogue.trigger(tree["trigger"]["operation"]):
        yield trigger, tree["trigger"]
    for row in trees.steps(tree):
        if operation := catalogue.operation(row.step.get("operation", "")):
            yield operation, row.step


def _filled(operation: Operation, inputs: dict[str, Any]) -> tuple[str, ...]:
    """Labels of the inputs it fills, but for those that say which record is meant."""
    fields = (field for field in operation.fields if not empty(inputs.get(field.name)))
    return tuple(field.label for field in fields if not re.search(r"(^id|Id|_id)$", field.name))
