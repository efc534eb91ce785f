"""Accounts elsewhere that are connected and disconnected, and people without a password."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.models import Invitation, Role, User
from tests import make
from tests.web.factors_desk import age_of_sign_in, code_of, in_browser, set_up_app, with_password
from tests.web.people import said, text
from tests.web.providers_desk import (
    ADA,
    START,
    TRUST,
    acme,
    come_back,
    leave,
    led_to,
    lines,
    linked,
    member,
    newcomer,
    nothing_is_made,
    who,
    workspace,
)

__all__ = ["acme", "workspace"]
pytestmark = pytest.mark.django_db


# connected and disconnected


def test_account_is_connected_shown_and_disconnected(acme, workspace):
    user = member(workspace, confirmed=False)
    browser, _in = with_password(user)
    acme.person |= {"email": "ada.private@elsewhere.example", "email_verified": False}

    before = text(browser.get("/accounts/2fa/"))
    connected = come_back(browser, acme, f"{START}connect/")
    page = text(browser.get("/accounts/2fa/"))
    other = Client()
    come_back(other, acme)
    gone = browser.post(f"{START}disconnect/")
    afterwards = come_back(Client(), acme)

    assert "Acme Not connected." in before
    assert (connected.url, said(connected)) == ("/accounts/2fa/", ["From now on Acme signs you in, too."])
    assert "ada.private@elsewhere.example, connected on" in page
    assert who(other) == user.email
    assert said(gone)[-1] == "Acme doesn’t sign you in any more."
    assert afterwards.status_code == 403
    assert [letter.subject for letter in mail.outbox] == [
        "Acme signs you in to Recette", "Acme was disconnected from your account",
    ]  # fmt: skip
    assert lines(workspace) == [
        f"{user} connected Acme to sign in with",
        f"{user} signed in with Acme",
        f"{user} disconnected Acme, and signs in with it no more",
    ]


def test_second_click_connects_nothing_twice(acme, workspace):
    browser, _in = with_password(member(workspace))
    come_back(browser, acme, f"{START}connect/")

    again = come_back(browser, acme, f"{START}connect/")
    gone = [browser.post(f"{START}disconnect/").status_code for _click in range(2)]

    assert said(again)[-1] == "Acme was connected already."
    assert (gone, SocialAccount.objects.count()) == ([302, 302], 0)
    assert len(lines(workspace)) == 2


def test_account_elsewhere_belongs_to_one_person_here(acme, workspace):
    linked(member(workspace, "dana@example.com"), acme)
    browser, _in = with_password(member(workspace))

    answer = come_back(browser, acme, f"{START}connect/")

    assert answer.status_code == 403
    assert "is connected to somebody else’s account here" in text(answer)
    assert SocialAccount.objects.get().user.email == "dana@example.com"


def test_one_account_of_a_provider_each(acme, workspace):
    user = member(workspace)
    linked(user, acme, "ada-of-before")
    browser, _in = with_password(user)

    answer = come_back(browser, acme, f"{START}connect/")

    assert answer.status_code == 422
    assert "Disconnect that one under Your account" in text(answer)


def test_connecting_and_disconnecting_wait_for_the_password(acme, workspace):
    user = member(workspace)
    linked(user, acme)
    browser = in_browser(user)
    age_of_sign_in(browser, 901)

    asked = [browser.post(f"{START}{what}/") for what in ("connect", "disconnect")]

    assert [answer.url.split("?")[0] for answer in asked] == ["/accounts/reauthenticate/"] * 2
    assert SocialAccount.objects.count() == 1
    done = browser.post(asked[1].url, {"password": make.PASSWORD})
    assert (done.url, SocialAccount.objects.count()) == ("/accounts/2fa/", 0)


def test_connecting_goes_on_after_the_password(acme, workspace):
    user = member(workspace)
    browser = in_browser(user)
    age_of_sign_in(browser, 901)

    asked = browser.post(f"{START}connect/")
    browser.get(acme.answer(led_to(browser.post(asked.url, {"password": make.PASSWORD}))))

    assert SocialAccount.objects.get().user == user


def test_connecting_is_for_who_began_it(acme, workspace):
    browser, _in = with_password(member(workspace))
    address = acme.answer(leave(browser, f"{START}connect/"))
    states = browser.session["socialaccount_states"]
    other = in_browser(member(workspace, "dana@example.com"))
    session = other.session
    session["socialaccount_states"] = states
    session.save()

    answer = other.get(address)

    assert (answer.status_code, SocialAccount.objects.count()) == (410, 0)
    assert "You were signed out meanwhile, so nothing was done." in text(answer)


# without a password


def test_forgotten_provider_is_made_up_for_by_a_mail(acme, workspace):
    newcomer(acme, workspace)
    mail.outbox.clear()
    browser = Client()

    browser.post("/accounts/password/reset/", {"email": "ada@example.com"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    form = browser.get(link).url
    browser.post(form, {"password1": "seven green bottles", "password2": "seven green bottles"})

    user = User.objects.get(email="ada@example.com")
    assert with_password(user, "seven green bottles")[1].url == "/"


def test_last_way_in_is_not_taken_away(acme, workspace):
    browser = newcomer(acme, workspace)

    answer = browser.post(f"{START}disconnect/")

    sentence = "Without Acme you could not sign in any more. Set a password first, or add a passkey."
    assert said(answer)[-1] == sentence
    assert SocialAccount.objects.count() == 1
    assert "Set a password" in text(browser.get("/accounts/2fa/"))


def test_app_alone_is_no_way_in_and_a_password_is(acme, workspace):
    browser = newcomer(acme, workspace)
    set_up_app(browser)

    with_app = browser.post(f"{START}disconnect/")
    browser.post("/accounts/password/set/", {"password1": "seven green bottles", "password2": "seven green bottles"})
    with_one = browser.post(f"{START}disconnect/")

    assert "you could not sign in any more" in said(with_app)[-1]
    assert said(with_one)[-1] == "Acme doesn’t sign you in any more."


def test_last_passkey_of_who_has_nothing_else_stays(acme, workspace):
    browser = newcomer(acme, workspace)
    user = User.objects.get(email="ada@example.com")
    passkey = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
    url = reverse("mfa_remove_webauthn", args=[passkey.pk])
    SocialAccount.objects.all().delete()

    kept = browser.post(url)

    assert said(kept)[-1].startswith("Without this passkey you could not sign in any more.")
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_server_says_what_is_left_of_who_has_no_password(acme, workspace, settings, capsys):
    set_up_app(newcomer(acme, workspace))
    call_command("second_factor", "ada@example.com", "--remove")
    user = User.objects.get(email="ada@example.com")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
    settings.OIDC = ()
    call_command("second_factor", "ada@example.com", "--remove")

    assert capsys.readouterr().out.splitlines() == [
        "ada@example.com signs in with Acme alone now, and can set up a new second factor.",
        "ada@example.com has nothing to sign in with any more: “Forgot it?” on the sign-in page sets a password.",
    ]


def test_provider_that_is_not_among_the_settings_any_more_is_no_way_in(acme, workspace):
    browser = newcomer(acme, workspace)
    user = User.objects.get(email="ada@example.com")
    SocialAccount.objects.create(user=user, provider="https://gone.example", uid="ada")

    answer = browser.post(f"{START}disconnect/")

    assert "you could not sign in any more" in said(answer)[-1]
    assert SocialAccount.objects.filter(provider=acme.url).exists()


def test_who_has_no_password_shows_who_they_are_over_the_provider(acme, workspace):
    browser = newcomer(acme, workspace, role=Role.OWNER)
    url = reverse("web:invitations", args=[workspace.slug])
    age_of_sign_in(browser, 901)

    asked = browser.post(url, {"email": "new@example.com", "role": "viewer"})
    page = browser.get(asked.url)
    with scope(workspace=workspace):
        before = Invitation.objects.count()
    done = come_back(browser, acme, f"{START}again/", next=url)

    assert asked.url == f"/accounts/oidc/reauthenticate/?next=%2Fw%2F{workspace.slug}%2Fteam%2Finvitations%2F"
    assert "Go on with Acme" in text(page)
    assert acme.last("/authorize")["prompt"] == "login"
    assert done.status_code in (200, 302)
    with scope(workspace=workspace):
        assert (before, Invitation.objects.count()) == (1, 2)


def test_who_has_a_password_shows_that_and_not_the_provider(acme, workspace):
    user = member(workspace)
    linked(user, acme)
    browser = in_browser(user)
    age_of_sign_in(browser, 901)

    answers = [browser.get("/accounts/oidc/reauthenticate/"), browser.post(f"{START}again/", {"next": "/account/"})]

    assert [answer.url for answer in answers] == [
        "/accounts/reauthenticate/?next=%2F", "/accounts/reauthenticate/?next=%2Faccount%2F",
    ]  # fmt: skip
    assert acme.asked == []


def test_who_has_an_app_shows_its_code_and_not_the_provider(acme, workspace):
    browser = newcomer(acme, workspace)
    secret = set_up_app(browser)
    age_of_sign_in(browser, 901)
    onward = reverse("account_set_password")

    asked = browser.get(onward)
    answer = browser.post(asked.url, {"code": code_of(secret)})

    assert asked.url.startswith("/accounts/2fa/reauthenticate/?next=")
    assert (answer.url, browser.get(onward).status_code) == (onward, 200)


def test_another_account_of_theirs_shows_nothing(acme, workspace):
    browser = newcomer(acme, workspace)
    age_of_sign_in(browser, 901)
    acme.person = {**ADA, "sub": "somebody else"}

    answer = come_back(browser, acme, f"{START}again/", next="/accounts/password/set/")

    assert answer.status_code == 403
    assert "is not the one that you sign in with here" in text(answer)
    assert browser.get("/accounts/password/set/").url.startswith("/accounts/oidc/reauthenticate/")


def test_provider_that_did_not_ask_again_is_not_believed(acme, workspace):
    browser = newcomer(acme, workspace)
    age_of_sign_in(browser, 901)
    acme.person["auth_time"] = int(timezone.now().timestamp()) - 3600

    answer = come_back(browser, acme, f"{START}again/", next="/accounts/password/set/")

    assert (answer.status_code, answer.context["text"]) == (403, TRUST)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "account_set_password"])
def test_who_has_no_password_sets_nothing_up_in_a_browser_left_open(acme, workspace, name):
    browser = newcomer(acme, workspace)
    age_of_sign_in(browser, 901)

    answer = browser.get(reverse(name))
    typed = browser.post(reverse("account_set_password"), {"password1": "x" * 14, "password2": "x" * 14})

    assert answer.url == f"/accounts/oidc/reauthenticate/?next={reverse(name).replace('/', '%2F')}"
    assert typed.url == "/accounts/password/set/"
    assert "x" * 14 not in str(dict(browser.session))
    assert User.objects.get(email="ada@example.com").has_usable_password() is False


def test_person_who_is_deleted_takes_it_along(acme, workspace):
    newcomer(acme, workspace)

    User.objects.get(email="ada@example.com").delete()

    assert nothing_is_made()


def test_nothing_of_the_provider_is_kept_but_subject_and_address(acme, workspace):
    acme.person |= {"picture": "https://acme.example/ada.png", "phone_number": "+4930123456", "groups": ["board"]}
    browser = newcomer(acme, workspace)

    kept = [str(row.__dict__) for row in SocialAccount.objects.all()] + [str(dict(browser.session))]

    assert not [one for one in kept if "board" in one or "4930123456" in one or "ada.png" in one]
    assert not [one for one in kept if any(token in one for token in acme.tokens)]
    assert django_settings.SOCIALACCOUNT_STORE_TOKENS is False
