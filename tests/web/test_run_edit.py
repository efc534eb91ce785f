"""Run again with other data: what may be changed, what it becomes, and what is refused."""

import json

import pytest
from django_scopes import scope

from builder.models import Event, RecipeState, Role, RunStatus, StepStatus
from builder.recipe import tree as trees
from builder.runner import listening
from tests import make
from tests.web.accounts_desk import EVERY_ROLE, at, owner, workspace
from tests.web.people import HTMX, only, statuses, text

__all__ = ["owner", "workspace"]

pytestmark = pytest.mark.django_db

GIVEN = {
    "id": "d1", "name": "Website", "amount": 1200, "share": "0.5", "paid": False, "note": "One\nTwo", "nothing": None,
    "contact": {"email": "mara@example.com"}, "lines": [{"cost": 10}, {"cost": 20}], "a.b": "kept", "": "", "_": "x",
}  # fmt: skip


@pytest.fixture
def run(workspace):
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": {}}})
    recipe = make.make_recipe(workspace=workspace, tree=tree, live=True)
    with scope(workspace=workspace):
        listening.listen(recipe)
    event = make.make_event(workspace=workspace, data=GIVEN)
    return make.make_run(recipe=recipe, event=event, status=RunStatus.DONE)


def page_of(run):
    return at("run-edit", run.workspace, run.public_id)


def form(client, run, **changes):
    """What the page's form sends, with other texts for some values."""
    page = client.get(page_of(run)).context
    fields = [*page["known"], *page["others"]]
    return {"key": page["key"], **{f"v-{value.name}": changes.get(value.name, text) for _id, value, text, *_ in fields}}


def newest(workspace):
    with scope(workspace=workspace):
        return json.loads(Event.objects.latest("pk").text)


def test_editing_asks_for_the_capability(workspace, run):
    may = [role for role in EVERY_ROLE if role != Role.VIEWER]

    assert statuses(workspace, lambda client: client.get(page_of(run))) == only(*may)
    assert statuses(workspace, lambda client: client.post(page_of(run), {})) == only(*may, status=422)


def test_changed_values_are_sent_in_as_what_they_were(workspace, owner, run):
    changes = {"amount": "1250.50", "paid": "true", "note": "One\r\nThree", "contact.email": "new@example.com"}
    sent = form(owner, run, **changes, **{"lines[1].cost": "25"})

    answer = owner.post(page_of(run), sent)

    got = newest(workspace)
    assert answer.headers["Location"].startswith(at("events", workspace))
    assert (got["amount"], got["paid"], got["note"]) == (1250.5, True, "One\nThree")
    assert (got["contact"], got["lines"]) == ({"email": "new@example.com"}, [{"cost": 10}, {"cost": 25}])
    assert {name: got[name] for name in ("name", "share", "nothing", "a.b")} == {
        "name": "Website", "share": "0.5", "nothing": None, "a.b": "kept",
    }  # fmt: skip


def test_value_that_was_read_again_is_the_one_to_change(workspace, owner, run):
    make.make_step_run(run=run, step_id="trigger", status=StepStatus.DONE, output={"name": "Read again"})

    assert [value.text for value in owner.get(page_of(run)).context["values"]] == ["Read again"]


def test_what_is_no_number_is_said_beside_it_and_nothing_is_lost(workspace, owner, run):
    answer = owner.post(page_of(run), form(owner, run, amount="1.250,50", name="Shop"), headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is a number, with a point before its fractions" in page
    assert 'value="1.250,50"' in page
    assert 'value="Shop"' in page


def test_nothing_changed_starts_nothing(workspace, owner, run):
    answer = owner.post(page_of(run), form(owner, run, note="One\r\nTwo"))

    assert answer.status_code == 422
    assert "To repeat it as it was, choose “Run again”." in text(answer)


def test_second_click_starts_nothing_more(workspace, owner, run):
    sent = form(owner, run, name="Shop")

    first, second = owner.post(page_of(run), sent), owner.post(page_of(run), sent)

    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize("typed", ["1e1000000", "1e-999999", "9" * 41, "nan", "inf"])
def test_absurd_numbers_are_refused_at_once(owner, run, typed):
    assert owner.post(page_of(run), form(owner, run, amount=typed)).status_code == 422


def test_paused_recipe_starts_nothing_and_says_so(workspace, owner, run):
    run.recipe.state = RecipeState.PAUSED
    with scope(workspace=workspace):
        run.recipe.save()

    assert "is not live. Publish it, or resume it, first." in text(
        owner.post(page_of(run), form(owner, run, name="Shop"))
    )


def test_recipe_that_starts_from_something_else_says_so(workspace, owner, run):
    run.recipe.live_trigger = "tools.schedule.due"
    with scope(workspace=workspace):
        run.recipe.save()

    assert "starts from something else by now" in text(owner.post(page_of(run), form(owner, run, name="Shop")))


def test_values_that_are_no_longer_kept_leave_nothing_to_change(workspace, owner, run):
    with scope(workspace=workspace):
        Event.objects.filter(pk=run.event_id).update(data=None)

    assert "It was given no values that could be changed" in text(owner.get(page_of(run)))
