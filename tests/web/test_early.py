"""What a person does before a page's scripts have come, in a real browser whose scripts are held back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from builder.models import Membership, Role
from tests import make
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LATE = re.compile(r"/static/(js/(?!early\.)|vendor/.*\.js)")


class Slow:
    """A browser to which no script comes but the early one, until `arrive()`."""

    def __init__(self, page: Page, origin: str, slug: str) -> None:
        self.page, self.origin, self.home = page, origin, f"{origin}/w/{slug}/"
        self.held: list[Route] = []
        self.fate: Callable[[Route], None] = self.held.append
        page.route(LATE, lambda route: self.fate(route))

    def visit(self, address: str) -> Page:
        self.page.goto(f"{self.home}{address}", wait_until="commit")
        expect(self.page.locator("body > template").first).to_be_attached()
        return self.page

    def arrive(self) -> None:
        assert self.page.evaluate("typeof htmx") == "undefined"
        self.let_go(Route.continue_)

    def never_arrive(self) -> None:
        """Nor do those of the next page."""
        self.let_go(Route.abort)

    def let_go(self, fate: Callable[[Route], None]) -> None:
        self.fate = fate
        for route in self.held:
            fate(route)


@pytest.fixture
def desk() -> Desk:
    return make_desk(Role.OWNER)


@pytest.fixture
def slow(page: Page, live_server: Any, desk: Desk) -> Slow:
    sign_in(page, desk.browser, live_server.url)
    return Slow(page, live_server.url, desk.workspace.slug)


def asked(page: Page, method: str) -> list[str]:
    """Addresses of what the page asks for with this method from now on."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.method == method else None)
    return seen


def test_choice_made_before_the_scripts_came_is_sent_once(slow, desk):
    other = make.make_member(workspace=desk.workspace, role=Role.VIEWER, name="Ben Okafor")
    page = slow.visit("team/members/")
    posts = asked(page, "POST")

    page.get_by_role("combobox", name="Role of Ben Okafor").select_option("Editor")
    slow.arrive()

    expect(page.get_by_text("Ben Okafor is Editor now").first).to_be_visible()
    assert Membership.objects.get(pk=other.pk).role == Role.EDITOR
    assert len(posts) == 1


@pytest.mark.parametrize("press", [lambda link: link.click(), lambda link: link.press("Enter")])
def test_link_pressed_early_opens_the_step_in_the_page_that_is_there(slow, desk, press: Callable[..., None]):
    page = slow.visit(f"recipes/{desk.recipe.public_id}/")
    page.evaluate("window.sameAsBefore = true")

    press(page.locator("#step-sinvoi .hit"))
    slow.arrive()

    expect(page.locator("#panel h2")).to_contain_text("Create")
    assert page.evaluate("window.sameAsBefore")
    expect(page).to_have_url(re.compile("step=sinvoi"))


def test_button_pressed_twice_early_opens_its_dialog_once(slow, desk):
    page = slow.visit(f"recipes/{desk.recipe.public_id}/")
    gets = asked(page, "GET")
    button = page.locator("[data-act=add]").last

    button.click()
    button.click()
    slow.arrive()

    expect(page.get_by_role("combobox", name="Search operations")).to_be_focused()
    assert gets.count(f"{slow.origin}{button.get_attribute('href')}") == 1


def test_form_sent_early_is_sent_once(slow, desk):
    page = slow.visit("recipes/new/")
    posts = asked(page, "POST")

    page.get_by_role("textbox", name="Name", exact=True).fill("Slow line")
    page.get_by_role("button", name="Make an empty recipe").click()
    page.get_by_role("button", name="Make an empty recipe").click()
    slow.arrive()

    expect(page.get_by_role("textbox", name="Name of the recipe")).to_have_value("Slow line")
    assert len(posts) == 1


def test_form_without_a_script_goes_out_at_once_and_once(slow):
    """By mouse and script: Playwright's other ways wait until a page that is asked for has come."""
    page = slow.visit("recipes/")
    posts = asked(page, "POST")
    page.route("**/plain/", lambda route: None)  # its answer takes long
    page.evaluate("""document.body.insertAdjacentHTML("afterbegin",
        '<form method="post" action="/plain/"><button>Plain</button></form>')""")
    box = page.get_by_role("button", name="Plain").bounding_box()

    for _ in range(2):
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.wait_for_timeout(300)

    assert posts == [f"{slow.origin}/plain/"]


def test_button_that_only_a_script_answers_is_answered(slow):
    page = slow.visit("recipes/")

    page.get_by_role("button", name="Keyboard").click()
    slow.arrive()

    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_nothing_is_typed_into_text_with_pills_that_its_script_would_draw_over(slow, desk):
    page = slow.visit(f"recipes/{desk.recipe.public_id}/?step=sinvoi&tab=fields")
    sources = page.locator("#panel textarea[data-pills]")

    assert sources.count()
    for source in sources.all():
        expect(source).not_to_be_visible()
    slow.arrive()

    expect(page.locator("#panel [data-editor]:visible").first).to_be_editable()


def test_plain_link_and_another_tab_wait_for_nobody(slow, desk):
    page = slow.visit("recipes/")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Connections").first.click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/connections/", wait_until="commit")
    page.get_by_role("navigation", name="Main").first.get_by_role("link", name="Runs").click()

    page.wait_for_url("**/runs/", wait_until="commit")


def test_of_two_buttons_of_a_form_the_last_one_counts(slow, desk):
    page = slow.visit("team/members/")
    page.evaluate("""document.body.insertAdjacentHTML("beforeend", '<form id="two" hx-post="/two/" method="post">'
        + '<button name="go" value="first">First</button><button name="go" value="second">Second</button></form>')""")

    page.get_by_role("button", name="First").click()
    page.get_by_role("button", name="Second").click()
    with page.expect_request("**/two/") as asked_for:
        slow.arrive()

    assert "go=second" in asked_for.value.post_data


@pytest.mark.parametrize("pressed", ["before", "after"])
def test_page_whose_scripts_never_come_still_works(slow, desk, pressed):
    page = slow.visit("recipes/new/")
    page.get_by_role("textbox", name="Name", exact=True).fill("No script")
    press = page.get_by_role("button", name="Make an empty recipe").click

    if pressed == "before":
        press()
    slow.never_arrive()
    page.wait_for_load_state()
    if pressed == "after":
        press()

    expect(page.get_by_role("textbox", name="Name of the recipe")).to_have_value("No script")
    expect(page.locator("html")).not_to_have_attribute("data-early", "")
