"""An authenticator app, recovery codes, and the workspace that wants a second factor of everybody."""

import re
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse
from django_scopes import scope

from builder import seal
from builder.actions import tokens
from builder.actions.errors import Forbidden
from builder.models import AuditEvent, Role
from tests import make
from tests.test_http import views
from tests.web.factors_desk import (
    age_of_sign_in,
    code_of,
    in_browser,
    recovery_codes,
    set_up_app,
    with_password,
    wrong,
)
from tests.web.people import HTMX, browser_of, only, said, statuses, text

pytestmark = pytest.mark.django_db(transaction=True)
INDEX, ASKED = "/accounts/2fa/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


def verbs(workspace) -> list[str]:
    with scope(workspace=workspace):
        return [f"{row.verb} {row.details.get('kind', '')}".strip() for row in AuditEvent.objects.order_by("pk")]


# an app


def test_app_is_set_up_with_a_picture_that_the_content_policy_allows():
    page = in_browser(make.make_user()).get(reverse("mfa_activate_totp")).content.decode()

    assert re.search(r'<svg width="200" [^>]*role="img"[^>]*><rect [^>]*/><path fill="#000" d="M[^"]+"/></svg>', page)
    assert "data:" not in page
    assert "<script>" not in page


def test_app_that_is_set_up_is_asked_for_and_lets_in():
    user = make.make_user()
    secret = set_up_app(in_browser(user))

    browser, asked = with_password(user)
    before = browser.get("/account/").url
    opened = browser.post(ASKED, {"code": code_of(secret)})

    assert (asked.status_code, asked.url) == (302, ASKED)
    assert before == "/accounts/login/?next=/account/"
    assert (opened.status_code, opened.url) == (302, "/")
    assert browser.get("/account/").status_code == 200


def test_code_counts_once():
    user = make.make_user()
    secret = set_up_app(in_browser(user))
    code = code_of(secret)
    with_password(user)[0].post(ASKED, {"code": code})
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")  # as half a minute later

    browser, _asked = with_password(user)
    again = browser.post(ASKED, {"code": code})

    assert again.context["form"].errors == {
        "code": ["This code is wrong, too old or used already. Type the one that your app shows now."]
    }
    assert browser.get("/account/").status_code == 302


@pytest.mark.parametrize(("later", "status"), [(-1, 302), (1, 302), (-3, 200), (3, 200)])
def test_clocks_may_differ_by_half_a_minute(later, status):
    user = make.make_user()
    secret = set_up_app(in_browser(user))
    cache.clear()

    browser, _asked = with_password(user)

    assert browser.post(ASKED, {"code": code_of(secret, later)}).status_code == status


def test_sixth_wrong_code_is_refused_although_it_is_right():
    user = make.make_user()
    secret = set_up_app(in_browser(user))
    browser, _asked = with_password(user)
    for _try in range(5):
        browser.post(ASKED, {"code": wrong(secret)})

    answer = browser.post(ASKED, {"code": code_of(secret)})

    assert answer.context["form"].errors == {
        "code": ["Too many wrong tries. Wait five minutes; after many tries, until tomorrow."]
    }


def test_tries_are_counted_by_the_address_that_our_own_proxy_wrote(settings):
    settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    client = Client()

    def attempt(number: int):
        forged = {"x-forwarded-for": f"10.0.0.{number}, 192.0.2.9"}
        given = {"login": f"nobody{number}@example.com", "password": "wrong, wrong, wrong"}
        return client.post(reverse("account_login"), given, headers=forged)

    answers = [text(attempt(number)) for number in range(4)]

    assert ["Too many tries" in answer for answer in answers] == [False, False, False, True]


def test_founders_door_asks_for_the_second_factor_too():
    """Who posts the first run's form again is let in by a password that fits: not past the app."""
    member = make.make_member()
    set_up_app(in_browser(member.user))
    given = {"name": "x", "email": member.user.email, "password": make.PASSWORD, "workspace_name": "x"}
    browser = Client()

    answer = browser.post(reverse("web:welcome"), {**given, "zone": "UTC", "currency": "EUR"})

    assert (answer.status_code, answer.url) == (302, ASKED)
    assert browser.get("/account/").status_code == 302


