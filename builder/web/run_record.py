"""The record a step found or made, as far as what it gave knows one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from connectors.spec import Operation

NAMES = ("name", "title", "number", "product_key", "email")
VERBS = {
    "created": lazy("Created %(record)s."),
    "updated": lazy("Updated %(record)s."),
    "found": lazy("Found %(record)s."),
}
HOW = {
    "create": "created", "update": "updated", "upsert": "updated", "create_or_update": "updated", "get": "found",
    "find": "found", "find_or_create": "found", "find_duplicate": "found",
}  # fmt: skip


def of(output: Any) -> tuple[str, str]:
    """(id, name) of a record, also when it stands below its kind's name; empty when there is none."""
    inner = _inner(output)
    return str(inner.get("id") or ""), _name(inner)


def sentence(known: Operation | None, output: Any) -> str:
    """ "Found client Harbor Dental, no. 0142."; empty where no record has a name."""
    inner = _inner(output)
    name, number = _name(inner), str(inner.get("number") or "")
    verb = VERBS.get(_how(known, output)) if known else None
    if not name or not known or not verb:
        return ""
    said = _("%(name)s, no. %(number)s") % {"name": name, "number": number} if number not in ("", name) else name
    return str(verb) % {"record": f"{known.object} {said}".strip()}


def _how(known: Operation, output: Mapping[str, Any]) -> str:
    made = output.get("found") == "created" or output.get("new") is True
    return "created" if made else HOW.get(known.key.rpartition(".")[2], "")


def _inner(output: Any) -> Mapping[str, Any]:
    if not isinstance(output, Mapping):
        return {}
    return next((value for value in output.values() if isinstance(value, Mapping) and value.get("id")), output)


def _name(inner: Mapping[str, Any]) -> str:
    return next((str(inner[key]) for key in NAMES if inner.get(key)), "")
