"""Signing in with an account elsewhere: who comes in, and how."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from builder.models import Invitation, Membership, Role, User, Workspace
from tests import make
from tests.web.factors_desk import code_of, in_browser, set_up_app
from tests.web.people import said, text
from tests.web.providers_desk import (
    ADA,
    BACK,
    START,
    acme,
    come_back,
    leave,
    lines,
    member,
    nothing_is_made,
    refused,
    who,
    workspace,
)

__all__ = ["acme", "workspace"]
pytestmark = pytest.mark.django_db


# none among the settings


def test_without_a_provider_there_is_nothing_of_it(workspace):
    user = member(workspace)
    browser = in_browser(user)
    make.make_invitation(key="key")

    pages = [Client().get("/accounts/login/"), browser.get("/accounts/2fa/"), Client().get("/invitations/key/")]
    asked = [browser.post(f"{START}{more}") for more in ("", "connect/", "disconnect/", "again/")]
    asked += [browser.get(START), browser.get(BACK), browser.get("/accounts/oidc/reauthenticate/")]
    asked += [browser.get(f"/accounts/{more}/") for more in ("3rdparty", "social/signup", "oidc")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("oidc" in page.content.decode() or "elsewhere" in text(page) for page in pages)
    assert {answer.status_code for answer in asked} == {404}


def test_provider_that_is_unknown_is_no_page(acme):
    assert Client().post("/accounts/oidc/google/").status_code == 404


# who comes in


def test_member_with_the_confirmed_address_comes_in(acme, workspace):
    user = member(workspace)
    browser = Client()

    answer = come_back(browser, acme)

    assert (answer.status_code, answer.url) == (302, "/")
    assert who(browser) == "ada@example.com"
    row = SocialAccount.objects.get()
    assert (row.user, row.provider, row.uid, row.extra_data) == (user, acme.url, ADA["sub"], {"email": ADA["email"]})
    assert not SocialToken.objects.exists()
    assert lines(workspace) == [f"{user} connected Acme to sign in with", f"{user} signed in with Acme"]
    assert [letter.subject for letter in mail.outbox] == ["Acme signs you in to Recette"]


def test_second_time_it_is_the_connected_account_that_counts(acme, workspace):
    user = member(workspace)
    come_back(Client(), acme)
    acme.person["email"], acme.person["email_verified"] = "ada@elsewhere.example", False
    browser = Client()

    come_back(browser, acme)

    assert who(browser) == user.email
    assert SocialAccount.objects.get().extra_data == {"email": "ada@elsewhere.example"}
    assert len(mail.outbox) == 1


def test_state_nonce_and_proof_key_are_new_each_time_and_the_form_is_the_only_way_out(acme, workspace):
    first, second = (leave(Client()) for _time in range(2))

    for name in ("state", "nonce", "code_challenge"):
        values = [re.search(rf"[?&]{name}=([^&]+)", address)[1] for address in (first, second)]
        assert len(set(values)) == 2
        assert min(map(len, values)) >= 16
    assert "code_challenge_method=S256" in first
    assert Client().get(START).status_code == 405


def test_form_of_another_site_signs_nobody_in(acme):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(START).status_code == 403
    assert acme.asked == []


@pytest.mark.parametrize(
    ("onward", "arrives"), [("/account/", "/account/"), ("https://evil.example/", "/"), ("//evil.example", "/")]
)
def test_way_in_leads_only_to_our_own_pages(acme, workspace, onward, arrives):
    member(workspace)

    assert come_back(Client(), acme, next=onward).url == arrives


def test_redirect_address_begins_with_the_public_one(acme, settings):
    settings.PUBLIC_URL = "https://recipes.example.com"

    address = leave(Client())

    assert "redirect_uri=https%3A%2F%2Frecipes.example.com%2Faccounts%2Foidc%2Facme%2Fback%2F" in address


def test_provider_that_takes_the_secret_in_a_header(acme, workspace):
    member(workspace)
    acme.wrong = {"basic"}
    browser = Client()

    come_back(browser, acme)

    assert who(browser) == "ada@example.com"
    assert "client_secret" not in acme.last("/token")


def test_address_may_be_told_when_asked_for_only(acme, workspace):
    member(workspace)
    acme.wrong = {"only userinfo"}
    browser = Client()

    come_back(browser, acme)

    assert who(browser) == "ada@example.com"


def test_content_policy_stays_as_it_is(acme, workspace):
    answer = Client().post(START)

    assert "form-action 'self'" in answer.headers["Content-Security-Policy"].split("; ")
    assert answer.headers["Referrer-Policy"] == "same-origin"


# the second factor


def test_second_factor_is_asked_for_after_it_and_only_then_is_anything_connected(acme, workspace):
    user = member(workspace)
    secret = set_up_app(in_browser(user))
    mail.outbox.clear()
    browser = Client()

    asked = come_back(browser, acme)
    before = (who(browser), SocialAccount.objects.count(), len(mail.outbox))
    opened = browser.post(asked.url, {"code": code_of(secret)})

    assert asked.url == "/accounts/2fa/authenticate/"
    assert before == ("", 0, 0)
    assert (opened.url, who(browser)) == ("/", user.email)
    assert SocialAccount.objects.get().user == user
    assert lines(workspace)[-1] == f"{user} signed in with Acme"


def test_strict_workspace_lets_nobody_in_without_one(acme):
    workspace = make.make_workspace(two_factor=True)
    member(workspace)
    browser = Client()
    acme.person["amr"] = ["mfa"]

    come_back(browser, acme)

    assert browser.get(f"/w/{workspace.slug}/recipes/").url == "/accounts/2fa/"


# invitations


@pytest.mark.parametrize("by_link", [True, False])
def test_invited_person_joins_with_the_role_of_the_invitation(acme, workspace, by_link):
    make.make_invitation(workspace=workspace, key="key", email="Ada@example.com", role=Role.OPERATOR)
    browser = Client()
    given = {"invitation": "key", "next": "/invitations/key/"} if by_link else {}

    answer = come_back(browser, acme, **given)

    made = Membership.objects.get(workspace=workspace, user__email="ada@example.com")
    assert answer.url == f"/w/{workspace.slug}/"
    assert said(answer) == [f"You are in “{workspace}” now."]
    assert (made.role, made.user.name, made.user.has_usable_password()) == (Role.OPERATOR, "Ada Nowak", False)
    assert EmailAddress.objects.filter(user=made.user, email="ada@example.com", primary=True, verified=True).exists()
    assert lines(workspace) == ["Ada Nowak joined", "Ada Nowak signed in with Acme"]
    with scope(workspace=workspace):
        assert Invitation.objects.get().accepted_at is not None
    browser_again = Client()
    come_back(browser_again, acme)
    assert who(browser_again) == "ada@example.com"


def test_invitation_for_somebody_else_is_not_theirs(acme, workspace):
    make.make_invitation(workspace=workspace, key="key", email="camille@example.com")

    told = refused(come_back(Client(), acme, invitation="key", next="/invitations/key/"))

    assert told.startswith("This invitation is for camille@example.com, and at Acme you are ada@example.com.")
    assert not Membership.objects.filter(workspace=workspace).exists()


def test_invitation_for_an_address_that_is_not_proved_lets_nobody_in(acme, workspace):
    make.make_invitation(workspace=workspace, key="key", email="ada@example.com")
    acme.person["email_verified"] = False

    refused(come_back(Client(), acme, invitation="key"))

    assert not Membership.objects.filter(workspace=workspace).exists()


@pytest.mark.parametrize("over", ["accepted_at", "revoked_at", "expires_at"])
def test_invitation_that_is_over_makes_nobody(acme, workspace, over):
    make.make_invitation(workspace=workspace, key="key", email="ada@example.com")
    browser = Client()
    address = leave(browser, invitation="key")
    with scope(workspace=workspace):
        Invitation.objects.update(**{over: timezone.now() - timedelta(minutes=1)})

    told = refused(browser.get(acme.answer(address)), 410)
    without_link = refused(come_back(Client(), acme))

    assert told == "This invitation was used, withdrawn or is older than a week. Ask for a new one."
    assert without_link.startswith("Nobody here has the address")
    assert not User.objects.filter(email="ada@example.com").exists()


def test_known_person_comes_back_to_the_invitation(acme, workspace):
    member(make.make_workspace())
    make.make_invitation(workspace=workspace, key="key", email="ada@example.com")
    page = Client().get("/invitations/key/").content.decode()
    browser = Client()

    answer = come_back(browser, acme, next="/invitations/key/")

    assert 'name="next" value="/invitations/key/"' in page
    assert answer.url == "/invitations/key/"
    assert f"Join {workspace}" in text(browser.get(answer.url))


# the first of all


def test_founder_may_come_by_a_provider(acme):
    browser = Client()
    given = {"name": "Ada Nowak", "workspace_name": "Lumen Studio", "zone": "Europe/Vienna", "currency": "EUR"}

    asked = come_back(browser, acme)
    page = text(browser.get(asked.url))
    before = User.objects.count()
    wrong = browser.post(asked.url, {**given, "workspace_name": ""})
    founded = browser.post(asked.url, given)

    workspace = Workspace.objects.get()
    assert asked.url == "/welcome/"
    assert "You sign in with Acme, as ada@example.com." in page
    assert "Password" not in page
    assert (before, wrong.status_code) == (0, 422)
    assert founded.url == f"/w/{workspace.slug}/welcome/"
    assert who(browser) == "ada@example.com"
    assert SocialAccount.objects.get().user.has_usable_password() is False
    assert lines(workspace)[-1] == "Ada Nowak signed in with Acme"


def test_guest_of_the_demo_founds_by_a_provider(acme):
    guest = make.make_member(workspace=make.make_workspace(demo=True), role=Role.OWNER)
    browser = in_browser(guest.user)

    asked = come_back(browser, acme)
    browser.post(asked.url, {"name": "Ada", "workspace_name": "Lumen", "zone": "UTC", "currency": "EUR"})

    assert asked.url == "/welcome/"
    assert who(browser) == "ada@example.com"
    assert SocialAccount.objects.get().user.email == "ada@example.com"


def test_who_is_signed_in_is_not_asked(acme, workspace):
    browser = in_browser(member(workspace))

    answers = [browser.post(START), browser.post(START, {"next": "/account/"})]

    assert [answer.url for answer in answers] == ["/", "/account/"]
    assert acme.asked == []


def test_founder_may_think_better_of_it(acme):
    browser = Client()
    come_back(browser, acme)

    page = browser.get("/welcome/?with=password").content.decode()

    assert 'name="password"' in page
    assert 'name="password"' in browser.get("/welcome/").content.decode()


def test_second_founder_finds_the_door_closed(acme):
    browser = Client()
    come_back(browser, acme)
    make.make_workspace()
    given = {"name": "Ada", "workspace_name": "Lumen", "zone": "UTC", "currency": "EUR"}

    answer = browser.post("/welcome/", given)

    assert answer.url == "/accounts/login/"
    assert nothing_is_made()
    assert not User.objects.filter(email="ada@example.com").exists()
