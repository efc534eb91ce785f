"""The frame: doors, navigation, theme, and what stands there when a page can't."""

from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path, reverse
from django_scopes import get_scope

from builder.actions.errors import Conflict
from builder.models import Capability, Health, Role, RunStatus, Theme
from builder.web import errors
from builder.web.room import room
from builder.web.shell import Shell, release, style_sheets
from tests.make import PASSWORD, make_connection, make_member, make_recipe, make_run, make_user, make_workspace

pytestmark = pytest.mark.django_db
WRONG = "This e-mail address and this password don’t go together. Check both, or choose “Forgot it?”"
TOO_MANY = (
    "Too many tries with a wrong password. Wait a while (after many tries, until tomorrow), or choose “Forgot it?”"
)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def request_of(user, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


# doors


@room(Capability.EDIT)
def kitchen(request, workspace, word="nothing"):
    return HttpResponse(f"{workspace.slug} {request.actor.user.name} {get_scope()['workspace'].slug} {word}")


def test_room_gives_the_view_its_workspace_actor_and_scope():
    member = make_member(role=Role.EDITOR, name="Dana")

    answer = kitchen(request_of(member.user), slug=member.workspace.slug, word="soup")

    slug = member.workspace.slug
    assert answer.content.decode() == f"{slug} Dana {slug} soup"


def test_room_hides_itself_from_a_stranger(client):
    member, stranger = make_member(), make_user()

    answer = signed_in(stranger).get(reverse("web:workspace", args=[member.workspace.slug]))

    assert answer.status_code == 404
    assert "This page isn’t on the menu" in answer.content.decode()
    assert member.workspace.name not in answer.content.decode()


def test_room_tells_a_viewer_who_can_help():
    member = make_member(role=Role.VIEWER)

    answer = kitchen(request_of(member.user), slug=member.workspace.slug)

    assert answer.status_code == 403
    assert "Ask an owner or admin of “Lumen Studio”" in answer.content.decode()


def test_room_turns_an_actions_refusal_into_its_status_and_sentence():
    member = make_member()

    @room()
    def clash(request, workspace):
        raise Conflict("Camille changed this after you.")

    answer = clash(request_of(member.user), slug=member.workspace.slug)

    assert answer.status_code == 409
    assert "Camille changed this after you." in answer.content.decode()


def test_a_page_asks_for_sign_in_and_comes_back(client):
    answer = client.get("/w/lumen/")

    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/w/lumen/")


def test_a_part_asked_for_without_a_session_is_401_and_says_so(client):
    answer = client.get("/w/lumen/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Trigger"], answer.content) == (401, "auth:needed", b"")


def test_every_answer_names_the_release_that_gave_it(client):
    assert client.get("/session/").headers["X-App-Version"] == release()


def test_home_without_any_workspace_says_whom_to_ask():
    answer = signed_in(make_user(email="dana@example.com")).get("/")

    assert answer.status_code == 404
    assert "Ask the owner of a workspace to invite dana@example.com" in answer.content.decode()


def test_home_leads_to_the_newest_workspace():
    user = make_user()
    make_member(user=user, workspace=make_workspace(slug="old"))
    make_member(user=user, workspace=make_workspace(slug="new"))

    assert signed_in(user).get("/").url == "/w/new/"


# the frame


def shell_of(member, path: str = "/") -> Shell:
    request = request_of(member.user, path)
    request.membership = member
    return Shell(request)


class OnlyRunsAndTeam:
    """Addresses of a Recette that has two pages."""

    page = staticmethod(lambda request, slug: HttpResponse())
    pages = [path("w/<slug:slug>/runs/", page, name="runs"), path("w/<slug:slug>/team/", page, name="team")]
    urlpatterns = [path("", include((pages, "web")))]


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.OWNER, ["runs", "team"]),
        (Role.ADMIN, ["runs", "team"]),
        (Role.EDITOR, ["runs"]),
        (Role.VIEWER, ["runs"]),
    ],
)
def test_navigation_shows_pages_that_exist_to_those_who_may_see_them(role, shown, settings):
    settings.ROOT_URLCONF = OnlyRunsAndTeam

    shell = shell_of(make_member(role=role), "/w/somewhere/")

    assert [item.name for item in shell.nav] == shown


def test_navigation_marks_where_one_is(settings):
    settings.ROOT_URLCONF = OnlyRunsAndTeam
    member = make_member()

    shell = shell_of(member, f"/w/{member.workspace.slug}/runs/abc/")

    assert {item.name: item.current for item in shell.nav} == {"runs": True, "team": False}
    assert [item.name for item in shell.tabs] == ["runs"]
    assert [item.name for item in shell.rest] == ["team"]


