"""Nothing secret may reach a record: known values are blanked wherever they stand, telling names whatever they hold."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

DOTS = "••••"
NAMES = re.compile(
    r"authorization|cookie|password|passwd|secret|signature|api[-_]?key|(^|[-_])token($|[-_])|[a-z]token$|^x-api-token$",
    re.IGNORECASE,
)


def redact(value: Any, secrets: Iterable[str] = ()) -> Any:
    """The same value (text, bytes, mapping, list) without secrets; redact first, shorten afterwards."""
    return _clean(value, _spellings(tuple(secrets)))


def _clean(value: Any, needles: list[str]) -> Any:
    if isinstance(value, str):
        return _blank(value, needles)
    if isinstance(value, bytes):
        return _blank(value.decode("utf-8", "surrogateescape"), needles).encode("utf-8", "surrogateescape")
    if isinstance(value, Mapping):
        return {_clean(k, needles): DOTS if v and _telling(k) else _clean(v, needles) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v, needles) for v in value]
    return value


def _telling(name: Any) -> bool:
    return isinstance(name, str) and bool(NAMES.search(name))


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
