"""The front door: first run, signing up once, looking around."""

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.models import Connection, Membership, Role, User, Workspace
from tests import make
from tests.web.people import browser_of, only, statuses, text

pytestmark = pytest.mark.django_db

FIRST = {
    "name": "Olive Owner",
    "email": "olive@example.com",
    "password": "seven green bottles",
    "workspace_name": "Lumen Studio",
    "zone": "Europe/Berlin",
    "currency": "EUR",
}


def start(client: Client, **changes: str):
    return client.post(reverse("web:welcome"), {**FIRST, **changes})


def test_first_page_offers_both_ways(client, settings):
    settings.SANDBOX_GHL_URL = settings.SANDBOX_INVOICE_NINJA_URL = "http://127.0.0.1:9"

    page = text(client.get("/"))

    assert "Look around with sample data" in page
    assert "Create my workspace" in page


def test_first_page_without_sandboxes_offers_no_demo(client, settings):
    settings.SANDBOX_GHL_URL = ""

    assert "Look around" not in text(client.get("/"))


def test_first_page_lets_the_browser_guess_the_zone(client):
    page = client.get("/").content.decode()

    assert 'name="zone"' in page
    assert "data-zone" in page
    assert "js/zones.js" in page


def test_founder_is_signed_in_and_led_to_the_two_accounts(client):
    answer = start(client)

    workspace = Workspace.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("web:first-steps", args=[workspace.slug]))
    assert (workspace.name, workspace.zone, workspace.currency) == ("Lumen Studio", "Europe/Berlin", "EUR")
    assert client.session["_auth_user_id"] == str(User.objects.get(email="olive@example.com").pk)
    assert Membership.objects.get().role == Role.OWNER


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Write your name, as colleagues should read it."),
        ("email", "olive@", "This is not an e-mail address. It looks like name@example.com."),
        ("password", "short", "This password is too short. It must contain at least 12 characters."),
        ("workspace_name", "", "Give the workspace a name: the company's or the team's."),
        ("zone", "Mars/Olympus", "There is no time zone “Mars/Olympus”. Choose one from the list."),
        ("currency", "XXX", "“XXX” is not a currency. Choose one from the list, such as EUR."),
    ],
)
def test_mistake_is_told_beside_its_field_and_nothing_is_lost(client, field, value, sentence):
    answer = start(client, **{field: value})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert form.errors[field] == [sentence]
    kept = {name: sent for name, sent in FIRST.items() if name not in (field, "password")}
    assert {name: form[name].value() for name in kept} == kept
    assert not Workspace.objects.exists()


def test_password_is_never_sent_back(client):
    page = start(client, name="").content.decode()

    assert FIRST["password"] not in page


def test_second_click_is_harmless(client):
    start(client)

    answer = start(Client())

    assert (answer.status_code, answer.url) == (302, "/")
    assert answer.wsgi_request.user.email == "olive@example.com"
    assert (Workspace.objects.count(), User.objects.count()) == (1, 1)


def test_sign_up_is_closed_once_there_is_a_workspace(client):
    make.make_member()

    answers = [client.get("/"), client.get(reverse("web:welcome")), start(client)]

    assert [answer.url for answer in answers] == ["/accounts/login/", "/", "/accounts/login/"]
    assert Workspace.objects.count() == 1


def test_demo_leaves_sign_up_open(client):
    make.make_member(workspace=make.make_workspace(demo=True))

    assert "Create my workspace" in text(client.get("/"))
    assert start(client).status_code == 302


def test_looking_around_signs_the_guest_in(client, ghl, ninja):
    answer = client.post(reverse("web:welcome-demo"))

    workspace = Workspace.objects.get()
    assert workspace.demo
    assert answer.url == reverse("web:workspace", args=[workspace.slug])
    assert client.session["_auth_user_id"] == str(Membership.objects.get().user_id)


def test_looking_around_twice_finds_the_same_demo(client, ghl, ninja):
    client.post(reverse("web:welcome-demo"))
    answer = client.post(reverse("web:welcome-demo"))

    assert answer.status_code == 302
    assert (Workspace.objects.count(), User.objects.count()) == (1, 1)


