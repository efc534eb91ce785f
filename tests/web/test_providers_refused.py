"""Whom an account elsewhere lets in nowhere, and what a provider may do wrong."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from builder.models import User
from tests.web.people import text
from tests.web.providers_desk import (
    ADA,
    BACK,
    START,
    TRUST,
    acme,
    come_back,
    leave,
    linked,
    member,
    refused,
    who,
    workspace,
)

__all__ = ["acme", "workspace"]
pytestmark = pytest.mark.django_db


# nobody else


def test_stranger_is_told_what_to_do(acme, workspace):
    users = User.objects.count()
    browser = Client()

    told = refused(come_back(browser, acme))

    assert told.startswith("Nobody here has the address ada@example.com. Ask an owner or admin of your workspace")
    assert (who(browser), User.objects.count()) == ("", users)


def test_address_that_the_provider_has_not_proved_takes_no_account_over(acme, workspace):
    member(workspace)
    browser = Client()
    told = []

    for claim in (
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email_verified": 1},
    ):
        acme.person = {name: value for name, value in {**ADA, **claim}.items() if value is not None}
        told.append(refused(come_back(browser, acme)))

    assert set(told) == {
        "Acme doesn’t say that ada@example.com is proved to be yours, so it lets nobody in here. Confirm the address "
        "there, or sign in another way and connect Acme under Your account › How you sign in."
    }
    assert who(browser) == ""


def test_address_that_was_never_confirmed_here_is_nobodys(acme, workspace):
    """Who was invited as somebody else and took their address is not joined by them, nor they by who took it."""
    member(workspace, confirmed=False)
    browser = Client()

    told = refused(come_back(browser, acme))

    assert told.startswith("There is an account for ada@example.com here, but that the address is theirs was never")
    assert who(browser) == ""


def test_unconfirmed_second_address_takes_nobody_in(acme, workspace):
    mallory = member(workspace, "mallory@example.com")
    EmailAddress.objects.create(user=mallory, email="ada@example.com")
    browser = Client()

    refused(come_back(browser, acme))

    assert who(browser) == ""


def test_domain_that_the_settings_name_counts_only_where_the_provider_says_nothing(acme, workspace, settings):
    settings.OIDC = (acme.provider(domains=("example.com",)),)
    member(workspace)
    member(workspace, "ada@example.com.evil.example")
    acme.person["email_verified"] = False
    denied = refused(come_back(Client(), acme))
    del acme.person["email_verified"]
    acme.person["email"] = "ada@example.com.evil.example"
    elsewhere = refused(come_back(Client(), acme))
    acme.person["email"] = "ada@example.com"
    browser = Client()

    come_back(browser, acme)

    assert "proved" in denied and "proved" in elsewhere
    assert who(browser) == "ada@example.com"


@pytest.mark.parametrize("email", [None, "", "no address", 7, "a" * 260 + "@example.com"])
def test_missing_address_is_told(acme, workspace, email):
    member(workspace)
    acme.person["email"] = email

    told = refused(come_back(Client(), acme))

    assert told.startswith("Acme told no e-mail address, so Recette can’t know who you are.")


def test_new_owner_of_an_address_is_not_the_old_one(acme, workspace):
    """What was connected once is known by its subject, so an address that goes to somebody else takes nothing along."""
    user = member(workspace)
    linked(user, acme, "ada-who-left")
    browser = Client()

    answer = come_back(browser, acme)

    assert answer.status_code == 403
    assert "is connected to another account at Acme" in text(answer)
    assert (who(browser), SocialAccount.objects.get().uid) == ("", "ada-who-left")


def test_same_subject_of_another_issuer_is_another_person(acme, workspace):
    SocialAccount.objects.create(
        user=member(workspace, "dana@example.com"), provider="https://old.example", uid=ADA["sub"]
    )
    browser = Client()

    answer = come_back(browser, acme)

    assert (answer.status_code, who(browser)) == (403, "")


def test_account_that_is_switched_off_stays_so(acme, workspace):
    user = member(workspace)
    linked(user, acme)
    User.objects.filter(pk=user.pk).update(is_active=False)
    browser = Client()

    answer = come_back(browser, acme)

    assert (answer.url, who(browser)) == ("/accounts/inactive/", "")


# what a provider may do wrong
AWAY = "Acme doesn’t answer as it should at the moment. Try again soon, or sign in another way."


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("signature", "InvalidSignatureError"),
        ("unsigned", "is signed by none"),
        ("shared key", "is signed by HS256"),
        ("key", "0 of the provider's keys"),
        ("issuer", "InvalidIssuerError"),
        ("audience", "InvalidAudienceError"),
        ("party", "another application"),
        ("expired", "ExpiredSignatureError"),
        ("nonce", "the nonce is that of another sign-in"),
        ("no nonce", "the nonce is that of another sign-in"),
        ("no subject", "MissingRequiredClaimError"),
        ("no id token", "the ID token is no good"),
        ("another's userinfo", "about somebody else"),
        ("mix-up", "another issuer"),
    ],
)
def test_what_cannot_be_trusted_signs_nobody_in(acme, workspace, caplog, wrong, why):
    linked_user = member(workspace)
    acme.wrong = {wrong}
    browser = Client()

    told = refused(come_back(browser, acme))

    assert told == TRUST
    assert why in caplog.text
    assert who(browser) == ""
    assert linked_user.email not in caplog.text


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ("discovery", 403, TRUST),
        ("endpoint", 403, TRUST),
        ("down", 502, AWAY),
        ("moved", 502, AWAY),
        ("no document", 502, AWAY),
    ],
)
def test_way_out_is_not_taken_to_a_provider_in_trouble(acme, workspace, wrong, status, told):
    acme.wrong = {wrong}

    answer = Client().post(START)

    assert refused(answer, status) == told
    assert "/authorize" not in answer.content.decode()


def test_provider_that_falls_silent_on_the_way(acme, workspace):
    browser = Client()
    address = acme.answer(leave(browser))
    acme.wrong = {"down"}

    assert refused(browser.get(address), 502) == AWAY


def test_provider_that_is_gone(acme, workspace, settings):
    settings.OIDC = (acme.provider(issuer="http://127.0.0.1:9"),)

    assert refused(Client().post(START), 502) == AWAY


def test_person_who_stops_there_is_told_and_may_go_on(acme, workspace):
    browser = Client()

    answer = come_back(browser, acme, answer="no", next="/account/")

    assert refused(answer, 422) == "You stopped at Acme, so nothing was done. Try again, or use another way."
    assert 'href="/accounts/login/?next=%2Faccount%2F"' in answer.content.decode()


def test_refusal_of_the_provider_is_told(acme, workspace, caplog):
    told = refused(come_back(Client(), acme, answer="error"), 422)

    assert told.startswith("Acme would not do it. Try again;")
    assert "Acme refused a sign-in: 'invalid_scope'" in caplog.text


OVER = "This sign-in was begun in another browser or more than ten minutes ago, or it is over. Begin again."


def test_answer_counts_only_in_the_browser_that_asked_and_once(acme, workspace):
    member(workspace)
    browser, other = Client(), Client()
    address = acme.answer(leave(browser))

    elsewhere = other.get(address)
    first = browser.get(address)
    browser.post("/accounts/logout/")
    again = browser.get(address)
    bare = browser.get(BACK)

    assert [answer.status_code for answer in (elsewhere, first, again, bare)] == [410, 302, 410, 410]
    assert {answer.context["text"] for answer in (elsewhere, again, bare)} == {OVER}
    assert (who(other), who(browser)) == ("", "")


def test_answer_counts_for_ten_minutes(acme, workspace):
    member(workspace)
    browser = Client()
    address = acme.answer(leave(browser))
    session = browser.session
    for kept in session["socialaccount_states"].values():
        kept[1] -= 601
    session.save()

    assert refused(browser.get(address), 410) == OVER


def test_answer_counts_only_for_the_provider_that_was_asked(acme, workspace, settings):
    settings.OIDC = (acme.provider(), acme.provider(key="other", name="Other", issuer=f"{acme.url}/other"))
    member(workspace)
    browser = Client()
    address = acme.answer(leave(browser))

    answer = browser.get(address.replace("/acme/", "/other/"))

    assert (answer.status_code, who(browser)) == (410, "")


def test_code_of_another_person_opens_nothing(acme, workspace):
    """An attacker's code with one's own state: the proof key is not that of the code."""
    member(workspace)
    browser, attacker = Client(), Client()
    mine, theirs = acme.answer(leave(browser)), acme.answer(leave(attacker))
    code = re.search(r"code=([^&]+)", theirs)[1]

    answer = browser.get(re.sub(r"code=[^&]+", f"code={code}", mine))

    assert refused(answer) == TRUST
    assert who(browser) == ""


def test_tries_are_counted(acme, workspace):
    answers = [Client().post(START).status_code for _try in range(62)]
    back = [Client().get(BACK).status_code for _try in range(62)]

    assert (set(answers[:60]), answers[60:]) == ({200}, [429, 429])
    assert (set(back[:60]), back[60:]) == ({410}, [429, 429])
