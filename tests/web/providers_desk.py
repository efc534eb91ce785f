"""A browser at the provider that pretends, and what came of it."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client
from django_scopes import scope

from builder.models import AuditEvent, Role, User, Workspace
from builder.web import audit_words
from tests import make
from tests.web import idp
from tests.web.people import text

START, BACK = "/accounts/oidc/acme/", "/accounts/oidc/acme/back/"
ADA = {"sub": "ada-at-acme", "email": "ada@example.com", "email_verified": True, "name": "Ada Nowak"}
TRUST = (
    "What Acme sent can’t be trusted, so nothing was done. Try again; if it goes on so, tell whoever looks after the "
    "server: its log has the reason."
)


@pytest.fixture
def acme(settings: Any) -> Iterator[idp.Fake]:
    """Among the settings, with Ada at it, and nobody has tried anything yet."""
    cache.clear()
    with idp.running() as fake:
        fake.person = dict(ADA)
        settings.OIDC = (fake.provider(),)
        yield fake


@pytest.fixture
def workspace() -> Workspace:
    return make.make_workspace()


def member(
    workspace: Workspace, email: str = "ada@example.com", confirmed: bool = True, role: str = Role.EDITOR
) -> User:
    user = make.make_member(workspace=workspace, role=role, user=make.make_user(email=email)).user
    if confirmed:
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def leave(browser: Client, path: str = START, **given: str) -> str:
    return led_to(browser.post(path, given))


def led_to(answer: Any) -> str:
    """The address that the browser goes on to by itself."""
    assert answer.status_code == 200, text(answer)
    return unescape(re.search(r'content="0;url=([^"]+)"', answer.content.decode())[1])


def come_back(browser: Client, acme: idp.Fake, path: str = START, answer: str = "yes", **given: str) -> Any:
    return browser.get(acme.answer(leave(browser, path, **given), answer))


def who(browser: Client) -> str:
    """Who is signed in; empty for nobody."""
    answer = browser.get("/account/")
    return answer.context["user"].email if answer.status_code == 200 else ""


def lines(workspace: Workspace) -> list[str]:
    with scope(workspace=workspace):
        return [audit_words.sentence(row) for row in AuditEvent.objects.order_by("pk")]


def nothing_is_made() -> bool:
    return not SocialAccount.objects.exists() and not SocialToken.objects.exists()


def linked(user: User, acme: idp.Fake, sub: str = "ada-at-acme") -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider=acme.url, uid=sub, extra_data={"email": user.email})


def refused(answer: Any, status: int = 403) -> str:
    assert answer.status_code == status, text(answer)
    assert nothing_is_made()
    return re.sub(r"\s+", " ", answer.context["text"])


def newcomer(acme: idp.Fake, workspace: Workspace, **more: str) -> Client:
    """Joined by the provider; the browser is in."""
    make.make_invitation(workspace=workspace, key="key", email="ada@example.com", **more)
    browser = Client()
    come_back(browser, acme, invitation="key")
    return browser
