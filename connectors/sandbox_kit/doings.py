"""What a person can make happen in the service by hand: win a deal, pay an invoice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Choices = Callable[[Any], list[dict[str, str]]]


class Unfit(Exception):
    """The inputs won't do; `errors` holds a sentence per field."""

    def __init__(self, errors: dict[str, str]):
        super().__init__(next(iter(errors.values())))
        self.message = next(iter(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    label: str
    type: str = "text"
    """text, email, phone, money or choice."""
    choices: Choices | None = None
    required: bool = True

    def shown(self, box: Any) -> dict[str, Any]:
        plain = {"name": self.name, "label": self.label, "type": self.type, "required": self.required}
        return plain | ({"choices": self.choices(box)} if self.choices else {})


@dataclass(frozen=True, slots=True)
class Doing:
    do: str
    label: str
    list: str
    """Key of the list on the page that it belongs to."""
    inputs: tuple[Input, ...]
    act: Callable[[Any, dict[str, str]], dict[str, Any]]
    """Makes it happen; returns `done` (a sentence) and `record`."""

    def shown(self, box: Any) -> dict[str, Any]:
        inputs = [one.shown(box) for one in self.inputs]
        return {"do": self.do, "label": self.label, "list": self.list, "inputs": inputs}

    def run(self, box: Any, given: dict[str, Any]) -> dict[str, Any]:
        values = {k: str(v).strip() for k, v in given.items() if v is not None}
        missing = {i.name: f"{i.label} is needed." for i in self.inputs if i.required and not values.get(i.name)}
        if missing:
            raise Unfit(missing)
        return self.act(box, values)


def choice(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}
