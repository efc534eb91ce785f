"""The door for webhooks, knocked at as a server would, and hooks whose keys are known."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builder import hooks, seal
from builder.models import Hook
from builder.runner import listening
from tests import make


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Knocker:
    """Calls the door; what isn't for the door is answered 404 by what stands behind it."""

    door: hooks.Door = field(default_factory=lambda: hooks.Door(_behind))

    def __call__(self, path: str, body: bytes | Any = b"", method: str = "POST", **headers: str) -> Answer:
        stream = body if hasattr(body, "read") else io.BytesIO(body)
        length = headers.pop("content_length", None) or ("" if hasattr(body, "read") else str(len(body)))
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": headers.pop("query", ""),
            "CONTENT_LENGTH": length,
            "CONTENT_TYPE": headers.pop("content_type", "application/json"),
            "wsgi.input": stream,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        said: list[Any] = []
        body = b"".join(self.door(environ, lambda status, head: said.append((status, head))))
        status, head = said[0]
        return Answer(int(status[:3]), dict(head), body)


def _behind(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
    start_response("404 Not Found", [])
    return []


def knocking() -> Iterator[Knocker]:
    knocker = Knocker()
    yield knocker
    knocker.door.writer.close()


def key_of(hook: Hook) -> str:
    return listening.address(hook).rstrip("/").rpartition("/")[2]


def make_ninja_hook() -> tuple[Hook, str]:
    """(hook, the secret its deliveries must carry)."""
    connection = make.make_connection()
    hook = listening.hook_for(connection.workspace_id, connection=connection)
    return hook, seal.unseal(hook.sealed, f"{hook.workspace_id}|hook|{hook.key_hash}")["secret"]


@dataclass
class Signer:
    """HighLevel's side of the signature."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()

    def __call__(self, body: bytes) -> str:
        return base64.b64encode(self.key.sign(body)).decode()


def make_ghl_hook(signer: Signer) -> Hook:
    identity = {"record_id": "loc_made_for_tests"}
    connection = make.make_connection(connector="ghl", method="app", identity=identity)
    return listening.hook_for(
        connection.workspace_id, connection=connection, with_secrets={"public_key": signer.public}
    )


def envelope(event: str = "OpportunityStatusUpdate", **more: Any) -> bytes:
    """A delivery of HighLevel."""
    plain = {"type": event, "locationId": "loc_made_for_tests", "webhookId": "w-1", "id": "opp_1", "status": "won"}
    return json.dumps({**plain, "timestamp": "2026-11-22T09:30:00.000Z", **more}).encode()
