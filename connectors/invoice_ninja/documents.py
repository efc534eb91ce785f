"""What invoices and quotes have in common: fields, line items and the operations on them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connectors import fields as f
from connectors.errors import Duplicate, Refused, Unknown
from connectors.fields import Field
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.odd import (
    bears,
    delete,
    find_marked,
    marked,
    name_of,
    safe_update,
    said,
    state_change,
    told,
)
from connectors.invoice_ninja.products import product_by_key
from connectors.invoice_ninja.service import Record, body, given, needed, read, rows, write, yes
from connectors.invoice_ninja.taxes import rate_of
from connectors.spec import Context, Conversation

Perform = Callable[[Record, Context], Conversation[Record]]
STATUS = {"1": "a draft", "2": "sent", "3": "partly paid", "4": "paid", "5": "cancelled", "6": "reversed"}

LINE = (
    f.text("product_key", "A product of yours, or any word.", label="Item", source="products"),
    f.note("notes", "What the client reads.", label="Description"),
    f.number("quantity", default=1),
    f.money("cost", "Leave it empty to take the product's price.", label="Price each"),
    f.number("discount", "In percent, or an amount if the document's discount is one.", more=True),
    f.choice("tax_name1", "Such as VAT.", label="Tax", source="taxes"),
    f.number("tax_rate1", "In percent; leave it empty for a tax that Invoice Ninja knows.", label="Tax rate"),
    f.choice("tax_name2", label="Second tax", source="taxes", more=True),
    f.number("tax_rate2", "In percent.", label="Second tax rate", more=True),
    f.choice("type_id", choices=(("1", "Product"), ("2", "Service")), label="Kind", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
LINES = f.lines("line_items", "What is billed, a row each.", label="Line items", fields=LINE)
DATES = (
    f.date("date", "Leave empty for today.", label="Date"),
    f.date("due_date", "On or after the date."),
)
HEAD = (
    f.text("po_number", "The client's order number.", label="PO number"),
    f.note("public_notes", "Printed for the client."),
    f.note("private_notes", "Never shown to the client."),
    f.text(
        "number",
        "Leave empty to let Invoice Ninja count: a number of your own must not be used yet.",
        label="Number",
        more=True,
    ),
    f.note("terms", "Leave empty for the company's.", more=True),
    f.note("footer", "Leave empty for the company's.", more=True),
    f.number("discount", "In percent, unless it is an amount.", more=True),
    f.boolean("is_amount_discount", label="The discount is an amount", more=True),
    f.money("partial", "To be paid first.", label="Deposit", more=True),
    f.date("partial_due_date", "Before the due date.", label="Deposit due", more=True),
    f.choice("tax_name1", "On the whole document.", label="Tax", source="taxes", more=True),
    f.number("tax_rate1", "In percent; leave empty for a tax that Invoice Ninja knows.", label="Tax rate", more=True),
    f.boolean("uses_inclusive_taxes", label="Prices include the tax", more=True),
    f.choice("assigned_user_id", label="Assigned to", source="users", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
CREATE = (f.required(CLIENT, help="Who pays: the client an earlier step found or made."), *DATES, LINES, *HEAD)
UPDATE = (
    *DATES,
    LINES,
    f.boolean(
        "keep_lines",
        "Otherwise the new line items take the place of all that are there.",
        label="Keep the line items that are there",
        default=True,
        where="none",
    ),
    *HEAD,
)
FILTERS = (
    f.text("filter", "Part of a number, client's name, e-mail or custom field.", label="Search for"),
    f.choice("client_id", "Only this client's.", label="Client", source="clients"),
    f.text("number", "Exactly this number."),
    f.integer("per_page", "At most 100.", label="How many", default=20, more=True),
)


def creator(plural: str, fields: tuple[Field, ...] = CREATE) -> Perform:
    name = name_of(plural)
    what = f"create the {said(plural)}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        needed(inputs, fields)
        sent = body(fields, inputs)
        yield from complete(sent, what)
        try:
            record = yield from write("POST", f"/{plural}", what, marked(sent, context))
        except Duplicate as taken:
            record = yield from _ours(plural, taken, sent, context, what)
        return {name: record}

    return perform


def _ours(plural: str, taken: Duplicate, sent: Record, context: Context, what: str) -> Conversation[Record]:
    """The document that has the number, if an earlier attempt of this step made it. Raises Duplicate when not."""
    number = str(sent.get("number") or "")
    if taken.field != "number" or not number:
        raise taken
    found = yield from rows(plural, what, number=number, status="active,archived,deleted")
    same = [row for row in found if str(row.get("number")) == number]
    if same and bears(same[0], context.marker):
        return same[0]
    message = f"Couldn't {what}: the number {number} is used already. Leave the number empty, or choose another."
    raise Duplicate(message, field="number", record_id=same[0]["id"] if same else "")


def finder(plural: str, fields: tuple[Field, ...] = CREATE) -> Callable[[Record, Context], Conversation[list[Record]]]:
    name = name_of(plural)

    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        only = {"client_id": str(inputs["client_id"])} if given(inputs, "client_id") else {}
        found = yield from find_marked(plural, context, f"look for the {said(plural)}", body(fields, inputs), **only)
        return [{name: row} for row in found if not only or row.get("client_id") == only["client_id"]]

    return find


def updater(plural: str, fields: tuple[Field, ...] = UPDATE) -> Perform:
    name = name_of(plural)
    what = f"update the {said(plural)}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        sent = body(fields, inputs)
        yield from complete(sent, what)
        wanted = _added(sent, context.marker) if yes(inputs.get("keep_lines", True)) else sent
        record = yield from safe_update(plural, inputs.get(f"{name}_id"), wanted, what)
        return {name: record}

    return perform


def _added(sent: Record, marker: str) -> Callable[[Record], Record]:
    """PUT replaces all line items, so those that are there go out again with the new ones behind them. Each new one
    bears the marker: a repeat of this update doesn't add it twice."""

    def wanted(current: Record) -> Record:
        if "line_items" not in sent:
            return sent
        there = current.get("line_items") or []
        new = [{**line, "custom_value4": line.get("custom_value4") or marker} for line in sent["line_items"]]
        return {**sent, "line_items": [*there, *(line for line in new if not _among(line, there))]}

    return wanted


