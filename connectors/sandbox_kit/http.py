"""A call as a sandbox sees it, and the answer it gives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from connectors.spec import Part

JSON = "application/json"


class BadJson(ValueError):
    """The body is not JSON."""


@dataclass(slots=True)
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    client: str = ""
    args: dict[str, str] = field(default_factory=dict)
    """What the route's path holds."""
    token: dict[str, Any] = field(default_factory=dict)
    """The record of the caller's token, once the gate let it in."""

    def json(self) -> Any:
        return loads(self.body)

    def parts(self) -> list[Part]:
        """Of a form with files."""
        return parts(self.body, self.headers)

    def fields(self) -> dict[str, Any]:
        """The body as an object, from JSON or a form; an empty body is an empty object."""
        if not self.body.strip():
            return {}
        if "form-urlencoded" in self.headers.get("content-type", ""):
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        data = self.json()
        if not isinstance(data, dict):
            raise BadJson("not an object")
        return data


@dataclass(slots=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = JSON
    """`body` is encoded when this is JSON, else it is text or bytes."""

    def content(self) -> bytes:
        if self.kind == JSON:
            return b"" if self.body is None else dumps(self.body)
        return self.body if isinstance(self.body, bytes) else str(self.body or "").encode()


def parts(body: bytes, headers: Mapping[str, str]) -> list[Part]:
    """The parts of a multipart body; none of another one."""
    head = f"Content-Type: {headers.get('content-type', '')}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    return [_part(one) for one in message.iter_parts()] if message.is_multipart() else []


def _part(one: Any) -> Part:
    name = one.get_param("name", header="content-disposition") or ""
    content = one.get_payload(decode=True) or b""
    return Part(str(name), content, one.get_filename() or "", one.get_content_type())


def html(status: int, text: str, **headers: str) -> Answer:
    return Answer(status, text, {k.replace("_", "-"): v for k, v in headers.items()}, "text/html; charset=utf-8")


def dumps(value: Any) -> bytes:
    return json.dumps(value, default=_number, separators=(",", ":")).encode()


def journal(value: Any) -> bytes:
    """Like `dumps`, but a Decimal keeps its point, so that it is read back as one."""
    return json.dumps(value, default=float, separators=(",", ":")).encode()


def loads(raw: bytes) -> Any:
    """Fractions come back as Decimal. Raises BadJson, for NaN and bottomless nesting too."""
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise BadJson(str(error)) from None


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} can't go into JSON")


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
