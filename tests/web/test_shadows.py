"""The part of publishing that says what the draft would change for what came lately."""

import pytest
from django_scopes import scope

from builder.models import Event, Role, RunStatus, StepStatus
from tests import make
from tests.web.editor_desk import make_desk
from tests.web.people import only, statuses, text

pytestmark = pytest.mark.django_db
PART = "recipe-shadow"


def make_ran(desk, *values: int):
    """The live recipe has run for deals of these values."""
    with scope(workspace=desk.workspace):
        for value in values:
            event = make.make_event(connection=desk.ghl, data={**make.WON, "name": f"Deal <{value}>", "value": value})
            run = make.make_run(recipe=desk.now, event=event, status=RunStatus.DONE, title=f"Deal <{value}>")
            output = {"client": {"id": "cl1"}, "found": "created"}
            operation = "invoice_ninja.clients.find_or_create"
            make.make_step_run(
                run=run, step_id="sclien", kind="action", operation=operation, status=StepStatus.DONE, output=output
            )


@pytest.fixture
def desk():
    return make_desk(live=True)


def test_it_is_for_who_may_edit(desk):
    found = statuses(desk.workspace, lambda browser: browser.get(desk.url(PART)))

    assert found == only(Role.OWNER, Role.ADMIN, Role.EDITOR)


def test_recipe_that_has_not_run_says_so(desk):
    assert "It has not run yet" in text(desk.get(PART, htmx=True))


def test_unchanged_draft_comes_to_the_same(desk):
    make_ran(desk, 100, 200)

    assert "All of the last 2 events would come to the same." in text(desk.get(PART, htmx=True))


def test_differences_are_counted_and_shown_by_example(desk):
    make_ran(desk, 100, 200, 300)
    desk.edit("set_field", step="sclien", field="website", value="https://{{ trigger.value }}.example")

    page = text(desk.get(PART, htmx=True))

    assert "3 of the last 3 events would come to something else." in page
    assert "3 × 3 “Find or create a client” would get another “Website”" in page
    assert "Deal <300>" in page
    assert "(empty) https://300.example" in page


def test_removed_step_would_no_longer_be_done(desk):
    make_ran(desk, 100)
    desk.edit("delete_step", step="sinvoi")

    assert "“Create an invoice” would no longer be done" in text(desk.get(PART, htmx=True))


def test_publishing_asks_for_it_and_links_to_it_without_script(desk):
    make_ran(desk, 100)
    desk.edit("set_field", step="sclien", field="website", value="https://new.example")

    page = desk.colleague(Role.OWNER).get(desk.url("recipe-publish")).content.decode()

    assert f'hx-get="{desk.url(PART)}" hx-trigger="load"' in page
    assert f'href="{desk.url(PART)}"' in page


@pytest.mark.parametrize("events", [1, 8])
def test_it_costs_the_same_however_many_events(desk, events, django_assert_num_queries):
    make_ran(desk, *range(1, events + 1))
    desk.get(PART, htmx=True)

    with django_assert_num_queries(7):
        desk.get(PART, htmx=True)
    with scope(workspace=desk.workspace):
        assert Event.objects.count() == events
