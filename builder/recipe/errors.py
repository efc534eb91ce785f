"""Why a value can't be had. Each message is a sentence for the person who builds or watches the recipe."""

from typing import Any


class CantRender(Exception):
    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Missing(CantRender):
    """A pill points at something that this run doesn't have."""

    def __init__(self, path: str):
        super().__init__(
            f"{path} has no value in this run. Choose another value, or give it a fallback with “default”."
        )
        self.path = path


class Wrong(CantRender):
    """A value is there, but not of the kind that is needed."""


class BadTemplate(CantRender):
    """The text itself can't be read, whatever the values."""


class TooMuch(CantRender):
    """A limit was reached."""


def shown(value: Any) -> str:
    """A value in quotes, short enough for a sentence."""
    if value is None or value == "":
        return "An empty value"
    if isinstance(value, list | tuple):
        return f"A list of {len(value)}"
    if isinstance(value, dict):
        return "An object"
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    try:
        text = str(value)
    except ValueError:
        return "A very long number"
    return f"“{text[:37]}…”" if len(text) > 40 else f"“{text}”"
