"""Browsers of the people of a workspace."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from builder.models import Role, Workspace
from tests import make

HTMX = {"HX-Request": "true"}
GOING_BACK = {**HTMX, "HX-History-Restore-Request": "true"}
"""What htmx asks with when somebody goes back to a page."""
EVERYBODY = (*Role.values, "stranger")


def browser_of(workspace: Workspace, who: str = Role.OWNER, **more: str) -> Client:
    """Signed in as a new member with that role, or as a stranger."""
    member = make.make_member(**({} if who == "stranger" else {"workspace": workspace}), **_role(who), **more)
    client = Client()
    client.force_login(member.user)
    return client


def sign_in(page: Any, client: Client, url: str) -> None:
    """The browser goes on as the client that was signed in."""
    [(name, cookie)] = client.cookies.items()
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": url}])


def _role(who: str) -> dict[str, str]:
    return {} if who == "stranger" else {"role": who}


def statuses(workspace: Workspace, ask, who: tuple[str, ...] = EVERYBODY) -> dict[str, int]:
    """What each gets from `ask(client)`."""
    return {each: ask(browser_of(workspace, each)).status_code for each in who}


def only(*allowed: str, status: int = 200) -> dict[str, int]:
    """The rest of the members are told no, a stranger finds nothing."""
    return {each: 404 if each == "stranger" else status if each in allowed else 403 for each in EVERYBODY}


def text(answer: HttpResponse) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def said(answer: HttpResponse) -> list[str]:
    """What the next page is going to say."""
    return [str(message) for message in answer.wsgi_request._messages]
