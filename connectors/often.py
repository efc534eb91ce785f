"""What was made of a text, kept for when the same text comes again: names and addresses do, over and over.

Nothing that a person typed once and nothing large is kept: `fits` says which texts are.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

T = TypeVar("T")


def remembered(fits: Callable[[str], bool], most: int = 2048) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """For functions whose first argument is the text, and whose answer follows from the arguments alone. An error is
    not kept."""

    def remembering(work: Callable[..., T]) -> Callable[..., T]:
        known = lru_cache(most)(work)

        @wraps(work)
        def answer(text: str, *more: Any) -> T:
            return known(text, *more) if fits(text) else work(text, *more)

        return answer

    return remembering


def a_name(text: str) -> bool:
    """Of a header, parameter or field."""
    return len(text) < 80


def an_address(text: str) -> bool:
    """One without parameters, which change from call to call and may hold secrets."""
    return len(text) < 300 and "?" not in text
