"""Where a person is signed in, and signing out from afar."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from builder.actions import devices
from builder.models import AuditEvent, Membership, User
from builder.web.devices import words
from tests import make
from tests.web.factors_desk import with_password
from tests.web.people import said, text

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox on Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/26.1 Safari/605.1.15": "Safari on Mac",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537 Chrome/142.0.0.0 Mobile Safari/537": "Chrome on Android",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/142.0.0.0 Safari/537 Edg/142.0": "Edge on Windows",
    "curl/8.9": "curl",
    "": "A browser that doesn’t say its name",
}


@pytest.mark.parametrize("agent", AGENTS, ids=AGENTS.values())
def test_browser_is_named_in_words(agent):
    assert words(agent) == AGENTS[agent]


def signed_in_twice():
    """(person, the browser at work, the one at home)"""
    user = make.make_user()
    at_work, at_home = (Client(headers={"user-agent": agent}) for agent in list(AGENTS)[:2])
    for browser in (at_work, at_home):
        with_password(user, client=browser)
    return user, at_work, at_home


def test_page_lists_every_browser_and_marks_this_one():
    _user, at_work, _at_home = signed_in_twice()

    page = text(at_work.get(PAGE))

    assert "Firefox on Windows this one" in page
    assert "Safari on Mac Since" in page
    assert "from 127.0.0.1" in page


def test_one_browser_is_signed_out_from_another():
    user, at_work, at_home = signed_in_twice()
    [other] = UserSession.objects.filter(user=user).exclude(session_key=at_work.session.session_key)

    answer = at_work.post(reverse("session-end", args=[other.pk]))

    assert said(answer) == ["That browser is signed out."]
    assert (at_work.get("/account/").status_code, at_home.get("/account/").status_code) == (200, 302)


def test_all_others_are_signed_out_at_once_and_the_book_says_so():
    member = make.make_member()
    browsers = [with_password(member.user)[0] for _browser in range(3)]

    answer = browsers[0].post(PAGE)

    assert said(answer) == ["2 other browsers are signed out."]
    assert [browser.get("/account/").status_code for browser in browsers] == [200, 302, 302]
    with scope(workspace=member.workspace):
        row = AuditEvent.objects.get(verb="member.devices_signed_out")
    assert row.details == {"number": 2}


def test_nobody_signs_out_the_browser_of_somebody_else():
    _user, _at_work, at_home = signed_in_twice()
    stranger, _answer = with_password(make.make_user())
    theirs = UserSession.objects.get(session_key=at_home.session.session_key)

    answer = stranger.post(reverse("session-end", args=[theirs.pk]))

    assert answer.status_code == 404
    assert at_home.get("/account/").status_code == 200


def test_password_that_is_changed_signs_the_others_out():
    user, at_work, at_home = signed_in_twice()
    new = "another long way to go"

    at_work.post(
        reverse("account_change_password"),
        {"oldpassword": make.PASSWORD, "password1": new, "password2": new},
    )

    assert (at_work.get("/account/").status_code, at_home.get("/account/").status_code) == (200, 302)
    assert len(UserSession.objects.purge_and_list(user)) == 1


def test_browser_is_seen_every_few_minutes_only():
    _user, at_work, _at_home = signed_in_twice()
    row = UserSession.objects.get(session_key=at_work.session.session_key)
    moment = row.last_seen_at

    at_work.get("/account/")
    row.refresh_from_db()
    soon = row.last_seen_at
    session = at_work.session
    session["seen"] -= 301
    session.save()
    at_work.get("/account/")

    row.refresh_from_db()
    assert (soon, row.last_seen_at > moment) == (moment, True)


def test_nobody_stays_signed_in_for_longer_than_a_month():
    _user, at_work, _at_home = signed_in_twice()
    session = at_work.session
    session["seen"] = session["began"] = int(time.time()) - 31 * 24 * 3600
    session.save()

    answer = at_work.get("/account/")

    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert at_work.get("/account/").status_code == 302


def seen_at(workspace):
    with scope(workspace=workspace):
        rows = Membership.objects.filter(workspace=workspace).annotate(at=devices.last_seen("user"))
        return dict(rows.values_list("user__name", "at"))


def test_members_were_seen_last_where_they_were_last():
    workspace, now = make.make_workspace(), timezone.now()
    ada, ben, _eve = (make.make_member(workspace=workspace, name=name).user for name in ("Ada", "Ben", "Eve"))
    for user in (ada, ben):
        with_password(user, client=Client())
    UserSession.objects.filter(user=ada).update(last_seen_at=now + timedelta(hours=2))
    UserSession.objects.filter(user=ben).delete()  # signed out since

    seen = seen_at(workspace)

    assert (seen["Ada"], seen["Eve"]) == (now + timedelta(hours=2), None)
    assert abs(seen["Ben"] - now) < timedelta(minutes=1)


def test_admin_reads_when_each_member_was_seen():
    workspace = make.make_workspace()
    ada = make.make_member(workspace=workspace, name="Ada").user
    make.make_member(workspace=workspace, name="Eve")
    browser = Client()
    with_password(ada, client=browser)
    UserSession.objects.filter(user=ada).update(last_seen_at=timezone.now() - timedelta(minutes=20))
    User.objects.filter(pk=ada.pk).update(last_login=timezone.now() - timedelta(hours=3))

    pages = [text(browser.get(reverse(f"web:{name}", args=[workspace.slug]))) for name in ("team", "members")]

    assert all("20 min ago" in page and "not seen yet" in page for page in pages)
