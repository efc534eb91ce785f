"""The Test tab: what is known of a step's newest test, as a receipt, values and the exact exchange."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from builder.actions import testing
from builder.actions.evidence import Evidence, Gap
from builder.models import StepTest
from builder.models.columns import write_json
from builder.web.editor import labels, pills
from builder.web.editor.desk import TRIGGER, Desk
from connectors.spec import Sighting

DOCUMENTS = ("invoice", "quote", "payment", "credit")
BODY = 20_000


@dataclass(frozen=True, slots=True)
class Receipt:
    title: str
    lines: list[tuple[str, str]]
    total: str


@dataclass
class Trial:
    desk: Desk
    step: dict[str, Any]

    @cached_property
    def test(self) -> StepTest | None:
        rows = StepTest.objects.filter(recipe=self.desk.recipe, step_id=self.step["id"]).select_related("by")
        found = rows.first()
        return found if found and found.operation == self.step.get("operation", "") else None

    @property
    def operation(self) -> Any:
        return self.desk.operation(self.step)

    @property
    def writes(self) -> bool:
        return testing.writes(self.step)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.desk.recipe)

    @cached_property
    def gap(self) -> Gap | None:
        """A step that has to be tested before this one may write."""
        return self.evidence.gap(self.step) if self.writes else None

    @property
    def blockers(self) -> list[Any]:
        """What has to be filled in before it can be tried."""
        return [] if self.step["id"] == TRIGGER else self.desk.problems_of(self.step["id"])

    @property
    def warning(self) -> str:
        connection = self.desk.connections.get(self.step.get("connection", ""))
        where = connection.name if connection else self.desk.connector_label(self.step)
        text = _("“%(step)s” is really carried out in %(where)s, with the data of the steps before it.")
        said = text % {"step": self.desk.title(self.step), "where": where}
        if not self.evidence.sampled:
            said += " " + _("No real record was chosen for step 1: what comes from it is Recette’s own sample.")
        return said

    @property
    def given(self) -> list[tuple[str, str]]:
        """What was sent in, field by field."""
        values = (self.test.input if self.test else {}) or {}
        known = {field.name: field for field in self.operation.fields} if self.operation else {}
        return [(known[n].label if n in known else n, self._said(v, known.get(n))) for n, v in values.items()]

    def _said(self, value: Any, field: Any) -> str:
        return labels.sample(value, field.type if field else "", pills.currency(self.desk))

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """(icon, label, value) of what it gave."""
        found = pills.source(self.desk, self.step).values
        return [(value.icon, value.label, value.sample) for value in found]

    @property
    def more(self) -> int:
        """How many of them are not what the operation gives everywhere."""
        return len(self.values) - len(self.desk.outputs(self.step))

    @property
    def receipt(self) -> Receipt | None:
        """A document with a total, the way a till prints it."""
        output = self.test.output if self.test and self.test.passed and isinstance(self.test.output, dict) else {}
        name = next((name for name in DOCUMENTS if isinstance(output.get(name), dict)), "")
        found = output.get(name)
        if not isinstance(found, dict) or "amount" not in found:
            return None
        currency = pills.currency(self.desk)
        title = f"{labels.label_of(name)} {found.get('number') or found.get('id') or ''}".strip()
        total = labels.sample(found["amount"], "money", currency)
        return Receipt(title, list(self._receipt_lines(found, currency)), total)

    def _receipt_lines(self, found: dict[str, Any], currency: str) -> Iterator[tuple[str, str]]:
        for name, word in (("date", _("Date")), ("due_date", _("Due"))):
            if found.get(name):
                yield word, str(found[name])
        for line in found.get("line_items") or []:
            if isinstance(line, dict):
                cost = labels.sample(line.get("cost"), "money", "")
                yield str(line.get("product_key") or line.get("notes") or _("Line")), f"{line.get('quantity')} × {cost}"
        if found.get("total_taxes") is not None:
            yield _("Tax"), labels.sample(found["total_taxes"], "money", "")

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.test.error or {}) if self.test else {}

    @property
    def error_field(self) -> str:
        """Label of the field the error is about."""
        name = str(self.error.get("field") or "")
        field = self.operation.field(name.split(".")[0]) if self.operation and name else None
        return field.label if field else ""

    @property
    def error_target(self) -> str:
        name = str(self.error.get("field") or "")
        return "f-" + name.replace(".", "-") if name else ""

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        kept = self.test.exchanges if self.test else []
        return [
            {**each, "request": pretty(each["request_body"]), "answer": pretty(each["response_body"])} for each in kept
        ]


@dataclass(frozen=True, slots=True)
class Record:
    """One of the newest records that would have started the recipe."""

    index: int
    title: str
    detail: str


def records(desk: Desk, found: list[Sighting]) -> list[Record]:
    return [Record(i, testing.known_by(sighting.data), _detail(desk, sighting)) for i, sighting in enumerate(found)]


def _detail(desk: Desk, sighting: Sighting) -> str:
    data = sighting.data
    contact = data.get("contact") if isinstance(data.get("contact"), dict) else {}
    money = labels.sample(data.get("value", data.get("amount")), "money", pills.currency(desk))
    parts = [contact.get("name") or data.get("email"), money, (sighting.stamp or sighting.created or "")[:10]]
    return " · ".join(str(part) for part in parts if part)


def pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)[:BODY] if body else ""
    except ValueError:
        return body[:BODY]


def as_json(value: Any) -> str:
    return pretty(write_json(value))
