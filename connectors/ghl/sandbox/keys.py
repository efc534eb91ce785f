"""The keys that webhooks are signed with; made once and kept in the state folder."""

import base64
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Keys:
    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @cached_property
    def _current(self) -> Any:
        return self._kept("webhook_key.pem", Ed25519PrivateKey.generate)

    @cached_property
    def _old(self) -> Any:
        return self._kept("webhook_old_key.pem", lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def public(self) -> str:
        return _public(self._current)

    def old_public(self) -> str:
        return _public(self._old)

    def sign(self, body: bytes) -> str:
        """For `X-GHL-Signature`: Ed25519 over the raw body."""
        return base64.b64encode(self._current.sign(body)).decode()

    def old_sign(self, body: bytes) -> str:
        """For `x-wh-signature`: RSA with SHA-256, PKCS#1 v1.5."""
        return base64.b64encode(self._old.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()

    def _kept(self, name: str, make: Any) -> Any:
        path = self._folder / name if self._folder else None
        if path and path.exists():
            return serialization.load_pem_private_key(path.read_bytes(), None)
        key = make()
        if path:
            path.touch(mode=0o600)
            path.write_bytes(_private(key))
        return key


def _private(key: Any) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())


def _public(key: Any) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()
