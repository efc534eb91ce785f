"""An agency's token: it gets tokens for its locations, and is renewed once for all who need it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import Q

from builder import seal
from builder.models import Agency
from builder.runner.clock import now
from connectors import auth, catalogue, doors, outgoing, redact
from connectors.errors import ConnectorError, SignedOut, Unavailable
from connectors.spec import Account, Context, Conversation, Response

if TYPE_CHECKING:
    from connectors.client import Client

T = TypeVar("T")
Do = Callable[[Callable[[], Any]], Awaitable[Any]]
Make = Callable[[doors.Agency, Context], Conversation[T]]
OVER = "Recette has no access to the agency any more. Sign in again, and choose the agency on the service's page."


def place(row: Agency) -> str:
    return f"{row.workspace_id}|agency|{row.public_id}"


def fields_of(row: Agency) -> dict[str, str]:
    """Raises SignedOut when they can't be opened, or the service refused them."""
    try:
        secret = seal.unseal(row.sealed, place(row))
    except seal.Unreadable:
        secret = {}
    if not secret:
        raise SignedOut(OVER)
    return {**row.settings, **secret}


def desk(row: Agency) -> doors.Agency:
    home = catalogue.connector(row.connector)
    assert home and home.door
    return home.door.agency


def sealed(row: Agency, fields: dict[str, str]) -> Agency:
    """The row with these fields, unsaved."""
    secret = {name: fields[name] for name in desk(row).secret if fields.get(name)}
    row.settings = {name: value for name, value in fields.items() if name not in secret}
    row.sealed = seal.seal(secret, place(row))
    return row


async def tokens_for(agency_id: int, location: str, http: "Client", do: Do) -> dict[str, str]:
    """The fields of a connection of that location. Raises what the service says against it."""

    def make(agency: doors.Agency, context: Context) -> Conversation[dict[str, str]]:
        return agency.enter(location, context)

    return await ask(agency_id, make, http, do)


async def ask(agency_id: int, make: Make[T], http: "Client", do: Do) -> T:
    """The conversation's result; a token that ran out or is refused is renewed first. Raises connectors.errors."""
    row = await do(lambda: _row(agency_id))
    fields = await do(lambda: fields_of(row))
    if _over(fields):
        fields = await _renewed(row, fields["access_token"], http, do)
    try:
        return await _converse(row, fields, make, http)
    except SignedOut:
        fields = await _renewed(row, fields["access_token"], http, do)
        return await _converse(row, fields, make, http)


async def _converse(row: Agency, fields: dict[str, str], make: Make[T], http: "Client") -> T:
    agency = desk(row)
    account = agency.account(fields)

    async def send(request: Any) -> Response:
        return redact.answer(await http.send(account, request), account.secrets)

    return await outgoing.converse(make(agency, Context(account)), send)


async def _renewed(row: Agency, stale: str, http: "Client", do: Do) -> dict[str, str]:
    """By whoever comes first; the others wait for what that one brings."""
    while not (mine := await do(lambda: _claim(row.pk, stale))):
        fresh = await do(lambda: fields_of(_row(row.pk)))
        if fresh["access_token"] != stale:
            return dict(fresh)
        await asyncio.sleep(0.2)
    old = fields_of(mine)
    try:
        account = desk(row).account(old)
        bare = Account(account.base_url, {}, account.secrets, account.settings)
        response = await http.send(bare, desk(row).renew(old))
        fields = {**old, **auth.new_tokens(response)}
    except ConnectorError as problem:
        said = problem
        if not await do(lambda: _give_up(mine, said)):
            return await do(lambda: fields_of(_row(row.pk)))
        if not problem.known:
            raise Unavailable(problem.message) from problem
        raise SignedOut(OVER) if isinstance(problem, SignedOut) else problem from None
    return await do(lambda: _store(mine, fields))


def _row(agency_id: int) -> Agency:
    row = Agency.objects.filter(pk=agency_id).first()
    if row is None:
        raise SignedOut(OVER)
    return row


def _over(fields: dict[str, str]) -> bool:
    try:
        return datetime.fromisoformat(fields.get("expires_at", "")) <= datetime.now(UTC)
    except ValueError:
        return False


def _claim(agency_id: int, stale: str) -> Agency | None:
    """The row to renew, for one caller at a time; None when somebody else is at it or has done it."""
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=now())
    rows = Agency.objects.filter(pk=agency_id)
    if not rows.filter(free).update(refreshing_until=now() + timedelta(seconds=settings.AGENCY_LEASE)):
        return None
    try:
        row = _row(agency_id)
        fields = fields_of(row)
    except SignedOut:
        rows.update(refreshing_until=None)
        raise
    if fields["access_token"] == stale:
        return row
    rows.update(refreshing_until=None)
    return None


def _store(claimed: Agency, fields: dict[str, str]) -> dict[str, str]:
    """The tokens that are good now: these, unless a person consented anew meanwhile."""
    same = Agency.objects.filter(pk=claimed.pk, sealed=claimed.sealed)
    row = sealed(claimed, fields)
    told = {"settings": row.settings, "sealed": row.sealed, "trouble": "", "changed_at": now()}
    return fields if same.update(**told, refreshing_until=None) else fields_of(_row(claimed.pk))


def _give_up(claimed: Agency, problem: ConnectorError) -> bool:
    """Refused tokens are forgotten. False when a person brought others meanwhile."""
    same = Agency.objects.filter(pk=claimed.pk, sealed=claimed.sealed)
    spent = {"sealed": "", "trouble": OVER} if isinstance(problem, SignedOut) else {}
    return bool(same.update(**spent, refreshing_until=None, changed_at=now()))
