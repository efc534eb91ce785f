"""Paths and loops folded to their card on the canvas, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import axe
from tests.web.editor_desk import Desk, make_desk, opener

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk() -> Desk:
    """Its fifth step is a fork; in the fork's first path a loop with an invoice that lacks its client."""
    desk = make_desk()
    desk.edit("add_step", after="sinvoi", kind="paths")
    path = desk.step(desk.ids[4 - 1])["paths"][0]["id"]
    desk.edit("add_step", after="", path=path, kind="each")
    ninja = {"operation": "invoice_ninja.invoices.create", "connection": desk.ninja.public_id}
    desk.edit("add_step", after="", path=f"{desk.ids[-1]}-each", kind="action", **ninja)
    return desk


@pytest.fixture
def visit(page: Page, live_server: Any, desk: Desk) -> Any:
    return opener(page, live_server, desk)


def fold(page: Page, step: str) -> Any:
    return page.locator(f"#li-{step} > [data-act=fold]")


def stored(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('recette.fold'))")


def test_fork_is_folded_to_its_card_and_whatever_goes_inside_opens_it(visit, desk):
    fork, loop, inner = desk.ids[-3:]
    page = visit()
    button, nested = fold(page, fork), fold(page, loop)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_have_accessible_name("2 steps inside")

    nested.click()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_have_accessible_name("2 steps inside 2 to fix")
    expect(page.locator(f"#step-{loop}")).to_be_hidden()
    page.reload()
    expect(button).to_have_attribute("aria-expanded", "false")  # kept in this browser
    assert axe.violations(page) == []

    page.locator(f"#step-{fork} .hit").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    expect(page.locator(f"#step-{fork} .hit")).to_be_focused()  # what is folded is passed by
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#step-{loop} .hit")).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(nested).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("c")
    expect(nested).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#say")).to_have_text("Step 6 is unfolded.")
    page.locator(f"#step-{inner} .hit").focus()
    page.keyboard.press("c")
    expect(page.locator(f"#step-{loop} .hit")).to_be_focused()  # never on what can't be seen
    page.locator(f"#step-{fork} .hit").focus()
    page.keyboard.press("c")
    expect(page.locator("#say")).to_have_text("Step 5 is folded.")

    # a field that is saved, a step that comes: drawn again, and still folded
    page.locator("#step-sinvoi .hit").click()
    expect(page.locator("#panel h2")).to_be_focused()
    page.locator("#step-sclien .hit").focus()
    page.keyboard.press("Control+d")
    expect(page.locator("#canvas .step")).to_have_count(8)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator(f"#step-{loop}")).to_be_hidden()

    page.locator("#to-fix summary").click()
    page.locator("#problem-list").get_by_role("link", name="“Client” is empty").click()
    expect(page.locator(f"#step-{inner}")).to_have_attribute("data-sel", "")
    expect(page.locator(f"#step-{inner}")).to_be_visible()
    expect(nested).to_have_attribute("aria-expanded", "true")
    assert stored(page) == []
    button.click()
    page.wait_for_url(lambda url: f"step={inner}" in url)
    page.reload()  # the address names the step inside
    expect(page.locator(f"#step-{inner}")).to_be_visible()

    button.click()
    room = page.locator(f"#in-{fork}")
    expect(room).to_have_attribute("hidden", "until-found")  # what the browser's own search opens
    room.dispatch_event("beforematch")
    expect(button).to_have_attribute("aria-expanded", "true")


def test_on_a_phone_among_two_hundred_steps_it_lies_in_the_window_and_is_quick(visit, desk):
    fork = desk.ids[-3]
    waits = [{"id": f"sw{at:04}", "kind": "wait", "mode": "for", "amount": "1", "unit": "days"} for at in range(190)]
    recipe = desk.now
    recipe.draft["steps"][-1]["otherwise"]["steps"] = waits
    recipe.save()
    page = visit()
    page.set_viewport_size(PHONE)
    button = fold(page, fork)
    expect(button).to_have_accessible_name("192 steps inside")
    page.locator("#step-sw0189 .hit").focus()

    took = page.evaluate(
        """(id) => {
            const start = performance.now();
            document.querySelector(`#li-${id} > [data-act=fold]`).click();
            document.querySelector("#flow").offsetHeight;
            return performance.now() - start;
        }""",
        fork,
    )

    assert took < 300
    expect(page.locator("#step-sw0189")).to_be_hidden()
    expect(page.locator(".fin", has_text="End of recipe")).to_be_in_viewport()
    room = button.bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and room["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("Outline", exact=True).click()
    page.get_by_role("tree").get_by_role("treeitem", name="Step 197").click()
    expect(page.locator("#step-sw0189")).to_be_visible()
    expect(page.locator("#panel h2")).to_be_visible()
