"""A run waits until something happens at a service, and goes on with what that gives."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acceptance import person
from tests.acceptance.conftest import Browse
from tests.acceptance.recette import Recette
from tests.web import axe

pytestmark = pytest.mark.once

DEAL = "Bakery pre-order site"


def test_run_waits_until_the_contact_answers(browse: Browse, connected: Any, recette: Recette):
    page = browse(connected)
    page.goto("/")
    person.begin(page, "With a wait")
    person.start_when(page, "won", "An opportunity is won")
    person.add_step(page, "happens", "Wait")
    person.panel(page).get_by_role("combobox", name="Wait required").select_option("event")
    expect(person.panel(page).get_by_role("tab", name="App & account")).to_be_visible()
    person.tab(page, "App & account")
    person.panel(page).get_by_role("button", name="Choose an event").click()
    person.choose(page, "message", "A contact sends a message")
    person.put(page, "About", "contact id", "Contact › ID")
    person.add_step(page, "finish", "Stop")
    person.put(page, "Message", "text", "Text")
    expect(page.get_by_role("link", name="Step 2: Wait until a contact sends a message")).to_be_visible()
    expect(person.problems(page)).to_have_count(0)
    assert axe.violations(page) == []

    person.publish(page, 1)
    recette.win(DEAL)
    person.open_run(page, DEAL)
    person.status(page, "Waits until")
    expect(page.get_by_text("It waits until a contact sends a message (about").first).to_be_visible()
    deal = next(row for row in recette.records("ghl", "opportunities") if row["name"] == DEAL)
    said = {"do": "receive_message", "id": deal["contactId"], "text": "Yes, please."}
    recette.ghl.post("/_sandbox/do", said)

    person.status(page, "Done")
    expect(page.get_by_role("listitem").filter(has_text="Stop").get_by_text("Yes, please").last).to_be_visible()
    page.get_by_role("link", name="Step 2:").click()
    expect(page.get_by_text("It happened: A contact sends a message.").first).to_be_visible()
