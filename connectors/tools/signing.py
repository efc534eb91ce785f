"""How a web request says who it comes from."""

import base64
from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import Misconfigured

WAYS = (
    ("none", "Not at all"),
    ("bearer", "With a token (Bearer)"),
    ("basic", "With a name and a password (Basic)"),
    ("header", "With a key in a header"),
    ("query", "With a key behind the question mark"),
)
FIELDS = (
    f.choice("auth", label="Sign in", choices=WAYS, default="none", more=True),
    f.text(
        "auth_name",
        "The user’s name, or what the header or parameter with the key is called, such as X-Api-Key.",
        label="Name to sign in with",
        more=True,
    ),
    f.text(
        "auth_secret",
        "The token, password or key. Runs seal it and exports leave it out; who may see the recipe sees it here.",
        label="Secret to sign in with",
        more=True,
    ),
)


def headers(inputs: Mapping[str, Any]) -> dict[str, str]:
    """What to send along. Raises Misconfigured for what is left out or can't be sent."""
    way = _way(inputs)
    if way == "bearer":
        return {"Authorization": f"Bearer {_secret(inputs).removeprefix('Bearer ').strip()}"}
    if way == "basic":
        return {"Authorization": f"Basic {_basic(inputs)}"}
    if way == "header":
        name = _name(inputs)
        if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise Misconfigured(f"“{name}” is no name of a header: it looks like X-Api-Key.", field="auth_name")
        return {name: _secret(inputs)}
    return {}


def query(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(_name(inputs), _secret(inputs))] if _way(inputs) == "query" else []


def secrets(inputs: Mapping[str, Any]) -> list[str]:
    """Whatever was given, fit or not, and the form in which it is sent."""
    told = str(inputs.get("auth_secret") or "").strip()
    if not told:
        return []
    return [told, base64.b64encode(f"{inputs.get('auth_name') or ''}:{told}".encode()).decode()]


def _way(inputs: Mapping[str, Any]) -> str:
    way = str(inputs.get("auth") or "none")
    if way not in dict(WAYS):
        raise Misconfigured(f"“{way}” is no way to sign in: choose one of the list.", field="auth")
    return way


def _basic(inputs: Mapping[str, Any]) -> str:
    """In UTF-8, as RFC 7617 has it."""
    name, secret = str(inputs.get("auth_name") or "").strip(), str(inputs.get("auth_secret") or "")
    if ":" in name or not (name or secret):
        raise Misconfigured(
            "A user’s name has no colon, and one of name and password must be there.", field="auth_name"
        )
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def _name(inputs: Mapping[str, Any]) -> str:
    name = str(inputs.get("auth_name") or "").strip()
    if not name:
        raise Misconfigured("Say what the header or parameter with the key is called.", field="auth_name")
    return name


def _secret(inputs: Mapping[str, Any]) -> str:
    secret = str(inputs.get("auth_secret") or "").strip()
    if not secret:
        raise Misconfigured("The secret to sign in with is empty: paste it.", field="auth_secret")
    if not secret.isascii() or not secret.isprintable():
        raise Misconfigured("The secret holds characters that can't be sent: copy it again.", field="auth_secret")
    return secret
