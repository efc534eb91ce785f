"""What stands in the place of a person's value where one has to know later whether it is the same: a keyed hash."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from builder import seal
from builder.models.columns import plain, write_json

MARK = "erased:"
GONE = "The data of the person it was about were erased."
"""In the place of sentences about them. A run with it has nothing left to go on with."""


def hidden(value: Any) -> str:
    """The same for the same value. Nobody without this installation's key can try out whose it was."""
    text = value if isinstance(value, str) else write_json(value)
    if text.startswith(MARK):
        return text
    return MARK + hmac.new(seal.install_key(), b"erased|" + text.encode(), hashlib.sha256).hexdigest()[:32]


def recognised(known: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they were seen before, in which those that are hidden and still the same are open again."""
    if not any(isinstance(value, str) and value.startswith(MARK) for value in known.values()):
        return dict(known)
    same = {name: value for name, value in plain(dict(shown)).items() if hidden(value) == known.get(name)}
    return {**known, **same}
