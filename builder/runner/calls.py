"""One step's way out: waits its turn, sends, keeps a redacted record of every exchange, refreshes a token once."""

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from builder.models import Exchange
from builder.models.columns import storable
from builder.runner import accounts, agencies, circuits, failpoints, limits, retry, rows
from builder.runner.clock import clock, now
from builder.runner.wagons import Ride, Wagon, Wagons, copied, refused, shared_form
from connectors import outgoing, redact, wire
from connectors.errors import ConnectorError, Forbidden, RateLimited, Refused, SignedOut, TooLarge, Unavailable, Unknown
from connectors.spec import Account, Context, Conversation, Request, Response

if TYPE_CHECKING:
    from connectors.client import Client

T = TypeVar("T")
Do = Callable[[Callable[[], Any]], Awaitable[Any]]
LONGEST = 64 * 1024
"""Characters of a body that are kept."""


def make_client(reads_only: bool = False) -> "Client":
    from connectors.client import Client  # noqa: PLC0415 -- 10 MB that who never goes out need not have

    return Client(
        reads_only=reads_only,
        allow_private=settings.ALLOW_PRIVATE_ADDRESSES,
        connect=settings.CONNECT_TIMEOUT,
        read=settings.READ_TIMEOUT,
        total=settings.READ_TIMEOUT,
    )


