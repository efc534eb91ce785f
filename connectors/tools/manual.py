"""A recipe that a person starts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import fields as f
from connectors.notation import Outputs, outputs
from connectors.spec import Sighting, Trigger

SAMPLE = {
    "started_by": "Mara Lindqvist",
    "started_at": "2026-11-23T09:00:00+01:00",
    "values": {"Amount": "1200.00"},
}


def read(body: Mapping[str, Any], event: str) -> Sighting:
    return Sighting("manual", "", {}, dict(body))


def asked(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, help) of each value that is asked for at the start."""
    rows = inputs.get("asks") or ()
    return [(name, str(row.get("help") or "")) for row in rows if (name := str(row.get("name") or "").strip())]


def start(inputs: Mapping[str, Any], who: str, moment: datetime, given: Mapping[str, str]) -> dict[str, Any]:
    """What the recipe gets."""
    values = {name: str(given.get(name) or "") for name, _ in asked(inputs)}
    return {"started_by": who, "started_at": moment.isoformat(), "values": values}


STARTED = Trigger(
    key="tools.manual.started",
    label="A person starts it",
    object="manual",
    fired=lambda seen, now, since, inputs: True,
    fields=(
        f.lines(
            "asks",
            "Each becomes a field of the form that starts it, and a value of this step.",
            label="What to ask for",
            fields=(f.required(f.text("name", label="Name")), f.text("help", label="Hint")),
        ),
    ),
    outputs=Outputs(lambda: outputs(SAMPLE)),
    sample=SAMPLE,
    words=("manual", "button", "by hand", "click", "run now", "form"),
    help="Nothing starts it by itself: somebody chooses “Run now” and fills in what it asks for.",
)
