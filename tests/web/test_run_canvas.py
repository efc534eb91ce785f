"""Outline, folds and zoom of a run, in a real browser: the editor's, with what became of each step."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Locator, Page, expect

from builder.models import Recipe, Run, RunStatus, StepStatus
from tests import make
from tests.web import axe
from tests.web.people import sign_in
from tests.web.run_desk import TAKEN, client_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PHONE = {"width": 390, "height": 844}


def action(step_id: str) -> dict[str, Any]:
    return {"id": step_id, "kind": "action", "operation": "invoice_ninja.invoices.create"}


def fork(step_id: str, path: str, first: list[Any], otherwise: list[Any]) -> dict[str, Any]:
    paths = [{"id": path, "name": "A retainer", "conditions": {"match": "all", "rules": []}, "steps": first}]
    return {"id": step_id, "kind": "paths", "paths": paths, "otherwise": {"steps": otherwise}}


@pytest.fixture
def recipe() -> Recipe:
    """Two forks; the first one's second path holds a loop."""
    loop = {"id": "seacha", "kind": "each", "list": "{{ trigger.contact.tags }}", "steps": [action("sinner")]}
    steps = [fork("sforka", "ponexx", [action("saside")], [loop]), fork("sforkb", "ptwoxx", [action("slater")], [])]
    return make.make_recipe(tree=make.make_tree(steps=steps), live=True)


def run_of(recipe: Recipe, status: str) -> Run:
    """It came into the loop; failed, it stands at the step there."""
    failed = {"because": TAKEN["message"], "stopped_at": "sinner"} if status == RunStatus.FAILED else {}
    run = make.make_run(recipe=recipe, status=status, place=[0, 1, 0, 0, 0], title="Harbor Dental", **failed)
    make.make_step_run(run=run, step_id="sforka", kind="paths", output={"path": 1})
    make.make_step_run(run=run, step_id="seacha", kind="each", status=StepStatus.STARTED)
    if failed:
        make.make_step_run(run=run, step_id="sinner", iteration="0", status=StepStatus.FAILED, error=TAKEN)
    return run


@pytest.fixture
def visit(page: Page, live_server: Any, recipe: Recipe) -> Any:
    signed_in = []

    def open_(run: Run) -> Page:
        if not signed_in:
            sign_in(page, client_of(run), live_server.url)
            signed_in.append(True)
        page.goto(live_server.url + reverse("web:run", args=[run.workspace.slug, run.public_id]))
        return page

    return open_


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("tree", name="Outline").get_by_role("treeitem", name=name)


def fold(page: Page, step: str) -> Locator:
    return page.locator(f"li[data-step={step}] > [data-act=fold]")


def test_outline_tells_how_each_step_went_and_no_fold_hides_what_failed_from_who_comes(visit, recipe):
    first, second = run_of(recipe, RunStatus.FAILED), run_of(recipe, RunStatus.FAILED)
    page = visit(first)
    page.locator("#step-sforka .hit").focus()
    page.keyboard.press("o")

    rows = page.locator("#outline [role=treeitem]")
    expect(row(page, "Step 5")).to_have_accessible_name(
        "Step 5: Then create an invoice. Failed. The number has already been taken"
    )
    expect(row(page, "Step 5")).to_have_attribute("aria-current", "step")
    told = [each.locator("[data-state]").all_inner_texts() for each in rows.all()]
    went = ["Done", "Done", "", "Skipped", "", "Running", "Failed", "Not reached", "", "Not reached", ""]
    assert told == [[word] if word else [] for word in went]  # the empty ones are lanes
    expect(rows.locator("[data-state] svg")).to_have_count(7)
    assert axe.violations(page) == []

    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Step 2 in this run")).to_be_visible()
    page.keyboard.press("o")

    # folded: what is inside is counted; another run of the recipe begins with the folds that hide nothing wrong
    page.locator("#step-sforkb .hit").focus()
    page.keyboard.press("c")
    page.locator("#step-sforka .hit").focus()
    page.keyboard.press("c")
    expect(page.locator("#say")).to_have_text("Step 2 is folded.")
    expect(fold(page, "sforka")).to_have_accessible_name(re.compile(r"^3 steps inside\s+1 failed\s+1 running$"))
    expect(page.locator("#step-sinner")).to_be_hidden()
    visit(second)
    expect(fold(page, "sforkb")).to_have_attribute("aria-expanded", "false")
    expect(fold(page, "sforka")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#step-sinner")).to_be_in_viewport()

    page.locator("body").press("-")
    expect(page.locator("[data-zoom-now]")).to_have_text("80%")
    page.locator("body").press("0")

    page.set_viewport_size(PHONE)
    page.reload()
    page.get_by_text("Outline", exact=True).click()
    room = page.locator("#outline .outline").bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and room["y"] >= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row(page, "Step 4").click()
    expect(page.get_by_role("complementary", name="Step 4 in this run")).to_be_visible()
    expect(page.locator("#outline")).not_to_have_attribute("open", "")


def test_fold_stays_while_the_run_goes_on_and_opens_where_it_stops(visit, recipe):
    run = run_of(recipe, RunStatus.RUNNING)
    page = visit(run)
    fold(page, "sforka").click()
    expect(fold(page, "sforka")).to_have_accessible_name(re.compile(r"^3 steps inside\s+1 running$"))

    make.make_step_run(run=run, step_id="sinner", iteration="0", status=StepStatus.STARTED)
    expect(fold(page, "sforka")).to_have_accessible_name(re.compile(r"^3 steps inside\s+2 running$"))
    expect(page.locator("#step-sinner")).to_be_hidden()
    with scope(workspace=run.workspace):
        held = {"status": RunStatus.HELD, "stopped_at": "sinner", "because": TAKEN["message"]}
        Run.objects.filter(pk=run.pk).update(**held)

    expect(page.locator("#step-sinner")).to_be_visible()
    expect(fold(page, "sforka")).to_have_attribute("aria-expanded", "true")
