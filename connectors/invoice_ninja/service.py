"""What every Invoice Ninja operation shares: the envelope, the plain calls, the names of money."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.errors import Refused, Unknown
from connectors.fields import Field
from connectors.invoice_ninja.answers import explain
from connectors.notation import fill, nested, plain, sampler, service
from connectors.pages import ask
from connectors.spec import Conversation, Request

Record = dict[str, Any]

API = "/api/v1"
MONEY = frozenset([
    "amount", "balance", "paid_to_date", "credit_balance", "payment_balance", "total_taxes", "cost", "price",
    "line_total", "gross_line_total", "tax_amount", "refunded", "applied", "partial",
])  # fmt: skip
MANY = 200
"""Rows asked for in a search that must see enough; the server would give up to 5000."""


def unwrap(answer: Any, name: str = "") -> Any:
    return answer.get("data", answer) if isinstance(answer, Mapping) else answer


SERVICE = service("invoice_ninja", explain=explain, unwrap=unwrap, money=MONEY)
resource = SERVICE.resource
samples = sampler(Path(__file__).parent / "samples")


def call(
    method: str,
    path: str,
    what: str,
    json: Any = None,
    query: Mapping[str, Any] | None = None,
    reads: bool = False,
    together: str = "",
    proof: bool = False,
) -> Conversation[Any]:
    """The answer without its envelope."""
    request = Request(method, API + path, query=query or {}, json=json, reads=reads, together=together, proof=proof)
    response = yield from ask(request, explain, what)
    return unwrap(response.json)


def read(plural: str, record_id: Any, what: str, include: str = "") -> Conversation[Record]:
    query = {"include": include} if include else {}
    record = yield from call("GET", one(plural, record_id), what, query=query)
    return record


def write(method: str, path: str, what: str, json: Any, query: Mapping[str, Any] | None = None) -> Conversation[Record]:
    """The record that the write answers with. Raises Unknown when there is none in the answer."""
    record = yield from call(method, path, what, json, query)
    if not isinstance(record, dict) or not record.get("id"):
        raise Unknown(f"Invoice Ninja answered without the record: it may or may not {what}.")
    return record


def rows(plural: str, what: str, **query: Any) -> Conversation[list[Record]]:
    """One page of a list, by default the newest, archived ones but no deleted ones among them."""
    asked = {"per_page": MANY, "sort": "created_at|desc", "status": "active,archived", **query}
    found = yield from call("GET", f"/{plural}", what, query=asked)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def one(plural: str, record_id: Any) -> str:
    name = f"{plural.removesuffix('s')}_id"
    return fill(f"/{plural}/{{{name}}}", {name: record_id or ""})


def body(fields: tuple[Field, ...], inputs: Mapping[str, Any]) -> Record:
    """What the filled-in inputs send, nested; inputs that only steer the operation (`where="none"`) stay here."""
    filled = {f.name: plain(f, inputs[f.name]) for f in fields if f.where == "body" and given(inputs, f.name)}
    return nested(filled)


def given(inputs: Mapping[str, Any], name: str) -> bool:
    value = inputs.get(name)
    return not (value is None or value == "" or (isinstance(value, list | tuple | dict) and not value))


def needed(inputs: Mapping[str, Any], fields: tuple[Field, ...]) -> None:
    """Raises Refused for the first required input that is empty."""
    for field in fields:
        if field.required and not given(inputs, field.name):
            message = f"{field.label} is empty: fill it in, or see why the earlier step gave nothing."
            raise Refused(message, field=field.name)


def yes(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "1")
