"""Somebody goes, or gives a recipe away: what the page says first, and who has it afterwards."""

import operator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django_scopes import scope, scopes_disabled
from playwright.sync_api import Page, expect

from builder.models import Connection, Membership, Recipe, RecipeState, Run
from builder.runner import letters
from tests import make
from tests.actions.test_handing import asking
from tests.runner.conftest import work
from tests.runner.make import make_hooked, send
from tests.web import axe
from tests.web.accounts_desk import at, workspace
from tests.web.people import HTMX, browser_of, only, said, sign_in, statuses, text

__all__ = ["workspace"]

pytestmark = pytest.mark.django_db
REMEMBER = {"id": "sremem", "kind": "remember", "values": {"who": "{{ trigger.name }}"}}


@pytest.fixture
def owner(workspace: Any) -> Client:
    return browser_of(workspace, name="Olive Owner", email="olive@example.com")


@pytest.fixture
def lena(workspace: Any) -> Membership:
    return make.make_member(workspace=workspace, role="editor", name="Lena Leaver", email="lena@example.com")


def owners(workspace: Any) -> list[str]:
    with scope(workspace=workspace):
        return [str(row.created_by) for row in Recipe.objects.select_related("created_by").order_by("pk")]


def worked() -> None:
    work()
    connections.close_all()


def test_doors(workspace: Any, lena: Membership):
    recipe = make.make_recipe(workspace=workspace)
    urls = {
        "member-remove": at("member-remove", workspace, lena.pk),
        "leave": at("leave", workspace),
        "recipe-owner": at("recipe-owner", workspace, recipe.public_id),
    }

    found = {name: statuses(workspace, operator.methodcaller("get", url)) for name, url in urls.items()}

    assert found == {
        "member-remove": only("owner", "admin"),
        "leave": only("owner", "admin", "editor", "operator", "viewer"),
        "recipe-owner": only("owner", "admin", "editor"),
    }


def test_page_says_what_changes_hands_and_what_ends(workspace: Any, owner: Client, lena: Membership):
    for number in range(7):
        make.make_recipe(workspace=workspace, live=number == 0, created_by=lena.user, name=f"Recipe {number}")
    make.make_connection(workspace=workspace, created_by=lena.user, name="Books")
    make.make_alert_route(workspace=workspace, people=["lena@example.com"])
    make.make_invitation(workspace=workspace, invited_by=lena.user, email="new@example.com")
    make.make_token(by=make.Actor(workspace, lena.user, lena), name="Nightly")
    asking(workspace, "lena@example.com")

    page = owner.get(at("member-remove", workspace, lena.pk))

    words = text(page)
    for sentence in (
        "Remove Lena Leaver?",
        "7 recipes, 1 of them live, which goes on running Recipe 0, Recipe 1, Recipe 2, Recipe 3, Recipe 4 and 2 more",
        "1 connection, which goes on working Books",
        "Alerts that are mailed to lena@example.com The new owner gets them instead.",
        "1 API token stops working at once Nightly",
        "1 invitation that nobody used yet is withdrawn new@example.com",
        "A step of this recipe asks lena@example.com for approval.",
    ):
        assert sentence in words
    assert '<option value="olive@example.com" selected>' in page.content.decode()
    assert "lena@example.com</option>" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 6])
def test_page_costs_the_same_however_much_there_is(
    workspace: Any, owner: Client, lena: Membership, rows: int, django_assert_num_queries: Any
):
    for _number in range(rows):
        make.make_recipe(workspace=workspace, live=True, created_by=lena.user)
        make.make_connection(workspace=workspace, created_by=lena.user)
        asking(workspace, "lena@example.com")

    with django_assert_num_queries(21):
        owner.get(at("member-remove", workspace, lena.pk))


def test_nothing_changes_hands_where_there_is_nothing(workspace: Any, owner: Client):
    viewer = make.make_member(workspace=workspace, role="viewer", name="Vera")

    page = owner.get(at("member-remove", workspace, viewer.pk))
    gone = owner.post(at("member-remove", workspace, viewer.pk))

    assert "No recipe or connection changes hands." in text(page)
    assert 'name="to"' not in page.content.decode()
    assert said(gone) == ["Vera is no longer a member."]


