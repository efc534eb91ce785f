"""Writes of one kind that wait for the same budget go together; each run has its own outcome all the same."""

import json

import pytest

from builder.models import Connection, Exchange, HourCount, Recipe, Run, RunStatus
from builder.runner import turn
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_hooked, make_ninja, send

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = "/api/v1/clients"


def archiving(at: Connection) -> Recipe:
    step = action("sarchi", "invoice_ninja.clients.archive", at, client_id="{{ trigger.id }}")
    return make_hooked(step, workspace=at.workspace)


def sent(recipe: Recipe, ids: list[str]) -> None:
    with turn.writing():
        for one in ids:
            send(recipe, {"id": one})


def clients(ninja: Sandbox, count: int) -> list[str]:
    return [row["id"] for row in ninja.records("clients") if not row["archived_at"]][:count]


def bulk_calls() -> list[list[str]]:
    """The ids in each."""
    bodies = {e.request_body for e in Exchange.objects.filter(method="POST")}
    return [json.loads(body)["ids"] for body in bodies]


def archived(ninja: Sandbox, ids: list[str]) -> list[bool]:
    rows = {row["id"]: row for row in ninja.records("clients")}
    return [bool(rows[one]["archived_at"]) for one in ids]


@pytest.fixture
def short(ninja: Sandbox) -> Sandbox:
    """A budget for which these runs soon have to wait: five calls a second."""
    ninja.set(rate_max=300)
    return ninja


def test_writes_of_one_kind_that_wait_go_together(short: Sandbox) -> None:
    recipe, ids = archiving(make_ninja(short.url)), clients(short, 8)
    sent(recipe, ids)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert archived(short, ids) == [True] * 8
    assert list(Run.objects.values_list("status", flat=True)) == [RunStatus.DONE] * 8
    sizes = [len(call) for call in bulk_calls()]
    assert (sum(sizes), len(sizes)) == (8, len(short.calls("POST", f"{CLIENTS}/bulk")))
    assert len(sizes) <= 4
    for run in Run.objects.all():
        output = run.steps.get(status="done").output
        assert output["client"]["id"] == run.event.data["id"]
        assert run.event.data["id"] in Exchange.objects.get(step_run__run=run, method="POST").request_body
    assert sum(HourCount.objects.values_list("calls", flat=True)) == len(short.calls("", "/api/v1"))


def test_only_what_is_alike_goes_together(short: Sandbox) -> None:
    """Not two accounts, not two kinds of record, and no mail: it can't be taken back."""
    first, second = make_ninja(short.url), make_ninja(short.url)
    ids, invoices = clients(short, 2), [row["id"] for row in short.records("invoices")[:2]]
    mail = action("smails", "invoice_ninja.invoices.email", first, invoice_id="{{ trigger.id }}")
    sent(archiving(first), ids[:1])
    sent(archiving(second), ids[1:])
    sent(make_hooked(mail, workspace=first.workspace), invoices)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert {len(call) for call in bulk_calls()} == {1}
    assert archived(short, ids) == [True, True]
    assert len(short.effects("invoice.emailed")) == len(short.calls("POST", "/api/v1/invoices/bulk")) == 2


def test_refused_call_for_all_is_made_again_for_each(short: Sandbox) -> None:
    recipe, ids = archiving(make_ninja(short.url)), clients(short, 6)
    short.fail({"method": "POST", "path": f"{CLIENTS}/bulk", "status": 422, "body": {"message": "No."}, "times": 1})
    sent(recipe, ids)

    work()
    for run in Run.objects.all():
        until_over(run)

    held = Run.objects.filter(status=RunStatus.HELD).count()
    assert (held, archived(short, ids).count(True)) in ((0, 6), (1, 5))  # alone in its call, the first one is held


def test_answer_that_was_lost_is_looked_after_by_each(short: Sandbox) -> None:
    recipe, ids = archiving(make_ninja(short.url)), clients(short, 6)
    short.fail({"method": "POST", "path": f"{CLIENTS}/bulk", "cut": True, "when": "after", "times": 2})
    sent(recipe, ids)

    work()
    for run in Run.objects.all():
        until_over(run)

    assert archived(short, ids) == [True] * 6
    assert list(Run.objects.values_list("status", flat=True)) == [RunStatus.DONE] * 6
    assert len([e for e in short.effects("client") if e["id"] in ids]) == 6
