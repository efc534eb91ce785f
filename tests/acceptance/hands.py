"""What a person does who has no mouse: keys, and what they lead to."""

import re

from playwright.sync_api import Page, expect

from tests.acceptance import person

FAR = 80
"""Tab presses after which something counts as out of reach."""


def focused(page: Page) -> tuple[str, str]:
    """Role and name of what has the focus, as a screen reader would say them."""
    line = page.locator(":focus").aria_snapshot().split("\n")[0]
    found = re.match(r"""- '?(\w+)(?: "(.*?)")?""", line)
    return (found[1], found[2] or "") if found else ("", line)


def tab_to(page: Page, role: str, name: str, keys: str = "Tab") -> None:
    passed = []
    for _ in range(FAR):
        page.keyboard.press(keys)
        if page.locator(":focus").count():
            at = focused(page)
            if at[0] == role and re.search(name, at[1]):
                return
            passed.append(at)
    raise AssertionError(f"no {role} “{name}” within {FAR} presses of {keys}: {passed}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def pick(page: Page, search: str) -> None:
    """Out of the picker that `{` opens; the focus is back in the field then."""
    page.keyboard.press("{")
    expect(page.get_by_role("combobox", name="Search values")).to_be_focused()
    page.keyboard.type(search)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Insert data")).to_be_hidden()


def settled(page: Page) -> None:
    """After a choice: the chooser is gone and the focus is in the panel."""
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#panel :focus")).to_have_count(1)


def begin(page: Page, name: str, search: str, trigger: str) -> None:
    """From the recipes' page: a new recipe with its trigger. The focus is on its first card then."""
    press(page, "n")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    page.keyboard.type(name)
    press(page, "Enter")
    expect(page.get_by_role("textbox", name="Name of the recipe")).to_have_value(name)
    tab_to(page, "link", "^Step 1")
    press(page, "Enter")
    tab_to(page, "button", "Choose a trigger")
    press(page, "Enter")
    _choose(page, search, trigger)
    press(page, "Escape")
    expect(page.get_by_role("link", name="Step 1")).to_be_focused()


def add(page: Page, search: str, operation: str) -> None:
    """With the focus on a card: a step after it."""
    page.keyboard.press("a")
    _choose(page, search, operation)


def go_to(page: Page, search: str, operation: str) -> None:
    """With the focus on the button of an empty lane: a step in it."""
    expect(page.get_by_role("button", name="Add a step in this path").and_(page.locator(":focus"))).to_have_count(1)
    page.keyboard.press("Enter")
    _choose(page, search, operation)


def _choose(page: Page, search: str, operation: str) -> None:
    expect(page.get_by_role("combobox", name="Search operations")).to_be_focused()
    page.keyboard.type(search)
    page.keyboard.press("Enter")
    expect(person.panel(page).get_by_role("heading", name=operation)).to_be_visible()
    settled(page)