def test_what_needs_a_hand_is_counted_in_this_workspace_only():
    member = make_member()
    make_run(recipe=make_recipe(workspace=member.workspace, live=True), status=RunStatus.HELD, because="Taken.")
    make_connection(workspace=member.workspace, health=Health.SIGNED_OUT)
    make_run(status=RunStatus.HELD, because="Elsewhere.")

    assert shell_of(member).hands == {"runs": (1, "bad"), "connections": (1, "warn"), "alerts": (0, "warn")}


def test_may_says_what_the_role_allows():
    may = shell_of(make_member(role=Role.OPERATOR)).may

    assert may == {
        "view": True,
        "run": True,
        "edit": False,
        "publish": False,
        "connect": False,
        "members": False,
        "own": False,
    }


def test_demo_says_on_every_page_what_it_is_and_leads_to_ones_own():
    user = make_user()
    demo = make_member(user=user, workspace=make_workspace(demo=True)).workspace
    client, page = signed_in(user), reverse("web:runs", args=[demo.slug])

    alone = client.get(page).content.decode()
    own = make_member(user=user, workspace=make_workspace(name="Harbor Dental")).workspace
    both = client.get(page).content.decode()
    elsewhere = client.get(reverse("web:runs", args=[own.slug])).content.decode()

    note = "This is the demo, with sample data."
    assert note in alone.split('<main id="main"')[1]
    assert alone.count(f'href="{reverse("web:welcome")}"') == 2  # in the note, and in the workspace menu
    assert f'{note} <a class="link" href="/w/{own.slug}/">Open Harbor Dental</a>' in both
    assert reverse("web:welcome") not in both
    assert note not in elsewhere


@pytest.mark.parametrize("workspaces", [1, 3])
def test_the_frame_asks_three_things_however_many_workspaces(workspaces, django_assert_num_queries):
    user = make_user()
    members = [make_member(user=user) for _ in range(workspaces)]
    shell = shell_of(members[0])

    with django_assert_num_queries(3):
        assert (len(shell.workspaces), len(shell.hands), shell.role_word) == (workspaces, 3, "Owner")


def test_style_sheets_come_in_the_order_of_the_layers():
    order = ["reset", "tokens", "base", "layout", "parts", "pages"]
    layers = [sheet.split("/")[1].removesuffix(".css") for sheet in style_sheets()]

    assert layers == sorted(layers, key=order.index)
    assert set(layers) == set(order)


def test_a_page_carries_the_persons_theme():
    member = make_member(theme=Theme.DARK)

    page = signed_in(member.user).get("/ui/").content.decode()

    assert '<html lang="en" data-theme="dark">' in page


