"""Whether bytes are a picture, told from the bytes alone: what a browser or a file's name says counts for nothing."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from builder.actions.errors import Invalid

MOST_BYTES = 200_000
LEAST, MOST = 16, 2000
"""Pixels, either way."""
PNG = b"\x89PNG\r\n\x1a\n"
SIZED = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""JPEG segments that begin with the picture's size."""


@dataclass(frozen=True, slots=True)
class Picture:
    ending: str
    width: int
    height: int


def read(data: bytes) -> Picture:
    """Raises Invalid, with the sentence for `file`."""
    if not data:
        raise Invalid(_("Choose a picture: PNG, JPEG or WebP."), "file")
    if len(data) > MOST_BYTES:
        raise Invalid(_("The picture has more than 200 KB. Save it smaller: 256 pixels are plenty."), "file")
    found = _png(data) or _jpeg(data) or _webp(data)
    if found is None and b"<svg" in data[:2000].lower():
        raise Invalid(_("An SVG can hold scripts, so it is not taken. Save the logo as PNG."), "file")
    if found is None:
        raise Invalid(_("This is no whole picture: a PNG, JPEG or WebP is wanted."), "file")
    if not (LEAST <= found.width <= MOST and LEAST <= found.height <= MOST):
        message = _("The picture is %(width)d × %(height)d pixels; from 16 to 2,000 each way are good.")
        raise Invalid(message % {"width": found.width, "height": found.height}, "file")
    return found


def _png(data: bytes) -> Picture | None:
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or len(data) < 57:
        return None
    at = len(PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        at += length + 12
        if kind == b"IEND":
            return Picture("png", *struct.unpack(">II", data[16:24])) if at == len(data) else None
    return None


def _jpeg(data: bytes) -> Picture | None:
    if not data.startswith(b"\xff\xd8\xff") or not data.endswith(b"\xff\xd9"):
        return None
    for kind, body in _segments(data):
        if kind in SIZED and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            return Picture("jpg", width, height)
    return None


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0xDA or length < 2:  # from here on it is the picture itself
            return
        yield kind, data[at + 4 : at + 2 + length]
        at += 2 + length


def _webp(data: bytes) -> Picture | None:
    whole = int.from_bytes(data[4:8], "little") + 8
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or whole != len(data) or len(data) < 30:
        return None
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        return Picture("webp", *(int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7)))
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    return None
