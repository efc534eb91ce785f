"""On paper, without motion, and at 200 %: in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from builder.models import Recipe, RunStatus
from tests.web.people import sign_in
from tests.web.run_desk import client_of
from tests.web.test_run_canvas import recipe, run_of

__all__ = ["recipe"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PRESSED = ".skip, button, .btn, input:not([type=hidden]), select, textarea, [role=button], [role=tab]"
CUT = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const { overflowX, overflowY } = getComputedStyle(each);
  if (!each.checkVisibility() || each.closest(".vh, svg") || each.matches(".trunc")) return false;
  return (overflowY !== "visible" && each.scrollHeight > each.clientHeight + 1)
    || (overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1);
}).map((each) => each.className || each.tagName)"""
"""What hides a part of what is in it."""
MOVES = """() => [...document.querySelectorAll("*")].flatMap((each) => [null, "::before", "::after"].map((part) => {
  const { animationName, transitionDuration } = getComputedStyle(each, part);
  const longest = Math.max(...transitionDuration.split(",").map(parseFloat));
  return animationName !== "none" || longest > 0.001 ? `${each.className} ${part} ${animationName} ${longest}` : "";
})).filter(Boolean)"""
BEYOND = """(room) => {
  const found = [];
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const all = document.querySelector(room).querySelectorAll(kinds);
  if (all.length < 5) return ["hardly anything"];
  for (const each of all) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled || each.closest(".vh, .skip")) continue;
    each.scrollIntoView({ block: "center", inline: "center" });
    const { x, y, width, height } = each.getBoundingClientRect();
    const [over, down] = [x + width / 2, y + height / 2];
    const there = document.elementFromPoint(over, down);
    const own = each.closest("label, .step") ?? each;
    if (x >= -1 && x + width <= innerWidth + 1 && there && (own.contains(there) || there.contains(each))) continue;
    found.push(`${each.outerHTML.slice(0, 160)} under ${there?.className}`);
  }
  return found;
}"""
"""What can't be brought where it can be pressed."""


@pytest.fixture
def half(chromium: Any, live_server: Any) -> Iterator[Page]:
    """A window of 1440 × 900 at 200 %."""
    context = chromium.new_context(viewport={"width": 720, "height": 450}, device_scale_factor=2, locale="en-GB")
    yield context.new_page()
    context.close()


def test_text_and_run_are_whole_on_paper_and_nothing_is_there_to_press(page, live_server, recipe: Recipe):
    run = run_of(recipe, RunStatus.FAILED)
    sign_in(page, client_of(run), live_server.url)
    at = [recipe.workspace.slug]
    titles = ["an opportunity is won", "of contact tags", "create an invoice"]

    for address, fold in (
        (reverse("web:recipe-text", args=[*at, recipe.public_id]), False),
        (reverse("web:run", args=[*at, run.public_id]), True),
    ):
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(live_server.url + address)
        if fold:
            page.locator("[data-act=fold]").last.click()
            expect(page.locator("#step-slater")).to_be_hidden()
            assert page.evaluate(CUT) != []
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
        for title in titles:
            expect(page.get_by_text(title).locator("visible=true").first).to_be_visible()
        expect(page.get_by_text(recipe.name).locator("visible=true")).to_have_count(1)
        assert [each.inner_text() for each in page.locator(PRESSED).locator("visible=true").all()] == []
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 718
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"

    expect(page.locator("#step-slater")).to_be_visible()  # what was folded, too
    expect(page.locator("#timeline")).to_be_visible()
    expect(page.locator("#details")).to_contain_text("The number has already been taken.")
    expect(page.locator("#run-stand")).to_contain_text("Failed at 5")


def test_nothing_moves_for_who_asks_for_that(page, live_server, recipe: Recipe):
    run = run_of(recipe, RunStatus.RUNNING)
    sign_in(page, client_of(run), live_server.url)
    at = [recipe.workspace.slug]
    page.goto(live_server.url + reverse("web:run", args=[*at, run.public_id]))
    expect(page.locator(".spin").first).to_be_visible()
    assert page.evaluate(MOVES) != []

    page.emulate_media(reduced_motion="reduce")
    for name, more in (("run", [run.public_id]), ("recipe", [recipe.public_id]), ("runs", []), ("recipes", [])):
        page.goto(live_server.url + reverse(f"web:{name}", args=[*at, *more]))
        assert page.evaluate(MOVES) == []
        assert page.evaluate("document.getAnimations().filter((each) => each.playState === 'running').length") == 0


def test_at_two_hundred_percent_nothing_lies_beyond_reach(half, live_server, recipe: Recipe):
    run = run_of(recipe, RunStatus.FAILED)
    sign_in(half, client_of(run), live_server.url)
    at = [recipe.workspace.slug]
    places = {"recipe": [recipe.public_id], "run": [run.public_id], "runs": [], "templates": []}

    for name, more in places.items():
        half.goto(live_server.url + reverse(f"web:{name}", args=[*at, *more]))
        assert half.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert half.evaluate(BEYOND, "body") == [], name
    for name, query in (("recipe", "?step=slater"), ("run", "?step=sinner")):  # the panel covers the flow
        half.goto(live_server.url + reverse(f"web:{name}", args=[*at, *places[name]]) + query)
        expect(half.locator(".panel h2")).to_be_visible()
        assert half.evaluate(BEYOND, ".panel") == [], f"{name}, its panel"
        assert half.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
