"""What looks like a secret in a recipe: it is in no template and in no file that leaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import inputs
from builder.recipe import summary
from builder.recipe import tree as trees
from connectors import redact

PILL = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
KNOWN = re.compile(
    r"\b[spr]k_(live|test)_\w{8,}|\bpit-[0-9a-f-]{20,}|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{8,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[\w-]{10,}\.[\w-]{6,}\.|-----BEGIN [A-Z ]*PRIVATE KEY|\bwhsec_\w{12,}"
    r"|hooks\.slack\.com/services/\w+/\w+/\w+"
    r"|(?i:\b(bearer|basic)\s+[\w.~+/=-]{12,})"
)
LONG = re.compile(r"(?<![\w/-])(?=[A-Za-z_]*\d)(?=[\d_]*[A-Za-z])\w{32,}=*(?![\w-])", re.ASCII)
"""Letters and digits in one piece, longer than an id of either service."""
Place = tuple[str, tuple[str | int, ...]]


@dataclass(frozen=True, slots=True)
class Secret:
    place: Place
    """The step, and where in it."""
    where: str
    """`4 Make a web request, Authorization`"""


def in_tree(tree: dict[str, Any], surely: bool = False) -> list[Secret]:
    """By step, in reading order. `surely`: without what may as well be a long id."""
    begin = trees.Row(tree["trigger"], 0, "1", ())
    found = []
    for row in (begin, *trees.steps(tree)):
        title = f"{row.number} {summary.title(row.step, inputs.known)}"
        for of, parts in _parts(row.step):
            for path, name, text in _texts(parts, ()):
                if _tells(name, text, surely):
                    found.append(Secret((of, path), f"{title}, {name}" if name else title))
    return found


def looks_so(text: str) -> bool:
    """Whatever the place is called. What stands in pills is no text."""
    bare = PILL.sub(" ", text)
    return bool(KNOWN.search(bare) or LONG.search(bare))


def sentence(found: list[Secret]) -> str:
    names = "; ".join(secret.where for secret in found[:10])
    return _("Looks like a secret: %(where)s. Take it out; whoever sets it up types their own.") % {"where": names}


def texts(value: Any) -> Iterator[str]:
    """Every text, wherever it stands."""
    yield from (text for _path, _name, text in _texts(value, ()))


def _tells(name: str, text: str, surely: bool) -> bool:
    bare = PILL.sub("", text).strip()
    if not bare:
        return False
    address = "://" in bare and redact.address(bare) != bare
    known = bool(KNOWN.search(PILL.sub(" ", text))) if surely else looks_so(text)
    return (redact.telling(name) and not has_only_pills(text)) or address or known


def has_only_pills(text: str) -> bool:
    return not re.sub(r"(?i)^\s*(bearer|basic|token)\b", "", PILL.sub("", text)).strip()


def _parts(step: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of the step without the steps inside it; its paths by themselves."""
    yield step["id"], {name: value for name, value in step.items() if name not in ("steps", "paths", "otherwise")}
    for path in step.get("paths", ()):
        yield path["id"], {"name": path["name"], "conditions": path["conditions"]}


def _texts(value: Any, path: tuple[str | int, ...], name: str = "") -> Iterator[tuple[Any, str, str]]:
    if isinstance(value, str):
        yield path, name, value
    elif isinstance(value, dict):
        told = value.get("name") if isinstance(value.get("name"), str) else ""
        for key, inner in value.items():
            if key not in ("id", "kind", "operation", "connection"):
                yield from _texts(inner, (*path, key), told if told and key == "value" else str(key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number), name)
