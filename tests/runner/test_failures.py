"""Every class of operation against every way an answer goes wrong. The sandbox's own effect log is the judge."""

from dataclasses import dataclass
from typing import Any

import pytest

from builder.models import Connection, Health, Run, RunStatus, StepStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

API = "/api/v1"
BROKEN = (500, 502, 503, 504)


@pytest.fixture(autouse=True)
def _no_guard(ninja: Sandbox) -> None:
    """The guard against double clicks counts real seconds, and these tests jump over them."""
    ninja.set(guard=0)


@dataclass
class Case:
    """An operation of a class: its call, the effect that it has, and inputs for several runs."""

    operation: str
    method: str
    path: str
    effect: str
    inputs: dict[str, str]
    bodies: list[dict[str, Any]]


def case_of(kind: str, ninja: Sandbox) -> Case:
    clients = [{"n": n, "client": row["id"]} for n, row in enumerate(ninja.records("clients"))]
    invoices = [{"invoice": row["id"]} for row in ninja.records("invoices") if row["status_id"] in "23"]
    client, name = {"client_id": "{{ trigger.client }}"}, {"name": "Harbor Dental {{ trigger.n }}"}
    paid, mailed = {**client, "amount": "{{ trigger.n | plus: 5 }}"}, {"ids": "{{ trigger.invoice }}"}
    return {
        "read": Case("clients.get", "GET", f"{API}/clients/*", "nothing", client, clients),
        "idempotent": Case("clients.update", "PUT", f"{API}/clients/*", "client.updated", client | name, clients),
        "keyed": Case("payments.create", "POST", f"{API}/payments", "payment.created", paid, clients),
        "reconcile": Case("clients.create", "POST", f"{API}/clients", "client.created", name, clients),
        "once": Case("invoices.mail_files", "POST", f"{API}/invoices/bulk", "invoice.mailed", mailed, invoices),
    }[kind]


def run_case(case: Case, ninja: Sandbox, *faults: dict[str, Any]) -> list[Run]:
    """A run for each fault, to their ends."""
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("sonest", f"invoice_ninja.{case.operation}", at, **case.inputs), workspace=at.workspace)
    ninja.fail(*({"method": case.method, "path": case.path, **fault} for fault in faults))
    for number in range(len(faults)):
        send(recipe, case.bodies[number % len(case.bodies)])
    work()
    return [until_over(run) for run in recipe.runs.order_by("pk")]


def effects(ninja: Sandbox, case: Case) -> int:
    return len([e for e in ninja.effects() if e["kind"] == case.effect])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["read", "idempotent", "keyed", "reconcile"])
def test_broken_answer_is_mended_and_the_effect_happens_once(ninja: Sandbox, kind: str, when: str) -> None:
    case = case_of(kind, ninja)

    runs = run_case(case, ninja, *({"status": status, "when": when} for status in BROKEN))

    assert [(run.status, run.because) for run in runs] == [(RunStatus.DONE, "")] * len(BROKEN)
    assert effects(ninja, case) == (0 if kind == "read" else len(BROKEN))
    note = "The answer had got lost. Recette looked in Invoice Ninja, found"
    adopted = [last_step(run, "sonest").note.startswith(note) for run in runs]
    assert adopted == [kind == "reconcile" and when == "after"] * len(BROKEN)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", BROKEN)
def test_broken_answer_to_what_can_not_be_looked_up_is_put_to_a_person(ninja: Sandbox, status: int, when: str) -> None:
    case = case_of("once", ninja)

    (run,) = run_case(case, ninja, {"status": status, "when": when})

    assert run.status == RunStatus.HELD
    assert run.because.startswith("Nobody knows whether “Mail the PDFs of invoices to yourself” was done")
    assert last_step(run, "sonest").status == StepStatus.HELD
    assert effects(ninja, case) == (1 if when == "after" else 0)


JSON, PAGE = {"content-type": "application/json; charset=utf-8"}, {"content-type": "text/html"}
NO_ANSWERS = [
    {"cut": True},
    {"status": 200, "body": '{"data": {"id": "x', "headers": JSON},
    {"status": 200, "body": "<!doctype html><h1>Sign in</h1>", "headers": PAGE},
    {"status": 200, "body": ""},
    {"status": 204},
]


@pytest.mark.parametrize("when", ["before", "after"])
def test_answer_that_is_none_is_never_taken_for_success(ninja: Sandbox, when: str) -> None:
    case = case_of("reconcile", ninja)

    runs = run_case(case, ninja, *({**fault, "when": when} for fault in NO_ANSWERS))

    assert [(run.status, run.because) for run in runs] == [(RunStatus.DONE, "")] * len(NO_ANSWERS)
    assert effects(ninja, case) == len(NO_ANSWERS)
    names = [last_step(run, "sonest").output["client"]["name"] for run in runs]
    assert names == [f"Harbor Dental {n}" for n in range(len(NO_ANSWERS))]


@pytest.mark.parametrize("kind", ["read", "reconcile", "once"])
def test_refused_connection_is_tried_again(ninja: Sandbox, kind: str) -> None:
    case = case_of(kind, ninja)
    at = make_ninja("http://127.0.0.1:9")
    recipe = make_hooked(action("sonest", f"invoice_ninja.{case.operation}", at, **case.inputs), workspace=at.workspace)
    send(recipe, case.bodies[0])
    work()

    run = only_run(recipe)
    waited = (run.status, run.because)
    Connection.objects.update(settings={"base_url": ninja.url})
    until_over(run)

    assert waited == (
        RunStatus.WAITING,
        "127.0.0.1 refused the connection: it may be down, or the port is wrong. The run goes on by itself.",
    )
    assert run.status == RunStatus.DONE
    assert effects(ninja, case) == (0 if kind == "read" else 1)


def test_signed_out_holds_the_run_and_marks_the_connection(ninja: Sandbox) -> None:
    case = case_of("reconcile", ninja)

    (run,) = run_case(case, ninja, {"status": 403, "body": {"message": "Invalid token"}})

    assert run.status == RunStatus.HELD
    assert run.because.startswith("Invoice Ninja doesn't accept the token")
    connection = Connection.objects.get()
    assert (connection.health, connection.trouble) == (Health.SIGNED_OUT, run.because)
    assert effects(ninja, case) == 0


def test_missing_permission_holds_the_run_and_leaves_the_connection(ninja: Sandbox) -> None:
    (run,) = run_case(
        case_of("reconcile", ninja), ninja, {"status": 401, "body": {"message": "This action is unauthorized."}}
    )

    assert run.status == RunStatus.HELD
    assert run.because.startswith("The token's user may not create the client")
    assert Connection.objects.get().health == Health.WELL


def test_refusal_is_told_with_the_service_s_own_words(ninja: Sandbox) -> None:
    errors = {"message": "The given data was invalid.", "errors": {"name": ["The name is too long."]}}

    (run,) = run_case(case_of("reconcile", ninja), ninja, {"status": 422, "body": errors})

    step = last_step(run, "sonest")
    assert (run.status, run.because) == (RunStatus.HELD, "Couldn't create the client: The name is too long.")
    assert (step.status, step.error["field"], step.attempt) == (StepStatus.FAILED, "name", 1)
