"""How an operation is carried out: over its line, or, for the few built-in ones that reach no service, right here."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from smtplib import SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from builder.runner import calls, digests, links
from connectors.errors import ConnectorError, Refused, Unavailable, Unknown
from connectors.spec import Account, Context, Operation, Retry
from connectors.tools import http

Inputs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an operation that reaches no service is carried out: for which team, by which step."""

    workspace_id: int
    marker: str
    do: calls.Do
    """Runs a function where the database is, in a transaction."""


async def perform(line: calls.Line, operation: Operation, inputs: Inputs, context: Context) -> Inputs:
    if handler := HANDLERS.get(operation.key):
        return await handler(Spot(line.workspace_id, context.marker, line.do), inputs)
    return await line.hold(lambda: operation.perform(inputs, _with_account(context, line)))


def _with_account(context: Context, line: calls.Line) -> Context:
    """After a token was refreshed the conversation begins again with the new account."""
    account = line.opened.account
    return context if context.account is account else context.altered(account=account)


async def send_mail(spot: Spot, inputs: Inputs) -> Inputs:
    """Class once: a message that was handed to the server can't be recalled."""
    to = [address.strip() for address in str(inputs["to"]).replace(";", ",").split(",") if address.strip()]
    message = EmailMessage(
        subject=" ".join(str(inputs["subject"]).split()),
        body=str(inputs.get("body") or ""),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=to,
        reply_to=[inputs["reply_to"]] if inputs.get("reply_to") else None,
    )
    try:
        await asyncio.to_thread(message.send)
    except (ConnectionRefusedError, socket.gaierror):
        raise Unavailable("The mail server did not take the call: it may be down.") from None
    except (TimeoutError, ConnectionError, SMTPServerDisconnected):
        raise Unknown("The mail server broke off: the message may have been sent or not.") from None
    except OSError as problem:
        raise Refused(f"The mail server did not take the message: {problem}.") from None
    return {"email": {"to": to, "subject": message.subject}}


def account(operation: Operation, inputs: Inputs) -> Account:
    """Where a built-in operation goes; nowhere for most. Raises Misconfigured for an address that is none."""
    return http.account_for(inputs) if operation.key == http.REQUEST.key else Account("", {})


def shown(operation: Operation, inputs: Inputs) -> Inputs:
    """As records and pages may hold them: what was typed into a web request may be secret."""
    return http.shown(inputs) if operation.key == http.REQUEST.key else inputs


def retry_class(operation: Operation, inputs: Inputs) -> Retry:
    return http.class_of(inputs) if operation.key == http.REQUEST.key else operation.retry


def freely(operation: Operation, inputs: Inputs) -> bool:
    """Whether the call may be repeated without a look first."""
    return retry_class(operation, inputs) in (Retry.READ, Retry.IDEMPOTENT, Retry.KEYED)


def _digest(work: Callable[[digests.Asked, Inputs], Inputs]) -> "Handler":
    async def handle(spot: Spot, inputs: Inputs) -> Inputs:
        return await _done(spot, lambda: work(digests.Asked(spot.workspace_id, spot.marker), inputs))

    return handle


async def find_link(spot: Spot, inputs: Inputs) -> Inputs:
    return await _done(spot, lambda: links.known(spot.workspace_id, inputs))


async def _done(spot: Spot, work: Callable[[], Inputs]) -> Inputs:
    """What the work refuses is raised here: over there it would take along what others write in the same commit."""
    result = await spot.do(lambda: _caught(work))
    if isinstance(result, ConnectorError):
        raise result
    return dict(result)


def _caught(work: Callable[[], Inputs]) -> Inputs | ConnectorError:
    try:
        return work()
    except ConnectorError as problem:
        return problem


Handler = Callable[[Spot, Inputs], Awaitable[Inputs]]
HANDLERS: dict[str, Handler] = {
    "tools.email.send": send_mail,
    "tools.digest.add": _digest(digests.add),
    "tools.digest.release": _digest(digests.release),
    "tools.links.find": find_link,
}
