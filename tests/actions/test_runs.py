"""What people do with runs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from builder.actions import past, runs
from builder.actions.errors import Conflict, Invalid, NotFound
from builder.models import AuditEvent, Run, StepRun
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def recipe(workspace):
    return make.make_recipe(workspace=workspace, live=True)


@pytest.fixture
def held(recipe):
    run = make.make_run(
        recipe=recipe, status="held", place=[1], stopped_at="sclien", because="The token is wrong.", finished_at=None
    )
    make.make_step_run(run=run, status="unknown", finished_at=None)
    return run


def test_held_run_goes_on(editor, held):
    resumed = runs.retry(editor, held)

    assert resumed.status == "queued"
    assert resumed.wake_at
    assert AuditEvent.objects.get().verb == "run.resumed"


def test_second_person_hears_that_it_was_done(editor, other, held):
    runs.retry(editor, held)

    with pytest.raises(Conflict) as late:
        runs.retry(other, held)

    assert late.value.theirs == "Queued"
    assert AuditEvent.objects.count() == 1


def test_answer_for_an_unknown_outcome(editor, held):
    runs.retry(editor, held, answer="done", record_id="Vol9")

    step = held.steps.get()
    assert (step.status, step.output) == ("done", {"client": {"id": "Vol9"}})
    with pytest.raises(Invalid):
        runs.retry(editor, held, answer="perhaps")


@pytest.fixture
def doubtful(recipe):
    """The answer got lost, and three clients fit; one's note holds the id of another."""
    run = make.make_run(recipe=recipe, status="held", place=[1], stopped_at="sclien", finished_at=None)
    found = [
        {"client": {"id": "Vol10", "name": "Ada", "note": "was Vol1 once"}},
        {"client": {"id": "Vol1", "name": "Ada"}},
        {"id": "Vol2", "name": "Ada"},
    ]
    make.make_step_run(run=run, status="held", output={"found": found}, finished_at=None)
    return run


@pytest.mark.parametrize(
    ("record_id", "output"),
    [
        ("Vol1", {"client": {"id": "Vol1", "name": "Ada"}}),
        ("Vol10", {"client": {"id": "Vol10", "name": "Ada", "note": "was Vol1 once"}}),
        ("Vol2", {"id": "Vol2", "name": "Ada"}),
        ("", {}),
    ],
)
def test_record_is_picked_by_its_own_id(editor, doubtful, record_id, output):
    runs.retry(editor, doubtful, answer="done", record_id=record_id)

    step = doubtful.steps.get()
    assert (step.status, step.output) == ("done", output)


@pytest.mark.parametrize("record_id", ["Vol", "1", "Ada", "Vol100", "vol1", "{"])
def test_record_that_was_not_found_is_refused(editor, doubtful, record_id):
    with pytest.raises(Invalid) as refused:
        runs.retry(editor, doubtful, answer="done", record_id=record_id)

    sentence = f"“{record_id}” is none of the records that were found: Vol10, Vol1, Vol2. Choose one of them, or none."
    assert refused.value.errors == {"record_id": [sentence]}
    assert (doubtful.steps.get().status, Run.objects.get().status) == ("held", "held")


@pytest.mark.parametrize("found", [[], "email", None, ["Vol1"], [{"name": "Ada"}]])
def test_any_id_is_taken_where_no_record_was_found(editor, doubtful, found):
    StepRun.objects.update(output={"found": found})

    runs.retry(editor, doubtful, answer="done", record_id="Vol9")

    assert doubtful.steps.get().output == {"client": {"id": "Vol9"}}


def test_nothing_is_sent_again_while_the_first_request_may_be_at_work(editor, held):
    Run.objects.update(status="waiting")

    with pytest.raises(Conflict, match="waits until it can see"):
        runs.retry(editor, held, answer="again")

    assert runs.retry(editor, held, answer="done", record_id="Vol9").status == "queued"


def test_run_again_is_another_run_of_the_same_event(editor, recipe):
    run = make.make_run(recipe=recipe)

    fresh = runs.run_again(editor, run)

    assert (fresh.event, fresh.replay, fresh.status) == (run.event, 1, "queued")


def test_run_of_what_is_not_live_cannot_be_repeated(editor, workspace):
    run = make.make_run(recipe=make.make_recipe(workspace=workspace))

    with pytest.raises(Invalid):
        runs.run_again(editor, run)


def test_cancelling_ends_it_once(editor, held):
    assert runs.cancel(editor, held).status == "cancelled"

    with pytest.raises(Conflict):
        runs.cancel(editor, held)


def test_many_at_once_each_with_its_outcome(editor, held, recipe):
    done = make.make_run(recipe=recipe)

    outcome = runs.bulk_retry(editor, [held, done])

    assert outcome.done == [held]
    assert [run for run, _why in outcome.refused] == [done]


def test_bulk_of_another_workspace_touches_nothing(editor, held):
    with pytest.raises(NotFound):
        runs.bulk_cancel(editor, [held, make.make_run()])

    assert Run.objects.get(pk=held.pk).status == "held"


def test_bulk_has_a_limit(editor, held):
    with pytest.raises(Invalid):
        runs.bulk_retry(editor, [held] * 201)


def test_first_run_is_looked_for_while_old_ones_are_let_go(recipe):
    for days in (3, 2, 1):
        last = make.make_run(recipe=recipe, created_at=timezone.now() - timedelta(days=days))

    def let_go(execute, sql, params, many, context):
        told = execute(sql, params, many, context)
        if sql == past.ENDS:
            row = context["cursor"].fetchone()
            Run.objects.all().delete()
            execute("SELECT %s, %s", row, False, context)
        return told

    with connection.execute_wrapper(let_go):
        found = past.first_run(timezone.now() - timedelta(days=2, hours=1))

    assert found <= last.pk
