"""Custom fields of contacts and opportunities: what each takes, and the options that a form offers for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.errors import Forbidden, Refused
from connectors.ghl import choices, properties
from connectors.spec import Choice, Choices, Context, Conversation, Request

Record = dict[str, Any]
PATH = "/locations/{location}/customFields"


def fields(model: str, context: Context) -> Conversation[list[Record]]:
    found = yield from choices.listed(PATH, "customFields", context, model=model)
    return [one for one in found if one.get("id")]


def fitted(model: str) -> Callable[[Request, Context], Conversation[Request]]:
    """The request with its custom fields as HighLevel takes each of them (a list of options, a number, a day), for
    which it is asked first. To a token that may not see the fields their values go as they are."""

    def finish(request: Request, context: Context) -> Conversation[Request]:
        rows = request.json.get("customFields")
        if not rows:
            return request
        try:
            known = yield from fields(model, context)
        except Forbidden:
            sent = [_row(str(row.get("id")), row.get("value")) for row in rows]
        else:
            sent = [_fitted(row, known) for row in rows]
        return replace(request, json={**request.json, "customFields": sent})

    return finish


def _row(id: str, value: Any) -> Record:
    """It reads `value` but takes `field_value`."""
    return {"id": id, "field_value": value}


def _fitted(row: Mapping[str, Any], known: list[Record]) -> Record:
    named = str(row.get("id") or "").strip()
    field = _of(named, known)
    if field is None:
        raise Refused(
            f"HighLevel has no custom field {named} here any more: choose another one in the step.",
            field="customFields",
        )
    try:
        return _row(field["id"], _value(field, row.get("value")))
    except Refused as unfit:
        raise Refused(unfit.message, field="customFields") from None


def _of(named: str, known: list[Record]) -> Record | None:
    """By its ID, or by its key (`contact.industry`), which is the same in every location."""
    return next((one for one in known if named and named in (one["id"], one.get("fieldKey"))), None)


def _value(field: Record, value: Any) -> Any:
    kind = field.get("dataType")
    if kind in properties.MONEY:
        return properties.number(field, value)
    if kind == "FILE_UPLOAD":
        name = properties.label(field)
        raise Refused(f"{name} holds files: use the step “Put a file into a contact's custom field” for it.")
    return properties.fitted(field, value)


def _options(model: str) -> Choices:
    """Those of the field that is chosen beside it; none where people write what they like."""

    def load(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
        field = _of(str(inputs.get("id") or ""), (yield from fields(model, context)))
        return properties.offered(field) if field else []

    return Choices(f"{model}_field_options", load)


CHOICES = {one.key: one for one in map(_options, ("contact", "opportunity"))}
