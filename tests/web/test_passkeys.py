"""Passkeys, with the authenticator that Chromium pretends to have; and the pages of signing in, as they are seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import CDPSession, Page, expect

from builder.models import User
from tests import make
from tests.make import PASSWORD
from tests.web import axe
from tests.web.factors_desk import code_of, in_browser, set_up_app
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def device(page: Page) -> Iterator[tuple[CDPSession, str]]:
    """A phone or laptop that keeps passkeys: (session, its id)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield session, made["authenticatorId"]


@pytest.fixture
def home(live_server: Any) -> str:
    return live_server.url


def unable(device: tuple[CDPSession, str]) -> None:
    """A finger that the device doesn't know."""
    session, name = device
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})


def add(page: Page, home: str, user: User, name: str = "Laptop") -> None:
    sign_in(page, in_browser(user), home)
    page.goto(f"{home}/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def sign_out(page: Page, home: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")


def test_passkey_is_added_and_signs_in_alone(page, home, device):
    user = make.make_user(email="dana@example.com")
    make.make_member(user=user)
    add(page, home, user)

    sign_out(page, home)
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
    assert [row.wrap().name for row in Authenticator.objects.filter(user=user, type="webauthn")] == ["Laptop"]


def test_passkey_is_the_second_factor_after_a_password(page, home, device):
    user = make.make_user()
    make.make_member(user=user)
    add(page, home, user)

    sign_out(page, home)
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="And your code")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


def test_way_in_leads_where_one_wanted(page, home, device):
    user = make.make_user()
    add(page, home, user)
    page.context.clear_cookies()
    page.goto(f"{home}/accounts/sessions/")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()


def test_passkey_that_the_device_keeps_back_says_so_and_is_asked_for_again(page, home, device):
    user = make.make_user()
    make.make_member(user=user)
    add(page, home, user)
    sign_out(page, home)
    unable(device)

    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The browser gave no passkey.")).to_be_visible()
    session, name = device
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


def test_passkey_is_renamed_and_removed(page, home, device):
    user = make.make_user()
    add(page, home, user)
    page.get_by_role("link", name="I have kept them").click()

    page.get_by_role("link", name="Rename Laptop").click()
    page.get_by_label("Name").fill("The old laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove The old laptop").click()
    page.get_by_role("button", name="Remove it").click()

    expect(page.get_by_text("None yet. With a passkey")).to_be_visible()
    assert not Authenticator.objects.filter(user=user).exists()


def test_passkey_that_was_removed_opens_nothing(page, home, device):
    user = make.make_user()
    add(page, home, user)
    Authenticator.objects.filter(user=user, type="webauthn").delete()

    sign_out(page, home)
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("status").filter(has_text="This passkey was not accepted.").first).to_be_visible()


def test_second_factor_is_set_up_by_keys_alone(page, home):
    user = make.make_user()
    make.make_member(user=user)
    sign_in(page, in_browser(user), home)
    page.goto(f"{home}/accounts/2fa/totp/activate/")

    page.get_by_label("Code", exact=True).focus()
    page.keyboard.type(code_of(page.get_by_label("Or type this key into it").input_value()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("10 of 10 left")).to_be_visible()


# as they are seen


@pytest.fixture
def secret(page: Page, home: str) -> str:
    """Somebody with an app, at the door."""
    user = make.make_user()
    secret = set_up_app(in_browser(user))
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return secret


def test_asking_for_the_code_has_no_barrier(page, home, secret):
    expect(page.get_by_role("heading", name="And your code")).to_be_visible()
    asked = axe.barriers(page)
    page.get_by_label("Code").fill("000 000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()

    assert asked + axe.barriers(page) == []


def test_pages_of_who_has_everything_have_no_barrier(page, home, device):
    user = make.make_user()
    add(page, home, user)
    found = axe.barriers(page)
    key = Authenticator.objects.get(user=user, type="webauthn").pk
    for address in (
        "", "totp/activate/", "recovery-codes/generate/", "webauthn/add/", f"webauthn/keys/{key}/edit/",
        f"webauthn/keys/{key}/remove/", "reauthenticate/", "webauthn/reauthenticate/",
    ):  # fmt: skip
        page.goto(f"{home}/accounts/2fa/{address}")
        found += [f"{address}: {problem}" for problem in axe.barriers(page)]
    set_up_app(in_browser(user))
    page.goto(f"{home}/accounts/2fa/totp/deactivate/")

    assert found + axe.barriers(page) == []
