"""What goes over the wire: plain JSON both ways, every fraction with the digits it was sent with."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

from builder.api.problems import TooLarge
from builder.models.columns import write_json

DEEPEST = 64


class ExactJson(JSONRenderer):
    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else write_json(data).encode()


class StrictJson(BaseParser):
    """UTF-8, no NaN, fractions as Decimal, at most 64 deep, at most as large as Django lets a form be."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        raw = b"" if declared.isdecimal() and int(declared) > limit else stream.read(limit + 1)
        if not raw or len(raw) > limit:
            raise TooLarge()
        return _read(raw)


class AlwaysJson(DefaultContentNegotiation):
    """There is one answer, whatever `Accept` asks for."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        renderer: BaseRenderer = renderers[0]
        return renderer, renderer.media_type


def _read(raw: bytes) -> Any:
    try:
        data = json.loads(raw.decode(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ParseError(_("This is no JSON: %(problem)s.") % {"problem": str(problem)[:120]}) from problem
    if _deeper(data, DEEPEST):
        raise ParseError(_("This JSON is nested deeper than %(n)d levels. Send it flatter.") % {"n": DEEPEST})
    return data


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _deeper(data: Any, left: int) -> bool:
    if not isinstance(data, dict | list):
        return False
    inside = data.values() if isinstance(data, dict) else data
    return left == 0 or any(_deeper(one, left - 1) for one in inside)
