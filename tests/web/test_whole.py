"""A value of a megabyte is shown cut, and is there as a file; script in it stays text."""

import json

import pytest

from builder.models import Role
from tests import make
from tests.web.people import browser_of, only, statuses
from tests.web.run_desk import address, client_of, page_of

pytestmark = pytest.mark.django_db

HUGE = "<script>alert(1)</script>" + "x" * 1_000_000
BODY = json.dumps({"note": HUGE})


@pytest.fixture
def run():
    event = make.make_event(data={"note": HUGE}, raw=b"=" + BODY.encode())
    recipe = make.make_recipe(workspace=event.workspace, live=True)
    return make.make_run(recipe=recipe, event=event)


@pytest.fixture
def row(run):
    row = make.make_step_run(run=run, step_id="sclien", input={"note": HUGE}, output={"note": HUGE, "id": "Vol1"})
    make.make_exchange(step_run=row, request_body=BODY, response_body=BODY)
    return row


@pytest.mark.parametrize(("tab", "whats"), [("in", ["in"]), ("out", ["out"]), ("http", ["sent", "back"])])
def test_step_shows_its_beginning_and_leads_to_all_of_it(run, row, tab, whats):
    page = page_of(run, step="sclien", tab=tab)

    assert len(page) < 200_000
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert page.count("This is too long for a page and was cut.") == len(whats)
    for what in whats:
        where = next(part.split('"')[0] for part in page.split('href="') if f"/whole/{what}/" in part)
        answer = client_of(run).get(where)
        held = json.loads(answer.content)
        assert held["note"] == HUGE
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_event_shows_its_beginning_and_leads_to_all_of_it(run):
    browser = client_of(run)
    home = f"/w/{run.workspace.slug}/events/{run.event.public_id}/"
    page = browser.get(home).content.decode()

    assert len(page) < 200_000
    assert page.count("This is too long for a page and was cut.") == 2
    assert json.loads(browser.get(f"{home}whole/data/").content) == {"note": HUGE}
    assert browser.get(f"{home}whole/raw/").content.decode() == BODY
    assert browser.get(f"{home}whole/else/").status_code == 404
    assert json.loads(page_of_trigger(run)) == {"note": HUGE}


def page_of_trigger(run) -> str:
    page = page_of(run, step="trigger", tab="out")
    where = next(part.split('"')[0] for part in page.split('href="') if "/whole/" in part)
    return client_of(run).get(where).content.decode()


def test_short_value_is_whole_on_the_page(run):
    make.make_step_run(run=run, step_id="sclien", output={"id": "Vol1"})

    page = page_of(run, step="sclien", tab="out")

    assert "/whole/" not in page and "Copy all" in page


def test_files_are_for_members_of_the_workspace_and_of_that_run(run, row):
    where = address(run) + f"whole/out/{row.pk}/"
    other = make.make_run()

    assert statuses(run.workspace, lambda browser: browser.get(where)) == only(*Role.values)
    wrong = [address(run) + f"whole/{what}/" for what in (f"else/{row.pk}", "out/999999", f"sent/{row.pk + 99}")]
    wrong += [address(other) + f"whole/out/{row.pk}/"]
    browser = browser_of(run.workspace)
    assert {browser.get(each).status_code for each in wrong} == {404}
    event = f"/w/{run.workspace.slug}/events/{run.event.public_id}/whole/data/"
    assert statuses(run.workspace, lambda browser: browser.get(event)) == only(*Role.values)
