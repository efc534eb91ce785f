"""Every class of operation against every way an answer goes wrong. The sandbox's own effect log is the judge."""

from dataclasses import dataclass
from typing import Any

import pytest

from builder.models import Connection, Health, Run, RunStatus, StepStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/v1"


@pytest.fixture(autouse=True)
def _no_guard(ninja: Sandbox) -> None:
    """The guard against double clicks counts real seconds, and these tests jump over them."""
    ninja.set(guard=0)


@dataclass
class Case:
    """An operation of a class: its call, and the effect that it has."""

    operation: str
    method: str
    path: str
    effect: str
    inputs: dict[str, Any]


def case_of(kind: str, ninja: Sandbox) -> Case:
    client = ninja.records("clients")[0]["id"]
    invoice = next(row["id"] for row in ninja.records("invoices") if row["status_id"] == "2")
    return {
        "read": Case("clients.get", "GET", f"{API}/clients/*", "", {"client_id": client}),
        "idempotent": Case(
            "clients.update", "PUT", f"{API}/clients/*", "client.updated", {"client_id": client, "name": "New name"}
        ),
        "keyed": Case(
            "payments.create", "POST", f"{API}/payments", "payment.created", {"client_id": client, "amount": "5"}
        ),
        "reconcile": Case("clients.create", "POST", f"{API}/clients", "client.created", {"name": "Harbor Dental"}),
        "once": Case("invoices.email", "POST", f"{API}/invoices/bulk", "invoice.emailed", {"invoice_id": invoice}),
    }[kind]


def run_case(case: Case, ninja: Sandbox, **fault: Any) -> Run:
    at = make_ninja(ninja.url)
    recipe = make_hooked(action("sonest", f"invoice_ninja.{case.operation}", at, **case.inputs), workspace=at.workspace)
    ninja.fail({"method": case.method, "path": case.path, **fault})
    send(recipe, {})
    work()
    return until_over(only_run(recipe))


def effects(ninja: Sandbox, case: Case) -> int:
    return len([e for e in ninja.effects() if e["kind"] == case.effect]) if case.effect else 0


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", ["read", "idempotent", "keyed", "reconcile"])
def test_broken_answer_is_mended_and_the_effect_happens_once(ninja: Sandbox, kind: str, status: int, when: str) -> None:
    case = case_of(kind, ninja)

    run = run_case(case, ninja, status=status, when=when)

    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert effects(ninja, case) == (0 if kind == "read" else 1)
    adopted = last_step(run, "sonest").note.startswith("The answer had got lost. Recette looked in Invoice Ninja")
    assert adopted == (kind == "reconcile" and when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_broken_answer_to_what_can_not_be_looked_up_is_put_to_a_person(ninja: Sandbox, status: int, when: str) -> None:
    case = case_of("once", ninja)

    run = run_case(case, ninja, status=status, when=when)

    assert run.status == RunStatus.HELD
    assert run.because.startswith("Nobody knows whether “E-mail an invoice” was done")
    assert last_step(run, "sonest").status == StepStatus.HELD
    assert effects(ninja, case) == (1 if when == "after" else 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"cut": True, "when": "after"},
        {"status": 200, "body": '{"data": {"id": "x', "headers": {"content-type": "application/json; charset=utf-8"}},
        {"status": 200, "body": "<!doctype html><h1>Sign in</h1>", "headers": {"content-type": "text/html"}},
        {"status": 200, "body": ""},
        {"status": 204},
    ],
    ids=["cut", "malformed", "page", "empty", "no content"],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_answer_that_is_none_is_never_taken_for_success(ninja: Sandbox, fault: dict[str, Any], when: str) -> None:
    case = case_of("reconcile", ninja)

    run = run_case(case, ninja, **{**fault, "when": when})

    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert effects(ninja, case) == 1
    assert last_step(run, "sonest").output["client"]["name"] == "Harbor Dental"


@pytest.mark.parametrize("kind", ["read", "reconcile", "once"])
def test_refused_connection_is_tried_again(ninja: Sandbox, kind: str) -> None:
    case = case_of(kind, ninja)
    at = make_ninja("http://127.0.0.1:9")
    recipe = make_hooked(action("sonest", f"invoice_ninja.{case.operation}", at, **case.inputs), workspace=at.workspace)
    send(recipe, {})
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

    run = run_case(case, ninja, status=403, body={"message": "Invalid token"})

    assert run.status == RunStatus.HELD
    assert run.because.startswith("Invoice Ninja doesn't accept the token")
    connection = Connection.objects.get()
    assert (connection.health, connection.trouble) == (Health.SIGNED_OUT, run.because)
    assert effects(ninja, case) == 0


def test_missing_permission_holds_the_run_and_leaves_the_connection(ninja: Sandbox) -> None:
    run = run_case(case_of("reconcile", ninja), ninja, status=401, body={"message": "This action is unauthorized."})

    assert run.status == RunStatus.HELD
    assert run.because.startswith("The token's user may not create the client")
    assert Connection.objects.get().health == Health.WELL


def test_refusal_is_told_with_the_service_s_own_words(ninja: Sandbox) -> None:
    errors = {"message": "The given data was invalid.", "errors": {"name": ["The name is too long."]}}

    run = run_case(case_of("reconcile", ninja), ninja, status=422, body=errors)

    step = last_step(run, "sonest")
    assert (run.status, run.because) == (RunStatus.HELD, "Couldn't create the client: The name is too long.")
    assert (step.status, step.error["field"], step.attempt) == (StepStatus.FAILED, "name", 1)
