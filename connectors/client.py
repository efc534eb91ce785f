"""The one door to the outside: a `Request` goes out, a `Response` or one of `connectors.errors` comes back."""

import asyncio
import ssl
import zlib
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from connectors import wire
from connectors.errors import Blocked, ConnectorError, Misconfigured, TooLarge, Unavailable, Unknown
from connectors.guard import Barred, Guard, check_url
from connectors.often import an_address, remembered
from connectors.outgoing import elsewhere, headers_of, url_of
from connectors.resolver import GuardedResolver
from connectors.spec import Account, Request, Response

UNTRUSTED = (502, 504)
"""A gateway gave up; what stood behind it may have done the work."""


class Client:
    """One per process and event loop. Connections are shared by all accounts, cookies by none."""

    def __init__(
        self,
        allow_private: bool = False,
        connect: float = 5,
        read: float = 30,
        total: float = 30,
        max_body: int = 10 * 1024 * 1024,
        resolver: AbstractResolver | None = None,
        reads_only: bool = False,
    ) -> None:
        """`reads_only`: nothing leaves that may change something."""
        self.guard, self.reads_only = Guard(allow_private), reads_only
        self.connect, self.total, self.max_body, self.resolver = connect, total, max_body, resolver
        self.timeout = httpx.Timeout(read, connect=connect, pool=min(2 * connect, total))
        # The transport alone: what httpx's client adds (cookies, redirects, auth, hooks) is not wanted here.
        self.transport = AiohttpTransport(client=self._session, verify=_trust(), trust_env=False)

    async def send(self, account: Account, request: Request, seconds: float = 0) -> Response:
        """The answer, whatever its status but 3xx, 502 and 504. A body that claims to be JSON is JSON. `seconds`:
        waited for so long, instead of as long as for others."""
        total = seconds or self.total
        if self.reads_only and request.effect:
            raise Blocked("A preview changes nothing: this request was not sent.")
        if request.url:
            account = elsewhere(request)
        built = build(account, request)
        timeout = httpx.Timeout(seconds, connect=self.connect, pool=seconds) if seconds else self.timeout
        built.extensions["timeout"] = timeout.as_dict()
        _check(url_of(account, request), self.guard.allow_private)
        try:
            async with asyncio.timeout(total):
                response = await self._exchange(built)
        except ConnectorError:
            raise
        except TimeoutError:
            raise _lost(request, f"{_host(account)} took longer than {total:g} seconds to answer") from None
        except Exception as problem:
            raise _classified(problem, account, request) from problem
        return _trusted(response, account, request)

    async def close(self) -> None:
        await self.transport.aclose()

    async def _exchange(self, built: httpx.Request) -> Response:
        answer = await self.transport.handle_async_request(built)
        try:
            headers = read_headers(answer.headers.raw)
            body = await self._body(answer, headers.get("content-encoding", "identity"))
            return Response(answer.status_code, headers, body)
        finally:
            await answer.aclose()

    async def _body(self, answer: httpx.Response, encoding: str) -> bytes:
        unpack = Unpacker(encoding, self.max_body)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        async for chunk in answer.stream:  # as it comes: nobody else reads or counts it
            unpack.feed(chunk)
        return unpack.done()

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first request, when the loop runs."""
        resolver = GuardedResolver(self.resolver or aiohttp.ThreadedResolver(), self.guard)
        connector = aiohttp.TCPConnector(
            ssl=_trust(),
            limit=200,
            keepalive_timeout=4,
            resolver=resolver,
            socket_factory=self.guard.socket,
        )
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        # A repeat is the runner's decision; aiohttp would make one by itself when a kept connection breaks.
        session._retry_connection = False
        return session


def read_headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; what came several times under one name, with commas. As `httpx.Headers` reads them, which
    looks at each again for every name that is asked for."""
    try:
        pairs = [(name.decode().lower(), value.decode()) for name, value in raw]
    except UnicodeDecodeError:
        pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


@cache
def _trust() -> ssl.SSLContext:
    """The machine's certificates; reading them takes some ten milliseconds, so it is done once."""
    return ssl.create_default_context()


class TooMuch(Exception):
    pass


