"""JSON as it travels, where a number keeps every digit, in and out; and forms that carry files."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from connectors.spec import Part


def decode(body: bytes) -> Any:
    """The value of a JSON text, fractions as Decimal. Raises ValueError for anything else, NaN and bottomless nesting
    included."""
    try:
        return _DECODER.decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except RecursionError:
        raise ValueError("nested too deep") from None


def encode(value: Any) -> str:
    """Without a blank. Raises ValueError for a number that JSON can't hold."""
    text = _ENCODER.encode(value)
    return _EXACT_TEXT.sub(r"\1", text) if _EXACT in text else text


def moment(value: date | datetime) -> str:
    """`2026-11-22` or `2026-11-22T09:30:00Z`, as APIs like it."""
    return value.isoformat().replace("+00:00", "Z")


def multipart(parts: Iterable[Part]) -> tuple[bytes, str]:
    """(body, its content type); the boundary is chosen so that nothing in a file can be taken for it."""
    boundary = secrets.token_hex(16)
    lines = [line for part in parts for line in (b"--" + boundary.encode(), *_part(part))]
    return b"\r\n".join([*lines, f"--{boundary}--".encode(), b""]), f"multipart/form-data; boundary={boundary}"


def _part(part: Part) -> Iterable[bytes]:
    file = f'; filename="{_quoted(part.filename)}"' if part.filename else ""
    yield f'Content-Disposition: form-data; name="{_quoted(part.name)}"{file}'.encode()
    if part.filename:
        yield f"Content-Type: {''.join(part.type.split()) or 'application/octet-stream'}".encode("ascii", "ignore")
    yield b""
    yield part.content


def _quoted(text: str) -> str:
    """As browsers do it: a name can't end its line or its quotes."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{_EXACT}{_digits(value)}"
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime | date):
        return moment(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that JSON can hold")
    return format(value, "f") if value.adjusted() < 40 else str(value)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


_EXACT = secrets.token_hex(8)
"""Before the digits of a Decimal, which the encoder takes for text; this process's own secret."""
_EXACT_TEXT = re.compile(f'"{_EXACT}(-?[0-9.E+-]+)"')
_ENCODER = json.JSONEncoder(default=_other, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)
