"""The money that steps moved: what was invoiced, received and so on, by currency, never added up across currencies."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from builder.runner.guards import PARTS, number
from connectors import catalogue
from connectors.spec import Operation

CODE = re.compile(r"[A-Z]{3}")


class Moved(NamedTuple):
    flow: str
    currency: str
    """ISO 4217."""
    parts: int
    """Ten-thousandths."""
    documents: int = 1


def of(operation: Operation, inputs: Mapping[str, Any], output: Mapping[str, Any], currency: str) -> Moved | None:
    """`currency` is the workspace's, for what doesn't tell its own."""
    home = catalogue.connector(operation.connector)
    known = home.moves.get(operation.key) if home else None
    amount = number(known.amount(inputs, output)) if known else None
    if known is None or not amount or amount < 0:
        return None
    told = known.currency(output).upper()
    return Moved(known.flow.value, told if CODE.fullmatch(told) else currency, int(amount * PARTS))