def test_who_is_not_fit_is_told_beside_the_choice(workspace: Any, owner: Client, lena: Membership):
    make.make_recipe(workspace=workspace, created_by=lena.user)
    make.make_member(workspace=workspace, role="viewer", name="Vera", email="vera@example.com")

    answers = [
        owner.post(at("member-remove", workspace, lena.pk), {"to": address}, headers=HTMX)
        for address in ("vera@example.com", "stranger@example.com", make.make_member().user.email)
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert "Vera may not change recipes. Choose an owner, admin or editor." in text(answers[0])
    assert "Nobody with this address is a member any more. Choose somebody from the list." in text(answers[1])
    assert answers[1].content.decode().lstrip().startswith('<form class="dialog small" id="leaving"')
    assert owners(workspace) == ["Lena Leaver"]
    assert Membership.objects.filter(pk=lena.pk).exists()


def test_who_leaves_chooses_who_follows(workspace: Any, owner: Client, lena: Membership):
    make.make_recipe(workspace=workspace, created_by=lena.user)
    make.make_member(workspace=workspace, role="editor", name="Eddie", email="eddie@example.com")
    browser = Client()
    browser.force_login(lena.user)

    page = browser.get(at("leave", workspace))
    left = browser.post(at("leave", workspace), {"to": "eddie@example.com"})

    assert '<option value="olive@example.com" selected>' in page.content.decode()
    assert (left.status_code, left.url, owners(workspace)) == (302, "/", ["Eddie"])


def test_second_click_finds_nobody(workspace: Any, owner: Client, lena: Membership):
    url = at("member-remove", workspace, lena.pk)

    assert [owner.post(url).status_code for _ in range(2)] == [302, 404]


def test_one_recipe_is_handed_over(workspace: Any, owner: Client, lena: Membership):
    recipe = make.make_recipe(workspace=workspace, live=True, name="Won deal")
    url = at("recipe-owner", workspace, recipe.public_id)

    form = owner.get(url, headers=HTMX)
    refused = owner.post(url, {"to": ""}, headers=HTMX)
    done = owner.post(url, {"to": "lena@example.com"})

    assert '<option value="">Choose somebody</option>' in form.content.decode()
    assert refused.status_code == 422
    assert said(done) == ["“Won deal” belongs to Lena Leaver now."]
    assert owners(workspace) == ["Lena Leaver"]
    assert "It belongs to" not in text(owner.get(url))


def test_recipe_of_somebody_who_left_says_so(workspace: Any, owner: Client):
    recipe = make.make_recipe(workspace=workspace, created_by=make.make_user(name="Gone Gale"))

    page = text(owner.get(at("recipe-owner", workspace, recipe.public_id)))

    assert "It belongs to Gone Gale still, who can’t change recipes here any more." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_recipes_of_who_goes_go_on_under_a_new_owner(
    page: Page, live_server: Any, workspace: Any, owner: Client, lena: Membership, width: int
):
    with scopes_disabled():
        recipe = make_hooked(REMEMBER, workspace=workspace)
        Recipe.objects.filter(pk=recipe.pk).update(created_by=lena.user, name="Enquiries")
        make.make_connection(workspace=workspace, created_by=lena.user, name="Books")
        send(recipe, {"name": "before"})
    make.make_member(workspace=workspace, role="admin", name="Ada Admin", email="ada@example.com")
    sign_in(page, owner, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + at("members", workspace))

    page.get_by_role("link", name="Remove Lena Leaver").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 live recipe, which goes on running")).to_be_visible()
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dialog.get_by_label("New owner").select_option(label="Ada Admin (Admin)")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator("#toast").get_by_text("Lena Leaver is no longer a member.")).to_be_visible()
    expect(page.get_by_role("link", name="Remove Lena Leaver")).to_have_count(0)

    with scopes_disabled():
        send(recipe, {"name": "after"})
        with ThreadPoolExecutor(1) as elsewhere:  # the browser's loop runs in this thread
            elsewhere.submit(copy_context().run, worked).result()
        assert list(Run.objects.order_by("pk").values_list("status", flat=True)) == ["done", "done"]
        recipe.refresh_from_db()
        assert (recipe.state, recipe.created_by.name) == (RecipeState.LIVE, "Ada Admin")
        assert Connection.objects.get().created_by.name == "Ada Admin"
        assert letters.readers(recipe) == ["ada@example.com", "olive@example.com"]
    page.goto(live_server.url + at("audit", workspace))
    expect(page.get_by_text("taken over by Ada Admin: 1 recipe, 1 connection")).to_be_visible()
