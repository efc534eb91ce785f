"""Fields that people made themselves in a service: their ids stand in paths, their names come from its live list."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from builder.actions import connections
from builder.actions.actor import Actor
from builder.actions.errors import ActionError
from builder.models import Connection
from builder.web.editor import labels
from connectors import catalogue
from connectors.fields import label_of

PATIENCE = 300
PATH = re.compile(r"\{\{-?\s*(\w+)\.([\w.-]+)")


def called(known: Any, connection: Connection | None, kind: str, name: str) -> str:
    """What the account's people call a field of a kind of record; empty where they gave it no name."""
    home = catalogue.connector(known.connector) if known and connection else None
    return home.named(connection.settings, kind, name) if home and connection else ""


def at(known: Any, connection: Connection | None, path: str) -> str:
    """The same for what a path leads to, such as `client.contacts[0].custom_value1`."""
    *_above, kind, name = ["", *path.split(".")] if "." in path else ["", "", path]
    return called(known, connection, kind.partition("[")[0], name)


def label(known: Any, connection: Connection | None, path: str) -> str:
    """`contact.custom.MgobCB14…` as "Contact › VAT number"; empty when the path is no such field."""
    for place, source in _places(known):
        if path.startswith(f"{place}."):
            group = place.rpartition(".")[0]
            name = _name(connection, source, path.removeprefix(f"{place}."))
            return f"{label_of(group)} › {name}" if group else name
    return ""


def offered(by: Actor, known: Any, connection: Connection | None, seen: list[str]) -> list[str]:
    """Their paths as the service lists them, then what else was seen; a field that it doesn't list isn't there."""
    places = {place: _listed(by, connection, source) for place, source in _places(known)} if connection else {}
    theirs = [f"{place}.{name}" for place, names in places.items() for name in names or ()]
    listed = tuple(f"{place}." for place, names in places.items() if names is not None)
    return [*theirs, *(path for path in seen if not path.startswith(listed))]


def _listed(by: Actor, connection: Connection, source: str) -> list[str] | None:
    """Asked for again after some minutes; a service that doesn't answer is left alone as long. None: it never did."""
    key = f"own:{connection.pk}:{source}"
    if cache.add(f"{key}:asked", True, PATIENCE):
        try:
            choices = connections.choices(by, connection, source)
        except ActionError:
            return cache.get(key)
        labels.remember(connection, source, choices)
        cache.set(key, [choice.value for choice in choices], labels.KEPT)
    return cache.get(key)


def in_sentences(tree: Mapping[str, Any], step_id: str, known: Any, connection: Connection | None) -> dict[str, str]:
    """What the pills of a step's own fields are called where the tree uses them, by whole path."""
    used = (
        {path for root, path in PATH.findall(json.dumps(tree, default=str)) if root == step_id}
        if _places(known)
        else ()
    )
    told = {f"{step_id}.{path}": label(known, connection, path).rpartition(" › ")[2] for path in used}
    return {path: name for path, name in told.items() if name}


def in_data(known: Any, connection: Connection | None, value: Any) -> Iterator[tuple[str, str]]:
    """(id, name) of each in what a step gave."""
    for place, source in _places(known):
        yield from ((name, _name(connection, source, name)) for name in _at(value, place))


def _places(known: Any) -> list[tuple[str, str]]:
    return list(getattr(known, "own", {}).items())


def _name(connection: Connection | None, source: str, name: str) -> str:
    return labels.chosen(connection, source, name) or _("Custom field %(id)s") % {"id": name}


def _at(value: Any, place: str) -> list[str]:
    for part in place.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return list(value) if isinstance(value, dict) else []
