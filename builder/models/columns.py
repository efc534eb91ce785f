"""Columns that several tables share."""

import base64
import json
import re
import secrets
import zlib
from decimal import Decimal
from typing import Any

from django.db import models

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def random_id() -> str:
    """Twelve characters without look-alikes: 59 bits, for addresses that cannot be guessed or counted."""
    number, found = secrets.randbelow(len(ALPHABET) ** 12), ""
    for _ in range(12):
        number, place = divmod(number, len(ALPHABET))
        found += ALPHABET[place]
    return found


_EXACT = secrets.token_hex(8)
_EXACT_TEXT = re.compile(f'"{_EXACT}(-?[0-9.E+-]+)"')
_EMPTY: dict[type, str] = {list: "[]", dict: "{}"}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_one_of(column: str, values: tuple[str, ...]) -> models.Func:
    """Whether a column has one of these words, written out in the query itself: a condition on parameters is none by
    which SQLite would take a partial index. The words are constants of ours, in the index's own order."""
    words = ", ".join(f"'{value}'" for value in values)
    return models.Func(column, template=f"%(expressions)s IN ({words})", output_field=models.BooleanField())


def write_json(value: Any) -> str:
    """JSON text in which a Decimal keeps its digits. The marker around them is this process's own secret."""
    if (kind := type(value)) in _EMPTY and not value:
        return _EMPTY[kind]
    text = _ENCODER.encode(value)
    return _EXACT_TEXT.sub(r"\1", text) if _EXACT in text else text


def read_json(text: str) -> Any:
    return _DECODER.decode(text)


def plain(value: Any) -> Any:
    """As it would be read back: dates as ISO text, fractions as Decimal."""
    return read_json(write_json(value))


def storable(text: str) -> str:
    """With a mark for what no text column takes: NUL (PostgreSQL) and half a character (UTF-8)."""
    return _UNSTORABLE.sub("\ufffd", text)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{_EXACT}{value}" if value.is_finite() else None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


_ENCODER = json.JSONEncoder(default=_plain, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_float=Decimal)


class JsonText(models.TextField):
    """JSON in a text column: fractions stay Decimal, and what jsonb refuses (NUL, lone surrogates) is kept."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else read_json(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else write_json(value)

    def value_to_string(self, obj: models.Model) -> str:
        return write_json(self.value_from_object(obj))


PACKED = "\x1fz"
"""Text behind it is compressed; what a service sends may begin so too, and is compressed for that reason alone."""
WORTH = 400
"""Characters. Compressing shorter texts saves nothing: base 85 takes a quarter of it back."""


def pack(text: str) -> str:
    """As it is stored: the shorter of the text and its compressed form. A text column takes no bytes on PostgreSQL."""
    if len(text) < WORTH and not text.startswith(PACKED):
        return text
    packed = PACKED + base64.b85encode(zlib.compress(text.encode())).decode()
    return packed if len(packed) < len(text) or text.startswith(PACKED) else text


def unpack(stored: str) -> str:
    """Both forms are read, so rows from before this column was packed stay as they are."""
    return zlib.decompress(base64.b85decode(stored[len(PACKED) :])).decode() if stored.startswith(PACKED) else stored


class PackedText(models.TextField):
    """Long text, compressed where that pays. Nothing is searched in it."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else unpack(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else pack(str(value))


class PackedJson(JsonText):
    """JSON text, compressed where that pays."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else read_json(unpack(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else pack(write_json(value))


class PublicId(models.CharField):
    """What addresses and the API call the row."""

    def __init__(self, **options: Any):
        options = {"max_length": 24, "unique": True, "default": random_id, "editable": False, **options}
        super().__init__(**options)
