"""The main job with the keyboard alone: nothing here clicks, hovers, or puts the focus anywhere by itself."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse
from tests.acceptance.hands import add, begin, pick, press, tab_to
from tests.acceptance.recette import Recette

pytestmark = pytest.mark.once


def test_a_recipe_is_built_and_published_without_a_mouse(browse: Browse, connected: Any, recette: Recette):
    page = browse(connected)
    page.goto("/")
    begin(page, "By hand", "won", "An opportunity is won")

    add(page, "only if", "Only if")
    tab_to(page, "button", "Add a condition")
    press(page, "Enter")
    expect(person.field(page, "Look at")).to_be_focused()
    pick(page, "value")
    expect(page.get_by_role("combobox", name="How to compare")).to_be_focused()
    page.keyboard.type("is more")
    expect(person.field(page, "Compare with")).to_have_text("0")
    press(page, "Escape")
    expect(page.get_by_role("link", name="Step 2")).to_be_focused()

    add(page, "find or create client", "Find or create a client")
    tab_to(page, "textbox", "^Name$")
    pick(page, "contact company")
    expect(person.field(page, "Name")).to_contain_text("Company")
    tab_to(page, "textbox", "^E-mail")
    pick(page, "contact email")
    expect(person.field(page, "E-mail")).to_contain_text("E-mail")
    press(page, "Escape", "Escape")
    expect(page.get_by_role("link", name="Step 3")).to_be_focused()

    add(page, "invoice ninja create invoice", "Create an invoice")
    tab_to(page, "link", "Use a value", keys="Shift+Tab")
    press(page, "Enter")
    expect(person.field(page, "Client")).to_be_focused()
    pick(page, "client id")
    expect(person.field(page, "Client")).to_contain_text("ID")
    tab_to(page, "button", "Add line")
    press(page, "Enter")
    expect(person.field(page, "Item")).to_be_focused()
    page.keyboard.type("Project")
    tab_to(page, "textbox", "Price each")
    pick(page, "opportunity value")
    person.reads(page, "Project, 1 × $4,850.50")

    press(page, "Control+Enter")
    dialog = page.get_by_role("dialog", name="Publish v1")
    expect(dialog).to_be_visible()
    press(page, "Control+Enter")
    person.told(page, "Version 1 is live.")

    recette.win("Garden supply web shop")
    press(page, "g", "u")
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Garden supply web shop")).to_be_visible()
    tab_to(page, "link", "Garden supply web shop")
    press(page, "Enter")
    person.status(page, "Done")
    assert [row["amount"] for row in recette.invoices_of("Ironleaf Garden Supply")] == [5150]
