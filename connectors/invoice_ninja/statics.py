"""Lists that are the same for everybody: currencies, countries, ways to pay."""

from typing import Any

from connectors.errors import Refused
from connectors.invoice_ninja.service import Record, call
from connectors.spec import Choice, Choices, Context, Conversation

A_DAY = 24 * 60 * 60


def statics(what: str) -> Conversation[dict[str, list[Record]]]:
    found = yield from call("GET", "/statics", what)
    return found


def currency_of(code: str, what: str) -> Conversation[str]:
    """The id of the currency with an ISO code."""
    known = yield from statics(what)
    for currency in known.get("currencies", ()):
        if str(currency.get("code")).upper() == code.strip().upper():
            return str(currency["id"])
    raise Refused(f"Invoice Ninja knows no currency {code!r}: use a code such as EUR.", field="settings.currency_id")


def _currencies(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    known = yield from statics("list the currencies")
    return [Choice(str(c["id"]), f"{c['name']} ({c['code']})", c["code"]) for c in known.get("currencies", ())]


def _countries(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    known = yield from statics("list the countries")
    return [Choice(str(c["id"]), str(c["name"]), str(c.get("iso_3166_2", ""))) for c in known.get("countries", ())]


def _payment_types(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    known = yield from statics("list the ways to pay")
    return [Choice(str(t["id"]), _title(t["name"])) for t in known.get("payment_types", ())]


def _languages(inputs: Record, context: Context) -> Conversation[list[Choice]]:
    known = yield from statics("list the languages")
    return [Choice(str(one["id"]), str(one["name"]), str(one.get("locale", ""))) for one in known.get("languages", ())]


def _title(name: Any) -> str:
    """Newer servers answer with words, 5.10 with `bank_transfer`."""
    return str(name).replace("_", " ").capitalize() if "_" in str(name) or str(name).islower() else str(name)


CHOICES = {
    "currencies": Choices("currencies", _currencies, A_DAY),
    "countries": Choices("countries", _countries, A_DAY),
    "languages": Choices("languages", _languages, A_DAY),
    "payment_types": Choices("payment_types", _payment_types, A_DAY),
}
