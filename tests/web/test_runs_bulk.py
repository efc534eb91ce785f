"""Many runs of the list at a time: retried or discarded, chosen or all that fit."""

import pytest
from django.urls import reverse
from django_scopes import scope

from builder.models import AuditEvent, Role, RunStatus, StepStatus
from tests import make
from tests.web.people import HTMX, text
from tests.web.test_runs import client_of, held, listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipe():
    return make.make_recipe(live=True)


# many at a time


def retry(recipe) -> str:
    return reverse("web:runs-retry", args=[recipe.workspace.slug])


def test_bulk_retry_tells_of_each_run(recipe):
    good, bad = held(recipe, title="Good"), make.make_run(recipe=recipe, title="Ended long ago")
    make.make_step_run(run=good, step_id="sinvoi", status=StepStatus.FAILED)

    answer = client_of(recipe, Role.OPERATOR).post(
        retry(recipe), {"run": [good.public_id, bad.public_id]}, headers={"HX-Request": "true"}
    )

    good.refresh_from_db()
    assert good.status == RunStatus.QUEUED
    page = answer.content.decode()
    assert "1 of 2 runs go on" in page
    assert page.index("Ended long ago") < page.index("The run is done by now.") < page.index("Goes on.")


def test_bulk_retry_leaves_an_unknown_outcome_to_its_question(recipe):
    run = held(recipe)
    make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD)

    answer = client_of(recipe).post(retry(recipe), {"run": [run.public_id]})

    run.refresh_from_db()
    assert run.status == RunStatus.HELD
    assert "Open it and answer." in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("title", ["", "Harbor Dental"])
def test_bulk_retry_asks_the_database_as_often_for_one_as_for_three(recipe, title, count, django_assert_num_queries):
    runs = [held(recipe, title=title) for _each in range(count)]
    for run in runs:
        make.make_step_run(run=run, step_id="sinvoi", status=StepStatus.HELD)
    client = client_of(recipe)

    with django_assert_num_queries(16):
        client.post(retry(recipe), {"run": [run.public_id for run in runs]})


def test_bulk_retry_of_nothing_says_so(recipe):
    answer = client_of(recipe).post(retry(recipe), {})

    assert answer.status_code == 422
    assert "Choose at least one run first." in answer.content.decode()


def test_bulk_retry_leaves_other_workspaces_alone(recipe):
    other = held(make.make_recipe(live=True))

    client_of(recipe).post(retry(recipe), {"run": [other.public_id]})

    other.refresh_from_db()
    assert other.status == RunStatus.HELD


def test_bulk_retry_is_not_for_viewers(recipe):
    run = held(recipe)

    answer = client_of(recipe, Role.VIEWER).post(retry(recipe), {"run": [run.public_id]})

    run.refresh_from_db()
    assert (answer.status_code, run.status) == (403, RunStatus.HELD)


# discard


def discard(recipe, /, all=False, **query) -> str:
    return reverse(f"web:runs-discard{'-all' if all else ''}", args=[recipe.workspace.slug], query=query or None)


def failed_at(recipe, code: str, step: str = "sinvoi", field: str = "", **more):
    run = make.make_run(recipe=recipe, stopped_at=step, place=[2], **{"status": RunStatus.HELD, **more})
    make.make_step_run(
        run=run, step_id=step, status=StepStatus.FAILED, error={"code": code, "message": "No.", "field": field}
    )
    return run


def test_discarded_runs_end_and_the_others_say_why_not(recipe):
    waits, failed = held(recipe, title="Waits"), make.make_run(recipe=recipe, status=RunStatus.FAILED, title="Failed")

    answer = client_of(recipe, Role.OPERATOR).post(
        discard(recipe), {"run": [waits.public_id, failed.public_id]}, headers=HTMX
    )

    waits.refresh_from_db()
    assert waits.status == RunStatus.CANCELLED
    page = text(answer)
    assert "1 of 2 runs are discarded" in page
    assert page.index("It is not on hold: it failed, ended or goes on.") < page.index("Ended as cancelled.")


