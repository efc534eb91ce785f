"""A colleague comes, works and goes: invited, behind two factors, live from a template, mending what an admin sees on
the dashboard, and gone while the recipe goes on under its new owner."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse
from tests.acceptance.recette import Recette
from tests.web.factors_desk import code_of

pytestmark = pytest.mark.once
RECIPE = "Won deal to draft invoice"


def test_colleague_comes_works_and_goes_and_the_recipe_goes_on(browse: Browse, connected: Any, recette: Recette):
    owner, guest = browse(connected), browse()
    owner.goto("/")
    comes(guest, invited(owner))
    behind_two_factors(guest)

    person.set_up(guest, RECIPE, Which_pipeline="Website projects")
    guest.get_by_role("button", name="Publish").click()
    guest.get_by_role("link", name="See its runs").click()
    recette.win("Kayak hire website")
    held(guest, recette)
    mended(guest, "Kayak hire website")
    assert len(recette.ninja.effects("invoice.created")) == 1

    guest.goto("/account/")  # a page of the workspace would ask for its news in vain
    goes(owner)
    expect(owner.get_by_role("region", name="Recipes")).to_contain_text(f"{RECIPE}")
    recette.win("Law firm website")
    person.open_run(owner, "Law firm website")
    owner.get_by_role("button", name="Let it go on").first.click()
    person.status(owner, "Done")
    assert len(recette.ninja.effects("invoice.created")) == 2
    assert "lumen-studio" not in guest.request.get("/").text()
    assert guest.request.get("/w/lumen-studio/recipes/").status == 404


def invited(page: Page) -> str:
    """The link for an admin to be."""
    person.go(page, "Team")
    page.get_by_role("link", name="Invite").first.click()
    page.get_by_role("textbox", name="E-mail").fill("ben@lumen.example")
    page.get_by_role("combobox", name="Role").select_option("Admin")
    page.get_by_role("main").get_by_role("button", name="Invite").click()
    return page.get_by_role("textbox", name="Invitation link").input_value()


def comes(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Ben Okafor")
    page.get_by_label("Password").fill(person.PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


def behind_two_factors(page: Page) -> None:
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    key = page.get_by_label("Or type this key into it").input_value()
    page.get_by_role("textbox", name="Code", exact=True).fill(code_of(key))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text(re.compile("recovery codes", re.IGNORECASE)).first).to_be_visible()
    page.goto("/")


def held(page: Page, recette: Recette) -> None:
    """Let go on, its invoice is refused."""
    refused = {"message": "The given data was invalid.", "errors": {"date": ["The books of this month are closed."]}}
    recette.ninja.fail({"method": "POST", "path": "/api/v1/invoices", "status": 422, "times": 1, "body": refused})
    page.get_by_role("link", name="Kayak hire website").first.click()
    page.get_by_role("button", name="Let it go on").first.click()
    expect(page.get_by_text("The books of this month are closed").first).to_be_visible()


def mended(page: Page, about: str) -> None:
    """From the dashboard to a run that is done, and nothing left to do there."""
    page.get_by_role("link", name="Recette home").click()
    person.go(page, "Team")
    hand = page.get_by_role("region", name="Needs a hand")
    expect(hand).to_contain_text(f"1 run on hold in {RECIPE}")
    expect(page.get_by_role("region", name="Most common errors")).to_contain_text("The books of this month are closed")
    hand.get_by_role("link").first.click()
    page.get_by_role("link", name=about).first.click()
    page.get_by_role("button", name="Retry").first.click()
    person.status(page, "Done")
    page.get_by_role("link", name="Recette home").click()
    person.go(page, "Team")
    expect(page.get_by_role("region", name="Today")).to_contain_text("None waits for a person")
    expect(hand).to_have_count(0)


def goes(page: Page) -> None:
    person.go(page, "Team")
    page.get_by_role("navigation", name="Team").get_by_role("link", name="Members").click()
    page.get_by_role("link", name=re.compile("Remove.*Ben Okafor")).or_(
        page.get_by_role("button", name=re.compile("Remove.*Ben Okafor"))
    ).first.click()
    dialog = page.get_by_role("dialog", name="Remove Ben Okafor?")
    expect(dialog).to_contain_text("Goes to the new owner")
    expect(dialog.get_by_role("combobox", name="New owner")).to_have_value("anna@lumen.example")
    dialog.get_by_role("button", name="Remove").click()
    person.told(page, "Ben Okafor is no longer a member.")
    person.go(page, "Team")
