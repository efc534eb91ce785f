"""The client against a real server on the loopback: which failures are known to have changed nothing."""

import asyncio
import gzip
import socket
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.client import Client, build, read_headers
from connectors.errors import Blocked, ConnectorError, Misconfigured, TooLarge, Unavailable, Unknown
from connectors.outgoing import converse
from connectors.spec import Account, Request, Response
from tests.connectors.talk import make_account

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
READ, WRITE = Request("GET", "/things"), Request("POST", "/things", json={"a": 1})


def reply(body: bytes = b"{}", status: str = "200 OK", kind: str = "application/json", **headers: str) -> Serve:
    named = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return serve


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(2)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return None


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


def send(serve: Serve, request: Request, heard: list[bytes] | None = None, path: str = "", **limits: Any) -> Response:
    """One request to a server that lives as long as it takes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            received = await reader.read(65536)
            if heard is not None:
                heard.append(received)
            await serve(reader, writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def run() -> Response:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        client = Client(allow_private=True, **{"connect": 0.5, "read": 0.3, "total": 1, **limits})
        port = server.sockets[0].getsockname()[1]
        try:
            return await client.send(make_account(f"http://127.0.0.1:{port}{path}"), request)
        finally:
            await client.close()
            server.close()

    return asyncio.run(run())


def test_answer_keeps_every_digit():
    response = send(reply(b'{"amount": 1234567890123456.10, "id": 7}'), READ)

    assert response.status == 200
    assert response.json == {"amount": Decimal("1234567890123456.10"), "id": 7}
    assert response.headers["content-type"] == "application/json"


def test_request_carries_body_query_and_account_headers():
    heard: list[bytes] = []
    query = {"q": ["+1 2", "ä"], "open": True, "none": None}
    request = Request("POST", "/a%2Fb/c", query=query, json={"amount": Decimal("1.10")}, headers={"Version": "1"})

    send(reply(), request, heard, path="/api")

    head, body = heard[0].split(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /api/a%2Fb/c?q=%2B1+2&q=%C3%A4&open=true HTTP/1.1"
    assert b"authorization: Bearer t0ken" in head
    assert b"version: 1" in head
    assert body == b'{"amount":1.10}'


def test_error_statuses_come_back_as_answers():
    response = send(reply(b'{"message": "no"}', "422 Unprocessable"), WRITE)

    assert (response.status, response.json) == (422, {"message": "no"})


def test_delete_may_have_a_body():
    heard: list[bytes] = []

    send(reply(), Request("DELETE", "/tags", json={"tags": ["a"]}), heard)

    assert heard[0].endswith(b'{"tags":["a"]}')


def test_cookies_are_not_kept():
    heard: list[bytes] = []

    async def run() -> None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(65536))
            await reply(Set_Cookie="session=other-team; Path=/")(reader, writer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        client = Client(allow_private=True)
        account = make_account(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await client.send(account, READ)
        await client.send(account, READ)
        await client.close()
        server.close()

    asyncio.run(run())

    assert len(heard) == 2
    assert b"cookie" not in heard[1].lower()


def test_packed_answer_is_unpacked():
    response = send(reply(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"), READ)

    assert response.json == {"a": 1}


LOST = {
    "read time-out": silence,
    "closed without an answer": hang_up,
    "reset": reset,
    "slow drip past the total limit": drip,
    "body cut short": reply(b'{"a"', Content_Length="100"),
    "not the JSON it says": reply(b'{"a": nope}'),
    "NaN is no JSON": reply(b'{"a": NaN}'),
    "bottomless nesting": reply(b"[" * 3900),
    "packed body cut short": reply(gzip.compress(b'{"a": 1}' * 100)[:-9], Content_Encoding="gzip"),
    "packed in a way not asked for": reply(b"x", Content_Encoding="br"),
    "bad gateway": reply(b"{}", "502 Bad Gateway"),
    "gateway time-out": reply(b"{}", "504 Gateway Timeout"),
}
LARGE = {
    "plain": reply(b'{"a": "%s"}' % (b"x" * 5000)),
    "bomb": reply(gzip.compress(b'"' + b"x" * 5_000_000 + b'"'), Content_Encoding="gzip"),
}


@pytest.mark.parametrize("name", LOST)
def test_lost_answer_to_a_write_is_unknown(name):
    with pytest.raises(Unknown) as caught:
        send(LOST[name], WRITE, max_body=4000)

    assert caught.value.known is False


@pytest.mark.parametrize("name", LOST)
def test_lost_answer_to_a_read_changed_nothing(name):
    with pytest.raises(Unavailable) as caught:
        send(LOST[name], READ, max_body=4000)

    assert (caught.value.known, caught.value.again) == (True, True)


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize(("request_", "known"), [(READ, True), (WRITE, False)], ids=["read", "write"])
def test_answer_larger_than_we_read_comes_again_however_often_it_is_asked_for(name, request_, known):
    with pytest.raises(TooLarge, match="larger than we read") as caught:
        send(LARGE[name], request_, max_body=4000)

    assert (caught.value.known, caught.value.again) == (known, False)


def test_search_by_post_is_a_read():
    with pytest.raises(Unavailable):
        send(hang_up, Request("POST", "/search", json={}, reads=True))


def test_write_is_never_sent_twice_by_the_transport():
    heard: list[bytes] = []

    with pytest.raises(Unknown):
        send(hang_up, Request("PUT", "/things", json={"a": 1}), heard)

    assert len(heard) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirect_is_not_followed_but_named(status):
    with pytest.raises(Misconfigured) as caught:
        send(reply(status=status, Location="https://elsewhere.example/login?next=1"), WRITE)

    assert "https://elsewhere.example" in caught.value.message
    assert caught.value.response.status == int(status[:3])


def fails(account: Account, request: Request = WRITE, **options: Any) -> ConnectorError:
    async def run() -> None:
        client = Client(connect=0.3, **options)
        try:
            await client.send(account, request)
        finally:
            await client.close()

    with pytest.raises(ConnectorError) as caught:
        asyncio.run(run())
    return caught.value


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_refused_connection_is_known_to_have_changed_nothing():
    problem = fails(make_account(f"http://127.0.0.1:{free_port()}"), allow_private=True)

    assert type(problem) is Unavailable
    assert problem.message == "127.0.0.1 refused the connection: it may be down, or the port is wrong."


def test_unknown_host_is_known_to_have_changed_nothing():
    problem = fails(make_account("https://nobody.invalid"), resolver=Answers())

    assert type(problem) is Unavailable
    assert "no host named nobody.invalid" in problem.message


def test_missing_certificate_is_known_to_have_changed_nothing():
    async def run() -> None:
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
        client = Client(allow_private=True)
        try:
            await client.send(make_account(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"), WRITE)
        finally:
            await client.close()
            server.close()

    with pytest.raises(Unavailable):
        asyncio.run(run())


def test_full_backlog_is_a_connect_time_out():
    with socket.socket() as deaf, socket.socket() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting.connect(deaf.getsockname())

        problem = fails(make_account(f"http://127.0.0.1:{deaf.getsockname()[1]}"), allow_private=True)

    assert type(problem) is Unavailable
    assert "didn't take the call" in problem.message


class Answers:
    """A resolver with an answer of its own."""

    def __init__(self, *addresses: str):
        self.addresses = addresses
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[dict[str, Any]]:
        self.asked.append(host)
        if not self.addresses:
            raise OSError(None, "unknown")
        kinds = [(a, socket.AF_INET6 if ":" in a else socket.AF_INET) for a in self.addresses]
        return [
            {"hostname": host, "host": a, "port": port, "family": kind, "proto": 0, "flags": 0} for a, kind in kinds
        ]

    async def close(self) -> None:
        return None


def test_name_that_leads_inside_is_blocked():
    problem = fails(make_account("http://innocent.example"), resolver=Answers("10.0.0.5"))

    assert type(problem) is Blocked
    assert "10.0.0.5" not in problem.message


def test_one_inside_address_among_outside_ones_is_enough():
    problem = fails(make_account("http://mixed.example"), resolver=Answers("93.184.216.34", "127.0.0.1"))

    assert type(problem) is Blocked


def test_name_is_looked_up_once_for_a_connection():
    resolver = Answers("127.0.0.1")
    account = make_account(f"http://once.example:{free_port()}")

    problem = fails(account, allow_private=True, resolver=resolver)

    assert type(problem) is Unavailable
    assert resolver.asked == ["once.example"]


def test_literal_inside_address_is_blocked_at_the_socket():
    assert type(fails(make_account("http://127.0.0.1"))) is Blocked
    assert type(fails(make_account("http://[::1]"))) is Blocked


def test_token_with_a_line_break_never_leaves():
    with pytest.raises(Misconfigured):
        build(make_account(headers={"Authorization": "Bearer a\r\nX-Evil: 1"}), READ)


def test_half_a_character_in_a_parameter_can_not_be_sent():
    assert type(fails(make_account("https://service.example"), Request("GET", "/", {"q": "\ud800"}))) is Misconfigured


def test_headers_of_an_answer_are_read_as_httpx_reads_them():
    for raw in (
        [(b"Content-Type", b"text/plain"), (b"X-A", b"1"), (b"x-a", b"2")],
        [(b"X-Name", "Zoë".encode()), (b"X-Empty", b"")],
        [(b"X-Name", "Zoë".encode("latin-1"))],
        [],
    ):
        usual = {name.lower(): value for name, value in httpx.Headers(raw).items()}
        assert read_headers(raw) == usual


def test_path_can_not_change_the_host():
    with pytest.raises(Misconfigured):
        build(make_account("https://service.example"), Request("GET", "@evil.example/"))


def test_form_is_sent_as_a_form():
    built = build(make_account(), Request("POST", "/oauth/token", form={"a": "1 2"}))

    assert built.content == b"a=1+2"
    assert built.headers["content-type"] == "application/x-www-form-urlencoded"


def test_converse_returns_the_result():
    def conversation():
        first = yield Request("GET", "/1")
        second = yield Request("GET", first.json)
        return second.json

    async def answers(request):
        return Response(200, {}, b"", "/2" if request.path == "/1" else "done")

    assert asyncio.run(converse(conversation(), answers)) == "done"


def test_converse_raises_errors_inside_the_conversation():
    def conversation():
        try:
            yield Request("GET", "/")
        except Unavailable as problem:
            return problem.message

    async def down(request):
        raise Unavailable("down")

    assert asyncio.run(converse(conversation(), down)) == "down"


def test_converse_closes_what_it_leaves():
    closed = []

    def conversation():
        try:
            yield Request("GET", "/")
        finally:
            closed.append(True)

    async def down(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        asyncio.run(converse(conversation(), down))

    assert closed == [True]


def test_client_that_only_reads_sends_nothing_else() -> None:
    heard: list[bytes] = []

    assert send(reply(), READ, heard, reads_only=True).status == 200
    assert send(reply(), Request("POST", "/search", json={}, reads=True), heard, reads_only=True).status == 200
    with pytest.raises(Blocked):
        send(reply(), WRITE, heard, reads_only=True)

    assert len(heard) == 2