def test_theme_is_chosen_and_kept():
    user = make_user()

    answer = signed_in(user).post("/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})

    user.refresh_from_db()
    assert (answer.status_code, user.theme) == (204, Theme.DARK)


def test_theme_refuses_what_it_does_not_know():
    user = make_user()

    answer = signed_in(user).post("/theme/", {"theme": "plaid"})

    user.refresh_from_db()
    assert (answer.status_code, user.theme) == (422, Theme.SYSTEM)
    assert answer.content.decode() == "'plaid' is no theme. There are system, light and dark."


def test_session_says_who_is_there_and_what_the_next_write_needs(client):
    user = make_user()

    away, here = client.get("/session/").json(), signed_in(user).get("/session/").json()

    assert (away["signed_in"], here["signed_in"]) == (False, True)
    assert len(here["token"]) == 64


# when a page can't be shown


def test_a_missing_part_becomes_a_toast():
    answer = signed_in(make_user()).get("/w/nowhere/", headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert answer.content.decode().startswith('<div class="toast"')


def test_our_own_fault_has_a_reference_that_stands_in_the_log_too(caplog):
    answer = errors.own_fault(RequestFactory().get("/w/lumen/runs/"))

    reference = caplog.records[-1].getMessage().rsplit(" ", 1)[1]
    assert answer.status_code == 500
    assert f"<code>{reference}</code>" in answer.content.decode()


def test_our_own_fault_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        errors.own_fault(RequestFactory().get("/"))


def test_a_form_older_than_the_session_is_told_to_reload():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    answer = client.post("/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "This page is older than your session." in answer.content.decode()


# signing in


def test_a_person_signs_in_with_address_and_password(client):
    user = make_user(email="dana@example.com")

    answer = client.post("/accounts/login/", {"login": "Dana@Example.com", "password": PASSWORD})

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_is_explained_on_the_form(client):
    make_user(email="dana@example.com")

    answer = client.post("/accounts/login/", {"login": "dana@example.com", "password": "no"})

    page = answer.content.decode()
    assert '<div class="banner red" role="alert">' in page
    assert 'value="dana@example.com"' in page
    assert WRONG in unescape(page)


def test_wrong_password_says_the_same_of_an_address_that_is_not_there(client):
    answer = client.post("/accounts/login/", {"login": "nobody@example.com", "password": PASSWORD})

    assert WRONG in unescape(answer.content.decode())


def test_too_many_wrong_passwords_say_how_long_to_wait(client):
    make_user(email="dana@example.com")
    wrong = {"login": "dana@example.com", "password": "no"}

    answers = [client.post("/accounts/login/", wrong) for _each in range(6)]

    assert TOO_MANY in unescape(answers[-1].content.decode())


def test_password_box_is_called_so_and_nothing_else(client):
    page = client.get("/accounts/login/").content.decode()

    assert '<label for="id_password">Password</label>' in page
    assert f'href="{reverse("account_reset_password")}">Forgot it?</a>' in page


@pytest.mark.parametrize("door", ["account_login", "account_reset_password", "account_email"])
def test_doors_say_e_mail_as_every_page_does(door):
    client = Client() if door != "account_email" else signed_in(make_user())

    page = client.get(reverse(door)).content.decode()

    assert ">E-mail</label>" in page
    assert "Email" not in page


def test_address_that_is_none_is_told_in_our_words(client):
    answer = client.post("/accounts/login/", {"login": "dana@", "password": "no"})

    assert "This is not an e-mail address. It looks like name@example.com." in answer.content.decode()


def test_nobody_signs_up_uninvited(client):
    answer = client.get("/accounts/signup/")

    assert "Accounts here are made by invitation." in answer.content.decode()


DOORS = ["login", "password_reset", "password_reset_done", "password_reset_from_key_done", "inactive"]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_drawn_in_our_look(client, door):
    names = {"password_reset": "reset_password"}
    page = client.get(reverse(f"account_{names.get(door, door.replace('password_reset', 'reset_password'))}"))

    assert '<main class="gate" id="main"' in page.content.decode()


@pytest.mark.parametrize("door", ["account_change_password", "account_email", "account_logout"])
def test_each_inner_door_is_drawn_in_our_look(door):
    page = signed_in(make_user()).get(reverse(door))

    assert '<main class="gate" id="main"' in page.content.decode()


@pytest.mark.parametrize("main", [True, False], ids=["main confirmed", "none confirmed"])
def test_only_a_confirmed_address_becomes_the_main_one(main):
    user = make_user(email="dana@example.com")
    EmailAddress.objects.create(user=user, email="dana@example.com", primary=True, verified=main)
    other = EmailAddress.objects.create(user=user, email="dee@example.com")
    client, chosen = signed_in(user), {"email": "dee@example.com", "action_primary": ""}

    refused = client.post(reverse("account_email"), chosen)
    user.refresh_from_db()
    before = (user.email, other.primary)
    EmailAddress.objects.filter(pk=other.pk).update(verified=True)
    client.post(reverse("account_email"), chosen)
    user.refresh_from_db()

    assert refused.status_code == 422
    beside = refused.content.decode().split('value="dee@example.com" checked aria-describedby="refused"')[1]
    assert "Confirm the address first: open the link that we sent to it." in beside.split("</p>")[0]
    assert (before, user.email) == (("dana@example.com", False), "dee@example.com")


def test_the_only_address_may_be_the_main_one_unconfirmed():
    user = make_user(email="dana@example.com")
    only = EmailAddress.objects.create(user=user, email="dana@example.com")

    answer = signed_in(user).post(reverse("account_email"), {"email": "dana@example.com", "action_primary": ""})

    only.refresh_from_db()
    assert (answer.status_code, only.primary) == (302, True)


def test_a_forgotten_password_is_replaced_by_mail(client, mailoutbox):
    user = make_user(email="dana@example.com")

    client.post(reverse("account_reset_password"), {"email": "dana@example.com"})
    link = next(line for line in mailoutbox[0].body.splitlines() if line.startswith("http"))
    form = client.get(link, follow=True)
    words = "seven green bottles on a wall"
    client.post(form.redirect_chain[-1][0], {"password1": words, "password2": words})

    user.refresh_from_db()
    assert mailoutbox[0].subject == "A new password for Recette"
    assert user.check_password(words)
