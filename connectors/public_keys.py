"""Whether a delivery was signed with one of the keys that its service published. Apart from the other signatures, since
declarations need those alone, and not the whole of the cryptography."""

import base64
import binascii
import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


def ed25519(keys: str, signature: str, body: bytes) -> bool:
    """Whether one of the PEM keys in a text signed the raw body."""
    return any(_ed25519(key, _decoded(signature), body) for key in loaded(keys))


def rsa_sha256(keys: str, signature: str, body: bytes) -> bool:
    return any(_rsa(key, _decoded(signature), body) for key in loaded(keys))


def loaded(keys: str) -> list[object]:
    """The public keys in a text of one or more PEM blocks; a broken block is left out."""
    found: list[object] = []
    for block in PEM.findall(keys):
        try:
            found.append(load_pem_public_key(block.encode()))
        except (ValueError, UnsupportedAlgorithm):
            continue
    return found


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _ed25519(key: object, signature: bytes, body: bytes) -> bool:
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return False
    return True


def _rsa(key: object, signature: bytes, body: bytes) -> bool:
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, body, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
