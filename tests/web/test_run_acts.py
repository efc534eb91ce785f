"""One run: what a person may do about it."""

import re

import pytest
from django.utils import timezone
from django_scopes import scope

from builder.models import Role, Run, RunStatus, StepRun, StepStatus
from tests import make
from tests.web.run_desk import RETRY, address, asking, client_of, held, page_of, recipe

__all__ = ["asking", "held", "recipe"]

pytestmark = pytest.mark.django_db
INVOICE = "invoice_ninja.invoices.create"


def test_retry_goes_on_from_the_failed_step(held):
    answer = client_of(held, Role.OPERATOR).post(address(held, "run-retry"))

    held.refresh_from_db()
    assert (held.status, held.place) == (RunStatus.QUEUED, [2])
    assert answer.url == address(held)


def test_retry_by_htmx_answers_with_the_parts_that_changed(held):
    answer = client_of(held).post(address(held, "run-retry"), {"step": "sclien"}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert "every 1s" in page
    assert "Step 3 in this run" in page
    assert "<html" not in page


@pytest.fixture
def lacking(recipe) -> Run:
    """A value that its step needs is empty."""
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="PO number: …", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "PO number: …", "field": "po_number"}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error, operation=INVOICE)
    return run


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OPERATOR])
def test_missing_value_is_given_to_the_run_or_mended_in_the_recipe_not_by_a_retry(lacking, role):
    page = page_of(lacking, role)

    assert RETRY not in page
    assert re.findall(r'class="btn primary".*?</svg>([^<]+)<', page) == ["Fix and go on"]
    assert "Then run again" in page
    assert ("Edit step" in page) == (role == Role.EDITOR)


def test_secret_or_unknown_step_is_mended_in_the_recipe_alone(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="URL: …", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "URL: …", "field": "url"}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error, operation="tools.http.request")

    page = page_of(run, Role.OPERATOR)

    assert "Fix and go on" not in page
    assert re.findall(r'class="btn primary".*?</svg>([^<]+)<', page) == ["Run again"]


def test_value_that_is_wrong_comes_first_and_another_one_goes_on(held):
    page = page_of(held)
    names = re.findall(r'name="fix-(\w+)"', page)

    answer = client_of(held, Role.OPERATOR).post(address(held, "run-fix"), {"fix-number": "2026-9"})

    held.refresh_from_db()
    assert names[0] == "number"
    assert (held.status, held.fixes) == (RunStatus.QUEUED, {"sinvoi": {"number": "2026-9"}})
    assert answer.url == address(held)


