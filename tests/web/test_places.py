"""Where things stand on the screen, in a real browser: what is current is in sight, and a page is no corner."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from builder.models import Role
from tests import make
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> Desk:
    return make_desk(Role.OWNER)


@pytest.fixture
def visit(page: Page, live_server: Any, desk: Desk) -> Any:
    sign_in(page, desk.browser, live_server.url)

    def open_(address: str, width: int = 1440) -> Page:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{live_server.url}/w/{desk.workspace.slug}/{address}")
        return page

    return open_


@pytest.mark.parametrize("tab", ["team/audit/", "team/tokens/", "team/"])
def test_current_tab_of_the_team_is_in_sight_on_a_phone(visit, tab):
    current = visit(tab, 390).get_by_role("navigation", name="Team").locator("[aria-current]")

    expect(current).to_be_in_viewport(ratio=1)


def test_added_step_opens_at_its_first_field_on_a_phone(visit, desk):
    page = visit(f"recipes/{desk.recipe.public_id}/", 390)

    page.locator("[data-act=add]").last.click()
    page.get_by_role("combobox").fill("invoice ninja create a product")
    page.get_by_role("option", name="Create a product").first.click()

    expect(page.get_by_role("textbox", name="Item")).to_be_focused()


def choose_broken_file(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Half a name")
    page.get_by_text("Or bring one from a file").click()
    page.get_by_label("Recipe file").set_input_files({"name": "won.json", "mimeType": "", "buffer": b'{"format": 1 oh'})
    page.get_by_role("button", name="Import").click()


@pytest.mark.parametrize("own", [True, False], ids=["page", "dialog"])
def test_broken_recipe_file_is_told_beside_it_and_nothing_is_lost(visit, own):
    page = visit("recipes/new/" if own else "recipes/")
    if not own:
        page.get_by_role("link", name="New recipe").first.click()

    choose_broken_file(page)

    expect(page.get_by_role("alert").filter(has_text="This isn't a recipe file")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0 if own else 1)
    expect(page.locator("#new-file")).to_have_count(1)
    expect(page.locator("#new-file")).to_have_value(r"C:\fakepath\won.json")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half a name")


def test_dialog_that_is_a_page_is_left_by_its_links(visit, desk):
    page = visit("recipes/new/")

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


@pytest.mark.parametrize("which", ["recipe", "run", "versions"])
def test_question_mark_lists_the_keys_in_the_studio_too(visit, desk, which):
    run = make.make_run(recipe=desk.recipe)
    one = f"recipes/{desk.recipe.public_id}/"
    page = visit({"recipe": one, "run": f"runs/{run.public_id}/", "versions": f"{one}versions/"}[which])

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard").click()

    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("which", ["publish", "connect", "connect-method", "recipe-new"])
def test_dialog_that_is_a_page_stands_in_its_middle(visit, desk, which, width):
    address = {
        "publish": f"recipes/{desk.recipe.public_id}/publish/",
        "connect": "connections/new/",
        "connect-method": "connections/new/invoice_ninja/token/",
        "recipe-new": "recipes/new/",
    }[which]
    page = visit(address, width)

    room, own = page.locator("#main").bounding_box(), page.locator("#main .dialog").bounding_box()

    assert abs((room["x"] + room["width"] / 2) - (own["x"] + own["width"] / 2)) < 2
    assert own["width"] > room["width"] / 3
    assert own["y"] > room["y"] + 20
