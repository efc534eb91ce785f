"""What one step keeps of what it was given: later steps, retries and pages read it again and again."""

from typing import Any

from django.conf import settings

from builder.models.columns import read_json, write_json
from builder.recipe.errors import TooMuch

CODE = "too_large"


def kept(output: Any) -> Any:
    """As it would be read back. Raises TooMuch for more JSON than a step may keep."""
    text = write_json(output)
    if len(text) > settings.OUTPUT_LIMIT:
        size, limit = _size(len(text)), _size(settings.OUTPUT_LIMIT)
        raise TooMuch(
            f"This step gives {size} of JSON, and {limit} of one step can be kept. Ask for less of it: fewer fields or "
            "a smaller page. Whoever looks after this server can raise OUTPUT_LIMIT."
        )
    return read_json(text)


def error(problem: TooMuch) -> dict[str, str]:
    return {"code": CODE, "message": problem.message, "field": ""}


def _size(length: int) -> str:
    return f"{length / 1_048_576:,.1f} MB" if length >= 100_000 else f"{length / 1024:,.1f} kB"
