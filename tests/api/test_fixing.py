"""A run that stopped over a value, mended by a program."""

import pytest
from django_scopes import scope

from builder.models import Recipe, Run, RunStatus, StepStatus
from tests import make
from tests.api.client import problem

pytestmark = pytest.mark.django_db
LINE = {"product_key": "Care plan", "cost": "4800.00"}


@pytest.fixture
def run(workspace) -> Run:
    recipe = make.make_recipe(workspace=workspace, live=True)
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="…", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "…", "field": "line_items"}
    make.make_step_run(
        run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error, operation="invoice_ninja.invoices.create",
        input={"client_id": "Vol1", "line_items": [{"product_key": "Care plan"}]},
    )  # fmt: skip
    return run


def draft_of(run: Run) -> dict:
    with scope(workspace=run.workspace):
        return Recipe.objects.get(pk=run.recipe_id).draft["steps"][2]["inputs"]


def test_lines_are_given_to_the_run_alone(owner, run):
    before = draft_of(run)

    told = owner.post(f"/runs/{run.public_id}/fix", {"values": {"line_items": [LINE]}})

    run.refresh_from_db()
    assert run.fixes == {"sinvoi": {"line_items": [LINE]}}
    assert (told["status"], told["draft_changed"], told["draft_note"]) == ("queued", False, "")
    assert draft_of(run) == before


def test_draft_gets_them_too_when_it_is_asked_for(owner, run):
    told = owner.post(f"/runs/{run.public_id}/fix", {"values": {"line_items": [LINE]}, "recipe": True})

    assert told["draft_changed"] is True
    assert "still runs the old one" in told["draft_note"]
    [line] = draft_of(run)["line_items"]
    assert (line["cost"], line["notes"]) == ("4800.00", "{{ trigger.name }}")


def test_token_that_may_not_edit_changes_no_draft(scoped, run):
    answer = scoped("view", "run").ask(
        "POST", f"/runs/{run.public_id}/fix", {"values": {"line_items": [LINE]}, "recipe": True}
    )

    problem(answer, 403)
    run.refresh_from_db()
    assert (run.status, run.fixes) == (RunStatus.HELD, None)


@pytest.mark.parametrize("given", ["x", [1], {"a": 1}, [{"price": "1"}], [{"cost": "much"}]])
def test_what_is_no_table_is_a_problem_of_its_field(owner, run, given):
    told = problem(owner.ask("POST", f"/runs/{run.public_id}/fix", {"values": {"line_items": given}}), 422)

    assert [name.split(".")[0] for name in told["errors"]] == ["line_items"]
