"""Tax rates: documents carry a tax's name and its rate, not its id."""

from decimal import Decimal

from connectors.errors import Refused
from connectors.invoice_ninja.service import Record, resource, rows, samples
from connectors.notation import get
from connectors.spec import Choice, Choices, Context, Conversation

SAMPLE = samples("tax")


def rate_of(name: str, what: str) -> Conversation[Decimal]:
    """The rate of a tax that Invoice Ninja knows by this name."""
    found = yield from rows("tax_rates", what, sort="name|asc", status="active", filter=name)
    for tax in found:
        if str(tax["name"]).casefold() == name.strip().casefold():
            return tax["rate"]
    raise Refused(f"Couldn't {what}: Invoice Ninja knows no tax {name!r}. Give its rate too.", field="tax_rate1")


def _list(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from rows("tax_rates", "list the tax rates", sort="name|asc", status="active")
    return {"taxes": found}


def _choose(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    found = yield from rows("tax_rates", "list the tax rates", sort="name|asc", status="active")
    return [Choice(str(tax["name"]), f"{tax['name']} ({_short(tax['rate'])} %)") for tax in found]


def _short(rate: Decimal | int | float) -> str:
    return f"{Decimal(str(rate)).normalize():f}"


TAXES = resource(
    "taxes",
    "/api/v1/tax_rates",
    get(
        "list", "", "List tax rates", perform=_list, sample={"taxes": [SAMPLE]}, source="getTaxRates", cache=60,
        help="The taxes set up in Invoice Ninja, by name.",
    ),
    object="tax",
    sample=SAMPLE,
    words=("vat", "gst", "tax rate"),
)  # fmt: skip
CHOICES = {"taxes": Choices("taxes", _choose)}
