"""Installations that were begun at HighLevel, and the page of an agency's locations."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import expect

from builder.models import Agency, Health
from tests import make
from tests.web import axe
from tests.web.accounts_desk import CONNECT, at, kept, known, owner, workspace
from tests.web.people import HTMX, browser_of, only, said, sign_in, statuses, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db
BACK = reverse("web:oauth-callback")
NAMES = ["Brightwater Studio", "Brightwater Portraits", "Brightwater Weddings"]


def code(ghl, **chosen):
    """Of an install that was begun in the marketplace; `company` for the agency."""
    query = f"response_type=code&client_id={known(ghl)['client_id']}&redirect_uri=http://testserver{BACK}"
    return parse_qs(urlsplit(ghl.redirect(f"/v2/oauth/chooselocation?{query}", **chosen)).query)["code"][0]


def fields(ghl, **more):
    return {**{name: known(ghl)[name] for name in ("client_id", "client_secret")}, "base_url": ghl.url, **more}


def confirm(client, url, given, **more):
    """As a person who has the page open."""
    shown = re.findall(r'name="arrival" value="([^"]*)"', client.get(url).content.decode())
    return client.post(url, {**given, "arrival": shown[0]}, **more)


def agency_of(owner, workspace, ghl):
    owner.get(BACK, {"code": code(ghl, company="x")})
    answer = confirm(owner, at("connect-installed", workspace), fields(ghl))
    with scope(workspace=workspace):
        found = Agency.objects.get()
    assert answer.url == at("agency", workspace, found.public_id)
    return answer.url


def test_installation_waits_for_who_signs_in_and_is_exchanged_only_once_they_confirm(workspace, owner, ghl):
    cache.clear()
    stranger, given = Client(), code(ghl)
    away = stranger.get(BACK, {"code": given})
    door = stranger.get(away.url)
    stranger.force_login(browser_of(workspace).get("/account/").wsgi_request.user)
    page = stranger.get(stranger.get(away.url).url)

    calls = len(ghl.calls("POST", "/oauth/token"))
    answer = confirm(stranger, at("connect-installed", workspace), fields(ghl))

    [row] = kept(workspace)
    assert (away.url, door.url) == ("/oauth/install/", "/accounts/login/?next=/oauth/install/")
    assert given not in str(dict(stranger.session)) + page.content.decode()
    assert "Go on only if you have just installed it yourself" in text(page)
    assert calls == 0
    assert answer.url == at("connections", workspace)
    assert (row.method, row.health) == ("app", Health.WELL)


def test_stranger_leaves_little_here_and_not_for_long(workspace, ghl):
    cache.clear()
    strangers = [Client() for _ in range(12)]

    long = strangers[0].get(BACK, {"code": "x" * 513})
    answers = [stranger.get(BACK, {"code": "x" * 512}) for stranger in strangers[1:]]

    assert (long.status_code, "Begin it again" in text(long)) == (400, True)
    assert [answer.status_code for answer in answers] == [302] * 9 + [429] * 2
    assert Session.objects.count() == 10
    assert {client.session.get_expiry_age() for client in strangers[:10]} == {600}


@pytest.mark.parametrize("who", [{"login": "robin@example.com", "password": make.PASSWORD}, {}])
def test_session_is_as_long_as_any_once_they_signed_in(workspace, ghl, settings, who):
    cache.clear()
    person = make.make_user(email="robin@example.com")
    stranger = Client()
    stranger.get(BACK, {"code": "x" * 512})

    if who:
        stranger.post("/accounts/login/", {**who, "remember": "on"})
    else:
        stranger.force_login(person)

    assert stranger.session["_auth_user_id"] == str(person.pk)
    assert stranger.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_who_is_signed_out_comes_back_without_the_code(workspace, owner):
    stranger = Client()

    away = stranger.get(BACK, {"code": "c0de", "state": "s3cret"})

    assert away.url == f"/accounts/login/?next={BACK}"
    assert not stranger.cookies
    assert owner.get(BACK).status_code == 410


def test_known_app_is_offered_and_what_was_typed_stays(workspace, owner, ghl):
    here = at("connect-installed", workspace)
    owner.get(BACK, {"code": code(ghl)})
    wrong = confirm(owner, here, fields(ghl, client_secret="wrong-secret"), headers=HTMX)
    confirm(owner, here, fields(ghl))
    [row] = kept(workspace)
    owner.get(BACK, {"code": code(ghl)})
    page = owner.get(here).content.decode()

    answer = confirm(owner, here, {"keys": row.public_id})

    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["client_secret"]
    assert wrong.context["form"]["client_id"].value() == known(ghl)["client_id"]
    assert "wrong-secret" not in wrong.content.decode()
    assert f'value="{row.public_id}" checked' in page
    assert known(ghl)["client_secret"] not in page
    assert said(answer) == ["Connected to Brightwater Studio, 25 contacts."]
    assert len(kept(workspace)) == 1


def test_installation_that_came_in_another_tab_meanwhile_is_looked_at_first(workspace, owner, ghl):
    here = at("connect-installed", workspace)
    owner.get(BACK, {"code": code(ghl)})
    first = owner.get(here).context["arrival"]
    owner.get(BACK, {"code": code(ghl)})

    forms = [{}, {"arrival": first}, {"arrival": "ünknown"}]
    answers = [owner.post(here, {**fields(ghl), **each}, headers=HTMX) for each in forms]

    assert {answer.status_code for answer in answers} == {422}
    assert all("Another installation has arrived meanwhile" in text(answer) for answer in answers)
    assert kept(workspace) == []
    arrival = answers[0].context["arrival"]
    assert arrival != first
    owner.post(here, {**fields(ghl), "arrival": arrival})
    assert len(kept(workspace)) == 1


def test_code_that_is_over_leads_to_a_new_beginning(workspace, owner, ghl):
    here, again = at("connect-installed", workspace), f'href="{at("connect-method", workspace, "ghl", "app")}"'
    none = owner.get(here)
    owner.get(BACK, {"code": "used-up"})

    spent = confirm(owner, here, fields(ghl), headers=HTMX)

    for page, sentence in (
        (none, "No installation waits here"),
        (spent, "HighLevel doesn't accept this sign-in any more"),
    ):
        assert page.status_code == 410
        assert sentence in text(page)
        assert again in page.content.decode()
    assert owner.get(reverse("web:install")).url == here


def test_person_with_several_workspaces_chooses_one(workspace, owner, ghl):
    person = owner.get("/account/").wsgi_request.user
    other = make.make_member(user=person, role="editor", workspace=make.make_workspace(name="Second Studio")).workspace
    make.make_member(user=person, role="viewer", workspace=make.make_workspace(name="Only looking"))
    page = owner.get(owner.get(BACK, {"code": code(ghl)}).url)

    confirm(owner, at("connect-installed", other), fields(ghl))

    assert "Second Studio" in text(page)
    assert "Only looking" not in text(page)
    assert f'href="{at("connect-installed", other)}"' in page.content.decode()
    assert (len(kept(other)), kept(workspace)) == (1, [])


def test_who_may_not_connect_is_told_so(workspace, ghl):
    viewer = browser_of(workspace, "viewer")

    page = viewer.get(viewer.get(BACK, {"code": code(ghl)}).url)

    assert "in none of your workspaces may you connect accounts" in text(page)
    row = make.make_agency(workspace=workspace)
    for name, more in (("connect-installed", []), ("agency", [row.public_id])):
        asked = statuses(workspace, lambda client, name=name, more=more: client.get(at(name, workspace, *more)))
        assert asked == only(*CONNECT, status=410 if name == "connect-installed" else 200)


def test_agency_s_locations_are_picked_and_connected(workspace, owner, ghl):
    here = agency_of(owner, workspace, ghl)
    page = owner.get(here)
    ids = [row.place.id for row, _, _ in page.context["rows"]]
    found = owner.get(here, {"q": "wedd", "location": ids[:1]}, headers=HTMX)
    nothing, none = owner.post(here), owner.get(here, {"q": "zzz"})

    answer = owner.post(here, {"location": ids[:2]})

    assert [name in text(page) for name in NAMES] == [True] * 3
    assert [name in text(found) for name in NAMES] == [False, False, True]
    assert f'<input type="hidden" name="location" value="{ids[0]}">' in found.content.decode()
    assert "No location that the app is in has “zzz” in its name" in text(none)
    assert (nothing.status_code, "Tick at least one location." in text(nothing)) == (422, True)
    assert answer.url == at("connections", workspace)
    assert said(answer) == [f"Connected to 2 locations: {NAMES[0]}, {NAMES[1]}."]
    assert [row.identity["name"] for row in kept(workspace)] == NAMES[:2]
    assert text(owner.get(here)).count("Connected already") == 2
    assert "2 locations of it are connected" in text(owner.get(at("connections", workspace)))


def test_location_that_can_not_be_connected_stays_ticked_with_its_reason(workspace, owner, ghl):
    here = agency_of(owner, workspace, ghl)
    ids = [row.place.id for row, _, _ in owner.get(here).context["rows"]]
    ghl.fail({"path": f"/locations/{ids[2]}", "status": 500, "times": 9})
    ghl.post("/_sandbox/uninstall", {"location_id": ids[1]})

    answer = owner.post(here, {"location": ids}, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1 location is connected. 2 could not be" in text(answer)
    assert f"{ids[1]} : The app is not in this location any more" in text(answer)
    boxes = re.findall(r'name="location" value="(\w+)"( checked aria-invalid="true" aria-describedby="e-\w+")?', page)
    assert [bool(marked) for _, marked in boxes] == [False, True]


def test_agency_without_the_app_anywhere_or_signed_out_says_what_to_do(workspace, owner, ghl):
    here = agency_of(owner, workspace, ghl)
    for row, _, _ in owner.get(here).context["rows"]:
        ghl.post("/_sandbox/uninstall", {"location_id": row.place.id})
    empty = owner.get(here)
    ghl.post("/_sandbox/uninstall", {})
    over = owner.get(here)
    listed = owner.get(at("connections", workspace))

    answer = owner.post(f"{here}forget/")

    assert "The app is in none of the agency’s locations yet" in text(empty)
    assert "Recette has no access to the agency any more" in text(over)
    assert "Sign in again" in text(over)
    assert "Recette has no access to the agency any more. Sign in again" in text(listed)
    assert f'href="{at("connect-method", workspace, "ghl", "app")}"' in listed.content.decode()
    assert answer.url == at("connections", workspace)
    assert owner.get(here).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_pages_work_by_keyboard_in_a_browser(page, live_server, ghl):
    workspace = make.make_workspace()
    client = browser_of(workspace)
    sign_in(page, client, live_server.url)
    page.goto(f"{live_server.url}{BACK}?code={code(ghl, company='x')}")
    expect(page.get_by_role("heading", name="Finish the installation")).to_be_visible()
    found = axe.violations(page)
    for label, name in (("Client ID", "client_id"), ("Client secret", "client_secret")):
        page.get_by_label(label).fill(known(ghl)[name])
    page.get_by_text("More fields").click()
    page.get_by_label("Address").fill(ghl.url)
    page.get_by_label("Address").press("Enter")
    page.get_by_role("searchbox").fill("Port")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(1)
    page.get_by_role("checkbox").press("Space")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press("Enter")
    everything = page.get_by_label("All of these")
    expect(page.get_by_label(NAMES[1])).to_be_checked()
    expect(everything).to_have_js_property("indeterminate", True)
    everything.press("Space")
    expect(page.get_by_label(NAMES[2])).to_be_checked()
    found += axe.violations(page)
    page.get_by_role("button", name="Connect the ticked").press("Enter")
    expect(page.get_by_role("row", name=NAMES[2])).to_be_visible()

    assert found == []
    assert [row.identity["name"] for row in kept(workspace)] == NAMES
