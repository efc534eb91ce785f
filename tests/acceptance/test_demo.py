"""The other way in: look around with sample data, make something happen, watch a recipe at work."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse, profile
from tests.acceptance.recette import Recette

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def guest(chromium: Browser, recette: Recette) -> Any:
    with profile(chromium, recette) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Look around with sample data").click()
        expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
        return context.storage_state()


@pytest.fixture
def page(browse: Browse, guest: Any) -> Page:
    opened = browse(guest)
    opened.goto("/")
    return opened


def sandbox(page: Page, service: str) -> None:
    person.navigation(page).get_by_role("link", name="Sandboxes").click()
    page.get_by_role("navigation", name="Sandboxes").get_by_role("link", name=service).click()
    expect(page.get_by_role("heading", name=f"{service}, sandbox")).to_be_visible()


def test_the_demo_shows_recipes_and_runs_at_once(page: Page):
    for name in ("Won deal to draft invoice", "Contact tag to client", "Client onboarding"):
        expect(page.get_by_role("main").get_by_role("link", name=name, exact=True)).to_be_visible()

    person.go(page, "Runs")

    runs = page.get_by_role("table", name="Runs, the newest first")
    expect(runs.get_by_role("row").filter(has_text="Bakery pre-order site")).to_contain_text("Done")
    expect(runs.get_by_role("row").filter(has_text="Filtered out")).to_have_count(1)


def test_a_deal_won_in_the_sandbox_becomes_an_invoice_within_seconds(page: Page, recette: Recette):
    sandbox(page, "HighLevel")
    win = page.get_by_role("complementary", name="Make something happen")
    deal = win.get_by_role("combobox", name="Deal").first
    label = deal.get_by_role("option").filter(has_text="Law firm website").inner_text()
    deal.select_option(label)
    win.get_by_role("button", name="Win a deal").click()

    caused = page.get_by_role("region", name="Runs it set off").get_by_role("listitem").filter(has_text="Law firm")
    expect(caused).to_contain_text("Webhook", timeout=20_000)
    expect(caused).to_contain_text("Done", timeout=20_000)

    sandbox(page, "Invoice Ninja")
    row = page.get_by_role("region", name="Invoices").get_by_role("row").filter(has_text="Larkspur Legal")
    expect(row).to_contain_text("$7,300.00")
    expect(row).to_contain_text("Draft")
    assert [one["amount"] for one in recette.invoices_of("Larkspur Legal")] == [7300]
