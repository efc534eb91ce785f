"""Two runs for one person make one client."""

import pytest

from builder.models import RecordLink, Run, RunStatus, StepRun
from builder.runner import replay
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = "/api/v1/clients"


def make_linking(ninja: Sandbox):
    at = make_ninja(ninja.url)
    inputs = {"name": "{{ trigger.name }}", "source_id": "{{ trigger.id }}"}
    return make_hooked(action("sclien", "invoice_ninja.clients.find_or_create", at, **inputs), workspace=at.workspace)


def test_runs_for_one_person_at_once_make_one_client(ninja: Sandbox) -> None:
    recipe = make_linking(ninja)
    ninja.fail({"method": "POST", "path": CLIENTS, "delay": 0.3})
    for _ in range(5):
        send(recipe, {"id": "con_1", "name": "Ada Nowak"})

    work()
    runs = [until_over(run) for run in recipe.runs.order_by("pk")]

    assert [run.status for run in runs] == [RunStatus.DONE] * 5
    found = [last_step(run, "sclien").output["found"] for run in runs]
    assert sorted(found) == ["created", "link", "link", "link", "link"]
    assert len(ninja.effects("client.created")) == 1
    link = RecordLink.objects.get()
    assert (link.kind, link.local_key, link.remote_id) == ("client", "con_1", ninja.records("clients")[-1]["id"])


def test_run_that_finds_another_at_work_says_so_and_waits(ninja: Sandbox) -> None:
    recipe = make_linking(ninja)
    ninja.fail({"method": "POST", "path": CLIENTS, "status": 502, "when": "after"})
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    send(recipe, {"id": "con_2", "name": "Bo Lind"})
    work()

    first, second, other = recipe.runs.order_by("pk")
    assert (first.status, other.status) == (RunStatus.WAITING, RunStatus.DONE)
    assert second.because == "Another run is working on the same record. This one goes on after it."
    assert {until_over(run).status for run in (first, second)} == {RunStatus.DONE}
    assert len(ninja.effects("client.created")) == 2


def test_waiting_for_another_takes_longer_and_longer(ninja: Sandbox) -> None:
    recipe = make_linking(ninja)
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    holder = recipe.runs.get()
    RecordLink.objects.update(remote_id="", claimed_by=holder)
    Run.objects.update(status=RunStatus.WAITING)
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    run = recipe.runs.last()

    until_over(run, turns=10)

    assert run.status == RunStatus.WAITING
    rows = StepRun.objects.filter(run=run).order_by("pk")
    pauses = [row.started_at for row in rows]
    assert (pauses[-1] - pauses[-2]).total_seconds() > 40


@pytest.mark.parametrize("how", ["held", "cancelled"])
def test_link_of_one_that_stopped_is_taken_over(ninja: Sandbox, how: str) -> None:
    recipe = make_linking(ninja)
    ninja.fail({"method": "POST", "path": CLIENTS, "status": 422, "body": {"errors": {"name": ["No."]}}})
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    first = recipe.runs.get()
    if how == "cancelled":
        replay.cancel(first)

    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    if how == "held":
        replay.resume(first)
        work()

    second = recipe.runs.last()
    assert (second.status, last_step(second, "sclien").output["found"]) == (RunStatus.DONE, "created")
    assert len(ninja.effects("client.created")) == 1
    if how == "held":
        assert last_step(first, "sclien").output["found"] == "link"


def test_client_deleted_there_is_made_anew(ninja: Sandbox) -> None:
    recipe = make_linking(ninja)
    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()
    RecordLink.objects.update(remote_id="gone")

    send(recipe, {"id": "con_1", "name": "Ada Nowak"})
    work()

    run = recipe.runs.last()
    assert (run.status, last_step(run, "sclien").output["found"]) == (RunStatus.DONE, "created")
    assert RecordLink.objects.get().remote_id == ninja.records("clients")[-1]["id"]
