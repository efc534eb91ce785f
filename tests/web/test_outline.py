"""The outline and the zoom of the editor, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web import axe
from tests.web.editor_desk import Desk, make_desk, opener

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk() -> Desk:
    """Its fifth step has two paths, one of them with a step inside that lacks something; the second is skipped."""
    desk = make_desk()
    desk.edit("add_step", after="sinvoi", kind="paths")
    fork = desk.ids[-1]
    path = desk.step(fork)["paths"][0]["id"]
    ninja = {"operation": "invoice_ninja.invoices.create", "connection": desk.ninja.public_id}
    desk.edit("add_step", after="", path=path, kind="action", **ninja)
    desk.edit("toggle_step", step="sonlyi", skip="true")
    return desk


@pytest.fixture
def visit(page: Page, live_server: Any, desk: Desk) -> Any:
    return opener(page, live_server, desk)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("tree", name="Outline").get_by_role("treeitem", name=name)


def open_with_key(page: Page) -> None:
    page.locator("#step-sinvoi .hit").focus()
    page.keyboard.press("o")


def test_it_lists_every_step_nested_with_what_is_wrong_and_follows_the_selection(visit):
    page = visit("?step=sinvoi")
    page.get_by_text("Outline", exact=True).click()

    rows = page.locator("#outline [role=treeitem]")
    expect(rows).to_have_count(8)
    assert [each.get_attribute("aria-level") for each in rows.all()] == ["1", "1", "1", "1", "1", "2", "3", "2"]
    expect(row(page, "Step 2")).to_have_accessible_name("Step 2: Only if value is more than 0. Skipped")
    expect(row(page, "Step 2").locator("svg")).to_have_count(1)
    expect(row(page, "Step 4")).to_have_attribute("aria-current", "step")
    expect(row(page, "Step 6")).to_have_accessible_name(re.compile("Step 6: Then create an invoice. “Client” is empty"))

    page.locator("#step-sclien .hit").click()

    expect(page.locator("#outline [aria-current]")).to_have_count(1)
    expect(row(page, "Step 3")).to_have_attribute("aria-current", "step")


def test_click_opens_the_step_and_focus_goes_to_its_panel(visit):
    page = visit()
    page.get_by_text("Outline", exact=True).click()

    row(page, "Step 4").click()

    expect(page.locator("#step-sinvoi")).to_have_attribute("data-sel", "")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(page.locator("#outline")).to_have_attribute("open", "")


def test_keys_open_walk_fold_and_leave_it(visit):
    page = visit("?step=sinvoi")
    open_with_key(page)
    expect(row(page, "Step 4")).to_be_focused()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(row(page, "Step 5")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("End")
    expect(row(page, "Step 5")).to_be_focused()  # what is folded is passed by
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(row(page, "Step 6")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row(page, "Path: Path 1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "Path: Path 1")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Home")
    expect(row(page, "Step 1")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.locator("#outline")).not_to_have_attribute("open", "")
    expect(page.locator("#step-sinvoi .hit")).to_be_focused()


def test_only_one_row_is_reached_by_tab_and_enter_opens_its_step(visit):
    page = visit()
    open_with_key(page)
    expect(row(page, "Step 1")).to_be_focused()
    expect(page.locator("#outline [tabindex='0']")).to_have_count(1)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#step-sonlyi")).to_have_attribute("data-sel", "")
    expect(page.locator("#panel h2")).to_be_focused()


def test_selecting_a_folded_step_unfolds_what_is_around_it(visit, desk):
    page = visit()
    page.get_by_text("Outline", exact=True).click()
    row(page, "Step 5").locator("[data-fold]").click()
    expect(row(page, "Step 6")).to_be_hidden()

    page.locator(f"#step-{desk.ids[4]} .hit").click()

    expect(row(page, "Step 6")).to_be_visible()
    expect(row(page, "Step 6")).to_have_attribute("aria-current", "step")


def test_it_stays_open_over_a_reload_and_shows_what_changed(visit, desk):
    page = visit("?step=sinvoi")
    page.get_by_text("Outline", exact=True).click()
    expect(row(page, "Step 4")).to_be_visible()

    page.reload()
    expect(row(page, "Step 4")).to_be_visible()
    page.locator("#step-sclien .hit").focus()
    page.keyboard.press("Control+d")
    expect(row(page, "Step 4")).to_contain_text("find or create a client")
    expect(page.locator("#outline [role=treeitem]")).to_have_count(9)

    page.keyboard.press("o")
    page.reload()
    expect(page.locator("#outline")).not_to_have_attribute("open", "")


def test_outline_and_problems_take_turns(visit):
    page = visit()
    page.get_by_text("Outline", exact=True).click()

    page.locator("#to-fix summary").click()

    expect(page.locator("#outline")).not_to_have_attribute("open", "")
    expect(page.get_by_role("region", name="Problems")).to_be_visible()


def test_on_a_phone_it_lies_in_the_window_closes_on_a_step_and_begins_closed(visit):
    page = visit()
    page.set_viewport_size(PHONE)
    page.get_by_text("Outline", exact=True).click()
    room = page.locator("#outline .outline").bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and room["y"] >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    fix = page.locator("#to-fix")

    row(page, "Step 4").click()

    expect(page.locator("#panel h2")).to_be_visible()
    expect(page.locator("#outline")).not_to_have_attribute("open", "")
    page.get_by_role("button", name="Close step").click()
    fix.locator("summary").click()
    room = fix.locator(".problems").bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390
    page.get_by_text("Outline", exact=True).click()
    page.reload()
    expect(page.locator("#outline")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_it(visit, scheme):
    page = visit("?step=sinvoi")
    page.emulate_media(color_scheme=scheme)
    page.get_by_text("Outline", exact=True).click()
    expect(row(page, "Step 4")).to_be_visible()

    assert axe.violations(page) == []


def test_two_hundred_steps_are_listed_and_a_key_is_answered_at_once(visit, desk):
    body = [{"id": f"sw{at:04}", "kind": "wait", "mode": "for", "amount": "1", "unit": "days"} for at in range(196)]
    recipe = desk.now
    recipe.draft["steps"] += body
    recipe.save()
    page = visit("?step=sinvoi")
    open_with_key(page)
    expect(page.locator("#outline [role=treeitem]")).to_have_count(204)

    page.keyboard.press("End")
    expect(row(page, "Step 202")).to_be_focused()
    took = page.evaluate(
        """() => new Promise((done) => {
            const start = performance.now();
            const seen = new MutationObserver(() => { seen.disconnect(); done(performance.now() - start); });
            seen.observe(document.querySelector("#outline [role=tree]"), { childList: true });
            document.querySelector("#step-sw0007 .ti").firstChild.data = "another name";
        })"""
    )
    page.keyboard.press("Enter")

    expect(page.locator("#step-sw0195")).to_have_attribute("data-sel", "")
    expect(page.locator("#step-sw0195")).to_be_in_viewport()
    assert took < 300


def test_zoom_goes_down_up_to_life_size_and_fits(visit):
    page = visit()
    now, body = page.locator("[data-zoom-now]"), page.locator("body")
    for level in ("80%", "50%", "25%", "25%"):
        body.press("-")
        expect(now).to_have_text(level)
    expect(page.locator("#say")).to_have_text("25%")
    small = page.locator("#step-sinvoi").bounding_box()["width"]

    body.press("0")
    expect(now).to_have_text("100%")
    assert page.locator("#step-sinvoi").bounding_box()["width"] == pytest.approx(small * 4, rel=0.02)

    page.set_viewport_size({"width": 1440, "height": 800})
    for before in ("-", "0"):
        body.press(before)
        body.press("f")
        expect(now).to_have_text("50%")
    dock, flow = page.locator(".dock").bounding_box(), page.locator("#flow").bounding_box()
    assert flow["y"] + flow["height"] <= dock["y"]


def test_zoom_keeps_what_one_works_on_in_sight(visit):
    page = visit("?step=sinvoi")
    page.locator("body").press("+")

    expect(page.locator("[data-zoom-now]")).to_have_text("125%")
    expect(page.locator("#step-sinvoi")).to_be_in_viewport()
