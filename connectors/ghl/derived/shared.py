"""What the derived declarations share."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors import fields as f
from connectors.fields import Field, label_of
from connectors.ghl import agency
from connectors.ghl.base import SERVICE, Samples
from connectors.notation import Given
from connectors.spec import Operation

resource = replace(SERVICE, derived=True).resource
FOLDER = Path(__file__).parent / "samples"
ALT, ALT_QUERY, ALT_PATH = (Given("altId", "location_id", where) for where in ("body", "query", "path"))
COMPANY, COMPANY_QUERY, COMPANY_PATH = (Given("companyId", "company_id", where) for where in ("body", "query", "path"))
AGENCY_ONLY = agency.AGENCY_ONLY
OLD = "HighLevel is giving this call up: take the one of the same name without “old”."
DONE = {"done": True}
ANSWER = {"answer": "OK"}


def of_agency(made: Mapping[str, Operation]) -> dict[str, Operation]:
    """The same operations, each with the sentence that tells who may call it."""
    return {key: one.altered(help=f"{one.help} {AGENCY_ONLY}".strip()) for key, one in made.items()}


def samples(file: str) -> Samples:
    return Samples(FOLDER / f"{file}.json")


def ref(name: str, **more: Any) -> Field:
    """The id of another record."""
    return f.text(name, f"ID of the {label_of(name).lower()}, as an earlier step gives it.", **more)


NEEDED = {
    "text": "A text, as HighLevel wants it.",
    "note": "A text, of several lines if need be.",
    "number": "A number.",
    "integer": "A whole number.",
    "boolean": "Yes or no.",
    "lines": "A line for each.",
    "object": "Its parts.",
    "json": "Written as JSON.",
    "choices": "One or more.",
    "datetime": "A moment.",
    "date": "A day.",
    "email": "An e-mail address.",
    "url": "An address on the web.",
}
"""What is said of an input that has to be filled in, by its type: the documents' own words are not taken over."""


def need(field: Field) -> Field:
    return field.altered(required=True, help=field.help or NEEDED.get(field.type, ""))


def folded(field: Field) -> Field:
    """Below "More fields"."""
    return field.altered(more=True)


def in_query(field: Field) -> Field:
    """Of a call with a body: it goes behind the question mark all the same."""
    return field.altered(where="query")


def options(*names: str) -> tuple[tuple[str, str], ...]:
    """Choices as the service spells them: one text with spaces between, or several texts."""
    found = names[0].split() if len(names) == 1 else names
    return tuple((name, label_of(name) if name.islower() else name) for name in found)


def as_items(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """The service answers with a bare list."""
    return {"items": answer if isinstance(answer, list) else []}


def as_answer(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """The service answers with a bare text."""
    return {"answer": str(answer or "")}


Read = Callable[[Any, dict[str, Any]], dict[str, Any]]
