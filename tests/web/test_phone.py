"""What people do on a phone of 390 px besides what test_parts.py shows: in the editor, with versions, runs, events."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from builder.models import EventKey, Recipe, RecipeState, Role, Run, RunStatus, StepStatus
from tests import make
from tests.runner.conftest import wait_for
from tests.web.editor_desk import make_desk
from tests.web.people import browser_of, sign_in
from tests.web.test_parts import PHONE, box, fits, over_sandboxes, panel, visiting
from tests.web.test_pausing import paused, workspace
from tests.web.test_shadows import make_ran

__all__ = ["over_sandboxes", "paused", "workspace"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def visit(page: Page, live_server: Any) -> Any:
    return visiting(page, live_server)


def inside(page: Page, part: Any) -> bool:
    expect(part).to_be_visible()
    room = part.bounding_box()
    return room["x"] >= 0 and room["x"] + room["width"] <= PHONE["width"] and fits(page)


def test_sample_real_write_dead_pill_and_value_map(visit, over_sandboxes, ninja):
    desk = over_sandboxes
    desk.edit("set_field", step="sinvoi", field="po_number", value="No. {{ sgone0.id }} of today")
    desk.edit("add_step", after="sinvoi", kind="action", operation="tools.table.look_up")
    table = desk.ids[-1]

    # a sample is chosen
    page = visit(desk, "?step=trigger&tab=test")
    page.get_by_role("button", name="Find recent records").click()
    record = panel(page).locator(".picks button").first
    assert inside(page, record)
    record.click()
    expect(panel(page)).to_contain_text("Sample chosen")

    # a pill whose step is gone gives way to the value that is chosen
    page.goto(re.sub(r"\?.*", "?step=sinvoi&tab=fields", page.url))
    number = box(page, "PO number")
    expect(page.locator("#f-po_number-notes")).to_contain_text("which isn't in the recipe. Choose the value again.")
    number.locator(".pill[data-state=gone]").click()
    picker = page.locator("#picker")
    assert inside(page, picker)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        picker.get_by_role("option").first.click()
    expect(number.locator(".pill")).to_have_count(1)
    expect(number.locator(".pill[data-state=gone]")).to_have_count(0)
    expect(page.locator("#savebar")).to_contain_text("aved")
    assert re.fullmatch(r"No\. \{\{ [^}]+ \}\} of today", desk.step("sinvoi")["inputs"]["po_number"])

    # a real write says what it does and where, and does it
    before = len(ninja.effects())
    told = f"is really carried out in {desk.ninja.name}"
    for step in ("sclien", "sinvoi"):
        page.goto(re.sub(r"\?.*", f"?step={step}&tab=test", page.url))
        expect(panel(page)).to_contain_text(told)
        page.get_by_role("button", name="Test this step").click()
        asked = page.get_by_role("dialog")
        expect(asked).to_contain_text(told)
        assert inside(page, asked.locator(".dialog"))
        asked.get_by_role("button", name="Test with real data").click()
        expect(panel(page)).to_contain_text("It works.")
        assert fits(page)
    assert len(ninja.effects()) > before

    # one value for another
    page.goto(re.sub(r"\?.*", f"?step={table}&tab=fields", page.url))
    for at, (given, gives) in enumerate((("Retainer", "Monthly"), ("Project", "Once"))):
        page.get_by_role("button", name="Add line").click()
        line = panel(page).get_by_role("group", name=f"Line {at + 1}", exact=True)
        editors = line.locator("[data-editor]")
        expect(editors.first).to_be_focused()
        page.keyboard.type(given)
        editors.nth(1).click()
        page.keyboard.type(gives)
        assert inside(page, line)
    panel(page).get_by_role("heading").first.click()
    expect(page.locator("#savebar")).to_contain_text("aved")
    expect(panel(page)).to_contain_text("2 lines")
    rows = [{"from": "Retainer", "to": "Monthly"}, {"from": "Project", "to": "Once"}]
    wait_for(lambda: desk.step(table)["inputs"]["rows"] == rows)


def test_shadow_replay_and_the_way_back_to_a_version(visit):
    desk = make_desk(Role.OWNER, live=True)
    make_ran(desk, 100, 200)
    desk.edit("set_field", step="sclien", field="website", value="https://{{ trigger.value }}.example")
    page = visit(desk)
    page.locator("#publish").click()
    shadow = page.locator("#shadow")
    expect(shadow).to_contain_text("2 of the last 2 events would come to something else.")
    expect(shadow).to_contain_text("https://200.example")
    assert inside(page, shadow)
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Publish")).last.click()
    expect(page.locator("#savebar")).to_contain_text("Live v2")

    page.get_by_role("button", name="More of this recipe").click()
    page.get_by_role("link", name="Versions").click()
    page.get_by_text("1 change", exact=True).click()
    assert fits(page)
    page.locator(".versions").get_by_role("button").last.click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Version 3 becomes what version 1 was, and goes live.")
    assert inside(page, asked.locator(".dialog"))
    asked.get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="v3")).to_be_visible()
    assert desk.now.live.number == 3 and not desk.step("sclien")["inputs"].get("website")


def test_kept_events_many_runs_an_event_and_a_customer(page, live_server, workspace, paused):
    recipe = make.make_recipe(workspace=workspace, name="Won deal to draft invoice", live=True)
    told = [{"recipe": recipe.public_id, "name": recipe.name, "because": "Its pipeline is Retainers, not Client work."}]
    event = make.make_event(workspace=workspace, fate="filtered", fate_details=told, data={"name": "Care plan"})
    with scope(workspace=workspace):
        for kind, value in (("email", "mara@example.com"), ("name", "Mara Quill")):
            own = {"kind": kind, "value": value, "value_hash": EventKey.hashed(kind, value)}
            EventKey.objects.create(workspace=workspace, event=event, **own)
    for title in ("Harbor Dental", "Oak & Ember"):
        held = {"status": RunStatus.HELD, "because": "Taken.", "stopped_at": "sclien", "place": [1]}
        run = make.make_run(recipe=recipe, title=title, **held)
        make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED)
    sign_in(page, browser_of(workspace), live_server.url)
    page.set_viewport_size(PHONE)

    def go(name: str, *more: str) -> None:
        page.goto(live_server.url + reverse(f"web:{name}", args=[workspace.slug, *more]))

    # what a paused recipe kept
    go("recipe", paused.public_id)
    page.get_by_role("link", name="Resume").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("2 events were kept")
    assert inside(page, asked.locator(".dialog"))
    asked.get_by_role("button", name="Run all 2").click()
    expect(asked).to_have_count(0)
    with scope(workspace=workspace):
        assert Recipe.objects.get(pk=paused.pk).state == RecipeState.LIVE

    # all runs that fit, after a look at how many
    go("runs")
    page.get_by_role("link", name="Retry all 2").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("2 runs that failed or are on hold fit the list.")
    assert inside(page, asked.locator(".dialog"))
    asked.get_by_role("button", name="Retry 2").click()
    expect(asked).to_contain_text("2 runs go on")
    with scope(workspace=workspace):
        assert Run.objects.filter(recipe=recipe, status=RunStatus.QUEUED).count() == 2

    # why did it not run?
    go("events")
    page.get_by_role("searchbox").first.fill("mara@example.com")
    expect(page.get_by_role("row").filter(has_text="Its pipeline is Retainers")).to_have_count(1)
    assert fits(page)
    page.get_by_role("link", name="Care plan").click()
    expect(page.get_by_role("main")).to_contain_text("Its pipeline is Retainers, not Client work.")
    assert fits(page)

    # everything about one customer
    go("customer")
    page.get_by_role("searchbox").first.fill("mara@example.com")
    page.keyboard.press("Enter")
    expect(page.locator("#entries")).to_contain_text("Care plan")
    expect(page.locator("#entries")).to_contain_text("Its pipeline is Retainers")
    expect(page.get_by_role("main")).to_contain_text("Mara Quill")
    assert fits(page)