def _among(line: Record, there: list[Record]) -> bool:
    return any(all(old.get(name) == value for name, value in line.items()) for old in there)


def complete(sent: Record, what: str) -> Conversation[None]:
    """Fills in what Invoice Ninja's own pages fill in and its API doesn't: a product's price, a tax's rate."""
    for number, line in enumerate(sent.get("line_items", ()), 1):
        line.setdefault("quantity", Decimal(1))
        yield from _priced(line, number, what)
        yield from _taxed(line, what)
    yield from _taxed(sent, what)


def _priced(line: Record, number: int, what: str) -> Conversation[None]:
    if "cost" in line:
        return
    product = (yield from product_by_key(line.get("product_key", ""), what)) if line.get("product_key") else None
    if product is None:
        item = line.get("product_key") or line.get("notes") or "it"
        raise Refused(f"Line {number} has no price, and no product of yours is called {item!r}.", field="line_items")
    names = ["notes", *(["tax_name1", "tax_rate1"] if product.get("tax_name1") and "tax_name1" not in line else [])]
    line |= {"cost": product["price"]} | {
        name: product[name] for name in names if product.get(name) and name not in line
    }


def _taxed(sent: Record, what: str) -> Conversation[None]:
    for n in (1, 2):
        name = sent.get(f"tax_name{n}")
        if name and f"tax_rate{n}" not in sent:
            sent[f"tax_rate{n}"] = yield from rate_of(name, what)


