"""What a declaration of invoices and estimates can't say: who pays, who bills, what it costs, what stays."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.auth import sent_at
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused
from connectors.ghl.answers import explain
from connectors.ghl.odd import VERSION
from connectors.ghl.paper_lists import every, here, one, place
from connectors.notation import Perform, Values, fill
from connectors.pages import ask
from connectors.spec import Context, Conversation, Request, Response

ROWS = ("items", "invoiceItems")


def bare_number(value: Any) -> str:
    """A paper's number in one spelling: webhooks write 0019 where lists write 19."""
    text = str(value if value is not None else "")
    return text.lstrip("0") or text if text.isdigit() else text


# What is made --------------------------------------------------------------------------------------------------------


def completing(
    rows: str, expires: str = "dueDate", days: str = "dueAfterXDays", dated: bool = True, payer: bool = True
) -> Any:
    """Around a call that makes a paper: fills in what HighLevel's own pages fill in and its API doesn't. `rows` holds
    the items, `expires` is a day that HighLevel's settings have some `days` after that of issue; not every paper is
    `dated`, and a template has no `payer`."""

    def wrap(perform: Perform) -> Perform:
        def make(values: Values, context: Context) -> Conversation[Values]:
            whole = dict(values)
            whole["currency"] = currency_of(values, context)
            whole[rows] = yield from priced(values.get(rows) or [], whole["currency"], rows, context)
            if not whole[rows]:
                raise Refused("It has no items: fill in at least one row.", field=rows)
            if payer:
                yield from addressed(whole, context)
            yield from dressed(whole, context, expires if dated else "", days)
            whole["name"] = marked(str(values.get("name") or ""), context)
            return (yield from perform(whole, context))

        return make

    return wrap


def currency_of(values: Values, context: Context) -> str:
    found = str(values.get("currency") or context.currency or context.account.settings.get("currency") or "").upper()
    if not found:
        raise Refused("No currency is given, and the workspace has none.", field="currency")
    return found


def marked(name: str, context: Context) -> str:
    """The name with our reference behind it, by which a lost answer is found again."""
    return f"{name} (ref {context.marker})" if context.marker else name


def addressed(values: Values, context: Context) -> Conversation[None]:
    """Who pays, read from the contact unless all of it is given; and where it goes."""
    given = dict(values.get("contactDetails") or {})
    contact = str(given.get("id") or values.get("contactId") or "")
    if not contact:
        raise Refused("Nobody is to pay it: choose a contact.", field="contactId")
    if not all(given.get(name) for name in ("name", "email", "phoneNo")):
        record = yield from one(fill("/contacts/{id}", {"id": contact}), "contact", "get the contact")
        given = {**payer(record), **given}
    values["contactDetails"] = {**given, "id": contact}
    to = {"email": _some(given.get("email")), "phoneNo": _some(given.get("phoneNo"))}
    values["sentTo"] = {**{k: v for k, v in to.items() if v}, **(values.get("sentTo") or {})}


def payer(record: Values) -> Values:
    """A contact as a paper shows it. HighLevel demands phone and e-mail, be they empty."""
    whole = f"{record.get('firstName') or ''} {record.get('lastName') or ''}".strip()
    names = {"addressLine1": "address1", "city": "city", "state": "state", "countryCode": "country"}
    lines = {**names, "postalCode": "postalCode"}
    address = {ours: record[theirs] for ours, theirs in lines.items() if record.get(theirs)}
    company = {"companyName": record["companyName"]} if record.get("companyName") else {}
    name = str(record.get("name") or whole or record.get("companyName") or record.get("email") or "")
    reach = {"phoneNo": str(record.get("phone") or ""), "email": str(record.get("email") or "")}
    return {"name": name, **reach, **company, **({"address": address} if address else {})}


def _some(value: Any) -> list[str]:
    return [str(value)] if value else []


def dressed(values: Values, context: Context, expires: str, days: str) -> Conversation[None]:
    """Days, heading, terms and business as HighLevel's settings have them, where they are left empty."""
    names = ("businessDetails", "title", "termsNotes", *(("issueDate", expires) if expires else ()))
    if all(values.get(name) for name in names):
        return
    settings, at = yield from settings_of(context)
    if expires:
        values["issueDate"] = values.get("issueDate") or today(at, context).isoformat()
    after = settings.get(days)
    if expires and not values.get(expires) and isinstance(after, int) and after >= 0:
        values[expires] = (_day(values["issueDate"]) + timedelta(days=after)).isoformat()
    estimate = expires == "expiryDate"
    title, terms = ("estimatesTitle", "estimatesTermsNote") if estimate else ("title", "termsNote")
    more = {"businessDetails": settings.get("businessDetails"), "title": settings.get(title)}
    for name, value in {**more, "termsNotes": settings.get(terms)}.items():
        if value and not values.get(name):
            values[name] = value


def settings_of(context: Context) -> Conversation[tuple[Values, datetime]]:
    """HighLevel's settings of invoices and when it gave them; none where they may not be read."""
    request = Request("GET", "/invoices/settings", query=place(context), headers=VERSION)
    try:
        response = yield from ask(request, explain, "get the invoice settings")
    except (Forbidden, NotFound) as problem:
        return {}, _when(problem)
    return response.json if isinstance(response.json, dict) else {}, sent_at(response)