def test_looking_around_where_no_demo_can_be_says_so(client, settings):
    settings.SANDBOX_GHL_URL = ""

    answer = client.post(reverse("web:welcome-demo"))

    assert answer.status_code == 422
    assert "There is no demo on this server. Create your workspace instead." in text(answer)


def test_looking_around_is_over_once_there_is_a_workspace(client):
    make.make_member()

    answer = client.post(reverse("web:welcome-demo"))

    assert answer.url == "/"
    assert not Workspace.objects.filter(demo=True).exists()


def test_founder_keeps_the_demo_and_lands_in_their_own(client):
    demo = make.make_workspace(demo=True, name="Sample studio")
    make.make_member(workspace=demo)

    start(client)

    own = Workspace.objects.get(demo=False)
    page = text(client.get(reverse("web:first-steps", args=[own.slug])))
    assert client.get("/").url == reverse("web:workspace", args=[own.slug])
    assert client.get(reverse("web:recipes", args=[demo.slug])).status_code == 200
    assert Membership.objects.get(workspace=demo, user__email="olive@example.com").role == Role.OWNER
    assert "The demo with its sample data stays in the workspace menu. Open Sample studio" in page
    inside = text(client.get(reverse("web:first-steps", args=[demo.slug])))
    assert "stays in the workspace menu" not in inside


def test_first_page_says_that_the_demo_stays(client):
    before = text(client.get("/"))
    make.make_workspace(demo=True)

    assert "The demo stays" not in before
    assert "The demo stays: you find it in the workspace menu." in text(client.get("/"))


def test_demo_entered_last_is_not_where_one_lands():
    user = make.make_user()
    make.make_member(user=user, workspace=make.make_workspace(slug="own"))
    make.make_member(user=user, workspace=make.make_workspace(slug="demo", demo=True))
    client = Client()
    client.force_login(user)

    assert client.get("/").url == "/w/own/"


def test_owner_looks_around_and_comes_back_to_the_same_demo(ghl, ninja):
    own = make.make_workspace()
    owner, url = browser_of(own), reverse("web:sample-data", args=[own.slug])

    pages = [reverse(f"web:{name}", args=[own.slug]) for name in ("first-steps", "recipes")]
    offered = [owner.get(page).content.decode().count(f'action="{url}"') for page in pages]
    opened = owner.post(url)
    again = owner.post(url)

    demo = Workspace.objects.get(demo=True)
    after = owner.get(pages[1])
    assert offered == [1, 1]  # on the page, and in the workspace menu
    assert [opened.url, again.url] == [reverse("web:workspace", args=[demo.slug])] * 2
    assert Membership.objects.get(workspace=demo).user == after.wsgi_request.user
    assert url not in after.content.decode()
    assert reverse("web:workspace", args=[demo.slug]) in after.content.decode()


def test_sample_data_is_for_owners(ghl, ninja):
    own = make.make_workspace()
    url = reverse("web:sample-data", args=[own.slug])

    found = statuses(own, lambda client: client.post(url))
    page = browser_of(own, Role.ADMIN).get(reverse("web:first-steps", args=[own.slug]))

    assert found == only("owner", status=302)
    assert "Look around with sample data" not in text(page)


def test_sample_data_is_not_offered_where_there_is_none(settings):
    settings.SANDBOX_GHL_URL = ""
    own = make.make_workspace()
    owner = browser_of(own)

    answer = owner.post(reverse("web:sample-data", args=[own.slug]))

    assert answer.status_code == 410
    assert "There is no demo on this server." in text(answer)
    assert "Look around" not in text(owner.get(reverse("web:first-steps", args=[own.slug])))


def test_first_steps_are_for_those_who_connect():
    workspace = make.make_workspace()
    url = reverse("web:first-steps", args=[workspace.slug])

    found = statuses(workspace, lambda client: client.get(url))

    assert found == {"owner": 200, "admin": 200, "editor": 200, "operator": 403, "viewer": 403, "stranger": 404}


def test_first_steps_show_what_is_connected():
    workspace = make.make_workspace()
    make.make_connection(workspace=workspace, connector="ghl")

    page = text(browser_of(workspace).get(reverse("web:first-steps", args=[workspace.slug])))

    assert "Connected Account Lumen Studio Holds 3 records" in page
    assert "Connect Invoice Ninja" in page
    with scope(workspace=workspace):
        assert Connection.objects.count() == 1
