"""What an attempt is sent with: for people to read without secrets, and sealed for whoever must send the very same."""

from typing import Any

from builder import seal
from builder.models import StepRun
from builder.models.columns import read_json, write_json
from builder.recipe.errors import CantRender

Inputs = dict[str, Any]


def hide(row: StepRun, shown: Inputs) -> None:
    """Puts `shown` in the place of the row's input, and seals what it hides. Before the row is written."""
    if shown != row.input:
        row.sealed = seal.seal({"input": write_json(row.input)}, _place(row))
        row.input = shown


def sent(row: StepRun) -> Inputs:
    """The values as they were sent. Raises CantRender where no key of this server opens them."""
    try:
        return dict(read_json(seal.unseal(row.sealed, _place(row))["input"]) if row.sealed else row.input or {})
    except seal.Unreadable:
        raise CantRender(
            "The secrets that this step was sent with can't be opened with this server's keys. Retry, and they are "
            "taken from the recipe."
        ) from None


def _place(row: StepRun) -> str:
    """The same for every attempt of the step."""
    return f"{row.workspace_id}|step|{row.run_id}|{row.step_id}|{row.iteration}"
