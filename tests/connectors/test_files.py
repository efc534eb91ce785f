"""Files that a step passes on: where they come from, what they are called, and what is no file."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connectors import files
from connectors.client import Client
from connectors.errors import Blocked, Refused, TooLarge, Unavailable
from connectors.outgoing import converse
from connectors.spec import Request, Response
from tests.connectors.talk import make_account, talk

URL = "https://files.example/scans/offer.pdf"


def file(body: bytes = b"%PDF", kind: str = "application/pdf", status: int = 200, **headers: str) -> Response:
    return Response(status, {"content-type": kind, **headers}, body)


def given(*answers: Any, **values: str) -> tuple[files.File, list[Request]]:
    return talk(files.given({"file_url": URL, **values}), *answers)


def refusal(*answers: Any, **values: str) -> str:
    with pytest.raises(Refused) as refused:
        given(*answers, **values)
    assert refused.value.field in ("file_url", "file_text")
    return refused.value.message


def test_file_is_fetched_with_its_name_and_type():
    found, (request,) = given(file())

    assert found == files.File("offer.pdf", b"%PDF", "application/pdf")
    assert (request.url, request.effect) == (URL, False)


@pytest.mark.parametrize(
    ("url", "kind", "named", "name", "told"),
    [
        ("https://x.example/a%20b.csv", "application/octet-stream", "", "a b.csv", "text/csv"),
        ("https://x.example/get?id=1", "image/png", "", "file.png", "image/png"),
        ("https://x.example/get", "", "", "file", "application/octet-stream"),
        ("https://x.example/page.html", "text/html; charset=utf-8", "", "page.html", "text/html"),
        ("https://x.example/offer.pdf", "application/pdf", "mine.pdf", "mine.pdf", "application/pdf"),
    ],
)
def test_name_and_type_follow_from_what_is_known(url, kind, named, name, told):
    found, _ = given(file(kind=kind), file_url=url, file_name=named)

    assert (found.name, found.type) == (name, told)


def test_redirects_are_followed_and_the_first_address_names_the_file():
    found, asked = given(
        file(b"", status=302, location="/elsewhere/1"),
        file(b"", status=307, location="https://cdn.example/2?x=1"),
        file(),
    )

    assert [one.url for one in asked] == [URL, "https://files.example/elsewhere/1", "https://cdn.example/2?x=1"]
    assert found.name == "offer.pdf"


def test_redirects_end():
    again = file(b"", status=302, location=URL)

    assert "from one address to the next" in refusal(*[again] * 6)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://files.example/offer.pdf", "without encryption"),
        ("ftp://files.example/offer.pdf", "without encryption"),
        ("https://me:secret@files.example/offer.pdf", "holds a user name or password"),
    ],
)
def test_redirect_to_where_nobody_may_go_is_told(location, said):
    assert said in refusal(file(b"", status=302, location=location))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (file(b"<html>", "text/html; charset=utf-8"), "lies a web page, not the file"),
        (file(b"", status=404), "There is no file for everybody at this address: files.example answered 404."),
        (file(b"", status=403), "answered 403"),
        (file(b""), "is empty"),
        (TooLarge("The answer is larger than we read.", effect=False), "larger than the 10 MB that Recette passes on"),
    ],
)
def test_what_is_no_file_is_told(answer, said):
    assert said in refusal(answer)


def test_page_at_an_address_without_a_name_is_no_file_either():
    assert "lies a web page" in refusal(file(b"<html>", "text/html"), file_url="https://drive.example/share?id=1")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_place_that_is_busy_is_asked_again(status):
    with pytest.raises(Unavailable, match=f"could not give the file .{status}."):
        given(file(b"", status=status))


@pytest.mark.parametrize("url", ["offer.pdf", "ftp://files.example/offer.pdf", "https://a:b@files.example/offer.pdf"])
def test_address_that_is_none_is_told_before_anything_is_asked(url):
    refusal(file_url=url)


def test_text_becomes_a_file():
    found, asked = given(file_url="", file_text="a;b\n1;2\n", file_name="list.csv")

    assert (found, asked) == (files.File("list.csv", b"a;b\n1;2\n", "text/csv"), [])
    assert given(file_url="", file_text="x")[0] == files.File("file.txt", b"x", "text/plain")


def test_either_an_address_or_a_text():
    assert "not both" in refusal(file_text="x")
    assert "There is no file" in refusal(file_url="")
    assert "larger than the 10 MB" in refusal(file_url="", file_text="x" * (files.LARGEST + 1))


def test_file_of_an_earlier_step_is_passed_on():
    coded = base64.b64encode(b"%PDF-1.4").decode()

    found, asked = given(file_url="", file_content=coded, file_name="INV-7.pdf")

    assert (found, asked) == (files.File("INV-7.pdf", b"%PDF-1.4", "application/pdf"), [])
    assert files.called({"file_content": coded}) == "file.pdf"


def test_content_that_is_none_is_refused():
    with pytest.raises(Refused, match="no content of a file") as refused:
        given(file_url="", file_content="INV-7.pdf")

    assert refused.value.field == "file_content"


def test_file_comes_from_one_place():
    assert "not both" in refusal(file_content="JVBERg==")


def test_name_is_known_before_as_far_as_the_inputs_tell():
    assert files.called({"file_url": URL}) == "offer.pdf"
    assert files.called({"file_url": "https://x.example/get?id=1"}) == ""
    assert files.called({"file_url": URL, "file_name": "mine.pdf"}) == "mine.pdf"
    assert files.called({"file_text": "x"}) == "file.txt"


# Through the client


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def serving(*answers: bytes, allow_private: bool = True, max_body: int = 1000) -> tuple[Any, list[bytes]]:
    """What the conversation comes to against a server on the loopback, and what it was sent."""
    heard: list[bytes] = []
    left = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65536))
        port = writer.get_extra_info("sockname")[1]
        writer.write(left.pop(0).replace(b"PORT", str(port).encode()))
        await writer.drain()
        writer.close()

    async def run() -> Any:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        client = Client(allow_private=allow_private, connect=1, read=1, total=2, max_body=max_body)
        account = make_account("https://service.example")
        try:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/offer.pdf"
            return await converse(files.fetched(url), lambda request: client.send(account, request))
        finally:
            await client.close()
            server.close()

    return asyncio.run(run()), heard


def http(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    named = {"Content-Type": "application/pdf", "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def test_account_s_token_is_never_sent_to_where_a_file_lies():
    found, (sent,) = serving(http(b"%PDF"))

    assert found.content == b"%PDF"
    assert b"t0ken" not in sent and b"authorization" not in sent.lower()


def test_redirect_is_followed_by_the_client_s_own_rules():
    found, heard = serving(http(status="302 Found", Location="http://127.0.0.1:PORT/final"), http(b"%PDF"))

    assert (found.content, len(heard)) == (b"%PDF", 2)
    assert heard[1].startswith(b"GET /final")


def test_file_that_claims_to_be_json_is_passed_on_as_it_is():
    found, _ = serving(http(b"{broken", **{"Content-Type": "application/json"}))

    assert found.content == b"{broken"


def test_file_that_is_too_large_is_told():
    with pytest.raises(Refused, match="larger than the 10 MB"):
        serving(http(b"x" * 1001))


def test_address_inside_our_own_network_is_blocked():
    with pytest.raises(Blocked):
        serving(http(b"%PDF"), allow_private=False)