def test_secret_is_sealed_where_it_is_kept():
    user = make.make_user()
    secret = set_up_app(in_browser(user))

    rows = {row.type: row.data for row in Authenticator.objects.filter(user=user)}

    assert secret not in str(rows)
    assert seal.unseal(rows["totp"]["secret"], "second factor") == {"secret": secret}
    assert seal.unseal(rows["recovery_codes"]["seed"], "second factor")["secret"]


def test_each_change_is_in_the_book_of_every_workspace_and_told_by_mail():
    user = make.make_user(email="dana@example.com")
    first, second = make.make_workspace(), make.make_workspace()
    for workspace in (first, second):
        make.make_member(workspace=workspace, user=user)
    browser = in_browser(user)

    set_up_app(browser)
    browser.post(reverse("mfa_generate_recovery_codes"))
    browser.post(reverse("mfa_deactivate_totp"))

    done = [
        "member.factor_added totp", "member.factor_added recovery_codes", "member.factor_renewed recovery_codes",
        "member.factor_removed totp", "member.factor_removed recovery_codes",
    ]  # fmt: skip
    assert sorted(verbs(first)) == sorted(verbs(second)) == sorted(done)
    assert [message.subject for message in mail.outbox] == [
        "An app signs you in to Recette", "New recovery codes for Recette", "An app was removed from your account",
    ]  # fmt: skip
    assert {address for message in mail.outbox for address in message.to} == {"dana@example.com"}
    assert "from the address 127.0.0.1" in mail.outbox[0].body


def test_mail_that_cannot_be_sent_keeps_nobody_from_being_safer(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    user = make.make_user()

    set_up_app(in_browser(user))

    assert Authenticator.objects.filter(user=user, type="totp").exists()


# recovery codes


def test_recovery_code_lets_in_once():
    user = make.make_user()
    at_home = in_browser(user)
    set_up_app(at_home)
    code, *others = recovery_codes(at_home)

    opened = with_password(user)[0].post(ASKED, {"code": code})
    again = with_password(user)[0].post(ASKED, {"code": code})

    assert len(others) == 9
    assert (opened.status_code, again.status_code) == (302, 200)
    assert "9 of 10 left" in text(at_home.get(INDEX))


def test_recovery_codes_are_shown_once():
    user = make.make_user()
    browser = in_browser(user)
    set_up_app(browser)
    codes = recovery_codes(browser)
    file = browser.get(reverse("mfa_download_recovery_codes"))
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    row.data["viewed_at"] -= 901
    row.save()

    later = [browser.get(reverse(f"mfa_{name}_recovery_codes")) for name in ("view", "download")]

    assert file.content.decode().split()[-10:] == codes
    assert file["Content-Disposition"].startswith("attachment")
    assert [(answer.status_code, answer.url) for answer in later] == [(302, INDEX), (302, INDEX)]
    assert not any(code in browser.get(INDEX).content.decode() for code in codes)


def test_new_recovery_codes_end_the_old_ones():
    user = make.make_user()
    browser = in_browser(user)
    set_up_app(browser)
    old = recovery_codes(browser)

    browser.post(reverse("mfa_generate_recovery_codes"))

    assert not set(old) & set(recovery_codes(browser))
    assert with_password(user)[0].post(ASKED, {"code": old[0]}).status_code == 200


# a workspace that wants it


def policy(workspace) -> str:
    return reverse("web:settings-two-factor", args=[workspace.slug])


def strict_workspace():
    return make.make_workspace(two_factor=True)


def test_second_factor_is_made_a_must_by_those_who_manage():
    workspace = make.make_workspace()

    asked = statuses(workspace, lambda client: client.post(policy(workspace), {}))

    assert asked == only("owner", "admin", status=302)


def test_second_factor_is_made_a_must_only_by_who_has_one():
    workspace = make.make_workspace()
    owner = browser_of(workspace)

    refused = owner.post(policy(workspace), {"two_factor": "on"})
    workspace.refresh_from_db()
    before = workspace.two_factor
    set_up_app(owner)
    answer = owner.post(policy(workspace), {"two_factor": "on"})

    workspace.refresh_from_db()
    assert refused.status_code == 422
    assert refused.context["safety"].errors == {
        "two_factor": ["Set up a second factor for yourself first: without one you would be kept out, too."]
    }
    assert (before, workspace.two_factor) == (False, True)
    assert said(answer)[-1] == "From now on a second factor is a must."
    assert verbs(workspace)[-1] == "workspace.two_factor_required"


ROOMS = [path for path, _view in views(get_resolver().url_patterns) if path.startswith("w/")]
HOLES = {"int": "1", "slug": "x", "str": "x", "path": "x"}


def filled(path: str, slug: str) -> str:
    path = path.replace("<slug:slug>", slug)
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda hole: HOLES[hole[1] or "str"], path)


