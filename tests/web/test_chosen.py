"""Several steps chosen at once in the builder, in a real browser."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import axe
from tests.web.editor_desk import Desk, make_desk, opener

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def desk() -> Desk:
    """After its three steps a fork with an invoice in the first path, and a step after it."""
    desk = make_desk()
    desk.edit("add_step", after="sinvoi", kind="paths")
    fork = desk.ids[-1]
    desk.edit("add_step", after="", path=desk.step(fork)["paths"][0]["id"], kind="stop")
    desk.edit("add_step", after=fork, kind="stop")
    return desk


@pytest.fixture
def visit(page: Page, live_server: Any, desk: Desk) -> Any:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    return opener(page, live_server, desk)


def chosen(page: Page) -> list[str]:
    return [each.get_attribute("id").removeprefix("step-") for each in page.locator("#canvas [data-chosen]").all()]


def test_keys_and_clicks_choose_and_what_is_done_is_done_to_all_of_them_and_taken_back_at_once(visit, desk):
    only, client, invoice, fork, inside, last = desk.ids
    page = visit()
    bar = page.get_by_role("form", name="Chosen steps")
    hit = {each: page.locator(f"#step-{each} .hit") for each in desk.ids}
    expect(bar).to_be_hidden()

    hit[client].focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#say")).to_have_text("2 chosen")
    page.keyboard.press("Shift+ArrowDown")
    assert chosen(page) == [client, invoice, fork]  # with all that is inside it
    page.keyboard.press("Shift+ArrowUp")
    assert chosen(page) == [client, invoice]
    expect(hit[invoice]).to_be_focused()
    expect(hit[client]).to_have_accessible_description("chosen")
    assert axe.violations(page) == []

    # copied, skipped, duplicated: it stays chosen, and what came is chosen after that
    page.keyboard.press("Control+c")
    expect(page.locator("#say")).to_contain_text("opied")
    text = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [step["id"] for step in text["steps"]] == [client, invoice]
    bar.get_by_role("button", name="Skip or use again").click()
    expect(page.locator("#canvas .step[data-state=skipped][data-chosen]")).to_have_count(2)
    hit[invoice].focus()
    page.keyboard.press("Control+d")
    expect(page.locator("#canvas .step")).to_have_count(9)
    copies = chosen(page)
    assert copies == desk.ids[3:5]
    page.keyboard.press("Delete")
    expect(page.locator("#canvas .step")).to_have_count(7)
    expect(bar).to_be_hidden()
    expect(hit[fork]).to_be_focused()
    page.keyboard.press("Control+v")
    expect(page.locator("#canvas .step")).to_have_count(9)
    assert chosen(page) == desk.ids[5:7]  # after the fork
    page.keyboard.press("Control+z")
    expect(page.locator("#canvas .step")).to_have_count(7)
    expect(bar).to_be_hidden()

    # with the mouse: from the first to the second click; from inside a path it is the fork
    hit[only].click(modifiers=["Shift"])
    hit[inside].click(modifiers=["Shift"])
    assert chosen(page) == [only, client, invoice, fork]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    hit[invoice].click(modifiers=["Shift"])
    page.locator(f"#step-{last} .no").click(modifiers=["Shift"])
    assert chosen(page) == [invoice, fork, last]
    bar.get_by_role("button", name="Cut").click()
    expect(page.locator("#canvas .step")).to_have_count(3)
    toast = page.locator("[data-toast]", has_text="3 steps deleted.")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#canvas .step")).to_have_count(7)
    assert desk.ids == [only, client, invoice, fork, inside, last]
    hit[client].click()
    expect(page.locator("#panel h2")).to_be_focused()
    assert chosen(page) == []


def test_on_a_phone_the_menu_begins_and_taps_go_on(visit, desk):
    page = visit()
    page.set_viewport_size({"width": 390, "height": 844})
    bar = page.get_by_role("form", name="Chosen steps")
    page.locator("#step-sclien").get_by_role("button", name="More for step 3").click()
    page.get_by_role("button", name="Choose several").click()

    page.locator("#step-sonlyi .hit").click()

    assert chosen(page) == ["sonlyi", "sclien"]
    expect(page.locator("#panel h2")).to_have_count(0)
    for button in bar.get_by_role("button").all():
        room = button.bounding_box()
        assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and room["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar.get_by_role("button", name="Delete").click()
    expect(page.locator("#canvas .step")).to_have_count(5)
    expect(bar).to_be_hidden()
    page.locator("#step-sinvoi .hit").click()
    expect(page.locator("#panel h2")).to_be_visible()
