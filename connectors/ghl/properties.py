"""Fields that people gave their own kinds of record: how they are called, and how a text becomes what each takes."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import Refused
from connectors.fields import label_of
from connectors.ghl import odd, records
from connectors.ghl.answers import explain
from connectors.notation import fill
from connectors.pages import ask
from connectors.spec import Choice, Context, Conversation, Request

Record = dict[str, Any]
MONEY = ("MONETORY", "MONETARY")
ONE_OF = ("SINGLE_OPTIONS", "RADIO")
SOME_OF = ("MULTIPLE_OPTIONS", "CHECKBOX")
KINDS = {
    "TEXT": "text",
    "LARGE_TEXT": "long text",
    "NUMERICAL": "number",
    "PHONE": "phone",
    "EMAIL": "e-mail",
    "DATE": "date",
    "FILE_UPLOAD": "address of a file",
    "TEXTBOX_LIST": "texts",
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(ONE_OF, "one of"),
    **dict.fromkeys(SOME_OF, "some of"),
}
"""The service's word for a kind to ours; MONETORY is how it spells it."""
SHOWN = 8


def schema(object_key: str, context: Context) -> Conversation[Record]:
    """{object, fields} of a kind of record."""
    query = {"locationId": odd.location(context), "fetchProperties": "true"}
    path = fill("/objects/{schemaKey}", {"schemaKey": object_key})
    request = Request("GET", path, query=query, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the fields of the object")
    answer = response.json or {}
    return {"object": answer.get("object") or {}, "fields": fields_of(answer.get("fields") or [])}


def fields_of(listed: Iterable[Any]) -> list[Record]:
    return [one for one in listed if isinstance(one, dict) and one.get("fieldKey")]


def key(field: Mapping[str, Any]) -> str:
    """`name` of `custom_objects.pet.name`: by it a record has the value."""
    return str(field["fieldKey"]).rsplit(".", 1)[-1]


def label(field: Mapping[str, Any]) -> str:
    return str(field.get("name") or label_of(key(field)))


def told(field: Mapping[str, Any]) -> str:
    """`number`, or `one of Basic, Pro`."""
    kind = KINDS.get(str(field.get("dataType") or ""), "")
    names = [name for _, name in options(field)]
    more = " …" if len(names) > SHOWN else ""
    return f"{kind} {', '.join(names[:SHOWN])}{more}" if kind.endswith("of") and names else kind.removesuffix(" of")


def options(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, label) of each; a location's own fields have bare texts."""
    listed = field.get("options") or field.get("picklistOptions") or []
    pairs = ((one.get("key"), one.get("label")) if isinstance(one, Mapping) else (one, one) for one in listed)
    return [(str(value if value is not None else name), str(name or value)) for value, name in pairs if value or name]


def offered(field: Mapping[str, Any]) -> list[Choice]:
    """What a form offers to choose from: the options of a field that has some."""
    kind = field.get("dataType")
    if kind not in ONE_OF + SOME_OF:
        return []
    return [Choice(value, name, several=kind in SOME_OF) for value, name in options(field)]


def names(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what a record has it by, label): a list of texts has one of each."""
    if field.get("dataType") == "TEXTBOX_LIST" and options(field):
        return [(f"{key(field)}.{value}", f"{label(field)}: {name}") for value, name in options(field)]
    return [(key(field), label(field))]


def written(rows: Iterable[Any], fields: Iterable[Mapping[str, Any]]) -> Record:
    """{name: value} as the service wants them, of rows {field, value}. Raises Refused for what can't be one."""
    known = {name: field for field in fields for name, _ in names(field)}
    found: Record = {}
    for row in rows:
        name, value = str(row.get("field") or "").strip(), row.get("value")
        if not name or value in (None, ""):
            continue
        if name not in known:
            raise Refused(f"The object has no field {name}: choose one of its list.", field="properties")
        try:
            found[name] = fitted(known[name], value)
        except Refused as unfit:
            raise Refused(unfit.message, field="properties") from None
    return found


def fitted(field: Mapping[str, Any], value: Any) -> Any:
    """A value as this field takes it. Raises Refused for what can't be one."""
    kind = field.get("dataType")
    if kind == "NUMERICAL":
        return number(field, value)
    if kind in MONEY:
        return {"currency": "default", "value": number(field, value)}
    if kind in ONE_OF:
        return _option(field, str(value))
    if kind in SOME_OF:
        return _options(field, value)
    if kind == "DATE":
        return _day(field, value)
    if kind == "FILE_UPLOAD":
        return [{"url": one.strip()} for one in str(value).split(",") if one.strip()]
    return str(value)


def number(field: Mapping[str, Any], value: Any) -> Any:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _unfit(field, value, "a number, such as 1250.50")
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number


def _day(field: Mapping[str, Any], value: Any) -> str:
    """A day, or that of a time: HighLevel gives some as milliseconds, and those can be written back."""
    text = str(value).strip()
    try:
        return date.fromisoformat((records.moment(text) if text.isdigit() else text)[:10]).isoformat()
    except ValueError:
        raise _unfit(field, value, "a date, such as 2026-11-22") from None


def _options(field: Mapping[str, Any], value: Any) -> list[str]:
    """Several are separated by commas, unless a comma belongs to one of them."""
    if isinstance(value, list | tuple):
        return [_option(field, str(one)) for one in value]
    parts, found = str(value).split(","), []
    while parts:
        size = next((n for n in range(len(parts), 0, -1) if _chosen(field, ",".join(parts[:n]))), 1)
        text, parts = ",".join(parts[:size]).strip(), parts[size:]
        found += [_option(field, text)] if text else []
    return found


def _option(field: Mapping[str, Any], text: str) -> str:
    found = _chosen(field, text)
    if found:
        return found
    if field.get("allowCustomOption") or field.get("isAllowedCustomOption") or not options(field):
        return text.strip()
    raise _unfit(field, text, f"one of {', '.join(name for _, name in options(field))}")


def _chosen(field: Mapping[str, Any], text: str) -> str:
    wanted = text.strip().lower()
    return next((value for value, name in options(field) if wanted in (value.lower(), name.lower())), "")


def _unfit(field: Mapping[str, Any], value: Any, wanted: str) -> Refused:
    return Refused(f"{label(field)} takes {wanted}, not “{value}”.")


def same(sent: Any, got: Any) -> bool:
    """Whether a record holds what was written; a sum of money may come back with its currency's own name."""
    if isinstance(sent, Mapping) and isinstance(got, Mapping):
        return bool(sent.get("value") == got.get("value"))
    return bool(sent == got)
