"""Files that a step passes on: fetched from an address, through the same guarded client as every call, or written of an
earlier step's text."""

import base64
import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from connectors import fields as f
from connectors.errors import ConnectorError, Misconfigured, Refused, TooLarge, Unavailable
from connectors.fields import Field
from connectors.frozen import Frozen
from connectors.guard import check_url
from connectors.spec import Conversation, Request, Response

LARGEST = 10 * 1024 * 1024
HOPS = 5
FIELDS: tuple[Field, ...] = (
    f.url(
        "file_url", "Where it lies, for everybody to fetch; 10 MB at most.", label="Address of the file", where="none",
        example="https://files.example.com/offer.pdf",
    ),
    f.note(
        "file_text", "Instead of an address, such as a list that an earlier step wrote.", label="Or what stands in it",
        where="none",
    ),
    f.text(
        "file_content", "Such as an invoice's PDF: its content in base64, as the step that downloads it gives it.",
        label="Or a file of an earlier step", where="none", more=True, example="JVBERi0xLjc=",
    ),
    f.text(
        "file_name", "With its ending. Left empty, as at its address.", label="File name", where="none",
        example="offer.pdf",
    ),
)  # fmt: skip
EITHER = ("file_url", "file_text", "file_content")


class File(Frozen):
    """A file as it is passed on."""

    name: str
    content: bytes
    type: str


def given(values: Mapping[str, Any]) -> Conversation[File]:
    """The file that the inputs of `FIELDS` name. Raises Refused."""
    url, text = str(values.get("file_url") or "").strip(), str(values.get("file_text") or "")
    name = str(values.get("file_name") or "").strip()
    coded = str(values.get("file_content") or "").strip()
    if sum(map(bool, (url, text, coded))) > 1:
        raise Refused("Give the address of the file or what stands in it, not both.", field="file_text")
    if url:
        return (yield from fetched(url, name))
    if coded:
        return _decoded(coded, called(values))
    if not text:
        raise Refused("There is no file: give its address, or what stands in it.", field="file_url")
    content, name = text.encode("utf-8", "replace"), called(values)
    if len(content) > LARGEST:
        raise Refused("The text is larger than the 10 MB that Recette passes on.", field="file_text")
    return File(name, content, mimetypes.guess_type(name)[0] or "text/plain")


def called(values: Mapping[str, Any]) -> str:
    """What the file will be called, as far as the inputs tell; empty when only its address's answer does."""
    name = str(values.get("file_name") or "").strip()
    if name or not values.get("file_url"):
        return name or ("file.pdf" if values.get("file_content") else "file.txt")
    return _last(str(values["file_url"]).strip())


def _decoded(coded: str, name: str) -> File:
    try:
        content = base64.b64decode(coded, validate=True)
    except ValueError:
        raise Refused(
            "That is no content of a file: take “file content” of a step that downloads one.", field="file_content"
        ) from None
    if len(content) > LARGEST:
        raise Refused("The file is larger than the 10 MB that Recette passes on.", field="file_content")
    return File(name, content, mimetypes.guess_type(name)[0] or "application/octet-stream")


def _last(url: str) -> str:
    name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return name if "." in name else ""


def fetched(url: str, name: str = "") -> Conversation[File]:
    """The file at an address, behind at most five redirects. Raises Refused, which names the place."""
    name = name or _last(url)
    for _ in range(HOPS + 1):
        _check(url)
        response = yield from _asked(url)
        if not 300 <= response.status < 400:
            return _file(url, response, name)
        url = _onward(url, response)
    raise Refused(f"{_host(url)} sends us from one address to the next: give the file's final one.", field="file_url")


def _check(url: str) -> None:
    """Its shape; where it leads is judged by the client, at the socket."""
    try:
        check_url(url, allow_private=True)
    except Misconfigured as wrong:
        raise Refused(wrong.message, field="file_url") from None


def _asked(url: str) -> Conversation[Response]:
    try:
        return (yield Request("GET", "", headers={"Accept": "*/*"}, url=url))
    except TooLarge:
        raise Refused(_too_large(url), field="file_url") from None
    except Misconfigured as problem:
        raise Refused(problem.message, field="file_url") from None
    except ConnectorError as problem:
        problem.field = "file_url"
        raise


def _onward(url: str, response: Response) -> str:
    target = urljoin(url, response.headers.get("location", ""))
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        raise Refused(f"{_host(url)} sends us on to an address without encryption.", field="file_url")
    return target


def is_page(kind: str, content: bytes) -> bool:
    """Whether an answer is a web page, such as one to sign in, whatever it says of its type."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:14].lower()
    return kind == "text/html" or start.startswith((b"<!doctype html", b"<html"))


def _file(url: str, response: Response, name: str) -> File:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    name = name or _last(url)
    guessed = mimetypes.guess_type(name)[0] or ""
    if response.status >= 500 or response.status == 429:
        raise Unavailable(f"{_host(url)} could not give the file ({response.status}): it is asked again.")
    if response.status >= 300:
        raise Refused(
            f"There is no file for everybody at this address: {_host(url)} answered {response.status}.",
            field="file_url",
        )
    if is_page(kind, response.body) and guessed != "text/html":
        raise Refused(
            f"At this address of {_host(url)} lies a web page, not the file: share the file with everybody, and take "
            "the link by which it is downloaded.",
            field="file_url",
        )
    if not response.body:
        raise Refused(f"The file at {_host(url)} is empty.", field="file_url")
    if len(response.body) > LARGEST:
        raise Refused(_too_large(url), field="file_url")
    name = name or f"file{mimetypes.guess_extension(kind) or ''}"
    plain = kind in ("", "application/octet-stream", "binary/octet-stream")
    return File(name, response.body, guessed or "application/octet-stream" if plain else kind)


def _too_large(url: str) -> str:
    return f"The file at {_host(url)} is larger than the 10 MB that Recette passes on."


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the address"
