"""Find anything: what is found, in which order, and for whom."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from builder.models import EventKey, Role
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import HTMX, browser_of, sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipe():
    return make.make_recipe(live=True, name="Won deal to invoice")


def found(client: Client, recipe, q: str = "", here: str = "") -> dict[str, list[str]]:
    """Kinds and what each brought; `here` is the page it is asked from."""
    url = reverse("web:find", args=[recipe.workspace.slug], query={"q": q})
    page = client.get(url, headers={**HTMX, "HX-Current-URL": f"http://testserver{here}"}).content.decode()
    groups = re.findall(r'role="group" aria-label="([^"]+)">(.*?)</div>', page, re.DOTALL)
    return {word: [text_of(one) for one in re.findall(r"<a .*?</a>", part, re.DOTALL)] for word, part in groups}


def text_of(part: str) -> str:
    """Without what is said in small print."""
    plain = re.sub(r'<span class="sub">.*?</span>', "", part)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", plain).split()))


def test_each_kind_is_found_by_its_name(recipe):
    event = make.make_event(workspace=recipe.workspace)
    make.make_run(recipe=recipe, event=event, title="Harbor Dental")
    make.make_connection(workspace=recipe.workspace, name="Harbor books")
    with scope(workspace=recipe.workspace):
        EventKey.objects.create(
            workspace=recipe.workspace, kind="name", value="Harbor", value_hash=EventKey.hashed("name", "harbor"),
            event=event,
        )  # fmt: skip
    owner = browser_of(recipe.workspace)

    harbor = found(owner, recipe, "harbor")

    assert list(harbor) == ["Customers", "Runs", "Connections", "Do"]
    assert harbor["Runs"] == ["Harbor Dental"]
    assert harbor["Connections"] == ["Harbor books"]
    assert harbor["Do"] == ["Show runs for “harbor”", "Show events for “harbor”"]
    assert found(owner, recipe, "won deal")["Recipes"] == ["Won deal to invoice"]
    assert found(owner, recipe, "templ")["Go to"] == ["Templates"]


def test_without_a_word_it_offers_recipes_acts_and_pages(recipe):
    assert list(found(browser_of(recipe.workspace), recipe)) == ["Recipes", "Do", "Go to"]


def test_viewer_is_offered_nothing_that_is_not_for_them(recipe):
    make.make_connection(workspace=recipe.workspace, name="Harbor books")
    viewer = browser_of(recipe.workspace, Role.VIEWER)

    everything, harbor = found(viewer, recipe), found(viewer, recipe, "harbor")

    assert everything["Do"] == ["Look up an operation"]
    assert "Team" not in everything["Go to"]
    assert "Connections" not in harbor


def test_in_the_builder_its_steps_come_first():
    desk = make_desk()

    steps = found(desk.browser, desk.recipe, "invoice", f"{desk.url()}?step=sclien")

    assert next(iter(steps)) == "Steps of this recipe"
    assert steps["Steps of this recipe"] == ["4 Then create an invoice"]


def test_other_workspaces_are_not_looked_through(recipe):
    other = make.make_recipe(live=True, name="Secret deal")
    here = f"/w/{other.workspace.slug}/recipes/{other.public_id}/"

    assert "Secret" not in str(found(browser_of(recipe.workspace), recipe, "secret", here))


def test_page_of_its_own_works_without_script(recipe):
    page = text(browser_of(recipe.workspace).get(reverse("web:find", args=[recipe.workspace.slug], query={"q": "won"})))

    assert "Won deal to invoice" in page


@pytest.mark.django_db(transaction=True)
def test_keys_alone_lead_to_what_is_found(page: Page, live_server):
    desk = make_desk()
    sign_in(page, desk.browser, live_server.url)
    page.goto(f"{live_server.url}{desk.url()}")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
    page.keyboard.type("create an inv")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_contain_text("create an invoice")
    page.keyboard.press("Enter")
    page.wait_for_url("**step=sinvoi")

    page.keyboard.press("Control+k")
    page.keyboard.type("templates")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Templates")
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates/")


@pytest.mark.django_db(transaction=True)
def test_dialogs_and_palette_are_there_after_going_back(page: Page, live_server):
    desk = make_desk(live=True)
    for number in range(2):
        make.make_run(recipe=desk.recipe, status="held", title=f"Deal {number}", stopped_at="sclien")
    sign_in(page, desk.browser, live_server.url)
    page.goto(f"{live_server.url}/w/{desk.workspace.slug}/runs/")
    page.get_by_role("link", name="On hold 2").click()
    page.wait_for_url("**state=held**")
    page.go_back()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="All", exact=True)).to_have_attribute("aria-current", "true")

    page.get_by_role("link", name="Retry all 2").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 runs that failed or are on hold")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("templates")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Templates")
