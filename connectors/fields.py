"""The inputs of an operation, declared once: what a form shows, what a check demands, where a value goes."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn

from connectors.frozen import Frozen

TYPES = frozenset(
    {"text", "note", "email", "phone", "url", "number", "integer", "money", "date", "datetime", "boolean"}
    | {"choice", "choices", "tags", "json", "lines", "object"}
)


class Label:
    """The label that was given, or one made of the name when somebody asks: of most inputs nobody does, in the life of
    a process."""

    def __get__(self, field: "Field | None", kind: Any = None) -> str:
        return (field.__dict__.get("label") or label_of(field.name)) if field else ""

    def __set__(self, field: "Field", label: str) -> NoReturn:
        raise AttributeError("A field keeps its label")


class Field(Frozen):
    """One input."""

    name: str
    """As the service spells it; a dot reaches into an object (`settings.currency_id`)."""
    type: str
    label: Label = Label()
    """For people; derived from the name when left out."""
    help: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """Fixed (value, label) pairs."""
    source: str = ""
    """Key of a live list of the connector (`pipelines`), see `spec.Choices`."""
    depends: tuple[str, ...] = ()
    """Names of inputs the live list needs (`pipeline_id` for stages); of a column, first of those beside it."""
    default: Any = None
    fields: tuple["Field", ...] = ()
    """The columns of a `lines` field, the members of an `object`."""
    more: bool = False
    """Folded under "More fields"."""
    where: str = "body"
    """path, query, body, or none (used by the operation itself and never sent)."""
    example: Any = None

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"{self.name}: there is no field type {self.type!r}")


SPELT = {
    "linkedin": "LinkedIn",
    "facebook": "Facebook",
    "google": "Google",
    "saas": "SaaS",
    "id": "ID",
    "vat": "VAT",
    "po": "PO",
    "url": "URL",
    "email": "e-mail",
}


AN_ID = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{16,}")


@lru_cache(maxsize=4096)
def label_of(name: str) -> str:
    """`pipelineStageId` and `pipeline_stage_id` give `Pipeline stage`, `tax_name1` gives `Tax name 1`; what is an id
    stays one."""
    name = name.split(".")[-1]
    if len(name) > 15 and AN_ID.fullmatch(name):
        return name
    spaced = name if name.islower() else "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    words = spaced.replace("_", " ").split()
    if words[-1][-1].isdigit():
        words = re.sub(r"([a-z])(\d+)$", r"\1 \2", " ".join(words)).split()
    if words[-1] == "id" and len(words) > 1:
        words.pop()
    label = " ".join(SPELT.get(word, word) for word in words)
    return label[:1].upper() + label[1:]


def _maker(kind: str) -> Callable[..., Field]:
    blank = Field("", kind)

    def make(name: str, help: str = "", **more: Any) -> Field:
        return blank.altered(name=name, help=help, **more)

    make.__name__ = kind
    return make


text, note, email, phone, url = (_maker(k) for k in ("text", "note", "email", "phone", "url"))
number, integer, money = (_maker(k) for k in ("number", "integer", "money"))
date, datetime, boolean = (_maker(k) for k in ("date", "datetime", "boolean"))
choice, choices, tags, json = (_maker(k) for k in ("choice", "choices", "tags", "json"))
lines, object_ = _maker("lines"), _maker("object")


def required(field: Field, **more: Any) -> Field:
    """The same field, but one that must be filled in."""
    return field.altered(required=True, **more)