def _when(problem: ConnectorError) -> datetime:
    return sent_at(problem.response or Response(0, {}, b""))


def today(at: datetime, context: Context) -> date:
    try:
        zone: Any = ZoneInfo(context.account.settings.get("timezone") or "UTC")
    except (ValueError, KeyError):
        zone = UTC
    return at.astimezone(zone).date()


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def priced(lines: Iterable[Values], currency: str, field: str, context: Context) -> Conversation[list[Values]]:
    """The rows with quantity, currency and, where they name a product only, its name and price."""
    done = []
    for number, line in enumerate(lines, 1):
        row = {"qty": 1, "currency": currency, **{k: v for k, v in line.items() if v not in (None, "")}}
        row["currency"] = str(row["currency"]).upper()
        if row.get("productId") and ("name" not in row or "amount" not in row):
            yield from _as_product(row, number, field, context)
        for name, label in (("name", "name"), ("amount", "price")):
            if name not in row:
                raise Refused(f"Row {number} of the items has no {label} and no product to take it from.", field=field)
        done.append(row)
    return done


def _as_product(row: Values, number: int, field: str, context: Context) -> Conversation[None]:
    path = fill("/products/{id}", {"id": row["productId"]})
    query = here(context)
    if "name" not in row:
        row["name"] = (yield from one(path, "", "get the product", query)).get("name") or ""
    if "amount" in row:
        return
    found = yield from every(f"{path}/price", "prices", "list the product's prices", query)
    fit = [
        p
        for p in found
        if row.get("priceId") in (None, p.get("_id")) and str(p.get("currency")).upper() == row["currency"]
    ]
    if len(fit) != 1:
        those = "; ".join(f"{p.get('name')}: {p.get('_id')}" for p in fit) or "none"
        raise Refused(
            f"Row {number} of the items has no price, and its product has not exactly one in {row['currency']} "
            f"({those}). Fill in a price, or the ID of one.",
            field=field,
        )
    row |= {"amount": fit[0]["amount"], "priceId": fit[0]["_id"]}


def reachable(body: Values) -> Values:
    """Phone and e-mail have to be named, be they empty."""
    if body.get("contactDetails"):
        body["contactDetails"] = {"phoneNo": "", "email": "", **body["contactDetails"]}
    return body


def whole(body: Values) -> Values:
    """With what HighLevel demands even where there is nothing to say."""
    body = reachable(body)
    body.setdefault("businessDetails", {})
    body.setdefault("discount", {"type": "percentage", "value": 0})
    body["discount"].setdefault("value", 0)
    return body


def scheduled(body: Values) -> Values:
    """Of a schedule, whose days of a repetition HighLevel wants as an object."""
    body = whole(body)
    body.setdefault("schedule", {})
    return body


def templated(body: Values) -> Values:
    body.setdefault("businessDetails", {})
    return body


# What changes -------------------------------------------------------------------------------------------------------


def safely(path: str, keep: tuple[str, ...], whose: Callable[[Context], Values] = place) -> Any:
    """The same for what can be read by its path."""
    return overlaying(lambda values, context: one(fill(path, values), "", "look at it first", whose(context)), keep)


def overlaying(read: Callable[[Values, Context], Conversation[Values]], keep: tuple[str, ...]) -> Any:
    """Around a PUT that wants everything: what stands there goes out again, but for what is filled in."""

    def wrap(perform: Perform) -> Perform:
        def update(values: Values, context: Context) -> Conversation[Values]:
            there = yield from read(values, context)
            kept = {name: clean(name, there[name]) for name in keep if there.get(name) not in (None, "", [], {})}
            whole = {**kept, **{name: value for name, value in values.items() if value not in (None, "", [], {})}}
            yield from _changed(whole, values, kept, context)
            return (yield from perform(whole, context))

        return update

    return wrap


def _changed(whole: Values, values: Values, kept: Values, context: Context) -> Conversation[None]:
    """A new payer's details, and prices of new rows."""
    if values.get("contactId") and not values.get("contactDetails"):
        whole["contactDetails"] = {"id": values["contactId"]}
    if values.get("contactId") or values.get("contactDetails"):
        before = {**(kept.get("contactDetails") or {})} if not values.get("contactId") else {}
        whole["contactDetails"] = {**before, **whole["contactDetails"]}
        sent = whole.get("sentTo")
        yield from addressed(whole, context)
        whole["sentTo"] = sent
    for rows in ROWS:
        if values.get(rows):
            whole[rows] = yield from priced(values[rows], currency_of(whole, context), rows, context)


def clean(name: str, value: Any) -> Any:
    """An address that is one line can't be written back, nor an item that is none."""
    if name in ROWS:
        return [row for row in value if isinstance(row, dict)]
    if isinstance(value, dict):
        return {k: v for k, v in value.items() if v is not None and not (k == "address" and isinstance(v, str))}
    return value
