"""From an empty installation to a draft invoice and back again, as a person does it, with a worker and both sandboxes.

The parts share one installation and one workspace; each makes what it needs, so each can be run alone.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse, profile
from tests.acceptance.recette import Recette

State = Any
"""What a browser keeps: somebody is signed in."""


@pytest.fixture(scope="module")
def founded(chromium: Browser, recette: Recette) -> State:
    with profile(chromium, recette) as context:
        person.found_workspace(context.new_page())
        return context.storage_state()


@pytest.fixture(scope="module")
def connected(chromium: Browser, recette: Recette, founded: State) -> State:
    with profile(chromium, recette, storage_state=founded) as context:
        page = context.new_page()
        page.goto("/w/lumen-studio/welcome/")
        person.connect_both(page, recette.connect("ghl"), recette.connect("ninja"))
        return founded


@pytest.fixture(scope="module")
def live(chromium: Browser, recette: Recette, connected: State) -> State:
    """The recipe of the main job is live, built by hand."""
    with profile(chromium, recette, storage_state=connected) as context:
        page = context.new_page()
        page.goto("/")
        person.begin(page, "Won deal to invoice")
        person.build_won_deal(page, "Website projects")
        person.publish(page, 1)
        return connected


@pytest.fixture
def page(browse: Browse, live: State) -> Page:
    opened = browse(live)
    opened.goto("/")
    return opened


def test_what_is_wrong_with_an_account_is_said_in_one_sentence(browse: Browse, founded: State, recette: Recette):
    ghl, ninja = recette.connect("ghl"), recette.connect("ninja")
    page = browse(founded)
    page.goto("/w/lumen-studio/connections/")
    page.get_by_role("link", name="Connect an account").first.click()
    page.get_by_role("link", name="Private integration token").click()

    right = {"Location_ID": ghl["location_id"], "Private_integration_token": ghl["token"]}
    for change, address, sentence in (
        ({"Private_integration_token": "pit-wrong"}, ghl["address"], "HighLevel no longer accepts this token"),
        ({"Location_ID": "ve9EPM428h8vShlRW1KT"}, ghl["address"], "This token does not belong to that location"),
        ({}, "http://no-such-host.invalid", "There is no host named no-such-host.invalid"),
    ):
        person.enter_account(page, address, **(right | change))
        expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("link", name="Cancel").click()

    page.get_by_role("link", name="Connect an account").first.click()
    page.get_by_role("link", name="API token").click()
    for token, address, sentence in (
        ("wrong", ninja["address"], "Invoice Ninja doesn't accept the token"),
        (ninja["token"], f"{ninja['address']}/invoices", "There is a web page, but no Invoice Ninja 5"),
        (ninja["token"], "http://127.0.0.1:9", "127.0.0.1 refused the connection"),
    ):
        person.enter_account(page, address, API_token=token)
        expect(page.get_by_text(sentence)).to_be_visible()


def test_a_connection_says_who_it_is(browse: Browse, connected: State):
    page = browse(connected)
    page.goto("/w/lumen-studio/connections/")

    page.get_by_role("link", name="HighLevel: Brightwater Studio").first.click()

    facts = page.get_by_role("region", name="What Recette knows")
    expect(facts).to_contain_text("Brightwater Studio")
    expect(facts).to_contain_text("25 contacts")


def test_a_step_is_tested_with_real_data_before_anything_is_live(browse: Browse, connected: State, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.begin(page, "Try it out")
    person.start_when(page, "won", "An opportunity is won")
    person.tab(page, "Test")
    page.get_by_role("button", name="Find recent records").click()
    page.get_by_role("button", name=re.compile("Bookshop relaunch")).click()
    person.add_step(page, "find or create client", "Find or create a client")
    person.put(page, "Name", "company", "Contact › Company")
    person.reads(page, "Quillfeather Books")
    before = len(recette.ninja.effects())

    person.put(page, "E-mail", "email", "Contact › Email")
    person.reads(page, "desmond@quillfeather.example")
    person.test_with_real_data(page)

    expect(page.get_by_role("status").filter(has_text="It works.")).to_be_visible()
    assert len(recette.ninja.effects()) == before  # the client was there


def test_a_won_deal_becomes_a_draft_invoice_by_polling_alone(page: Page, recette: Recette):
    deal = recette.win("Garden supply web shop")

    person.open_run(page, "Garden supply web shop")

    person.status(page, "Done")
    [invoice] = recette.invoices_of("Ironleaf Garden Supply")
    assert (invoice["amount"], invoice["public_notes"]) == (5150, "Thank you, Mateo")
    assert [line["notes"] for line in invoice["line_items"]] == ["Garden supply web shop"]
    assert len(recette.ninja.effects("invoice.created")) == 1
    expect(page.get_by_role("complementary", name="This run")).to_contain_text("Polling")
    expect(person.look_at(page, 1, "Data out")).to_contain_text(deal)
    expect(person.look_at(page, 4, "Data in")).to_contain_text("Garden supply web shop")
    exchange = person.look_at(page, 4, "Exchange")
    expect(exchange).to_contain_text("/api/v1/invoices")
    expect(exchange).to_contain_text("X-API-TOKEN: hidden")
    for secret in (recette.connect("ghl")["token"], recette.connect("ninja")["token"]):
        assert secret not in page.content()


def test_a_deal_worth_nothing_is_filtered_and_says_why(page: Page, recette: Recette):
    before = len(recette.ninja.effects())

    recette.win("Kayak hire website", value=0)
    person.open_run(page, "Kayak hire website")

    person.status(page, "Filtered out")
    expect(page.get_by_role("link", name=re.compile("Step 2: Only if value is more than 0"))).to_be_visible()
    expect(page.get_by_role("list", name="Steps of this run")).to_contain_text("value is 0, not more than 0")
    assert len(recette.ninja.effects()) == before
