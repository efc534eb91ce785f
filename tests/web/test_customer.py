"""One customer: what came in about them and what recipes did, whoever told of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from builder.models import EventKey, Fate, RunStatus, StepRun
from tests import make
from tests.web.people import HTMX, browser_of, text

pytestmark = pytest.mark.django_db
MARA = "mara@example.com"


@pytest.fixture
def recipe():
    return make.make_recipe(live=True, name="Won deal")


@pytest.fixture
def owner(recipe) -> Client:
    return browser_of(recipe.workspace)


def address(recipe, *values, **more) -> str:
    return reverse("web:customer", args=[recipe.workspace.slug], query={"q": values, **more})


def told(recipe, *keys, **more):
    """An event that names these, as (kind, value)."""
    event = make.make_event(workspace=recipe.workspace, **more)
    own = {"workspace": recipe.workspace, "event": event}
    with scope(workspace=recipe.workspace):
        for kind, value in keys:
            EventKey.objects.create(kind=kind, value=value, value_hash=EventKey.hashed(kind, value), **own)
    return event


def wrote(run, step: str, operation: str, output: dict, **more) -> StepRun:
    return make.make_step_run(run=run, step_id=step, operation=operation, output=output, status="done", **more)


def test_what_came_in_and_what_was_done_stand_together_the_newest_first(recipe, owner):
    won = told(recipe, ("email", MARA), ("name", "Mara Quill"), fate=Fate.RAN, data={"name": "Website"})
    run = make.make_run(recipe=recipe, event=won, status=RunStatus.DONE)
    wrote(run, "sclien", "invoice_ninja.clients.find_or_create", {"id": "c1", "name": "Quill", "found": "created"})
    wrote(run, "slook", "invoice_ninja.clients.get", {"id": "c1", "name": "Quill"})
    filtered = [{"recipe": recipe.public_id, "because": "The value is 0."}]
    told(recipe, ("email", MARA), fate=Fate.FILTERED, fate_details=filtered, data={"name": "Care plan"})
    told(recipe, ("email", "other@example.com"), data={"name": "Not hers"})

    page = text(owner.get(address(recipe, MARA.upper())))

    assert (
        page.index("Care plan") < page.index("The value is 0.") < page.index("Website") < page.index("Created client")
    )
    assert "Found client" not in page
    assert "Not hers" not in page


def test_run_that_stands_says_why(recipe, owner):
    won = told(recipe, ("email", MARA), fate=Fate.RAN)
    make.make_run(recipe=recipe, event=won, status=RunStatus.HELD, because="The client is deleted.")

    assert "Won deal The client is deleted." in text(owner.get(address(recipe, MARA)))


def test_other_names_of_theirs_are_offered_and_added(recipe, owner):
    told(recipe, ("email", MARA), ("number", "0142"), ("id", "c1"), data={"name": "Hers"})
    told(recipe, ("number", "0142"), data={"name": "By number alone"})

    first = owner.get(address(recipe, MARA))
    offered = [(one.value, one.query) for one in first.context["others"]]
    both = owner.get(f"{reverse('web:customer', args=[recipe.workspace.slug])}?{offered[0][1]}")

    assert [value for value, _query in offered] == ["0142"]
    assert "By number alone" not in text(first)
    assert "By number alone" in text(both)
    assert [one.query for one in both.context["asked"]] == ["q=0142", "q=mara%40example.com"]


def test_earlier_ones_come_after(recipe, owner):
    for number in range(32):
        told(recipe, ("email", MARA), data={"name": f"Deal {number:02}"})

    first = owner.get(address(recipe, MARA))
    later = text(owner.get(address(recipe, MARA, before=first.context["earlier"]), headers=HTMX))

    assert ("Deal 31" in text(first), "Deal 01" in text(first)) == (True, False)
    assert ("Deal 01" in later, "Deal 02" in later, "Show earlier" in later) == (True, False, False)


def test_nobody_and_nobody_yet_are_told_apart(recipe, owner):
    assert "Whom do you look for?" in text(owner.get(address(recipe)))
    assert "Nothing came in about them" in text(owner.get(address(recipe, "nobody@example.com")))


def test_run_and_event_lead_there(recipe, owner):
    invitations = [{"email_status": "delivered"}]
    won = told(recipe, data={"client": {"contacts": [{"email": MARA}]}, "invitations": invitations})
    run = make.make_run(recipe=recipe, event=won)

    told(recipe, ("email", MARA))
    page = owner.get(reverse("web:run", args=[recipe.workspace.slug, run.public_id])).content.decode()

    assert f'{reverse("web:customer", args=[recipe.workspace.slug])}?q=mara%40example.com"' in page


def test_long_loop_is_told_by_its_beginning(recipe, owner):
    run = make.make_run(recipe=recipe, event=told(recipe, ("email", MARA)), status=RunStatus.DONE)
    for number in range(12):
        output = {"id": f"c{number}", "name": f"Client {number}"}
        wrote(run, "sclien", "invoice_ninja.clients.create", output, iteration=str(number))

    page = text(owner.get(address(recipe, MARA)))

    assert "Created client Client 9. and 2 more" in page
    assert "Client 10" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_as_often_for_one_as_for_three(recipe, owner, count, django_assert_num_queries):
    for _each in range(count):
        run = make.make_run(recipe=recipe, event=told(recipe, ("email", MARA)), status=RunStatus.DONE)
        wrote(run, "sclien", "invoice_ninja.clients.create", {"id": "c1", "name": "Quill"})
    owner.get(address(recipe, MARA))

    with django_assert_num_queries(13):
        owner.get(address(recipe, MARA))


def test_customer_of_another_workspace_stays_there(recipe):
    told(recipe, ("email", MARA), data={"name": "Theirs"})
    other = make.make_recipe()

    page = text(browser_of(other.workspace).get(address(other, MARA)))

    assert "Theirs" not in page
