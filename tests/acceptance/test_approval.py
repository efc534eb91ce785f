"""Somebody is asked by a run and answers on a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse
from tests.acceptance.recette import Recette
from tests.web import axe

pytestmark = pytest.mark.once


def test_run_waits_for_a_yes_that_is_given_on_a_phone(browse: Browse, connected: Any, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.begin(page, "With a question")
    person.start_when(page, "won", "An opportunity is won")
    person.add_step(page, "approve", "Ask for approval")
    person.panel(page).get_by_role("checkbox", name="Anna Keller").check()
    person.put(page, "What it is about", "name", "Name")
    expect(page.get_by_role("link", name="Step 2: Ask anna@lumen.example")).to_be_visible()
    expect(person.problems(page)).to_have_count(0)
    assert axe.violations(page) == []
    person.publish(page, 1)
    recette.win("Bakery pre-order site")
    person.open_run(page, "Bakery pre-order site")
    person.status(page, "Waits until")
    page.get_by_role("link", name="Step 2:").click()
    href = page.get_by_role("link", name="Open the question").get_attribute("href") or ""

    phone = browse(connected, viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto(href)
    expect(phone.get_by_role("heading", name="Please decide")).to_be_visible()
    expect(phone.get_by_role("main").get_by_text("Bakery pre-order site").first).to_be_visible()
    assert axe.violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    approve = phone.get_by_role("button", name="Approve")
    assert (approve.bounding_box() or {})["height"] >= 44
    phone.get_by_label("Note").fill("Looks good")
    approve.tap()
    expect(phone.get_by_text("Approved by Anna Keller")).to_be_visible()
    assert axe.violations(phone) == []

    person.status(page, "Done")
    expect(page.get_by_role("link", name="Step 2:")).to_have_accessible_name("Step 2: Ask anna@lumen.example. Done")
    expect(page.get_by_text("Approved by Anna Keller: Looks good.")).to_be_visible()
