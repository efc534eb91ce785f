"""From an empty installation to a draft invoice and back again, as a person does it, with a worker and both sandboxes.

The parts share one installation and one workspace; each makes what it needs, so each can be run alone. The way to a
run, and on after a failure, is gone on both databases, the rest on one.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import person
from tests.acceptance.acts import watch
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
def acts() -> list[str]:
    """What it took to connect both accounts."""
    return []


@pytest.fixture(scope="module")
def connected(chromium: Browser, recette: Recette, founded: State, acts: list[str]) -> State:
    with profile(chromium, recette, storage_state=founded) as context:
        watch(context, acts)
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


@pytest.mark.once
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


@pytest.mark.once
def test_a_connection_says_who_it_is(browse: Browse, connected: State):
    page = browse(connected)
    page.goto("/w/lumen-studio/connections/")

    page.get_by_role("link", name="HighLevel: Brightwater Studio").first.click()

    facts = page.get_by_role("region", name="What Recette knows")
    expect(facts).to_contain_text("Brightwater Studio")
    expect(facts).to_contain_text("25 contacts")


@pytest.mark.once
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

    person.put(page, "E-mail", "email", "Contact › E-mail")
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


@pytest.mark.once
def test_a_deal_worth_nothing_is_filtered_and_says_why(page: Page, recette: Recette):
    before = len(recette.ninja.effects())

    recette.win("Kayak hire website", value=0)
    person.open_run(page, "Kayak hire website")

    person.status(page, "Filtered out")
    expect(page.get_by_role("link", name=re.compile("Step 2: Only if value is more than 0"))).to_be_visible()
    expect(page.get_by_role("list", name="Steps of this run")).to_contain_text("value is 0, not more than 0")
    assert len(recette.ninja.effects()) == before


def test_a_failed_step_is_explained_and_the_run_goes_on_from_there(page: Page, recette: Recette):
    refused = {"message": "The given data was invalid.", "errors": {"date": ["The books of this month are closed."]}}
    recette.ninja.fail(
        {"method": "POST", "path": "/api/v1/invoices", "status": 422, "times": 1, "body": refused},
    )
    before = len(recette.ninja.effects("invoice.created"))

    recette.win("Law firm website")
    person.open_run(page, "Law firm website")
    person.status(page, "On hold")
    expect(page.get_by_text("The books of this month are closed.").first).to_be_visible()
    assert recette.invoices_of("Larkspur Legal") == []

    page.get_by_role("button", name="Retry").first.click()
    person.status(page, "Done")
    assert [row["amount"] for row in recette.invoices_of("Larkspur Legal")] == [7300]
    assert len(recette.ninja.effects("invoice.created")) == before + 1

    clients = len(recette.ninja.effects("client.created"))
    page.get_by_role("button", name="Run again from the start").click()
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()
    person.status(page, "Done")
    expect(page.get_by_role("list", name="Steps of this run")).to_contain_text("Found by its e-mail address")
    assert len(recette.ninja.effects("client.created")) == clients
    assert len(recette.invoices_of("Larkspur Legal")) == 2


@pytest.mark.once
def test_a_recipe_is_paused_changed_published_again_and_rolled_back(browse: Browse, connected: State, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.set_up(page, "Contact tag to client", Which_tag="vip")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Publish")).to_be_hidden()
    page.get_by_role("link", name="Open in the editor").click()
    switch = page.get_by_role("switch", name="Recipe is live")
    expect(switch).to_be_checked()

    switch.click()
    expect(switch).not_to_be_checked()
    page.get_by_role("link", name="Step 2:").click()
    person.say(page, "Private notes", " Handle with care.")
    person.reads(page, "Comes from HighLevel. Handle with care.")
    person.publish(page, 2, note="A word for the cooks")
    expect(switch).to_be_checked()

    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_text("A word for the cooks")).to_be_visible()
    page.wait_for_load_state()  # before its scripts are there, the browser's own question comes
    page.get_by_role("button", name="Go back to v1").click()
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    expect(page.get_by_role("heading", name="v3")).to_be_visible()


@pytest.mark.once
@pytest.mark.parametrize(
    ("template", "answers", "steps"),
    [
        ("Won deal to draft invoice", {"Which_pipeline": "Care plans", "Only_deals": "100"}, 9),
        ("Contact tag to client", {"Which_tag": "referral"}, 6),
        ("Client onboarding", {"Which_tag": "onboarding", "Set-up_fee": "250"}, 9),
    ],
)
def test_a_template_asks_a_few_questions_and_is_ready(
    browse: Browse, connected: State, template: str, answers: dict[str, str], steps: int
):
    page = browse(connected)
    page.goto("/")

    person.set_up(page, template, **answers)

    expect(page.get_by_role("list", name="Steps in order").get_by_role("article")).to_have_count(steps)
    page.get_by_role("link", name="Open in the editor").click()
    expect(page.get_by_text("Draft").first).to_be_visible()
    expect(page.get_by_role("link", name="Publish v1", exact=True)).to_be_visible()  # nothing to fix


def test_a_newcomer_comes_to_the_first_run_within_25_acts(
    browse: Browse, connected: State, recette: Recette, acts: list[str]
):
    page = browse(connected)
    done = watch(page.context, [*acts])
    page.goto("/")

    person.set_up(page, "Won deal to draft invoice", Which_pipeline="Care plans")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="See its runs").click()
    recette.win("Care plan, Copperkettle")
    page.get_by_role("link", name="Care plan, Copperkettle").first.click()
    page.get_by_role("button", name="Let it go on").click()

    person.status(page, "Done")
    assert len(acts) < len(done) <= 25, done


@pytest.mark.once
def test_a_tag_makes_a_client_and_later_changes_it(browse: Browse, connected: State, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.begin(page, "Tag to client")
    person.start_when(page, "tag", "A contact gets a tag")
    person.panel(page).get_by_role("combobox", name="Tag").select_option("client")
    person.add_step(page, "create or update client", "Create or update a client")
    person.put(page, "Name", "company", "Company")
    person.put(page, "E-mail", "email", "E-mail")
    person.put(page, "Phone", "phone", "Phone")
    person.reads(page, "+4915112345678")
    person.publish(page, 1)

    contact = next(row for row in recette.records("ghl", "contacts") if row.get("companyName") == "Old Mill Ceramics")
    recette.ghl.post("/_sandbox/do", {"do": "add_tag", "id": contact["id"], "tag": "client"})
    person.open_run(page, "Wilhelmina Stroud")

    person.status(page, "Done")
    [client] = [row for row in recette.records("ninja", "clients") if row["name"] == "Old Mill Ceramics"]
    assert client["contacts"][0]["email"] == contact["email"]


@pytest.mark.once
def test_the_owner_sees_and_changes_who_works_here(page: Page, browse: Browse):
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Team").click()
    expect(page.get_by_role("region", name="Today")).to_contain_text("Runs today")
    expect(page.get_by_role("region", name="Recipes")).to_contain_text("Won deal to invoice")
    expect(page.get_by_role("region", name="Requests")).to_contain_text("Invoice Ninja")

    page.get_by_role("link", name="Invite").first.click()
    page.get_by_role("textbox", name="E-mail").fill("ben@lumen.example")
    page.get_by_role("combobox", name="Role").select_option("Viewer")
    page.get_by_role("main").get_by_role("button", name="Invite").click()
    link = page.get_by_role("textbox", name="Invitation link").input_value()

    guest = browse()
    guest.goto(link)
    guest.get_by_label("Your name").fill("Ben Okafor")
    guest.get_by_label("Password").fill(person.PASSWORD)
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
    expect(guest.get_by_role("link", name="New recipe")).to_have_count(0)

    page.get_by_role("navigation", name="Team").get_by_role("link", name="Members").click()
    page.get_by_role("combobox", name=re.compile("Ben Okafor")).select_option("Editor")
    person.told(page, "Ben Okafor is Editor now")
    guest.reload()
    expect(guest.get_by_role("link", name="New recipe").first).to_be_visible()

    page.get_by_role("navigation", name="Team").get_by_role("link", name="Audit log").click()
    for words in ("Ben Okafor", "Won deal to invoice", "Brightwater Studio"):
        expect(page.get_by_role("main")).to_contain_text(words)


# Browsers


@pytest.mark.once
def test_back_and_reload_lead_where_one_was(page: Page):
    page.get_by_role("link", name="Won deal to invoice").first.click()
    page.get_by_role("link", name="Step 3:").click()
    person.tab(page, "Options")

    page.reload()
    expect(person.panel(page).get_by_role("tab", name="Options", selected=True)).to_be_visible()

    page.go_back()
    expect(person.panel(page).get_by_role("tab", name="Fields", selected=True)).to_be_visible()
    page.go_back()
    expect(person.panel(page)).to_be_hidden()
    page.go_back()
    expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()


@pytest.mark.once
def test_a_double_click_makes_one_thing(browse: Browse, connected: State):
    page = browse(connected)
    page.goto("/w/lumen-studio/recipes/new/")
    page.get_by_role("textbox", name="Name", exact=True).fill("Clicked twice")

    page.get_by_role("button", name="Make an empty recipe").dblclick()

    expect(page.get_by_role("textbox", name="Name of the recipe")).to_have_value("Clicked twice")
    page.get_by_role("link", name="All recipes").click()
    expect(page.get_by_role("link", name="Clicked twice")).to_have_count(1)