def test_no_page_of_a_strict_workspace_is_seen_without_a_second_factor():
    workspace = strict_workspace()
    member = browser_of(workspace)

    answers = {path: member.get(filled(path, workspace.slug)) for path in ROOMS}
    sent = {path: member.post(filled(path, workspace.slug)) for path in ROOMS}

    away = {
        path for path, answer in answers.items() if getattr(answer, "url", "") != INDEX and answer.status_code != 405
    }
    done = {path for path, answer in sent.items() if getattr(answer, "url", "") != INDEX and answer.status_code != 405}
    assert (len(ROOMS) > 80, away, done) == (True, set(), set())


def test_way_into_a_strict_workspace_goes_on_where_one_wanted():
    workspace = strict_workspace()
    member = browser_of(workspace, Role.EDITOR)
    wanted = f"/w/{workspace.slug}/runs/?state=held"

    first = member.get(wanted, follow=True)
    set_up_app(member)
    codes = member.get(reverse("mfa_view_recovery_codes")).content.decode()
    arrived = member.get(wanted)

    assert "lets in only people with a second factor" in text(first)
    assert f'href="{wanted}"' in codes
    assert arrived.status_code == 200
    assert "Go on" not in text(member.get(INDEX))


def test_part_of_a_page_leads_there_as_a_whole():
    workspace = strict_workspace()
    member = browser_of(workspace)

    answer = member.get(f"/w/{workspace.slug}/runs/", headers=HTMX)

    assert answer.headers["HX-Redirect"] == INDEX
    assert member.session["bound_for"] == f"/w/{workspace.slug}/"


def test_stranger_learns_nothing_of_a_strict_workspace():
    assert browser_of(strict_workspace(), "stranger").get(f"/w/{strict_workspace().slug}/").status_code == 404


def test_members_list_tells_managers_who_has_two_factors():
    workspace = make.make_workspace()
    owner, viewer = browser_of(workspace), browser_of(workspace, Role.VIEWER)
    set_up_app(owner)
    url = reverse("web:members", args=[workspace.slug])

    page, theirs = owner.get(url).content.decode(), viewer.get(url).content.decode()

    assert re.findall(r">(Two factors|One factor)<", page) == ["Two factors", "One factor"]
    assert "One factor" not in theirs
    assert "Two factors" in owner.get(reverse("web:team", args=[workspace.slug])).content.decode()


# asked again


def asking_for(url: str) -> str:
    return f"/accounts/reauthenticate/?{urlencode({'next': url})}"


GATED = {
    "web:tokens": {"name": "Nightly job", "scopes": ["view"], "expires": "90"},
    "web:invitations": {"email": "new@example.com", "role": "viewer"},
    "web:settings-two-factor": {},
}


@pytest.mark.parametrize("name", GATED)
def test_what_only_the_person_should_do_waits_for_their_password(name):
    workspace = make.make_workspace()
    owner = browser_of(workspace)
    url = reverse(name, args=[workspace.slug])
    age_of_sign_in(owner, 901)

    asked = owner.post(url, GATED[name])
    before = verbs(workspace)
    wrong_one = owner.post(asked.url, {"password": "not mine, not mine"})
    done = owner.post(asked.url, {"password": make.PASSWORD})

    assert (asked.status_code, asked.url) == (302, asking_for(url))
    assert (before, wrong_one.status_code) == ([], 200)
    assert done.status_code in (200, 302)
    assert len(verbs(workspace)) == (0 if name == "web:settings-two-factor" else 1)


