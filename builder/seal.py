"""Secrets at rest: AES-256-GCM, bound to the place they are stored in, under a ring of keys.

A sealed text is `key id . nonce . ciphertext` in URL-safe base64. The place (`workspace|connection|id`) goes into the
associated data: a sealed text copied to another row does not open. `SEAL_KEYS` lists `id:base64 key`, newest first.
"""

import base64
import functools
import hashlib
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Unreadable(Exception):
    """The key that sealed it is not on the ring, or the text was moved or changed."""


def seal(values: Mapping[str, str], place: str) -> str:
    key_id, cipher = next(iter(_ring().items()))
    nonce = secrets.token_bytes(12)
    box = cipher.encrypt(nonce, json.dumps(dict(values)).encode(), place.encode())
    return ".".join((key_id, _text(nonce), _text(box)))


def unseal(sealed: str, place: str) -> dict[str, str]:
    """Raises Unreadable."""
    if not sealed:
        return {}
    try:
        key_id, nonce, box = sealed.split(".")
        opened = _ring()[key_id].decrypt(_bytes(nonce), _bytes(box), place.encode())
    except (ValueError, KeyError, InvalidTag) as problem:
        raise Unreadable("The secret cannot be opened with the keys in SEAL_KEYS.") from problem
    return json.loads(opened)


def is_current(sealed: str) -> bool:
    """Whether the newest key sealed it."""
    return not sealed or sealed.split(".")[0] == next(iter(_ring()))


def key_hash(key: str) -> str:
    """What is stored of a hook key, an API token or an invitation: they are random, so one round is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def _ring() -> dict[str, AESGCM]:
    return _parsed(tuple(settings.SEAL_KEYS))


@functools.lru_cache(maxsize=4)
def _parsed(keys: tuple[str, ...]) -> dict[str, AESGCM]:
    pairs = (key.split(":", 1) for key in keys)
    return {key_id: AESGCM(base64.urlsafe_b64decode(text)) for key_id, text in pairs}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def install_key() -> bytes:
    """This installation's own, for markers; it stays when seal keys are rotated as long as the oldest is kept."""
    return _install_key(settings.SEAL_KEYS[-1])


@functools.cache
def _install_key(oldest: str) -> bytes:
    return hashlib.sha256(b"marker|" + oldest.encode()).digest()
