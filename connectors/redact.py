"""Nothing secret may reach a record: known values are blanked wherever they stand, telling names whatever they hold."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from connectors import wire
from connectors.often import a_name, remembered
from connectors.spec import Response

DOTS = "••••"
NAMES = re.compile(
    r"authorization|cookie|password|passwd|secret|signature|api[-_]?key|(^|[-_])token($|[-_])|[a-z]token$|^x-api-token$"
    r"|^config$|passphrase|certificate$|slack_webhook",
    re.IGNORECASE,
)

GUARDED = re.compile(r"(^|[-_])(auth|(?<!idempotency-)key|jwt|pass|pwd|session|sig)$", re.IGNORECASE)
"""Besides those, of headers and parameters of addresses; in bodies such names are harmless (`product_key`)."""
USER = re.compile(r"(?<=//)[^/?#\s]*@")
PARAMETER = re.compile(r"(?<=[?&;#])([^=&;#\s]+)=([^&;#\s]+)")


def redact(value: Any, secrets: Iterable[str] = ()) -> Any:
    """The same value (text, bytes, mapping, list) without secrets; redact first, shorten afterwards."""
    return _clean(value, _spellings(tuple(secrets)))


def headers(given: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    hidden = {name: DOTS if value and guarded(name) else value for name, value in given.items()}
    needles = _spellings(tuple(secrets))
    return dict(_clean(hidden, needles)) if needles else hidden


def answer(response: Response, secrets: Iterable[str]) -> Response:
    """The answer as the rest may see and keep it: a service that echoes a token gives it away to nobody."""
    escaped = response.json is not None and b"\\" in response.body
    said = wire.encode(response.json).encode() if escaped else response.body
    clean = redact(said, secrets)
    if clean == said:
        return response
    return Response(response.status, response.headers, clean, wire.decode(clean) if response.json else None)


def address(url: str, secrets: Iterable[str] = ()) -> str:
    """Without user, password and what telling parameters hold."""
    bare = USER.sub(f"{DOTS}@", url)
    text = PARAMETER.sub(lambda m: f"{m[1]}={DOTS}" if guarded(unquote_plus(m[1])) else m[0], bare)
    return str(redact(text, secrets))


def guarded(name: str) -> bool:
    """Of a header or a parameter: whether its value is nobody's business."""
    return telling(name) or _is_guarded(name)


def telling(name: Any) -> bool:
    """Whether a name says that its value is secret."""
    return isinstance(name, str) and _is_telling(name)


@remembered(a_name)
def _is_telling(name: str) -> bool:
    return bool(NAMES.search(name))


@remembered(a_name)
def _is_guarded(name: str) -> bool:
    return bool(GUARDED.search(name))


def _clean(value: Any, needles: list[str]) -> Any:
    if isinstance(value, str):
        return _blank(value, needles) if needles else value
    if type(value) in WITHOUT_TEXT:
        return value
    if isinstance(value, bytes):
        return _blank(value.decode("utf-8", "surrogateescape"), needles).encode("utf-8", "surrogateescape")
    if isinstance(value, MAPPINGS):
        clean = {k: DOTS if v and telling(k) else _clean(v, needles) for k, v in value.items()}
        return {_clean(k, needles): v for k, v in clean.items()} if needles else clean
    if isinstance(value, (list, tuple)):
        return [_clean(v, needles) for v in value]
    return value


WITHOUT_TEXT = frozenset((int, bool, Decimal, type(None)))
MAPPINGS = (dict, Mapping)
"""The first is told apart from others in no time."""


def _blank(text: str, needles: list[str]) -> str:
    for needle in needles:
        text = text.replace(needle, DOTS)
    return text


@lru_cache(256)
def _spellings(secrets: tuple[str, ...]) -> list[str]:
    """Each secret as it is, URL-escaped, JSON-escaped and in base64, the longest first."""
    found = set()
    for secret in (s for s in secrets if len(s) >= 4):
        raw = secret.encode()
        found |= {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
        found |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return sorted(found, key=len, reverse=True)
