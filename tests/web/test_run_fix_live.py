"""Fix and go on in a real browser: a table is mended where it stands, by keyboard and on a phone."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from builder.models import Recipe, Run, RunStatus, StepStatus
from tests import make
from tests.web import axe
from tests.web.people import sign_in
from tests.web.run_desk import address, client_of
from tests.web.test_run_lists import account, lost_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

WIDTHS = pytest.mark.parametrize("width", [1440, 390])


@pytest.fixture
def run() -> Run:
    """The second of its lines has no price."""
    recipe = make.make_recipe(live=True)
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="…", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "“Price each” must not be empty.", "field": "line_items.1.cost"}
    lines = [{"product_key": "Care plan", "quantity": "1", "cost": "4800.00"}, {"product_key": "Hosting"}]
    given = {"client_id": "Vol1", "line_items": lines}
    row = {"step_id": "sinvoi", "operation": "invoice_ninja.invoices.create"}
    make.make_step_run(run=run, status=StepStatus.FAILED, error=error, input=given, **row)
    return run


@pytest.fixture
def visit(page: Page, live_server: Any, run: Run) -> Any:
    client = Client()
    client.force_login(make.make_member(workspace=run.workspace).user)
    sign_in(page, client, live_server.url)

    def open_(width: int) -> Page:
        page.set_viewport_size({"width": width, "height": 900})
        where = reverse("web:run", args=[run.workspace.slug, run.public_id], query={"step": "sinvoi"})
        page.goto(live_server.url + where)
        return page

    return open_


def draft_of(run: Run) -> dict[str, Any]:
    with scope(workspace=run.workspace):
        return Recipe.objects.get(pk=run.recipe_id).draft["steps"][2]["inputs"]


def fixes_of(run: Run) -> Any:
    run.refresh_from_db()
    return run.fixes


@WIDTHS
def test_table_is_mended_line_by_line_and_what_has_no_place_in_the_recipe_is_told(visit, run, width):
    page = visit(width)
    prices = page.get_by_label("Price each")
    page.get_by_role("button", name="Add line").click()
    expect(page.get_by_label("Item", exact=True).nth(2)).to_be_focused()
    page.keyboard.type("Set-up")
    prices.nth(2).fill("much")
    prices.nth(1).fill("15")
    page.get_by_label("Change it in the recipe too").check()
    page.get_by_role("button", name="Fix and go on").click()

    expect(prices.nth(2)).to_be_focused()
    expect(prices.nth(2)).to_have_accessible_description("“much” isn't a number. Write digits, such as 1250.00.")
    expect(prices.nth(1)).to_have_value("15")
    assert fixes_of(run) is None
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("button", name="Remove line 1 of").click()
    expect(prices).to_have_count(2)
    expect(prices.nth(0)).to_have_value("15")
    prices.nth(1).fill("99")
    page.keyboard.press("Enter")

    expect(page.locator("#toast")).to_contain_text("“Line items” is filled by earlier steps there.")
    expect(page.locator("#toast").get_by_role("link", name="Open the recipe")).to_be_in_viewport()
    lines = [{"product_key": "Hosting", "cost": "15"}, {"product_key": "Set-up", "cost": "99"}]
    assert fixes_of(run) == {"sinvoi": {"line_items": lines}}
    assert draft_of(run)["line_items"] == run.version.tree["steps"][2]["inputs"]["line_items"]


@WIDTHS
def test_recipe_is_changed_too_and_leads_to_publishing(visit, run, width):
    with scope(workspace=run.workspace):
        run.steps.update(input={"client_id": "Vol1", "line_items": [{"product_key": "Deal"}]})
    page = visit(width)
    page.get_by_label("Price each").fill("15")
    page.get_by_label("Change it in the recipe too").press("Space")
    page.get_by_role("button", name="Fix and go on").press("Enter")

    expect(page.locator("#toast")).to_contain_text("still runs the old one until the draft is published")
    assert draft_of(run)["line_items"][0]["cost"] == "15"
    page.locator("#details").get_by_role("link", name="Review and publish").click()
    expect(page).to_have_url(re.compile("/publish/$"))


def test_keys_alone_mend_it(visit, run):
    page = visit(1440)
    page.get_by_label("Price each").nth(1).focus()
    page.keyboard.type("15")
    page.keyboard.press("Enter")

    expect(page.locator("#run-stand")).to_contain_text("Queued")
    lines = [{"product_key": "Care plan", "quantity": "1", "cost": "4800.00"}, {"product_key": "Hosting", "cost": "15"}]
    assert fixes_of(run) == {"sinvoi": {"line_items": lines}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@WIDTHS
def test_axe_finds_nothing_in_the_form(visit, width, scheme):
    page = visit(width)
    page.emulate_media(color_scheme=scheme)
    page.get_by_label("Price each").nth(1).fill("much")
    page.get_by_role("button", name="Fix and go on").click()
    expect(page.get_by_label("Price each").nth(1)).to_be_focused()

    assert axe.violations(page) == []


def test_list_of_the_service_is_chosen_from_and_the_one_behind_it_follows(page, live_server, ghl):
    run = lost_at(account(ghl), pipelineId="gone-one")
    sign_in(page, client_of(run), live_server.url)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + address(run, step="soppor"))
    pipeline, stage = page.get_by_label("Pipeline", exact=True), page.get_by_label(re.compile("^Stage"))
    expect(pipeline.locator("option")).not_to_have_count(1)
    expect(pipeline).to_have_value("gone-one")
    pipeline.select_option(index=1)
    expect(stage.locator("option")).not_to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe.violations(page) == []
    stage.select_option(index=1)
    chosen = {"pipelineId": pipeline.input_value(), "pipelineStageId": stage.input_value()}
    page.get_by_role("button", name="Fix and go on").click()

    expect(page.locator("#run-stand")).to_contain_text("Queued")
    assert fixes_of(run) == {"soppor": chosen}