def test_all_on_hold_that_fit_are_counted_and_then_discarded(recipe):
    fitting, other = [held(recipe), held(recipe)], held(make.make_recipe(workspace=recipe.workspace, live=True))
    client, url = client_of(recipe), discard(recipe, all=True, recipe=recipe.public_id)

    asked, done = text(client.get(url)), text(client.post(url))

    for run in (*fitting, other):
        run.refresh_from_db()
    assert "2 runs on hold fit the list." in asked
    assert "2 runs are discarded" in done
    assert [run.status for run in (*fitting, other)] == [RunStatus.CANCELLED, RunStatus.CANCELLED, RunStatus.HELD]
    with scope(workspace=recipe.workspace):
        assert AuditEvent.objects.get(verb="run.all_discarded").details["runs"] == 2


def test_runs_that_came_on_hold_after_the_count_are_kept(recipe):
    seen = [held(recipe), held(recipe)]
    client, url = client_of(recipe), discard(recipe, all=True)
    newest = client.get(url).context["newest"]
    later = held(recipe)

    done = text(client.post(url, {"newest": newest}))

    later.refresh_from_db()
    assert "2 runs are discarded" in done
    assert (later.status, newest) == (RunStatus.HELD, seen[1].pk)


def test_run_that_goes_on_again_is_not_ended(recipe):
    run = make.make_run(recipe=recipe, status=RunStatus.RUNNING)

    client_of(recipe).post(discard(recipe), {"run": [run.public_id]})

    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING


def test_discarding_is_not_for_viewers(recipe):
    run, viewer = held(recipe), client_of(recipe, Role.VIEWER)

    answers = [viewer.post(discard(recipe), {"run": [run.public_id]}), viewer.post(discard(recipe, all=True))]

    run.refresh_from_db()
    assert ([answer.status_code for answer in answers], run.status) == ([403, 403], RunStatus.HELD)


# the same reason


def test_runs_that_stopped_for_the_same_reason_are_offered_together(recipe):
    this, same = failed_at(recipe, "refused"), failed_at(recipe, "refused", status=RunStatus.FAILED, title="Alike")
    failed_at(recipe, "duplicate", title="Other reason")
    failed_at(recipe, "refused", field="number", title="Other field")
    failed_at(recipe, "refused", step="sclien", title="Other step")
    failed_at(make.make_recipe(workspace=recipe.workspace, live=True), "refused", title="Other recipe")
    client = client_of(recipe)

    page = client.get(reverse("web:run", args=[recipe.workspace.slug, this.public_id]))
    there = client.get(page.context["alike"]["url"])

    assert "1 other run of this recipe stopped here for the same reason." in text(page)
    assert {row.run.pk for row in there.context["rows"]} == {this.pk, same.pk}
    assert "Only those that stopped at the same step, for the same reason." in text(there)


def test_last_attempt_alone_tells_the_reason(recipe):
    run, same = failed_at(recipe, "refused"), failed_at(recipe, "refused")
    make.make_step_run(
        run=same, step_id="sinvoi", status=StepStatus.FAILED, attempt=2, error={"code": "duplicate", "message": "No."}
    )

    page = client_of(recipe).get(reverse("web:run", args=[recipe.workspace.slug, run.public_id]))

    assert page.context["alike"] == {}


def test_reason_goes_with_its_recipe(recipe):
    failed_at(recipe, "refused")
    why = f"{recipe.public_id}.sinvoi.refused."

    other = client_of(recipe).get(listing(recipe, recipe="another", why=why))
    strange = client_of(recipe).get(listing(recipe, recipe=recipe.public_id, why="sinvoi' OR 1=1"))

    assert [answer.context["filters"].why for answer in (other, strange)] == ["", ""]