class Unpacker:
    """Gathers a body, unpacked, and gives up at its limit before a bomb is in memory."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.parts: list[bytes] = []
        self.left = limit
        self.zip = _unzipper(encoding)

    def feed(self, chunk: bytes) -> None:
        plain = self.zip.decompress(chunk, self.left + 1) if self.zip else chunk
        self.left -= len(plain)
        if self.left < 0:
            raise TooMuch
        self.parts.append(plain)

    def done(self) -> bytes:
        if self.zip and self.parts and not self.zip.eof:
            raise zlib.error("cut")
        return b"".join(self.parts)


def _unzipper(encoding: str) -> Any:
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47)
    if encoding in ("identity", ""):
        return None
    raise zlib.error(encoding)


def build(account: Account, request: Request) -> httpx.Request:
    """The exact HTTP request. Account headers win over the request's, both over ours."""
    if not request.path.startswith("/") and not request.url:
        raise Misconfigured("A request's path must begin with a slash.")
    headers = headers_of(account, request)
    if any(set(value) & set("\r\n\0") for value in headers.values()):
        raise Misconfigured("The token holds a line break: copy it again.")
    content = None
    if request.json is not None:
        content = wire.encode(request.json).encode()
        headers["Content-Type"] = "application/json"
    elif request.form is not None:
        content = urlencode(request.form).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif request.parts:
        content, headers["Content-Type"] = wire.multipart(request.parts)
    try:
        return httpx.Request(request.method, _parsed(url_of(account, request)), headers=headers, content=content)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Misconfigured("The address or the token holds characters that can't be sent: copy it again.") from None


@remembered(an_address)
def _parsed(address: str) -> httpx.URL:
    """To take an address apart costs more than to send to it."""
    return httpx.URL(address)


@remembered(an_address)
def _check(address: str, allow_private: bool) -> None:
    """Judges an address as it is sent, which may not be quite how it was written."""
    check_url(str(_parsed(address)), allow_private)


def _trusted(response: Response, account: Account, request: Request) -> Response:
    if request.url and response.status not in UNTRUSTED:
        return response
    if 300 <= response.status < 400:
        raise _seen(Misconfigured(_redirected(response, account)), response)
    if response.status in UNTRUSTED:
        raise _seen(_lost(request, f"A gateway before {_host(account)} gave up ({response.status})"), response)
    if "json" not in response.headers.get("content-type", ""):
        return response
    try:
        return _with_json(response, wire.decode(response.body) if response.body.strip() else None)
    except ValueError:
        if response.status >= 400:
            return response
        raise _seen(_lost(request, f"The answer of {_host(account)} is not the JSON it says it is"), response) from None


def _with_json(response: Response, value: Any) -> Response:
    return Response(response.status, response.headers, response.body, value)


def _redirected(response: Response, account: Account) -> str:
    target = urlsplit(response.headers.get("location", ""))
    other = f"{target.scheme}://{target.netloc}" if target.netloc and "@" not in target.netloc else "another page"
    return f"{_host(account)} sends us on to {other}: put the service's final address into the connection."


def _seen(problem: ConnectorError, response: Response) -> ConnectorError:
    problem.response = response
    return problem


NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
"""OpenSSL's words, of its several versions, for an answer that is no TLS."""


def _classified(problem: Exception, account: Account, request: Request) -> ConnectorError:
    """What a failure of the transport means. httpx's own classes mislead here: its adapter calls every lost connection
    a connect time-out, so aiohttp's, which tell before from after sending, are asked."""
    host = _host(account)
    causes = _causes(problem)
    if _any(causes, Barred):
        return Blocked(f"{host} lies in a network that may not be reached from here: ask whoever runs this server.")
    if _any(causes, TooMuch):
        return _too_large(request, f"The answer of {host} is larger than we read")
    if _any(causes, aiohttp.ClientConnectorDNSError):
        return Unavailable(f"There is no host named {host}: check the connection's address, or try again later.")
    if any(isinstance(cause, ssl.SSLError) and getattr(cause, "reason", "") in NO_TLS for cause in causes):
        return Unavailable(f"{host} answers without encryption: if that is meant, begin its address with http://.")
    if _any(causes, aiohttp.ClientSSLError, ssl.SSLError):
        return Unavailable(f"{host} has no certificate that we can trust: it must be valid for this name.")
    if _any(causes, aiohttp.ConnectionTimeoutError):
        return Unavailable(f"{host} didn't take the call: it may be down, or a firewall is in between.")
    if _any(causes, aiohttp.ClientConnectorError):
        return Unavailable(f"{host} refused the connection: it may be down, or the port is wrong.")
    if _any(causes, aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol, ValueError):
        return Misconfigured("The address or the token holds characters that can't be sent: copy it again.")
    return _lost(request, f"The connection to {host} broke before the answer was complete")


def _causes(problem: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while problem is not None and problem not in found:
        found.append(problem)
        problem = getattr(problem, "os_error", None) or problem.__cause__
    return found


def _any(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _lost(request: Request, what: str) -> ConnectorError:
    if request.effect:
        return Unknown(f"{what}: it may have been done or not.")
    return Unavailable(f"{what}: nothing was changed, it is asked again.")


def _too_large(request: Request, what: str) -> ConnectorError:
    told = "it may have been done or not" if request.effect else "ask for less, such as a smaller page or fewer fields"
    return TooLarge(f"{what}: {told}.", effect=request.effect)


def _host(account: Account) -> str:
    return urlsplit(account.base_url).hostname or "The service"
