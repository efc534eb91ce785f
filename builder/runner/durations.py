"""How long something lasts, as a recipe says it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from builder.recipe import values
from builder.runner.clock import now

SOONEST = 60.0
"""Seconds after which a run that rests on somebody else looks for itself how that stands."""
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
LONGEST = 20 * 365 * 86_400


def of(given: Mapping[str, str], scope: Mapping[str, Any], reading: Mapping[str, Any]) -> timedelta:
    """`{"amount": "{{ trigger.hours }}", "unit": "hours"}`; nothing is no time at all. Raises CantRender."""
    found = values.render(given["amount"], scope, **reading)
    amount = values.coerce(found, "number", zone=reading["zone"], currency=reading["currency"])
    return seconds(float(amount or 0) * UNITS[given["unit"] or "days"])


def seconds(number: float) -> timedelta:
    return timedelta(seconds=min(max(number, 0), LONGEST))


def next_look(since: datetime, most: float = LONGEST) -> datetime:
    """When it looks again: whoever it rests on wakes it, unless that happens while it is awake. The longer it has
    rested, the more rarely; `most` seconds apart."""
    rested = (now() - since).total_seconds()
    return now() + seconds(min(most, max(SOONEST, rested / 10)))
