"""Whether a delivery is genuine. Everything doubtful is not. What is signed with keys is in `public_keys.py`."""

import base64
import hashlib
import hmac


def same(given: str, expected: str) -> bool:
    """Compares two secrets in constant time; an empty one equals nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def hmac_sha256(secret: str, signature: str, body: bytes) -> bool:
    """Whether the secret signed the raw body: in hexadecimal digits or base 64, with or without `sha256=` before."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    told = signature.strip().removeprefix("sha256=")
    return bool(secret) and (same(told.lower(), made.hex()) or same(told, base64.b64encode(made).decode()))
