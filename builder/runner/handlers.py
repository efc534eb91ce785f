"""How an operation is carried out: over its line, or, for the few built-in ones that reach no service, right here."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from smtplib import SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from builder.runner import calls
from connectors.errors import Refused, Unavailable, Unknown
from connectors.spec import Account, Context, Operation, Retry
from connectors.tools import http

Inputs = dict[str, Any]


async def perform(line: calls.Line, operation: Operation, inputs: Inputs, context: Context) -> Inputs:
    if handler := HANDLERS.get(operation.key):
        return await handler(inputs)
    return await line.hold(lambda: operation.perform(inputs, _with_account(context, line)))


def _with_account(context: Context, line: calls.Line) -> Context:
    """After a token was refreshed the conversation begins again with the new account."""
    return replace(context, account=line.opened.account)


async def send_mail(inputs: Inputs) -> Inputs:
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


HANDLERS: dict[str, Callable[[Inputs], Awaitable[Inputs]]] = {"tools.email.send": send_mail}