def test_what_does_not_fit_is_told_beside_it_and_stays(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="Due date: …", stopped_at="sinvoi", place=[2])
    error = {"code": "inputs", "message": "Due date: …", "field": "due_date"}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.FAILED, error=error, operation=INVOICE)
    sent = {"step": "sinvoi", "fix-due_date": "soon <b>"}

    answer = client_of(run).post(address(run, "run-fix"), sent, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="fix-due_date-e"' in page
    assert 'value="soon &lt;b&gt;"' in page
    run.refresh_from_db()
    assert (run.status, run.fixes) == (RunStatus.HELD, None)


def test_nothing_changed_is_told(held):
    answer = client_of(held).post(address(held, "run-fix"), {"fix-number": "2026-1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "No value is another one yet" in answer.content.decode()


def test_fix_is_for_who_may_run(held):
    assert "Fix and go on" not in page_of(held, Role.VIEWER)
    assert client_of(held, Role.VIEWER).post(address(held, "run-fix")).status_code == 403


def test_retrying_too_late_is_a_conflict_with_a_sentence(held):
    client = client_of(held)
    client.post(address(held, "run-cancel"))

    answer = client.post(address(held, "run-retry"), headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "The run is cancelled by now." in answer.content.decode()


def test_unknown_outcome_asks_and_does_not_go_on_without_an_answer(asking):
    client = client_of(asking)
    page = client.get(address(asking)).content.decode()

    answer = client.post(address(asking, "run-retry"), headers={"HX-Request": "true"})

    asking.refresh_from_db()
    assert "Nobody knows whether it was done" in page
    assert page.count('name="answer"') == 3
    assert (answer.status_code, asking.status) == (422, RunStatus.HELD)
    assert "choose one of the three" in answer.content.decode()


@pytest.mark.parametrize(
    ("answer", "status"),
    [("again", StepStatus.FAILED), ("done", StepStatus.DONE), ("skip", StepStatus.SKIPPED)],
)
def test_answer_is_carried_out(asking, answer, status):
    client_of(asking).post(address(asking, "run-retry"), {"answer": answer, "record_id": "Vol7"})

    asking.refresh_from_db()
    with scope(workspace=asking.workspace):
        step = StepRun.objects.get(run=asking)
    assert (step.status, asking.status) == (status, RunStatus.QUEUED)
    assert step.output == ({"invoice": {"id": "Vol7"}} if answer == "done" else None)


def test_several_found_records_are_offered(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="Two fit.", stopped_at="sinvoi", place=[2])
    found = [{"invoice": {"id": "a1", "number": "0001"}}, {"invoice": {"id": "b2", "number": "0002"}}]
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, output={"found": found})

    page = page_of(run)

    assert "Several records fit" in page
    assert '<option value="b2">0002 (b2)</option>' in page


def test_step_that_was_done_but_gives_too_much_says_so_and_asks(recipe):
    told = "It was done, but its answer can't be kept."
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because=told, stopped_at="sinvoi", place=[2])
    error = {"code": "too_large", "message": told, "field": ""}
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, error=error)

    page = page_of(run)

    assert "The answer is too large to keep" in page
    assert "Nobody knows whether it was done" not in page
    assert page.count('name="answer"') == 3


def test_record_that_was_not_found_is_refused_with_a_sentence(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.HELD, because="Two fit.", stopped_at="sinvoi", place=[2])
    found = [{"invoice": {"id": "a1", "number": "0001"}}, {"invoice": {"id": "b2", "number": "0002"}}]
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD, output={"found": found})

    answer = client_of(run).post(address(run, "run-retry"), {"answer": "done", "record_id": "000"})

    run.refresh_from_db()
    assert (answer.status_code, run.status) == (422, RunStatus.HELD)
    assert "“000” is none of the records that were found: a1, b2." in answer.content.decode()


def test_run_again_makes_a_new_run_and_goes_there(recipe):
    run = make.make_run(recipe=recipe)

    answer = client_of(run, Role.OPERATOR).post(address(run, "run-again"))

    with scope(workspace=recipe.workspace):
        fresh = Run.objects.get(replay=1)
    assert answer.url == address(fresh)


def test_run_again_without_a_live_version_says_why(held):
    with scope(workspace=held.workspace):
        held.recipe.live = None
        held.recipe.save()

    answer = client_of(held).post(address(held, "run-again"), headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "has no live version to run" in answer.content.decode()


def test_run_again_warns_that_it_may_create_again(recipe):
    assert "may be created again" in page_of(make.make_run(recipe=recipe))


def test_cancel_ends_a_waiting_run_and_is_not_offered_for_an_ended_one(recipe):
    waiting = make.make_run(
        recipe=recipe, status=RunStatus.WAITING, wake_at=timezone.now(), because="It waits.", stopped_at="sclien"
    )

    client_of(waiting).post(address(waiting, "run-cancel"))

    waiting.refresh_from_db()
    assert waiting.status == RunStatus.CANCELLED
    assert address(waiting, "run-cancel") not in page_of(waiting)


@pytest.mark.parametrize("name", ["run-retry", "run-again", "run-cancel"])
def test_actions_want_a_post(held, name):
    assert client_of(held).get(address(held, name)).status_code == 405
