"""Whether a recipe may call another: in Checks, before anything is published."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builder.actions import circles, publishing
from builder.models import Recipe
from builder.recipe import tree as trees
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def called(workspace: Any, name: str, *others: str, trigger: str = "tools.hook.received", **more: Any) -> Recipe:
    steps = [{"id": f"scall{i}", "kind": "call", "recipe": public_id} for i, public_id in enumerate(others)]
    steps = steps or [{"id": "sremem", "kind": "remember", "values": {"total": "1"}}]
    tree = trees.parse({"format": 1, "trigger": {"operation": trigger}, "steps": steps})
    return make.make_recipe(workspace=workspace, name=name, tree=tree, **{"live": True, **more})


def codes(recipe: Recipe) -> list[tuple[str, str, str]]:
    return [(p.step_id, p.field, p.code) for p in publishing.problems(recipe)]


def test_live_recipe_that_starts_from_a_webhook_may_be_called(workspace: Any):
    other = called(workspace, "Other")

    assert codes(called(workspace, "Caller", other.public_id, live=False)) == []


def test_recipe_never_calls_itself(workspace: Any):
    caller = called(workspace, "Caller", live=False)
    caller.draft["steps"] = [{**trees.blank("call", "scall0"), "recipe": caller.public_id}]

    [problem] = publishing.problems(caller)

    assert problem.code == "circle"
    assert problem.text == (
        "2 Call a recipe: recipes would call each other without end: “Caller” → “Caller”. Choose another one."
    )


def test_circle_over_others_is_named_with_all_of_them(workspace: Any):
    caller = called(workspace, "Caller", live=False)
    last = called(workspace, "Last", caller.public_id)
    middle = called(workspace, "Middle", last.public_id)
    caller.draft["steps"] = [{**trees.blank("call", "scall0"), "recipe": middle.public_id}]

    [problem] = publishing.problems(caller)

    assert (problem.code, problem.params["names"]) == ("circle", "“Caller” → “Middle” → “Last” → “Caller”")


def test_two_ways_to_one_recipe_are_no_circle(workspace: Any):
    end = called(workspace, "End")
    left, right = called(workspace, "Left", end.public_id), called(workspace, "Right", end.public_id)

    assert codes(called(workspace, "Caller", left.public_id, right.public_id, live=False)) == []


def test_only_recipes_that_are_called_are_read(workspace: Any):
    for number in range(3):
        called(workspace, f"Elsewhere {number}", trigger="ghl.opportunity.won")
    last = called(workspace, "Last")
    other = called(workspace, "Other", last.public_id, last.public_id, "rgone")
    caller = called(workspace, "Caller", other.public_id, live=False)

    with CaptureQueriesContext(connection) as asked:
        problems = list(circles.problems(caller, caller.draft))
    with CaptureQueriesContext(connection) as listed:
        names = [name for _id, name in circles.callable_by(caller)]

    assert problems == []
    assert names == ["Last", "Other"]
    assert ['public_id" IN (' in each["sql"] for each in asked] == [True, True]
    assert [each["sql"].partition(" FROM ")[0].count(".") for each in listed] == [2]


def test_draft_that_is_going_to_start_from_a_webhook_is_offered(workspace: Any):
    drafted = called(workspace, "Drafted", live=False)
    called(workspace, "Deal", trigger="ghl.opportunity.won", live=False)
    talks = called(workspace, "Talks of it", trigger="ghl.opportunity.won", live=False)
    talks.draft["steps"][0]["values"]["total"] = '"operation":"tools.hook.received"'
    talks.save()

    assert circles.callable_by(called(workspace, "Caller", live=False)) == [(drafted.public_id, "Drafted")]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"live": False}, "not_live"),
        ({"state": "paused"}, "not_live"),
        ({"trigger": "ghl.opportunity.won"}, "not_callable"),
    ],
)
def test_recipe_that_cannot_be_called_is_told_with_the_way_out(workspace: Any, more: dict[str, Any], code: str):
    other = called(workspace, "Other", **more)

    [problem] = publishing.problems(called(workspace, "Caller", other.public_id, live=False))

    assert (problem.step_id, problem.field, problem.code) == ("scall0", "recipe", code)
    assert "“Other”" in problem.text


def test_recipe_of_another_workspace_is_not_there(workspace: Any):
    stranger = called(make.make_workspace(), "Stranger")
    caller = called(workspace, "Caller", stranger.public_id, live=False)

    assert codes(caller) == [("scall0", "recipe", "unknown_recipe")]
    assert "Stranger" not in publishing.problems(caller)[0].text
    assert circles.callable_by(caller) == []


def test_skipped_call_is_no_problem(workspace: Any):
    caller = called(workspace, "Caller", "nothing", live=False)
    caller.draft["steps"][0]["skip"] = True
    caller.draft["steps"].append({**trees.blank("remember", "sremem"), "values": {"a": "1"}})

    assert codes(caller) == []
