"""An address of its own that a recipe starts from."""

from collections.abc import Mapping
from typing import Any

from connectors.notation import outputs
from connectors.spec import Sighting, Trigger

SAMPLE = {"id": "1042", "name": "Mara Lindqvist", "email": "mara@northlight.example"}
"""An example only: the values a recipe gets are those of the delivery it was tested with."""


def read(body: Mapping[str, Any], event: str) -> Sighting:
    """Every delivery is news: nothing in it is compared."""
    return Sighting("hook", "", {}, dict(body), hint=event)


RECEIVED = Trigger(
    key="tools.hook.received",
    label="A webhook comes in",
    object="hook",
    fired=lambda seen, now, since, inputs: True,
    outputs=tuple(outputs(SAMPLE)),
    sample=SAMPLE,
    words=("incoming webhook", "catch", "http", "post", "form", "zapier", "api"),
    help="Gives the recipe an address. Whatever JSON or form another app sends there starts it, and its values become "
    "pills; what stands behind a question mark is found under “query”.",
)