def searcher(plural: str, *more: str) -> Perform:
    name = name_of(plural)

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        names = ("filter", "client_id", "number", *more)
        asked = {n: inputs[n] for n in names if given(inputs, n)}
        size = min(int(inputs.get("per_page") or 20), 100)
        found = yield from rows(
            plural, f"search the {plural.replace('_', ' ')}", per_page=size, sort="id|desc", status="active", **asked
        )
        exact = [n for n in ("client_id", "number") if n in asked]
        found = [row for row in found if all(str(row.get(n)) == str(asked[n]) for n in exact)]
        return {plural: found, name: found[0] if found else {}, "total": len(found)}

    return perform


def changer(
    plural: str,
    action: str,
    what: str,
    reached: Callable[[Record], bool],
    possible: Callable[[Record], str] = lambda record: "",
) -> Perform:
    name = name_of(plural)

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record = yield from state_change(plural, inputs.get(f"{name}_id"), action, what, reached, possible)
        return {name: record}

    return perform


def setter(
    plural: str, action: str, what: str, field: str, possible: Callable[[Record], str] = lambda record: ""
) -> Perform:
    """Sets the field to the input of its name, by a bulk action; nothing is sent where it has that value."""
    name = name_of(plural)

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        wanted = str(inputs.get(field) or "")
        if not wanted:
            raise Refused(f"Couldn't {what}: there is nothing to set.", field=field)

        def reached(record: Record) -> bool:
            return str(record.get(field) or "") == wanted

        found = inputs.get(f"{name}_id")
        record = yield from state_change(plural, found, action, what, reached, possible, {field: wanted})
        return {name: record}

    return perform


def looker(plural: str, reached: Callable[[Record], bool]) -> Callable[[Record, Context], Conversation[list[Record]]]:
    """For a change of state whose outcome is unknown: the record itself tells."""
    name = name_of(plural)

    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        record = yield from read(plural, inputs.get(f"{name}_id"), f"look at the {said(plural)}")
        return [{name: record}] if reached(record) else []

    return find


def deleter(plural: str) -> Perform:
    name = name_of(plural)

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record = yield from delete(plural, inputs.get(f"{name}_id"), f"delete the {said(plural)}")
        return {name: record}

    return perform


def mailer(plural: str, at_once: bool = True, whom: str = "client") -> Perform:
    """Sends every time it is called. Refuses when there is nobody to send to, which Invoice Ninja passes over.
    `at_once`: the answer shows that it was sent; else a job does it later, and a draft in the answer says nothing."""
    name = name_of(plural)
    what = f"e-mail the {said(plural)}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        current = yield from read(plural, inputs.get(f"{name}_id"), what, include=whom)
        if reason := _unmailable(current, whom):
            raise Refused(f"Couldn't {what}: {reason}.")
        template = inputs.get("email_type")
        action, more = ("send_email", {"email_type": template}) if template else ("email", {})
        record = yield from told(plural, current["id"], action, what, more)
        if record is None:
            raise Unknown(f"Invoice Ninja's answer doesn't show the {said(plural)}: it may have been e-mailed or not.")
        if at_once and str(record.get("status_id")) == "1":
            raise Refused(f"Couldn't {what}: Invoice Ninja took the call but didn't send it. Look at its system log.")
        return {name: record}

    return perform


def _unmailable(record: Record, whom: str) -> str:
    if record.get("is_deleted"):
        return "it is deleted"
    people: Any = record.get(whom)
    contacts = people.get("contacts") if isinstance(people, dict) else None
    if contacts is not None and not any(c.get("email") and c.get("send_email", True) for c in contacts):
        return f"no contact of the {whom} has an e-mail address and gets mail"
    return ""


def alive(record: Record) -> str:
    return "it is deleted" if record.get("is_deleted") else ""


def status_in(record: Record, names: dict[str, str] = STATUS) -> str:
    return names.get(str(record.get("status_id")), "in a state unknown to us")
