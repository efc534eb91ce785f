"""Texts, numbers, money, dates and lists put into another shape, and a look-up in a table of one's own: no call to
anybody."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.fields import Field, required
from connectors.notation import Outputs, outputs
from connectors.spec import Context, Conversation, Operation, Retry

Values = dict[str, Any]
MONEY = frozenset(("net", "tax", "gross"))
MOST_DAYS = 36_600


def tool(
    key: str, label: str, work: Callable[[Values], Values], sample: Values, *fields: Field, **more: Any
) -> Operation:
    def perform(inputs: Values, context: Context) -> Conversation[Values]:
        yield from ()
        return work(inputs)

    return Operation(
        f"tools.{key}", label, "lookup", Retry.READ, perform, fields, Outputs(lambda: outputs(sample, MONEY)), sample,
        object=key.split(".")[0], **more,
    )  # fmt: skip


def _chosen(table: Mapping[str, Any], given: Values, name: str) -> Any:
    """What belongs to a choice; a pill may have filled in something else."""
    if given[name] not in table:
        raise Refused(f"“{given[name]}” is none of the choices: choose one of the list.", field=name)
    return table[given[name]]


# Text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _found(pattern: str) -> Callable[[str], str]:
    def first(text: str) -> str:
        match = re.search(pattern, text)
        return match[0] if match else ""

    return first


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "upper": ("ALL CAPITALS", str.upper),
    "lower": ("all small letters", str.lower),
    "capital": ("First letter a capital", _capital),
    "title": ("Each Word With A Capital", lambda text: " ".join(_capital(word) for word in text.split(" "))),
    "trim": ("Without spaces around it", str.strip),
    "one_line": ("On one line", lambda text: " ".join(text.split())),
    "digits": ("Only the digits", lambda text: "".join(c for c in text if c.isdecimal())),
    "slug": ("For an address: two-words", _slug),
    "email": ("The first e-mail address in it", _found(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    "number": ("The first number in it", _found(r"(?<![\w-])-?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*")),
    "plain": ("Without HTML", lambda text: re.sub(r"<[^>]*>", " ", text).strip()),
}


def _change(given: Values) -> Values:
    _, work = _chosen(CHANGES, given, "how")
    return {"text": work(str(given["text"]))}


def _replace(given: Values) -> Values:
    text, what = str(given["text"]), str(given["what"])
    return {"text": text.replace(what, str(given.get("by") or "")), "count": text.count(what)}


def _split(given: Values) -> Values:
    mark = {"line": "\n", "space": None, "comma": ",", "semicolon": ";"}.get(given["at"], given.get("other") or ",")
    parts = [part.strip() for part in str(given["text"]).split(mark) if part.strip()]
    return {"parts": parts, "first": parts[0] if parts else "", "last": parts[-1] if parts else "", "count": len(parts)}


def _name(given: Values) -> Values:
    """The last word is the family's, with what goes before it where that is a van, de or von."""
    words = str(given["name"]).split()
    if len(words) == 1:
        return {"first_name": words[0], "last_name": ""}
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in ("van", "von", "de", "der", "den", "da", "di", "la", "le", "zu", "ten"):
        at -= 1
    return {"first_name": " ".join(words[:at]), "last_name": " ".join(words[at:])}


# Numbers and money


def _rounded(value: Decimal, places: Any) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP) if places not in (None, "") else value


def _calculate(given: Values) -> Values:
    one, other = Decimal(given["first"]), Decimal(given["second"])
    if given["how"] == "divide" and not other:
        raise Refused("Nothing can be divided by 0: check the second number.", field="second")
    work: dict[str, Callable[[], Decimal]] = {
        "add": lambda: one + other,
        "subtract": lambda: one - other,
        "multiply": lambda: one * other,
        "divide": lambda: one / other,
        "percent": lambda: one * other / 100,
        "smaller": lambda: min(one, other),
        "larger": lambda: max(one, other),
    }
    try:
        return {"result": _rounded(_chosen(work, given, "how")(), given.get("places"))}
    except InvalidOperation:
        raise Refused("The result is too large a number to be written down.", field="first") from None


