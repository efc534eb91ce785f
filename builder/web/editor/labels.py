"""What a pill, a value and a chosen id are called on the page."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils import formats
from django.utils.translation import gettext as _

from builder.models import Connection
from builder.recipe import coerce
from builder.recipe.errors import CantRender
from builder.templatetags import look
from connectors.fields import label_of
from connectors.spec import Choice

KEPT = 30 * 24 * 3600
LONGEST = 80
ICONS = {
    "email": "mail", "phone": "phone", "money": "currency-dollar", "number": "hash", "integer": "hash",
    "date": "calendar", "datetime": "calendar", "boolean": "toggle-right", "list": "list", "lines": "list",
    "tags": "list", "choices": "list", "url": "link", "object": "code", "json": "code",
}  # fmt: skip


def icon(type: str) -> str:
    return ICONS.get(type, "letter-case")


def spoken(path: str, label: str) -> str:
    """`contact.first_name`, "Contact first name" → "Contact › First name"."""
    head, dot, _rest = path.partition(".")
    group = label_of(head.split("[")[0])
    if not dot:
        return label
    own = label_of(path)
    own = own if own.startswith(f"{group} ") else label.removeprefix(group).strip() or label
    return f"{group} › {own[:1].upper()}{own[1:]}"


def derived(path: str) -> str:
    """For a value that isn't declared: from its path."""
    parts = [label_of(part) for part in path.replace("[", ".").replace("]", "").split(".") if not part.isdigit()]
    return " › ".join(parts[-2:]) or path


def sample(value: Any, type: str = "", currency: str = "") -> str:
    """A value in the picker and beside "Reads as", short."""
    if value is None or value == "":
        return ""
    if type == "money" and isinstance(value, Decimal | int | str):
        return look.money(value, currency)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return formats.date_format(value, "j M Y, H:i" if isinstance(value, datetime) else "j M Y")
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("label") or "{…}")
    if isinstance(value, list):
        return ", ".join(sample(inner) for inner in value[:4]) + (" …" if len(value) > 4 else "")
    try:
        text = coerce.text(value)
    except CantRender:
        return "…"
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text


def remember(connection: Connection, source: str, choices: Iterable[Choice]) -> None:
    """Names of the ids in a live list, so that cards can say them without asking the service."""
    cache.set_many({_key(connection, source, c.value): c.label for c in choices}, KEPT)


def chosen(connection: Connection | None, source: str, value: str) -> str:
    """The name that goes with an id of a live list; empty when it was never seen."""
    return cache.get(_key(connection, source, value), "") if connection and source and value else ""


def _key(connection: Connection, source: str, value: str) -> str:
    return f"label:{connection.pk}:{source}:{value}".replace(" ", "_")[:230]
