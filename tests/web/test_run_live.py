"""Runs watched in a real browser: what comes in and what ends shows itself, and nothing under the hands is lost."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from builder.models import Recipe, Run, RunStatus, StepStatus
from tests import make
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recipe() -> Recipe:
    return make.make_recipe(live=True)


@pytest.fixture
def visit(page: Page, live_server: Any, recipe: Recipe) -> Any:
    """Opens an address of the workspace as a member."""
    client = Client()
    client.force_login(make.make_member(workspace=recipe.workspace).user)
    sign_in(page, client, live_server.url)

    def open_(name: str, *more: str) -> Page:
        page.goto(live_server.url + reverse(f"web:{name}", args=[recipe.workspace.slug, *more]))
        return page

    return open_


def held(recipe: Recipe, title: str) -> Run:
    run = make.make_run(
        recipe=recipe, title=title, status=RunStatus.HELD, because="Taken.", stopped_at="sclien", place=[1]
    )
    make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED)
    return run


def change(run: Run, **columns: Any) -> None:
    with scope(workspace=run.workspace):
        Run.objects.filter(pk=run.pk).update(**columns)


def test_search_finds_while_typing_and_keeps_the_cursor(visit, recipe):
    make.make_run(recipe=recipe, title="Harbor Dental")
    make.make_run(recipe=recipe, title="Oak & Ember")
    page = visit("runs")

    page.get_by_label("Search runs").press_sequentially("harbor", delay=30)

    expect(page.get_by_role("link", name="Oak & Ember")).to_have_count(0)
    expect(page.get_by_role("link", name="Harbor Dental")).to_be_visible()
    expect(page.get_by_label("Search runs")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=harbor$"))


def test_new_run_shows_itself_and_leaves_the_selection_alone(visit, recipe):
    held(recipe, "First")
    page = visit("runs")
    page.get_by_label("Select the run about First").check()

    make.make_run(recipe=recipe, title="Just now")

    expect(page.get_by_role("link", name="Just now")).to_be_visible(timeout=9000)
    expect(page.get_by_label("Select the run about First")).to_be_checked()


def test_selected_runs_are_retried_with_a_result_each(visit, recipe):
    runs = [held(recipe, "One"), held(recipe, "Two")]
    page = visit("runs")
    for run in runs:
        page.get_by_label(f"Select the run about {run.title}").check()

    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_role("dialog", name="2 of 2 runs go on")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#run-rows").get_by_text("Queued")).to_have_count(2)


def test_open_run_moves_on_by_itself_and_rests_when_it_ends(visit, recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.RUNNING)
    page = visit("run", run.public_id)
    page.locator("#step-sclien .hit").click()
    expect(page.get_by_role("heading", name="3 · Find or create a client")).to_be_focused()

    make.make_step_run(run=run, step_id="sclien")
    change(run, status=RunStatus.DONE, place=None)

    expect(page.locator("#step-sclien .strip-foot")).to_contain_text("Done")
    expect(page.locator("#run-stand")).to_contain_text("Done")
    expect(page.locator("#run-pulse")).not_to_have_attribute("hx-trigger", re.compile("every"))
    expect(page.get_by_role("heading", name="3 · Find or create a client")).to_be_visible()


def test_step_tab_and_try_are_in_the_address(visit, recipe):
    run = held(recipe, "One")
    page = visit("run", run.public_id)

    page.get_by_role("link", name="Data in").click()
    expect(page.get_by_role("button", name="Copy Name")).to_be_visible()
    page.reload()

    expect(page.get_by_role("button", name="Copy Name")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?step=sclien&tab=in$"))


def test_brackets_go_to_the_newer_and_the_older_run(visit, recipe):
    runs = [make.make_run(recipe=recipe) for _ in range(3)]
    page = visit("run", runs[1].public_id)

    page.keyboard.press("]")
    expect(page).to_have_url(re.compile(runs[0].public_id))
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(runs[1].public_id))


def test_running_again_asks_first(visit, recipe):
    run = make.make_run(recipe=recipe)
    page = visit("run", run.public_id)

    page.get_by_role("button", name="Run again from the start").click()
    expect(page.get_by_role("dialog")).to_contain_text("may be created again")
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()

    expect(page).not_to_have_url(re.compile(run.public_id))
    expect(page.locator("#run-stand")).to_contain_text("Queued")


def test_phone_shows_the_flow_first_and_a_tapped_step_over_it(visit, recipe):
    page = on_phone(visit, held(recipe, "Harbor Dental"))
    details = page.get_by_role("complementary", name="Step 3 in this run")
    expect(page.get_by_role("list", name="Steps of this run")).to_be_visible()
    expect(details).to_be_hidden()

    page.locator("#step-sclien .hit").click()

    expect(details).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?step=sclien$"))
    page.reload()
    expect(details).to_be_visible()


@pytest.mark.parametrize("close", ["by its button", "by going back"])
def test_phone_gets_the_flow_back_and_the_details_again(visit, recipe, close):
    page = on_phone(visit, held(recipe, "Harbor Dental"))
    page.locator("#step-trigger .hit").click()
    trigger = page.get_by_role("complementary", name="Step 1 in this run")
    expect(trigger).to_be_visible()

    if close == "by its button":
        page.get_by_role("button", name="Close step").click()
    else:
        page.go_back()
    expect(trigger).to_be_hidden()
    page.get_by_role("button", name="Details").click()

    expect(page.get_by_role("complementary", name="Step 3 in this run")).to_be_visible()


def on_phone(visit: Any, run: Run) -> Page:
    page: Page = visit("run", run.public_id)
    page.set_viewport_size({"width": 390, "height": 844})
    return page