def _taxed(given: Values) -> Values:
    """Rounded to the cent once, so that net and tax always come to the gross."""
    amount, rate = Decimal(given["amount"]), Decimal(given["rate"]) / 100
    if given["is"] == "net":
        net, gross = _rounded(amount, 2), _rounded(amount * (1 + rate), 2)
    elif rate == -1:
        raise Refused("A rate of -100 % leaves nothing to reckon with.", field="rate")
    else:
        net, gross = _rounded(amount / (1 + rate), 2), _rounded(amount, 2)
    return {"net": net, "tax": gross - net, "gross": gross}


# Dates


def _shift(given: Values) -> Values:
    start, count = _day(given["date"]), int(given["count"])
    if abs(count) > MOST_DAYS:
        raise Refused(f"At most {MOST_DAYS:,} at once.", field="count")
    try:
        moved = _moved(start, count, given["unit"])
    except (ValueError, OverflowError):
        raise Refused("That day is in no calendar: take a smaller number.", field="count") from None
    if given.get("weekend") == "later":
        moved = moved + timedelta(days=(7 - moved.weekday()) if moved.weekday() > 4 else 0)
    return {"date": moved.isoformat(), "weekday": f"{moved:%A}"}


def _moved(start: date, count: int, unit: str) -> date:
    if unit == "workdays":
        return _workdays(start, count)
    if unit in ("months", "years"):
        months = start.year * 12 + start.month - 1 + count * (12 if unit == "years" else 1)
        return _in_month(months // 12, months % 12 + 1, start.day)
    if unit == "month_end":
        months = start.year * 12 + start.month - 1 + count
        return _in_month(months // 12, months % 12 + 1, 31)
    return start + timedelta(days=count * (7 if unit == "weeks" else 1))


def _in_month(year: int, month: int, day: int) -> date:
    """The 31st of a shorter month is its last day."""
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day, last))


def _workdays(start: date, count: int) -> date:
    step, left, day = (1 if count > 0 else -1), abs(count), start
    while left:
        day += timedelta(days=step)
        left -= day.weekday() < 5
    return day


def _between(given: Values) -> Values:
    one, other = _day(given["from"]), _day(given["until"])
    low, high = min(one, other), max(one, other)
    span = (high - low).days
    whole, rest = divmod(span, 7)
    workdays = whole * 5 + sum((low + timedelta(days=at)).weekday() < 5 for at in range(1, rest + 1))
    months = (high.year - low.year) * 12 + high.month - low.month - (high.day < low.day)
    sign = 1 if other >= one else -1
    return {"days": span * sign, "workdays": workdays * sign, "weeks": whole * sign, "months": months * sign}


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


# Lists


def _items(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [value]
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value] if value else []


def _of(item: Any, path: Any) -> Any:
    """What stands below a name in dots; the item itself without one."""
    for name in str(path or "").split("."):
        if name:
            item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _pick(given: Values) -> Values:
    items = _items(given["list"])
    name, wanted = given.get("where"), str(given.get("equals") or "").strip().lower()
    if name:
        items = [one for one in items if _same(_of(one, name), wanted)]
    at = {"first": 0, "last": -1}.get(given["which"], int(given.get("place") or 1) - 1)
    found = items[at] if items and -len(items) <= at < len(items) else None
    return {"item": found, "found": found is not None, "count": len(items)}


