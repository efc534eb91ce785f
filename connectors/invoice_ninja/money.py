"""What its operations move in money, and in which currency. Amounts are those of the answer: with taxes and discounts.

Ids of currencies are those that every installation starts with (`GET /api/v1/statics`, 5.10.17).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.spec import Flow, Moved, dig

CODES = re.findall(
    r"\w+",
    """
    USD GBP EUR ZAR DKK ILS SEK KES CAD PHP INR AUD SGD NOK NZD VND CHF GTQ MYR BRL THB NGN ARS BDT AED HKD IDR MXN EGP
    COP XOF CNY RWF TZS ANG TTD XCD GHS BGN AWG TRY RON HRK SAR JPY MVR CRC PKR PLN LKR CZK UYU NAD TND RUB MZN OMR UAH
    MOP TWD DOP CLP ISK PGK JOD MMK PEN BWP HUF UGX BBD BND GEL QAR HNL SRD BHD VES KRW MAD JMD AOA HTG ZMW NPR XPF MUR
    CVE KWD DZD MKD FJD BOB ALL RSD LBP AMD AZN BAM BYN GIP MDL KZT ETB GMD PYG MWK ZWL KHR VUV CUP KYD SZL BZD LYD XAG
    XAU NIO MGA TOP LAK BTN MRU
    """,
)
"""By id, from 1 on."""


def _currency(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Of the record, else of its client; empty: the company's, which no answer tells."""

    def told(output: Mapping[str, Any]) -> str:
        ids = (dig(output, f"{name}.currency_id"), dig(output, f"{name}.client.settings.currency_id"))
        numbers = (int(id) for id in map(str, ids) if id.isdecimal() and len(id) < 6)
        return next((CODES[number - 1] for number in numbers if 0 < number <= len(CODES)), "")

    return told


def _total(flow: Flow, name: str) -> Moved:
    return Moved(flow, lambda inputs, output: dig(output, f"{name}.amount"), _currency(name))


MOVES = {
    "invoice_ninja.invoices.create": _total(Flow.INVOICED, "invoice"),
    "invoice_ninja.quotes.convert": _total(Flow.INVOICED, "quote"),
    "invoice_ninja.quotes.create": _total(Flow.QUOTED, "quote"),
    "invoice_ninja.payments.create": _total(Flow.RECEIVED, "payment"),
    "invoice_ninja.payments.refund": Moved(
        Flow.REFUNDED, lambda inputs, output: inputs.get("amount"), _currency("payment")
    ),
    "invoice_ninja.credits.create": _total(Flow.CREDITED, "credit"),
    "invoice_ninja.expenses.create": _total(Flow.SPENT, "expense"),
}
