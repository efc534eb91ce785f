"""Signing in with an account elsewhere, in a browser, and how its pages are seen."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Page, expect

from builder.models import Membership, Role, User
from tests import make
from tests.make import PASSWORD
from tests.web import axe
from tests.web.factors_desk import age_of_sign_in, code_of, in_browser, set_up_app
from tests.web.people import sign_in
from tests.web.providers_desk import ADA, acme, member

__all__ = ["acme"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(live_server: Any) -> str:
    return live_server.url


def by_password(page: Page, home: str, user: User) -> None:
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_on(page: Page) -> None:
    """At the provider."""
    expect(page.get_by_role("heading", name="Acme", exact=True)).to_be_visible()
    page.get_by_role("link", name="Go on as ada@example.com").click()


def test_member_signs_in_and_arrives_where_they_wanted(page, home, acme):
    member(make.make_workspace())
    page.goto(f"{home}/accounts/sessions/")

    page.get_by_role("button", name="Sign in with Acme").click()
    go_on(page)

    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()


def test_invited_person_joins_and_has_the_role(page, home, acme):
    workspace = make.make_workspace()
    make.make_invitation(workspace=workspace, key="key", email="ada@example.com", role=Role.OPERATOR)
    page.goto(f"{home}/invitations/key/")

    page.get_by_role("button", name="Join with Acme").click()
    go_on(page)

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
    expect(page.get_by_text("You are in “Lumen Studio” now.").first).to_be_visible()
    assert Membership.objects.get(workspace=workspace).role == Role.OPERATOR


def test_second_factor_is_asked_for_on_the_way(page, home, acme):
    secret = set_up_app(in_browser(member(make.make_workspace())))
    page.goto(f"{home}/accounts/login/")

    page.get_by_role("button", name="Sign in with Acme").click()
    go_on(page)
    expect(page.get_by_role("heading", name="And your code")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


def test_account_is_connected_and_disconnected(page, home, acme):
    user = member(make.make_workspace())
    by_password(page, home, user)
    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
    page.goto(f"{home}/accounts/2fa/")

    page.get_by_role("button", name="Connect Acme").click()
    go_on(page)
    expect(page.get_by_text("From now on Acme signs you in, too.").first).to_be_visible()
    expect(page.get_by_text("ada@example.com, connected on")).to_be_visible()
    connected = SocialAccount.objects.count()
    page.get_by_role("button", name="Disconnect Acme").click()

    expect(page.get_by_text("Acme doesn’t sign you in any more.").first).to_be_visible()
    expect(page.get_by_role("button", name="Connect Acme")).to_be_visible()
    assert (connected, SocialAccount.objects.count()) == (1, 0)


def test_who_stops_there_and_goes_back_is_not_led_away_again(page, home, acme):
    """The page between is none that one comes back to."""
    make.make_workspace()
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name="Sign in with Acme").click()
    expect(page.get_by_role("heading", name="Acme", exact=True)).to_be_visible()

    page.go_back()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    page.get_by_role("button", name="Sign in with Acme").click()
    page.get_by_role("link", name="No").click()

    expect(page.get_by_role("heading", name="You are not signed in with Acme")).to_be_visible()
    page.get_by_role("link", name="Back to sign in").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_founder_comes_by_the_provider(page, home, acme):
    page.goto(f"{home}/")

    page.get_by_role("button", name="Go on with Acme").click()
    go_on(page)
    expect(page.get_by_label("Your name")).to_have_value("Ada Nowak")
    page.get_by_role("textbox", name="Workspace").fill("Lumen Studio")
    page.get_by_role("button", name="Create my workspace").click()

    expect(page.get_by_role("heading", name="Bring both accounts to the table")).to_be_visible()


def test_who_has_no_password_is_asked_over_the_provider(page, home, acme):
    user = make.make_user(email="ada@example.com")
    user.set_unusable_password()
    user.save()
    SocialAccount.objects.create(user=user, provider=acme.url, uid=ADA["sub"], extra_data={"email": user.email})
    browser = in_browser(user)
    age_of_sign_in(browser, 901)
    sign_in(page, browser, home)
    page.goto(f"{home}/accounts/2fa/")

    page.get_by_role("link", name="Set a password").click()
    expect(page.get_by_role("heading", name="Please show again who you are")).to_be_visible()
    page.get_by_role("button", name="Go on with Acme").click()
    go_on(page)

    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()


# as they are seen


def test_pages_have_no_barrier(page, home, acme, settings):
    long = acme.provider(key="long", name="The Confederated Accountants of Lower Saxony", issuer="http://127.0.0.1:9")
    settings.OIDC = (*settings.OIDC, long)
    user = member(make.make_workspace())
    make.make_invitation(key="key", email="new@example.com", invited_by=user)
    found = []
    for name, path in (("login", "/accounts/login/"), ("invitation", "/invitations/key/")):
        page.goto(f"{home}{path}")
        found += axe.barriers(page, name)
    acme.person["email"] = "nobody@example.com"
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name="Sign in with Acme").click()
    page.get_by_role("link", name="Go on as nobody@example.com").click()
    found += axe.barriers(page, "refused")
    SocialAccount.objects.create(user=user, provider=acme.url, uid=ADA["sub"], extra_data={"email": user.email})
    sign_in(page, in_browser(user), home)
    for name, path in (("connections", "/accounts/2fa/"), ("again", "/accounts/oidc/reauthenticate/")):
        page.goto(f"{home}{path}")
        found += axe.barriers(page, name)

    assert found == []


def test_page_between_and_the_first_run_have_no_barrier(page, home, acme):
    page.goto(f"{home}/welcome/")
    found = axe.barriers(page, "first")
    page.get_by_role("button", name="Go on with Acme").click()
    go_on(page)
    expect(page.get_by_text("You sign in with Acme, as ada@example.com.")).to_be_visible()
    found += axe.barriers(page, "founding")
    page.route("**/authorize?**", lambda route: route.fulfill(status=204))  # it leaves the page as it is
    make.make_workspace()
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name="Sign in with Acme").click()
    expect(page.get_by_role("heading", name="On to Acme")).to_be_visible()

    assert found + axe.barriers(page, "between") == []