@dataclass
class Line:
    """The way out for one attempt of one step."""

    client: "Client"
    opened: accounts.Opened
    turnstile: limits.Turnstile
    workspace_id: int
    do: Do
    errand: limits.Errand
    circuit: circuits.Circuit | None = None
    permit: limits.Permit | None = None
    """For the first call, when it was admitted before."""
    said: dict[int, dict[str, int]] | None = None
    """Where the newest rate headers go, by connection."""
    refresh: Callable[[accounts.Opened], Awaitable[accounts.Opened | None]] | None = None
    sure: Callable[[float], Awaitable[None]] | None = None
    """Asked before each write, with its time-out: raises what ends the run here, when it is somebody else's by now."""
    seconds: float = 0
    """An answer is waited for so long; 0: as long as the installation says."""
    exchanges: list[Exchange] = field(default_factory=list)
    sent_effect: bool = False
    broke_down: bool = False
    """A write was answered with a 5xx."""
    purpose: str = "call"
    step_id: str = ""
    wagons: Wagons | None = None
    """Where calls of the same kind meet while they wait."""
    rides: int = 0
    """Exchanges that another step's line made for this one too."""
    others: int = 0
    """Steps that the last call was made for besides this one."""

    async def hold(self, make: Callable[[], Conversation[T]]) -> T:
        """The conversation's result. A refused token is refreshed once, and the conversation begins again."""
        try:
            return await outgoing.converse(make(), self.send)
        except SignedOut:
            if self.sent_effect or not (renewed := await self._renew()):
                raise
            self.opened = renewed
            return await outgoing.converse(make(), self.send)

    async def send(self, request: Request) -> Response:
        if request.url:
            return await self._fetch(request)
        if not shared_form(request).together or self.wagons is None:
            return await self._send(request, await self._turn())
        wagon, drives = self.wagons.board(self.opened.id, self._account(), request)
        if not drives:
            return await self._ride(wagon, request)
        try:
            permit = await self._turn()
            wagon.close()
            return await self._drive(wagon, request, permit)
        finally:  # without a permit, or a call that came to anything, those who got on ask for their own
            wagon.close()
            wagon.settle(Ride())

    async def _drive(self, wagon: Wagon, request: Request, permit: limits.Permit) -> Response:
        """For all who got on until there was a permit."""
        self.others = len(wagon.requests) - 1
        try:
            response = await self._send(wagon.together(), permit)
        except ConnectorError as problem:
            if self.others and isinstance(problem, TooLarge):
                return await self._by_myself(wagon, request)
            wagon.settle(Ride(problem=problem, record=self.exchanges[-1]))
            raise
        if self.others and refused(response):
            return await self._by_myself(wagon, request)
        wagon.settle(Ride(response, record=self.exchanges[-1], others=self.others))
        return response

    async def _by_myself(self, wagon: Wagon, request: Request) -> Response:
        """As do all who got on: together it did not go."""
        wagon.settle(Ride())
        self.others = 0
        return await self._send(request, await self._turn())

    async def _ride(self, wagon: Wagon, request: Request) -> Response:
        """What the driver's call came to, for this step too."""
        ride = await asyncio.shield(wagon.arrived)
        if ride.record:
            self.exchanges.append(copied(ride.record, self.workspace_id, len(self.exchanges)))
            self.rides += 1
        if problem := ride.problem:
            self.sent_effect |= not problem.known
            raise copy.copy(problem) from problem
        if ride.response is None:
            return await self._send(request, await self._turn())
        self.others = ride.others
        self.sent_effect |= ride.response.status < 400
        self.broke_down |= ride.response.status >= 500
        return ride.response

    async def _send(self, request: Request, permit: limits.Permit) -> Response:
        permit = await self._ready(request, permit)
        record, tick = self._record(request), time.monotonic()
        self.exchanges.append(record)
        self.turnstile.share.left(permit, _moment())
        try:
            sending = self.client.send(self._account(), request, self.seconds)
            response = await failpoints.under_way("http.after_send", sending, self.step_id)
            failpoints.reach("http.after_response", self.step_id)
        except ConnectorError as problem:
            _note_trouble(record, problem, tick, self.secrets)
            self.sent_effect |= request.effect and not problem.known
            await self._lost(problem)
            raise
        finally:
            self.turnstile.share.answered(permit, _moment())
        _note_answer(record, response, tick, self.secrets)
        self.sent_effect |= request.effect and response.status < 400
        self.broke_down |= request.effect and response.status >= 500
        await self._learn(response)
        return redact.answer(response, self.secrets)

    async def _ready(self, request: Request, permit: limits.Permit) -> limits.Permit:
        """The permit to go with: one that has become old meanwhile gives way to another."""
        while True:
            try:
                failpoints.reach("http.before_send", self.step_id)
                if request.effect and self.sure:
                    await self.sure(self.seconds)
            except BaseException:
                self.turnstile.share.give_back(permit, _moment())
                raise
            if self.turnstile.share.fresh(permit, _moment()):
                return permit
            self.turnstile.share.give_back(permit, _moment())
            permit = await self._turn()

    async def _fetch(self, request: Request) -> Response:
        """A file from elsewhere: it costs the service nothing, and tells nothing of how it is."""
        record, tick = self._record(request), time.monotonic()
        self.exchanges.append(record)
        try:
            response = await self.client.send(self._account(), request, self.seconds)
        except ConnectorError as problem:
            _note_trouble(record, problem, tick, self.secrets)
            raise
        record.took_ms, record.status = _since(tick), response.status
        record.response_headers = redact.headers(response.headers, self.secrets)
        record.response_body = _size(response)
        return response

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.opened.account.secrets

    def _account(self) -> Account:
        return self.opened.account

    async def _renew(self) -> accounts.Opened | None:
        if self.refresh is None or not self.opened.renewable:
            return None
        return await self.refresh(self.opened)

    async def _turn(self) -> limits.Permit:
        """A conversation that has begun goes before those that have not."""
        permit, self.permit = self.permit, None
        if permit and self.turnstile.share.fresh(permit, _moment()):
            return permit
        found = await self.turnstile.enter(self.errand)
        if isinstance(found, limits.Permit):
            return found
        raise RateLimited(f"{self.opened.connector.label}'s budget is used up for now.", retry_after=found)

    async def _learn(self, response: Response) -> None:
        share = self.turnstile.share
        told = self.opened.connector.limits(response)
        share.learn(told, _moment())
        if told and self.opened.id and self.said is not None:
            self.said[self.opened.id] = told
        if response.status == 429:
            asked = retry.seconds_of(response.headers.get("retry-after", ""))
            share.shut(min(asked, retry.LONGEST_WAIT) or share.seconds, _moment())
        if self.circuit and response.status >= 500:
            await self.circuit.failed(f"It answered with an error ({response.status}).", self.do)
        elif self.circuit:
            await self.circuit.answered(self.do)

    async def _lost(self, problem: ConnectorError) -> None:
        if self.circuit and isinstance(problem, Unavailable | Unknown):
            await self.circuit.failed(problem.message, self.do)
        elif self.circuit and isinstance(problem, TooLarge):
            await self.circuit.answered(self.do)

    def _record(self, request: Request) -> Exchange:
        return record_of(self.opened, request, self.workspace_id, len(self.exchanges), self.purpose)


def record_of(opened: accounts.Opened, request: Request, workspace_id: int, position: int, purpose: str) -> Exchange:
    """The request as it leaves, without secrets."""
    secrets = opened.account.secrets
    body = request.form if request.form is not None else _parts(request) if request.parts else request.json
    return rows.new(
        Exchange,
        workspace_id=workspace_id,
        connection_id=opened.id or None,
        position=position,
        purpose=purpose,
        method=request.method,
        url=redact.address(outgoing.url_of(opened.account, request), secrets),
        request_headers=redact.headers(outgoing.headers_of(opened.account, request), secrets),
        request_body="" if body is None else _shown(body, secrets),
        at=now(),
    )


def context(
    opened: accounts.Opened, marker: str = "", linked: str = "", currency: str = "", since: float = 0.0
) -> Context:
    return Context(account=opened.account, marker=marker, linked=linked, currency=currency, since=since)