def test_role_is_given_after_the_password_and_not_before():
    workspace = make.make_workspace()
    owner = browser_of(workspace)
    member = make.make_member(workspace=workspace, role=Role.VIEWER)
    url = reverse("web:member-role", args=[workspace.slug, member.pk])
    age_of_sign_in(owner, 901)

    asked = owner.post(url, {"role": "editor"}, headers=HTMX)
    member.refresh_from_db()
    before = member.role
    owner.post(asked.headers["HX-Redirect"], {"password": make.PASSWORD})

    member.refresh_from_db()
    assert (before, member.role) == ("viewer", "editor")


def test_secret_that_was_typed_is_not_kept_while_the_password_is_asked_for(settings):
    workspace = make.make_workspace()
    owner = browser_of(workspace)
    row = make.make_connection(workspace=workspace)
    page = reverse("web:connection", args=[workspace.slug, row.public_id])
    age_of_sign_in(owner, 901)

    asked = owner.post(f"{page}change/", {"token": "a new and secret token"})

    assert (asked.status_code, asked.url) == (302, asking_for(page))
    assert "secret token" not in str(dict(owner.session))


@pytest.mark.parametrize(
    "way", [{"action_add": "", "email": "new@example.com"}, {"action_remove": "", "email": "old@example.com"}]
)
def test_address_is_changed_only_by_who_has_shown_who_they_are(way):
    user = make.make_user(email="main@example.com")
    EmailAddress.objects.create(user=user, email="main@example.com", primary=True, verified=True)
    EmailAddress.objects.create(user=user, email="old@example.com")
    browser = in_browser(user)
    age_of_sign_in(browser, 901)

    answer = browser.post("/accounts/email/", way)

    assert answer.url == asking_for("/accounts/email/")
    assert {row.email for row in EmailAddress.objects.filter(user=user)} == {"main@example.com", "old@example.com"}


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_second_factor_is_changed_only_by_who_has_shown_who_they_are(name):
    browser = in_browser(make.make_user())
    age_of_sign_in(browser, 901)

    answer = browser.get(reverse(name))

    assert answer.url == asking_for(reverse(name))


def test_code_or_passkey_may_be_shown_instead_of_the_password():
    user = make.make_user()
    browser = in_browser(user)
    secret = set_up_app(browser)
    age_of_sign_in(browser, 901)
    onward = reverse("mfa_generate_recovery_codes")

    asked = browser.get(onward)
    page = browser.get(asked.url).content.decode()
    answer = browser.post(f"/accounts/2fa/reauthenticate/?next={onward}", {"code": code_of(secret)})

    assert "Type a code instead" in page
    assert (answer.status_code, answer.url) == (302, onward)
    assert browser.get(onward).status_code == 200


# programs, and who has lost everything


def test_token_of_a_strict_workspace_is_made_only_by_who_has_a_second_factor():
    by = make.make_actor(workspace=strict_workspace())

    with pytest.raises(Forbidden, match="wants a second factor of everybody who makes a token"):
        tokens.create(by, "Nightly job", ["view"])
    set_up_app(in_browser(by.user))

    assert tokens.create(by, "Nightly job", ["view"])[0].name == "Nightly job"


def test_token_goes_on_when_the_workspace_becomes_strict():
    by = make.make_actor()
    _row, plain = tokens.create(by, "Nightly job", ["view"])
    by.workspace.two_factor = True
    by.workspace.save()

    answer = Client().get("/api/v1/me", headers={"authorization": f"Bearer {plain}"})

    assert answer.status_code == 200


def test_server_takes_the_second_factor_of_who_has_lost_it(capsys):
    member = make.make_member()
    set_up_app(in_browser(member.user))

    call_command("second_factor", member.user.email.upper())
    call_command("second_factor", member.user.email, "--remove")
    call_command("second_factor", member.user.email)

    email = member.user.email
    assert capsys.readouterr().out.splitlines() == [
        f"{email} has a second factor. Add --remove to take it.",
        f"{email} signs in with the password alone now, and can set up a new second factor.",
        f"{email} has no second factor.",
    ]
    assert verbs(member.workspace)[-1] == "member.factors_taken"
    assert with_password(member.user)[1].url == "/"