def _same(value: Any, wanted: str) -> bool:
    """Numbers by what they are worth, all else by its letters."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return Decimal(str(value)) == Decimal(wanted)
        except InvalidOperation:
            return False
    return ("" if value is None else str(value)).strip().lower() == wanted


def _join(given: Values) -> Values:
    mark = _chosen({"comma": ", ", "line": "\n", "space": " ", "and": ", "}, given, "between")
    texts = [str(text) for one in _items(given["list"]) if (text := _of(one, given.get("name"))) not in (None, "")]
    if given["between"] == "and" and len(texts) > 1:
        return {"text": f"{mark.join(texts[:-1])} and {texts[-1]}", "count": len(texts)}
    return {"text": mark.join(texts), "count": len(texts)}


def _sum(given: Values) -> Values:
    numbers = []
    for place, one in enumerate(_items(given["list"]), 1):
        value = _of(one, given.get("name"))
        try:
            number = Decimal(str(value if value not in (None, "") else 0))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise Refused(f"Item {place} is no number: {str(value)[:40]}.", field="list")
        numbers.append(number)
    total = sum(numbers, Decimal(0))
    average = _rounded(total / len(numbers), 4) if numbers else Decimal(0)
    least, most = (min(numbers), max(numbers)) if numbers else (Decimal(0), Decimal(0))
    return {"total": total, "count": len(numbers), "average": average, "smallest": least, "largest": most}


# A table of one's own


def _look_up(given: Values) -> Values:
    wanted = plain(given["value"])
    for row in given["rows"]:
        if plain(row.get("from")) == wanted:
            return {"result": row.get("to") or "", "found": True}
    if given.get("otherwise_do") == "stop":
        raise Refused(f"“{given['value']}” stands in no row of the table. Add one.", field="rows")
    return {"result": given.get("otherwise") or "", "found": False}


def plain(value: Any) -> str:
    return " ".join(str(value or "").split()).casefold()


def choices(**named: str) -> tuple[tuple[str, str], ...]:
    return tuple(named.items())


TEXT = required(f.note("text", "The text, or a pill with it."))
LIST = required(f.json("list", "A pill with a list, such as line items or tags.", example='[{"cost": 5}]'))
OF_EACH = f.text("name", "Such as cost, or client.name; left empty, the item itself.", label="Which value of each")
PLACES = f.integer("places", "Left empty, as many as there are.", label="Places after the point")

OPERATIONS = (
    tool(
        "text.change", "Change a text", _change, {"text": "Northlight Studio"}, TEXT,
        required(f.choice("how", choices=tuple((key, words) for key, (words, _) in CHANGES.items()), label="Into")),
        words=("formatter", "uppercase", "lowercase", "capitalize", "extract", "trim", "slug"),
    ),
    tool(
        "text.replace", "Replace words in a text", _replace, {"text": "Invoice 7", "count": 1}, TEXT,
        required(f.text("what", "What is looked for, with its capitals.", label="Replace")),
        f.text("by", "Left empty, it is taken out.", label="By"),
        words=("formatter", "find and replace", "remove"),
    ),
    tool(
        "text.split", "Split a text", _split,
        {"parts": ["Mara", "Lindqvist"], "first": "Mara", "last": "Lindqvist", "count": 2}, TEXT,
        required(
            f.choice(
                "at", label="At each",
                choices=choices(comma="Comma", space="Space", line="Line", semicolon="Semicolon", other="Other sign"),
            )
        ),
        f.text("other", "For another sign.", label="Sign"),
        words=("formatter", "parts", "list"),
    ),
    tool(
        "text.split_name", "Split a person's name", _name, {"first_name": "Mara", "last_name": "Lindqvist"},
        required(f.text("name", "The whole name.")),
        words=("formatter", "first name", "last name", "surname"),
        help="The last word is the family name; van, von, de and their like go with it.",
    ),
    tool(
        "number.calculate", "Calculate with two numbers", _calculate, {"result": Decimal("1416.10")},
        required(f.number("first", "A number, or a pill with one.", label="First number")),
        required(
            f.choice(
                "how", label="What to do",
                choices=choices(
                    add="Add", subtract="Subtract", multiply="Multiply", divide="Divide",
                    percent="So many percent of it", smaller="Take the smaller", larger="Take the larger",
                ),
            )
        ),
        required(f.number("second", "A number, or a pill with one.", label="Second number")), PLACES,
        words=("formatter", "math", "plus", "minus", "sum", "percentage", "round"),
    ),
    tool(
        "money.tax", "Work out net, tax and gross", _taxed,
        {"net": Decimal("1000.00"), "tax": Decimal("190.00"), "gross": Decimal("1190.00")},
        required(f.number("amount", "The amount that is known.")),
        required(f.choice("is", choices=choices(net="Net: the tax comes on top", gross="Gross: the tax is in it"))),
        required(f.number("rate", "In percent, such as 19.", label="Tax rate")),
        words=("formatter", "vat", "gst", "sales tax"), help="Rounded to the cent; net and tax come to the gross.",
    ),
    tool(
        "date.move", "Move a date", _shift, {"date": "2026-12-06", "weekday": "Sunday"},
        required(f.date("date", "The day to begin with.")),
        required(f.integer("count", "Below 0: back in time.", label="By how many")),
        required(
            f.choice(
                "unit", label="Of what",
                choices=choices(
                    days="Days", workdays="Days from Monday to Friday", weeks="Weeks", months="Months", years="Years",
                    month_end="Months, then to the month's last day",
                ),
            )
        ),
        f.choice("weekend", "If it falls on one.", choices=choices(stay="Leave it", later="Monday after it")),
        words=("formatter", "add days", "due date", "subtract", "working days", "end of month"),
        help="The 31st of a shorter month is its last day.",
    ),
    tool(
        "date.between", "Count the time between two dates", _between,
        {"days": 14, "workdays": 10, "weeks": 2, "months": 0},
        required(f.date("from", "The first day.", label="From")),
        required(f.date("until", "The last day.", label="Until")),
        words=("formatter", "difference", "age", "days since"),
        help="Below 0 when the second lies before the first. Only whole weeks and months count.",
    ),
    tool(
        "list.pick", "Pick an item of a list", _pick,
        {"item": {"name": "Website", "cost": 1000}, "found": True, "count": 3}, LIST,
        required(f.choice("which", choices=choices(first="The first", last="The last", place="One by its place"))),
        f.integer("place", "1 is the first.", label="Place"),
        f.text("where", "Only items whose value of this name …", label="Only where", more=True),
        f.text("equals", "… is this. Capitals don't matter.", label="Is", more=True),
        words=("formatter", "first", "last", "nth", "find", "filter"),
    ),
    tool(
        "list.join", "Put a list into a text", _join, {"text": "Website, Hosting and Care", "count": 3}, LIST, OF_EACH,
        required(
            f.choice(
                "between", label="With between them",
                choices=choices(comma="A comma", **{"and": "Commas, and before the last “and”"}, line="A new line",
                                 space="A space"),
            )
        ),
        words=("formatter", "concatenate", "tags"),
    ),
    tool(
        "list.sum", "Add up a list", _sum,
        {"total": Decimal("1190"), "count": 2, "average": Decimal("595"), "smallest": Decimal("190"),
         "largest": Decimal("1000")}, LIST, OF_EACH,
        words=("formatter", "total", "count", "average", "minimum", "maximum"),
    ),
    tool(
        "table.look_up", "Look a value up in a table", _look_up, {"result": "invoice_ninja_vat_19", "found": True},
        required(f.text("value", "What is looked for, mostly a pill. Capitals and spaces don't matter.")),
        required(
            f.lines(
                "rows", "A line for each value.", label="Table",
                fields=(required(f.text("from", label="If it is")), f.text("to", label="Give")),
            )
        ),
        f.text("otherwise", "When no row fits.", label="Else give"),
        f.choice(
            "otherwise_do", "When no row fits.", label="Else", more=True,
            choices=choices(go_on="Give that", stop="Fail, so that somebody sees"),
        ),
        words=("formatter", "lookup table", "value map", "translate", "switch", "mapping"),
    ),
)  # fmt: skip