def _note_answer(record: Exchange, response: Response, tick: float, secrets: tuple[str, ...]) -> None:
    record.took_ms = _since(tick)
    record.status = response.status
    record.response_headers = redact.headers(response.headers, secrets)
    told = response.json
    record.response_body = _shown(told, secrets) if isinstance(told, dict | list) else _body(_told(response), secrets)


FILES = frozenset(("application/pdf", "application/zip", "application/octet-stream"))


def _told(response: Response) -> str:
    """The body as text; of sound, pictures and files, how much there was."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind.startswith(("audio/", "video/", "image/")) or kind in FILES:
        return _size(response)
    return response.body.decode("utf-8", "replace")


def _size(response: Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0]
    return f"({kind or 'no type'}, {len(response.body):,} bytes)"


def _parts(request: Request) -> dict[str, str]:
    """A form as a record may hold it: of its files, what they are and how large."""
    return {
        part.name: f"({part.filename}, {part.type}, {len(part.content):,} bytes)"
        if part.filename
        else part.content.decode("utf-8", "replace")
        for part in request.parts
    }


def _note_trouble(record: Exchange, problem: ConnectorError, tick: float, secrets: tuple[str, ...]) -> None:
    if (response := getattr(problem, "response", None)) is not None:
        _note_answer(record, response, tick, secrets)
    record.took_ms = _since(tick)
    problem.message = redact.redact(problem.message, secrets)
    problem.args = (problem.message,)
    record.trouble = storable(problem.message)


def _body(text: str, secrets: tuple[str, ...]) -> str:
    """Redacted by name too where it is JSON, then shortened."""
    try:
        value = wire.decode(text.encode()) if text.strip()[:1] in ("{", "[") else None
    except ValueError:
        value = None
    return _shown(value, secrets) if value is not None else _short(redact.redact(text, secrets))


def _shown(value: Any, secrets: tuple[str, ...]) -> str:
    """Of JSON, redacted by name too, then shortened."""
    return _short(wire.encode(redact.redact(value, secrets)))


def _short(text: str) -> str:
    return storable(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def _moment() -> float:
    return clock.now().timestamp()


def _since(tick: float) -> int:
    return int((time.monotonic() - tick) * 1000)


class Refresher:
    """Fetches new tokens, one caller at a time per connection, here and in every other process."""

    def __init__(self, http: "Client", do: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self.http, self.do = http, do

    async def __call__(self, opened: accounts.Opened) -> accounts.Opened | None:
        """The connection with its new tokens; None when it can't be refreshed."""
        stale = opened.fields.get("access_token", "")
        mine = await self.do(lambda: accounts.claim_refresh(opened.id, stale))
        if mine is None:
            return await self._others(opened, stale)
        try:
            tokens = await self._tokens(mine)
            await self.do(lambda: accounts.store_tokens(mine, tokens))
        except ConnectorError as problem:
            said = problem
            await self.do(lambda: accounts.give_up_refresh(mine, said))
            if not problem.known:  # the tokens' fate, not the step's: nothing of it was sent
                raise Unavailable(problem.message) from problem
            raise
        return await self.do(lambda: accounts.reopen(mine.id))

    async def _tokens(self, mine: accounts.Opened) -> dict[str, str]:
        """By its own refresh token. Where that is refused or there is none, by the consent of its agency."""
        assert mine.connector.refresh
        assert mine.connector.tokens
        try:
            response = await self.http.send(_bare(mine), mine.connector.refresh(mine.fields))
            failpoints.reach("oauth.after_refresh_before_save", mine.id)
            return mine.connector.tokens(response)
        except SignedOut:
            if not mine.agency:
                raise
        try:
            return await agencies.tokens_for(mine.agency, _location(mine), self.http, self.do)
        except (Refused, Forbidden) as problem:
            raise SignedOut(problem.message) from problem

    async def _others(self, opened: accounts.Opened, stale: str) -> accounts.Opened | None:
        """What the one who is at it brought; None when the service signed that one out. Raises Unavailable when it came
        back with nothing else: a later try can succeed."""
        while await self.do(lambda: accounts.is_refreshing(opened.id)):
            await asyncio.sleep(0.2)
        fresh = await self.do(lambda: accounts.reopen(opened.id))
        if fresh and fresh.fields.get("access_token") != stale:
            return fresh
        if await self.do(lambda: accounts.is_signed_out(opened.id)):
            return None
        raise Unavailable(f"{opened.name}'s token has run out, and a new one could not be fetched yet.")


def _location(opened: accounts.Opened) -> str:
    door = opened.connector.door
    return opened.fields[door.agency.place] if door else ""


def _bare(opened: accounts.Opened) -> Account:
    """Without the refused token."""
    account = opened.account
    return Account(account.base_url, {}, account.secrets, account.settings)
