"""A recipe with two paths and a loop is built from nothing, by mouse and by keys alone, and followed in its run."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse
from tests.acceptance.hands import add, begin, go_to, pick, press, tab_to
from tests.acceptance.recette import Recette

pytestmark = pytest.mark.once

BIG, PAID = "Big deals", "Paid deals"


def lane(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem", name=f"Path: {name}", exact=True)


def path(page: Page, number: int) -> Locator:
    return person.panel(page).get_by_role("region", name=f"Path {number}", exact=True)


def condition(page: Page, number: int, amount: str) -> None:
    """The path is for values above the amount."""
    path(page, number).get_by_role("button", name="Add a condition").click()
    expect(person.boxes(path(page, number), "Look at")).to_be_focused()
    person.put_into(page, person.boxes(path(page, number), "Look at"), "value", "Value")
    expect(path(page, number).get_by_role("combobox", name="How to compare")).to_have_value("gt")
    compared = person.boxes(path(page, number), "Compare with")
    expect(compared).to_have_text("0")
    compared.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(amount)
    page.keyboard.press("Tab")


def remember(page: Page, name: str) -> None:
    """In the panel of a step that was just added."""
    person.panel(page).get_by_label("Name of a value").fill(name)
    person.panel(page).get_by_role("button", name="Add", exact=True).click()
    expect(person.field(page, name)).to_be_focused()


def test_two_paths_and_a_loop_are_built_with_the_mouse_and_followed(browse: Browse, connected: Any, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.begin(page, "By mouse")
    person.start_when(page, "won", "An opportunity is won")
    person.add_step(page, "branch", "Choose a path")
    person.panel(page).get_by_label("Name of path 1").fill(BIG)
    condition(page, 1, "10000")
    expect(lane(page, BIG)).to_be_visible()
    person.panel(page).get_by_role("button", name="Add a path").click()
    expect(person.panel(page).get_by_label("Name of path 2")).to_be_focused()
    person.panel(page).get_by_label("Name of path 2").fill(PAID)
    condition(page, 2, "1000")
    expect(person.panel(page).get_by_text(f"With the sample data, the run takes “{PAID}”.")).to_be_visible()

    lane(page, BIG).get_by_role("button", name="Add a step in this path").click()
    person.choose(page, "remember", "Remember")
    remember(page, "size")
    person.say(page, "size", "big")
    lane(page, PAID).get_by_role("button", name="Add a step in this path").click()
    person.choose(page, "loop", "For each")
    person.put(page, "List", "tags", "Contact › Tags")
    person.panel(page).get_by_role("combobox", name="If a step inside fails").select_option("go_on")
    lane(page, "item").get_by_role("button", name="Add a step in this path").click()
    person.choose(page, "remember", "Remember")
    remember(page, "tag")
    person.put(page, "tag", "item", "Item")
    lane(page, "Anything else").get_by_role("button", name="Add a step in this path").click()
    person.choose(page, "finish", "Stop")
    person.say(page, "Message", "Too small")
    page.get_by_role("button", name="Add a step here").last.click()
    person.choose(page, "remember", "Remember")
    remember(page, "end")
    person.say(page, "end", "all paths meet here")
    with page.expect_response("**/draft/commands/"):
        page.keyboard.press("Tab")
    page.reload()
    expect(page.get_by_role("link", name="Step 7: Remember")).to_be_visible()

    person.publish(page, 1)
    recette.win("Bakery pre-order site")
    person.open_run(page, "Bakery pre-order site")
    person.status(page, "Done")
    follow(page)


def follow(page: Page) -> None:
    """The run took the second path, went round twice, and went on behind the join."""
    expect(page.get_by_role("link", name=f"Took “{PAID}”")).to_be_visible()
    expect(page.get_by_role("link", name="Step 3: Remember size. Path not taken")).to_be_visible()
    expect(page.get_by_role("link", name="Step 4: For each")).to_have_accessible_name(
        "Step 4: For each of contact tags. 2 items"
    )
    expect(page.get_by_role("link", name="Step 5: Remember tag. Done 2 times")).to_be_visible()
    expect(page.get_by_role("link", name="Step 6: Stop Too small. Path not taken")).to_be_visible()
    expect(page.get_by_role("link", name="Step 7: Remember end. Done")).to_be_visible()
    expect(person.look_at(page, 7, "Data out").get_by_text("all paths meet here", exact=True)).to_be_visible()


def above(page: Page, amount: str) -> None:
    """With the focus in a path: its condition."""
    tab_to(page, "button", "Add a condition")
    press(page, "Enter")
    expect(page.locator(":focus")).to_have_accessible_name("Look at")
    pick(page, "value")
    expect(page.get_by_role("combobox", name="How to compare").and_(page.locator(":focus"))).to_have_value("gt")
    tab_to(page, "textbox", "Compare with")
    press(page, "Control+a")
    page.keyboard.type(amount)


def note(page: Page, name: str, text: str) -> None:
    """In the panel of a *remember* that was just added."""
    tab_to(page, "textbox", "Name of a value")
    page.keyboard.type(name)
    press(page, "Enter")
    expect(person.field(page, name)).to_be_focused()
    page.keyboard.type(text)


def test_two_paths_and_a_loop_are_built_without_a_mouse(browse: Browse, connected: Any, recette: Recette):
    page = browse(connected)
    page.goto("/")
    begin(page, "By keys", "won", "An opportunity is won")

    add(page, "branch", "Choose a path")
    tab_to(page, "textbox", "Name of path 1")
    press(page, "Control+a")
    page.keyboard.type(BIG)
    above(page, "10000")
    tab_to(page, "button", "Add a path")
    press(page, "Enter")
    expect(person.panel(page).get_by_label("Name of path 2")).to_be_focused()
    press(page, "Control+a")
    page.keyboard.type(PAID)
    above(page, "1000")
    expect(person.panel(page).get_by_text(f"With the sample data, the run takes “{PAID}”.")).to_be_visible()
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 2")).to_be_focused()

    press(page, "ArrowRight")
    go_to(page, "remember", "Remember")
    note(page, "size", "big")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 3")).to_be_focused()
    press(page, "ArrowRight")
    go_to(page, "loop", "For each")
    expect(person.field(page, "List")).to_be_focused()
    pick(page, "tags")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 4")).to_be_focused()
    press(page, "ArrowRight")
    go_to(page, "remember", "Remember")
    tab_to(page, "textbox", "Name of a value")
    page.keyboard.type("tag")
    press(page, "Enter")
    expect(person.field(page, "tag")).to_be_focused()
    pick(page, "item")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 5")).to_be_focused()
    press(page, "ArrowLeft")
    expect(page.get_by_role("link", name="Step 4")).to_be_focused()
    press(page, "Home", "ArrowDown", *["ArrowRight"] * 4)
    go_to(page, "finish", "Stop")
    tab_to(page, "textbox", "Message")
    page.keyboard.type("Too small")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 6")).to_be_focused()
    press(page, "Home", "ArrowDown")
    expect(page.get_by_role("link", name="Step 2")).to_be_focused()
    add(page, "remember", "Remember")
    note(page, "end", "all paths meet here")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 7: Remember end")).to_be_focused()

    expect(person.problems(page)).to_have_count(0)
    press(page, "Control+Enter")
    expect(page.get_by_role("dialog", name="Publish v1")).to_be_visible()
    press(page, "Control+Enter")
    person.told(page, "Version 1 is live.")
    recette.win("Kennel booking pages")
    person.open_run(page, "Kennel booking pages")
    person.status(page, "Done")
    follow(page)
